"""The provider's order of billing: an hour worked by hand, worked numbers from outside, and the plan beside it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.billing import CommittedDollars, ReservedNodes, Running, invoice, taken_by_commitments
from contracts.terms.common import Nature
from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Upfront
from optimizer.billing_order import billed_in_order
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_covered_rate,
    a_reserved,
    a_scenario,
    a_spend_commitment,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import decided, objective, planned

TRUTH = json.loads((Path(__file__).parent / "truth" / "worked_examples.json").read_text())
HOUR = Decimal(1)


def priced(*terms: OnDemand) -> dict[Any, OnDemand]:
    return {(t.contract, FIRST + i): t for t in terms for i in range(12)}


def committed(usd: str, *rates: Any, **terms: Any) -> CommittedDollars:
    return CommittedDollars(a_spend_commitment(**terms), rates, Decimal(usd), FIRST)


def an_hour(**nodes: str) -> Running:
    return Running(FIRST, HOUR, {name.replace("_", "-"): Decimal(count) for name, count in nodes.items()})


def use_usd(lines: Any) -> Decimal:
    """Bill of the hour without the fees of terms."""
    fees = (Nature.SPEND_COMMITMENT_RECURRING, Nature.RESERVED_UPFRONT, Nature.RESERVED_RECURRING)
    return sum((row.bill.exact_usd for row in lines if row.bill.nature not in fees), Decimal(0))


def test_thirteen_dollars_cover_three_and_a_quarter_of_four_nodes() -> None:
    """On demand 5, covered 4: 13 committed and 0.75 nodes on demand are 16.75."""
    lines = invoice(
        [an_hour(od_a="4")],
        priced(an_on_demand(price_usd_per_node_hour=Decimal(5))),
        commitments=(committed("13", a_covered_rate(usd="4")),),
    )
    assert 13 + use_usd(lines) == Decimal(str(TRUTH["savings_plan_partial"]["hour_cost"]))


def test_thirteen_dollars_in_a_plan_cost_the_same_every_hour() -> None:
    plan = planned(
        a_scenario(
            catalog=ten_requests_a_node(),
            contracts=(an_on_demand(price_usd_per_node_hour=Decimal(5)),),
            spend_commitments=(a_spend_commitment(step_usd_per_hour=Decimal(13), maximum_usd_per_hour=Decimal(13)),),
            covered_rates=(a_covered_rate(usd="4"),),
            demand=nodes_of_load(4.0),
        )
    )
    assert [row.usd_per_hour for row in plan.committed_spend] == [13]
    assert objective(plan) == Decimal(str(TRUTH["savings_plan_partial"]["hour_cost"])) * (744 + 672)


@pytest.mark.parametrize(("instances", "usd"), [("2", "1.90"), ("1", "0.90"), ("0", "0.90")])
def test_ninety_cents_cover_one_instance_and_are_due_without_any(instances: str, usd: str) -> None:
    assert "2 instances -> 1.90; 0 instances -> 0.90" in TRUTH["savings_plan_one_instance"]["source"]
    lines = invoice(
        [an_hour(od_a=instances)],
        priced(an_on_demand(price_usd_per_node_hour=Decimal(1))),
        commitments=(committed("0.90", a_covered_rate(usd="0.90")),),
    )
    assert Decimal("0.90") + use_usd(lines) == Decimal(usd)


def test_ninety_cents_in_a_plan_are_due_in_the_hours_without_an_instance() -> None:
    """Two by day, none by night would never be signed for 0.90; at a minimum that is signed for a month it is."""
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(price_usd_per_node_hour=Decimal(1)),),
        "spend_commitments": (
            a_spend_commitment(step_usd_per_hour=Decimal("0.90"), maximum_usd_per_hour=Decimal("0.90"), term_months=1),
        ),
        "covered_rates": (a_covered_rate(usd="0.90"),),
    }
    two = planned(a_scenario(demand=nodes_of_load(2.0), **fields))
    assert objective(two) == Decimal("1.90") * (744 + 672)
    idle = planned(a_scenario(demand=nodes_of_load(1.0), blocks=day_and_night("chat", day=2.0, night=0.0), **fields))
    assert objective(idle) == 1 * (744 + 672)
    assert idle.committed_spend == ()


def test_a_reserved_year_beats_one_on_demand_and_loses_to_half_of_one() -> None:
    """8,760 hours: 1,103.76 on demand, 648.24 reserved, 551.88 at half the use."""
    prices = priced(an_on_demand(price_usd_per_node_hour=Decimal("0.126")))
    reserved = ReservedNodes(
        a_reserved(
            price_usd_per_node_hour=Decimal("0.074"), term_months=12, upfront=Upfront.PARTIAL, upfront_share=0.5
        ),
        1,
        FIRST,
    )

    def year(nodes: str, *reservations: ReservedNodes) -> Decimal:
        usage = [Running(FIRST + i, Decimal((FIRST + i).hours), {"od-a": Decimal(nodes)}) for i in range(12)]
        return sum((row.bill.exact_usd for row in invoice(usage, prices, reservations)), Decimal(0))

    assert year("1") == Decimal("1103.76")
    assert year("1", reserved) == Decimal("648.24")
    assert year("0.5") == Decimal("551.88")
    even = TRUTH["ri_breakeven_m4large"]["breakeven_utilisation"]
    assert float(year("1", reserved) / year("1")) == pytest.approx(even)


def test_reservations_come_first_then_plans_for_one_kind_then_flexible_ones() -> None:
    """Four nodes run: one is reserved, one is the instance plan's, one and a half the flexible plan's."""
    lines = invoice(
        [an_hour(od_a="4")],
        priced(an_on_demand()),
        reservations=(ReservedNodes(a_reserved(), 1, FIRST),),
        commitments=(
            committed("12", a_covered_rate("a-flexible", usd="8"), contract="a-flexible", flexible=True),
            committed("7", a_covered_rate("z-instance"), contract="z-instance"),
        ),
    )
    quantities = {row.source: row.bill.quantity for row in lines if row.bill.nature is Nature.SPEND_COMMITMENT_COVERED}
    assert quantities == {"a-flexible": Decimal("1.5"), "z-instance": 1}
    assert use_usd(lines) == (3 - 1 - Decimal("1.5")) * 10


def test_within_a_plan_the_highest_saving_share_comes_first_ties_by_the_lower_rate() -> None:
    """40 % off 20, 30 % off 10 and 30 % off 5: 13.50 cover a node at 12, then part of the cheap one."""
    prices = priced(
        an_on_demand("dear", price_usd_per_node_hour=Decimal(20)),
        an_on_demand("plain", price_usd_per_node_hour=Decimal(10)),
        an_on_demand("cheap", price_usd_per_node_hour=Decimal(5)),
    )
    rates = [a_covered_rate(covers=c, usd=u) for c, u in (("plain", "7"), ("cheap", "3.5"), ("dear", "12"))]
    taken = taken_by_commitments(an_hour(dear="1", plain="1", cheap="1"), prices, [committed("13.75", *rates)])
    assert [(row.covers, row.nodes) for row in taken] == [("dear", 1), ("cheap", Decimal("0.5"))]


def test_what_an_hour_leaves_is_lost() -> None:
    """Two nodes in one hour and none in the next, ten dollars an hour: the second hour saves nothing."""
    plan = committed("14", a_covered_rate())
    hours = [an_hour(od_a="2"), an_hour()]
    assert use_usd(invoice(hours, priced(an_on_demand()), commitments=(plan,))) == 0
    both = [Running(FIRST, Decimal(2), {"od-a": Decimal(1)})]
    half = committed("7", a_covered_rate())
    assert use_usd(invoice(both, priced(an_on_demand()), commitments=(half,))) == 0
    assert use_usd(invoice(hours, priced(an_on_demand()), commitments=(half,))) == 10


def two_plans(**overrides: Any) -> Scenario:
    """cloud-a has two kinds of node, one of each is in use; an instance plan for node-a, a flexible one for both.

    The flexible plan saves 5 a node of node-a and 1 of node-b, the instance plan 3 of node-a; 5 dollars each an hour.
    """
    fields: dict[str, Any] = {
        "run": run_settings(months=1),
        "catalog": two_clouds(node_b={"provider": "cloud-a", "quota_nodes": 1}, quota_nodes=1),
        "contracts": (an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))),
        "demand": nodes_of_load(2.0, 1),
        "spend_commitments": (
            a_spend_commitment("instance", maximum_usd_per_hour=Decimal(7), step_usd_per_hour=Decimal(7)),
            a_spend_commitment(
                "flex", flexible=True, maximum_usd_per_hour=Decimal(6), step_usd_per_hour=Decimal(6)
            ),
        ),
        "covered_rates": (
            a_covered_rate("instance", "od-a", "7"),
            a_covered_rate("instance", "od-b", "8"),
            a_covered_rate("flex", "od-a", "6"),
            a_covered_rate("flex", "od-b", "11"),
        ),
    }
    return a_scenario(**(fields | overrides))


def test_the_real_order_bills_more_where_the_first_plan_takes_what_only_the_second_could_use_well() -> None:
    """In the plan the instance dollars go to node-b (7/8 of a node, 10.50 off) and flex covers node-a (10 off).

    The provider saves the highest share first: the instance plan has 30 % on node-a and a third on node-b, so it takes
    node-b as well. With node-b covered at 9 its share is a quarter: it takes node-a (10 off), and flex is left with
    6 / 11 of node-b.
    """
    plan = planned(two_plans())
    (same,) = billed_in_order(plan.scenario, plan.usages, plan.committed_spend, plan.coverage)
    assert same.more_usd == 0
    assert not any("order of billing" in note for note in plan.notes)
    rates = (
        a_covered_rate("instance", "od-a", "7"),
        a_covered_rate("instance", "od-b", "8.5"),
        a_covered_rate("flex", "od-a", "6"),
        a_covered_rate("flex", "od-b", "11"),
    )
    plan = planned(two_plans(covered_rates=rates))
    (row,) = billed_in_order(plan.scenario, plan.usages, plan.committed_spend, plan.coverage)
    assert float(row.planned_usd) == pytest.approx(744 * (7 / 8.5 * 12 + 10), abs=0.01)
    assert float(row.in_order_usd) == pytest.approx(744 * (10 + 6 / 11 * 12), abs=0.01)
    assert any(f"{row.more_usd:,.2f} USD more" in note for note in plan.notes)


rates = st.decimals("4", "11.9", places=1)


@settings(max_examples=8)
@given(
    usd=st.tuples(rates, rates, rates, rates),
    sizes=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    nodes=st.decimals("0.5", "3", places=1),
)
def test_a_plan_never_covers_less_than_the_real_order_would(
    usd: tuple[Decimal, ...], sizes: tuple[int, int], nodes: Decimal
) -> None:
    ways = (("instance", "od-a"), ("instance", "od-b"), ("flex", "od-a"), ("flex", "od-b"))
    scenario = two_plans(
        covered_rates=tuple(
            a_covered_rate(k, c, str(min(rate, Decimal("9.9")))) for (k, c), rate in zip(ways, usd, strict=True)
        ),
        spend_commitments=(
            a_spend_commitment("instance", step_usd_per_hour=sizes[0], maximum_usd_per_hour=sizes[0]),
            a_spend_commitment("flex", flexible=True, step_usd_per_hour=sizes[1], maximum_usd_per_hour=sizes[1]),
        ),
        catalog=two_clouds(node_b={"provider": "cloud-a", "quota_nodes": 3}, quota_nodes=3),
        demand=nodes_of_load(float(nodes), 1),
        blocks=day_and_night("chat"),
    )
    plan = decided(scenario)
    found = billed_in_order(scenario, plan.usages, plan.committed_spend, plan.coverage)
    assert sum(row.more_usd for row in found) >= Decimal("-0.01")
