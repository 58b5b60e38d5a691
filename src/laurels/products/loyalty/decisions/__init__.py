"""Loyalty's decisions: pure, one file a noun."""
