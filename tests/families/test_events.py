"""Events of every kind, worked by hand: January has 744 hours, February 672; on demand costs 10 an hour.

What is left after an event is what holds: node-b stands in region-b, or at the edge, or is behind a gate.
"""

from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest

from catalog.accelerators import Silicon
from catalog.footprint import Locality
from catalog.offerings import Region
from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.outlooks import Effect
from scenarios.policy import Lost, WorkloadFloor
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_contingency,
    a_held,
    a_migration,
    a_policy,
    a_reserved,
    a_scenario,
    a_site,
    a_size_class,
    a_take_or_pay,
    a_workload,
    an_accelerator,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    an_owned,
    flat_blocks,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import changed, objective, ordered, planned, with_policy
from tests.stacks import two_stacks

OD_A = an_on_demand()
OD_B = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))
NO_QUOTA: dict[str, Any] = {"quota_nodes": 0}


def survived_by(scenario: Scenario, **event: Any) -> Plan:
    return planned(with_policy(scenario, contingencies=(a_contingency(**event),)))


def leaned_on(plan: Plan) -> set[str]:
    return {use.offering for case in plan.contingencies for use in case.emergency}


def in_two_regions(provider_b: str = "cloud-b", **node_b: Any) -> Scenario:
    """node-a in region-a of geo-a; node-b in region-b of geo-b, and a workload that may be served in both."""
    catalog = two_clouds({"region": "region-b", "provider": provider_b} | node_b)
    return a_scenario(
        catalog=catalog,
        contracts=(OD_A, OD_B),
        workloads=(a_workload(geographies=("geo-a", "geo-b")),),
        demand=nodes_of_load(1.0),
    )


def test_a_region_takes_what_stands_in_it() -> None:
    """region-a is lost: node-b carries the 0.8. Where node-b stands in it, too, nothing is left."""
    assert leaned_on(survived_by(in_two_regions(), lost=Lost.REGION, name="region-a")) == {"node-b"}
    with pytest.raises(Impossible, match=r"after contingency lose-cloud-a \(region region-a\) no offering is left"):
        survived_by(in_two_regions(region="region-a"), lost=Lost.REGION, name="region-a")


def test_a_region_is_less_than_its_geography() -> None:
    """Two regions of geo-a: the loss of one leaves the other, the loss of the geography neither."""
    scenario = in_two_regions()
    regions = (Region(region="region-a", geography="geo-a"), Region(region="region-b", geography="geo-a"))
    scenario = changed(scenario, catalog=scenario.catalog.model_copy(update={"regions": regions}))
    assert leaned_on(survived_by(scenario, lost=Lost.REGION, name="region-b")) == {"node-a"}
    with pytest.raises(Impossible):
        survived_by(scenario, lost=Lost.GEOGRAPHY, name="geo-a")


@pytest.mark.parametrize(
    ("name", "locality", "left"),
    [
        ("cloud", Locality.EDGE, "node-b"),
        ("edge", Locality.EDGE, "node-a"),
        ("local", Locality.EDGE, "node-a"),
        ("local", Locality.OWN_SITE, "node-a"),
    ],
)
def test_a_locality_takes_what_stands_on_that_ground(name: str, locality: Locality, left: str) -> None:
    plan = survived_by(in_two_regions(locality=locality), lost=Lost.LOCALITY, name=name)
    assert leaned_on(plan) == {left}


def test_a_locality_at_which_nothing_else_stands_takes_all() -> None:
    with pytest.raises(Impossible):
        survived_by(in_two_regions(), lost=Lost.LOCALITY, name="cloud")


@pytest.mark.parametrize(
    ("lost", "name"),
    [
        (Lost.PROVIDER, "cloud-a"),
        (Lost.FAMILY, "gpu-a-family"),
        (Lost.CHIP_VENDOR, "vendor-a"),
        (Lost.STACK, "stack-a"),
    ],
)
def test_what_is_lost_in_one_geography_is_left_in_another(lost: Lost, name: str) -> None:
    """cloud-a with gpu-a has a node in both geographies: in all of them both are lost, in geo-a only the first."""
    scenario = in_two_regions(provider_b="cloud-a", accelerator="gpu-a")
    assert leaned_on(survived_by(scenario, lost=lost, name=name, in_geography="geo-a")) == {"node-b"}
    with pytest.raises(Impossible):
        survived_by(scenario, lost=lost, name=name)


def late(**overrides: Any) -> dict[str, Any]:
    """No order is there in the month of its delivery."""
    return {"lost": Lost.DELIVERY, "name": "*", "late_months": 1} | overrides


