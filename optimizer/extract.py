"""Model values -> the decisions of a Plan: the last code that sees Pyomo.

Whole numbers are rounded, shares that are only solver noise are dropped, routing is scaled to meet demand
exactly, and on-demand and spot nodes are topped up by the same hair, so that the published figures fit together.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from optimizer.extract_agreements import credit_uses, credits_bought, signed_agreements
from optimizer.extract_changes import changes_of_orders
from optimizer.extract_events import contingency_cases
from optimizer.extract_rights import rights_used
from optimizer.extract_spend import committed_spend, coverage
from optimizer.extract_splits import busy_in_splits, split_placement, split_shares
from optimizer.extract_tokens import api_placement, provisioned_orders, token_shares
from optimizer.extract_usage import NOISE, Values, order_name, rounded, usages
from optimizer.extract_volume import volume_purchases
from optimizer.keys import Cell, ClassMoment
from optimizer.model import Model
from optimizer.plan import (
    ContingencyCase,
    MigrationStart,
    Order,
    Placement,
    Pool,
    Shortfall,
    Usage,
)
from optimizer.plan_changes import OrderChange
from optimizer.plan_contracts import (
    ApiPlacement,
    CommittedSpend,
    Coverage,
    CreditBought,
    CreditUse,
    ProvisionedOrder,
    RightUsed,
    SignedAgreement,
    VolumeWindow,
)
from optimizer.plan_splits import SplitPlacement
from optimizer.problem import ClassKey, PoolKey, Problem
from optimizer.solve_arrays import Compiled


@dataclass(frozen=True)
class Extracted:
    """The decisions of a plan, each list in the order of its index."""

    orders: tuple[Order, ...]
    rights: tuple[RightUsed, ...]
    usages: tuple[Usage, ...]
    placements: tuple[Placement, ...]
    shortfalls: tuple[Shortfall, ...]
    contingencies: tuple[ContingencyCase, ...]
    migrations: tuple[MigrationStart, ...]
    committed_spend: tuple[CommittedSpend, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    volume: tuple[VolumeWindow, ...] = ()
    agreements: tuple[SignedAgreement, ...] = ()
    credits: tuple[CreditBought, ...] = ()
    credit_uses: tuple[CreditUse, ...] = ()
    """What the model would like to use, to the cent; what the lines allow is settled with them."""
    api_placements: tuple[ApiPlacement, ...] = ()
    provisioned: tuple[ProvisionedOrder, ...] = ()
    split_placements: tuple[SplitPlacement, ...] = ()
    changes_of_orders: tuple[OrderChange, ...] = ()


def extract(problem: Problem, model: Model, compiled: Compiled, values: NDArray[Any]) -> Extracted:
    """Read the decisions off the solver's values."""
    value = Values(compiled, values)
    routed = _routing(problem, model, value)
    orders = _orders(problem, model, value)
    rights = rights_used(problem, model, value)
    used = usages(problem, model, value, orders, rights, _busy(problem, routed))
    committed = committed_spend(problem, model, value)
    provisioned = provisioned_orders(problem, model, value)
    return Extracted(
        orders=orders,
        rights=rights,
        usages=used,
        placements=routed.placements,
        shortfalls=routed.shortfalls,
        contingencies=contingency_cases(problem, model, value),
        migrations=_migrations(problem, model, value),
        committed_spend=committed,
        volume=volume_purchases(problem, model, value, used),
        coverage=coverage(problem, model, value, committed, used),
        agreements=signed_agreements(problem, model, value),
        credits=credits_bought(problem, model, value),
        credit_uses=credit_uses(problem, model, value),
        api_placements=routed.api_placements,
        split_placements=routed.split_placements,
        provisioned=provisioned,
        changes_of_orders=changes_of_orders(problem, orders, committed, provisioned),
    )


def _orders(problem: Problem, model: Model, value: Values) -> tuple[Order, ...]:
    orders = []
    for key, variable in zip(problem.calendar.keys, model.decide.order_lots.values(), strict=True):
        lots = round(value(variable))
        if lots == 0:
            continue
        terms = problem.ordered[key.contract]
        start = problem.months[key.start]
        orders.append(
            Order(
                order=order_name(key.contract, start, key.future),
                contract=key.contract,
                offering=terms.offering,
                nodes=lots * terms.lot_nodes,
                start=start,
                end=start + terms.term_months,
                order_by=problem.calendar.order_by(key.contract, start),
                outlook=key.future or None,
            )
        )
    orders += _blocks_bought(problem, model, value)
    return tuple(sorted(orders, key=lambda o: (o.order_by, o.start, o.order)))


