"""The products. None knows another: what one does when another announces a fact stands in `laurels.reactions`."""
