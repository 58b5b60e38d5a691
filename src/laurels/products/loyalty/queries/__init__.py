"""Loyalty's reads. `configuration` is what decisions and dry runs compute with."""

from laurels.products.loyalty.queries.access import (
    find_program,
    get_visible_program,
    is_program_admin,
    require_program_admin,
    subject_of,
)
from laurels.products.loyalty.queries.configuration import Configuration, Version, configuration_of, forget

__all__ = [
    "Configuration",
    "Version",
    "configuration_of",
    "find_program",
    "forget",
    "get_visible_program",
    "is_program_admin",
    "require_program_admin",
    "subject_of",
]
