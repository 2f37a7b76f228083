"""Inputs: every assumption that a formula uses, once, with its unit and the input it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.records import Evidence
from reports.facts import Facts
from reports.formulas import Area, Expr
from reports.functions import months_later
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet, Validation

HEADER_ROW = 3
_SHARE = Validation(0, 1, "A share between 0 % and 100 %.")
_AMOUNT = Validation(0, None, "A number of at least 0.")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The sheet and references to its values."""

    sheet: Sheet
    scalars: dict[str, Expr]
    """Named values by their workbook-wide name."""
    outlooks: Area
    probabilities: Area
    caps: dict[str, Expr]
    """Cap of each concentration rule."""
    floors: dict[str, Expr]
    """Floor of each contingency."""

    def __getitem__(self, name: str) -> Expr:
        return self.scalars[name]


class _Writer:
    """Puts one assumption after the other."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.row = HEADER_ROW
        self.scalars: dict[str, Expr] = {}
        for col, text in enumerate(("Assumption", "Value", "Unit", "Class", "Name in formulas", "Where it comes from")):
            grid.put(self.row, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if col == 1 else Fmt.TEXT)

    def section(self, title: str) -> None:
        self.row += 2
        self.grid.put(self.row, 0, title, kind=Kind.SECTION)

    def add(
        self,
        label: str,
        what: Any,
        unit: str,
        source: str,
        *,
        fmt: Fmt = Fmt.GENERAL,
        name: str | None = None,
        check: Validation | None = None,
    ) -> Expr:
        self.row += 1
        kind = Kind.CALC if isinstance(what, Expr) else Kind.INPUT
        cell = self.grid.put(self.row, 1, what, kind=kind, fmt=fmt, validation=check)
        texts = ((0, label), (2, unit), (3, kind.value), (4, name), (5, source))
        for col, text in texts:
            if text:
                self.grid.put(self.row, col, text, kind=Kind.NOTE if col in (3, 5) else Kind.KEY)
        if name is None:
            return self.grid.ref(self.row, 1, fix_row=True, fix_col=True)
        self.scalars[name] = self.grid.name_cell(self.row, 1, name)
        return self.scalars[name] if cell else cell


def inputs_sheet(facts: Facts) -> Inputs:
    """Run settings, policy, rules, outlooks and the fixed figures of the workbook."""
    grid = Grid("Inputs", "inputs")
    grid.heading(
        "Inputs: the assumptions of this plan",
        "A record of what was planned with. To plan with other values change the scenario and run again:"
        " a value changed here moves the costs, not the decisions, and the checks will say so.",
    )
    write = _Writer(grid)
    _run_settings(write, facts)
    _policy(write, facts)
    caps = _caps(write, facts)
    floors = _floors(write, facts)
    outlooks = _outlooks(write, facts)
    _fixed(write)
    widths = (54, 16, 28, 10, 22, 60)
    headers = ("Assumption", "Value", "Unit", "Class", "Name in formulas", "Where it comes from")
    columns = tuple(Column(h, w) for h, w in zip(headers, widths, strict=True))
    sheet = grid.sheet(columns, freeze=(HEADER_ROW + 1, 1), print_setup=Print(repeat_rows=(HEADER_ROW, HEADER_ROW)))
    return Inputs(sheet, write.scalars, *outlooks, caps=caps, floors=floors)


def _run_settings(write: _Writer, facts: Facts) -> None:
    run = facts.scenario.run
    write.section("Time and money")
    start = write.add(
        "First month of the plan",
        run.first_month.first_day,
        "day",
        "scenario: run.first_month",
        fmt=Fmt.DATE,
        name="ModelStart",
    )
    months = write.add(
        "Months in the horizon", run.months, "months", "scenario: run.months", fmt=Fmt.WHOLE, name="HorizonMonths"
    )
    write.add(
        "First day after the horizon",
        months_later(start, months),
        "day",
        "first month plus months",
        fmt=Fmt.DATE,
        name="HorizonEnd",
    )
    write.add(
        "Day on which orders can be signed",
        run.order_date,
        "day",
        "scenario: run.order_date",
        fmt=Fmt.DATE,
        name="OrderDate",
    )
    rate, weight = "run.discount_rate_per_year", "run.beyond_horizon_weight"
    rows = (
        ("Discount rate", run.discount_rate_per_year, "per year", rate, "DiscountRate"),
        ("Weight of cost beyond the horizon", run.beyond_horizon_weight, "0 free, 1 as if lost", weight, "TailWeight"),
        ("Usable share of a node", run.usable_share, "share of its goodput", "run.usable_share", "UsableShare"),
    )
    for label, value, unit, path, name in rows:
        write.add(label, value, unit, f"scenario: {path}", fmt=Fmt.SHARE, name=name, check=_SHARE)
    write.add("Currency", run.currency, "all amounts", "scenario: run.currency")
    _gap_asked(write, facts)


def _gap_asked(write: _Writer, facts: Facts) -> None:
    run = facts.scenario.run
    write.add(
        "Gap at which the solver may stop",
        run.gap_share,
        "share of the cost",
        "scenario: run.gap_share",
        fmt=Fmt.GAP,
        name="GapAskedShare",
    )
    write.add(
        "... or in money, whichever is looser",
        run.gap_usd,
        "USD",
        "scenario: run.gap_usd",
        fmt=Fmt.MONEY,
        name="GapAskedUSD",
    )


def _policy(write: _Writer, facts: Facts) -> None:
    policy = facts.scenario.policy
    write.section("Evidence and capacity")
    for grade in Evidence:
        write.add(
            f"Haircut on goodput that is {grade.value}",
            policy.haircut_share.of(grade),
            "share taken off",
            f"policy: haircut_share.{grade.value}",
            fmt=Fmt.SHARE,
            name=f"Haircut{grade.value.title()}",
            check=_SHARE,
        )
    for grade in Evidence:
        write.add(
            f"Latency factor where the percentile is lower, {grade.value}",
            policy.percentile_factor.of(grade),
            "multiple of the latency",
            f"policy: percentile_factor.{grade.value}",
            fmt=Fmt.QUANTITY,
        )
    rows = (
        ("Usable share of accelerator memory", policy.memory_usable_share, "share", "memory_usable_share"),
        ("Most of a workload's month on spot", policy.spot_share_cap, "share of tokens", "spot_share_cap"),
        ("Most capacity in an emergency that is not firm", policy.emergency_share, "share at list", "emergency_share"),
    )
    for label, value, unit, path in rows:
        write.add(label, value, unit, f"policy: {path}", fmt=Fmt.SHARE, check=_SHARE)
    for label, nodes, path in (
        ("Stock assumed where it is unknown", policy.unknown_stock_nodes, "unknown_stock_nodes"),
        ("Quota assumed where it is unknown", policy.unknown_quota_nodes, "unknown_quota_nodes"),
    ):
        write.add(label, "none" if nodes is None else nodes, "nodes", f"policy: {path}", fmt=Fmt.WHOLE)


def _caps(write: _Writer, facts: Facts) -> dict[str, Expr]:
    rules = facts.scenario.policy.concentration
    write.section("Lock-in: the largest share that a group may hold" + ("" if rules else " (no rule stated)"))
    return {
        rule.rule: write.add(
            f"{rule.rule}: {rule.by.value} {'(each)' if rule.group == '*' else rule.group}",
            rule.cap_share,
            f"share of {rule.measure.value} per {rule.window.value}",
            f"policy: concentration.{rule.rule}.cap_share",
            fmt=Fmt.SHARE,
            check=_SHARE,
        )
        for rule in rules
    }


def _floors(write: _Writer, facts: Facts) -> dict[str, Expr]:
    events = facts.scenario.policy.contingencies
    write.section("Fallback: what must still be served after an event" + ("" if events else " (no event stated)"))
    return {
        event.contingency: write.add(
            f"{event.contingency}: loss of {event.lost.value} {event.name}",
            event.floor_share,
            "share of every workload",
            f"policy: contingencies.{event.contingency}.floor_share",
            fmt=Fmt.SHARE,
            check=_SHARE,
        )
        for event in events
    }


def _outlooks(write: _Writer, facts: Facts) -> tuple[Area, Area]:
    write.section("Outlooks: possible futures and their probability")
    rows = facts.scenario.outlooks
    first = write.row + 1
    for row in rows:
        write.add(row.outlook, row.probability, "probability", "scenario: outlooks", fmt=Fmt.SHARE, check=_SHARE)
    write.add("(all)", 1, "probability", "decided before the outlook is known", fmt=Fmt.SHARE)
    last = first + len(rows)
    return write.grid.area((first, 0), (last, 0)), write.grid.area((first, 1), (last, 1))


def _fixed(write: _Writer) -> None:
    write.section("Fixed figures, so that no formula holds a bare number")
    rows = (
        ("Hours in a day", 24, "hours", "calendar", "HoursPerDay"),
        ("Months in a year", 12, "months", "calendar", "MonthsPerYear"),
        ("Seconds in an hour", 3600, "seconds", "calendar", "SecondsPerHour"),
        ("Tokens in a Mtok", 1_000_000, "tokens", "definition", "TokensPerMtok"),
        ("Hours in a statistical month", 730, "hours", "interruption statistics are published per 730 h", "StatHours"),
        ("Decimals of an invoiced amount", 2, "decimals", "docs/decisions/0003", "CentDecimals"),
        ("Term above which a lease review is due", 12, "months", "short-term limit of IFRS 16, ASC 842", "LeaseMonths"),
    )
    for label, value, unit, source, name in rows:
        write.add(label, value, unit, source, fmt=Fmt.WHOLE, name=name)
    small = (
        ("Largest difference a check forgives", 0.01, "USD", "the cent", "ToleranceUSD"),
        ("... or as a share of the amount", 1e-9, "share", "binary arithmetic", "ToleranceShare"),
        ("Rounding of one invoice line, at most", 0.005, "USD", "half a cent", "HalfCentUSD"),
        ("Largest difference in nodes or Mtok a check forgives", 1e-6, "share", "solver tolerance", "ToleranceUnits"),
    )
    for label, amount, unit, source, name in small:
        write.add(label, amount, unit, source, name=name, check=_AMOUNT)
