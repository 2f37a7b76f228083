"""Small random fleets without limits, and the limits that would bind them, drawn from their own plans."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import ceil
from random import Random
from typing import Any

from catalog.offerings import Offering
from contracts.terms.reserved import Upfront
from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.blocks import BlockModel
from scenarios.policy import ShareMeasure, Window
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_contingency,
    a_held,
    a_point,
    a_reserved,
    a_scenario,
    a_size_class,
    a_spot,
    a_workload,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    run_settings,
    two_clouds,
)
from tests.proving import EXACT_USD, a_cap, changed, planned, with_policy

PLENTY = 50


def _price(draw: Random, low: int, high: int) -> Decimal:
    return Decimal(draw.randint(low * 100, high * 100)) / 100


def a_random_fleet(seed: int) -> Scenario:
    """Two clouds, two workloads with opposite days, every kind of purchase, prices that are close to each other."""
    draw = Random(seed)
    months = draw.choice([2, 3])
    points = (
        a_point(),
        a_point(
            "point-b", curve="curve-b", accelerator="gpu-b", output_tok_per_s=float(draw.randint(800, 1300))
        ),
    )
    catalog = two_clouds(
        node_b={"stock_nodes": PLENTY, "quota_nodes": PLENTY}, stock_nodes=PLENTY, quota_nodes=PLENTY
    ).model_copy(update={"goodput_points": points})
    upfront = draw.choice([0.0, 0.5, 1.0])
    kind = {0.0: Upfront.NONE, 1.0: Upfront.ALL}.get(upfront, Upfront.PARTIAL)
    day, other = draw.choice([1.2, 1.6]), draw.choice([0.6, 0.8])
    chat, code = day_and_night("chat", day=day, night=2 - day), day_and_night("code", day=other, night=2 - other)
    return a_scenario(
        run=run_settings(
            months=months,
            discount_rate_per_year=draw.choice([Decimal(0), Decimal("0.1")]),
            beyond_horizon_weight=draw.choice([Decimal("0.5"), Decimal(1)]),
        ),
        catalog=catalog,
        contracts=(
            an_on_demand(price_usd_per_node_hour=_price(draw, 9, 12)),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=_price(draw, 9, 13)),
            a_spot(price_usd_per_node_hour=_price(draw, 4, 7)),
            a_reserved(price_usd_per_node_hour=_price(draw, 5, 7), term_months=months),
            a_reserved(
                "res-b",
                offering="node-b",
                price_usd_per_node_hour=_price(draw, 5, 7),
                term_months=draw.randint(1, months),
                upfront=kind,
                upfront_share=upfront,
            ),
        ),
        held_contracts=draw.choice([(), (a_held(end=FIRST + 1),)]),
        workloads=(
            a_workload(),
            a_workload(
                "code",
                shortfall_limit_share=0.9,
                shortfall_price_usd_per_mtok=_price(draw, 10, 22) / 10,
                spot_share_cap=0.0,
            ),
        ),
        size_classes=(a_size_class(), a_size_class("code")),
        demand=(
            *nodes_of_load(draw.randint(12, 36) / 10, months),
            *nodes_of_load(draw.randint(12, 36) / 10, months, "code"),
        ),
        blocks=BlockModel(blocks=chat.blocks, loads=(*chat.loads, *code.loads), requested_blocks=2),
    )


@cache
def free_plan(seed: int) -> Plan:
    """The plan of a random fleet without limits."""
    return planned(a_random_fleet(seed))


@dataclass(frozen=True)
class Limited:
    """A plan, and the plan under a limit drawn from what the first one uses."""

    free: Plan
    limited: Plan

    @property
    def binds(self) -> bool:
        """Whether the limit provably costs money."""
        return self.limited.bound_usd > self.free.incumbent_usd + EXACT_USD


@cache
def limited(limit: str, seed: int) -> Limited | None:
    """The plan under a limit; None where it is impossible, or where the free plan makes no such use."""
    free = cheap_on_demand(seed) if limit == "quota" else free_plan(seed)
    scenario = LIMITS[limit](free, Random(f"{limit} {seed}"))
    if scenario is None:
        return None
    try:
        return Limited(free, planned(scenario))
    except Impossible:
        return None


@cache
def cheap_on_demand(seed: int) -> Plan:
    """The plan of a random fleet that rents: on demand at cloud-a costs less than any reservation."""
    return planned(with_terms(a_random_fleet(seed), "od-a", price_usd_per_node_hour=Decimal(5)))


def with_offering(scenario: Scenario, offering: str, **fields: Any) -> Scenario:
    """The scenario with some fields of an offering replaced."""

    def replaced(row: Offering) -> Offering:
        return row.model_copy(update=fields) if row.offering == offering else row

    offerings = tuple(replaced(row) for row in scenario.catalog.offerings)
    return changed(scenario, catalog=scenario.catalog.model_copy(update={"offerings": offerings}))


def with_terms(scenario: Scenario, contract: str, **fields: Any) -> Scenario:
    """The scenario with some fields of a contract replaced."""
    return changed(
        scenario,
        contracts=tuple(
            terms.model_copy(update=fields) if terms.contract == contract else terms for terms in scenario.contracts
        ),
    )


def with_workload(scenario: Scenario, workload: str, **fields: Any) -> Scenario:
    """The scenario with some fields of a workload replaced."""
    return changed(
        scenario,
        workloads=tuple(
            row.model_copy(update=fields) if row.workload == workload else row for row in scenario.workloads
        ),
    )


def active_nodes(plan: Plan) -> dict[str, int]:
    """Most nodes under new orders in a month, by offering."""
    most: dict[str, int] = defaultdict(int)
    for month in plan.scenario.horizon.months:
        for offering in {order.offering for order in plan.orders}:
            rows = [o for o in plan.orders if o.offering == offering and o.start <= month < o.end]
            most[offering] = max(most[offering], sum(order.nodes for order in rows))
    return dict(most)


def hourly_nodes(plan: Plan, kind: str) -> dict[str, float]:
    """Most nodes by the hour in a block, by contract of a kind."""
    kinds = {terms.contract: terms.kind for terms in plan.scenario.contracts}
    most: dict[str, float] = defaultdict(float)
    for usage in plan.usages:
        if kinds[usage.contract] == kind:
            most[usage.contract] = max(most[usage.contract], usage.nodes)
    return dict(most)


def tokens_by(plan: Plan, field: str, workload: str | None = None) -> dict[str, float]:
    """Tokens of the first month by a field of the placements."""
    tokens: dict[str, float] = defaultdict(float)
    first = plan.scenario.run.first_month
    hours = {block.block: block.hours_in(first) for block in plan.scenario.blocks.blocks}
    for row in plan.placements:
        if row.month == first and workload in (None, row.workload):
            tokens[str(getattr(row, field))] += row.accepted_tok_per_s * hours[row.block]
    return dict(tokens)


def _stock(plan: Plan, draw: Random) -> Scenario | None:
    used = active_nodes(plan)
    if not used:
        return None
    scenario = plan.scenario
    for offering, nodes in used.items():
        scenario = with_offering(scenario, offering, stock_nodes=max(0, nodes - draw.randint(1, 2)))
    return scenario


def _quota(plan: Plan, draw: Random) -> Scenario | None:
    used = hourly_nodes(plan, "on_demand").get("od-a", 0.0)
    return with_offering(plan.scenario, "node-a", quota_nodes=ceil(used) - 1) if used > 1 else None


def _depth(plan: Plan, draw: Random) -> Scenario | None:
    used = hourly_nodes(plan, "spot").get("spot-a", 0.0)
    return with_terms(plan.scenario, "spot-a", spot_depth_nodes=ceil(used) - 1) if used else None


def _spot_share(plan: Plan, draw: Random) -> Scenario | None:
    pools = tokens_by(plan, "pool", "chat")
    share = pools.get("spot", 0.0) / sum(pools.values())
    return with_workload(plan.scenario, "chat", spot_share_cap=share * draw.uniform(0.3, 0.9)) if share else None


def _share_of(measure: ShareMeasure) -> Any:
    def limited(plan: Plan, draw: Random) -> Scenario | None:
        tokens = tokens_by(plan, "offering")
        largest = max(tokens, key=lambda o: tokens[o])
        share = tokens[largest] / sum(tokens.values())
        group = {"node-a": "cloud-a", "node-b": "cloud-b"}[largest]
        window = draw.choice(list(Window))
        cap = a_cap(measure=measure, group=group, cap_share=share * draw.uniform(0.3, 0.8), window=window)
        return with_policy(plan.scenario, concentration=(cap,))

    return limited


def _shortfall(plan: Plan, draw: Random) -> Scenario | None:
    if not plan.shortfalls:
        return None
    return with_workload(plan.scenario, "code", shortfall_limit_share=draw.uniform(0.0, 0.1))


def _minimum(plan: Plan, draw: Random) -> Scenario | None:
    if not plan.orders:
        return None
    scenario = plan.scenario
    for order in plan.orders:
        scenario = with_terms(scenario, order.contract, minimum_order_nodes=order.nodes + draw.randint(1, 2))
    return scenario


def _fallback(plan: Plan, draw: Random) -> Scenario | None:
    tokens = tokens_by(plan, "offering")
    lost, left = sorted(("node-a", "node-b"), key=lambda o: -tokens.get(o, 0.0))
    event = a_contingency(
        name={"node-a": "cloud-a", "node-b": "cloud-b"}[lost], floor_share=draw.choice([0.5, 0.8, 1.0])
    )
    scenario = with_policy(plan.scenario, contingencies=(event,))
    return with_offering(scenario, left, quota_nodes=2, on_demand_confidence=0.5)


def _emergency(plan: Plan, draw: Random) -> Scenario | None:
    tokens = tokens_by(plan, "offering")
    lost = max(tokens, key=lambda o: tokens[o])
    event = a_contingency(name={"node-a": "cloud-a", "node-b": "cloud-b"}[lost], floor_share=0.8)
    return with_policy(plan.scenario, contingencies=(event,), emergency_share=draw.uniform(0.0, 0.5))


LIMITS: dict[str, Any] = {
    "stock": _stock,
    "quota": _quota,
    "spot depth": _depth,
    "spot share": _spot_share,
    "share of tokens": _share_of(ShareMeasure.TOKENS),
    "share of spend": _share_of(ShareMeasure.SPEND),
    "share of capacity": _share_of(ShareMeasure.CAPACITY),
    "shortfall limit": _shortfall,
    "minimum order": _minimum,
    "fallback": _fallback,
    "emergency share": _emergency,
}
"""By family: a scenario in which the limit is tighter than what the free plan uses."""
