"""A compiled model as plain arrays: all that the solver process needs to know."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MonthKeys:
    """Which columns, and which rows, are the same thing in different months; -1 where there is none.

    A column has a group and a month where its index ends in month, block and outlook: the two together name it. A
    row's group is its name without the month. Empty arrays: nothing is known of months.
    """

    column_group: NDArray[np.int32]
    column_month: NDArray[np.int32]
    row_group: NDArray[np.int32]


_NONE = np.zeros(0, dtype=np.int32)
NO_MONTHS = MonthKeys(_NONE, _NONE, _NONE)


@dataclass(frozen=True)
class Arrays:
    """min cost @ x + offset, row_lower <= A x <= row_upper, lower <= x <= upper; A by columns (CSC).

    Lengths: n columns, m rows, k non-zeros. `integer` is true where x must be whole.
    """

    cost: NDArray[np.float64]
    offset: float
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    integer: NDArray[np.bool_]
    starts: NDArray[np.int32]
    rows: NDArray[np.int32]
    values: NDArray[np.float64]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    partner: NDArray[np.int32]
    """For a 0/1 column that opens an order: the column of the order's size; else -1."""
    opens_at: NDArray[np.float64]
    """For such a column: the size from which the order is worth opening; else 0."""
    months: MonthKeys = NO_MONTHS

    @property
    def coefficient_range(self) -> tuple[float, float]:
        """Smallest and largest absolute coefficient of the rows."""
        sizes = np.abs(self.values[self.values != 0])
        return (float(sizes.min()), float(sizes.max())) if sizes.size else (1.0, 1.0)
