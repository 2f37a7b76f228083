"""How the goodput of a workload on an offering came about, step by step, or why there is none."""
