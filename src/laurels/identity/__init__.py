"""Members, sign-in, sessions, and who may do what.

Purpose: know who asks, at once and in every process, and keep what is personal
in one place, so that it can go when its owner goes.

Invariants: a session that is ended, or whose member is suspended or deleted,
and a service key that is revoked open nothing from the next request on;
passwords, session secrets and service keys are stored hashed only; a deleted member's row keeps an opaque id and nothing else
that names them; every change by staff has an audit row of the same transaction.

Begin reading at `tables`, then `rules`, then `sessions`, `service_keys` and `lookup`.
"""
