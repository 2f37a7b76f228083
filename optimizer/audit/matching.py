"""Which stated line answers which line that is due, where several have the same origin and month of payment."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
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
    """Pair lines of one origin: first those that agree in payment and service, then those that agree in one of them."""
    pairs: Pairs = []
    lines, rows = list(due), list(stated)
    for of_due, of_stated in (
        (lambda line: (line.key, line.service_first), lambda row: (_key(row), row.service_first)),
        (lambda line: line.key, _key),
        (_origin_of_due, _origin_of_stated),
    ):
        if not lines or not rows:
            break
        together = _matched_by(lines, rows, of_due, of_stated)
        answered, answering = {id(line) for line, _ in together}, {id(row) for _, row in together}
        lines = [line for line in lines if id(line) not in answered]
        rows = [row for row in rows if id(row) not in answering]
        pairs += together
    return Matched(pairs, lines, rows)


def _key(row: CostLine) -> Key:
    return key_of(row.nature, row.outlook, row.source, row.order, row.offering, row.paid_month)


def _origin_of_due(line: Due) -> Hashable:
    return (*line.key[:-1], line.service_first)


def _origin_of_stated(row: CostLine) -> Hashable:
    return (*_key(row)[:-1], row.service_first)


def _matched_by(
    lines: list[Due],
    rows: list[CostLine],
    of_due: Callable[[Due], Hashable],
    of_stated: Callable[[CostLine], Hashable],
) -> Pairs:
    """Pairs of lines with one key; of several the most similar first: service, payee, offering, price, quantity."""
    found: dict[Hashable, list[CostLine]] = defaultdict(list)
    owed: dict[Hashable, list[Due]] = defaultdict(list)
    for row in rows:
        found[of_stated(row)].append(row)
    for line in lines:
        owed[of_due(line)].append(line)
    return [pair for key, group in owed.items() if key in found for pair in _pairs(group, found[key])]


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
        line.payee != row.payee,
        line.offering != row.offering,
        line.unit_price != row.unit_price_usd,
        abs(line.quantity - row.quantity),
    )
