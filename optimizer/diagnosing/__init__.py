"""Impossible cases: exact checks before any solve, the rules that collide, and the least change that mends it."""
