"""A town for loyalty's tests: programs, shops that tell purchases, members who ask over HTTP, and the ledger seen from behind."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.identity.editing import OPERATOR
from laurels.identity.service_keys import create_key
from laurels.identity.tables import Member
from laurels.ledger import held_of
from laurels.ledger.reader import balances, statement
from laurels.products.loyalty.accounts import earned, owed, points
from laurels.products.loyalty.actions.decided import Decided
from laurels.products.loyalty.actions.deciding import Manner, decide_events
from laurels.products.loyalty.actions.programs import NewProgram, change_program, create_program
from laurels.products.loyalty.actions.telling import purchase_row, return_row
from laurels.products.loyalty.decisions.burning import Burned, BurnPoints, CancelBurn, ConfirmBurn, Price, Settled
from laurels.products.loyalty.decisions.expiring import ExpirePoints
from laurels.products.loyalty.decisions.memberships import JoinProgram
from laurels.products.loyalty.queries import configuration_of, find_program, subject_of
from laurels.products.loyalty.queries.configuration import basis_at
from laurels.products.loyalty.rules import Line, Purchase, Terms
from laurels.products.loyalty.tables import Program
from laurels.web.etags import WHICHEVER
from products.loyalty.terms_paper import terms as plain_terms
from support.site import Site


class Town(Site):
    """What a test needs at hand. What shops and jobs do goes straight to the ledger; what members ask goes over HTTP, once it is open."""

    # Programs and members

    def make_program(self, terms: Terms | dict[str, Any] | None = None, members: Iterable[Member] = (), **more: Any) -> Program:
        """An active program in pounds and in UTC, 5 points for 100.00 where nothing else is said, and its members.

        Args:
            terms: whole, or what differs from the plain ones: `{"pending_days": 14}`.
            more: fields of `NewProgram`.
        """
        known = terms if isinstance(terms, Terms) else plain_terms(**(terms or {}))
        fields = {"name": f"Program {next(self._numbers)}", "currency": "GBP", "zone": "UTC", "is_active": True}
        saved = create_program(self.database, OPERATOR, NewProgram(**{**fields, "terms": known, **more}), now=self.clock.at)
        for member in members:
            self.join(saved.id, member)
        with self.database.read.connect() as connection:
            found = find_program(connection, saved.id)
        assert found is not None
        return found

    def join(self, program: Program | UUID, member: Member) -> None:
        """Have a member join, by invitation or not."""
        program_id = program if isinstance(program, UUID) else program.id
        version = configuration_of(self.database, program_id).program.version
        self.post_now(JoinProgram(program_id, member.id, version, needs_invitation=False))

    def change(self, program: Program, *, database: Database | None = None, **wanted: Any) -> Program:
        """Change a program as its admins do: `status="paused"`; here, or as another process has the database."""
        return change_program(database or self.database, OPERATOR, program.id, wanted, expected=WHICHEVER, now=self.clock.at)

    # What shops tell

    def earn(
        self,
        program: Program,
        member: Member | str,
        amount: int,
        *,
        at: datetime | None = None,
        transaction_id: str | None = None,
        lines: Sequence[tuple[str, int]] = (),
        metadata: str | None = None,
    ) -> Decided:
        """A shop tells a purchase, which is decided at once.

        Args:
            amount: in minor units.
            at: when it happened; now, where nothing is said.
            transaction_id: the shop's; a new one, where nothing is said.
        """
        sent = Purchase(
            transaction_id or f"sale-{next(self._numbers)}",
            member if isinstance(member, str) else member.student_id,
            amount,
            program.currency,
            at or self.clock.at,
            tuple(Line(category, spent) for category, spent in lines),
        )
        return self.decide(program, purchase_row(program.id, sent, now=self.clock.at, metadata=metadata))

    def earned(self, program: Program, member: Member | str, amount: int, **more: Any) -> Decided:
        """The same, where it must earn."""
        decided = self.earn(program, member, amount, **more)
        assert decided.status == "earned", decided
        return decided

    def give_back(
        self,
        program: Program,
        amount: int,
        *,
        transaction_id: str | None = None,
        member: Member | str | None = None,
        return_id: str | None = None,
        at: datetime | None = None,
    ) -> Decided:
        """A shop tells a return: of a purchase that it names, or of a member's."""
        row = return_row(
            program.id,
            return_id or f"back-{next(self._numbers)}",
            amount=amount,
            occurred_at=at or self.clock.at,
            now=self.clock.at,
            transaction_id=transaction_id,
            member_ref=member.student_id if isinstance(member, Member) else member,
        )
        return self.decide(program, row)

    def decide(self, program: Program, event: Any) -> Decided:
        """Decide one event now, as the application's jobs would."""
        [decided] = decide_events(self.place, program.id, [event], Manner("test", self.clock.at))
        return decided

    # What members and jobs do

    def burn(
        self, program: Program, member: Member, amount: int, *, reward: UUID | None = None, confirm_minutes: int | None = None
    ) -> Burned:
        """Burn points, at once or (with minutes) by reserving them; a free amount is worth a penny a point."""
        now = self.clock.at
        price = Price(amount, reward) if reward else Price(amount, value_minor=amount)
        confirm_by = None if confirm_minutes is None else now + timedelta(minutes=confirm_minutes)
        basis = basis_at(configuration_of(self.database, program.id), now, now)
        return self.post_now(BurnPoints(new_id(), member.id, price, basis, confirm_by)).answer

    def confirm(self, program: Program, member: Member, burn: Burned) -> Settled:
        """Confirm a reservation."""
        return self.post_now(ConfirmBurn(program.id, burn.burn, member.id)).answer

    def cancel(self, program: Program, member: Member, burn: Burned, *, grace_days: int = 30) -> Settled:
        """Cancel a reservation."""
        version = configuration_of(self.database, program.id).program.version
        return self.post_now(CancelBurn(program.id, burn.burn, member.id, version, timedelta(days=grace_days))).answer

    def expire(self, program: Program, member: Member) -> int:
        """Post what has expired of a member's points."""
        known = configuration_of(self.database, program.id)
        version = known.terms_at(self.clock.at)
        return self.post_now(ExpirePoints(program.id, member.id, version.terms, known.program.version, known.zone)).answer.points

    # Requests

    def key(self, program: Program, *scopes: str) -> dict[str, str]:
        """Headers of a new service key of a program; the town must be open."""
        made = create_key(self.app.state.identity, subject=subject_of(program.id), name="till", scopes=scopes, by=None)
        return {"Authorization": f"Bearer {made.token}"}

    # The ledger

    def held(self, program: Program, member: Member) -> dict[str, int]:
        """What a member's accounts hold as posted, those that hold anything."""
        purse = points(program.id, member.id)
        named = {"points": purse, "held": held_of(purse), "earned": earned(program.id, member.id), "owed": owed(program.id, member.id)}
        with self.database.read.connect() as connection:
            found = balances(connection, named.values())
        return {name: found[account] for name, account in named.items() if found[account]}

    def postings(self, program: Program, member: Member) -> list[tuple[str, int, int]]:
        """What moved in a member's purse, oldest first: kind, points, balance after it."""
        with self.database.read.connect() as connection:
            lines = statement(connection, [points(program.id, member.id)], limit=200)
        return [(line.kind, line.amount, line.balance) for line in reversed(lines)]
