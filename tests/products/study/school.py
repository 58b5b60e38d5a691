"""A school for study's tests: classes and their members, made through the decisions, and the ledger seen from behind."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import insert, select, update

from laurels.core.ids import new_id
from laurels.identity.audit_log import new_action
from laurels.identity.tables import Member, StaffAction, member, staff_action
from laurels.ledger import Account
from laurels.ledger.reader import balances
from laurels.ledger.tables import outbox
from laurels.products.study.decisions.billing import Spend, Spent, Ticket
from laurels.products.study.decisions.calls import HoldTokens, SettleTokens
from laurels.products.study.decisions.classes import CreateClass
from laurels.products.study.decisions.members import ChangeMember, SetLimits, SetSponsorship
from laurels.products.study.decisions.memberships import JoinClass, RemoveMember
from laurels.products.study.decisions.ownership import ArchiveClass
from laurels.products.study.rules.codes import ALPHABET, LENGTH
from laurels.products.study.rules.permissions import DEFAULT_BUDGET, DEFAULT_CHATS, DEFAULT_LIMITS, DEFAULT_ZONE, Permission
from laurels.products.study.tables import ClassMember, StudyClass, StudyDocument, study_class, study_document, study_member
from support.site import Site


class School(Site):
    """What a test needs at hand. What is only a beginning goes straight to the ledger; what people ask goes over HTTP, once it is open."""

    # What happens

    def found(self, owner: Member, name: str = "Physics I", **more: Any) -> StudyClass:
        """Make a class. `more`: `capacity`, `zone`, `budget` and `limits` (`TokenLimits`; the owner's own), `max_chats`, `description`."""
        fields: dict[str, Any] = {
            "id": new_id(),
            "owner": owner.id,
            "title": name,
            "description": "",
            "code": self.code(),
            "capacity": None,
            "zone": DEFAULT_ZONE,
            "budget": DEFAULT_BUDGET,
            "limits": DEFAULT_LIMITS,
            "max_chats": DEFAULT_CHATS,
        }
        done = self.post_now(CreateClass(**{**fields, **more})).answer
        return self.room(done.class_id)

    def code(self) -> str:
        """A code that no class of this test has."""
        number, letters = next(self._numbers), []
        for _ in range(LENGTH):
            number, place = divmod(number, len(ALPHABET))
            letters.append(ALPHABET[place])
        return "".join(reversed(letters))

    def join(self, room: StudyClass, *members: Member, **more: Any) -> None:
        """Have members join a class. `more`: `limits` (`TokenLimits`), `max_chats`."""
        for who in members:
            code = self.room(room.id).class_code
            assert code is not None, "a deleted class lets nobody in"
            fields: dict[str, Any] = {"limits": DEFAULT_LIMITS, "max_chats": DEFAULT_CHATS, **more}
            self.post_now(JoinClass(room.id, who.id, code, **fields))

    def with_members(self, number: int, **more: Any) -> tuple[StudyClass, Member, list[Member]]:
        """A class, its owner, and so many others in it. `more`: as for `found`."""
        owner = self.make_member()
        room = self.found(owner, **more)
        members = [self.make_member() for _ in range(number)]
        self.join(room, *members)
        return room, owner, members

    def permit(self, room: StudyClass, who: Member, **wanted: int) -> None:
        """Change what a member may do: `permit(room, ana, can_chat=False, max_concurrent_chats=1)`."""
        self.post_now(ChangeMember(room.id, room.owner_id, who.id, wanted, audit_of(room)))

    def limit(self, room: StudyClass, who: Member, **wanted: int) -> None:
        """Change a member's limits: `limit(room, ana, daily=5_000)`; `weekly`, `monthly`."""
        columns = {f"{period}_token_limit": tokens for period, tokens in wanted.items()}
        self.post_now(SetLimits(room.id, room.owner_id, who.id, columns, audit_of(room)))

    def sponsor(self, room: StudyClass, *members: Member, is_sponsored: bool = True) -> None:
        """Have the owner pay for members, or no longer."""
        self.post_now(SetSponsorship(room.id, room.owner_id, tuple(who.id for who in members), is_sponsored, audit_of(room)))

    def set_budget(self, room: StudyClass, *, daily: int, weekly: int, monthly: int) -> None:
        """What the owner pays for all whom they sponsor."""
        values = {"sponsor_daily": daily, "sponsor_weekly": weekly, "sponsor_monthly": monthly}
        with self.database.write.begin() as connection:
            connection.execute(update(study_class).where(study_class.c.id == room.id).values(**values))

    def spend(self, room: StudyClass, who: Member, estimate: int, **more: Any) -> Ticket:
        """Set tokens aside for a call of a model that isn't a question of a session; for an hour. `more`: fields of a `Spend`."""
        fields: dict[str, Any] = {
            "id": new_id(),
            "class_id": room.id,
            "member": who.id,
            "operation": "CHAT",
            "model_name": "gpt-4o-mini",
            "estimate": estimate,
            "at": self.clock.at,
            "zone": ZoneInfo(self.room(room.id).time_zone),
            "until": self.clock.at + timedelta(hours=1),
        }
        ticket: Ticket = self.post_now(HoldTokens(Spend(**{**fields, **more}), Permission.CHAT)).answer
        return ticket

    def capture(self, ticket: Ticket, tokens: int, *, cost: int = 0) -> None:
        """Settle what was set aside by what it took."""
        self.post_now(SettleTokens(ticket, Spent(tokens, 0, cost, is_estimated=False)))

    def release(self, ticket: Ticket) -> None:
        """Give back what was set aside."""
        self.post_now(SettleTokens(ticket, None))

    def shelve(self, room: StudyClass, who: Member, **values: Any) -> StudyDocument:
        """A document's row alone, as one that was just taken in, with no file behind it. `values`: what is to be otherwise."""
        fields: dict[str, Any] = dict.fromkeys(study_document.columns.keys())
        fields |= {"id": new_id(), "class_id": room.id, "uploaded_by": who.id, "filename": "notes.txt", "file_type": "txt", "size_bytes": 5}
        fields |= {"digest": new_id().hex, "storage_key": new_id().hex, "processing_status": "PENDING", "progress": 0, "tries": 0}
        document = StudyDocument(**{**fields, "created_at": self.clock.at, **values})
        with self.database.write.begin() as connection:
            connection.execute(insert(study_document).values(asdict(document)))
        return document

    def archive(self, room: StudyClass, *, is_archived: bool = True) -> None:
        """Close a class, or open it again."""
        self.post_now(ArchiveClass(room.id, room.owner_id, is_archived, audit_of(room)))

    def remove(self, room: StudyClass, who: Member) -> None:
        """Put a member out of a class."""
        self.post_now(RemoveMember(room.id, room.owner_id, who.id, audit_of(room)))

    def suspend(self, who: Member) -> None:
        """Suspend a member."""
        with self.database.write.begin() as connection:
            connection.execute(update(member).where(member.c.id == who.id).values(status="suspended"))

    # What is

    def room(self, class_id: UUID) -> StudyClass:
        """A class's row."""
        with self.database.read.connect() as connection:
            return StudyClass(*connection.execute(select(study_class).where(study_class.c.id == class_id)).one())

    def membership(self, room: StudyClass, who: Member) -> ClassMember:
        """A membership's row."""
        found = select(study_member).where(study_member.c.class_id == room.id, study_member.c.member == who.id)
        with self.database.read.connect() as connection:
            return ClassMember(*connection.execute(found).one())

    def memberships(self, room: StudyClass) -> list[ClassMember]:
        """All of a class's, former ones too."""
        with self.database.read.connect() as connection:
            return [ClassMember(*row) for row in connection.execute(select(study_member).where(study_member.c.class_id == room.id))]

    def held(self, account: Account) -> int:
        """What an account holds."""
        with self.database.read.connect() as connection:
            return balances(connection, [account])[account]

    def told(self, name: str) -> list[dict[str, Any]]:
        """The facts of a name that were told, oldest first."""
        with self.database.read.connect() as connection:
            found = select(outbox.c.payload).where(outbox.c.name == name).order_by(outbox.c.sequence, outbox.c.position)
            return [orjson.loads(payload) for payload in connection.scalars(found)]

    def recorded(self) -> Sequence[StaffAction]:
        """What was put on record, oldest first."""
        with self.database.read.connect() as connection:
            return [StaffAction(*row) for row in connection.execute(select(staff_action).order_by(staff_action.c.id))]


def audit_of(room: StudyClass) -> StaffAction:
    """A row on record as tests' own changes make it."""
    return new_action(actor_id=None, action="class.changed", subject=f"class/{room.id}", before={}, after={}, now=room.created_at)
