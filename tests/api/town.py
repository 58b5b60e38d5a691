"""A served community, and who asks it: with what is theirs, for requests to be about."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from api.pot import open_round
from api.settings import add_topics, open_key, open_settings
from api.study import open_chat, open_class
from laurels.identity.tables import Member
from laurels.web.caller import Role
from support.members import MemberMaker, SignIn

PASSWORD = "seven quiet lanterns"

PROGRAM: dict[str, Any] = {
    "name": "Wine & Dine",
    "currency": "EUR",
    "zone": "Europe/London",
    "burn_rate": {"points": 100, "value_minor": 500},
    "terms": {"rules": [{"name": "Everything", "spend_per": 10_000, "points": 5}]},
    "campaigns": [{"name": "Advent", "ends_at": "2026-12-25T00:00:00+00:00", "extra_points": 5, "budget": 1_000}],
    "rewards": [{"name": "Tour", "cost": 10}, {"name": "Dinner for two", "cost": 2_500, "stock": 40}],
    "is_active": True,
}

EARLIER = "2026-11-20T09:00:00+00:00"
"""An hour before what the clock says."""

AS_SHOWN = {"1042", "till-3-000981", "2026-11-20T09:30:00+00:00", "2026-11-20T10:00:00+00:00"}
"""What the document's examples send of a member, a purchase and a time: it means something here, too."""

Headers = dict[str, str]
Ids = dict[str, str]


@dataclass(frozen=True)
class Visit:
    """Who asks, and what there is for them to ask about.

    Attributes:
        headers: those of the requests.
        path: ids that exist, by the name of the path's part.
        body: values that mean something here, by the name of the field or of the query's parameter.
    """

    headers: Headers
    path: Ids
    body: Ids

    def id_of(self, label: str, name: str) -> str | None:
        """The id that an operation's path takes by a name; None where there is no such thing."""
        return self.path.get("return_id" if (name, "/returns/" in label) == ("event_id", True) else name)