def a_renewal(event: dict[str, Any] | None = None, **overrides: Any) -> Plan:
    """One node is held in January at 5; after that it has to be ordered, at 6 for two months, with nothing to rent."""
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (a_reserved(),),
        "held_contracts": (a_held(end=FIRST + 1),),
        "demand": nodes_of_load(1.0),
    }
    scenario = a_scenario(**(fields | overrides))
    return planned(scenario) if event is None else survived_by(scenario, **event)


IN_TIME = {"res-a.2027-02": 1}
A_MONTH_EARLY = {"res-a.2027-01": 1}


def test_an_order_that_may_come_a_month_late_is_made_a_month_early() -> None:
    """February at 6, 4,032, or January, too, 8,496: then the node is there in February for sure."""
    free, early = a_renewal(), a_renewal(late())
    assert (objective(free), ordered(free)) == (744 * 5 + 672 * 6, IN_TIME)
    assert (objective(early), ordered(early)) == (744 * 5 + 1416 * 6, A_MONTH_EARLY)


@pytest.mark.parametrize(
    ("event", "made"),
    [
        (late(name="res-a"), A_MONTH_EARLY),
        (late(name="cloud-a"), A_MONTH_EARLY),
        (late(delivered_share=0.8), IN_TIME),
        (late(delivered_share=0.79), {"res-a.2027-02": 2}),
        (late(late_months=None, delivered_share=0.8), IN_TIME),
        (late(floor_share=0.0), IN_TIME),
    ],
)
def test_only_orders_that_are_named_are_late_and_a_part_may_be_enough(event: dict[str, Any], made: Any) -> None:
    """Two nodes of February, of which 79 % come, cost less than one of January."""
    assert ordered(a_renewal(event)) == made


def test_orders_of_one_provider_may_be_late_alone() -> None:
    """res-b at 20 would be there in time, but January of res-a costs less; that cloud-b may be late is no matter."""
    choice: dict[str, Any] = {
        "catalog": two_clouds(),
        "contracts": (a_reserved(), a_reserved("res-b", offering="node-b", price_usd_per_node_hour=Decimal(20))),
    }
    assert ordered(a_renewal(late(name="cloud-b"), **choice)) == IN_TIME
    assert ordered(a_renewal(late(name="cloud-a"), **choice)) == A_MONTH_EARLY


def test_an_order_of_which_only_a_part_ever_comes_is_made_larger() -> None:
    """Half of the nodes are there in all months of the term: 0.8 of a node takes two."""
    plan = a_renewal(late(late_months=None, delivered_share=0.5))
    assert ordered(plan) == {"res-a.2027-02": 2}
    assert [(p.offering, p.nodes) for case in plan.contingencies for p in case.placements] == [("node-a", 0.8)] * 2


def test_what_is_held_is_never_late() -> None:
    assert objective(a_renewal(late(), held_contracts=(a_held(),))) == 1416 * 5


@pytest.mark.parametrize("order", [a_take_or_pay("res-a"), an_owned("res-a", site="site-a"), a_reserved(firm=False)])
def test_every_order_by_the_lot_may_be_late_firm_or_not(order: Any) -> None:
    """Not firm is leaned on with all its confidence, so it is like firm."""
    overrides: dict[str, Any] = {"contracts": (order,), "sites": (a_site(),)}
    assert set(ordered(a_renewal(**overrides))) == {"res-a.2027-02"}
    assert set(ordered(a_renewal(late(), **overrides))) == {"res-a.2027-01"}


def test_a_delivery_is_late_from_the_month_in_which_the_outlook_delivers() -> None:
    """Late in one of two outlooks already: the order of January comes in February there, and is not there, either."""
    with_outlooks: dict[str, Any] = {
        "outlooks": (an_outlook(), an_outlook("slow")),
        "outlook_effects": (an_effect("slow", effect=Effect.DELIVERY_DELAY, value=1.0),),
    }
    with pytest.raises(Impossible):
        a_renewal(late(), **with_outlooks)
    assert ordered(a_renewal(late(outlooks=("base",)), **with_outlooks)) == A_MONTH_EARLY


def test_nodes_that_left_are_not_lost_once_more_and_those_swapped_in_are_there_in_full() -> None:
    """Nothing of the order of January ever comes, but in February it can be swapped to node-b at the same price."""
    catalog = two_clouds({"quota_nodes": 0, "provider": "cloud-a"}, **NO_QUOTA)
    scenario = a_scenario(
        catalog=catalog,
        contracts=(
            a_reserved(
                swap_to="node-b",
                swap_after_months=1,
                swap_price_usd_per_node_hour=Decimal(6),
                latest_start=FIRST,
            ),
        ),
        held_contracts=(a_held(end=FIRST + 1),),
        demand=nodes_of_load(1.0),
    )
    never = late(late_months=60, floor_share=0.9)
    plan = survived_by(scenario, **never)
    assert objective(plan) == 744 * 5 + 1416 * 6
    assert [(row.to_offering, row.to_nodes) for row in plan.rights] == [("node-b", 1)]


