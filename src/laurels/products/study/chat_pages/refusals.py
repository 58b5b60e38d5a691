"""Why a question wasn't taken, in words for whoever asked, and what they can do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from laurels.core.errors import DomainError
from laurels.products.study.errors import ClassClosed, SessionFull, TokensHeld, TokensUsedUp, TooManyChats, TooManySessions
from laurels.products.study.visits import Visit
from laurels.web.language import N_

_USED_UP = {
    "day": N_("{used} of the day's {limit} tokens are used or set aside, and this question may take {needed}."),
    "week": N_("{used} of the week's {limit} tokens are used or set aside, and this question may take {needed}."),
    "month": N_("{used} of the month's {limit} tokens are used or set aside, and this question may take {needed}."),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal as it is drawn.

    Attributes:
        resets_at: when a limit begins anew.
        href: what leads on, with its words in `action`.
    """

    sentence: str
    tone: str = "bad"
    icon: str = "alert"
    resets_at: datetime | None = None
    href: str = ""
    action: str = ""


def refused(visit: Visit, refusal: DomainError) -> Refused:
    """A refusal in words."""
    sentence = visit.context.pages.explain(visit.request, refusal)
    if isinstance(refusal, TokensUsedUp):
        return _used_up(visit, refusal.fields)
    if isinstance(refusal, TooManyChats | TokensHeld):
        return Refused(sentence, tone="gold", icon="clock")
    if isinstance(refusal, SessionFull | TooManySessions):
        return Refused(sentence, tone="gold", icon="info", href=visit.path, action=visit.say(N_("To the class")))
    if isinstance(refusal, ClassClosed):
        return Refused(sentence, tone="gold", icon="lock")
    return Refused(sentence)


def _used_up(visit: Visit, fields: dict[str, Any]) -> Refused:
    numbers = {name: visit.formats.number(fields[name]) for name in ("used", "limit", "needed")}
    return Refused(
        visit.say(_USED_UP[fields["period"]]).format(**numbers),
        tone="gold",
        icon="clock",
        resets_at=datetime.fromisoformat(fields["resets_at"]),
        href=f"{visit.path}#tokens",
        action=visit.say(N_("See your tokens")),
    )
