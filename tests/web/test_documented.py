from importlib import import_module

import pytest

from laurels.core.errors import DomainError, Kind, Missing, Unavailable
from laurels.ledger import InsufficientBalance, LimitReached
from laurels.web.documented import documented, example_of, problems_page, sample_of


class Odd(DomainError):
    """Takes what no other refusal takes."""

    code = "tests-odd"
    kind = Kind.CONFLICT
    detail = "Odd."

    def __init__(self, *, member_id: str, ends_at: str, is_odd: bool, times: int, word: str) -> None:
        super().__init__(member_id=member_id, ends_at=ends_at, is_odd=is_odd, times=times, word=word)


class Unknown(DomainError):
    """Takes what can't be made up."""

    code = "tests-unknown"
    kind = Kind.CONFLICT
    detail = "Unknown."

    def __init__(self, *, anything: None) -> None:
        super().__init__(anything=anything)


def test_refusals_of_one_status_share_a_response() -> None:
    responses = documented(InsufficientBalance, LimitReached, Missing)
    assert sorted(responses) == [404, 409]
    assert responses[409]["description"] == "Insufficient balance, Limit reached"
    assert sorted(responses[409]["content"]["application/problem+json"]["examples"]) == ["insufficient-balance", "limit-reached"]


def test_example_is_what_the_refusal_says() -> None:
    example = example_of(Unavailable)
    assert (example["status"], example["retry_after_seconds"]) == (503, 7)
    assert example["detail"].startswith("Laurels is busy.")


def test_samples_suit_their_fields() -> None:
    fields = sample_of(Odd).fields
    assert [type(value) for value in fields.values()] == [str, str, bool, int, str]


def test_field_without_a_sample_is_told() -> None:
    with pytest.raises(TypeError, match="no sample"):
        sample_of(Unknown)


def test_no_field_hides_what_every_problem_says() -> None:
    import_module("laurels.main")  # brings every room, and so every refusal
    ours = [error for error in DomainError.registry.values() if error.__module__.startswith("laurels.")]
    assert len(ours) > 50
    said = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
    assert [error.code for error in ours if said & sample_of(error).fields.keys()] == []


def test_page_lists_codes_in_order_with_their_fields() -> None:
    page = problems_page([Odd, Missing])
    assert page.index("## not-found") < page.index("## tests-odd")
    assert "| `is_odd` | `false` |" in page
