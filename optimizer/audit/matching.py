"""Which stated line answers which line that is due, where several have the same origin and month of payment."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.audit.due import Due, Key, key_of
from optimizer.plan import CostLine

Pairs = list[tuple[Due, CostLine]]


@dataclass(frozen=True)
class Matched:
    """Lines that answer each other, and those that nothing answers."""

    pairs: Pairs
    missing: list[Due]
    superfluous: list[CostLine]


def match(due: Iterable[Due], stated: Iterable[CostLine]) -> Matched:
    """Pair lines of one key, the most similar first: by service, offering, price, then quantity."""
    owed: dict[Key, list[Due]] = defaultdict(list)
    found: dict[Key, list[CostLine]] = defaultdict(list)
    for line in due:
        owed[line.key].append(line)
    for row in stated:
        found[key_of(row.nature, row.outlook, row.source, row.order, row.offering, row.paid_month)].append(row)
    pairs: Pairs = []
    missing: list[Due] = []
    superfluous: list[CostLine] = []
    for key in (*owed, *(key for key in found if key not in owed)):
        lines, rows = owed.get(key, []), found.get(key, [])
        together = _pairs(lines, rows)
        pairs += together
        answered, answering = {id(line) for line, _ in together}, {id(row) for _, row in together}
        missing += [line for line in lines if id(line) not in answered]
        superfluous += [row for row in rows if id(row) not in answering]
    return Matched(pairs, missing, superfluous)


def _pairs(lines: list[Due], rows: list[CostLine]) -> Pairs:
    if len(lines) <= 1 and len(rows) <= 1:
        return list(zip(lines, rows, strict=False))
    likeness = sorted((_unlike(line, row), i, j) for i, line in enumerate(lines) for j, row in enumerate(rows))
    pairs: Pairs = []
    taken_lines: set[int] = set()
    taken_rows: set[int] = set()
    for _, i, j in likeness:
        if i not in taken_lines and j not in taken_rows:
            pairs.append((lines[i], rows[j]))
            taken_lines.add(i)
            taken_rows.add(j)
    return pairs


def _unlike(line: Due, row: CostLine) -> tuple[object, ...]:
    return (
        (line.service_first, line.service_end) != (row.service_first, row.service_end),
        line.offering != row.offering,
        line.unit_price != row.unit_price_usd,
        abs(line.quantity - row.quantity),
    )
