"""What events are expected to cost: on-demand nodes and tokens of APIs, by their probability (decisions 0004, 0036)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from contracts.calendar import Month
from contracts.money import exact
from contracts.terms.api import NO_TOKENS, GrossTokens, emergency_bill
from contracts.terms.common import BillLine, Nature
from optimizer.extract import Extracted
from optimizer.keys import ClassKey
from optimizer.plan import ContingencyCase
from optimizer.problem import Problem

SECONDS_PER_HOUR = 3600
TOKENS_PER_MTOK = 1_000_000


@dataclass(frozen=True)
class ExpectedUse:
    """A bill that nobody sends, and what it is for."""

    bill: BillLine
    payee: str
    contingency: str
    outlook: str
    offering: str | None
    """None for tokens."""


def expected_uses(problem: Problem, decided: Extracted) -> Iterator[ExpectedUse]:
    """Nodes, then tokens, by outlook, contingency, offering or API, and month."""
    yield from _nodes(problem, decided)
    yield from _tokens(problem, decided)


def _hours(problem: Problem, case: ContingencyCase) -> Decimal:
    """Expected hours of an event that fall into the block of a case."""
    event, t = problem.contingencies[case.contingency], problem.scenario.horizon.index(case.month)
    expected = exact(event.probability_per_year) / 12 * exact(event.duration_hours)
    return expected * problem.hours[t, case.block] / problem.events.checked_hours(event, t)


def _nodes(problem: Problem, decided: Extracted) -> Iterator[ExpectedUse]:
    rented: dict[tuple[str, str, str, Month], Decimal] = defaultdict(Decimal)
    for case in decided.contingencies:
        part = _hours(problem, case)
        for use in case.emergency:
            if use.on_demand_nodes and part:
                place = case.outlook, case.contingency, use.offering, case.month
                rented[place] += exact(use.on_demand_nodes) * part
    for (outlook, contingency, offering, month), quantity in sorted(rented.items()):
        t = problem.scenario.horizon.index(month)
        bill = BillLine(
            nature=Nature.EMERGENCY_EXPECTED,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=quantity,
            unit_price_usd=problem.emergency_price(problem.contingencies[contingency], offering, t, outlook),
        )
        yield ExpectedUse(bill, problem.offering[offering].provider, contingency, outlook, offering)


def _tokens(problem: Problem, decided: Extracted) -> Iterator[ExpectedUse]:
    offers = problem.token_offers
    bought: dict[tuple[str, str, str, Month], GrossTokens] = {}
    for case in decided.contingencies:
        seconds = _hours(problem, case) * SECONDS_PER_HOUR / TOKENS_PER_MTOK
        for row in case.api_placements:
            gross = offers.gross[ClassKey(row.workload, row.size_class)]
            place = case.outlook, case.contingency, row.api, case.month
            mtok = gross.times(exact(row.accepted_tok_per_s) * seconds)
            bought[place] = bought.get(place, NO_TOKENS).plus(mtok)
    for (outlook, contingency, api, month), mtok in sorted(bought.items()):
        for bill in emergency_bill(offers.offer[api], month, mtok.rounded()):
            yield ExpectedUse(bill, offers.offer[api].provider, contingency, outlook, None)
