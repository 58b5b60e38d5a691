"""What every document of rules is made of: strict parts that never change once they are read.

The same models are the body that staff send, the JSON that is stored, and what
decisions compute with.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict


def example(**fields: Any) -> ConfigDict:
    """A model's configuration that shows an example in the documentation."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class Clause(BaseModel):
    """Base of every part of a document of rules: strict, nothing unknown, never changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
