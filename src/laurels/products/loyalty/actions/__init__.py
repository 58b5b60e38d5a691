"""Loyalty's use cases: what surrounds a decision, one file a noun."""
