"""What the process has one of for the pot: made by `laurels.main` and the worker, found at `app.state.pot`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from laurels.core.seal import Seal
from laurels.core.secrets import derived_key, secret_key
from laurels.core.settings import Settings
from laurels.products.pot.seeds import Seeds


@dataclass(frozen=True, slots=True)
class House:
    """How the pot keeps its seeds."""

    seeds: Seeds


def open_house(settings: Settings) -> House:
    """The pot's parts, by the settings.

    Raises:
        SecretKeyUnusable: the secret key is too short.
    """
    return House(Seeds(Seal(derived_key(secret_key(settings), "pot seeds"))))


async def house_of(request: Request) -> House:
    """The process's parts of the pot."""
    house: House = request.app.state.pot
    return house


HouseParts = Annotated[House, Depends(house_of)]
