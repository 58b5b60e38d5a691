"""Study in requests and answers."""
