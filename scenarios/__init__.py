"""What the future asks: workloads, demand, policy, and one run fully specified."""
