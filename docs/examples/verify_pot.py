"""Verifies a round of the pot: python verify_pot.py PROOF.json, as GET /api/v1/pot/rounds/{number}/proof gives it.

Nothing but Python's own library, and nothing of Laurels: read it, and you know what is checked.
"""

from hashlib import sha256
import hmac
import json
from pathlib import Path
import sys

MILLION = 10**6


def price_of(rule, number, heat):
    """What a member's message costs that has this number; `heat` is demand's multiplier, in millionths."""
    price = -(-rule["step"] * number * heat // MILLION) if rule["kind"] == "demand" else rule["step"] * number
    return min(price, rule.get("most", 2**53 - 1))


def chance_of(rule, price, pot):
    """In millionths; where odds fall, a message wins back 0.9 of its price at most, on average."""
    return min(rule["ppm"], 900_000 * price // pot) if rule["kind"] == "falling" else rule["ppm"]


def check(right, told):
    if not right:
        sys.exit(f"NOT FAIR: {told}")


proof = json.loads(Path(sys.argv[1]).read_text("utf-8"))
rules, seed, label, draws = json.loads(proof["params"]), bytes.fromhex(proof["seed"]), f"r{proof['round']}", proof["draws"]
check(sha256(proof["params"].encode()).hexdigest() == proof["params_hash"], "params_hash isn't the hash of params")
bound = sha256(f"pot-v1|{label}|{proof['params_hash']}|".encode() + seed).hexdigest()
check(bound == proof["commitment"] and len(seed) == 32, "the commitment isn't to this seed and these params")
print(f"The commitment {bound} binds to the round's rules and its seed: did you see the same while it went on?")

places = {}
for number, draw in enumerate(draws, 1):
    told, member, nth = f"draw {number}", draw["member"], draw["price_number"]
    check(draw["number"] == number, f"{told} isn't where it should be")
    follows = places.get(member, 0 if rules["price_resets"] == "round" else nth - 1) + 1
    check(nth == follows or (rules["price_resets"] == "day" and nth == 1), f"{told} is counted wrongly")
    places[member] = nth
    check(draw["price"] == price_of(rules["price"], nth, draw["heat"]) and draw["heat"] >= MILLION, f"{told} has another price")
    check(draw["pot_after"] >= draw["price"] > 0, f"{told} isn't in the pot")
    check(draw["ppm"] == chance_of(rules["odds"], draw["price"], draw["pot_after"]), f"{told} has another chance")
    drawn = int(hmac.new(seed, f"{label}|{number}|{member}|{draw['client_seed']}".encode(), "sha256").hexdigest(), 16)
    wins = drawn < draw["ppm"] * 2**256 // MILLION
    check(not wins or number == len(draws), f"{told} wins, and the round went on")
    check(wins == (proof["ended_by"] == "won") or number < len(draws), f"{told} is the last, and the round didn't end by it")
    check(draw["prize"] == (draw["pot_after"] if wins else 0), f"{told} has another prize")
if proof["ended_by"] == "won":
    check(draws and (proof["winner"], proof["amount"]) == (draws[-1]["member"], draws[-1]["pot_after"]), "another one won, or less")
else:
    check(proof["winner"] is None, "it was reset, and has a winner")
print(f"{len(draws)} draws: every place, price, chance, number drawn and prize is as it should be. It ended by: {proof['ended_by']}.")
