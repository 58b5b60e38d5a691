"""What can be read of progress, scoped to who asks."""
