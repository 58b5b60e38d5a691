"""A community for recognition's tests: members who do things over HTTP, and the ledger seen from behind."""

from dataclasses import replace
from typing import Any

import httpx

from laurels.identity.tables import Member
from laurels.jobs import JobContext
from laurels.ledger.reader import Line, balances, statement
from laurels.products.recognition.accounts import allowance, owed, received, redeeming, sent, standing
from laurels.products.recognition.jobs import issue_vouchers, open_months
from laurels.vouchers import Vouchers
from support.members import MemberMaker
from support.site import Site

MESSAGE = "You stayed until the demo ran."


class Community(Site):
    """What a test needs at hand: members, their requests, and what the ledger says."""

    @property
    def join(self) -> MemberMaker:
        """Makes a member: of the community, and so of recognition."""
        return self.make_member

    # Requests

    def post(self, who: Member, path: str, body: object = None, *, key: str | None = None) -> httpx.Response:
        """A member posts."""
        return self.ask(who, "POST", path, key=key, json=body)

    def give(self, giver: Member, receiver: Member, credits: Any, *, message: str = MESSAGE, key: str | None = None) -> httpx.Response:
        """A member gives another credits."""
        return self.post(giver, "/recognitions", {"receiver_id": str(receiver.id), "credits": credits, "message": message}, key=key)

    def gave(self, giver: Member, receiver: Member, credits: int, **more: Any) -> str:
        """The same, where it must succeed; gives the recognition's id."""
        answer = self.give(giver, receiver, credits, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["recognition_id"])

    def redeem(self, who: Member, credits: Any, *, key: str | None = None) -> httpx.Response:
        """A member redeems."""
        return self.post(who, "/redemptions", {"credits": credits}, key=key)

    def purse(self, who: Member) -> dict[str, Any]:
        """A member's purses, as the API tells them."""
        found: dict[str, Any] = self.read(who, "/me/purse")
        return found

    # Jobs

    def job(self, name: str = "test") -> JobContext:
        """What the application hands a job, now: its own settings, and its writer, which runs."""
        context = self.app.state.context
        return replace(super().job(name), settings=context.settings, database=context.database, writer=context.writer)

    def roll_over(self) -> int:
        """Run the monthly job."""
        return open_months(self.job())

    def issue_due(self) -> int:
        """Run the job that issues vouchers."""
        vouchers: Vouchers = self.app.state.vouchers
        return issue_vouchers(self.job(), vouchers)

    # The ledger

    def held(self, who: Member) -> dict[str, int]:
        """What a member's accounts hold as posted, those that hold anything."""
        month = self.clock.at.strftime("%Y-%m")
        named = {
            "allowance": allowance(who.id),
            "received": received(who.id),
            "redeeming": redeeming(who.id),
            "owed": owed(who.id),
            "sent": sent(who.id, month),  # type: ignore[arg-type]  # a Month
            "standing": standing(who.id),
        }
        with self.database.read.connect() as connection:
            found = balances(connection, named.values())
        return {name: found[account] for name, account in named.items() if found[account]}

    def postings(self, who: Member) -> list[tuple[str, int, int]]:
        """What moved in a member's two purses, oldest first: kind, amount, balance after it."""
        with self.database.read.connect() as connection:
            lines: list[Line] = statement(connection, [allowance(who.id), received(who.id)], limit=200)
        return [(line.kind, line.amount, line.balance) for line in reversed(lines)]
