"""What study keeps about a member: for their export, and erased when they go. Begin at `erasing`."""

from laurels.products.study.personal.erasing import erase_study
from laurels.products.study.personal.exporting import export_study

__all__ = ["erase_study", "export_study"]
