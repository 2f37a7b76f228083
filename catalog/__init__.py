"""What can be had: accelerators, offerings, and how fast they serve."""
