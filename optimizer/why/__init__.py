"""Why the plan is as it is: insurance, payback, worth of rules, offers not taken (docs/decisions/0040)."""
