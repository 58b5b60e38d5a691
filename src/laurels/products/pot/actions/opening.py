"""The first round: begun when somebody first comes to the pot."""

from typing import Annotated, TypeAlias
from weakref import WeakKeyDictionary

from fastapi import Depends
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.ledger.writer import Proposal, Writer
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.decisions import OpenPot
from laurels.products.pot.house import House, HouseParts
from laurels.products.pot.queries import find_pot
from laurels.products.pot.rules import DEFAULT_RULES, PotRules
from laurels.products.pot.seeds import Seeds
from laurels.web.caller import Signed
from laurels.web.context import Context, Ctx

_opened: WeakKeyDictionary[Engine, set[str]] = WeakKeyDictionary()
"""The pots that are known to be open, for each database: nothing closes one."""


def open_pot(database: Database, writer: Writer, clock: Clock, seeds: Seeds, *, pot: str = MAIN, rules: PotRules = DEFAULT_RULES) -> None:
    """Begin a pot's first round, if nobody has; for a thread that may block."""
    known = _opened.setdefault(database.write, set())
    if pot in known:
        return
    with database.read.connect() as connection:
        is_open = find_pot(connection, pot) is not None
    if not is_open:
        writer.post_now(Proposal(OpenPot(pot, rules, seeds.fresh()), clock.now()))
    known.add(pot)


async def opened(context: Context, seeds: Seeds) -> None:
    """The same for the community's pot, on the event loop: costs nothing once it is known to be open."""
    if MAIN not in _opened.get(context.database.write, ()):
        await run_in_threadpool(open_pot, context.database, context.writer, context.clock, seeds)


async def opened_house(caller: Signed, context: Ctx, house: HouseParts) -> House:
    """The pot's parts, once its first round has begun. Strangers are refused before."""
    await opened(context, house.seeds)
    return house


OpenHouse: TypeAlias = Annotated[House, Depends(opened_house)]
"""A route's parameter: from here on there is a pot."""
