"""Loyalty's requests and answers, one file a noun, with an example of each."""
