"""Scripts that measure; nothing here is asserted, because times belong to a machine."""
