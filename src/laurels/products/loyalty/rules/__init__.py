"""What a program's terms say, worked out: no database, no clock, and never a float.

Invariants: points are rounded down once a purchase and rule; bonuses come on
top of what the rules give; no return takes more than was earned, and a full one
takes all; points expire after they become usable.

Begin reading at `terms`, then `earning`.
"""
