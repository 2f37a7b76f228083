"""What could be signed, as what it would still owe: every commitment of an outlook in the variables of the model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.calendar import Month
from contracts.courses import renewed_bill
from contracts.outstanding import (
    Delivered,
    Owed,
    exits,
    owed_as_billed,
    owed_for_capital,
    owed_under_take_or_pay,
    owed_with_exits,
)
from contracts.terms.api import provisioned_bill
from contracts.terms.capacity_block import capacity_block_bill
from contracts.terms.held import HeldContract, held_bill
from contracts.terms.owned import Owned, owned_bill
from contracts.terms.reserved import reserved_bill
from contracts.terms.spend_commitment import spend_commitment_bill
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.decisions import Decisions
from optimizer.order_calendar import OrderKey
from optimizer.plan_contracts import Right
from optimizer.problem import Problem
from optimizer.supply import Supply
from scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Signed:
    """One unit (lot, step, block) of a commitment, or what is held (without variable)."""

    provider: str
    variable: Any | None
    counts_from: Month
    """The month of the last day to sign it."""
    owed: Owed


def signed(problem: Problem, decide: Decisions, supply: Supply, outlook: str) -> Iterator[Signed]:
    """Everything that could be signed or is held in an outlook."""
    for held in sorted(problem.scenario.held_contracts, key=lambda row: row.held):
        provider = problem.scenario.catalog.offering[held.offering].provider
        yield Signed(provider, None, problem.months[0], owed_by_held(problem.scenario, held))
    for key in problem.calendar.keys:
        if outlook in problem.calendar.outlooks_of(key):
            terms, promised = problem.ordered[key.contract], problem.months[key.start]
            day = problem.calendar.order_by(key.contract, promised)
            owed = owed_by_lots(problem, key, 1, outlook)
            yield Signed(problem.offering[terms.offering].provider, decide.order_lots[key], Month.of(day), owed)
    for block in problem.dated.keys:
        if outlook in problem.dated.outlooks_of(block.future):
            dated = problem.dated.terms[block.contract]
            counts_from = Month.of(problem.dated.order_by(block.contract))
            owed = owed_as_billed(capacity_block_bill(dated, block.nodes))
            yield Signed(problem.offering[dated.offering].provider, decide.bought[block], counts_from, owed)
    yield from _steps(problem, supply, outlook)
    yield from _renewals(problem, decide, outlook)


def _steps(problem: Problem, supply: Supply, outlook: str) -> Iterator[Signed]:
    """Steps of spend commitments and of provisioned throughput."""
    spend, units = problem.spend, problem.token_offers.orders
    for key in spend.keys:
        if outlook in spend.orders.outlooks_of(key):
            terms, start = spend.terms[key.contract], problem.months[key.start]
            owed = owed_as_billed(spend_commitment_bill(terms, terms.step_usd_per_hour, start))
            day = spend.order_by(key.contract, start)
            yield Signed(terms.provider, supply.ordered[key][1], Month.of(day), owed)
    for key in units.keys:
        if outlook in units.orders.outlooks_of(key):
            unit, start = units.terms[key.contract], problem.months[key.start]
            owed = owed_as_billed(provisioned_bill(unit, unit.step_units, start))
            day, provider = units.order_by(key.contract, start), problem.token_offers.served_by(key.contract).provider
            yield Signed(provider, supply.ordered[key][1], Month.of(day), owed)


def _renewals(problem: Problem, decide: Decisions, outlook: str) -> Iterator[Signed]:
    """What a renewal adds, from the month on in which it is declared."""
    courses = problem.courses
    for key in courses.keys:
        if key.right is Right.RENEW and outlook in courses.outlooks_of(key):
            terms = courses.terms(key.source)
            nodes = 1 if isinstance(terms, HeldContract) else terms.lot_nodes
            end = courses.delivered_end(key.source, outlook)
            day = courses.notice_by(key.source, Right.RENEW, courses.end(key.source))
            provider = problem.offering[terms.offering].provider
            owed = owed_as_billed(renewed_bill(terms, nodes, end, key.renewals))
            yield Signed(provider, decide.course[key], Month.of(day), owed)


def owed_by_held(scenario: Scenario, held: HeldContract) -> Owed:
    """What a held contract owes, from the first month of the horizon on."""
    lines = held_bill(held, scenario.horizon)
    served = Delivered(held.start, held.end)
    left = exits(held, served, scenario.horizon.first, scenario.run.order_date)
    return owed_with_exits(held, held.nodes, lines, served=served, left=left, horizon=scenario.horizon)


def owed_by_lots(problem: Problem, key: OrderKey, lots: int, outlook: str) -> Owed:
    """What an order of so many lots owes in an outlook in which it exists."""
    terms, horizon = problem.ordered[key.contract], problem.scenario.horizon
    start = problem.calendar.delivered(key, outlook)
    nodes = lots * terms.lot_nodes
    if isinstance(terms, TakeOrPay):
        return owed_under_take_or_pay(terms, lots, start, horizon)
    if isinstance(terms, Owned):
        return owed_for_capital(owned_bill(terms, nodes, start))
    promised = problem.months[key.start]
    served = Delivered(promised, promised + terms.term_months, problem.calendar.delay(key, outlook))
    lines = reserved_bill(terms, nodes, start, problem.price_bounds(terms, start, outlook))
    left = exits(terms, served, horizon.first + 1, problem.scenario.run.order_date)
    return owed_with_exits(terms, nodes, lines, served=served, left=left, horizon=horizon)
