"""Recognition: members thank each other with monthly credits, and redeem what they received.

Two purses a member: *allowance* (to give; granted each month) and *received*
(to redeem; never resets). Invariants: nobody sends more than the month's limit,
redeems what they weren't given, or gives to themselves; a recognition is
endorsed once by a member and reversed once.

Begin reading at `decisions`.
"""
