"""What study refuses."""

from laurels.core.errors import DomainError, Kind

LABELS = {"day": "day", "week": "week", "month": "month", "documents": "documents", "bytes": "bytes"}
"""Words that stand in refusals' fields, gathered here to be translated with their sentences."""


class ClassClosed(DomainError):
    """A class is archived: it can be read, and nothing in it changes."""

    code = "class-closed"
    kind = Kind.CONFLICT
    detail = "This class is archived: its documents and chats can be read, and nothing can be added. Ask its owner to open it again."


class ClassFull(DomainError):
    """A class has as many members as it may have."""

    code = "class-full"
    kind = Kind.CONFLICT
    detail = "This class has {capacity} members, and no more may join. Ask its owner to raise the capacity."

    def __init__(self, *, capacity: int) -> None:
        super().__init__(capacity=capacity)


class AlreadyInClass(DomainError):
    """Somebody joins a class that they are in."""

    code = "already-in-class"
    kind = Kind.CONFLICT
    detail = "You are in this class already."


class RemovedFromClass(DomainError):
    """Somebody whom a manager removed joins again."""

    code = "removed-from-class"
    kind = Kind.DENIED
    detail = "You were removed from this class, so its code doesn't let you in. Ask one of its managers."


class OwnerStays(DomainError):
    """The owner of a class is to leave it, or to lose a permission."""

    code = "owner-stays"
    kind = Kind.CONFLICT
    detail = "This is the class's owner, who may do everything in it. Hand the class over to another member first."


class TooManyClasses(DomainError):
    """A member owns as many classes as they may."""

    code = "too-many-classes"
    kind = Kind.LIMITED
    detail = "You own {limit} classes, and may not own more. Delete one, or hand one over."

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)


class TokensUsedUp(DomainError):
    """A question would take more tokens than are left of a limit."""

    code = "tokens-used-up"
    kind = Kind.LIMITED
    detail = (
        "{used} of {limit} tokens of the {period} are used or set aside, and this may take {needed}."
        " It resets at {resets_at}. Ask less at once, or wait until then."
    )

    def __init__(self, *, period: str, limit: int, used: int, needed: int, resets_at: str) -> None:
        super().__init__(period=period, limit=limit, used=used, needed=needed, resets_at=resets_at)


class CommunityTokensUsedUp(DomainError):
    """All members together have used, or set aside, what the operator allows in a month."""

    code = "community-tokens-used-up"
    kind = Kind.LIMITED
    detail = "The {limit} tokens that all classes share in a month are used up or set aside. They reset at {resets_at}."

    def __init__(self, *, limit: int, resets_at: str) -> None:
        super().__init__(limit=limit, resets_at=resets_at)


class TokensHeld(DomainError):
    """The tokens that are left are set aside for questions that are being answered."""

    code = "tokens-held"
    kind = Kind.THROTTLED
    detail = "Your tokens are set aside for questions that are being answered. Ask again in {retry_after_seconds} s, when those are done."

    def __init__(self, *, retry_after_seconds: int = 5) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)


class TooManyChats(DomainError):
    """As many questions of a member are being answered as may be at once."""

    code = "too-many-chats"
    kind = Kind.THROTTLED
    detail = "{limit} of your questions are being answered, and no more may be at once. Ask again when one of them is done."

    def __init__(self, *, limit: int, retry_after_seconds: int = 2) -> None:
        super().__init__(limit=limit, retry_after_seconds=retry_after_seconds)


class AnswerSettled(DomainError):
    """An answer is written, or was given up."""

    code = "answer-settled"
    kind = Kind.CONFLICT
    detail = "This answer is finished. There is nothing to stop."


class AnswerUnderWay(DomainError):
    """A question is being answered."""

    code = "answer-under-way"
    kind = Kind.CONFLICT
    detail = "This is being answered. Wait until it is done, or stop it first."


class SessionFull(DomainError):
    """A session is so long that a new one is to be begun."""

    code = "session-full"
    kind = Kind.LIMITED
    detail = "This chat has {limit} messages. Begin a new one."

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)


class TooManySessions(DomainError):
    """A member has as many sessions in a class as they may."""

    code = "too-many-sessions"
    kind = Kind.LIMITED
    detail = "You have {limit} chats in this class. Delete one first."

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)


class DuplicateDocument(DomainError):
    """The same file is there already."""

    code = "duplicate-document"
    kind = Kind.CONFLICT
    detail = "The same file is here already, as {filename}. There is no need to upload it again."

    def __init__(self, *, filename: str, document_id: str) -> None:
        super().__init__(filename=filename, document_id=document_id)


class ShelfFull(DomainError):
    """A class or a session holds as many documents, or bytes of them, as it may."""

    code = "shelf-full"
    kind = Kind.LIMITED
    detail = "Of the {limit} {unit} that fit here, {used} are used. Delete a document first."

    def __init__(self, *, unit: str, limit: int, used: int) -> None:
        super().__init__(unit=unit, limit=limit, used=used)


class DocumentBusy(DomainError):
    """A document that is being read is to be read anew."""

    code = "document-busy"
    kind = Kind.CONFLICT
    detail = "This document is being read. Wait until that is done."


class NotInClass(DomainError):
    """A program asks as a member who isn't in the class that its key is for, or not any more; or there is no such class."""

    code = "not-in-class"
    kind = Kind.DENIED
    detail = "The member whom this asks for isn't in this class. Make a key in a class of your own."


class UnknownModel(DomainError):
    """A program asks for a model that isn't offered."""

    code = "unknown-model"
    kind = Kind.MISSING
    detail = "There is no such model here. Ask for one of: {models}."

    def __init__(self, *, models: str) -> None:
        super().__init__(models=models)


_SENTENCES = {
    "timeout": "it took too long",
    "connection": "its server can't be reached, or hung up",
    "throttled": "its server is asked too often",
    "content": "its server doesn't answer such content",
    "too-long": "that is more than it can read at once",
    "lapsed": "whatever wrote the answer died over it",
    "interrupted": "the server was stopped meanwhile",
}
"""Why an answer failed, by its code."""

_OTHERWISE = "it, or the way it is set up, is at fault"


class AnswerFailed(DomainError):
    """The AI model gave no answer, or not all of it. `error_code` says why, as the answer itself does."""

    code = "answer-failed"
    kind = Kind.UNAVAILABLE
    detail = "The AI model gave no whole answer: {reason}. Ask again; what wasn't used of your tokens is yours again."

    def __init__(self, *, error_code: str) -> None:
        super().__init__(error_code=error_code, reason=_SENTENCES.get(error_code, _OTHERWISE))
