"""Outlooks, migrations and the worth of knowing on the screen."""

from collections.abc import Iterator
from decimal import Decimal

from optimizer.futures import Futures
from optimizer.plan import Bracketed, MigrationStart, Plan
from reports.console_tables import wrapped
from reports.money_text import close_usd, usd

INDENT = "  "


def outlook_words(plan: Plan) -> str:
    """How many outlooks there are, how likely, and when it shows which one has come."""
    rows = plan.scenario.outlooks
    named = ", ".join(f"{row.outlook} {row.probability:.0%}" for row in rows)
    reveal = plan.scenario.run.reveal_month
    known = f"known from {reveal} on" if reveal else "no month is stated in which it shows"
    return f"{len(rows)} ({named}), {known}; amounts are expected values over them"


def cost_range(plan: Plan) -> str:
    """The effective cost in the cheapest and in the dearest outlook."""
    costs = sorted((row.totals.effective_usd, row.outlook) for row in plan.by_outlook)
    (least, cheap), (most, dear) = costs[0], costs[-1]
    return f"{usd(least)} ({cheap}) to {usd(most)} ({dear})"


def migration_lines(plan: Plan, width: int) -> Iterator[str]:
    """Work to begin, with its gate; and what was offered and is not begun."""
    offered = sorted(row.migration for row in plan.scenario.migrations)
    if not offered:
        return
    yield ""
    yield "Migrations to begin"
    for begun in sorted(plan.migrations, key=lambda m: (m.start, m.migration, m.outlook or "")):
        yield from wrapped(_migration_words(plan, begun), width, first=INDENT, rest=INDENT * 2)
    rest = [name for name in offered if name not in {m.migration for m in plan.migrations}]
    if rest:
        text = f"not begun: {', '.join(rest)}" if plan.migrations else f"none of {', '.join(rest)}"
        yield from wrapped(text, width, first=INDENT, rest=INDENT * 2)


def _migration_words(plan: Plan, begun: MigrationStart) -> str:
    terms = next(row for row in plan.scenario.migrations if row.migration == begun.migration)
    kind = "capitalised" if terms.capitalised else "expensed"
    single = len(plan.scenario.outlooks) == 1
    only_if = "" if begun.outlook is None or single else f"ONLY IF {begun.outlook} comes: "
    among = [row.outlook for row in plan.scenario.outlooks if begun.outlook in (None, row.outlook)]
    futures = Futures(plan.scenario)
    failing = [name for name in among if not futures.passes(begun.migration, name)]
    fails = f", fails its gate in {', '.join(failing)}" if failing else ""
    what = f"{only_if}{begun.migration}: {begun.model} to {begun.stack}"
    return (
        f"{what}, work from {begun.start}, gate {begun.gate}{fails};"
        f" {usd(terms.engineering_usd)} {kind}, upkeep {usd(terms.upkeep_usd_per_month)} a month"
    )


def knowing_lines(plan: Plan, width: int) -> Iterator[str]:
    """What it is worth to know the outlook, and to plan for all of them: as found and as proven."""
    knowing = plan.knowing
    if knowing is None:
        return
    yield ""
    yield "What knowing is worth"
    known = f"to know the outlook before signing {_worth(knowing.perfect_information)}"
    yield from wrapped(known, width, first=INDENT, rest=INDENT * 2)
    solution = knowing.stochastic_solution
    if solution is None:
        planned = f"planning for the mean of the outlooks is no alternative: {knowing.note}"
    else:
        planned = f"to plan for all outlooks, not for their mean, {_worth(solution)}"
    yield from wrapped(planned, width, first=INDENT, rest=INDENT * 2)


def _worth(value: Bracketed) -> str:
    """A saving between its proven bounds; below half a dollar it is nothing."""
    most, least = max(0.0, value.at_most_usd), max(0.0, value.at_least_usd)
    if most < 0.5:
        return "saves nothing, and that is proven"
    if least < 0.5:
        return f"saves at most {close_usd(most)}; that it saves anything is not proven"
    if most - least < 0.5:
        return f"saves {close_usd(value.usd)}, and that is proven"
    found = max(0.0, value.usd)
    return f"saves {close_usd(found)} as found, proven between {close_usd(least)} and {close_usd(most)}"


def capex_words(plan: Plan) -> str:
    """The part of the cash that is capital expenditure; empty where there is none."""
    capex: Decimal = plan.totals.capex_usd
    return f"; of it capital expenditure {usd(capex)}" if capex else ""
