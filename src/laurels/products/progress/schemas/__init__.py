"""Progress's requests and answers, by noun, with an example of each."""
