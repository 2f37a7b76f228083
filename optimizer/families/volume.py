"""Volume tiers: nodes by the hour whose price falls with what is bought in a window of months.

For contract k, window v in outlook s, and tier i of it (1 is the first, from 0):

incremental, each price for the part between its threshold and the next:

    buy_what_is_used[k,v,s]:     sum over i of part[k,v,i,s]  =  used[v]
    stay_in_the_tier[k,v,i,s]:   part[k,v,i,s]  <=  width[k,v,i] * reached[k,v,i,s]       (without reached for i = 1)
    fill_the_tier[k,v,i,s]:      part[k,v,i-1,s]  >=  width[k,v,i-1] * reached[k,v,i,s]   (i above 1)

all units, one price for everything that is bought, which may be more than is used:

    buy_at_least_what_is_used[k,v,s]:  sum over i of part[k,v,i,s]  >=  used[v]
    reach_the_threshold[k,v,i,s]:      part[k,v,i,s]  >=  threshold[k,v,i] * reached[k,v,i,s]
    stay_below_the_next[k,v,i,s]:      part[k,v,i,s]  <=  next[k,v,i] * reached[k,v,i,s]
    buy_at_one_price[k,v,s]:           sum over i of reached[k,v,i,s]  <=  1

    used[v] = sum over t in v, b of hours[t,b] * nodes[k,t,b,s] / hours of v

    offered:  nodes[k,t,b,s] to the base pool of the offering, within its quota (family on_demand)
    charged:  part[k,v,i,s] * hours of v * price_usd_per_node_hour[k,i], in the last month of v, for all of it

Node-hours of a window are counted as average nodes over it. Tiers that all of the quota could not reach are left out
under incremental prices.

symbol              | V or P | explanation
nodes[k,t,b,s]      | V      | average nodes in use over the hours of the block
part[k,v,i,s]       | V      | nodes (over v) that are bought at the price of tier i; v as its first month
reached[k,v,i,s]    | V      | 1 if tier i is reached (incremental), or is the one whose price holds (all units)
threshold[k,v,i]    | P      | nodes (over v) from which tier i holds; by months where the horizon cuts the window
next[k,v,i]         | P      | threshold of the next tier; for the last the quota, or its threshold where that is more
width[k,v,i]        | P      | next less threshold
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyomo.environ as pyo

from contracts.terms.common import Nature
from contracts.terms.volume import TieredWindow, TierRule, VolumePriced, volume_line
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.plan import Pool
from optimizer.problem import PoolKey, Problem
from optimizer.supply import Moment, Supply

SENTENCES: dict[str, str] = {}

Place = tuple[str, str, str, str]
"""Contract, first month of the window, tier, outlook."""


@dataclass(frozen=True)
class _Tier:
    """One tier of a window, in average nodes over it."""

    terms: VolumePriced
    window: TieredWindow
    threshold: float
    next: float
    price_usd: Decimal

    @property
    def width(self) -> float:
        return self.next - self.threshold

    @property
    def bound(self) -> float:
        """Most that is bought at its price."""
        return self.next if self.terms.tier_rule is TierRule.ALL_UNITS else self.width


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare use and purchases, offer and charge them, and hold every window to its tiers."""
    tiers = {
        (k, str(window.first), number, s): tier
        for k, terms in problem.volume.items()
        for window in problem.scenario.volume_windows[k]
        for number, tier in _tiers(problem, terms, window)
        for s in problem.outlooks
    }
    all_units = {place: tier for place, tier in tiers.items() if tier.terms.tier_rule is TierRule.ALL_UNITS}
    incremental = {place: tier for place, tier in tiers.items() if place not in all_units}
    _use(block, problem, supply, ledger)
    block.part = pyo.Var(list(tiers), domain=pyo.NonNegativeReals, bounds=lambda _, *place: (0.0, tiers[place].bound))
    binary = [place for place in tiers if place in all_units or place[2] != "1"]
    block.reached = pyo.Var(binary, domain=pyo.Binary)
    _by_part(block, problem, incremental)
    _by_all_units(block, problem, all_units)
    for place, tier in tiers.items():
        terms = tier.terms
        ledger.charge_bill(
            [volume_line(terms, tier.window, Decimal(1), tier.price_usd)],
            bills=hours_of(tier.window),
            offering=terms.offering,
            source=terms.contract,
            variable=block.part[place],
            outlook=place[3],
            probability=problem.probability[place[3]],
        )


def _tiers(problem: Problem, terms: VolumePriced, window: TieredWindow) -> Iterator[tuple[str, _Tier]]:
    """The tiers of a window, by number as text, from 1."""
    quota = float(problem.quota_nodes(terms.offering))
    thresholds = [float(tier.from_node_hours) / hours_of(window) for tier in window.tiers]
    is_cheaper_beyond = terms.tier_rule is TierRule.ALL_UNITS
    most = max(quota, thresholds[-1]) if is_cheaper_beyond else quota
    kept = [i for i, threshold in enumerate(thresholds) if i == 0 or is_cheaper_beyond or threshold < quota]
    for i in kept:
        after = thresholds[i + 1] if i + 1 in kept else most
        price = window.tiers[i].price_usd_per_node_hour
        yield str(i + 1), _Tier(terms, window, thresholds[i], after, price)


