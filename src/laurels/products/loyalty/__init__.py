"""Loyalty: members earn points on purchases in programs, and burn them for rewards.

Each program is a book of its own, with terms that never change once written:
a new version says from when it holds. Points lie in lots that become usable,
and expire. Invariants: a purchase earns once, for ever; no return takes more
than was earned; nobody burns what they don't have; a reward is sold as often
as it is in stock.

Begin reading at `rules` (what a purchase earns), then `decisions`.
"""
