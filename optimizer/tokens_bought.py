"""Placements by the token -> the gross tokens that they take, and what these come to at the prices of their APIs."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from contracts.calendar import Month
from contracts.money import exact
from contracts.terms.api import NO_TOKENS, GrossTokens, list_usd
from optimizer.extract import Extracted
from optimizer.keys import ClassKey
from optimizer.plan_contracts import ApiPlacement
from optimizer.problem import Problem

SECONDS_PER_HOUR = 3600
TOKENS_PER_MTOK = 1_000_000

Bought = dict[tuple[str, str, Month], GrossTokens]
"""Mtok by API, outlook and month."""


def bought_mtok(problem: Problem, decided: Extracted) -> Bought:
    """What is paid by the token, as it is billed, sorted."""
    found = _added_up(problem, decided, lambda row: row.contract is None)
    return {place: mtok.rounded() for place, mtok in found.items()}


def tokens_at_list_usd(problem: Problem, decided: Extracted) -> dict[str, Decimal]:
    """All tokens of each outlook at the prices of their APIs, those that provisioned units carry included."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for (api, outlook, _), mtok in _added_up(problem, decided, lambda row: True).items():
        total[outlook] += list_usd(problem.token_offers.offer[api], mtok)
    return dict(total)


def _added_up(problem: Problem, decided: Extracted, which: Callable[[ApiPlacement], bool]) -> Bought:
    found: Bought = {}
    for row in filter(which, decided.api_placements):
        hours = problem.hours[problem.scenario.horizon.index(row.month), row.block]
        accepted = exact(row.accepted_tok_per_s) * hours * SECONDS_PER_HOUR / TOKENS_PER_MTOK
        gross = problem.token_offers.gross[ClassKey(row.workload, row.size_class)].times(accepted)
        place = row.api, row.outlook, row.month
        found[place] = found.get(place, NO_TOKENS).plus(gross)
    return dict(sorted(found.items()))
