"""Charges of a provider that count under agreements and credits, read from the ledger, with a bound on each sum.

The bound decides how tight the choice between tiers is. What is used by the hour is bounded twice: by what there is
(quota, stock, depth), and by what demand could keep busy if each class went where it is charged most. Nothing is run
idle for the sake of a commitment (decision 0017), so the second holds, too.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contracts.terms.agreement import Charge, charge_of
from contracts.terms.common import Nature
from contracts.terms.take_or_pay import MOST_HOURS_PER_MONTH
from contracts.terms.volume import VolumePriced
from optimizer import ledger
from optimizer.linear import Term
from optimizer.plan import Pool
from optimizer.problem import ClassKey, PoolKey, Problem
from optimizer.split_routes import SplitRoute, role_nodes, split_routes

ROUNDING = 1e-6
"""By what share bounds are wider than they are computed, and dollars of rounding of a month."""
BY_THE_HOUR = frozenset({Nature.ON_DEMAND_USAGE, Nature.SPOT_USAGE, Nature.TAKE_OR_PAY_USAGE})
MONTHS_PAID_AT_ONCE = 2
"""Months of service that may be due in one month where terms have net days."""


@dataclass(frozen=True)
class Charged:
    """Eligible charges of a month in one outlook: dollars in the variables of the model, and the most they can be."""

    terms: tuple[Term, ...]
    constant_usd: float
    most_usd: float


class EligibleCharges:
    """Cash of the months of the horizon by provider and kind of charge. Built after all purchase families."""

    def __init__(self, problem: Problem, charges: Iterable[ledger.Charge]) -> None:
        self._problem = problem
        self._splits: dict[tuple[int, str, str], list[SplitRoute]] = defaultdict(list)
        for route in split_routes(problem):
            self._splits[route.month, route.block, route.outlook].append(route)
        self._by_place: dict[tuple[str, Charge, int], list[tuple[float, ledger.Charge]]] = defaultdict(list)
        for charge in charges:
            kind = charge_of(charge.nature, is_held=charge.is_held)
            if kind is not None and charge.provider is not None:
                for t, usd in charge.cash_usd:
                    self._by_place[charge.provider, kind, t].append((usd, charge))

    def of(self, provider: str, kinds: frozenset[Charge], t: int, outlook: str) -> Charged:
        """Charges of these kinds that are paid to a provider in a month."""
        found = [
            (usd, charge)
            for kind in sorted(kinds)
            for usd, charge in self._by_place.get((provider, kind, t), ())
            if charge.outlook in (None, outlook)
        ]
        constant = sum(usd for usd, charge in found if charge.variable is None)
        variable = [(usd, charge) for usd, charge in found if charge.variable is not None]
        most = constant + self._most(variable, outlook)
        return Charged(_added(variable), constant, max(0.0, most) * (1 + ROUNDING) + ROUNDING)

    def _most(self, found: list[tuple[float, ledger.Charge]], outlook: str) -> float:
        hourly: dict[tuple[int, str], dict[PoolKey, float]] = defaultdict(dict)
        ordered: dict[str, list[tuple[float, str]]] = defaultdict(list)
        windows: dict[tuple[str, str], float] = defaultdict(float)
        extra = bounded = 0.0
        for usd, charge in found:
            assert charge.variable is not None
            index = charge.variable.index()
            if charge.nature in BY_THE_HOUR:
                pool, usd_per_node = self._per_productive_node(usd, charge, index)
                moment = hourly[index[-3], index[-2]]
                moment[pool] = max(moment.get(pool, 0.0), usd_per_node)
                extra += 0.0 if charge.variable.is_continuous() else usd
            elif charge.nature is Nature.VOLUME_USAGE:
                windows[index[0], index[1]] = max(windows[index[0], index[1]], usd)
            elif charge.variable.parent_component().local_name == "order_lots" and charge.offering is not None:
                ordered[charge.offering].append((usd, index[0]))
            else:
                bounded += _own_most(usd, charge.variable)
        return (
            extra
            + bounded
            + sum(self._most_by_the_hour(moment, usd, outlook) for moment, usd in hourly.items())
            + sum(self._most_ordered(offering, rows) for offering, rows in ordered.items())
            + sum(self._most_bought(contract) * usd for (contract, _), usd in windows.items())
        )

    def _per_productive_node(self, usd: float, charge: ledger.Charge, index: Any) -> tuple[PoolKey, float]:
        assert charge.offering is not None
        if charge.nature is Nature.SPOT_USAGE:
            return PoolKey(charge.offering, Pool.SPOT), usd / (self._problem.spot[index[0]].productive_share or 1.0)
        return PoolKey(charge.offering, Pool.BASE), usd

    def _most_by_the_hour(self, moment: tuple[int, str], usd: dict[PoolKey, float], outlook: str) -> float:
        """The dearest use: of all nodes there are, or of those that demand can keep busy, whichever is less."""
        there = sum(self._nodes(pool, moment[0], outlook) * price for pool, price in usd.items())
        problem = self._problem
        dearest: dict[ClassKey, float] = defaultdict(float)
        for key in problem.classes:
            pools = [pool for pool in problem.pools_in(key, moment[0], outlook) if pool in usd]
            dearest[key] = max(
                (problem.busy_nodes(key, p.offering, *moment, outlook) * usd[p] for p in pools),
                default=0.0,
            )
        for route in self._splits[*moment, outlook]:
            charged = sum(role.nodes * usd.get(role.pool, 0.0) for role in role_nodes(problem, route))
            dearest[route.key] = max(dearest[route.key], charged)
        return min(there, sum(dearest.values()))

    def _nodes(self, pool: PoolKey, t: int, outlook: str) -> float:
        """Most productive nodes of a pool that are paid by the hour."""
        problem, offering = self._problem, pool.offering
        if pool.pool is Pool.SPOT:
            offered = [k for k, row in problem.spot.items() if row.offering == offering]
            return sum(problem.spot_depth_nodes(k, t, outlook) for k in offered)
        quota = any(row.offering == offering for row in problem.on_demand.values())
        stock = any(row.offering == offering for row in problem.take_or_pay.values())
        return (problem.quota_nodes(offering) if quota else 0) + (problem.stock_nodes(offering) if stock else 0)

    def _most_ordered(self, offering: str, rows: list[tuple[float, str]]) -> float:
        """All of the stock under the dearest order; each order is in `rows` with dollars for a lot."""
        problem = self._problem
        dearest = max(usd / problem.ordered[k].lot_nodes for usd, k in rows)
        waits = any(problem.ordered[k].net_days for _, k in rows)
        return problem.stock_nodes(offering) * dearest * (MONTHS_PAID_AT_ONCE if waits else 1)

    def _most_bought(self, contract: str) -> float:
        """Most node-hours of a window of volume tiers: all of the quota, or the last threshold."""
        scenario = self._problem.scenario
        (terms,) = (row for row in scenario.contracts if isinstance(row, VolumePriced) and row.contract == contract)
        quota = self._problem.quota_nodes(terms.offering) * terms.window_months * MOST_HOURS_PER_MONTH
        thresholds = (float(row.from_node_hours) for row in scenario.volume_tiers if row.contract == contract)
        return max(float(quota), *thresholds)


def _own_most(usd: float, variable: Any) -> float:
    """Most dollars by the variable's own bounds."""
    if usd <= 0:
        return usd * float(variable.lb or 0.0)
    if variable.ub is None:
        raise ValueError(f"no bound is known for {variable.name}, whose charges are eligible")
    return usd * float(variable.ub)


def _added(found: list[tuple[float, ledger.Charge]]) -> tuple[Term, ...]:
    """One term for each variable."""
    terms: dict[int, Term] = {}
    for usd, charge in found:
        before = terms.get(id(charge.variable), (0.0, None))[0]
        terms[id(charge.variable)] = (before + usd, charge.variable)
    return tuple(terms.values())
