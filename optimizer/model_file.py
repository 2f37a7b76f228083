"""A compiled model as free MPS, which any solver reads: columns x0, x1, ..., rows r0, r1, ..., to the last digit.

Names of the inputs are not in it: it can be shown to those who mend the solver.
"""

from collections.abc import Iterator
from math import inf

from optimizer.arrays import Arrays


def mps_text(arrays: Arrays) -> str:
    """min cost @ x + offset under rows and bounds, whole columns marked."""
    return "\n".join(_lines(arrays)) + "\n"


def _lines(arrays: Arrays) -> Iterator[str]:
    lower, upper = arrays.row_lower.tolist(), arrays.row_upper.tolist()
    yield from ("NAME disagreement", "ROWS", " N cost")
    yield from (f" {_sense(a, b)} r{i}" for i, (a, b) in enumerate(zip(lower, upper, strict=True)))
    yield "COLUMNS"
    yield from _columns(arrays)
    yield "RHS"
    if arrays.offset:
        yield f" rhs cost {-arrays.offset!r}"
    for i, (a, b) in enumerate(zip(lower, upper, strict=True)):
        if _sense(a, b) != "N":
            yield f" rhs r{i} {(b if a == -inf else a)!r}"
    yield "RANGES"
    for i, (a, b) in enumerate(zip(lower, upper, strict=True)):
        if -inf < a < b < inf:
            yield f" range r{i} {b - a!r}"
    yield "BOUNDS"
    yield from _bounds(arrays)
    yield "ENDATA"


def _sense(lower: float, upper: float) -> str:
    if lower == upper:
        return "E"
    if lower > -inf:
        return "G"
    return "L" if upper < inf else "N"


def _columns(arrays: Arrays) -> Iterator[str]:
    starts, rows, values = arrays.starts.tolist(), arrays.rows.tolist(), arrays.values.tolist()
    marked = False
    for j, whole in enumerate(arrays.integer.tolist()):
        if whole != marked:
            yield f" mark{j} 'MARKER' '{'INTORG' if whole else 'INTEND'}'"
            marked = whole
        yield f" x{j} cost {float(arrays.cost[j])!r}"
        yield from (f" x{j} r{rows[k]} {values[k]!r}" for k in range(starts[j], starts[j + 1]))
    if marked:
        yield " markend 'MARKER' 'INTEND'"


def _bounds(arrays: Arrays) -> Iterator[str]:
    for j, (low, high) in enumerate(zip(arrays.lower.tolist(), arrays.upper.tolist(), strict=True)):
        if low == -inf and high == inf:
            yield f" FR bound x{j}"
            continue
        yield f" MI bound x{j}" if low == -inf else f" LO bound x{j} {low!r}"
        yield f" PL bound x{j}" if high == inf else f" UP bound x{j} {high!r}"
