"""Every operation of the API, asked in every way its description allows, and in many that it forbids.

Schemathesis makes the requests from the OpenAPI document: one for each bound
and rule of a field (kept and broken), then random ones. Ids in them are
replaced by ids that exist, in every other request, so that they get past the
look-up. The requests are the same in every run.
"""

from collections.abc import Callable, Iterator
from functools import cache
import json
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from api.town import AS_SHOWN, Headers, Visit
from laurels.web.idempotency import HEADER
from laurels.web.identifiers import MAX_ID
from laurels.web.openapi import is_endless

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    missing_required_header,
    unsupported_method,
    allow_header_conformance,
]

BEYOND_SCHEMAS = {
    "cursor-invalid",
    "file-untyped",
    "idempotency-key-reused",
    "in-the-future",
    "invalid",
    "no-burn-rate",
    "precondition-failed",
    "precondition-required",
    "self-recognition",
    "unknown-event-type",
    "unknown-member",
    "unknown-topic",
    "unknown-value",
    "webhook-url-refused",
    "worth-nothing",
    "wrong-currency",
}
"""Codes of refusals that depend on more than a field's form: what exists, what was sent before, another field."""

TOLD_IN_WORDS = {
    "Send a whole number, without quotes.",  # to JSON Schema 1.0 is a whole number
    "Send at least one field to change.",
    "Send at least one rule.",
    "Send at most ten points for each minor unit that is spent.",
    "Send each trigger of earnings once.",
    "Send each name once.",  # of objects in a list; of words in one the schema says it
    "Send hours that end at another time than they begin, or leave them out for the whole day.",
    "Send a time since 1970.",
    "Send 0 as the threshold of the first tier: every member has one.",
    "Send tiers by ascending threshold, each above the one before.",
    "Send 0 as the first threshold: every member has one.",
    "Send thresholds in ascending order, each above the one before.",
    "Send at most as many days of notice as pass before points decay.",
    "Send an end that is later than the start.",
    "Leave out what only the system awards: decay, side_quest, streak_bonus, weekly_goal.",
    "Send an ISO 4217 code, such as EUR or INR.",
    "Send 1 or more characters.",  # blanks around a text don't count
    "Send text that can be seen.",
    "Send text without control characters.",  # the pattern knows those of today's scripts, the validator Unicode's categories
}
"""What a field's schema can't say and its description does."""

MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]

USES_UP = {
    "POST /api/v1/auth/logout",
    "DELETE /api/v1/auth/account",
    "DELETE /api/v1/auth/sessions/{session_id}",
    "PUT /api/v1/auth/password",
    "DELETE /api/v1/webhooks/{webhook_id}",
    "POST /api/v1/programs/{program_id}/burn/{burn_id}/cancel",
    "POST /api/v1/programs/{program_id}/burn/{burn_id}/confirm",
    "DELETE /api/v1/programs/{program_id}/campaigns/{campaign_id}",
    "DELETE /api/v1/programs/{program_id}/keys/{key_id}",
    "DELETE /api/v1/programs/{program_id}/membership",
    "DELETE /api/v1/programs/{program_id}/rewards/{reward_id}",
    "DELETE /api/v1/progress/seasons/{season_id}",
    "POST /api/v1/pot/pause",
    "POST /api/v1/classes/join",
    "DELETE /api/v1/classes/{class_id}",
    "PUT /api/v1/classes/{class_id}/owner",
    "DELETE /api/v1/classes/{class_id}/keys/{key_id}",
    "DELETE /api/v1/classes/{class_id}/members/{user_id}",
    "DELETE /api/v1/classes/{class_id}/membership",
    "DELETE /api/v1/classes/{class_id}/removals/{user_id}",
    "DELETE /api/v1/chat/sessions/{session_id}",
    "DELETE /api/v1/documents/{doc_id}",
    "DELETE /api/v1/documents/documents/{doc_id}",
}
"""After these the next request needs another caller, or other things."""

LOOKED_AT_ALONE = {"CampaignBody", "PurchaseBody", "ReturnBody", "RewardBody", "Terms"}
"""Schemas of which each field is asked about where they are the body; in other bodies their examples do."""

