"""A compiled model as plain arrays: all that the solver process needs to know."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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

    @property
    def coefficient_range(self) -> tuple[float, float]:
        """Smallest and largest absolute coefficient of the rows."""
        sizes = np.abs(self.values[self.values != 0])
        return (float(sizes.min()), float(sizes.max())) if sizes.size else (1.0, 1.0)
