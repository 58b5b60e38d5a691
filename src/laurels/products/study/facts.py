"""What study announces: ids and numbers, for whoever listens."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ClassJoined:
    """A member joined a class."""

    name: ClassVar[str] = "study.class_joined"
    class_id: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class ClassChanged:
    """Something of a class is other than it was: `what` is `details`, `members`, `documents`, `archived` or `deleted`."""

    name: ClassVar[str] = "study.class_changed"
    class_id: UUID
    what: str


@dataclass(frozen=True, slots=True)
class DocumentAdded:
    """A document was taken in, and is to be read. Also told where it is to be read anew."""

    name: ClassVar[str] = "study.document_added"
    document: UUID
    class_id: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class DocumentReady:
    """A document was read: questions find what it says.

    Attributes:
        member: who uploaded it.
        session: the session that alone finds it; None: the whole class does.
    """

    name: ClassVar[str] = "study.document_ready"
    document: UUID
    class_id: UUID
    session: UUID | None
    member: UUID
    passages: int


@dataclass(frozen=True, slots=True)
class DocumentFailed:
    """A document can't be read: `error_code` says why. The rest is as of `DocumentReady`."""

    name: ClassVar[str] = "study.document_failed"
    document: UUID
    class_id: UUID
    session: UUID | None
    member: UUID
    error_code: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A question got its answer, or won't: `status` is `answered`, `stopped` or `failed`."""

    name: ClassVar[str] = "study.answered"
    message: UUID
    session: UUID
    class_id: UUID
    member: UUID
    status: str


@dataclass(frozen=True, slots=True)
class AnswerStopped:
    """Whoever asked doesn't want the rest of an answer: the process that writes it ends it."""

    name: ClassVar[str] = "study.answer_stopped"
    message: UUID


@dataclass(frozen=True, slots=True)
class ConversationHeld:
    """A session got its third answer: told once for each session."""

    name: ClassVar[str] = "study.conversation"
    session: UUID
    class_id: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class BudgetReached:
    """Tokens reached 80 or 100 percent of a limit: told once for each window and percentage.

    Attributes:
        member: whose; None: the budget of the class's owner for all whom they sponsor.
        payer: `own`, `share` or `sponsor`.
        period: `day`, `week` or `month`.
        window: `2026-11-20`, `2026-W47`, `2026-11`.
    """

    name: ClassVar[str] = "study.budget_reached"
    class_id: UUID
    member: UUID | None
    payer: str
    period: str
    window: str
    percent: int
    used: int
    limit: int
