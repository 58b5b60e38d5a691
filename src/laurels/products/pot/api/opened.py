"""The pot, open: reading one that nobody has come to begins its first round."""

from typing import Annotated, TypeAlias

from fastapi import Depends

from laurels.products.pot.actions import opened
from laurels.products.pot.house import House, HouseParts
from laurels.web.caller import Signed
from laurels.web.context import Ctx


async def opened_house(caller: Signed, context: Ctx, house: HouseParts) -> House:
    """The pot's parts, once its first round has begun. Strangers are refused before."""
    await opened(context, house.seeds)
    return house


OpenPot: TypeAlias = Annotated[House, Depends(opened_house)]
"""A read's parameter: from here on there is a pot."""
