"""Two plans side by side: what differs, what of it is proven, and where it comes from (decision 0023)."""
