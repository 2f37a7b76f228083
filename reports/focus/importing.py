"""Commitments of a FOCUS export -> held contracts (docs/decisions/0020, section FOCUS).

term      x_CommitmentStart and x_CommitmentEnd; else start and end of the mapping table; else the charge period of a
          one-time purchase that is longer than a month: FOCUS 1.2 has no column for it
nodes     units of the commitment in an hour x nodes_per_unit; of purchases, else of used and unused rows together
price     x_CommittedUnitPrice; else effective cost / node-hours of use; else what purchases cost by the node-hour
upfront   x_UpfrontShare; else the mapping table; else what of the price is not paid by recurring purchases

Every problem of the run is reported at once, and then nothing is written.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from catalog.findings import Code, Finding, InputRejected, Location, shown
from catalog.loading import Placed, Table
from catalog.records import Evidence
from contracts.calendar import Month, hours_between
from contracts.terms.held import HeldContract
from reports.focus.columns import FOCUS_VERSION
from reports.focus.natures import CommitmentCategory, Frequency
from reports.focus.reading import NAMED_BY, FocusRow, Mapping, by_commitment, read_focus, read_mapping

COLUMNS = (
    "held",
    "offering",
    "nodes",
    "price_usd_per_node_hour",
    "start",
    "end",
    "firm",
    "upfront_share",
    "source",
    "as_of",
    "evidence",
)
_WHOLE_WITHIN = Decimal("0.000001")
_MONTH_HOURS = 744
_PRICE_STEP = Decimal("0.000001")


@dataclass(frozen=True)
class Imported:
    """What the export holds."""

    held: tuple[HeldContract, ...]
    left_out: tuple[str, ...]
    """Commitments that the mapping table leaves out on purpose."""
    rows: int

    @property
    def text(self) -> str:
        """The rows of held_contracts.csv."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for held in self.held:
            writer.writerow([_shown(getattr(held, column)) for column in COLUMNS])
        return out.getvalue()


def import_focus(export: Path, mapping: Path) -> Imported:
    """The held contracts that an export states; InputRejected with every problem of both files."""
    findings: list[Finding] = []
    table = read_mapping(mapping, findings)
    rows = read_focus(export, findings)
    reader = _Reader(export.name, mapping.name, table, findings)
    held, left_out = [], []
    for commitment, of_it in by_commitment(rows):
        mapped = reader.mapped(of_it)
        if mapped is None:
            continue
        if mapped.record.offering is None:
            left_out.append(commitment)
        elif (contract := reader.contract(mapped, of_it)) is not None:
            held.append((contract, of_it[0]))
    reader.refuse_twice(held)
    if not rows and not findings:
        where = Location(export.name, column="CommitmentDiscountId")
        hint = "export rows with commitment columns; without any there is nothing to import"
        findings.append(Finding(Code.NO_ROWS, where, "no row with one", "rows under a commitment discount", hint))
    if findings:
        raise InputRejected(findings)
    return Imported(tuple(contract for contract, _ in held), tuple(left_out), len(rows))


