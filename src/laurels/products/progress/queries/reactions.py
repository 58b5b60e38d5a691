"""What happens elsewhere and awards points: as staff set it, else as it ships."""

from sqlalchemy import Connection, select

from laurels.products.progress.rules import DEFAULT_REACTIONS, ActivityType, Reaction, TriggerName
from laurels.products.progress.tables import progress_reaction


def load_reactions(connection: Connection) -> dict[TriggerName, Reaction]:
    """What each trigger awards. One that staff haven't seen yet, because it came with an upgrade, does as it ships."""
    of = progress_reaction.c
    rows = connection.execute(select(of.trigger, of.activity_type, of.points, of.description))
    known = {row.trigger: row for row in rows}
    loaded = {}
    for shipped in DEFAULT_REACTIONS:
        row = known.get(shipped.trigger.value)
        loaded[shipped.trigger] = (
            shipped if row is None else Reaction(shipped.trigger, ActivityType(row.activity_type), row.points, row.description)
        )
    return loaded
