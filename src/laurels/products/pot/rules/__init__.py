"""The pot's arithmetic: prices, odds, the draw, the allowance, the daily limit. Begin reading at `document` and `draw`."""

from laurels.products.pot.rules.allowances import allowance_due, weeks_since
from laurels.products.pot.rules.document import (
    DEFAULT_RULES,
    MAX_COINS,
    Earn,
    Earning,
    OnFailedReply,
    Params,
    PotRules,
    canonical,
    hash_of,
    read_params,
    read_rules,
)
from laurels.products.pot.rules.draw import MAX_CLIENT_SEED, SEED_BYTES, commitment_of, draw, label_of, threshold, wins
from laurels.products.pot.rules.limits import effective_limit, is_stricter, own_limit
from laurels.products.pot.rules.odds import MILLION, FallingOdds, FlatOdds, Odds
from laurels.products.pot.rules.prices import ONE, CappedPrice, DemandPrice, Heat, LinearPrice, Price, PriceResets
from laurels.products.pot.rules.proofs import MAX_PROOF_BYTES, Proof, read_proof
from laurels.products.pot.rules.verifying import Finding, PublishedDraw, PublishedRound, verify_round

__all__ = [
    "DEFAULT_RULES",
    "MAX_CLIENT_SEED",
    "MAX_COINS",
    "MAX_PROOF_BYTES",
    "MILLION",
    "ONE",
    "SEED_BYTES",
    "CappedPrice",
    "DemandPrice",
    "Earn",
    "Earning",
    "FallingOdds",
    "Finding",
    "FlatOdds",
    "Heat",
    "LinearPrice",
    "Odds",
    "OnFailedReply",
    "Params",
    "PotRules",
    "Price",
    "PriceResets",
    "Proof",
    "PublishedDraw",
    "PublishedRound",
    "allowance_due",
    "canonical",
    "commitment_of",
    "draw",
    "effective_limit",
    "hash_of",
    "is_stricter",
    "label_of",
    "own_limit",
    "read_params",
    "read_proof",
    "read_rules",
    "threshold",
    "verify_round",
    "weeks_since",
    "wins",
]
