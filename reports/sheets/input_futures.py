"""The parts of sheet Inputs that only some plans have: outlooks, budgets, migrations, currencies."""

from __future__ import annotations

from dataclasses import dataclass

from reports.effect_words import effect_words
from reports.facts import ALL_OUTLOOKS, Facts
from reports.forecast_words import makes_outlooks, typed_effects
from reports.formulas import Area, Expr
from reports.layout import Fmt
from reports.sheets.input_writer import AMOUNT, SHARE, InputWriter
from reports.sheets.price_factors import has_moved_prices
from scenarios.migrations import Migration


@dataclass(frozen=True, slots=True)
class MigrationCost:
    """Cells with what a migration costs."""

    engineering: Expr
    upkeep: Expr


def write_budgets(write: InputWriter, facts: Facts) -> dict[str, Expr]:
    """Limits of whole windows, by budget."""
    budgets = facts.scenario.policy.budgets
    if budgets:
        write.section("Budgets: the most cash that may leave in a whole window")
    return {
        row.budget: write.add(
            f"{row.budget}: {row.spending.value} spending, by {row.window.value}",
            row.limit_usd,
            f"USD a {row.window.value}",
            f"policy.budgets[{row.budget}].limit_usd",
            fmt=Fmt.MONEY,
            check=AMOUNT,
        )
        for row in budgets
    }


def write_migrations(write: InputWriter, facts: Facts) -> dict[str, MigrationCost]:
    """What each migration costs, by migration."""
    rows = sorted(facts.scenario.migrations, key=lambda m: m.migration)
    if rows:
        write.section("Migrations: what it costs to bring a model to a stack")
        limit = facts.scenario.policy.migrations_at_once
        path = "policy.migrations_at_once"
        write.add("Migrations under way at once, at most", limit or "no limit", "migrations", path, fmt=Fmt.WHOLE)
    return {row.migration: _migration_cost(write, row) for row in rows}


def _migration_cost(write: InputWriter, row: Migration) -> MigrationCost:
    what = f"{row.migration}: {row.model} to {row.stack}"
    kind = "capitalised" if row.capitalised else "expensed"
    path = f"migrations: {row.migration}"
    return MigrationCost(
        write.add(f"{what}, engineering", row.engineering_usd, f"USD, {kind}", path, fmt=Fmt.MONEY, check=AMOUNT),
        write.add(f"{what}, upkeep", row.upkeep_usd_per_month, "USD a month", path, fmt=Fmt.MONEY, check=AMOUNT),
    )


def write_rates(write: InputWriter, facts: Facts) -> dict[str, Expr]:
    """Dollars for one unit of each currency, by currency."""
    rows = sorted(facts.scenario.exchange_rates, key=lambda row: row.currency)
    if rows:
        write.section("Exchange rates: dated, held flat over the horizon")
    return {
        row.currency: write.add(
            f"1 {row.currency}",
            row.usd_per_unit,
            f"USD, as of {row.as_of}",
            f"exchange_rates: {row.source}",
            fmt=Fmt.FACTOR,
            check=AMOUNT,
        )
        for row in rows
    }


def write_outlooks(write: InputWriter, facts: Facts) -> tuple[Area, Area, dict[str, Expr], Area]:
    """Names and probabilities with the line for all of them; each probability; those of the outlooks alone."""
    write.section("Outlooks: possible futures and their probability")
    if facts.scenario.run.reveal_month is not None:
        day = facts.scenario.run.reveal_month.first_day
        write.add("Day from which the outlook is known", day, "day", "scenario: run.reveal_month", fmt=Fmt.DATE)
    if makes_outlooks(facts.scenario):
        rule = facts.scenario.run.quantile_rule.value
        write.add("Chances of P10, P50 and P90 of forecasts", rule, "per cent", "scenario: run.quantile_rule")
    rows = facts.scenario.outlooks
    first = write.row + 1
    chance = {
        row.outlook: write.add(
            row.outlook,
            row.probability,
            "probability",
            row.description or "scenario: outlooks",
            fmt=Fmt.SHARE,
            check=SHARE,
        )
        for row in rows
    }
    write.add(ALL_OUTLOOKS, 1, "probability", "decided before the outlook is known", fmt=Fmt.SHARE)
    last, area = first + len(rows), write.grid.area
    return area((first, 0), (last, 0)), area((first, 1), (last, 1)), chance, area((first, 1), (last - 1, 1))


def write_effects(write: InputWriter, facts: Facts) -> None:
    """What is typed of each outlook; one that is as in the tables has no line."""
    rows = typed_effects(facts.scenario)
    if rows:
        write.section("What is different in an outlook (a line holds until the next of the same effect and name)")
    for row in rows:
        what, unit = effect_words(row)
        since = f" from {row.first_month}" if row.first_month else ""
        write.add(f"{row.outlook}: {what}{since}", row.value, unit, "outlook_effects.csv")


def write_sometimes_fixed(write: InputWriter, facts: Facts) -> None:
    """Figures that only some plans need."""
    if facts.scenario.policy.budgets or facts.scenario.policy.carbon:
        write.add("Months in a quarter", 3, "months", "calendar", fmt=Fmt.WHOLE, name="MonthsPerQuarter")
    if has_moved_prices(facts):
        label = "Decimals of a price that moves in an outlook"
        write.add(label, 6, "decimals", "docs/decisions/0008", fmt=Fmt.WHOLE, name="PriceDecimals")
