"""What is said: positions and their frozen versions, people, interviews and turns, reviews and decisions (design §2)."""

from interviews.models.audit import AuditEvent
from interviews.models.interviews import Consent, Interview, InterviewPassage, Turn
from interviews.models.mail import Letter, OutgoingMail
from interviews.models.misses import LinkMiss, LoginMiss
from interviews.models.people import Candidate
from interviews.models.positions import Criterion, Language, Position, PositionVersion, Question
from interviews.models.review import Decision, Mark, Review, ReviewChange

__all__ = [
    "AuditEvent",
    "Candidate",
    "Consent",
    "Criterion",
    "Decision",
    "Interview",
    "InterviewPassage",
    "Language",
    "Letter",
    "LinkMiss",
    "LoginMiss",
    "Mark",
    "OutgoingMail",
    "Position",
    "PositionVersion",
    "Question",
    "Review",
    "ReviewChange",
    "Turn",
]
