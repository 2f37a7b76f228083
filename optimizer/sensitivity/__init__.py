"""What moves the cost of a plan most (docs/decisions/0026): candidates, first estimates, solves at both ends."""
