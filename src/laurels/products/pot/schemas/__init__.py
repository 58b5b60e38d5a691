"""The pot's requests and answers, by noun."""
