"""How often a member may try things by hand, over the API and on pages together."""

from uuid import UUID

from fastapi import Request

from laurels.products.loyalty.accounts import book_of

TRIES_PER_MINUTE = 5
"""Earns or burns that one member may try by hand; service keys have their own limit."""

CHANGES_PER_MINUTE = 10
"""Joinings, and leavings, of one member."""


def book_in_path(request: Request) -> str:
    """The book of the program in the request's path: where its keys are remembered. One that isn't an id has no book."""
    try:
        return book_of(UUID(request.path_params["program_id"]))
    except ValueError:
        return ""
