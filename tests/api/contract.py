"""Every operation of the API, asked in every way its description allows, and in many that it forbids.

Schemathesis makes the requests from the OpenAPI document: one for each bound
and rule of a field (kept and broken), then random ones. Ids in them are
replaced by ids that exist, in every other request, so that they get past the
look-up. The requests are the same in every run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

from laurels.identity.tables import Member
from laurels.web.idempotency import HEADER
from laurels.web.identifiers import MAX_ID
from support.members import SignIn

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
    "idempotency-key-reused",
    "invalid",
    "precondition-failed",
    "precondition-required",
    "self-recognition",
    "unknown-event-type",
    "unknown-value",
    "webhook-url-refused",
}
"""Codes of refusals that depend on more than a field's form: what exists, what was sent before, another field."""

TOLD_IN_WORDS = {
    "Send a whole number, without quotes.",  # to JSON Schema 1.0 is a whole number
    "Send at least one field to change.",
    "Send at least one rule.",
    "Send at most ten points for each minor unit that is spent.",
    "Send each name once.",  # of objects in a list; of words in one the schema says it
    "Send hours that end at another time than they begin, or leave them out for the whole day.",
    "Send 0 as the threshold of the first tier: every member has one.",
    "Send tiers by ascending threshold, each above the one before.",
    "Send an ISO 4217 code, such as EUR or INR.",
    "Send 1 or more characters.",  # blanks around a text don't count
    "Send text that can be seen.",
    "Send text without control characters.",  # the pattern knows those of today's scripts, the validator Unicode's categories
}
"""What a field's schema can't say and its description does."""

MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]

ENDS_THE_SESSION = {"POST /api/v1/auth/logout", "DELETE /api/v1/auth/account", "PUT /api/v1/auth/password"}
"""After these the next request needs another member."""

ANSWERS_WITHIN_SECONDS = 30
ENUM_SHOWN = 10
MAX_TOLD = 20
"""Failures that are told; the rest is counted."""

Headers = dict[str, str]


@dataclass(frozen=True)
class Asker:
    """In whose name requests are sent.

    Attributes:
        headers: gives those of a session that stands; called anew where the one before has ended.
    """

    headers: Callable[[], Headers]

    @staticmethod
    def signed_in(make: Callable[[], Member], sign_in: SignIn) -> "Asker":
        """A new member at every call."""
        return Asker(lambda: sign_in(make()).headers)

    @staticmethod
    def anonymous() -> "Asker":
        """Nobody."""
        return Asker(dict)


@dataclass(frozen=True)
class Town:
    """What exists, for requests to be about: ids by the name of the field that takes them."""

    path: dict[str, str]
    body: dict[str, str]


def wrong_answers(document: str, address: str, asker: Asker, town: Town, *, examples: int, only_right: bool = False) -> list[str]:
    """Send everything; tell what was answered otherwise than the document says.

    Args:
        document: the OpenAPI document, as JSON.
        examples: random requests of each sort (right and wrong) for each operation.
        only_right: leave out requests that are wrong on purpose.
    """
    told: list[str] = []
    with requests.Session() as session:
        for label, cases in made_cases(document, examples).items():
            headers = asker.headers()
            for number, case in enumerate(cases):
                if only_right and is_wrong(case):
                    continue
                case = placed(case, town, number) if number % 2 else case
                answer = case.call(base_url=address, session=session, headers=headers, timeout=ANSWERS_WITHIN_SECONDS)
                told += judged(label, case, answer, headers)
                session.cookies.clear()
                if label in ENDS_THE_SESSION and answer.status_code < 300:
                    headers = asker.headers()
    return told[:MAX_TOLD] + ([f"and {len(told) - MAX_TOLD} more"] if len(told) > MAX_TOLD else [])


@cache
def made_cases(document: str, examples: int) -> dict[str, list[Any]]:
    """The requests, by operation; made once for all who send them."""
    whole = json.loads(document)
    bounds = {operation.label: list(bound_cases(schema, operation)) for schema, operation in operations_of(with_short_lists(whole))}
    return {operation.label: [*bounds[operation.label], *chance_cases(operation, examples)] for _, operation in operations_of(whole)}


def operations_of(document: Any) -> Iterator[tuple[Any, Any]]:
    """(schema, operation) of each."""
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config())
    schema.config.generation.with_security_parameters = False  # who asks is ours to say
    for found in schema.get_all_operations():
        yield schema, found.ok()


def with_short_lists(part: Any) -> Any:
    """The document with a few of the values of each long list: every value gets a request of its own, and there are six hundred zones."""
    if isinstance(part, dict):
        return {
            name: [*inner[:ENUM_SHOWN], inner[-1]] if name == "enum" and len(inner) > ENUM_SHOWN else with_short_lists(inner)
            for name, inner in part.items()
        }
    return [with_short_lists(inner) for inner in part] if isinstance(part, list) else part


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


def placed(case: Any, town: Town, number: int) -> Any:
    """The request, about something that exists, and under a key of its own."""
    for name, value in (case.path_parameters or {}).items():
        if name in town.path and 0 < len(str(value)) <= MAX_ID:  # a longer one is wrong on purpose
            case.path_parameters[name] = town.path[name]
    if isinstance(case.body, dict):
        for name in case.body:
            if name in town.body and isinstance(case.body[name], str):
                case.body[name] = town.body[name]
    if HEADER in (case.headers or {}) and not is_wrong(case):
        case.headers[HEADER] = f"request-{number}"
    if "If-Match" in (case.headers or {}) and not is_wrong(case):
        case.headers["If-Match"] = "*"
    return case


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
