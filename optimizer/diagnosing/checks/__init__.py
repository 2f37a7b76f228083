"""What inputs alone show of a scenario that has no plan: exact checks, each a reading of its own."""
