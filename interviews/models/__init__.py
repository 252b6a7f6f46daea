"""What is said: positions and their frozen versions, people, interviews and turns, reviews and decisions (design §2)."""

from interviews.models.asked import AskedQuestion
from interviews.models.audit import AuditEvent
from interviews.models.authoring import PositionDraft, PositionTranslation
from interviews.models.chat import LiveChat
from interviews.models.evaluation import Evaluation, EvaluationPassage, Finding
from interviews.models.interviews import Consent, Interview, InterviewPassage, Turn
from interviews.models.mail import Letter, OutgoingMail
from interviews.models.misses import LinkMiss, LoginMiss
from interviews.models.people import Candidate
from interviews.models.positions import Criterion, Language, Position, PositionClip, PositionVersion, Question
from interviews.models.rehearsal import Rehearsal, RehearsedInterview
from interviews.models.review import Decision, Mark, Review, ReviewChange
from interviews.models.roles import RoleGrant
from interviews.models.studio import KeptConversation

__all__ = [
    "AskedQuestion",
    "AuditEvent",
    "Candidate",
    "Consent",
    "Criterion",
    "Decision",
    "Evaluation",
    "EvaluationPassage",
    "Finding",
    "Interview",
    "InterviewPassage",
    "KeptConversation",
    "Language",
    "Letter",
    "LinkMiss",
    "LiveChat",
    "LoginMiss",
    "Mark",
    "OutgoingMail",
    "Position",
    "PositionClip",
    "PositionDraft",
    "PositionTranslation",
    "PositionVersion",
    "Question",
    "Rehearsal",
    "RehearsedInterview",
    "Review",
    "ReviewChange",
    "RoleGrant",
    "Turn",
]
