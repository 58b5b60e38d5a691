from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, TypeAdapter, ValidationError
import pytest

from laurels.web.fields import field_errors
from laurels.web.schemas import PLAINLY, Body, Count, Month, PlainLine, PlainText, UtcInstant, branch


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  Thank you\r\nagain  ", "Thank you\nagain"),
        ("e\u0301", "é"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("नमस्ते", "नमस्ते"),
        ("", ""),
    ],
)
def test_text_is_kept_in_one_form(sent: str, kept: str) -> None:
    assert TypeAdapter(PlainText).validate_python(sent) == kept


@pytest.mark.parametrize(
    "sent", ["a\x00", "a\x07", "a\u2028b", "\ud800", "a\u202eb", "\u200b", "\u00ad\u2060", "a\x7f", "a\rb", "\u3164 \uffa0", "\u2800"]
)
def test_text_that_hides_something_is_refused(sent: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(PlainText).validate_python(sent)


def test_line_has_no_breaks() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(PlainLine).validate_python("a\nb")


def test_length_counts_code_points_of_what_is_kept() -> None:
    limited = TypeAdapter(Annotated[PlainText, Field(max_length=3)])
    assert limited.validate_python("e\u0301" * 3) == "ééé"
    with pytest.raises(ValidationError):
        limited.validate_python("éééé")


def test_month_is_a_calendar_month() -> None:
    assert TypeAdapter(Month).validate_python("2026-11") == "2026-11"


@pytest.mark.parametrize("sent", ["2026-13", "2026-1", "1969-12", "٢٠٢٦-11", "2026-11\n", "2026-00"])
def test_what_is_no_month_is_refused(sent: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Month).validate_python(sent)


def test_instant_is_written_in_utc_with_its_offset() -> None:
    adapter = TypeAdapter(UtcInstant)
    madrid = datetime(2026, 11, 20, 11, tzinfo=timezone(timedelta(hours=1)))
    assert adapter.dump_json(madrid) == b'"2026-11-20T10:00:00+00:00"'
    assert adapter.validate_python("2026-11-20T10:00:00Z") == datetime(2026, 11, 20, 10, tzinfo=UTC)
    with pytest.raises(ValidationError):
        adapter.validate_python("2026-11-20T10:00:00")


@pytest.mark.parametrize("sent", [0, 1_795_168_800, 1.5, True, "0", "1795168800", "2026-11-20", "20:00", ""])
def test_instant_is_text_and_no_number(sent: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(UtcInstant).validate_python(sent)


@pytest.mark.parametrize("sent", ["1_0", "+1", " 1", "1.0", "٣", "", "0x1", "9" * 5000])
def test_number_in_a_query_is_written_plainly(sent: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Annotated[int, Field(le=100), PLAINLY]).validate_python(sent)


def test_number_in_a_query_may_be_negative_where_the_route_allows_it() -> None:
    assert TypeAdapter(Annotated[int, PLAINLY]).validate_python("-5") == -5


@pytest.mark.parametrize("sent", ["1", 1.0, True, -1, 2**53, float("nan")])
def test_count_is_a_whole_number(sent: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Count).validate_python(sent)


class _Circle(Body):
    radius: int


class _Square(Body):
    side: int


def test_what_is_wrong_in_one_form_of_a_body_names_the_field_alone() -> None:
    forms = Annotated[_Circle, branch("circle")] | Annotated[_Square, branch("square")]
    shape: TypeAdapter[Any] = TypeAdapter(Annotated[forms, Discriminator(lambda sent: "<circle>" if "radius" in sent else "<square>")])
    assert shape.validate_python({"side": 3}) == _Square(side=3)
    with pytest.raises(ValidationError) as raised:
        shape.validate_python({"radius": "3"})
    [found] = field_errors([{**error, "loc": ("body", *error["loc"])} for error in raised.value.errors()], translate=str)
    assert (found.name, found.pointer) == ("radius", "#/radius")


class _Ramp(Body):
    kind: Literal["step"]
    step: int


class _Flat(Body):
    kind: Literal["flat"]
    height: int


class _Floors(Body):
    floors: list[Annotated[_Ramp | _Flat, Field(discriminator="kind")]]


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"kind": "flat", "height": "3"}, "#/floors/0/height"),
        ({"kind": "flat"}, "#/floors/0/height"),
        ({"kind": "step", "step": "3"}, "#/floors/0/step"),
        ({"kind": "step"}, "#/floors/0/step"),
        ({"kind": "step", "step": 3, "other": 1}, "#/floors/0/other"),
        ({"kind": "hole"}, "#/floors/0"),
    ],
)
def test_what_is_wrong_in_a_part_that_has_kinds_names_the_field_and_not_the_kind(sent: Any, pointer: str) -> None:
    body = {"floors": [sent]}
    with pytest.raises(ValidationError) as raised:
        _Floors.model_validate(body)
    [found] = field_errors([{**error, "loc": ("body", *error["loc"])} for error in raised.value.errors()], translate=str, body=body)
    assert found.pointer == pointer
