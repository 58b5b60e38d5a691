"""What every product's HTTP endpoints stand on.

Purpose: who calls (`caller`), what a refusal looks like (`problems`), request
keys, rate limits, pages, live streams; so that an endpoint only translates
between HTTP and an action.

Invariants: only `problems` turns a refusal into a status; every route says by
one of a few dependencies who may use it; every answer carries a request id and
the security headers, errors too; nothing that was sent in is echoed in an error.

Begin reading at `app` (how it is put together), then `caller` and `problems`.
"""
