"""What is known of one visitor: their session, and the message that is on its way.

It is one plain object in Streamlit's session state. Streamlit may stop a script
at any of its own calls, also where a button is clicked twice; it can't between
changes of this object. So an answer that has come is never forgotten.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import streamlit as st

from laurels_api import Laurels, Refused, Tokens, Unreachable

_NAME = "visit"


@dataclass(frozen=True)
class Outgoing:
    """A message that is to be paid for. Its key stays the same until Laurels has answered: so it's paid once."""

    message: str
    client_seed: str
    max_price: int
    key: str = field(default_factory=lambda: str(uuid4()))


@dataclass
class Visit:
    """One visitor, from signing in to signing out.

    Attributes:
        me: who they are, as `GET /auth/me` tells.
        outgoing: a message without an answer yet; `is_due` says that it is to be sent now.
        attempt: how many sends were settled: a click on an older button means nothing.
        turn: how many were paid: the fields of each message are new ones.
        sent: the answer to the last message; `is_win_new` until its win was shown.
        notice: what to tell, until something else is done.
        pages: how many pages of history are shown.
        fresh_quote: the quote that this very run has read, for the part that redraws itself.
    """

    tokens: Tokens | None = None
    me: dict[str, Any] = field(default_factory=dict)
    outgoing: Outgoing | None = None
    is_due: bool = False
    attempt: int = 0
    turn: int = 0
    sent: dict[str, Any] | None = None
    is_win_new: bool = False
    notice: str = ""
    draft: str = ""
    pages: int = 1
    fresh_quote: dict[str, Any] | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The member's time zone."""
        return ZoneInfo(self.me.get("time_zone", "UTC"))

    def enter(self, tokens: Tokens, me: dict[str, Any]) -> None:
        """Begin, signed in."""
        self.leave("")
        self.tokens, self.me = tokens, me

    def leave(self, notice: str) -> None:
        """Forget everything of the member, and tell why."""
        for name, value in vars(Visit(notice=notice)).items():
            setattr(self, name, value)

    def propose(self, attempt: int, *, message: str, client_seed: str, max_price: int) -> None:
        """Have a message sent by the next run, unless one is on its way, or the click was for an older one."""
        if attempt != self.attempt or self.outgoing is not None:
            return
        self.draft, self.notice = message, ""
        if not message.strip():
            self.notice = "Write something first."
            return
        self.outgoing, self.is_due = Outgoing(message, client_seed, max_price), True

    def try_again(self) -> None:
        """Have the message that got no answer sent once more, as the same one."""
        self.is_due = self.outgoing is not None

    def give_up(self) -> None:
        """Stop asking for the answer to a message. If it was paid, the history has it."""
        self._settle()

    def deliver(self, laurels: Laurels) -> None:
        """Send what is due, and note what became of it. Where no answer comes, the message is kept, with its key.

        Raises:
            SessionEnded: it wasn't paid.
        """
        if self.outgoing is None or not self.is_due:
            return
        one, self.is_due = self.outgoing, False
        try:
            sent = laurels.send(message=one.message, max_price=one.max_price, client_seed=one.client_seed, key=one.key)
        except Unreachable:
            return
        except Refused as refused:
            self._settle(str(refused))
            return
        self._settle()
        self.sent, self.is_win_new, self.draft = sent, sent["is_winner"], ""
        self.turn += 1

    def _settle(self, notice: str = "") -> None:
        self.outgoing, self.is_due, self.notice = None, False, notice
        self.attempt += 1


def this_visit() -> Visit:
    """The visitor whose browser tab runs this script."""
    if _NAME not in st.session_state:
        st.session_state[_NAME] = Visit()
    found: Visit = st.session_state[_NAME]
    return found
