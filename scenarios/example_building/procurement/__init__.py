"""Builds the procurement example: every way of buying and most clauses, on a fleet that is planned in a minute."""
