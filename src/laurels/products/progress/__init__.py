"""Progress: points, tiers, levels, streaks, goals, quests, badges and seasons.

Purpose: one way to award points, from anywhere in the community, and to see at
once where a member stands and what is next.

Invariants: `decisions.awarding` is the only code that issues points, and a
member's total is their purse in the ledger; tiers and levels follow from the
total and are stored nowhere; an event, a goal, a quest and a day's streak bonus
pay once; a local day counts once for a streak, in whatever order events arrive.

Begin reading at `rules` (what points are worth), then `decisions.awarding`.
"""
