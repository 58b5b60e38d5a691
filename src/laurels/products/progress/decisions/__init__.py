"""Progress's pure decisions: each says what would happen, or refuses; the ledger's writer commits it.

Begin reading at `awarding`. `giving` alone issues points.
"""
