"""Taking points back for goods that came back."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.ledger import BusinessKey, Draft, LotKey, Needs
from laurels.products.loyalty.accounts import book_of, budget, cancelled, capped, earned, expired, issued, owed, points
from laurels.products.loyalty.decisions.events import Event, find_event, put_event
from laurels.products.loyalty.decisions.expiring import expire_points
from laurels.products.loyalty.decisions.guards import KEPT, find_membership, program_rows, require_program
from laurels.products.loyalty.decisions.standing import Basis, change_tier, count_earned, counting_meters, standing_meters
from laurels.products.loyalty.errors import NotAMember, NotEarnedYet
from laurels.products.loyalty.facts import PointsReversed
from laurels.products.loyalty.rules import Purchase, points_to_take, stand_alone_points
from laurels.products.loyalty.shares import read_shares
from laurels.products.loyalty.tables import PurchaseRow, ReturnRow


@dataclass(frozen=True, slots=True)
class Returned:
    """What a return took back.

    Attributes:
        points: what it takes back in all: `taken` now, `owed` out of the next earnings.
    """

    purchase_return: UUID
    points: int
    taken: int
    owed: int


@dataclass(frozen=True, slots=True)
class ApplyReturn:
    """Take back what a returned purchase earned, once for ever by the return's id.

    A return that names its purchase takes in proportion to what came back, all
    with the last of it, and frees its share of caps and budgets. One that
    stands alone takes what such a purchase would earn, at most what the member
    has earned and not given back (with `allow_negative`: the whole).

    By the terms' return policy, in force at the return's time, it takes what is
    there and has the rest owed; or, `only_pending`, no more than is pending.

    Attributes:
        sent: the return as a purchase's worth, where it names none.
        bought: the purchase's row as the action read it, where it names one.

    Raises:
        Missing, ProgramClosed, NotAMember: it can't be applied now.
        NotEarnedYet: its purchase isn't decided yet.
        ReturnConflict, AlreadyRecorded: the id is known with other details.
        ProgramChanged: the settings changed since the action read them.
    """

    name: ClassVar[str] = "apply_return"
    answers: ClassVar[type] = Returned

    row: ReturnRow
    member: UUID
    basis: Basis
    sent: Purchase | None = None
    bought: PurchaseRow | None = None

    @property
    def book(self) -> str:
        return book_of(self.basis.program)

    @property
    def key(self) -> BusinessKey:
        return BusinessKey(f"return/{self.row.return_id}", self.row.fingerprint)

    @property
    def reference(self) -> UUID:
        return self.row.id

    def needs(self) -> Needs:
        program, member = self.basis.program, self.member
        purse = points(program, member)
        counted_at = self.bought.occurred_at if self.bought else self.row.occurred_at
        shares = read_shares(self.bought.shares if self.bought else None)
        accounts = [
            *(account(program) for account in (issued, cancelled, expired)),
            owed(program, member),
            earned(program, member),
            *counting_meters(self.basis, member, counted_at),
            *standing_meters(self.basis, member),
            *(capped(program, member, rule, window) for rule, window, _ in shares.caps),
            *(budget(program, campaign) for campaign, _ in shares.budgets),
        ]
        rows = [*program_rows(program, member), (ReturnRow, self.row.id)]
        if self.bought is not None:
            rows.append((PurchaseRow, self.bought.id))
        return Needs(accounts, rows, lots=[purse])

    def decide(self, draft: Draft) -> Returned:
        basis = self.basis
        require_program(draft, basis.program, version=basis.version, allowed=KEPT)
        found = find_event(draft, self.row)
        membership = find_membership(draft, basis.program, self.member)
        if membership is None:
            raise NotAMember()
        expire_points(draft, basis.terms_now, basis.program, membership, basis.zone, is_spending=True)
        due, lot = self.named(draft) if self.bought is not None else (self.stand_alone(draft), None)
        taken = self.take(draft, due, lot)
        missing = 0 if basis.terms.return_policy == "only_pending" else due - taken
        draft.count(owed(basis.program, self.member), missing, "return")
        if self.bought is not None:
            self.give_back(draft, due, taken + missing)
        counted_at = self.bought.occurred_at if self.bought else self.row.occurred_at
        count_earned(draft, basis, self.member, counted_at, -(taken + missing), "return")
        change_tier(draft, basis, membership)
        self.note(draft, found, taken, missing)
        draft.announce(PointsReversed(basis.program, self.member, self.row.id, taken, missing))
        return Returned(self.row.id, taken + missing, taken, missing)

    def named(self, draft: Draft) -> tuple[int, LotKey | None]:
        """What is due of the purchase's points, and the lot that they are in."""
        assert self.bought is not None
        bought = draft.row(PurchaseRow, self.bought.id)
        if bought.status != "earned":
            raise NotEarnedYet(transaction_id=bought.transaction_id)
        lot = None if bought.lot is None or bought.lot_position is None else LotKey(bought.lot, bought.lot_position)
        return self.part_of(bought, bought.points), lot

    def part_of(self, bought: PurchaseRow, given: int) -> int:
        """This return's part of points that the purchase gave."""
        return points_to_take(given, bought.amount, returned_before=bought.returned_amount, returned=self.amount_of(bought))

    def amount_of(self, bought: PurchaseRow) -> int:
        """What came back, as far as it wasn't back before."""
        return min(self.row.amount, bought.amount - bought.returned_amount)

    def give_back(self, draft: Draft, due: int, given_up: int) -> None:
        """Count back on caps, fill budgets up, and note on the purchase what came back.

        Points that `only_pending` leaves with the member stay counted: else caps
        and budgets would be passed by buying and returning.
        """
        assert self.bought is not None
        bought = draft.row(PurchaseRow, self.bought.id)
        program, shares = self.basis.program, read_shares(bought.shares)
        for rule, window, given in shares.caps:
            back = in_proportion(self.part_of(bought, given), given_up, due)
            draft.count(capped(program, self.member, rule, window), -back, "return")
        for campaign, given in shares.budgets:
            back = in_proportion(self.part_of(bought, given), given_up, due)
            draft.move(issued(program), budget(program, campaign), back, "campaign return")
        returned = bought.returned_amount + self.amount_of(bought)
        draft.change(bought, returned_amount=returned, returned_points=bought.returned_points + given_up)

    def stand_alone(self, draft: Draft) -> int:
        """What such a purchase would earn; but for `allow_negative`, no more than was earned and not given back."""
        assert self.sent is not None
        terms = self.basis.terms
        wanted = stand_alone_points(terms, self.sent, zone=self.basis.zone)
        if terms.return_policy == "allow_negative":
            return wanted
        return min(wanted, draft.balance(earned(self.basis.program, self.member)))

    def take(self, draft: Draft, due: int, lot: LotKey | None) -> int:
        """Take points out of the purchase's own lot first, then out of what goes first; gives how many there were."""
        program = self.basis.program
        purse, only_pending = points(program, self.member), self.basis.terms.return_policy == "only_pending"
        open_lots = [one for one in draft.lots(purse) if not only_pending or one.is_pending(draft.at)]
        open_lots.sort(key=lambda one: one.is_pending(draft.at))  # active ones first, among equals as they are spent
        if lot is not None:
            own = [one for one in open_lots if one.key == lot]
            open_lots = own if only_pending else own + [one for one in open_lots if one.key != lot]
        taken = 0
        for one in open_lots:
            amount = min(due - taken, one.left)
            draft.move(purse, cancelled(program), amount, "return", from_lot=one.key)
            taken += amount
        return taken

    def note(self, draft: Draft, found: Event | None, taken: int, missing: int) -> None:
        """Write what the return took back to its row."""
        put_event(
            draft,
            self.row,
            found,
            status="applied",
            refusal=None,
            refusal_fields=None,
            member=self.member,
            policy=self.basis.terms.return_policy,
            points=taken + missing,
            taken=taken,
            owed=missing,
            decided_at=draft.at,
        )


def in_proportion(part: int, given_up: int, due: int) -> int:
    """Of a part of what is due, what goes with that much given up."""
    return part if given_up == due else part * given_up // due