EITHER = {"transaction_id": "member", "reward_id": "points", "multiplier_percent": "extra_points"}
"""Fields that a body has one of."""

ANSWERS_WITHIN_SECONDS = 30
ENUM_SHOWN = 12
MAX_TOLD = 20
"""Failures that are told; the rest is counted."""


def wrong_answers(
    document: str,
    address: str,
    visit: Callable[[str], Visit],
    *,
    examples: int,
    only_placed: bool = False,
    only_right: bool = False,
    most: int | None = None,
) -> list[str]:
    """Send everything; tell what was answered otherwise than the document says.

    Args:
        document: the OpenAPI document, as JSON.
        visit: gives the caller, and what there is, for the operation of a label.
        examples: random requests of each sort (right and wrong) for each operation.
        only_placed: leave out those about what doesn't exist.
        only_right: leave out those that break a rule of their form.
        most: about so many requests of an operation, chosen evenly; None sends all.
    """
    told: list[str] = []
    here, part = visit(""), ""
    with requests.Session() as session:
        session.trust_env = False  # else the environment's proxies are looked up for every request
        for label, cases in made_cases(document, examples).items():
            if part != (part := "/".join(label.split("/")[1:4])):
                here = visit(label)
            chosen = [
                (number, case)
                for number, case in enumerate(cases)
                if (number % 2 or not only_placed) and not (only_right and is_wrong(case))
            ]
            for number, case in chosen[:: max(1, len(chosen) // most) if most else 1]:
                case = placed(label, case, here, number) if number % 2 else case
                answer = case.call(base_url=address, session=session, headers=here.headers, timeout=ANSWERS_WITHIN_SECONDS)
                told += judged(label, case, answer, here.headers)
                session.cookies.clear()
                if is_used_up(label, case, answer.status_code):
                    here = visit(label)
    return told[:MAX_TOLD] + ([f"and {len(told) - MAX_TOLD} more"] if len(told) > MAX_TOLD else [])


def is_used_up(label: str, case: Any, status: int) -> bool:
    """Whether what there was is no more, or no longer takes part."""
    is_archived = isinstance(case.body, dict) and (case.body.get("status") == "archived" or case.body.get("is_archived") is True)
    return status < 300 and (label in USES_UP or is_archived)


@cache
def made_cases(document: str, examples: int) -> dict[str, list[Any]]:
    """The requests, by operation; made once for all who send them."""
    whole = json.loads(document)
    short = with_parts_once(with_short_lists(whole))
    bounds = {operation.label: list(bound_cases(schema, operation)) for schema, operation in operations_of(short)}
    return {operation.label: [*bounds[operation.label], *chance_cases(operation, examples)] for _, operation in operations_of(whole)}


def operations_of(document: Any) -> Iterator[tuple[Any, Any]]:
    """(schema, operation) of each."""
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config())
    schema.config.generation.with_security_parameters = False  # who asks is ours to say
    for found in schema.get_all_operations():
        operation = found.ok()
        if not is_endless(document["paths"][operation.path][operation.method]):  # nothing would be asked after it
            yield schema, operation


def with_short_lists(part: Any) -> Any:
    """The document with a few of the values of each long list: every value gets a request of its own, and there are six hundred zones."""
    if isinstance(part, dict):
        return {
            name: [*inner[:ENUM_SHOWN], inner[-1]] if name == "enum" and len(inner) > ENUM_SHOWN else with_short_lists(inner)
            for name, inner in part.items()
        }
    return [with_short_lists(inner) for inner in part] if isinstance(part, list) else part


def with_parts_once(document: Any) -> Any:
    """The document with examples of what stands in a request's body and is a body elsewhere."""
    schemas = document["components"]["schemas"]
    shown = {f"#/components/schemas/{name}": {"enum": schemas[name]["examples"]} for name in LOOKED_AT_ALONE}

    def without(part: Any) -> Any:
        if isinstance(part, dict):
            return shown.get(part.get("$ref", "")) or {name: without(inner) for name, inner in part.items()}
        return [without(inner) for inner in part] if isinstance(part, list) else part

    bodies = {name: without(schema) for name, schema in schemas.items() if name.endswith("Body")}
    return document | {"components": document["components"] | {"schemas": schemas | bodies}}


def bound_cases(schema: Any, operation: Any) -> Iterator[Any]:
    """A request for each bound and rule of each field, kept and broken."""
    generation = schema.config.generation_for(operation=operation)
    yield from schema.iter_coverage_cases(operation, generation_modes=MODES, generation_config=generation)


def chance_cases(operation: Any, examples: int) -> Iterator[Any]:
    """Random requests, right and wrong."""
    can_be_wrong = operation.body or any(True for _ in operation.iter_parameters())
    for mode in MODES if can_be_wrong else MODES[:1]:
        yield from random_cases(operation.as_strategy(generation_mode=mode), examples)


def random_cases(strategy: Any, examples: int) -> list[Any]:
    """So many of what a strategy draws, alike in every run."""
    drawn: list[Any] = []

    @given(case=strategy)
    @settings(
        derandomize=True,
        database=None,
        max_examples=examples,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def draw(case: Any) -> None:
        drawn.append(case)

    draw()
    return drawn


def is_wrong(case: Any) -> bool:
    """Whether a request breaks a rule on purpose."""
    return case.meta is not None and not case.meta.generation.mode.is_positive


def placed(label: str, case: Any, here: Visit, number: int) -> Any:
    """The request, about something that exists, and under a key of its own."""
    for name, value in (case.path_parameters or {}).items():
        known = here.id_of(label, name)
        if known is not None and 0 < len(str(value)) <= MAX_ID:  # a longer one is wrong on purpose
            case.path_parameters[name] = known
    if is_wrong(case):
        return case
    case.body = meant(case.body, here, number)
    for sent, values in ((case.query, {"member": here.body["member"]}), (case.headers, {HEADER: f"request-{number}", "If-Match": "*"})):
        for name in values.keys() & set(sent or {}):
            sent[name] = values[name]
    return case


def meant(body: Any, here: Visit, number: int) -> Any:
    """A body whose values mean something here; a list's, too. A purchase keeps its own transaction id."""
    if isinstance(body, list):
        return [meant(inner, here, number) for inner in body]
    if not isinstance(body, dict):
        return body
    own = here.body if "return_id" in body else {name: value for name, value in here.body.items() if name != "transaction_id"}
    filled = {
        name: own[name] if name in own and isinstance(value, str) and value not in AS_SHOWN else meant(value, here, number)
        for name, value in body.items()
    }
    for one, other in EITHER.items():
        if one in filled and other in filled and ("amount" not in filled or "return_id" in filled):
            del filled[one if number % 4 == 1 else other]
    return filled


def judged(label: str, case: Any, answer: Any, headers: Headers) -> list[str]:
    """What is wrong with an answer; empty if nothing."""
    try:
        case.validate_response(answer, checks=CHECKS, headers=headers)
    except FailureGroup as group:
        failures = [failure for failure in group.exceptions if not is_understood(failure, case, answer)]
        lines = [" ".join(f"{failure.title}: {failure.message}".split())[:400] for failure in failures]
        return [f"{label}: {line} <- {sent(case)} -> {answer.status_code} {answer.text[:600]}" for line in lines]
    return []


def is_understood(failure: Any, case: Any, answer: Any) -> bool:
    """Whether what looks wrong is right, and only more than a schema can say."""
    if isinstance(failure, RejectedPositiveData):
        return is_explained(answer.json())
    return isinstance(failure, AcceptedNegativeData) and has_blanks_around(case.body)


def has_blanks_around(body: Any) -> bool:
    """Whether a field is text with blanks around it, such as U+001F: they are taken away before the text is looked at."""
    return isinstance(body, dict) and any(isinstance(value, str) and value != value.strip() for value in body.values())


def is_explained(problem: dict[str, Any]) -> bool:
    """Whether a request that fits its schema was refused for a reason that no schema can express."""
    return problem["code"] in BEYOND_SCHEMAS or {error["detail"] for error in problem.get("errors", [{"detail": ""}])} <= TOLD_IN_WORDS


def sent(case: Any) -> str:
    """A request in a line."""
    parts = {"path": case.path_parameters, "query": case.query, "headers": dict(case.headers or {}), "body": case.body}
    return f"{case.method} " + " ".join(f"{name}={value!r}"[:300] for name, value in parts.items() if value)
