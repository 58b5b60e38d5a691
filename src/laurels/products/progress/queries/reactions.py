"""What happens elsewhere and awards points: as staff set it, else as it ships."""

from sqlalchemy import Connection

from laurels.products.progress.queries.definitions import REACTIONS, list_definitions
from laurels.products.progress.rules import ActivityType, Reaction, TriggerName
from laurels.products.progress.tables import ReactionRow


def load_reactions(connection: Connection) -> dict[TriggerName, Reaction]:
    """What each trigger awards. One that staff haven't seen yet, because it came with an upgrade, does as it ships."""
    return {reaction.trigger: reaction for reaction in map(reaction_of, list_definitions(connection, REACTIONS))}


def reaction_of(row: ReactionRow) -> Reaction:
    """A stored reaction as the rules know it."""
    return Reaction(TriggerName(row.trigger), ActivityType(row.activity_type), row.points, row.description)
