"""The most of everything that study takes."""

MAX_NAME = 80
"""Characters of a class's name, of a session's title."""
MAX_DESCRIPTION = 2_000
MAX_QUESTION = 8_000
"""Characters of a question."""
MAX_ANSWER = 100_000
"""Characters of an answer that are kept."""
MAX_NOTE = 1_000
"""Characters of a remark about an answer."""
MAX_FILE_NAME = 200

MAX_CAPACITY = 100_000
MAX_CLASSES_OWNED = 50
MAX_SESSIONS = 2_000
"""Sessions of a member in one class."""
MAX_SESSION_MESSAGES = 2_000
"""Messages of one session: then a new one is to be begun."""
MAX_CHATS = 50
"""Highest max_concurrent_chats."""
MAX_TOKENS = 1_000_000_000_000
"""Highest limit of tokens."""

PASSAGES_GIVEN = 8
"""Passages that an answer is made from."""

MAX_GATEWAY_MESSAGES = 1_000
"""Messages of one request in OpenAI's protocol: clients send the whole conversation each time."""
MAX_GATEWAY_CHARACTERS = 200_000
"""Characters of one of them."""