class _Reader:
    """Makes contracts of rows; whatever does not fit is reported."""

    def __init__(self, export: str, mapping: str, table: Table[Mapping], findings: list[Finding]) -> None:
        self._export, self._mapping, self._table, self._findings = export, mapping, table, findings
        self._by_id = {placed.record.focus_id: placed for placed in table.placed}

    def mapped(self, rows: Sequence[FocusRow]) -> Placed[Mapping] | None:
        """The row of the mapping table for a commitment."""
        for column in NAMED_BY:
            for name in dict.fromkeys(row.own(column) for row in rows):
                if name in self._by_id:
                    return self._by_id[name or ""]
        if self._table.whole:
            names = [name for column in NAMED_BY for name in dict.fromkeys(row.own(column) for row in rows) if name]
            hint = f"add a row for {shown(names[0])} to {self._mapping}; with a blank offering it is left out"
            where = rows[0].at("CommitmentDiscountId")
            expected = f"a row of {self._mapping} for its {', '.join(NAMED_BY[:-1])} or {NAMED_BY[-1]}"
            self._findings.append(Finding(Code.REFERENCE, where, shown(rows[0].commitment), expected, hint))
        return None

    def contract(self, mapped: Placed[Mapping], rows: list[FocusRow]) -> HeldContract | None:
        """The held contract, if all of it is known."""
        before, terms = len(self._findings), mapped.record
        if any(row.promises == CommitmentCategory.SPEND.value for row in rows):
            hint = f"leave it out (blank offering in {self._mapping}): a promise of spend is no capacity"
            where = rows[0].at("CommitmentDiscountCategory")
            self._findings.append(Finding(Code.CHOICE, where, '"Spend"', '"Usage": a number of nodes', hint))
            return None
        term = self._term(terms, rows)
        if term is None:
            return None
        nodes = self._nodes(terms, rows, term)
        name = self._name(terms, rows)
        price = self._price(terms, rows, term, nodes)
        if len(self._findings) > before or nodes is None or price is None or name is None:
            return None
        try:
            return HeldContract(
                held=name,
                offering=terms.offering or "",
                nodes=nodes,
                price_usd_per_node_hour=price,
                start=term[0],
                end=term[1],
                firm=terms.firm if terms.firm is not None else any(row.own("CapacityReservationId") for row in rows),
                upfront_share=float(self._upfront_share(terms, rows, price)),
                source=f"FOCUS {FOCUS_VERSION} export {self._export}, {rows[0].commitment}"[:1000],
                as_of=max(row.day for row in rows),
                evidence=Evidence.MEASURED,
            )
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                said = str(fault["msg"]).removeprefix("Value error, ")
                self._wrong(Code.CONTRADICTION, rows[0].at(), said, "a held contract that makes sense", "check the row")
            return None

    def _wrong(self, code: Code, where: Location, found: str, expected: str, hint: str) -> None:
        self._findings.append(Finding(code, where, found, expected, hint))

    def _name(self, terms: Mapping, rows: Sequence[FocusRow]) -> str | None:
        name = terms.held or rows[0].commitment
        if terms.held is None and not _is_id(name):
            hint = f"give it a short name in column held of {self._mapping}"
            expected = "an id of 1 to 64 characters [A-Za-z0-9._-]"
            self._wrong(Code.ID, rows[0].at("CommitmentDiscountId"), shown(name), expected, hint)
            return None
        return name

    def _term(self, terms: Mapping, rows: Sequence[FocusRow]) -> tuple[Month, Month] | None:
        for row in rows:
            if row.term_start is not None and row.term_end is not None:
                return self._months(row, row.term_start, row.term_end)
        if terms.start is not None and terms.end is not None:
            return terms.start, terms.end
        once = [row for row in rows if _is_once(row) and row.hours > _MONTH_HOURS]
        if once:
            return self._months(once[0], once[0].start, once[0].end)
        hint = f"write start and end of {shown(rows[0].commitment)} into {self._mapping}"
        self._wrong(Code.BLANK, rows[0].at("ChargePeriodStart"), "no row that spans its term", "start and end", hint)
        return None

    def _months(self, row: FocusRow, start: datetime, end: datetime) -> tuple[Month, Month] | None:
        if any((m.day, m.hour, m.minute, m.second) != (1, 0, 0, 0) for m in (start, end)):
            hint = f"write start and end in whole months into {self._mapping}"
            found = f"{start.isoformat()}Z to {end.isoformat()}Z"
            self._wrong(Code.MONTH, row.at("ChargePeriodStart"), found, "a term of whole months", hint)
            return None
        return Month(start.year, start.month), Month(end.year, end.month)

    def _nodes(self, terms: Mapping, rows: Sequence[FocusRow], term: tuple[Month, Month]) -> int | None:
        """The same number in every period, and a whole one."""
        found = {units * terms.nodes_per_unit for units in _units_in_an_hour(rows, term)}
        nodes = sorted(found)
        where = rows[0].at("CommitmentDiscountQuantity")
        if nodes[-1] - nodes[0] > _WHOLE_WITHIN:
            said = f"{_plain(nodes[0])} to {_plain(nodes[-1])} nodes"
            hint = "import the rows of one commitment at a time, or leave it out (blank offering)"
            self._wrong(Code.CONTRADICTION, where, said, "the same number in every charge period", hint)
            return None
        whole = nodes[0].to_integral_value()
        if abs(nodes[0] - whole) > _WHOLE_WITHIN or whole < 1:
            hint = f"check nodes_per_unit in {self._mapping}, and that all rows of a charge period are there"
            self._wrong(Code.NOT_WHOLE, where, f"{_plain(nodes[0])} nodes", "a whole number of nodes", hint)
            return None
        return int(whole)

    def _price(
        self, terms: Mapping, rows: Sequence[FocusRow], term: tuple[Month, Month], nodes: int | None
    ) -> Decimal | None:
        own = next((row.price_usd for row in rows if row.price_usd is not None), None)
        if own is not None:
            return own if terms.nodes_per_unit == 1 else _to_step(own / terms.nodes_per_unit)
        use = [row for row in rows if not row.is_purchase]
        hours = sum((row.quantity for row in use), Decimal(0)) * terms.nodes_per_unit
        if hours > 0:
            return _to_step(sum((row.effective_usd for row in use), Decimal(0)) / hours)
        if nodes is None:
            return None
        once = sum((row.billed_usd for row in rows if _is_once(row)), Decimal(0))
        return _to_step(once / (nodes * hours_between(*term)) + _recurring_price(terms, rows))

    def _upfront_share(self, terms: Mapping, rows: Sequence[FocusRow], price: Decimal) -> Decimal:
        own = next((row.upfront_share for row in rows if row.upfront_share is not None), None)
        if own is not None:
            return own
        if terms.upfront_share is not None:
            return Decimal(str(terms.upfront_share))
        share = 1 - _recurring_price(terms, rows) / price if price else Decimal(0)
        nearly = _to_step(min(Decimal(1), max(Decimal(0), share)))
        return nearly if nearly > Decimal("0.0001") else Decimal(0)

    def refuse_twice(self, held: Iterable[tuple[HeldContract, FocusRow]]) -> None:
        """Two commitments under one name."""
        first: dict[str, FocusRow] = {}
        for contract, row in held:
            other = first.setdefault(contract.held, row)
            if other is not row:
                found = f"{shown(contract.held)} also for {shown(other.commitment)}"
                hint = f"map each by its CommitmentDiscountId in {self._mapping}, with a name of its own"
                self._wrong(Code.REPEATED, row.at("CommitmentDiscountId"), found, "one name for each", hint)


