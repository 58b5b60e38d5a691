"""Laurels: the points economy of a learning community.

Start reading at `laurels.ledger` (what every point is), then
`laurels.products.recognition.decisions` (what a rule looks like on it), then
`laurels.main` (how it all becomes one application).
"""

__version__ = "0.1.0"
