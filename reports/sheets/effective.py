"""Calc_Effective: cost of each month's service, straight-line over the hours that a payment buys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.plan import CostLine
from reports.facts import IN_HOUSE, Facts
from reports.formulas import Area, Expr, Where
from reports.functions import ratio, sum_where
from reports.layout import Fmt, Kind, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.capacity import HELD, RESERVED, kinds_of
from reports.sheets.charges import MIGRATION
from reports.sheets.not_cash import EMERGENCY, PENALTY
from reports.sheets.tokens import Tokens
from reports.timeline import GROUP, At, Band, Key, TimeSheet


@dataclass(frozen=True)
class Effective:
    """The sheet and its bands."""

    sheet: Sheet
    by_offering: Band
    nodes_total: Band
    """Without migration work; shares of spend are shares of this."""
    total: Band
    by_kind: Band
    kind_total: Band
    by_provider: Band
    not_cash: Band
    per_mtok: Band


def effective_sheet(
    facts: Facts,
    calendar: Calendar,
    payments: Records[CostLine],
    not_cash: Records[CostLine],
    tokens: Tokens,
) -> Effective:
    """By offering, purchase kind and provider; then what nobody bills; then the unit cost."""
    time = TimeSheet("Calc_Effective", facts.months)
    time.open(
        (
            "Effective cost: what each month's service costs",
            "A payment is spread straight-line, hour by hour, over the service it buys; the part after the horizon"
            " is not in these months.",
        ),
        keys=("Item", "Provider", "Part", "Block"),
        calendar=calendar.time,
    )
    by_offering = _money(
        time, "By offering", [Key(o, facts.provider(o)) for o in facts.in_plan], _served(payments, "Offering")
    )
    nodes_total, total = _totals(time, facts, payments, by_offering)
    by_kind = _money(time, "By purchase kind", [Key(k) for k in paid_kinds(facts)], _served(payments, "Purchase kind"))
    kind_total = time.sum_row("All kinds", by_kind, unit="USD", fmt=Fmt.MONEY)
    _money(
        time,
        "Of it paid upfront (the release of prepayments)",
        [Key(k, pool="upfront") for k in (HELD, RESERVED)],
        _served(payments, "Purchase kind", part=True),
    )
    time.gap()
    by_provider = _money(
        time,
        "By provider",
        [Key(p) for p in facts.providers],
        lambda _, at: sum_where(by_offering.month(at.month), Where(by_offering.keys(GROUP), "=", at.item)),
    )
    time.sum_row("All providers", by_provider, unit="USD", fmt=Fmt.MONEY)
    nobody_bills = _not_cash(time, not_cash)
    return Effective(
        by_offering=by_offering,
        nodes_total=nodes_total,
        total=total,
        by_kind=by_kind,
        kind_total=kind_total,
        by_provider=by_provider,
        not_cash=nobody_bills,
        per_mtok=_unit_cost(time, total, tokens),
        sheet=time.sheet(),
    )


def paid_kinds(facts: Facts) -> tuple[str, ...]:
    """Ways in which something is bought, migration work included where there is some."""
    return (*kinds_of(facts), *([MIGRATION] if facts.plan.migrations else []))


def _totals(time: TimeSheet, facts: Facts, payments: Records[CostLine], by_offering: Band) -> tuple[Band, Band]:
    """The sum over offerings, and with migration work; one and the same where there is none."""
    if not facts.plan.migrations:
        total = time.sum_row("Effective cost", by_offering, unit="USD", fmt=Fmt.MONEY)
        return total, total
    nodes = time.sum_row("Effective cost of nodes", by_offering, unit="USD", fmt=Fmt.MONEY)
    work = _money(time, "Migration work, billed by no provider", [Key(IN_HOUSE)], _served(payments, "Offering"))
    time.gap()
    total = time.band(
        "",
        [Key("Effective cost")],
        lambda i, at: nodes.at(i, at.month) + work.at(i, at.month),
        unit="USD",
        fmt=Fmt.MONEY,
        kind=Kind.TOTAL,
        title_row=False,
    )
    time.gap()
    return nodes, total


def _money(time: TimeSheet, title: str, keys: list[Key], fill: Callable[[int, At], Expr]) -> Band:
    return time.band(title, keys, fill, unit="USD", fmt=Fmt.MONEY)


def _served(payments: Records[CostLine], key: str, *, part: bool = False) -> Callable[[int, At], Expr]:
    """Hours of the month x what an hour of the service that runs in it costs."""

    def cost(_: int, at: At) -> Expr:
        more = (Where(payments.column("Part"), "=", at.pool),) if part else ()
        running = sum_where(
            payments.column("USD per service hour"),
            Where(payments.column(key), "=", at.item),
            *more,
            Where(payments.column("Service from"), "<=", at.day),
            Where(payments.column("Service until"), ">", at.day),
        )
        return at.hours * running

    return cost


def _not_cash(time: TimeSheet, not_cash: Records[CostLine]) -> Band:
    nature: Area = not_cash.column("Nature")
    band = _money(
        time,
        "Not billed by anybody, not in the cost above",
        [Key(PENALTY), Key(EMERGENCY)],
        lambda _, at: sum_where(
            not_cash.column("Expected USD"),
            Where(nature, "=", at.item),
            Where(not_cash.column("Paid in"), "=", at.day),
        ),
    )
    time.gap()
    return band


def _unit_cost(time: TimeSheet, total: Band, tokens: Tokens) -> Band:
    return time.band(
        "Effective cost per million accepted output tokens",
        [Key("All workloads")],
        lambda i, at: ratio(total.at(i, at.month), tokens.total.at(0, at.month)),
        unit="USD/Mtok",
        fmt=Fmt.PRICE,
        row_total=lambda i: ratio(total.sum(i), tokens.total.sum(0)),
    )
