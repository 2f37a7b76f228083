"""Small random fleets with take-or-pay, migrations and outlooks, and limits drawn from what their plans use or pay."""

from collections import defaultdict
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.outlooks import Effect, OutlookEffect, Subject
from scenarios.policy import BudgetWindow, Spending
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_budget,
    a_migration,
    a_reserved,
    a_scenario,
    a_size_class,
    a_take_or_pay,
    a_workload,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    flat_blocks,
    run_settings,
)
from tests.proving import changed, planned, with_policy
from tests.random_fleets import Limited, with_terms
from tests.stacks import two_stacks

MONTHS = 3
PATTERNS = ((0.05, 1.0, 0.9), (1.0, 0.05, 0.9), (0.1, 1.1, 0.1), (1.2, 0.2, 0.1))
"""Nodes of load by month: what a minimum leaves unused early can be used later, or the other way round."""


def _cents(draw: Random, low: int, high: int) -> Decimal:
    return Decimal(draw.randint(low * 100, high * 100)) / 100


def a_committed_fleet(seed: int) -> Scenario:
    """Two models that could move from node-a to node-b, and bulk work on node-c, where take-or-pay is offered."""
    draw = Random(f"committed {seed}")
    catalog = two_stacks("model-a", "model-b")
    node_c = an_offering("node-c", provider="cloud-c", region="region-b")
    in_usd = draw.random() < 0.5
    price, minimum = _cents(draw, 5, 7), Decimal(draw.randint(250, 330))
    loads = {
        "chat": [draw.choice([0.6, 1.0, 1.4])] * MONTHS,
        "code": [draw.choice([0.6, 1.0, 1.4])] * MONTHS,
        "bulk": list(PATTERNS[seed % len(PATTERNS)]),
    }
    return a_scenario(
        run=run_settings(
            months=MONTHS,
            discount_rate_per_year=draw.choice([Decimal(0), Decimal("0.1")]),
            beyond_horizon_weight=draw.choice([Decimal("0.5"), Decimal(1)]),
        ),
        catalog=catalog.model_copy(update={"offerings": (*catalog.offerings, node_c)}),
        contracts=(
            an_on_demand(price_usd_per_node_hour=_cents(draw, 9, 12)),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=_cents(draw, 5, 7)),
            an_on_demand("od-c", offering="node-c", price_usd_per_node_hour=_cents(draw, 14, 18)),
            a_reserved("res-b", offering="node-b", price_usd_per_node_hour=_cents(draw, 4, 6), term_months=2),
            a_take_or_pay(
                "top-c",
                offering="node-c",
                price_usd_per_node_hour=price,
                term_months=MONTHS,
                minimum_node_hours_per_month=None if in_usd else minimum,
                minimum_usd_per_month=minimum * price if in_usd else None,
                ramp_shares=draw.choice([(), (0.9,)]),
                make_up_right=True,
                excess_carries_forward=True,
            ),
        ),
        workloads=(
            a_workload(),
            a_workload("code", model="model-b"),
            a_workload("bulk", geographies=("geo-b",)),
        ),
        size_classes=(a_size_class(), a_size_class("code"), a_size_class("bulk")),
        demand=tuple(
            Demand(workload=w, month=FIRST + t, accepted_requests_per_s=10 * n)
            for w, nodes in loads.items()
            for t, n in enumerate(nodes)
        ),
        blocks=flat_blocks("chat", "code", "bulk"),
        migrations=tuple(
            a_migration(
                name,
                model=model,
                stack="stack-b",
                engineering_usd=_cents(draw, 500, 3500),
                upkeep_usd_per_month=_cents(draw, 50, 150),
                ramp_shares=draw.choice([(), (0.5,)]),
                capitalised=draw.random() < 0.5,
            )
            for name, model in (("mig-a", "model-a"), ("mig-b", "model-b"))
        ),
    )


def an_uncertain_fleet(seed: int) -> Scenario:
    """A committed fleet with two futures: in the other one demand, prices and the gate of mig-a may differ."""
    draw = Random(f"uncertain {seed}")
    chance = draw.choice([0.3, 0.5, 0.7])
    effects: list[OutlookEffect] = [
        an_effect("other", value=draw.choice([0.5, 1.5])),
        an_effect("other", value=draw.choice([0.25, 2.0]), first_month=FIRST + 1),
        an_effect("other", effect=Effect.ON_DEMAND_PRICE, value=draw.choice([0.8, 1.3])),
    ]
    if draw.random() < 0.5:
        effects.append(an_effect("other", effect=Effect.GATE, of=Subject.MIGRATION, name="mig-a", value=0))
    return changed(
        a_committed_fleet(seed),
        outlooks=(an_outlook("base", probability=1 - chance), an_outlook("other", probability=chance)),
        outlook_effects=tuple(effects),
    )


