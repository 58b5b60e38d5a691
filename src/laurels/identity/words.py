"""Finding members by the beginnings of their names, through an index on every database."""

from collections.abc import Iterable
import re
import unicodedata
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, delete, exists, insert, select

from laurels.identity.tables import Member, member_word

MAX_WORDS = 40
"""Most words kept of one member."""

MAX_QUERY_WORDS = 6
"""Most words of a question that are looked at."""

_WORD = re.compile(r"\w+")
_LAST = "\U0010ffff"


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: no accents, no case, no punctuation."""
    plain = "".join(character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character))
    return list(dict.fromkeys(_WORD.findall(plain.casefold())))


def index_members(connection: Connection, members: Iterable[Member]) -> None:
    """Write the words that new members are found by."""
    rows = [row for member in members for row in _rows(member)]
    if rows:
        connection.execute(insert(member_word), rows)


def reindex_member(connection: Connection, member: Member) -> None:
    """Write a member's words anew, after a change of name; a deleted member has none."""
    connection.execute(delete(member_word).where(member_word.c.member_id == member.id))
    if member.status != "deleted":
        index_members(connection, [member])


def matching(question: str, *, with_private: bool) -> Select[UUID] | None:
    """A statement for the ids of members who have, for each word of a question, one that begins so; None where it has no word.

    An id may come more than once. It is ordered, so that a limit always cuts alike.
    """
    words = sorted(words_of(question)[:MAX_QUERY_WORDS], key=len, reverse=True)
    if not words:
        return None
    found = select(member_word.c.member_id).where(_begins(member_word, words[0], with_private=with_private))
    for place, word in enumerate(words[1:]):
        also = member_word.alias(f"word_{place}")
        found = found.where(exists().where(also.c.member_id == member_word.c.member_id, _begins(also, word, with_private=with_private)))
    return found.order_by(member_word.c.word, member_word.c.member_id)


def _begins(table: FromClause, word: str, *, with_private: bool) -> ColumnElement[bool]:
    # A range, not LIKE: with code-point order every database answers it from the primary key's index.
    begins = and_(table.c.word >= word, table.c.word <= word + _LAST)
    return begins if with_private else and_(begins, table.c.is_private.is_(False))


def _rows(member: Member) -> list[dict[str, object]]:
    public = words_of(" ".join(filter(None, (member.display_name, member.username, member.student_id))))
    private = [word for word in words_of(member.full_name) if word not in public]
    marked = [(word, False) for word in public] + [(word, True) for word in private]
    return [{"word": word, "member_id": member.id, "is_private": is_private} for word, is_private in marked[:MAX_WORDS]]
