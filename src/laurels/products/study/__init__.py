"""Study: classes whose documents answer, within each member's tokens.

Purpose: let members share documents in classes, and ask a model about them; each
answer cites the very page, and nobody spends more tokens than they may.

Invariants: tokens are held before a model is asked and captured once by what it
took, so that no number of open tabs passes a limit; what is held is given back
when an answer fails, or nobody comes back for it; a passage is found only by who
may read its class or its session; an answer's citations lead to passages that
were given to the model, and to nothing else.

Begin reading at `decisions.tokens`, then `actions.asking`, then `index.searching`.
"""
