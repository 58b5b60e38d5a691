"""Why there is no answer. What went wrong at the server, in our words: never its own, which may quote a key or a prompt."""

from datetime import timedelta
from enum import StrEnum


class Reason(StrEnum):
    """What kept a model from answering."""

    TIMEOUT = "timeout"  # no whole answer within the settings' seconds
    CONNECTION = "connection"  # not reached, or it hung up in between
    THROTTLED = "throttled"  # asked more often than the server allows
    BROKEN = "broken"  # the server says that it is at fault
    UNREADABLE = "unreadable"  # what came isn't of the protocol
    EMPTY = "empty"  # an answer without a word
    KEY = "key"  # the key is wrong, or may not do this
    CREDIT = "credit"  # the account at the server is used up
    UNKNOWN = "unknown"  # no such model, nothing at the address, or not what that server does
    CONTENT = "content"  # the server won't answer such content
    TOO_LONG = "too-long"  # more was asked than the model can read at once
    NO_ROOM = "no-room"  # the answer's tokens were used up before its first word
    REQUEST = "request"  # the server takes the request for wrong


_TOLD = {
    Reason.TIMEOUT: "The model took too long. Ask again, or raise LAURELS_MODEL_TIMEOUT_SECONDS.",
    Reason.CONNECTION: "The model's server can't be reached, or hung up. Ask again; if that stays, check LAURELS_OPENAI_BASE_URL.",
    Reason.THROTTLED: "The model's server is asked more often than it allows. Ask again later.",
    Reason.BROKEN: "The model's server is at fault. Ask again later.",
    Reason.UNREADABLE: "What the model's server answers can't be read. Ask again; if that stays, check LAURELS_OPENAI_BASE_URL.",
    Reason.EMPTY: "The model's answer is empty. Ask again.",
    Reason.KEY: "The model's server refuses the key. Check LAURELS_OPENAI_API_KEY.",
    Reason.CREDIT: "The account at the model's server has nothing left. Pay it up there.",
    Reason.UNKNOWN: "The model's server knows no such model, or isn't at this address. "
    "Check LAURELS_MODEL, LAURELS_EMBEDDING_MODEL and LAURELS_OPENAI_BASE_URL.",
    Reason.CONTENT: "The model's server doesn't answer such content. Write it otherwise.",
    Reason.TOO_LONG: "That is more than the model can read at once. Shorten it.",
    Reason.NO_ROOM: "The model used up its tokens before the first word of its answer. Raise LAURELS_MODEL_MAX_TOKENS.",
    Reason.REQUEST: "The model's server takes the request for wrong. Check that LAURELS_MODEL chats, and LAURELS_EMBEDDING_MODEL embeds.",
}


class ModelFailure(Exception):
    """No answer; `reason` says why, and the message what to do about it.

    Catch it where it doesn't matter whether another try may help.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(_TOLD[reason])
        self.reason = reason


class ModelUnavailable(ModelFailure):
    """It may pass: ask again, after `retry_after` where the server told one (an hour at most)."""

    def __init__(self, reason: Reason, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class ModelRefused(ModelFailure):
    """The same again gives the same: somebody has to change the settings, or what is asked."""