class Town:
    """A community behind an address. `visit` gives a caller of a kind, with new things whenever the old ones were used up."""

    def __init__(self, address: str, make_member: MemberMaker, sign_in: SignIn) -> None:
        self._http = httpx.Client(base_url=f"{address}/api/v1", timeout=30)
        numbers = count(1)
        self._make_member = lambda **values: make_member(f"T-{next(numbers)}", **values)
        self._sign_in = sign_in
        self._admin = sign_in(self._make_member(role="admin")).headers
        self._shown = sign_in(make_member("1042")).headers
        add_topics(self._ask_as_admin)
        self._kinds: dict[str, Callable[[Ids, Member], Headers]] = {
            "anonymous": lambda path, who: {},
            "member": lambda path, who: sign_in(who).headers,
            "program admin": self._as_program_admin,
            "staff": lambda path, who: sign_in(who).headers,
            "admin": lambda path, who: sign_in(who).headers,
        }

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def visit(self, kind: str, label: str) -> Visit:
        """A caller of a kind, and what exists for the operation of this label.

        Args:
            kind: `anonymous`, `member`, `program admin`, `staff` or `admin`; or scopes of a service key: `earn burn` of a
                program's, `award` of progress's.
        """
        who = self._make_member(role=kind if kind in list(Role) else "member", password=PASSWORD)
        own = self._sign_in(who).headers
        if "/programs" in label:
            path = self._open_program(who, own)
        elif "/webhooks" in label:
            path = self._open_webhook()
        elif "/progress" in label:
            path = open_settings(self._ask_as_admin, "1042")
        elif any(part in label for part in ("/currency", "/messaging", "/pot")):
            path = open_round(lambda method, at, body: self._ask(method, at, own, json=body), self._ask_as_admin)
        elif any(part in label for part in ("/classes", "/usage", "/chat", "/documents")):
            path = self._open_class(own)
        else:
            path = self._give_credits(who, own)
        path["member_id"] = str(self._make_member().id)
        headers = self._kinds[kind](path, who) if kind in self._kinds else self._with_key(path, kind.split())
        known = {
            "receiver_id": path["member_id"],
            "member_id": path["member_id"],
            "member": who.student_id,
            "currency": PROGRAM["currency"],
            "occurred_at": EARLIER,
        }
        known |= {name: path[name] for name in ("class_id", "user_id", "class_code") if name in path}
        return Visit(headers, path, known | {"transaction_id": "T-0", "reward_id": path.get("reward_id", "")})

    def _as_program_admin(self, path: Ids, who: Member) -> Headers:
        if "program_id" in path:
            self._ask("PUT", f"/programs/{path['program_id']}/admins/{who.id}", self._admin)
        return self._sign_in(who).headers

    def _with_key(self, path: Ids, scopes: list[str]) -> Headers:
        if scopes == ["award"]:
            return {"Authorization": f"Bearer {open_key(self._ask_as_admin, scopes)['token']}"}
        program = path.get("program_id") or self._new_program()
        made = self._post(f"/programs/{program}/keys", self._admin, name="till", scopes=scopes)
        return {"Authorization": f"Bearer {made['token']}"}

    def _give_credits(self, who: Member, own: Headers) -> Ids:
        """A recognition, a redemption, a value and another session of a member."""
        friend = self._sign_in(self._make_member()).headers
        self._ask("PUT", "/recognitions/values/Teamwork", self._admin, json={})
        gift = {"receiver_id": str(who.id), "credits": 9, "message": "Thanks"}
        given = self._post("/recognitions", friend, **gift)["recognition_id"]
        redeemed = self._post("/redemptions", own, credits=4)["redemption_id"]
        other = self._ask("GET", "/auth/sessions", own)["items"][0]["id"]
        return {"recognition_id": given, "redemption_id": redeemed, "session_id": other, "name": "Teamwork"}

    def _open_class(self, own: Headers) -> Ids:
        """A class of a member's, with somebody else in it, a chat and a document there."""
        friend = self._sign_in(self._make_member()).headers

        def ask(method: str, at: str, body: dict[str, Any] | None) -> Any:
            return self._ask(method, at, own, json=body)

        path = open_class(ask, lambda method, at, body: self._ask(method, at, friend, json=body))
        sent = {"file": ("notes.txt", b"Light bends where it enters glass.")}
        document = self._ask("POST", f"/documents/classes/{path['class_id']}/upload", own, files=sent)["id"]
        return path | open_chat(ask, path["class_id"]) | {"doc_id": document, "number": "1"}

    def _open_webhook(self) -> Ids:
        """A webhook to which something was sent."""
        hook = self._post("/webhooks", self._admin, url="https://shop.example.org/hooks")["webhook_id"]
        return {"webhook_id": hook, "delivery_id": self._post(f"/webhooks/{hook}/test", self._admin)["delivery_id"]}

    def _open_program(self, who: Member, own: Headers) -> Ids:
        """A program with a catalogue; somebody has joined it, bought, brought something back and reserved a reward."""
        program = self._new_program()
        at = f"/programs/{program}"
        [campaign] = self._ask("GET", f"{at}/campaigns", self._admin)["items"]
        tour, _ = self._ask("GET", f"{at}/rewards", self._admin)["items"]
        for joins in (own, self._shown):
            self._post(f"{at}/join", joins)
        sale = {"amount": 90_000_000, "currency": PROGRAM["currency"], "occurred_at": EARLIER, "transaction_id": "T-0"}
        bought = self._post(f"{at}/earn", self._admin, **sale, member=who.student_id)
        returned = self._post(f"{at}/returns", self._admin, **sale | {"amount": 100}, return_id="R-0")
        burn = self._post(f"{at}/burn", own, reward_id=tour["id"])
        key = self._post(f"{at}/keys", self._admin, name="till", scopes=["read"])
        return {
            "program_id": program,
            "campaign_id": campaign["id"],
            "reward_id": tour["id"],
            "key_id": key["id"],
            "event_id": bought["event_id"],
            "return_id": returned["event_id"],
            "burn_id": burn["burn_id"],
            "version": "1",
        }

    def _new_program(self) -> str:
        return str(self._post("/programs", self._admin, **PROGRAM)["id"])

    def _ask_as_admin(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        return self._ask(method, path, self._admin, json=body)

    def _post(self, path: str, headers: Headers, **body: Any) -> Any:
        return self._ask("POST", path, headers | {"Prefer": "wait"}, json=body)

    def _ask(self, method: str, path: str, headers: Headers, **more: Any) -> Any:
        answer = self._http.request(method, path, headers=headers, **more).raise_for_status()
        return answer.json() if answer.content else None
