"""The two pools of an offering's capacity."""

from enum import StrEnum


class Pool(StrEnum):
    """Capacity of an offering is kept in two pools that do not mix."""

    BASE = "base"
    """Reserved, held and on-demand nodes."""
    SPOT = "spot"
    """Interruptible nodes; counted as productive nodes."""
