"""The pot: a chat whose every message costs a little more, and sometimes pays.

Purpose: let members chat with a bot for coins that go into a pot, and let
anyone check that the draws for it are fair.

Invariants: what members paid is what is in the pot and what was won, to the
coin; a round's seed and rules are committed to before its first message, and
every draw follows from them; a refused message changes neither the price nor
the count nor the pot; a paid message is answered, or can be asked for again, or
its price is returned; coins become nothing else, and nothing of value becomes coins.

Begin reading at `rules.draw` and `rules.document`, then `decisions.messages`.
"""
