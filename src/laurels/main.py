"""Composition: settings become an application.

Every product registers here, by a line each: its API, its pages, its templates
and navigation. Nothing below knows which products there are.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from laurels.core.clock import Clock, SystemClock
from laurels.core.database import open_database
from laurels.core.settings import Settings
from laurels.identity import api as identity_api
from laurels.identity import pages as identity_pages
from laurels.identity import staff_api, staff_pages
from laurels.identity.authenticator import SessionAuthenticator
from laurels.identity.parts import Identity, open_identity
from laurels.jobs import running
from laurels.ledger.writer import Writer
from laurels.model import open_model
from laurels.portal import metrics
from laurels.portal import pages as portal_pages
from laurels.products.loyalty import api as loyalty_api
from laurels.products.loyalty import burn_pages, history_pages
from laurels.products.loyalty import console_pages as program_pages
from laurels.products.loyalty import pages as loyalty_pages
from laurels.products.loyalty import reward_pages as loyalty_reward_pages
from laurels.products.loyalty.live import register_drawings
from laurels.products.pot import api as pot_api
from laurels.products.pot import coin_pages, round_pages
from laurels.products.pot import console_pages as pot_console
from laurels.products.pot import pages as pot_pages
from laurels.products.pot.house import open_house
from laurels.products.pot.live import register_drawings as register_pot_drawings
from laurels.products.progress import activity_pages, board_pages, profile_pages, quest_pages
from laurels.products.progress import api as progress_api
from laurels.products.progress import console_pages as progress_console
from laurels.products.progress import pages as progress_pages
from laurels.products.progress.live import register_drawings as register_progress_drawings
from laurels.products.recognition import api as recognition_api
from laurels.products.recognition import console_pages, reward_pages
from laurels.products.recognition import pages as recognition_pages
from laurels.products.recognition.live import Drawings
from laurels.products.recognition.policy import policy_of
from laurels.products.study import api as study_api
from laurels.products.study import chat_pages, document_pages, manage_pages, usage_pages
from laurels.products.study import console_pages as study_console
from laurels.products.study import gateway as study_gateway
from laurels.products.study import pages as study_pages
from laurels.products.study.desk import open_desk
from laurels.products.study.live import register_drawings as register_study_drawings
from laurels.reactions import WEBHOOK_SOURCES, register_personal, timetable
from laurels.vouchers import open_vouchers
from laurels.web import appearance, events, reference
from laurels.web.app import Lifespan, build_app
from laurels.web.context import Context
from laurels.web.limits import RateLimiter
from laurels.web.live import Live
from laurels.web.pages import Pages
from laurels.web.paths import GATEWAY_PREFIX
from laurels.web.problems import write_otherwise
from laurels.webhooks import api as webhooks_api
from laurels.webhooks import console_pages as webhook_pages
from laurels.webhooks import open_webhooks

API = (
    identity_api.router,
    staff_api.router,
    recognition_api.router,
    loyalty_api.router,
    progress_api.router,
    pot_api.router,
    study_api.router,
    webhooks_api.router,
)
"""The routers of the JSON endpoints."""

PAGES = (
    appearance.router,
    reference.router,
    events.router,
    identity_pages.router,
    staff_pages.router,
    recognition_pages.router,
    reward_pages.router,
    console_pages.router,
    loyalty_pages.router,
    loyalty_reward_pages.router,
    burn_pages.router,
    history_pages.router,
    program_pages.router,
    progress_pages.router,
    quest_pages.router,
    activity_pages.router,
    board_pages.router,
    profile_pages.router,
    progress_console.router,
    pot_pages.router,
    coin_pages.router,
    round_pages.router,
    pot_console.router,
    study_pages.router,
    chat_pages.router,
    document_pages.router,
    usage_pages.router,
    manage_pages.router,
    study_console.router,
    webhook_pages.router,
    portal_pages.router,
    metrics.router,
)
"""The routers of the pages."""


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    """The whole application. Its threads run between the start and the end of its lifespan.

    The database must have its schema: `laurels migrate` gives it one.

    Raises:
        SecretKeyUnusable: the secret key is too short.
    """
    settings = settings or Settings()
    clock = clock or SystemClock()
    settings.home.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.resolved_database_url)
    identity = open_identity(settings, database, clock)
    register_personal(identity.personal, clock)
    vouchers = open_vouchers(settings)
    webhooks = open_webhooks(settings, WEBHOOK_SOURCES)
    policy_of(settings)  # settings that state no policy stop the start, not the first gift
    writer = Writer(database, clock)
    context = Context(
        settings=settings,
        clock=clock,
        database=database,
        writer=writer,
        limiter=RateLimiter(clock, redis_url=settings.redis_url, is_on=settings.rate_limits),
        live=Live(database, writer),
        pages=Pages(clock=clock, community_name=settings.community_name, default_zone=settings.zone),
        authenticate=SessionAuthenticator(identity),
    )
    _add_pages(context)
    app = build_app(
        context,
        api=API,
        gateways=[study_gateway.router],
        pages=PAGES,
        lifespan=_lifespan(context, identity),
    )
    write_otherwise(app, GATEWAY_PREFIX, study_gateway.write_refusal)
    app.state.identity = identity
    app.state.vouchers = vouchers
    app.state.webhooks = webhooks
    app.state.model = open_model(settings, clock=clock)
    app.state.pot = open_house(settings, app.state.model)
    app.state.study = open_desk(settings, app.state.model)
    return app


def _add_pages(context: Context) -> None:
    """Let pages find every product's templates, and draw what happens."""
    identity_pages.add_to(context.pages)
    recognition_pages.add_to(context.pages)
    loyalty_pages.add_to(context.pages)
    program_pages.add_to(context.pages)
    progress_pages.add_to(context.pages)
    board_pages.add_to(context.pages)
    progress_console.add_to(context.pages)
    pot_pages.add_to(context.pages)
    pot_console.add_to(context.pages)
    study_pages.add_to(context.pages)
    study_console.add_to(context.pages)
    portal_pages.add_to(context.pages)
    webhook_pages.add_to(context.pages)
    Drawings(context).register()
    register_drawings(context.live)
    register_progress_drawings(context.live)
    register_pot_drawings(context)
    register_study_drawings(context)
    reference.add_to(context.pages)


def _lifespan(context: Context, identity: Identity) -> Lifespan:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        context.writer.start()
        identity.start()
        try:
            jobs = timetable(context.settings, app.state.vouchers, app.state.webhooks, app.state.pot, app.state.study)
            async with context.live.running(), running(context, jobs):
                yield
        finally:
            identity.stop()
            await app.state.study.answers.close()
            await app.state.pot.errands.close()
            if app.state.model is not None:
                await app.state.model.close()
            app.state.webhooks.close()
            app.state.vouchers.close()
            context.writer.stop()  # last of all: it decides what is queued
            context.database.dispose()

    return run