def revealed(scenario: Scenario, month: int | None) -> Scenario:
    """It becomes known in a month (index) which outlook comes true; None: within the horizon it does not."""
    reveal = None if month is None else FIRST + month
    return changed(scenario, run=scenario.run.model_copy(update={"reveal_month": reveal}))


@cache
def committed_plan(seed: int) -> Plan:
    """The plan of a committed fleet without limits."""
    return planned(a_committed_fleet(seed))


@cache
def uncertain_plan(seed: int) -> Plan:
    """The plan of an uncertain fleet that is not told."""
    return planned(an_uncertain_fleet(seed))


def with_work(scenario: Scenario, **fields: Any) -> Scenario:
    """Every migration with some fields replaced."""
    return changed(scenario, migrations=tuple(row.model_copy(update=fields) for row in scenario.migrations))


def paid_by_month(plan: Plan) -> dict[int, Decimal]:
    """Cash of each month of the horizon, by its index."""
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        if line.nature.is_cash and line.paid_month in plan.scenario.horizon:
            paid[plan.scenario.horizon.index(line.paid_month)] += line.amount_usd
    return paid


def _higher_minimum(plan: Plan, draw: Random) -> Scenario | None:
    if not plan.take_or_pay:
        return None
    (terms,) = plan.scenario.take_or_pay
    field = "minimum_usd_per_month" if terms.unit == "usd" else "minimum_node_hours_per_month"
    higher = terms.minimum_units_per_lot * Decimal(draw.choice(["1.05", "1.5", "2"]))
    return with_terms(plan.scenario, "top-c", **{field: higher})


def _without(clause: str) -> Any:
    def limited(plan: Plan, draw: Random) -> Scenario | None:
        return with_terms(plan.scenario, "top-c", **{clause: False}) if plan.take_or_pay else None

    return limited


def _longer_lead(plan: Plan, draw: Random) -> Scenario | None:
    return with_work(plan.scenario, lead_months=2) if plan.migrations else None


def _dearer_work(plan: Plan, draw: Random) -> Scenario | None:
    if not plan.migrations:
        return None
    factor = Decimal(draw.choice(["1.1", "1.5"]))
    rows = tuple(
        row.model_copy(update={"engineering_usd": row.engineering_usd * factor}) for row in plan.scenario.migrations
    )
    return changed(plan.scenario, migrations=rows)


def _one_at_a_time(plan: Plan, draw: Random) -> Scenario | None:
    return with_policy(plan.scenario, migrations_at_once=1) if len(plan.migrations) > 1 else None


def _less_cash(plan: Plan, draw: Random) -> Scenario | None:
    """A little less than the plan pays in the month in which it pays most."""
    paid = paid_by_month(plan)
    t = max(paid, key=lambda month: paid[month])
    limit = round(paid[t] * Decimal(draw.choice(["0.9", "0.97", "0.999"])), 2)
    month = FIRST + t
    budget = a_budget(limit_usd=limit, window=BudgetWindow.MONTH, first_month=month, last_month=month)
    return with_policy(plan.scenario, budgets=(budget,))


def _less_capital(plan: Plan, draw: Random) -> Scenario | None:
    spent = plan.totals.capex_usd
    if not spent:
        return None
    limit = round(spent * Decimal(draw.choice(["0.5", "0.9"])), 2)
    budget = a_budget(spending=Spending.CAPEX, limit_usd=limit, window=BudgetWindow.HORIZON)
    return with_policy(plan.scenario, budgets=(budget,))


LIMITS: dict[str, Any] = {
    "higher minimum": _higher_minimum,
    "no make-up": _without("make_up_right"),
    "no carry-forward": _without("excess_carries_forward"),
    "longer lead": _longer_lead,
    "dearer work": _dearer_work,
    "one migration at a time": _one_at_a_time,
    "less cash": _less_cash,
    "less capital": _less_capital,
}
"""By what is asked: a scenario that is harder than that of the plan."""


@cache
def limited(limit: str, seed: int) -> Limited | None:
    """The plan of the harder scenario; None where it is impossible, or where the free plan makes no such use."""
    free = committed_plan(seed)
    scenario = LIMITS[limit](free, Random(f"{limit} {seed}"))
    if scenario is None:
        return None
    try:
        return Limited(free, planned(scenario))
    except Impossible:
        return None
