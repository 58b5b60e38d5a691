"""Pages that span products: home, and the operator's console.

Reads only, by the queries of identity, the ledger and the products; what a
page changes goes through the room that owns it. Begin reading at `pages`.
"""
