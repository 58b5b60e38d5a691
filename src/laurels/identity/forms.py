"""Forms of identity's pages: the same checks as the API's bodies, told beside each field."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from laurels.core.errors import DomainError, Invalid
from laurels.identity.errors import NameTaken
from laurels.web.fields import field_errors
from laurels.web.language import N_
from laurels.web.pages import Pages

B = TypeVar("B", bound=BaseModel)

MAX_FIELDS = 40
MAX_VALUE = 2_000
"""Longest value, in characters, that is shown again in a refused form."""

_FILL_IN = N_("Fill this in.")
_TAKEN = N_("This is taken. Choose another.")


async def read_sent(request: Request) -> dict[str, str]:
    """The fields that a form sent, without blanks around them; empty ones are left out. Passwords keep their blanks."""
    form = await request.form(max_files=0, max_fields=MAX_FIELDS)
    kept = {name: value if "password" in name else value.strip() for name, value in form.items() if isinstance(value, str)}
    return {name: value for name, value in kept.items() if value}


Sent: TypeAlias = Annotated[dict[str, str], Depends(read_sent)]


@dataclass
class Form(Generic[B]):
    """What was sent, and what is wrong with it.

    Attributes:
        values: shown again, without passwords.
        errors: a sentence by field; `form` is about all of it.
        body: what was sent, checked; None where something is wrong.
    """

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    body: B | None = None

    def refuse(self, pages: Pages, request: Request, error: DomainError) -> None:
        """Put a refusal beside the field that it is about, else above the form."""
        name = str(error.fields.get("field", ""))
        if isinstance(error, NameTaken):
            self.errors[name] = pages.translate(request, _TAKEN)
        elif isinstance(error, Invalid):
            reason = pages.translate(request, str(error.fields["reason"]))
            self.errors[name] = f"{reason[:1].upper()}{reason[1:]}."
        else:
            self.errors["form"] = pages.explain(request, error)


def check_form(kind: type[B], sent: dict[str, str], *, pages: Pages, request: Request) -> Form[B]:
    """Check a form's fields as a body of the API; fields that the body doesn't know are left alone."""
    known = {name: value for name, value in sent.items() if name in kind.model_fields}
    form: Form[B] = Form({name: value[:MAX_VALUE] for name, value in sent.items() if "password" not in name})
    try:
        form.body = kind.model_validate(known)
    except ValidationError as error:
        details: list[Any] = [{**part, "loc": ("body", *part["loc"])} for part in error.errors(include_url=False)]
        told = field_errors(details, translate=lambda text: pages.translate(request, text))
        missing = {str(part["loc"][-1]) for part in details if part["type"] == "missing"}
        form.errors = {one.name or "form": pages.translate(request, _FILL_IN) if one.name in missing else one.detail for one in told}
        order = list(kind.model_fields)
        form.errors = dict(sorted(form.errors.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else -1))
    return form