def _is_once(row: FocusRow) -> bool:
    return row.is_purchase and row.frequency == Frequency.ONE_TIME.value


def _is_recurring(row: FocusRow) -> bool:
    return row.is_purchase and row.frequency == Frequency.RECURRING.value


def _units_in_an_hour(rows: Sequence[FocusRow], term: tuple[Month, Month]) -> list[Decimal]:
    """Units of the commitment in every hour, period by period."""
    once = [row.quantity for row in rows if _is_once(row)]
    if once:
        return [sum(once, Decimal(0)) / hours_between(*term)]
    recurring = [row for row in rows if _is_recurring(row)]
    sums: dict[tuple[datetime, datetime], Decimal] = defaultdict(Decimal)
    for row in recurring or rows:
        sums[row.start, row.end] += row.quantity / row.hours
    return list(sums.values())


def _recurring_price(terms: Mapping, rows: Sequence[FocusRow]) -> Decimal:
    """What recurring purchases cost by the node-hour; 0 without any."""
    recurring = [row for row in rows if _is_recurring(row)]
    hours = sum((row.quantity for row in recurring), Decimal(0)) * terms.nodes_per_unit
    return sum((row.billed_usd for row in recurring), Decimal(0)) / hours if hours else Decimal(0)


def _to_step(value: Decimal) -> Decimal:
    """To the millionth, without trailing zeros."""
    rounded = value.quantize(_PRICE_STEP).normalize()
    return rounded if rounded else Decimal(0)


def _plain(value: Decimal) -> str:
    return f"{value.quantize(_PRICE_STEP).normalize():f}"


def _is_id(name: str) -> bool:
    return name.isascii() and len(name) <= 64 and name[:1].isalnum() and all(c.isalnum() or c in "._-" for c in name)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)).normalize():f}"
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
