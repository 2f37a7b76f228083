"""Load blocks: groups of hours of the week with similar load, and the error of that grouping."""

from pydantic import Field

from catalog.records import Count, Id, NonNegative, Record
from contracts.calendar import Month, hours_by_hour_of_week


class LoadBlock(Record):
    """Hours of a typical week that are planned as one."""

    block: Id
    hours_of_week: tuple[int, ...] = Field(min_length=1)
    extreme: bool = False
    """True for a block kept apart because it holds some workload's highest hours."""

    def hours_in(self, month: Month) -> int:
        """Calendar hours of the month that fall into the block."""
        counts = hours_by_hour_of_week(month)
        return sum(counts[hour] for hour in self.hours_of_week)


class BlockLoad(Record):
    """Mean load of a workload in a block, relative to the mean of its whole week (1.0 = average)."""

    workload: Id
    block: Id
    relative_load: NonNegative


class BlockError(Record):
    """How far the block model is from the full hourly series of a workload."""

    workload: Id
    root_mean_square_share: NonNegative
    """Root mean square of (block load - hourly load), as a share of the mean load."""
    peak_error_share: NonNegative
    """1 - highest block load / highest hourly load."""
    commitment_error_share: NonNegative | None = None
    """The most that the bill of a commitment is understated, as a share of the workload's bill all on demand."""


class BlockModel(Record):
    """Blocks in the order of their names, loads for every workload and block, and the error."""

    blocks: tuple[LoadBlock, ...]
    loads: tuple[BlockLoad, ...]
    errors: tuple[BlockError, ...] = ()
    requested_blocks: Count = 1
    """How many blocks were asked for, extreme blocks apart."""
