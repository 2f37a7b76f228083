"""What to order: the model, its solution as a plan, and the audit of that plan."""