def test_renewed_nodes_are_there_in_full() -> None:
    """Ordered for January, renewed for February: of the order nothing comes, of the renewal all."""
    renewable = a_reserved(term_months=1, renewal_months=1, latest_start=FIRST)
    plan = a_renewal(late(late_months=60), contracts=(renewable,))
    assert objective(plan) == 744 * 5 + 1416 * 6


def after_delivery(scenario: Scenario, orders: dict[int, int], late_months: int, share: float) -> list[float]:
    """Nodes of res-a that are there in each month after the event, by month of delivery."""
    terms = next(row for row in scenario.contracts if row.contract == "res-a")
    assert terms.kind == "reserved"
    return [
        sum(
            nodes * (share if t < u + late_months else 1.0)
            for u, nodes in orders.items()
            if u <= t < u + terms.term_months
        )
        for t in range(scenario.run.months)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_the_cheapest_orders_are_those_of_trying_all_of_them(seed: int) -> None:
    """Up to three nodes in each of three months; what they leave to be rented is 12 an hour, of a quota of two."""
    draw = Random(seed)
    months, quota, confidence = 3, 2, draw.choice([0.0, 0.3, 0.5])
    loads = [draw.randint(5, 24) / 10 for _ in range(months)]
    late_months, share, floor = draw.randint(1, 3), draw.choice([0.0, 0.25, 0.5]), draw.choice([0.3, 0.5, 0.8])
    held, price = draw.randint(0, 2), draw.randint(50, 90) / 10
    terms = a_reserved(
        term_months=draw.randint(1, 3), price_usd_per_node_hour=Decimal(str(price)), maximum_order_nodes=3
    )
    node = an_offering(stock_nodes=9, quota_nodes=quota, on_demand_confidence=confidence)
    demand = tuple(row for t, load in enumerate(loads) for row in (nodes_of_load(load, t + 1)[t],))
    scenario = a_scenario(
        run=run_settings(months=months, beyond_horizon_weight=Decimal(1)),
        catalog=ten_requests_a_node(offerings=(node,)),
        contracts=(an_on_demand(price_usd_per_node_hour=Decimal(12)), terms),
        held_contracts=(a_held(nodes=held),) if held else (),
        demand=demand,
        policy=a_policy(
            contingencies=(
                a_contingency(**late(late_months=late_months, delivered_share=share, floor_share=floor)),
            )
        ),
    )
    hours = [month.hours for month in scenario.horizon.months]
    least = None
    for nodes in product(range(4), repeat=months):
        orders = dict(enumerate(nodes))
        there = after_delivery(scenario, orders, 0, 1.0)
        owned = [t_nodes + (held if t < 2 else 0) for t, t_nodes in enumerate(there)]
        left = after_delivery(scenario, orders, late_months, share)
        survives = all(
            floor * load <= left[t] + (held if t < 2 else 0) + quota * confidence + 1e-9 for t, load in enumerate(loads)
        )
        if survives and all(load <= owned[t] + quota for t, load in enumerate(loads)):
            term = sum(
                price * n * (FIRST + (u + i)).hours for u, n in orders.items() for i in range(terms.term_months)
            )
            rented = sum(12 * hours[t] * max(0.0, load - owned[t]) for t, load in enumerate(loads))
            cost = term + rented + sum(5 * held * hours[t] for t in range(2))
            least = cost if least is None else min(least, cost)
    if least is None:
        with pytest.raises(Impossible):
            planned(scenario)
    else:
        assert float(objective(planned(scenario))) == pytest.approx(least, abs=0.05)


def behind_a_gate(months: int = 3, quota: int = 1, **event: Any) -> Plan:
    """One node of load; node-b at 5 is behind a gate; of node-a's quota at 10 one can count on half a node each."""
    catalog = two_stacks("model-a")
    offerings = tuple(
        row.model_copy(update={"quota_nodes": quota, "on_demand_confidence": 0.5}) if row.offering == "node-a" else row
        for row in catalog.offerings
    )
    scenario = a_scenario(
        catalog=catalog.model_copy(update={"offerings": offerings}),
        run=run_settings(months=months),
        contracts=(
            an_on_demand(),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(5)),
            a_reserved(price_usd_per_node_hour=Decimal("9.50"), term_months=1),
        ),
        demand=nodes_of_load(1.0, months),
        migrations=(a_migration(stack="stack-b"),),
    )
    return planned(scenario) if not event else survived_by(scenario, **event)


YOUNG: dict[str, Any] = {"lost": Lost.YOUNG_STACK, "name": "stack-b", "months_in_production": 1}


