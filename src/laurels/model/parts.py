"""What the process has one of, where a model is set: made by `laurels.main`, found at `app.state.model`."""

from importlib import import_module
from typing import Annotated

from fastapi import Depends, Request

from laurels.core.clock import Clock, SystemClock
from laurels.core.settings import Settings
from laurels.model.asking import Model

_CLIENT = "laurels.model.client"
"""Loaded by name, so that a process without a model doesn't pay for the openai package: a second, and 18 MB."""


def open_model(settings: Settings, *, clock: Clock | None = None) -> Model | None:
    """The model that the settings name; None where they have neither a key nor a server's address.

    Nothing is asked, so a wrong key shows with the first question. Close it on the event loop that used it.

    Args:
        clock: to read a server's Retry-After that names an instant; by default the machine's.
    """
    if not (settings.openai_base_url or settings.openai_api_key.get_secret_value()):
        return None
    model: Model = import_module(_CLIENT).OpenAIModel(settings, clock or SystemClock())
    return model


async def model_of(request: Request) -> Model | None:
    """The process's model, if it has one."""
    model: Model | None = request.app.state.model
    return model


ModelPart = Annotated[Model | None, Depends(model_of)]
