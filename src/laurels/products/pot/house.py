"""What the process has one of for the pot: made by `laurels.main` and the worker, found at `app.state.pot`."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from laurels.core.seal import Seal
from laurels.core.secrets import derived_key, secret_key
from laurels.core.settings import Settings
from laurels.model import Model
from laurels.products.pot.seeds import Seeds
from laurels.web.errands import Errands

MAX_ERRANDS = 32
"""Most messages whose reply a process asks for beside its requests; the rest is left to the job."""


@dataclass(frozen=True, slots=True)
class House:
    """How the pot keeps its seeds, and who writes its bot's replies.

    Attributes:
        model: None: the built-in bot does, at once.
    """

    seeds: Seeds
    model: Model | None = None
    errands: Errands = field(default_factory=lambda: Errands(MAX_ERRANDS))


def open_house(settings: Settings, model: Model | None) -> House:
    """The pot's parts, by the settings. Close its errands before the writer and the model.

    Raises:
        SecretKeyUnusable: the secret key is too short.
    """
    return House(Seeds(Seal(derived_key(secret_key(settings), "pot seeds"))), model)


async def house_of(request: Request) -> House:
    """The process's parts of the pot."""
    house: House = request.app.state.pot
    return house


HouseParts = Annotated[House, Depends(house_of)]
