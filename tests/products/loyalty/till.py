"""A shop's till for loyalty's tests: a program's service key, and what a shop asks with it over HTTP."""

from datetime import datetime
from threading import Event
from typing import Any

import httpx

from laurels.identity.tables import Member
from laurels.jobs import Reader
from laurels.jobs.readers import drain
from laurels.products.loyalty.facts import EventsAccepted, MemberJoined
from laurels.products.loyalty.jobs import decide_told
from products.loyalty.counter import Counter, open_counter
from products.loyalty.town import Town

WAIT = {"Prefer": "wait"}
DECIDE = Reader("loyalty.decide", {EventsAccepted.name, MemberJoined.name}, decide_told)


class Till:
    """A shop of one program. Amounts are in minor units; a purchase happens now where nothing else is said."""

    def __init__(self, counter: Counter, **key: Any) -> None:
        """Ask for a key of the program; the town must be open."""
        self.counter = counter
        self.town = counter.town
        self.program = counter.program
        self.path = f"/programs/{counter.program.id}"
        self.key = self.town.key(counter.program, "earn", "burn", "read", **key)

    def earn(
        self, who: Member | str, amount: int, transaction_id: str, *, at: datetime | None = None, waits: bool = True, **more: Any
    ) -> httpx.Response:
        """Tell a purchase, and wait for its result where nothing else is said.

        Args:
            more: `key`, an Idempotency-Key; `by`, other headers than the till's; other fields of the body.
        """
        body = {"transaction_id": transaction_id, "member": _name(who), "currency": "GBP", **self._told(amount, at)}
        return self._post("/earn", body, waits=waits, **more)

    def earned(self, who: Member | str, amount: int, transaction_id: str, **more: Any) -> int:
        """The same, where it must earn; gives the points."""
        answer = self.earn(who, amount, transaction_id, **more)
        assert (answer.status_code, answer.json()["status"]) == (200, "earned"), answer.text
        points: int = answer.json()["points"]
        return points

    def give_back(
        self,
        amount: int,
        return_id: str,
        *,
        of: str | None = None,
        who: Member | None = None,
        at: datetime | None = None,
        waits: bool = True,
        **more: Any,
    ) -> httpx.Response:
        """Tell a return, of a purchase or of somebody's goods."""
        subject = {"transaction_id": of} if of is not None else {"member": _name(who) if who else None}
        return self._post("/returns", {"return_id": return_id, "currency": "GBP", **subject, **self._told(amount, at)}, waits=waits, **more)

    def burn(self, who: Member, points: int = 0, *, by: Any = None, key: str | None = None, **more: Any) -> httpx.Response:
        """Burn a member's points: they themselves do it where nothing else is said."""
        body = {**({"points": points} if points else {}), **more}
        return self.town.ask(by or who, "POST", f"{self.path}/burn", key=key, json=body)

    def balance(self, who: Member) -> dict[str, Any]:
        """A member's balance, as the till sees it."""
        found: dict[str, Any] = self.town.read(self.key, f"{self.path}/balance", member=who.student_id)
        return found

    def read(self, answer: httpx.Response) -> dict[str, Any]:
        """What became of an event, by the address that its answer gave."""
        found: dict[str, Any] = self.town.read(self.key, answer.headers["location"].removeprefix("/api/v1"))
        return found

    def work(self) -> int:
        """Have the job decide what was accepted; gives how many facts it handled."""
        return drain(self.town.place, DECIDE, Event())

    def _post(self, path: str, body: dict[str, Any], *, waits: bool, key: str | None = None, by: Any = None, **more: Any) -> httpx.Response:
        headers = by or self.key
        headers = self.town.headers(headers) if isinstance(headers, Member) else headers
        return self.town.ask(headers | (WAIT if waits else {}), "POST", self.path + path, key=key, json={**body, **more})

    def _told(self, amount: int, at: datetime | None) -> dict[str, Any]:
        return {"amount": amount, "occurred_at": (at or self.counter.now).isoformat()}


def open_till(town: Town, terms: dict[str, Any] | None = None, *rules: dict[str, Any], **more: Any) -> tuple[Till, Member]:
    """A shop of a new program, and the program's first member; points can be burned freely, a penny each."""
    counter, first = open_counter(town, terms, *rules, **{"burn_points": 1, "burn_minor": 1, **more})
    return Till(counter), first


def _name(who: Member | str) -> str:
    return who.student_id if isinstance(who, Member) else who
