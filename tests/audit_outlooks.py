"""Inputs with two outlooks that differ in everything that an outlook can change."""

from typing import Any

from contracts.calendar import Month
from scenarios.migrations import Migration
from scenarios.outlooks import Effect, Outlook, OutlookEffect, Subject
from scenarios.policy import Lost
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests import builders as make
from tests.audit_commitments import stacks, to_stack_b
from tests.audit_lines import FEB, JAN, MAR, usd

CALM, STORM = "calm", "storm"


def _in_storm(
    effect: Effect, value: float, of: Subject = Subject.ALL, name: str = "*", first_month: Month | None = None
) -> OutlookEffect:
    return OutlookEffect(outlook=STORM, effect=effect, of=of, name=name, first_month=first_month, value=value)


def effects() -> tuple[OutlookEffect, ...]:
    """What is different in the storm; in the calm everything is as typed."""
    return (
        _in_storm(Effect.DEMAND, 3.0, first_month=FEB),
        _in_storm(Effect.DEMAND, 0.5, Subject.WORKLOAD, "chat", FEB),
        _in_storm(Effect.ON_DEMAND_PRICE, 1.1),
        _in_storm(Effect.ON_DEMAND_PRICE, 1.0500003, Subject.PROVIDER, "cloud-a"),
        _in_storm(Effect.ON_DEMAND_PRICE, 7.0, Subject.PROVIDER, "cloud-b"),
        _in_storm(Effect.SPOT_PRICE, 1.25, Subject.STACK, "stack-a"),
        _in_storm(Effect.SPOT_DEPTH, 0.5, Subject.FAMILY, "gpu-a-family"),
        _in_storm(Effect.GOODPUT, 0.8, Subject.OFFERING, "node-a"),
        _in_storm(Effect.DELIVERY_DELAY, 1),
        _in_storm(Effect.DELIVERY_DELAY, 0, first_month=FEB),
        _in_storm(Effect.DELIVERY_DELAY, 2, Subject.PROVIDER, "cloud-b"),
        _in_storm(Effect.GATE, 0, Subject.MIGRATION, "to-b"),
    )


def migrations() -> tuple[Migration, ...]:
    """One that begins before the reveal and fails in the storm, one that may wait."""
    quick: dict[str, Any] = {"engineering_months": 1, "lead_months": 1}
    return (
        to_stack_b(engineering_usd=usd(100), upkeep_usd_per_month=usd(10), ramp_shares=(0.25,), **quick),
        to_stack_b(
            migration="to-c",
            stack="stack-c",
            engineering_usd=usd(500),
            capitalised=False,
            upkeep_usd_per_month=usd(0),
            ramp_shares=(0.5,),
            earliest_start=FEB,
            latest_start=FEB,
            **quick,
        ),
    )


def outlooks_scenario() -> Scenario:
    """Three months, the outlook known from February on, nodes of node-a bought in every way."""
    requests = {JAN: 10.0, FEB: 20.0, MAR: 20.0}
    catalog = stacks(3)
    node_a, *others = catalog["offerings"]
    catalog["offerings"] = (node_a.model_copy(update={"stock_nodes": 2}), *others)
    return make.a_scenario(
        run=make.run_settings(months=3, reveal_month=FEB, beyond_horizon_weight=usd("0.5")),
        policy=make.a_policy(
            migrations_at_once=1,
            contingencies=(
                make.a_contingency(
                    "lose-spot",
                    lost=Lost.SPOT,
                    name="*",
                    probability_per_year=0.12,
                    duration_hours=100.0,
                    outlooks=(STORM,),
                ),
            ),
        ),
        catalog=make.a_catalog(**catalog),
        contracts=(
            make.an_on_demand(),
            make.an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=usd(8)),
            make.an_on_demand("od-c", offering="node-c", price_usd_per_node_hour=usd(9)),
            make.a_spot(spot_depth_nodes=2, price_usd_per_node_hour=usd(4)),
            make.a_reserved(term_months=3, latest_start=JAN),
            make.a_reserved("res-late", price_usd_per_node_hour=usd(7), earliest_start=FEB),
        ),
        demand=tuple(Demand(workload="chat", month=m, accepted_requests_per_s=r) for m, r in requests.items()),
        outlooks=(Outlook(outlook=CALM, probability=0.75), Outlook(outlook=STORM, probability=0.25)),
        outlook_effects=effects(),
        migrations=migrations(),
    )
