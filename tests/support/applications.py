"""Whole applications for tests."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from fastapi import FastAPI

from laurels.core.clock import Clock
from laurels.core.settings import Settings

MakeApp = Callable[..., FastAPI]


def make_app_with(settings: Settings, clock: Clock) -> MakeApp:
    """A function that composes an application: `make_app(rate_limits=True)` changes settings by name.

    The composition is loaded when it is first asked for: tests of pure code
    start sooner, and don't fail where only the composition does.
    """

    def make_app(**changed: Any) -> FastAPI:
        known = Settings.model_fields.keys()
        if unknown := changed.keys() - known:
            raise TypeError(f"no such settings: {', '.join(sorted(unknown))}")
        app: FastAPI = import_module("laurels.main").create_app(settings.model_copy(update=changed), clock=clock)
        return app

    return make_app
