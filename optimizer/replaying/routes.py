"""Where the plan sends each size class in the blocks of one month: shares, and the nodes that a token keeps busy."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.keys import ClassKey, PoolKey
from optimizer.plan import Plan, Pool
from optimizer.problem import Problem

Floats = NDArray[np.float64]

TELLING_TOK_PER_S = 1e-2
"""Of a published row, so that what its figures are rounded by is no more than a hair of their ratio."""


@dataclass(frozen=True, slots=True)
class NodeRoute:
    """A class on the nodes of one pool."""

    key: ClassKey
    pool: PoolKey
    share: Floats
    """Of the class's demand, by block as in `problem.blocks`."""
    nodes_per_tok_per_s: Floats
    """Nodes kept busy by one accepted token a second, headroom included, at the plan's sizes, by block."""


@dataclass(frozen=True, slots=True)
class TokenRoute:
    """A class that is served by the token, or by provisioned units."""

    key: ClassKey
    api: str
    contract: str | None
    """Of the provisioned units; None where it is paid by the token."""
    share: Floats


@dataclass(frozen=True)
class MonthRoutes:
    """All routes of one month in one outlook. Shares of a class that are nobody's are planned shortfall."""

    nodes: tuple[NodeRoute, ...]
    tokens: tuple[TokenRoute, ...]
    demand: Mapping[ClassKey, Floats]
    """What the plan has served and left out, accepted output tok/s by block."""

    def targets(self, key: ClassKey) -> tuple[NodeRoute, ...]:
        """Base pools where the class may be moved to, by offering."""
        return self._targets.get(key, ())

    @cached_property
    def _targets(self) -> dict[ClassKey, tuple[NodeRoute, ...]]:
        found: dict[ClassKey, tuple[NodeRoute, ...]] = defaultdict(tuple)
        for route in self.nodes:
            if route.pool.pool is Pool.BASE:
                found[route.key] += (route,)
        return found


@dataclass(frozen=True)
class Routing:
    """The rows of one outlook of a plan by month, read once."""

    months: tuple[MonthRoutes, ...]


Rates = dict[tuple[ClassKey, PoolKey], dict[str, tuple[float, float]]]
"""Accepted tok/s and nodes by block."""


def routing(problem: Problem, plan: Plan, outlook: str) -> Routing:
    """Shares of every class by month and block, in one outlook."""
    on_nodes: list[Rates] = [defaultdict(dict) for _ in problem.months]
    by_token: list[dict[tuple[ClassKey, str, str | None], dict[str, float]]] = [
        defaultdict(dict) for _ in problem.months
    ]
    left_out: list[dict[ClassKey, dict[str, float]]] = [defaultdict(dict) for _ in problem.months]
    place = problem.scenario.horizon.index
    for p in plan.placements:
        if p.outlook == outlook:
            key = ClassKey(p.workload, p.size_class), PoolKey(p.offering, p.pool)
            on_nodes[place(p.month)][key][p.block] = (p.accepted_tok_per_s, p.nodes)
    for a in plan.api_placements:
        if a.outlook == outlook:
            route = ClassKey(a.workload, a.size_class), a.api, a.contract
            by_token[place(a.month)][route][a.block] = a.accepted_tok_per_s
    for u in plan.shortfalls:
        if u.outlook == outlook:
            left_out[place(u.month)][ClassKey(u.workload, u.size_class)][u.block] = u.accepted_tok_per_s
    return Routing(
        tuple(
            _month(problem, nodes, tokens, short)
            for nodes, tokens, short in zip(on_nodes, by_token, left_out, strict=True)
        )
    )


def _month(
    problem: Problem,
    on_nodes: Rates,
    by_token: Mapping[tuple[ClassKey, str, str | None], Mapping[str, float]],
    left_out: Mapping[ClassKey, Mapping[str, float]],
) -> MonthRoutes:
    demand: dict[ClassKey, Floats] = {}

    def by_block(rates: Mapping[str, float]) -> Floats:
        return np.array([rates.get(block, 0.0) for block in problem.blocks])

    rates = {route: by_block({b: tok for b, (tok, _) in rows.items()}) for route, rows in on_nodes.items()}
    token_rates = {route: by_block(rows) for route, rows in by_token.items()}
    short = {key: by_block(rows) for key, rows in left_out.items()}
    everything: Iterable[tuple[ClassKey, Floats]] = (
        *((key, row) for (key, _), row in rates.items()),
        *((key, row) for (key, _, _), row in token_rates.items()),
        *short.items(),
    )
    for key, row in everything:
        demand[key] = demand.get(key, np.zeros(len(problem.blocks))) + row

    def share(key: ClassKey, row: Floats) -> Floats:
        return np.divide(row, demand[key], out=np.zeros_like(row), where=demand[key] > 0)

    return MonthRoutes(
        nodes=tuple(
            NodeRoute(key, pool, share(key, rates[key, pool]), _nodes_per_token(problem, rows))
            for (key, pool), rows in sorted(on_nodes.items())
        ),
        tokens=tuple(
            TokenRoute(key, api, contract, share(key, token_rates[key, api, contract]))
            for key, api, contract in sorted(by_token, key=lambda row: (row[0], row[1], row[2] or ""))
        ),
        demand=demand,
    )


def _nodes_per_token(problem: Problem, rows: Mapping[str, tuple[float, float]]) -> Floats:
    """By block, because derived headroom differs between pools of several sizes (docs/decisions/0031).

    Published figures are rounded, and small ones say little: a block with few tokens or none has what the row with
    the fewest that say something has, whose pool is nearest to it.
    """
    most_tok_per_s, nodes = max(rows.values())
    if most_tok_per_s <= 0:
        return np.zeros(len(problem.blocks))
    telling = {block: (tok, n) for block, (tok, n) in rows.items() if tok >= TELLING_TOK_PER_S}
    tok_per_s, nodes = min(telling.values(), default=(most_tok_per_s, nodes))
    ratio = {block: n / tok for block, (tok, n) in telling.items()}
    return np.array([ratio.get(block, nodes / tok_per_s) for block in problem.blocks])
