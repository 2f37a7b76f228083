"""A FOCUS export and its mapping table, read strictly: every problem with file, row, column, value and a way out.

Of the export only rows under a commitment discount are read (Usage and Purchase, corrections apart); its other columns
may hold what they will. A blank cell and the word NULL are null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import Field

from catalog.findings import Code, Finding, Location, shown
from catalog.loading import Table, TableSpec, read_table
from catalog.reading_csv import RawRow, read_csv
from catalog.reading_text import Source, read_text
from catalog.records import Id, Record, Share, Text
from contracts.calendar import Month
from reports.focus.natures import ChargeCategory, CommitmentCategory, Frequency

REQUIRED = (
    "BilledCost",
    "BillingCurrency",
    "ChargeCategory",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountStatus",
    "CommitmentDiscountUnit",
    "EffectiveCost",
)
NAMED_BY = ("CommitmentDiscountId", "ResourceId", "SkuPriceId", "SkuId")
"""Columns by whose values a row is looked for in the mapping table; the first that is found there counts."""
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_HOURS = re.compile(r"(.*-)?[Hh]ours?")


class Mapping(Record):
    """What a resource, a price or a commitment of the export is in the scenario."""

    focus_id: Text
    """A CommitmentDiscountId, ResourceId, SkuPriceId or SkuId of the export."""
    offering: Id | None = None
    """Offering whose nodes it is; blank: left out on purpose."""
    nodes_per_unit: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)] = Decimal(1)
    """Nodes of the offering that one unit of the commitment in each hour stands for."""
    held: Id | None = None
    """Id that the held contract gets; blank: the CommitmentDiscountId."""
    start: Month | None = None
    """First month of service, where the export does not say it."""
    end: Month | None = None
    """First month that is no longer served, where the export does not say it."""
    firm: bool | None = None
    """Whether the capacity is there; blank: if its rows name a capacity reservation."""
    upfront_share: Share | None = None
    """Share of the whole fee that was paid when service started, where the export does not say it."""


MAPPING = TableSpec("focus_mapping", (Mapping,), ("focus_id",))


@dataclass(frozen=True, slots=True)
class FocusRow:
    """One row of the export under a commitment discount."""

    raw: RawRow
    commitment: str
    category: str
    frequency: str
    promises: str
    status: str | None
    unit: str
    start: datetime
    end: datetime
    quantity: Decimal
    billed_usd: Decimal
    effective_usd: Decimal
    term_start: datetime | None
    """What columns of ours say of the commitment; None where an export does not have them."""
    term_end: datetime | None
    price_usd: Decimal | None
    upfront_share: Decimal | None

    @property
    def is_purchase(self) -> bool:
        """A payment for the commitment; else a row of use."""
        return self.category == ChargeCategory.PURCHASE.value

    @property
    def hours(self) -> Decimal:
        """Length of the charge period."""
        return Decimal(int((self.end - self.start).total_seconds())) / 3600

    def at(self, column: str | None = None) -> Location:
        """The place of a cell."""
        return self.raw.at(column, self.commitment)

    def own(self, column: str) -> str | None:
        """A cell of a column that may not be there."""
        return cell_of(self.raw, column)

    @property
    def day(self) -> date:
        """The day on which the charge period begins."""
        return self.start.date()


def cell_of(row: RawRow, column: str) -> str | None:
    """The text of a cell; None for null and where there is no such column."""
    text = row.cells.get(column, "").strip()
    return None if text in ("", "NULL", "null") else text


def read_mapping(path: Path, findings: list[Finding]) -> Table[Mapping]:
    """The mapping table."""
    return read_table(MAPPING, [Source(path, path.name)], findings)[0]


def read_focus(path: Path, findings: list[Finding]) -> tuple[FocusRow, ...]:
    """The rows under commitment discounts; whatever is wrong with them is reported."""
    text = read_text(Source(path, path.name), findings)
    if text is None:
        return ()
    raw = read_csv(text, columns=None, required=REQUIRED, findings=findings)
    if not set(REQUIRED) <= set(raw.columns):
        return ()
    rows = (row for row in raw.rows if _is_read(row))
    return tuple(read for row in rows if (read := _focus_row(row, findings)) is not None)


def _is_read(row: RawRow) -> bool:
    """Under a commitment discount, bought or used, and no correction of an earlier bill."""
    categories = (ChargeCategory.USAGE.value, ChargeCategory.PURCHASE.value, None)
    return (
        cell_of(row, "CommitmentDiscountId") is not None
        and cell_of(row, "ChargeCategory") in categories
        and cell_of(row, "ChargeClass") is None
    )


class _Cells:
    """The cells of a row, one after the other; what is wrong with each is reported."""

    def __init__(self, row: RawRow, findings: list[Finding]) -> None:
        self._row, self._findings = row, findings
        self.subject = cell_of(row, "CommitmentDiscountId")

    def _wrong(self, code: Code, column: str, expected: str, hint: str) -> None:
        found = cell_of(self._row, column)
        where = self._row.at(column, None if column == "CommitmentDiscountId" else self.subject)
        self._findings.append(Finding(code, where, "nothing" if found is None else shown(found), expected, hint))

    def text(self, column: str) -> str:
        """A text that must be there."""
        found = cell_of(self._row, column)
        if found is None:
            self._wrong(Code.BLANK, column, "a value; FOCUS wants one on such a row", "export the rows anew")
        return found or ""

    def choice(self, column: str, choices: tuple[str, ...]) -> str:
        """One of some words."""
        found = self.text(column)
        if found and found not in choices:
            self._wrong(Code.CHOICE, column, f"one of: {', '.join(choices)}", "write it as FOCUS 1.2 does")
        return found

    def number_or_none(self, column: str) -> Decimal | None:
        """A plain number, where there is one."""
        return None if cell_of(self._row, column) is None else self.number(column)

    def moment_or_none(self, column: str) -> datetime | None:
        """A moment in UTC, where there is one."""
        return None if cell_of(self._row, column) is None else self.moment(column)

    def number(self, column: str) -> Decimal:
        """A plain number."""
        found = self.text(column)
        if found and not _NUMBER.fullmatch(found):
            self._wrong(Code.NUMBER, column, "a plain number such as 12500.00", "write digits with at most one point")
            return Decimal(0)
        return Decimal(found or 0)

    def moment(self, column: str) -> datetime | None:
        """A moment in UTC."""
        found = self.text(column)
        try:
            if found and _MOMENT.fullmatch(found):
                return datetime.fromisoformat(found.removesuffix("Z"))
        except ValueError:
            pass
        if found:
            hint = "write the moment in UTC, as FOCUS does"
            self._wrong(Code.DATE, column, "a moment such as 2027-01-01T00:00:00Z", hint)
        return None

    def unit(self) -> str:
        """A unit that is for an hour."""
        found = self.text("CommitmentDiscountUnit")
        spend = cell_of(self._row, "CommitmentDiscountCategory") == CommitmentCategory.SPEND.value
        if found and not spend and not _HOURS.fullmatch(found):
            hint = "only commitments that are counted by the hour can become held nodes; leave this one out"
            self._wrong(Code.CHOICE, "CommitmentDiscountUnit", "Hours, or something-Hours", f"{hint} (blank offering)")
        return found


def _focus_row(row: RawRow, findings: list[Finding]) -> FocusRow | None:
    before, cells = len(findings), _Cells(row, findings)
    category = cells.choice("ChargeCategory", (ChargeCategory.USAGE.value, ChargeCategory.PURCHASE.value))
    is_usage = category == ChargeCategory.USAGE.value
    cells.choice("BillingCurrency", ("USD",))
    start, end = cells.moment("ChargePeriodStart"), cells.moment("ChargePeriodEnd")
    status = cells.choice("CommitmentDiscountStatus", ("Used", "Unused")) if is_usage else None
    frequency = cells.choice("ChargeFrequency", tuple(f.value for f in Frequency))
    promises = cells.choice("CommitmentDiscountCategory", tuple(c.value for c in CommitmentCategory))
    unit = cells.unit()
    quantity, billed, effective = (
        cells.number(c) for c in ("CommitmentDiscountQuantity", "BilledCost", "EffectiveCost")
    )
    own = cells.moment_or_none("x_CommitmentStart"), cells.moment_or_none("x_CommitmentEnd")
    price, share = cells.number_or_none("x_CommittedUnitPrice"), cells.number_or_none("x_UpfrontShare")
    if start and end and end <= start:
        found, expected = shown(cell_of(row, "ChargePeriodEnd") or ""), "a moment after ChargePeriodStart"
        where = row.at("ChargePeriodEnd", cells.subject)
        findings.append(Finding(Code.CONTRADICTION, where, found, expected, "check both moments"))
    if len(findings) > before or start is None or end is None:
        return None
    return FocusRow(
        raw=row,
        commitment=cells.subject or "",
        category=category,
        frequency=frequency,
        promises=promises,
        status=status,
        unit=unit,
        start=start,
        end=end,
        quantity=quantity,
        billed_usd=billed,
        effective_usd=effective,
        term_start=own[0],
        term_end=own[1],
        price_usd=price,
        upfront_share=share,
    )


def by_commitment(rows: tuple[FocusRow, ...]) -> Iterator[tuple[str, list[FocusRow]]]:
    """The rows of each commitment, commitments by id."""
    found: dict[str, list[FocusRow]] = {}
    for row in rows:
        found.setdefault(row.commitment, []).append(row)
    yield from sorted(found.items())