def _blocks_bought(problem: Problem, model: Model, value: Values) -> list[Order]:
    """Orders of capacity blocks, each of one size."""
    dated = problem.dated
    return [
        Order(
            order=order_name(key.contract, dated.terms[key.contract].start, key.future),
            contract=key.contract,
            offering=dated.terms[key.contract].offering,
            nodes=key.nodes,
            start=dated.terms[key.contract].start,
            end=dated.terms[key.contract].end,
            order_by=dated.order_by(key.contract),
            outlook=key.future or None,
        )
        for key, bought in zip(dated.keys, model.decide.bought.values(), strict=True)
        if round(value(bought))
    ]


def _migrations(problem: Problem, model: Model, value: Values) -> tuple[MigrationStart, ...]:
    return tuple(
        MigrationStart(
            migration=key.migration,
            model=problem.migrations.migration[key.migration].model,
            stack=problem.migrations.migration[key.migration].stack,
            start=problem.months[key.start],
            gate=problem.months[problem.migrations.gate(key)],
            outlook=key.future or None,
        )
        for key, begun in zip(problem.migrations.keys, model.decide.begin.values(), strict=True)
        if round(value(begun))
    )


@dataclass(frozen=True)
class _Routed:
    """Where everything is served, and what is not."""

    placements: tuple[Placement, ...]
    api_placements: tuple[ApiPlacement, ...]
    split_placements: tuple[SplitPlacement, ...]
    shortfalls: tuple[Shortfall, ...]


def _busy(problem: Problem, routed: _Routed) -> Iterator[tuple[PoolKey, int, str, str, float]]:
    """Pool, month, block, outlook and busy nodes of everything that is served by nodes."""
    index = problem.scenario.horizon.index
    for p in routed.placements:
        yield PoolKey(p.offering, p.pool), index(p.month), p.block, p.outlook, p.nodes
    for pool, row, nodes in busy_in_splits(problem, routed.split_placements):
        yield pool, index(row.month), row.block, row.outlook, nodes


def _routing(problem: Problem, model: Model, value: Values) -> _Routed:
    """Nodes, APIs, splits and shortfalls, scaled together so that they are exactly the demand."""
    served: dict[ClassMoment, dict[PoolKey, float]] = defaultdict(dict)
    missed: dict[ClassMoment, float] = {}
    for (w, c, o, pool, t, b, s), variable in model.decide.route.items():
        share = value(variable)
        if share > NOISE:
            served[ClassKey(w, c), t, b, s][PoolKey(o, Pool(pool))] = share
    for (w, c, t, b, s), variable in model.decide.shortfall.items():
        share = value(variable)
        if share > NOISE:
            missed[ClassKey(w, c), t, b, s] = share
    by_token = token_shares(problem, model, value)
    by_split = split_shares(model, value)
    placements: list[Placement] = []
    api_placements: list[ApiPlacement] = []
    split_placements: list[SplitPlacement] = []
    shortfalls: list[Shortfall] = []
    for key, t, b, s in problem.tok_per_s:
        shares = served.get((key, t, b, s), {})
        tokens = by_token.get((key, t, b, s), {})
        splits = by_split.get((key, t, b, s), {})
        parts = (*shares.values(), *tokens.values(), *splits.values(), missed.get((key, t, b, s), 0.0))
        whole = sum(parts)
        rate = problem.tok_per_s[key, t, b, s] / whole if whole else 0.0
        placements.extend(_placed(problem, key, t, b, s, pool, x * rate) for pool, x in shares.items())
        api_placements.extend(api_placement(problem, (key, t, b, s), token, x * rate) for token, x in tokens.items())
        split_placements.extend(split_placement(problem, at, x / whole) for at, x in splits.items())
        if (key, t, b, s) in missed:
            shortfalls.append(
                Shortfall(
                    outlook=s,
                    month=problem.months[t],
                    block=b,
                    workload=key.workload,
                    size_class=key.size_class,
                    accepted_tok_per_s=rounded(missed[key, t, b, s] * rate),
                )
            )
    return _Routed(tuple(placements), tuple(api_placements), tuple(split_placements), tuple(shortfalls))


def _placed(problem: Problem, key: ClassKey, t: int, b: str, s: str, pool: PoolKey, tok_per_s: float) -> Placement:
    cell = Cell("", key.workload, pool.offering, t, b, s)
    return Placement(
        outlook=s,
        month=problem.months[t],
        block=b,
        workload=key.workload,
        size_class=key.size_class,
        offering=pool.offering,
        pool=pool.pool,
        accepted_tok_per_s=rounded(tok_per_s),
        nodes=rounded(tok_per_s * problem.node_seconds_in(cell, key.size_class)),
    )