def hours_of(window: TieredWindow) -> float:
    """Calendar hours of a window."""
    return float(sum(month.hours for month in window.months))


def _use(block: Any, problem: Problem, supply: Supply, ledger: Ledger) -> None:
    block.nodes = pyo.Var(
        [
            (k, t, b, s)
            for k in problem.volume
            for t in problem.month_indices
            for b in problem.blocks
            if problem.hours[t, b]
            for s in problem.outlooks
        ],
        domain=pyo.NonNegativeReals,
    )
    for (k, t, b, s), nodes in block.nodes.items():
        offering = problem.volume[k].offering
        supply.offer(Moment(PoolKey(offering, Pool.BASE), t, b, s), (1.0, nodes))
        supply.take_quota(offering, t, b, s, (1.0, nodes))
        supply.run(offering, t, b, s, (1.0, nodes))
        hours = [(t, float(problem.hours[t, b]))]
        ledger.hold(Nature.VOLUME_USAGE, offering=offering, source=k, variable=nodes, node_hours=hours, outlook=s)


def _used(block: Any, problem: Problem, contract: str, window: TieredWindow, outlook: str) -> list[Term]:
    return [
        (problem.hours[t, b] / hours_of(window), block.nodes[contract, t, b, outlook])
        for t in map(problem.scenario.horizon.index, window.months)
        for b in problem.blocks
        if problem.hours[t, b]
    ]


def _windows(tiers: dict[Place, _Tier]) -> dict[tuple[str, str, str], list[Place]]:
    """Tiers by contract, window and outlook, in order."""
    found: dict[tuple[str, str, str], list[Place]] = {}
    for k, v, i, s in tiers:
        found.setdefault((k, v, s), []).append((k, v, i, s))
    return found


def _by_part(block: Any, problem: Problem, tiers: dict[Place, _Tier]) -> None:
    windows = _windows(tiers)
    before = {b: a for places in windows.values() for a, b in pairwise(places)}

    def buy_what_is_used(_: Any, k: str, v: str, s: str) -> Any:
        tier = tiers[windows[k, v, s][0]]
        bought = [(1.0, block.part[place]) for place in windows[k, v, s]]
        used = scaled(-1.0, _used(block, problem, k, tier.window, s))
        return linear([*bought, *used]) == 0.0

    def stay_in_the_tier(_: Any, *place: str) -> Any:
        tier = tiers[place]  # type: ignore[index]
        part = (1.0, block.part[place])
        if place not in block.reached:
            return linear([part]) <= tier.width
        return linear([part, (-tier.width, block.reached[place])]) <= 0.0

    def fill_the_tier(_: Any, *place: str) -> Any:
        full = before[place]  # type: ignore[index]
        tier = tiers[full]
        return linear([(1.0, block.part[full]), (-tier.width, block.reached[place])]) >= 0.0

    block.buy_what_is_used = pyo.Constraint(list(windows), rule=buy_what_is_used)
    block.stay_in_the_tier = pyo.Constraint(list(tiers), rule=stay_in_the_tier)
    block.fill_the_tier = pyo.Constraint(list(before), rule=fill_the_tier)


def _by_all_units(block: Any, problem: Problem, tiers: dict[Place, _Tier]) -> None:
    windows = _windows(tiers)

    def buy_at_least_what_is_used(_: Any, k: str, v: str, s: str) -> Any:
        tier = tiers[windows[k, v, s][0]]
        bought = [(1.0, block.part[place]) for place in windows[k, v, s]]
        used = scaled(-1.0, _used(block, problem, k, tier.window, s))
        return linear([*bought, *used]) >= 0.0

    def reach_the_threshold(_: Any, *place: str) -> Any:
        return _bound(block, place, tiers[place].threshold) >= 0.0  # type: ignore[index]

    def stay_below_the_next(_: Any, *place: str) -> Any:
        return _bound(block, place, tiers[place].next) <= 0.0  # type: ignore[index]

    def buy_at_one_price(_: Any, k: str, v: str, s: str) -> Any:
        return linear([(1.0, block.reached[place]) for place in windows[k, v, s]]) <= 1.0

    block.buy_at_least_what_is_used = pyo.Constraint(list(windows), rule=buy_at_least_what_is_used)
    block.reach_the_threshold = pyo.Constraint(
        [place for place, tier in tiers.items() if tier.threshold], rule=reach_the_threshold
    )
    block.stay_below_the_next = pyo.Constraint(list(tiers), rule=stay_below_the_next)
    block.buy_at_one_price = pyo.Constraint(list(windows), rule=buy_at_one_price)


def _bound(block: Any, place: tuple[str, ...], limit: float) -> Any:
    """What is bought at a price, less a limit where that price holds."""
    return linear([(1.0, block.part[place]), (-limit, block.reached[place])])
