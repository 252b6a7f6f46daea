"""Which container a piece of recorded sound is in, and whether it is all there. Pure, looks at headers only.

What MediaRecorder makes: WebM (Chrome, Edge, Firefox), Ogg (Firefox), MP4 (Safari, Chrome). Decoders take a file that was cut
or overwritten and give half of a sentence; a file that is not whole is better sent again.
"""

from collections.abc import Iterator

WEBM, OGG, MP4 = "webm", "ogg", "mp4"
_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_MOST_ELEMENTS = 200_000  # of a file; a block holds 20 ms and more
_LAST_PAGE = 0x04  # of an Ogg stream


def container_of(data: bytes) -> str:
    """WEBM, OGG or MP4 by the first bytes, "" for everything else."""
    if data[:4] == b"\x1aE\xdf\xa3":
        return WEBM
    if data[:4] == b"OggS":
        return OGG
    return MP4 if data[4:8] == b"ftyp" else ""


def is_whole(data: bytes, container: str) -> bool:
    """Each part is as long as it says, and the last one ends where the file does."""
    try:
        if container == WEBM:
            return _webm_is_whole(data)
        return _ogg_is_whole(data) if container == OGG else _mp4_is_whole(data)
    except (IndexError, ValueError):
        return False


def _webm_is_whole(data: bytes) -> bool:
    """RFC 8794, RFC 9559: an element is an id, a length and a body; Segment and Cluster may be of unknown length."""
    at, has_cluster = 0, False
    for _ in range(_MOST_ELEMENTS):
        if at == len(data):
            return has_cluster
        element, at = _number(data, at, keeps_marker=True)
        length, body = _number(data, at, keeps_marker=False)
        is_unknown = length == (1 << 7 * (body - at)) - 1
        has_cluster = has_cluster or element == _CLUSTER
        if element in (_SEGMENT, _CLUSTER):
            if not is_unknown and body + length > len(data):
                return False
            at = body  # its children follow
        elif is_unknown or body + length > len(data):
            return False
        else:
            at = body + length
    return False


def _number(data: bytes, at: int, *, keeps_marker: bool) -> tuple[int, int]:
    """A variable-length number and where it ends. Raises ValueError, IndexError."""
    length = 9 - data[at].bit_length()
    if length > 8 or at + length > len(data):
        raise ValueError("no number")
    value = int.from_bytes(data[at : at + length])
    return (value if keeps_marker else value & ((1 << 7 * length) - 1)), at + length


def _mp4_is_whole(data: bytes) -> bool:
    """ISO 14496-12: boxes one after another; sound lies in `mdat`, what is known of it in `moov`."""
    seen, at = set(), 0
    for kind, end in _boxes(data):
        seen.add(kind)
        at = end
    return at == len(data) and {b"moov", b"mdat"} <= seen


def _boxes(data: bytes) -> Iterator[tuple[bytes, int]]:
    at = 0
    for _ in range(_MOST_ELEMENTS):
        if len(data) - at < 8:
            return
        length, kind, header = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], 8
        if length == 1:
            length, header = int.from_bytes(data[at + 8 : at + 16]), 16
        elif length == 0:  # to the end of the file
            length = len(data) - at
        if length < header or at + length > len(data):
            return
        at += length
        yield kind, at


def _ogg_is_whole(data: bytes) -> bool:
    """RFC 3533: pages with a table of their parts; the last page says that it is."""
    at, flags = 0, 0
    for _ in range(_MOST_ELEMENTS):
        if at == len(data):
            return bool(flags & _LAST_PAGE)
        if data[at : at + 4] != b"OggS":
            return False
        flags, count = data[at + 5], data[at + 26]
        table = data[at + 27 : at + 27 + count]
        at += 27 + count + sum(table)
        if len(table) < count or at > len(data):
            return False
    return False
