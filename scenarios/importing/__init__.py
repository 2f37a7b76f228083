"""Rows of other programs' files -> rows of a scenario's tables (docs/decisions/0034)."""
