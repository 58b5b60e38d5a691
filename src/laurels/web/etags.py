"""Versions of what several people may change: ETag, If-Match and If-None-Match (RFC 9110, 13.1).

An answer's `ETag` names the version that it shows. Who changes it sends that
back as `If-Match`, and is refused if somebody else was quicker; who reads it
again sends it as `If-None-Match`, and gets a 304 if nothing changed.

    @router.patch("/programs/{program_id}", responses=versioned() | documented(*CONDITIONAL))
    def change(program_id: UUID, body: Change, expected: IfMatch, response: Response) -> ProgramAnswer:
        changed = actions.change_program(..., expected=expected)  # calls expected.check(row.version) once the row is locked
        return tell_version(response, changed.version, answer)

A tag is the row's version, and after a dot what else the answer shows and a
change doesn't touch (a stock, say): `"7.140"`. If-Match goes by the version alone.
"""

from dataclasses import dataclass
import re
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Header
from starlette.exceptions import HTTPException
from starlette.responses import Response

from laurels.core.errors import DomainError, Kind

MAX_TAGS = 20
"""Most tags of a header that are looked at."""

MAX_HEADER = 1_000

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
_VERSION = re.compile(r"([0-9]{1,15})(?:\..*)?")


class PreconditionRequired(DomainError):
    """A change doesn't say which version it was made for."""

    code = "precondition-required"
    kind = Kind.UNCONDITIONAL
    detail = "Somebody else may be changing this, too. Read it, and send its ETag as If-Match with the change."


class PreconditionFailed(DomainError):
    """What is to be changed was changed by somebody else meanwhile."""

    code = "precondition-failed"
    kind = Kind.STALE
    detail = "This was changed meanwhile. Read it again, see whether your change still fits, and send it with the new ETag."


CONDITIONAL: tuple[type[DomainError], ...] = (PreconditionRequired, PreconditionFailed)
"""What a change with If-Match may be refused for: for `documented`."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The versions that a change was made for; None: whichever there is (`If-Match: *`)."""

    versions: frozenset[int] | None

    def check(self, version: int) -> None:
        """Check that this is the version; call it once the row is locked.

        Raises:
            PreconditionFailed: it is another.
        """
        if self.versions is not None and version not in self.versions:
            raise PreconditionFailed()


WHICHEVER = Expected(None)
"""For changes by those who have nobody beside them, such as the command line."""


def etag_of(version: int, *shown: int | None) -> str:
    """The tag of a version, and of what the answer shows besides."""
    return f'"{".".join([str(version), *("-" if part is None else str(part) for part in shown)])}"'


async def read_if_match(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=MAX_HEADER,
            description="Required: the ETag of the version that the change is made for, or `*` for whichever there is.",
            examples=['"7"'],
        ),
    ] = None,
) -> Expected:
    """The dependency behind `IfMatch`.

    Raises:
        PreconditionRequired: the header is missing.
    """
    if if_match is None:
        raise PreconditionRequired()
    if if_match.strip() == "*":
        return WHICHEVER
    tags = _TAG.findall(if_match)[:MAX_TAGS]
    versions = [_VERSION.fullmatch(tag) for weak, tag in tags if not weak]  # If-Match compares strongly (RFC 9110, 13.1.1)
    return Expected(frozenset(int(found[1]) for found in versions if found))


def tell_version(response: Response, tag: str, if_none_match: str | None = None) -> None:
    """Put the tag on an answer.

    Raises:
        HTTPException: 304, where the asker has this version already.
    """
    if if_none_match is not None and _names(if_none_match, tag):
        raise HTTPException(304, headers={"ETag": tag})
    response.headers["ETag"] = tag


def versioned(status: int = 200, *, is_read: bool = False) -> dict[int | str, dict[str, Any]]:
    """For the `responses` of an endpoint whose answer has an ETag; a read may also answer 304."""
    header = {"description": "The version that this is: for If-Match and If-None-Match.", "schema": {"type": "string"}, "example": '"7"'}
    told: dict[int | str, dict[str, Any]] = {status: {"headers": {"ETag": header}}}
    if is_read:
        told[304] = {"description": "Not changed since the version that If-None-Match names.", "headers": {"ETag": header}}
    return told


IfMatch: TypeAlias = Annotated[Expected, Depends(read_if_match)]
"""A change's parameter: the version that it was made for."""

IfNoneMatch: TypeAlias = Annotated[
    str | None,
    Header(
        alias="If-None-Match", max_length=MAX_HEADER, description="The ETag of what you have: 304 if it is still that.", examples=['"7"']
    ),
]
"""A read's parameter: `if_none_match: IfNoneMatch = None`."""


def _names(if_none_match: str, tag: str) -> bool:
    """Whether the header names a tag: weak ones count, too (RFC 9110, 13.1.2)."""
    return if_none_match.strip() == "*" or any(f'"{sent}"' == tag for _, sent in _TAG.findall(if_none_match)[:MAX_TAGS])
