"""Compiled templates, kept for the life of the process: one who composes several applications, as tests do, compiles each once."""

from functools import cache
from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache


class CompiledTemplates(BytecodeCache):
    """Those of one language, by name and content."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template's code, if it is known."""
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        if bucket.code is not None:
            self._known[bucket.key, bucket.checksum] = bucket.code


@cache
def compiled_templates(language: str) -> CompiledTemplates:
    """What is compiled in a language: a template's words are bound then."""
    return CompiledTemplates()
