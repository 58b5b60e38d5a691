"""Members in files: whom a cell names."""

from laurels.identity.fields import MAX_STUDENT_ID, clean_id


def read_member(text: str) -> str:
    """A student id or a member's id, cleaned as the API cleans it.

    Raises:
        ValueError: it is empty, too long, or holds characters that can't be seen.
    """
    if len(text) > MAX_STUDENT_ID:
        raise ValueError(f"member: at most {MAX_STUDENT_ID} characters")
    if text.isascii() and text.isalnum():
        return text  # most are plain, and a file has many: only the others need a closer look
    try:
        return clean_id(text)
    except ValueError as error:
        raise ValueError(f"member: {error}") from None
