"""Study's rules, each as a pure decision on the ledger's draft. Begin at `tokens`, then `questions`, then `classes`."""
