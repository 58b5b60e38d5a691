"""A program's catalogue, and how many pieces of each reward there are."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from laurels.core.database import Database
from laurels.core.errors import Invalid, Missing
from laurels.core.ids import new_id
from laurels.identity.editing import Editor, Saved, audit_row, changes_of, require_near
from laurels.ledger.writer import Posted, Proposal, RequestKey, post_within
from laurels.products.loyalty.actions.changes import hold_program, note, raise_version, require_open, require_room
from laurels.products.loyalty.bounds import MAX_REWARDS
from laurels.products.loyalty.decisions.settings import ChangeStock, Stocked
from laurels.products.loyalty.queries.access import subject_of
from laurels.products.loyalty.queries.configuration import forget
from laurels.products.loyalty.tables import Program, Reward, reward
from laurels.web.etags import Expected


@dataclass(frozen=True, slots=True)
class NewReward:
    """A reward to be added.

    Attributes:
        stock: how many pieces there are; None where they aren't counted.
    """

    name: str
    cost: int
    description: str = ""
    stock: int | None = None
    per_member: int | None = None
    on_sale_from: datetime | None = None
    on_sale_until: datetime | None = None
    voucher_pattern: str | None = None
    voucher_days: int | None = None


def add_reward(
    database: Database, editor: Editor, program_id: UUID, new: NewReward, *, now: datetime, request: RequestKey | None = None
) -> Saved:
    """Put a reward into the catalogue, with its stock.

    Raises:
        Missing, Denied: see `hold_program`.
        Archived: the program doesn't change any more.
        Invalid: a time can't be.
        TooMany: the catalogue is full.
    """
    made_id = new_id()
    with database.write.begin() as connection:
        held = hold_program(connection, editor, program_id)
        noted = note(connection, editor, held, about=made_id, action="reward.added", after=_logged(new), now=now, request=request)
        if not noted.is_replay:
            require_open(held)
            require_room(connection, reward, reward.c.program == program_id, limit=MAX_REWARDS, what="rewards")
            insert_reward(connection, editor, held, made_id, new, now=now)
            raise_version(connection, held, now)
    forget(database, program_id)
    return Saved(noted.answer.id, 0, noted.is_replay)


def insert_reward(connection: Connection, editor: Editor, held: Program, made_id: UUID, new: NewReward, *, now: datetime) -> None:
    """Write a reward, and move its pieces into its stock.

    Raises:
        Invalid: a time can't be.
    """
    given = {name: value for name, value in asdict(new).items() if name != "stock"}
    made = Reward(
        id=made_id,
        program=held.id,
        has_stock=new.stock is not None,
        is_archived=False,
        version=1,
        created_at=now,
        updated_at=now,
        **given,
    )
    _check_sale(made, now)
    connection.execute(insert(reward).values(asdict(made)))
    if new.stock:
        _post_stock(connection, editor, held.id, made_id, new.stock, now=now)


def change_reward(
    database: Database,
    editor: Editor,
    program_id: UUID,
    reward_id: UUID,
    wanted: Mapping[str, Any],
    *,
    expected: Expected,
    now: datetime,
) -> Reward:
    """Change what a reward says, or whether it is archived; burns that were made keep what they were made for.

    Args:
        wanted: values by the names of `Reward`'s fields.

    Raises:
        Missing, Denied: see `hold_program`; or the program has no such reward.
        Archived: the program doesn't change any more.
        Invalid: a time can't be.
        PreconditionFailed: the reward was changed since.
    """
    with database.write.begin() as connection:
        held = hold_program(connection, editor, program_id)
        row = connection.execute(select(reward).where(reward.c.id == reward_id, reward.c.program == program_id)).one_or_none()
        if row is None:
            raise Missing(what="reward")
        before = Reward(*row)
        expected.check(before.version)
        require_open(held)
        changes = changes_of(before, wanted)
        if not changes:
            return before
        changed = replace(before, **changes, version=before.version + 1, updated_at=now)
        _check_sale(changed, now)
        connection.execute(update(reward).where(reward.c.id == reward_id).values(asdict(changed)))
        was = {name: getattr(before, name) for name in changes}
        note(connection, editor, held, about=reward_id, action="reward.changed", before=was, after=changes, now=now)
        raise_version(connection, held, now)
    forget(database, program_id)
    return changed


def change_stock(
    database: Database, editor: Editor, program_id: UUID, reward_id: UUID, added: int, *, now: datetime, request: RequestKey | None = None
) -> Posted[Stocked]:
    """Add pieces to a reward's stock, or (negative) take unsold ones out.

    Raises:
        Missing, Denied: see `hold_program`; or the program has no such reward.
        Archived: the program doesn't change any more.
        Invalid: the reward isn't counted.
        InsufficientBalance: more is to be taken out than is there.
    """
    with database.write.begin() as connection:
        held = hold_program(connection, editor, program_id)
        posted = _post_stock(connection, editor, program_id, reward_id, added, now=now, request=request)
        if not posted.is_replay:
            require_open(held)
        return posted


def _post_stock(
    connection: Connection,
    editor: Editor,
    program_id: UUID,
    reward_id: UUID,
    added: int,
    *,
    now: datetime,
    request: RequestKey | None = None,
) -> Posted[Stocked]:
    audit = audit_row(editor, subject_of(program_id), action="stock.changed", after={"id": str(reward_id), "added": added}, now=now)
    return post_within(connection, Proposal(ChangeStock(program_id, reward_id, added, audit), now, editor.actor, request), now)


def _check_sale(made: Reward, now: datetime) -> None:
    require_near(made.on_sale_from, now, field="on_sale_from")
    require_near(made.on_sale_until, now, field="on_sale_until")
    if made.on_sale_from is not None and made.on_sale_until is not None and made.on_sale_until <= made.on_sale_from:
        raise Invalid(field="on_sale_until", reason="send an instant after on_sale_from")


def _logged(new: NewReward) -> dict[str, Any]:
    return {"cost": new.cost, "stock": new.stock, "per_member": new.per_member}
