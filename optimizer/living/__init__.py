"""A model that is solved again and again while its inputs change (decision 0022)."""
