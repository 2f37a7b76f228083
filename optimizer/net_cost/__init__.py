"""Net cost: a published plan's effective cost split into nine parts (docs/decisions/0032).

Everything here reads a Plan and nothing else; `splitting.unit_cost` is the way in.
"""
