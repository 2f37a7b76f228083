"""Calc_Effective: cost of each month's service, straight-line over the hours that a payment buys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.plan import CostLine
from reports.facts import IN_HOUSE, Facts, alone
from reports.formulas import Area, Expr, Where
from reports.functions import ratio, sum_where, total
from reports.layout import Fmt, Kind, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.capacity import HELD, RESERVED, kinds_of
from reports.sheets.charges import kind_of, kinds_paid, part_of
from reports.sheets.not_cash import EMERGENCY, PENALTY, others_not_billed
from reports.sheets.tokens import Tokens
from reports.timeline import GROUP, At, Band, Key, TimeSheet


@dataclass(frozen=True)
class Effective:
    """The sheet and its bands."""

    sheet: Sheet
    by_offering: Band
    alone: Band | None
    """What providers are paid for no single offering; None where there is nothing of the kind."""
    billed_total: Band
    """What providers bill: without migration work; shares of spend are shares of this."""
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
    apart, billed_total, whole = _totals(time, facts, payments, by_offering)
    by_kind = _money(time, "By purchase kind", [Key(k) for k in paid_kinds(facts)], _served(payments, "Purchase kind"))
    kind_total = time.sum_row("All kinds", by_kind, unit="USD", fmt=Fmt.MONEY)
    _money(
        time,
        "Of it paid upfront (the release of prepayments)",
        [Key(k, pool="upfront") for k in (HELD, RESERVED, *_others_upfront(payments))],
        _served(payments, "Purchase kind", part=True),
    )
    time.gap()
    by_provider = _money(
        time,
        "By provider",
        [Key(p) for p in facts.providers],
        lambda _, at: _of_provider(by_offering, apart, at),
    )
    time.sum_row("All providers", by_provider, unit="USD", fmt=Fmt.MONEY)
    nobody_bills = _not_cash(time, not_cash)
    return Effective(
        by_offering=by_offering,
        alone=apart,
        billed_total=billed_total,
        total=whole,
        by_kind=by_kind,
        kind_total=kind_total,
        by_provider=by_provider,
        not_cash=nobody_bills,
        per_mtok=_unit_cost(time, whole, tokens),
        sheet=time.sheet(),
    )


def paid_kinds(facts: Facts) -> tuple[str, ...]:
    """Ways in which something is bought: those of nodes, then all others that are paid."""
    return tuple(dict.fromkeys((*kinds_of(facts), *kinds_paid(facts))))


def _others_upfront(payments: Records[CostLine]) -> list[str]:
    """Kinds other than held and reserved of which something is paid upfront."""
    kinds = {kind_of(row) for row in payments.rows if part_of(row) == "upfront"}
    return sorted(kinds - {HELD, RESERVED})


def _of_provider(by_offering: Band, apart: Band | None, at: At) -> Expr:
    nodes = sum_where(by_offering.month(at.month), Where(by_offering.keys(GROUP), "=", at.item))
    if apart is None:
        return nodes
    return nodes + sum_where(apart.month(at.month), Where(apart.keys(GROUP), "=", at.item))


def _totals(
    time: TimeSheet, facts: Facts, payments: Records[CostLine], by_offering: Band
) -> tuple[Band | None, Band, Band]:
    """What is paid for no offering; the sum that providers bill, and with migration work."""
    if not facts.plan.migrations and not facts.paid_alone:
        nodes = time.sum_row("Effective cost", by_offering, unit="USD", fmt=Fmt.MONEY)
        return None, nodes, nodes
    billed = time.sum_row("Effective cost of nodes", by_offering, unit="USD", fmt=Fmt.MONEY)
    apart = None
    if facts.paid_alone:
        keys = [Key(alone(p), p) for p in facts.paid_alone]
        apart = _money(time, "Paid to providers for no single offering", keys, _served(payments, "Offering"))
        label = "Billed by providers" if facts.plan.migrations else "Effective cost"
        billed = _sum_of(time, label, billed, apart)
    if not facts.plan.migrations:
        return apart, billed, billed
    work = _money(time, "Migration work, billed by no provider", [Key(IN_HOUSE)], _served(payments, "Offering"))
    return apart, billed, _sum_of(time, "Effective cost", billed, work)


def _sum_of(time: TimeSheet, label: str, one: Band, others: Band) -> Band:
    """A total row over a row and a band."""
    time.gap()
    found = time.band(
        "",
        [Key(label)],
        lambda i, at: one.at(i, at.month) + total(others.month(at.month)),
        unit="USD",
        fmt=Fmt.MONEY,
        kind=Kind.TOTAL,
        title_row=False,
    )
    time.gap()
    return found


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
        [Key(PENALTY), Key(EMERGENCY), *(Key(words) for words in others_not_billed(not_cash))],
        lambda _, at: sum_where(
            not_cash.column("Expected USD"),
            Where(nature, "=", at.item),
            Where(not_cash.column("Paid in"), "=", at.day),
        ),
    )
    time.gap()
    return band


def _unit_cost(time: TimeSheet, whole: Band, tokens: Tokens) -> Band:
    return time.band(
        "Effective cost per million accepted output tokens",
        [Key("All workloads")],
        lambda i, at: ratio(whole.at(i, at.month), tokens.total.at(0, at.month)),
        unit="USD/Mtok",
        fmt=Fmt.PRICE,
        row_total=lambda i: ratio(whole.sum(i), tokens.total.sum(0)),
    )
