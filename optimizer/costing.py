"""Decisions -> cost lines, by the exact bills of the contracts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal

from contracts.calendar import Month, months_between
from contracts.courses import Commitment, plain_course, renewed_bill, swapped_bill, termination_bill
from contracts.money import EXACT, exact
from contracts.terms.agreement import charge_of
from contracts.terms.api import provisioned_bill
from contracts.terms.api import usage_bill as api_bill
from contracts.terms.capacity_block import capacity_block_bill
from contracts.terms.common import BillLine, Nature
from contracts.terms.held import held_bill
from contracts.terms.on_demand import on_demand_bill
from contracts.terms.owned import Owned
from contracts.terms.spend_commitment import covered_bill, spend_commitment_bill
from contracts.terms.split import transfer_bill
from contracts.terms.spot import spot_bill
from contracts.terms.take_or_pay import TakeOrPay, obligation_bill, settlement_line, usage_bill
from contracts.terms.volume import volume_bill
from optimizer.crediting import Invoice, agreed_lines
from optimizer.emergencies import expected_uses
from optimizer.extract import Extracted
from optimizer.extract_footprint import carbon_bills
from optimizer.migration_calendar import BeginKey
from optimizer.nodes_there import order_key
from optimizer.order_bills import OrderBill, month_outlooks, owned_bills, reserved_bills
from optimizer.order_calendar import ALL_FUTURES, OrderKey
from optimizer.order_values import order_payee, signed_terms
from optimizer.plan import CostLine, Order
from optimizer.plan_contracts import Right, RightUsed
from optimizer.problem import Problem
from optimizer.settling import settled_orders
from optimizer.tokens_bought import bought_mtok
from optimizer.transfers import moved_gb
from scenarios.migrations import engineering_bill, upkeep_bill

IN_HOUSE = "in-house"
"""Payee of migration work."""
SECONDS_PER_HOUR = 3600
TOKENS_PER_MTOK = 1_000_000


Unit = Literal["node_hour", "mtok", "usd", "month", "lot", "node", "node_month", "kwh", "unit_hour", "gb", "t_co2e"]
_UNITS: dict[Nature, Unit] = {
    Nature.OWNED_CAPEX: "node",
    Nature.OWNED_RESIDUAL: "node",
    Nature.OWNED_UPKEEP: "node_month",
    Nature.OWNED_POWER: "kwh",
}


@dataclass(frozen=True)
class _Draft:
    """A bill line and whom it concerns, not yet numbered."""

    bill: BillLine
    payee: str
    source: str
    offering: str | None = None
    outlook: str | None = None
    order: str | None = None
    unit: Unit = "node_hour"


def cost_lines(problem: Problem, decided: Extracted) -> tuple[CostLine, ...]:
    """Every line of cost: what is held, ordered, used, committed and served by the token, and what is agreed on it."""
    emergencies = tuple(_emergencies(problem, decided))  # quotients: more digits would not make them exact
    with localcontext(EXACT):
        drafts = [
            *_held(problem, decided),
            *_orders(problem, decided),
            *_usage(problem, decided),
            *_volume(problem, decided),
            *_take_or_pay(problem, decided),
            *_committed_spend(problem, decided),
            *_covered(problem, decided),
            *_tokens(problem, decided),
            *_provisioned(problem, decided),
            *_transfers(problem, decided),
            *_migrations(problem, decided),
            *emergencies,
            *_shortfalls(problem, decided),
            *_stability(problem, decided),
            *_carbon(problem, decided),
        ]
        drafts += _agreed(problem, decided, drafts)
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


def _held(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    catalog, horizon = problem.scenario.catalog, problem.scenario.horizon
    for held in sorted(problem.scenario.held_contracts, key=lambda h: h.held):
        payee = catalog.offering[held.offering].provider
        used = [row for row in decided.rights if row.held == held.held]
        for outlook in problem.outlooks if any(row.outlook for row in used) else (None,):
            taken = _taken_in(used, outlook)
            for bill in plain_course(held_bill(held, horizon), _left(taken, held.end)):
                yield _Draft(bill, payee, held.held, held.offering, outlook)
            for bill, offering in _course_lines(problem, held, taken, held.end):
                yield _Draft(bill, payee, held.held, offering, outlook)


def _orders(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    """What is owed for an order as such: once, or in each outlook where it can be late."""
    for order in decided.orders:
        payee = problem.offering[order.offering].provider
        used = [row for row in decided.rights if row.order == order.order]
        apart = order.outlook is None and any(row.outlook for row in used)
        for outlook, lines in _order_bills(problem, order, apart=apart):
            taken = _taken_in(used, outlook)
            left = _left(taken, _delivered_end(problem, order, outlook)) if taken else {}
            for bill in plain_course(lines, left):
                unit = _unit(problem, order.contract, bill)
                yield _Draft(bill, payee, order.contract, order.offering, outlook, order.order, unit)
        for outlook in month_outlooks(problem, order_key(problem, order), apart=apart) if used else ():
            end = _delivered_end(problem, order, outlook)
            for bill, offering in _course_lines(
                problem, problem.reserved[order.contract], _taken_in(used, outlook), end
            ):
                yield _Draft(bill, payee, order.contract, offering, outlook, order.order)


def _delivered_end(problem: Problem, order: Order, outlook: str | None) -> Month:
    key = order_key(problem, order)
    return order.end + problem.calendar.delay(key, outlook or problem.calendar.outlooks_of(key)[0])


def _taken_in(used: Iterable[RightUsed], outlook: str | None) -> list[RightUsed]:
    """The rights that are used in an outlook; all of them where the bill is one for all outlooks."""
    return [row for row in used if outlook is None or row.outlook in (None, outlook)]


def _left(taken: Iterable[RightUsed], end: Month) -> dict[Month, int]:
    """Nodes that would serve a month by their plain term and have left."""
    left: dict[Month, int] = defaultdict(int)
    for used in taken:
        if used.right is not Right.RENEW:
            for month in months_between(used.month, end):
                left[month] += used.nodes
    return left


def _course_lines(
    problem: Problem, terms: Commitment, taken: Iterable[RightUsed], end: Month
) -> Iterator[tuple[BillLine, str]]:
    """What the rights used add to a bill, and the offering that serves."""
    for used in taken:
        if used.right is Right.TERMINATE:
            lines = termination_bill(terms, used.nodes, used.month, end, problem.scenario.horizon)
        elif used.right is Right.SWAP:
            lines = swapped_bill(terms, used.to_nodes, used.month, end)
        else:
            lines = renewed_bill(terms, used.nodes, end, used.renewals)
        yield from ((line, used.to_offering or terms.offering) for line in lines)


def _order_bills(problem: Problem, order: Order, *, apart: bool) -> Iterator[OrderBill]:
    if order.contract in problem.dated.terms:
        yield OrderBill(order.outlook, capacity_block_bill(problem.dated.terms[order.contract], order.nodes))
        return
    key, terms = order_key(problem, order), problem.ordered[order.contract]
    if isinstance(terms, Owned):
        yield from owned_bills(problem, key, order.nodes)
    elif isinstance(terms, TakeOrPay):
        yield from _obligations(problem, order, key, terms)
    else:
        yield from reserved_bills(problem, key, order.nodes, apart=apart)


def _obligations(problem: Problem, order: Order, key: OrderKey, terms: TakeOrPay) -> Iterator[OrderBill]:
    for outlook in problem.billed_outlooks(key):
        start = problem.calendar.delivered(key, outlook or problem.calendar.outlooks_of(key)[0])
        lots = order.nodes // terms.lot_nodes
        yield OrderBill(outlook, obligation_bill(terms, lots, start, problem.scenario.horizon))


def _unit(problem: Problem, contract: str, bill: BillLine) -> Unit:
    terms = problem.take_or_pay.get(contract)
    return _UNITS.get(bill.nature, "node_hour") if terms is None else terms.unit


def _usage(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    used: dict[tuple[str, str], dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for usage in decided.usages:
        if usage.order is None and usage.contract not in problem.volume:
            hours = problem.hours[problem.scenario.horizon.index(usage.month), usage.block]
            used[usage.outlook, usage.contract][usage.month] += exact(usage.nodes) * hours
    for (outlook, contract), node_hours in sorted(used.items()):
        for month, hours_used in sorted(node_hours.items()):
            t = problem.scenario.horizon.index(month)
            offering, bills = _usage_bill(problem, contract, (t, outlook), {month: hours_used})
            for bill in bills:
                yield _Draft(bill, problem.offering[offering].provider, contract, offering, outlook)


def _volume(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    """What is bought under volume tiers in each window."""
    for row in decided.volume:
        terms = problem.volume[row.contract]
        window = next(w for w in problem.scenario.volume_windows[row.contract] if w.first == row.first)
        payee = problem.offering[terms.offering].provider
        for bill in volume_bill(terms, window, row.bought_node_hours):
            yield _Draft(bill, payee, row.contract, terms.offering, row.outlook)


def _usage_bill(
    problem: Problem, contract: str, moment: tuple[int, str], node_hours: dict[Month, Decimal]
) -> tuple[str, tuple[BillLine, ...]]:
    """The offering, and the bill at the price of a month in an outlook."""
    if contract in problem.on_demand:
        on_demand = problem.on_demand_in[contract, *moment]
        return on_demand.offering, on_demand_bill(on_demand, node_hours)
    spot = problem.spot_in[contract, *moment]
    return spot.offering, spot_bill(spot, node_hours)


def _take_or_pay(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    """Use of every take-or-pay order, and what settles its windows, in each outlook in which it is there."""
    for row in settled_orders(problem, decided):
        terms, order = row.terms, row.order
        payee = problem.offering[terms.offering].provider
        lines: list[tuple[BillLine, Unit]] = [
            (bill, "node_hour") for bill in usage_bill(terms, row.start, row.used_node_hours)
        ]
        for window in row.settlements:
            for nature, units in (
                (Nature.TAKE_OR_PAY_TRUE_UP, window.true_up),
                (Nature.TAKE_OR_PAY_MAKE_UP, window.made_up),
            ):
                if units:
                    lines.append((settlement_line(terms, window.window, nature, units), terms.unit))
        for bill, unit in lines:
            yield _Draft(bill, payee, order.contract, order.offering, row.outlook, order.order, unit)


def _committed_spend(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    for row in decided.committed_spend:
        terms = problem.spend.terms[row.contract]
        for bill in spend_commitment_bill(terms, row.usd_per_hour, row.start):
            yield _Draft(bill, terms.provider, row.contract, outlook=row.outlook, order=row.order, unit="usd")


def _covered(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    """Use that commitments pay for is taken off at its on-demand price, which stands in its own line."""
    covered: dict[tuple[str, str, str], dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in decided.coverage:
        hours = problem.hours[problem.scenario.horizon.index(row.month), row.block]
        covered[row.outlook, row.contract, row.covers][row.month] += exact(row.nodes) * hours
    for (outlook, contract, covers), node_hours in sorted(covered.items()):
        for month, hours_covered in sorted(node_hours.items()):
            terms = problem.on_demand_in[covers, problem.scenario.horizon.index(month), outlook]
            payee = problem.offering[terms.offering].provider
            for bill in covered_bill(terms, {month: hours_covered}):
                yield _Draft(bill, payee, contract, terms.offering, outlook)


def _tokens(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    """Uncached input, cached input and output of every API, month and outlook."""
    for (api, outlook, month), mtok in bought_mtok(problem, decided).items():
        offer = problem.token_offers.offer[api]
        for bill in api_bill(offer, month, mtok):
            yield _Draft(bill, offer.provider, api, outlook=outlook, unit="mtok")


def _provisioned(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    for order in decided.provisioned:
        payee = problem.token_offers.served_by(order.contract).provider
        for bill in provisioned_bill(problem.token_offers.provisioned[order.contract], order.units, order.start):
            yield _Draft(bill, payee, order.contract, outlook=order.outlook, order=order.order, unit="unit_hour")


def _transfers(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    """The cache that each split moves in a month and outlook; the sender pays."""
    for (name, outlook, month), gb in moved_gb(problem, decided.split_placements).items():
        split = problem.splits.split[name]
        payee = problem.offering[split.prefill_offering].provider
        for bill in transfer_bill(split, month, gb):
            yield _Draft(bill, payee, name, split.prefill_offering, outlook, unit="gb")


def _migrations(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    for begun in decided.migrations:
        migration = problem.migrations.migration[begun.migration]
        key = BeginKey(begun.migration, problem.scenario.horizon.index(begun.start), begun.outlook or ALL_FUTURES)
        for bill in engineering_bill(migration, begun.start):
            yield _Draft(bill, IN_HOUSE, begun.migration, outlook=begun.outlook, unit="month")
        for outlook in problem.migrations.upkeep_outlooks(key):
            for bill in upkeep_bill(migration, begun.gate, problem.scenario.horizon.end):
                yield _Draft(bill, IN_HOUSE, begun.migration, outlook=outlook, unit="month")


def _emergencies(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    for use in expected_uses(problem, decided):
        unit: Unit = "node_hour" if use.offering else "mtok"
        yield _Draft(use.bill, use.payee, use.contingency, use.offering, use.outlook, unit=unit)


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


def _stability(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    """What the policy counts for every order that is not as approved."""
    stability, first = problem.scenario.policy.stability, problem.scenario.horizon.first
    if stability is None or not stability.price_per_changed_usd:
        return
    terms = signed_terms(problem.scenario)
    for change in decided.changes_of_orders:
        if change.changed_usd:
            price = stability.price_per_changed_usd
            bill = BillLine(Nature.STABILITY_PRICE, first, first, first + 1, change.changed_usd, price)
            payee = order_payee(problem.scenario, terms[change.contract])
            yield _Draft(bill, payee.provider, change.contract, payee.offering, unit="usd")


def _carbon(problem: Problem, decided: Extracted) -> Iterator[_Draft]:
    for row in carbon_bills(problem, decided):
        payee = problem.offering[row.offering].provider
        yield _Draft(row.bill, payee, row.offering, row.offering, row.outlook, unit="t_co2e")


def _agreed(problem: Problem, decided: Extracted, drafts: Sequence[_Draft]) -> Iterator[_Draft]:
    """What agreements and credits make of the other lines, which come first."""
    if not (decided.agreements or decided.credits):
        return
    charged: dict[Invoice, Decimal] = defaultdict(Decimal)
    for draft in drafts:
        kind = charge_of(draft.bill.nature, is_held=draft.order is None)
        if kind is not None:
            for outlook in problem.outlooks if draft.outlook is None else (draft.outlook,):
                charged[Invoice(draft.payee, kind, draft.bill.paid_month, outlook)] += draft.bill.amount_usd
    for row in agreed_lines(problem, decided, charged):
        unit: Unit = "lot" if row.bill.nature is Nature.CREDIT_PURCHASE else "usd"
        yield _Draft(row.bill, row.provider, row.source, outlook=row.outlook, unit=unit)
