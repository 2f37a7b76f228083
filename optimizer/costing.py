"""Decisions -> cost lines and totals, by the exact bills of the contracts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal

from contracts.calendar import Month
from contracts.money import EXACT, to_cents
from contracts.terms.common import BillLine, Nature
from contracts.terms.held import held_bill
from contracts.terms.on_demand import OnDemand, on_demand_bill
from contracts.terms.reserved import reserved_bill
from contracts.terms.spot import Spot, spot_bill
from optimizer.extract import Extracted
from optimizer.plan import CostLine, Totals
from optimizer.problem import Problem

SECONDS_PER_HOUR = 3600
TOKENS_PER_MTOK = 1_000_000


@dataclass(frozen=True)
class _Draft:
    """A bill line and whom it concerns, not yet numbered."""

    bill: BillLine
    payee: str
    source: str
    offering: str | None = None
    outlook: str | None = None
    order: str | None = None
    unit: Literal["node_hour", "mtok"] = "node_hour"


def exact(value: float) -> Decimal:
    """The shortest decimal that reads back as the float: what plan.json shows."""
    return Decimal(repr(value))


def cost_lines(problem: Problem, decided: Extracted) -> tuple[CostLine, ...]:
    """Every line of cost, numbered in the order held, orders, usage, emergencies, shortfalls."""
    emergencies = tuple(_emergencies(problem, decided))  # quotients: more digits would not make them exact
    with localcontext(EXACT):
        drafts = [
            *_held(problem),
            *_orders(problem, decided),
            *_usage(problem, decided),
            *emergencies,
            *_shortfalls(problem, decided),
        ]
        return tuple(_numbered(number, draft) for number, draft in enumerate(drafts, start=1))


def _numbered(number: int, draft: _Draft) -> CostLine:
    return CostLine(
        line=f"L{number:05d}",
        nature=draft.bill.nature,
        outlook=draft.outlook,
        payee=draft.payee,
        offering=draft.offering,
        source=draft.source,
        order=draft.order,
        paid_month=draft.bill.paid_month,
        service_first=draft.bill.service_first,
        service_end=draft.bill.service_end,
        quantity=draft.bill.quantity,
        unit=draft.unit,
        unit_price_usd=draft.bill.unit_price_usd,
        amount_usd=draft.bill.amount_usd,
    )


def _held(problem: Problem) -> Iterator[_Draft]:
    catalog, horizon = problem.scenario.catalog, problem.scenario.horizon
    for held in sorted(problem.scenario.held_contracts, key=lambda h: h.held):
        for bill in held_bill(held, horizon):
            yield _Draft(bill, catalog.offering[held.offering].provider, held.held, held.offering)


def _orders(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    for order in decided.orders:
        payee = problem.offering[order.offering].provider
        for bill in reserved_bill(problem.reserved[order.contract], order.nodes, order.start):
            yield _Draft(bill, payee, order.contract, order.offering, order=order.order)


def _usage(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    used: dict[tuple[str, str], dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for usage in decided.usages:
        hours = problem.hours[problem.scenario.horizon.index(usage.month), usage.block]
        used[usage.outlook, usage.contract][usage.month] += exact(usage.nodes) * hours
    for (outlook, contract), node_hours in sorted(used.items()):
        terms: OnDemand | Spot = problem.on_demand.get(contract) or problem.spot[contract]
        bills = on_demand_bill(terms, node_hours) if isinstance(terms, OnDemand) else spot_bill(terms, node_hours)
        payee = problem.offering[terms.offering].provider
        for bill in bills:
            yield _Draft(bill, payee, contract, terms.offering, outlook)


def _emergencies(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    rented: dict[tuple[str, str, str], dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for case in decided.contingencies:
        event = problem.contingencies[case.contingency]
        t = problem.scenario.horizon.index(case.month)
        checked = sum(problem.hours[t, b] for b in problem.checked_blocks(event))
        expected = exact(event.probability_per_year) / 12 * exact(event.duration_hours)
        part = expected * problem.hours[t, case.block] / checked
        for use in case.emergency:
            if use.on_demand_nodes and part:
                rented[case.outlook, case.contingency, use.offering][case.month] += exact(use.on_demand_nodes) * part
    for (outlook, contingency, offering), hours in sorted(rented.items()):
        price = problem.emergency_price(problem.contingencies[contingency], offering)
        for month, quantity in sorted(hours.items()):
            bill = BillLine(
                nature=Nature.EMERGENCY_EXPECTED,
                paid_month=month,
                service_first=month,
                service_end=month + 1,
                quantity=quantity,
                unit_price_usd=price,
            )
            yield _Draft(bill, problem.offering[offering].provider, contingency, offering, outlook)


def _shortfalls(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    missed: dict[tuple[str, str], dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in decided.shortfalls:
        hours = problem.hours[problem.scenario.horizon.index(row.month), row.block]
        mtok = exact(row.accepted_tok_per_s) * hours * SECONDS_PER_HOUR / TOKENS_PER_MTOK
        missed[row.outlook, row.workload][row.month] += mtok
    for (outlook, workload), months in sorted(missed.items()):
        for month, mtok in sorted(months.items()):
            bill = BillLine(
                nature=Nature.SHORTFALL_PENALTY,
                paid_month=month,
                service_first=month,
                service_end=month + 1,
                quantity=mtok,
                unit_price_usd=problem.workload[workload].shortfall_price_usd_per_mtok,
            )
            yield _Draft(bill, workload, workload, outlook=outlook, unit="mtok")


def totals(problem: Problem, decided: Extracted, lines: Iterable[CostLine]) -> Totals:
    """Expected sums over the lines and the placements (docs/decisions/0003)."""
    valuation, horizon = problem.scenario.valuation, problem.scenario.horizon
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        weight = exact(problem.probability[line.outlook]) if line.outlook else Decimal(1)
        payment = BillLine.payment(_as_bill(line), line.amount_usd)
        inside = valuation.horizon_share(payment)
        sums["objective"] += weight * valuation.objective_usd(payment)
        if line.nature.is_cash:
            sums["effective"] += weight * line.amount_usd * inside
            sums["beyond"] += weight * line.amount_usd * valuation.tail_share(payment)
            sums["cash"] += weight * line.amount_usd * (line.paid_month in horizon)
        else:
            sums[line.nature.value] += weight * line.amount_usd
    served = _served_mtok(problem, decided)
    return Totals(
        objective_usd=to_cents(sums["objective"]),
        effective_usd=to_cents(sums["effective"]),
        cash_usd=to_cents(sums["cash"]),
        beyond_horizon_usd=to_cents(sums["beyond"]),
        shortfall_penalty_usd=to_cents(sums[Nature.SHORTFALL_PENALTY.value]),
        emergency_expected_usd=to_cents(sums[Nature.EMERGENCY_EXPECTED.value]),
        list_usd=to_cents(_at_list(problem, decided)),
        served_mtok=served,
        usd_per_mtok=(sums["effective"] / served).quantize(Decimal("0.000001")) if served else None,
    )


def _as_bill(line: CostLine) -> BillLine:
    return BillLine(
        nature=line.nature,
        paid_month=line.paid_month,
        service_first=line.service_first,
        service_end=line.service_end,
        quantity=line.quantity,
        unit_price_usd=line.unit_price_usd,
    )


def _served_mtok(problem: Problem, decided: Extracted) -> Decimal:
    total = Decimal(0)
    for p in decided.placements:
        hours = problem.hours[problem.scenario.horizon.index(p.month), p.block]
        total += exact(problem.probability[p.outlook]) * exact(p.accepted_tok_per_s) * hours
    return (total * SECONDS_PER_HOUR / TOKENS_PER_MTOK).quantize(Decimal("0.000001"))


def _at_list(problem: Problem, decided: Extracted) -> Decimal:
    total = Decimal(0)
    for p in decided.placements:
        hours = problem.hours[problem.scenario.horizon.index(p.month), p.block]
        price = problem.offering[p.offering].list_price_usd_per_node_hour
        total += exact(problem.probability[p.outlook]) * exact(p.nodes) * hours * price
    return total
