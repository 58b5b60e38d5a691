"""The AI model: text in, text or vectors out, by any server that speaks OpenAI's protocol.

Purpose: ask for one answer, whole or as it comes, or for where texts lie among all
that can be said, and tell what it took and what that costs. Where
the settings name no model there is none, and products do without.

Invariants: an answer or a failure comes within the settings' seconds; nothing is
asked twice by itself; a failure that passes (`ModelUnavailable`) is told from one
that doesn't (`ModelRefused`); tokens are always known, and marked where they are
an estimate; neither the key nor anybody's words are in a log or in an error.

Begin reading at `asking`. This room knows no member, and who pays is not its
matter. Only `client` and `failures` import the openai package, and only a process
with a model loads them: `open_model` does.
"""

from laurels.model.asking import Completion, Embedded, FinishReason, Message, Model, Role
from laurels.model.errors import ModelFailure, ModelRefused, ModelUnavailable, Reason
from laurels.model.parts import ModelPart, model_of, open_model
from laurels.model.prices import Cost, Prices, open_prices
from laurels.model.texts import requests_of
from laurels.model.tokens import estimate_most, estimate_prompt, estimate_text

__all__ = [
    "Completion",
    "Cost",
    "Embedded",
    "FinishReason",
    "Message",
    "Model",
    "ModelFailure",
    "ModelPart",
    "ModelRefused",
    "ModelUnavailable",
    "Prices",
    "Reason",
    "Role",
    "estimate_most",
    "estimate_prompt",
    "estimate_text",
    "model_of",
    "open_model",
    "open_prices",
    "requests_of",
]
