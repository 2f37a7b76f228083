"""Bases of parts of a model, put together to one of the whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

Statuses = NDArray[np.int8]
LOWER = int(highspy.HighsBasisStatus.kLower)
BASIC = int(highspy.HighsBasisStatus.kBasic)
_STATUS = {int(s): s for s in highspy.HighsBasisStatus.__members__.values()}


@dataclass(frozen=True)
class Basis:
    """HiGHS statuses of columns and rows, as whole numbers."""

    column: Statuses
    row: Statuses

    @classmethod
    def of(cls, highs: highspy.Highs) -> "Basis":
        """The last basis of a solver."""
        basis = highs.getBasis()
        return cls(statuses(basis.col_status), statuses(basis.row_status))

    def given_to(self, highs: highspy.Highs) -> None:
        """Make it the start of the next run; HiGHS mends it where it is none."""
        basis = highspy.HighsBasis()
        basis.col_status = [_STATUS[status] for status in self.column.tolist()]
        basis.row_status = [_STATUS[status] for status in self.row.tolist()]
        basis.valid, basis.alien = True, True
        highs.setBasis(basis)


def statuses(given: Iterable[Any]) -> Statuses:
    """HiGHS statuses as whole numbers."""
    return np.array([int(status) for status in given], dtype=np.int8)
