"""FOCUS: planned charges out, commitments in, in columns of the FinOps Open Cost and Usage Specification 1.2."""
