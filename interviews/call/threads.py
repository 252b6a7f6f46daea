"""The call's threads: storing and speaking have bounded pools of their own."""

from interview_site.threads import StorageUnavailable, Threads

__all__ = ["StorageUnavailable", "in_advance", "in_live", "in_room", "in_speech", "in_store"]

in_store = Threads("call-store", 8).run
in_speech = Threads("call-speech", 4).run
# Working ahead has one thread of its own: it never stands before a sentence that somebody waits for.
in_advance = Threads("call-ahead", 1).run
# A provider may take half a minute to open a room; a sentence for an open one does not stand behind that.
in_live = Threads("call-live", 8).run
in_room = Threads("call-room", 4).run
