"""Inputs: every assumption that a formula uses, once, with its unit and the input it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten

from catalog.records import Evidence
from reports.change_words import what_if_in_words
from reports.facts import Facts
from reports.formulas import Area, Expr
from reports.functions import months_later
from reports.grid import Grid
from reports.layout import Column, Fmt, Print, Sheet
from reports.sheets.input_events import EventInputs, write_events
from reports.sheets.input_footprint import write_footprint
from reports.sheets.input_futures import (
    MigrationCost,
    write_budgets,
    write_effects,
    write_migrations,
    write_outlooks,
    write_rates,
    write_sometimes_fixed,
)
from reports.sheets.input_lock_in import LockInLimits, write_lock_in
from reports.sheets.input_stability import write_stability
from reports.sheets.input_writer import AMOUNT, HEADER_ROW, SHARE, InputWriter
from scenarios.scenario import Headroom, HeadroomMethod


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
    events: EventInputs
    """Floors and shares of each contingency."""
    budgets: dict[str, Expr]
    """Limit of a whole window of each budget."""
    lock_in: LockInLimits
    """Figures of floors, outstanding, terms, expiries and second sources."""
    footprint: dict[str, Expr]
    """Limit of each rule on sovereignty, power and carbon."""
    migrations: dict[str, MigrationCost]
    """What each migration costs."""

    rates: dict[str, Expr]
    """Dollars for one unit of each currency."""
    chance: dict[str, Expr]
    """Probability of each outlook, by an address that stays when a formula is copied."""
    chances: Area
    """Probabilities of the outlooks, without the line for what is the same in all of them."""

    def __getitem__(self, name: str) -> Expr:
        return self.scalars[name]


def inputs_sheet(facts: Facts) -> Inputs:
    """Run settings, policy, rules, outlooks and the fixed figures of the workbook."""
    grid = Grid("Inputs", "inputs")
    what_if = what_if_in_words(facts.scenario.changes)
    grid.heading(
        "Inputs: the assumptions of this plan",
        "A record of what was planned with. To plan with other values change the scenario and run again:"
        " a value changed here moves the costs, not the decisions, and the checks will say so.",
        *([shorten(what_if, 200)] if what_if else []),
    )
    write = InputWriter(grid)
    _run_settings(write, facts)
    _policy(write, facts)
    caps = _caps(write, facts)
    events = write_events(write, facts)
    budgets = write_budgets(write, facts)
    write_stability(write, facts)
    lock_in = write_lock_in(write, facts)
    footprint = write_footprint(write, facts)
    migrations = write_migrations(write, facts)
    rates = write_rates(write, facts)
    outlooks, probabilities, chance, chances = write_outlooks(write, facts)
    write_effects(write, facts)
    _fixed(write, facts)
    widths = (54, 16, 28, 10, 22, 60)
    headers = ("Assumption", "Value", "Unit", "Class", "Name in formulas", "Where it comes from")
    columns = tuple(Column(h, w) for h, w in zip(headers, widths, strict=True))
    sheet = grid.sheet(columns, freeze=(HEADER_ROW + 1, 1), print_setup=Print(repeat_rows=(HEADER_ROW, HEADER_ROW)))
    return Inputs(
        sheet,
        write.scalars,
        outlooks,
        probabilities,
        caps=caps,
        events=events,
        budgets=budgets,
        lock_in=lock_in,
        footprint=footprint,
        migrations=migrations,
        rates=rates,
        chance=chance,
        chances=chances,
    )


def _run_settings(write: InputWriter, facts: Facts) -> None:
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
        write.add(label, value, unit, f"scenario: {path}", fmt=Fmt.SHARE, name=name, check=SHARE)
    if run.headroom.method is HeadroomMethod.DERIVED:
        _headroom(write, run.headroom)
    write.add("Currency", run.currency, "all amounts", "scenario: run.currency")
    _gap_asked(write, facts)


def _headroom(write: InputWriter, headroom: Headroom) -> None:
    write.add("... at most: headroom is derived", headroom.method.value, "sheet Headroom", "scenario: run.headroom")
    limit, place = headroom.wait_limit_ms, "scenario: run.headroom"
    if limit is None:
        share = headroom.wait_limit_share
        write.add("Longest wait for a replica", share, "share of the TTFT limit", place, fmt=Fmt.SHARE)
    else:
        write.add("Longest wait for a replica", limit, "ms", place, fmt=Fmt.QUANTITY)


def _gap_asked(write: InputWriter, facts: Facts) -> None:
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


def _policy(write: InputWriter, facts: Facts) -> None:
    policy = facts.scenario.policy
    write.section("Evidence and capacity")
    for grade in Evidence:
        write.add(
            f"Haircut on goodput that is {grade.value}",
            policy.haircut_share.of(grade),
            "share taken off",
            f"policy.haircut_share.{grade.value}",
            fmt=Fmt.SHARE,
            name=f"Haircut{grade.value.title()}",
            check=SHARE,
        )
    for grade in Evidence:
        write.add(
            f"Latency factor where the percentile is lower, {grade.value}",
            policy.percentile_factor.of(grade),
            "multiple of the latency",
            f"policy.percentile_factor.{grade.value}",
            fmt=Fmt.QUANTITY,
        )
    rows = (
        ("Usable share of accelerator memory", policy.memory_usable_share, "share", "memory_usable_share"),
        ("Most of a workload's month on spot", policy.spot_share_cap, "share of tokens", "spot_share_cap"),
        ("Most capacity in an emergency that is not firm", policy.emergency_share, "share at list", "emergency_share"),
    )
    for label, value, unit, path in rows:
        write.add(label, value, unit, f"policy.{path}", fmt=Fmt.SHARE, check=SHARE)
    for label, nodes, path in (
        ("Stock assumed where it is unknown", policy.unknown_stock_nodes, "unknown_stock_nodes"),
        ("Quota assumed where it is unknown", policy.unknown_quota_nodes, "unknown_quota_nodes"),
    ):
        write.add(label, "none" if nodes is None else nodes, "nodes", f"policy.{path}", fmt=Fmt.WHOLE)


def _caps(write: InputWriter, facts: Facts) -> dict[str, Expr]:
    rules = facts.scenario.policy.concentration
    write.section("Lock-in: the largest share that a group may hold" + ("" if rules else " (no rule stated)"))
    return {
        rule.rule: write.add(
            f"{rule.rule}: {rule.by.value} {'(each)' if rule.group == '*' else rule.group}",
            rule.cap_share,
            f"share of {rule.measure.value} per {rule.window.value}",
            f"policy.concentration[{rule.rule}].cap_share",
            fmt=Fmt.SHARE,
            check=SHARE,
        )
        for rule in rules
    }



def _fixed(write: InputWriter, facts: Facts) -> None:
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
    write_sometimes_fixed(write, facts)
    small = (
        ("Largest difference a check forgives", 0.01, "USD", "the cent", "ToleranceUSD"),
        ("... or as a share of the amount", 1e-9, "share", "binary arithmetic", "ToleranceShare"),
        ("Rounding of one invoice line, at most", 0.005, "USD", "half a cent", "HalfCentUSD"),
        ("Largest difference in nodes or Mtok a check forgives", 1e-6, "share", "solver tolerance", "ToleranceUnits"),
    )
    for label, amount, unit, source, name in small:
        write.add(label, amount, unit, source, name=name, check=AMOUNT)