def test_what_was_there_before_is_kept_warm_until_a_stack_has_been_in_production() -> None:
    """January on node-a at 9.50 (7,068), February and March (1,416 h) on node-b at 5, the work 1,000.

    With a month in production, February's floor of 80 % is kept on node-a: on demand gives half a node, so that one
    is reserved (6,384) and used instead of node-b (3,360). March is free: the gate was in February.
    """
    assert objective(behind_a_gate()) == 7068 + 1416 * 5 + 1000
    assert objective(behind_a_gate(**YOUNG)) == 7068 + 6384 + 744 * 5 + 1000


def test_a_floor_that_the_quota_keeps_costs_nothing() -> None:
    """Half a node is what one can count on of the old stack."""
    assert objective(behind_a_gate(**YOUNG, floor_share=0.5)) == objective(behind_a_gate())
    assert objective(behind_a_gate(quota=2, **YOUNG)) == objective(behind_a_gate(quota=2))


def test_more_months_in_production_keep_the_baseline_longer() -> None:
    """Two: February and March need node-a, so that the work is not worth its 1,000 at all."""
    plan = behind_a_gate(**(YOUNG | {"months_in_production": 2}))
    assert objective(plan) == (744 + 672 + 744) * Decimal("9.50")
    assert plan.migrations == ()


def test_models_without_a_migration_are_in_production_already() -> None:
    """Only model-b would have to be moved."""
    scenario = a_scenario(
        catalog=two_stacks("model-a", "model-b"),
        migrations=(a_migration(stack="stack-b", model="model-b"),),
        contracts=(an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(5)),),
        demand=nodes_of_load(1.0),
    )
    assert objective(survived_by(scenario, **YOUNG)) == 1416 * 5


def test_every_custom_stack_is_meant_by_a_star() -> None:
    """gpu-b of stack-b is a GPU: only stack-c, on which nothing runs, is young. As custom silicon it is, too."""

    def with_chip(silicon: Silicon) -> Plan:
        catalog = two_stacks("model-a")
        chips = tuple(
            row.model_copy(update={"silicon": silicon}) if row.stack == "stack-b" else row
            for row in catalog.accelerators
        )
        chips += (an_accelerator("asic-c", stack="stack-c", silicon=Silicon.CUSTOM),)
        scenario = a_scenario(
            catalog=catalog.model_copy(update={"accelerators": chips}),
            contracts=(
                a_reserved(term_months=1),
                an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(2)),
            ),
            demand=nodes_of_load(1.0),
            migrations=(a_migration(stack="stack-b"), a_migration("mig-c", stack="stack-c")),
        )
        return survived_by(scenario, **(YOUNG | {"name": "*"}))

    assert ordered(with_chip(Silicon.GPU)) == {"res-a.2027-01": 1}
    assert ordered(with_chip(Silicon.CUSTOM)) == {"res-a.2027-01": 1, "res-a.2027-02": 1}


def test_what_only_waits_for_a_young_stack_is_told_before_any_solve() -> None:
    scenario = a_scenario(
        catalog=two_stacks("model-a"),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b")),
        demand=nodes_of_load(1.0),
        migrations=(a_migration(stack="stack-b"),),
    )
    lost_a = a_contingency(lost=Lost.STACK, name="stack-a")
    with pytest.raises(Impossible, match=r"all that is left in 2027-01 waits for a migration \(mig-a\)"):
        planned(with_policy(scenario, contingencies=(lost_a,)))


def two_workloads(**event: Any) -> Plan:
    """A node of chat and one of code; after the loss of cloud-a one node of cloud-b can be counted on."""
    scenario = a_scenario(
        catalog=two_clouds({"quota_nodes": 1}),
        contracts=(OD_A, OD_B),
        workloads=(a_workload(), a_workload("code")),
        size_classes=(a_size_class(), a_size_class("code")),
        demand=(*nodes_of_load(1.0), *nodes_of_load(1.0, workload="code")),
        blocks=flat_blocks("chat", "code"),
    )
    return survived_by(scenario, **event)


def test_a_workload_may_have_a_floor_of_its_own() -> None:
    """0.8 of both is more than a node; 0.8 of chat and a fifth of code is just one."""
    with pytest.raises(Impossible):
        two_workloads()
    fifth = WorkloadFloor(workload="code", floor_share=0.2)
    case = two_workloads(floors=(fifth,)).contingencies[0]
    assert {(p.workload, p.nodes) for p in case.placements} == {("chat", 0.8), ("code", 0.2)}
    with pytest.raises(Impossible):
        two_workloads(floors=(WorkloadFloor(workload="code", floor_share=0.21),))


def test_a_workload_with_a_floor_of_nothing_needs_no_offering() -> None:
    """Code may be served by nothing that is left."""
    floors = (WorkloadFloor(workload="chat", floor_share=0.0), WorkloadFloor(workload="code", floor_share=0.0))
    assert two_workloads(floors=floors).contingencies[0].placements == ()
