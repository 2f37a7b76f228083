"""Calc_Shares and Caps: what each group holds of tokens, spend or capacity, against its cap."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.offerings import Offering
from optimizer.plan_splits import SplitPlacement
from reports.facts import Facts
from reports.formulas import Area, Expr, Where
from reports.functions import compared, first_reaching, greatest, member_sum, quoted, ratio, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind, Sheet
from reports.records import Field, Line, Records, write_records
from reports.sheets.calendar import Calendar
from reports.sheets.effective import Effective
from reports.sheets.inputs import Inputs
from reports.sheets.list_cost import ListCost
from reports.sheets.lock_in_parts import is_on_caps
from reports.sheets.splits import only_reads
from reports.sheets.tokens import Tokens
from reports.timeline import ITEM, At, Band, Key, TimeSheet
from scenarios.policy import ConcentrationCap, Grouping, ShareMeasure, Window

_HEADERS = {
    Grouping.PROVIDER: "Provider",
    Grouping.CHIP_VENDOR: "Chip vendor",
    Grouping.STACK: "Stack",
    Grouping.FAMILY: "Family",
    Grouping.GEOGRAPHY: "Geography",
}


_OF_APIS = (Grouping.PROVIDER, Grouping.GEOGRAPHY)
"""Groups that an API offer is in; of its chips and stacks nothing is known."""


@dataclass(frozen=True, slots=True)
class Capped:
    """A group under a rule, and the row that holds its shares."""

    rule: ConcentrationCap
    group: str
    band: Band
    row: int


@dataclass(frozen=True, slots=True)
class Shares:
    """The time series and the list of caps."""

    sheet: Sheet
    caps: Records[Capped]


@dataclass(frozen=True, slots=True)
class Measures:
    """By offering, in the order of the Offerings sheet, and in total; and what splits serve."""

    tokens: Tokens
    effective: Effective
    listed: ListCost
    splits: Records[SplitPlacement] | None
    """Of which a token counts for the group that reads, too; None where there are none."""

    def of(self, measure: ShareMeasure) -> tuple[Band, Band]:
        """Part and whole of a measure."""
        return {
            ShareMeasure.TOKENS: (self.tokens.by_offering, self.tokens.total),
            ShareMeasure.SPEND: (self.effective.by_offering, self.effective.billed_total),
            ShareMeasure.CAPACITY: (self.listed.paid_by_offering, self.listed.paid_total),
        }[measure]


def shares_sheets(
    facts: Facts, inputs: Inputs, calendar: Calendar, offerings: Records[Offering], measures: Measures
) -> Shares:
    """One band per rule, one row per group; then one line per rule and group."""
    time = TimeSheet("Calc_Shares", facts.months)
    time.open(
        (
            "Shares: what each group holds",
            "Total column: over the whole horizon. Capacity is node-hours paid for, at list price.",
        ),
        keys=("Group", "Rule", "Measure", "Block"),
        calendar=calendar.time,
    )
    capped: list[Capped] = []
    for rule in filter(lambda rule: is_on_caps(facts, rule), facts.scenario.policy.concentration):
        groups = _groups(facts, rule)
        span = offerings.span(_HEADERS[rule.by], len(facts.in_plan))
        band = _band(time, rule, groups, span, measures)
        capped += [Capped(rule, group, band, row) for row, group in enumerate(groups)]
    caps = write_records(
        Grid("Caps", "decisions"),
        "tblCaps",
        _fields(inputs, time.header_area()),
        capped,
        "Caps: how near each group is to its limit",
        "A cap binds where the headroom is 0. The solver may use a cap up to its last millionth.",
    )
    return Shares(time.sheet(), caps)


def _groups(facts: Facts, rule: ConcentrationCap) -> list[str]:
    if rule.group != "*":
        return [rule.group]
    found = {facts.group_of(o, rule.by) for o in facts.in_plan}
    if rule.by is Grouping.PROVIDER and rule.measure is ShareMeasure.SPEND:
        found |= set(facts.paid_alone)
    if rule.measure is ShareMeasure.TOKENS and rule.by in _OF_APIS:
        found |= {row.provider if rule.by is Grouping.PROVIDER else facts.geography_of(row) for row in facts.apis}
    return sorted(found)


def _band(time: TimeSheet, rule: ConcentrationCap, groups: list[str], span: Area, measures: Measures) -> Band:
    part, whole = measures.of(rule.measure)
    splits = measures.splits if rule.measure is ShareMeasure.TOKENS else None
    read = None if splits is None else _read_for_others(time, rule, groups, splits)
    by_group = measures.effective.by_provider if _by_payee(rule) else None
    if rule.measure is ShareMeasure.TOKENS:
        by_group = measures.tokens.by_group.get(rule.by)

    def share(i: int, at: At) -> Expr:
        if by_group is not None:
            held = sum_where(by_group.month(at.month), Where(by_group.keys(ITEM), "=", at.item))
        else:
            held = member_sum(span, at.item, part.month(at.month))
        if read is not None:
            held = held + read.at(i, at.month)
        return ratio(held, whole.at(0, at.month))

    def over_horizon(i: int) -> Expr:
        group = time.key(ITEM)
        if by_group is not None:
            held = sum_where(by_group.sums(), Where(by_group.keys(ITEM), "=", group))
        else:
            held = member_sum(span, group, part.sums())
        if read is not None:
            held = held + read.sum(i)
        return ratio(held, whole.sum(0))

    band = time.band(
        f"{rule.rule}: at most {rule.cap_share:.0%} of {rule.measure.value} by {rule.by.value}",
        [Key(group, rule.rule, rule.measure.value) for group in groups],
        share,
        unit="share",
        fmt=Fmt.SHARE,
        row_total=over_horizon,
    )
    time.gap()
    return band


def _read_for_others(
    time: TimeSheet, rule: ConcentrationCap, groups: list[str], splits: Records[SplitPlacement]
) -> Band:
    """Tokens that a group reads and another writes: they count for both."""

    def read(_: int, at: At) -> Expr:
        group = Where(splits.column(only_reads(rule.by)), "=", at.item)
        return sum_where(splits.column("Expected Mtok"), group, Where(splits.column("Month"), "=", at.day))

    band = time.band(
        f"{rule.rule}: read for tokens that others write",
        [Key(group, rule.rule, rule.measure.value) for group in groups],
        read,
        unit="Mtok",
        fmt=Fmt.QUANTITY,
    )
    time.gap()
    return band


def _by_payee(rule: ConcentrationCap) -> bool:
    """Whether it is about what providers bill, also for no single offering."""
    return rule.measure is ShareMeasure.SPEND and rule.by is Grouping.PROVIDER


def _fields(inputs: Inputs, months: Area) -> list[Field[Capped]]:
    def highest(row: Capped, _: Line) -> Expr:
        if row.rule.window is Window.HORIZON:
            return row.band.sum(row.row)
        return greatest(row.band.row(row.row))

    def worst_month(row: Capped, at: Line) -> Expr | str:
        if row.rule.window is Window.HORIZON:
            return "whole horizon"
        nearly = at["Highest share"] - inputs["ToleranceUnits"]
        return first_reaching(row.band.row(row.row), nearly, months, inputs["HorizonEnd"])

    def verdict(_: Capped, at: Line) -> Expr:
        kept = compared(at["Highest share"], "<=", at["Cap"] + inputs["ToleranceUnits"])
        return when(kept, quoted("OK"), quoted("FAIL"))

    calc, share = Kind.CALC, Fmt.SHARE
    return [
        Field("Rule", lambda r, _: r.rule.rule),
        Field("Share of", lambda r, _: r.rule.measure.value),
        Field("By", lambda r, _: r.rule.by.value),
        Field("Group", lambda r, _: r.group),
        Field("Window", lambda r, _: r.rule.window.value),
        Field("Cap", lambda r, _: inputs.caps[r.rule.rule], Kind.LINK, share),
        Field("Highest share", highest, calc, share),
        Field("Headroom", lambda _, at: at["Cap"] - at["Highest share"], calc, share),
        Field("First in month", worst_month, calc, Fmt.MONTH),
        Field("Kept", verdict, calc),
    ]
