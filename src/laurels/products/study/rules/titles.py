"""A session's title, where nobody gave it one."""

TITLE_CHARACTERS = 60


def title_of(question: str) -> str:
    """The first words of a session's first question, on one line, cut between words where that leaves enough."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    cut = line[:TITLE_CHARACTERS]
    at_word = cut.rpartition(" ")[0]
    return f"{at_word if len(at_word) > TITLE_CHARACTERS // 2 else cut}…"
