"""A trace over the fleet that a plan buys: what is served, what is missed, what stands idle, what is billed."""
