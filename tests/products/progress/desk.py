"""A desk for progress's acceptance cases: somebody of the staff, a service key, and what both ask over HTTP."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from laurels.identity.tables import Member
from products.progress.circle import Circle

STATUS = "/me/thrive-circle/my-status"
CLAIM = "/me/thrive-circle/award-points"
BOARD = "/me/thrive-circle"


class Desk:
    """Awards, and where members stand by them. An award is of a kind that no goal counts, and now, where nothing else is said."""

    def __init__(self, circle: Circle) -> None:
        """Hire somebody, and ask for a key; the circle must be open."""
        self.circle = circle
        self.staff = circle.make_member(role="staff")
        self._key = circle.key("award", "read")
        self._numbers = count(1)

    # What happens

    def award(self, who: Member, amount: int = 10, kind: str = "project_update", *, at: datetime | None = None) -> dict[str, Any]:
        """A service awards points, for what was done at a time; gives the outcome."""
        told = {"event_id": f"event-{next(self._numbers)}", "member": who.student_id, "amount": amount, "activity_type": kind}
        if at is not None:
            told["occurred_at"] = at.isoformat()
        answer = self.circle.ask(self._key, "POST", "/progress/awards", json=told)
        assert answer.status_code == 200, answer.text
        outcome: dict[str, Any] = answer.json()
        assert outcome["status"] == "awarded", outcome
        return outcome

    def award_days(self, who: Member, days: Iterable[datetime], kind: str = "project_update") -> None:
        """The same for each of some times, in this order."""
        for at in days:
            self.award(who, kind=kind, at=at)

    def give(self, who: Member, amount: int, kind: str = "special_event") -> dict[str, Any]:
        """The staff award points by hand; gives what it brought."""
        answer = self.claim(self.staff, amount, kind, member=who.student_id)
        assert answer.status_code == 201, answer.text
        brought: dict[str, Any] = answer.json()
        return brought

    def claim(self, who: Member, amount: Any, kind: str = "comment", **more: Any) -> httpx.Response:
        """Somebody claims points for themselves, or names another."""
        return self.circle.ask(who, "POST", CLAIM, json={"amount": amount, "activity_type": kind, **more})

    def take_back(self, activity: str) -> dict[str, Any]:
        """The staff take an activity back; gives what is left."""
        answer = self.circle.ask(self.staff, "POST", f"/progress/activities/{activity}/reversal", json={"reason": "A mistake"})
        assert answer.status_code == 200, answer.text
        left: dict[str, Any] = answer.json()
        return left

    def move(self, who: Member, zone: str) -> None:
        """A member chooses another time zone."""
        answer = self.circle.ask(who, "PUT", "/auth/profile", json={"time_zone": zone})
        assert answer.status_code == 200, answer.text

    def add_quest(self, **told: Any) -> str:
        """The staff add a quest; gives its path."""
        answer = self.circle.ask(self.staff, "POST", "/progress/quests", json={"title": f"Quest {uuid4()}", **told})
        assert answer.status_code == 201, answer.text
        return f"/progress/quests/{answer.json()['id']}"

    # What is told

    def status(self, who: Member) -> dict[str, Any]:
        """Where a member stands."""
        told: dict[str, Any] = self.circle.read(who, STATUS)
        return told

    def streak(self, who: Member) -> tuple[int, int, int]:
        """A member's streak as of now, their longest, and freezes in hand."""
        told = self.status(who)
        return told["current_streak_days"], told["longest_streak_days"], told["freezes"]

    def rewards(self, who: Member, kind: str) -> list[int]:
        """What a member got by activities of a type, the latest first."""
        return [one["amount"] for one in self.circle.pages(who, "/progress/activities", type=kind)]

    def goal(self, who: Member, goal_type: str, **query: Any) -> dict[str, Any]:
        """A member's goal of a week."""
        [found] = [one for one in self.circle.read(who, "/progress/goals", **query)["items"] if one["goal_type"] == goal_type]
        told: dict[str, Any] = found
        return told

    def board(self, who: Member, **query: Any) -> list[tuple[int, str | None, int]]:
        """(rank, username, points) of the board of all time, or of a part of it."""
        return [(row["rank"], row["username"], row["points"]) for row in self.circle.read(who, BOARD, **query)["items"]]
