"""Values of JSON that a field must refuse. `...` stands for a field that isn't there."""

import json
from typing import Any

HUGE = 10**30

WRONG_TEXTS: dict[str, Any] = {
    "missing": ...,
    "null": None,
    "number": 5,
    "boolean": True,
    "list": ["text"],
    "object": {"text": "text"},
    "empty": "",
    "blank": " \n\t ",
    "nul": "a\x00b",
    "bell": "a\x07b",
    "lone surrogate": "\ud800",
    "right-to-left override": "a\u202eb",
    "invisible": "\u200b\u2060",
    "line separator": "a\u2028b",
}
WRONG_NUMBERS: dict[str, Any] = {
    "missing": ...,
    "null": None,
    "zero": 0,
    "negative": -1,
    "fraction": 1.5,
    "whole float": 10.0,
    "text": "10",
    "other digits": "١٠",
    "boolean": True,
    "huge": HUGE,
    "huge and negative": -HUGE,
    "above the most": 1_000_001,
    "not a number": float("nan"),
    "infinite": float("inf"),
    "list": [1],
    "object": {"credits": 1},
}
WRONG_IDS: dict[str, Any] = {name: WRONG_TEXTS[name] for name in ("missing", "null", "number", "boolean", "list", "object", "empty")}
WRONG_IDS["too long"] = "a" * 65


def loose_json(value: Any) -> bytes:
    """JSON as careless programs write it: NaN and lone surrogates included."""
    return json.dumps(value).encode()
