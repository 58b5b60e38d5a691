"""/progress/topics."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from laurels.core.errors import Missing
from laurels.identity.editors import StaffEditing, tell_saved
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.topics import add_topic, change_topic
from laurels.products.progress.api.definition_paths import TopicSlug
from laurels.products.progress.errors import ListFull, NameTaken
from laurels.products.progress.queries.definitions import TOPICS, get_definition, list_definitions
from laurels.products.progress.schemas.topics import TopicAnswer, TopicBody, TopicChange, TopicList
from laurels.products.progress.tables import TopicRow
from laurels.web.caller import Role, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.idempotency import keyed

router = APIRouter(prefix="/progress/topics")


@router.get("")
def list_topics(caller: Signed, context: Ctx) -> TopicList:
    """The topics that activities may belong to, in their order. Staff see those that were put aside, too."""
    with context.database.read.connect() as connection:
        return TopicList.of(list_definitions(connection, TOPICS, only_active=not caller.role.covers(Role.STAFF)))


@router.get("/{topic_slug}", responses=versioned(is_read=True) | documented(Missing))
def read_topic(caller: Signed, topic_slug: TopicSlug, context: Ctx, response: Response, if_none_match: IfNoneMatch = None) -> TopicAnswer:
    """One topic."""
    return _answer(response, _get(context, topic_slug), if_none_match)


@router.post(
    "",
    status_code=201,
    responses=created("topic_slug", "read_topic", "change_progress_topic", field="slug") | documented(NameTaken, ListFull),
)
def add_progress_topic(
    body: TopicBody,
    editor: StaffEditing,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("add-topic")],
) -> TopicAnswer:
    """Add a topic: for staff."""
    saved = add_topic(context.database, editor, body.new(), now=context.clock.now(), request=key)
    tell_saved(request, response, saved, f"/progress/topics/{body.slug}")
    return _answer(response, _get(context, body.slug))


@router.patch("/{topic_slug}", responses=versioned() | documented(Missing, ListFull, *CONDITIONAL))
def change_progress_topic(
    editor: StaffEditing, topic_slug: TopicSlug, body: TopicChange, expected: IfMatch, context: Ctx, response: Response
) -> TopicAnswer:
    """Change a topic, put it aside or take it back: for staff."""
    now = context.clock.now()
    return _answer(response, change_topic(context.database, editor, topic_slug, body.wanted(), expected=expected, now=now))


def _get(context: Context, slug: str) -> TopicRow:
    with context.database.read.connect() as connection:
        return get_definition(connection, TOPICS, slug)


def _answer(response: Response, row: TopicRow, if_none_match: str | None = None) -> TopicAnswer:
    tell_version(response, etag_of(row.version), if_none_match)
    return TopicAnswer.of(row)
