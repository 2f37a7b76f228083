"""Shares, worked by hand: cloud-a costs 10 an hour on demand, cloud-b 12; two nodes of load for 1,416 hours."""

from decimal import Decimal
from typing import Any

import pyomo.environ as pyo
import pytest

from contracts.terms.common import BillLine, Nature
from optimizer.decisions import decide
from optimizer.families import concentration, on_demand
from optimizer.faults import Impossible
from optimizer.ledger import Ledger
from optimizer.plan import Plan
from optimizer.problem import state
from optimizer.shares import holdings
from optimizer.supply import Supply
from scenarios.policy import ConcentrationCap, Grouping, ShareMeasure, UnknownFigures, Window
from tests.builders import (
    FIRST,
    a_held,
    a_policy,
    a_reserved,
    a_scenario,
    a_spot,
    a_workload,
    an_on_demand,
    nodes_of_load,
    two_clouds,
)
from tests.proving import a_cap, binding, objective, planned

OD_B = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))
UNCAPPED = 28320
A_KILOWATT = UnknownFigures(power_kw_per_accelerator=1.0, pue=1.0)


def plan_with(*caps: ConcentrationCap, **overrides: Any) -> Plan:
    fields: dict[str, Any] = {
        "catalog": two_clouds(),
        "contracts": (an_on_demand(), OD_B),
        "demand": nodes_of_load(2.0),
        "policy": a_policy(concentration=caps),
    }
    return planned(a_scenario(**(fields | overrides)))


def test_without_a_cap_all_goes_to_the_cheaper() -> None:
    assert objective(plan_with()) == UNCAPPED


def test_no_provider_holds_more_than_its_share_of_the_tokens() -> None:
    """One node each: 22 * 1,416. Three quarters: 1.5 and 0.5 nodes, 21 * 1,416."""
    plan = plan_with(a_cap())
    assert objective(plan) == 31152
    assert "cap: cloud-a at its cap" in binding(plan)
    assert objective(plan_with(a_cap(cap_share=0.75))) == 29736


@pytest.mark.parametrize("measure", [ShareMeasure.TOKENS, ShareMeasure.SPEND, ShareMeasure.CAPACITY])
def test_a_cap_of_everything_binds_nobody(measure: ShareMeasure) -> None:
    policy = a_policy(concentration=(a_cap(measure=measure, cap_share=1.0),), unknown_figures=A_KILOWATT)
    plan = plan_with(policy=policy)
    assert objective(plan) == UNCAPPED
    assert binding(plan) == set()


def test_no_provider_bills_more_than_its_share_of_the_spend() -> None:
    """Equal bills: 12/11 nodes at 10 and 10/11 at 12, 240/11 an hour."""
    plan = plan_with(a_cap(measure=ShareMeasure.SPEND))
    assert float(objective(plan)) == pytest.approx(1416 * 240 / 11, abs=0.02)


def test_no_provider_holds_more_than_its_share_of_the_capacity_at_list_price() -> None:
    """Listed at 10 and 30: 1.5 nodes of cloud-a weigh as much as 0.5 of cloud-b; 21 * 1,416."""
    catalog = two_clouds(node_b={"list_price_usd_per_node_hour": Decimal(30)})
    assert objective(plan_with(a_cap(measure=ShareMeasure.CAPACITY), catalog=catalog)) == 29736


def test_idle_reserved_nodes_count_as_capacity_and_not_as_tokens() -> None:
    """Held: one idle node of cloud-b (5 an hour). As capacity it is half beside one of cloud-a.

    A load of one node: tokens half and half take half a node of each cloud, and cloud-b's is held: 5 + 5.
    As capacity cloud-a may have a whole node beside it, but the held one is free to use: nothing is rented.
    """
    fields: dict[str, Any] = {
        "held_contracts": (a_held(offering="node-b"),),
        "demand": nodes_of_load(1.0),
    }
    assert objective(plan_with(a_cap(), **fields)) == 10 * 1416
    assert objective(plan_with(a_cap(measure=ShareMeasure.CAPACITY, group="cloud-a"), **fields)) == 5 * 1416


def test_what_is_held_counts_as_spend() -> None:
    """Held at cloud-a for 5 an hour. With load for two, cloud-b must bill as much: 5/12 nodes at 12, and cloud-a's
    bill may grow as cloud-b's does: x more at cloud-a, y at cloud-b with 5 + 10 x = 12 y and x + y = 1.
    """
    plan = plan_with(a_cap(measure=ShareMeasure.SPEND), held_contracts=(a_held(),))
    y = 15 / 22
    assert float(objective(plan)) == pytest.approx(1416 * (5 + 10 * (1 - y) + 12 * y), abs=0.02)


def test_a_named_group_is_capped_alone() -> None:
    """cloud-b at most nothing, cloud-a free."""
    plan = plan_with(a_cap(group="cloud-b", cap_share=0.0))
    assert objective(plan) == UNCAPPED
    assert objective(plan_with(a_cap(group="cloud-a", cap_share=0.25))) == (5 + 18) * 1416


def test_a_group_that_is_not_there_is_no_limit() -> None:
    assert objective(plan_with(a_cap(group="cloud-z", cap_share=0.0))) == UNCAPPED


@pytest.mark.parametrize("by", [Grouping.CHIP_VENDOR, Grouping.FAMILY])
def test_chips_are_grouped_by_vendor_and_family(by: Grouping) -> None:
    assert objective(plan_with(a_cap(by=by))) == 31152


def test_one_geography_cannot_be_halved() -> None:
    with pytest.raises(Impossible, match=r"allows 50.0% of tokens for each geography; with 1 of them"):
        plan_with(a_cap(by=Grouping.GEOGRAPHY))


def test_spot_tokens_count_for_their_provider() -> None:
    """Spot at cloud-a for 3: one node each all the same, 3 + 12."""
    plan = plan_with(a_cap(), contracts=(an_on_demand(), OD_B, a_spot()))
    assert objective(plan) == 15 * 1416


def test_over_the_horizon_one_month_may_make_up_for_the_other() -> None:
    """cloud-b also reserves February for 6. By month: 744 * 22 and, all at cloud-b, 672 * 12.

    Over the horizon cloud-b must serve 1,416 of 2,832 node-hours: 1,344 in February and 72 in January at 12.
    """
    contracts = (
        an_on_demand(),
        OD_B,
        a_reserved("res-b", offering="node-b", term_months=1, earliest_start="2027-02"),
    )
    by_month = plan_with(a_cap(group="cloud-a"), contracts=contracts)
    assert objective(by_month) == 744 * 22 + 672 * 12
    at_the_end = plan_with(a_cap(group="cloud-a", window=Window.HORIZON), contracts=contracts)
    assert objective(at_the_end) == 672 * 12 + 72 * 12 + 1416 * 10


def test_a_penalty_is_nobodys_share_of_the_spend() -> None:
    """A quarter may be missed for 0.90 a node-hour: of the other 1.5 nodes the clouds bill half each."""
    cheap_to_miss = a_workload(shortfall_limit_share=0.25, shortfall_price_usd_per_mtok=Decimal("0.25"))
    plan = plan_with(a_cap(measure=ShareMeasure.SPEND), workloads=(cheap_to_miss,))
    assert float(plan.totals.effective_usd) == pytest.approx(1416 * 0.75 * 240 / 11, abs=0.02)
    assert float(plan.totals.shortfall_penalty_usd) == pytest.approx(1416 * 0.5 * 0.9, abs=0.02)


def test_a_month_without_demand_is_exempt() -> None:
    plan = plan_with(a_cap(cap_share=0.3), demand=nodes_of_load(0.0))
    assert objective(plan) == 0


def test_a_cap_that_leaves_tokens_to_nobody_is_no_matter_if_all_may_be_missed() -> None:
    """Two clouds at 30 % each; missing everything is allowed and costs 3.60 a node-hour, less than any node."""
    workload = a_workload(shortfall_limit_share=1.0, shortfall_price_usd_per_mtok=Decimal(1))
    plan = plan_with(a_cap(cap_share=0.3), workloads=(workload,))
    assert float(objective(plan)) == pytest.approx(1416 * 2 * 3.6, abs=0.02)
    with pytest.raises(Impossible, match=r"Mend: a cap of at least 50\.0%"):
        plan_with(a_cap(cap_share=0.3))


def test_equal_parts_that_are_held_keep_a_cap_of_a_half_when_nothing_can_be_bought() -> None:
    """A node held of each: half and half, not a hair more."""
    held = (a_held(), a_held("held-b", offering="node-b"))
    cap = a_cap(measure=ShareMeasure.CAPACITY)
    assert objective(plan_with(cap, contracts=(), held_contracts=held)) == 10 * 1416
    with pytest.raises(Impossible, match="cap cap"):
        plan_with(cap, contracts=(), held_contracts=(*held, a_held("held-c")))


def shares_with_a_payment_to_cloud_a(by: Grouping, cap_share: float = 0.5) -> dict[str, float]:
    """Spend in January of one rented node of each cloud, and of 744 * 2 paid to cloud-a for no offering of its own."""
    cap = a_cap(measure=ShareMeasure.SPEND, by=by, cap_share=cap_share)
    problem = state(
        a_scenario(
            catalog=two_clouds(),
            contracts=(an_on_demand(), OD_B),
            policy=a_policy(concentration=(cap,)),
        )
    )
    model = pyo.ConcreteModel()
    decisions, ledger = decide(model, problem), Ledger(problem.scenario.valuation, problem.offering)
    model.on_demand, model.concentration = pyo.Block(concrete=True), pyo.Block(concrete=True)
    on_demand.build(model.on_demand, problem, decisions, Supply(), ledger)
    paid = BillLine(Nature.AGREEMENT_SHORTFALL, FIRST, FIRST, FIRST + 1, Decimal(744), Decimal(2))
    ledger.charge_bill([paid], offering=None, provider="cloud-a", variable=None)
    concentration.build(model.concentration, problem, decisions, Supply(), ledger)
    for nodes in model.on_demand.nodes.values():
        nodes.set_value(1.0)
    held = [row for row in holdings(problem, decisions, ledger, [cap]) if row.window == "2027-01"]
    for row in held:
        kept = model.concentration.hold_the_cap["cap", row.group, row.window, row.outlook]
        assert (kept.uslack() >= 0) == (row.share(pyo.value) <= cap_share)
    return {row.group: row.share(pyo.value) for row in held}


@pytest.mark.parametrize("cap_share", [0.45, 0.55])
def test_what_a_provider_is_paid_for_no_offering_is_its_share_of_the_spend(cap_share: float) -> None:
    """10 + 2 of cloud-a beside 12 of cloud-b; of chips and their families only 10 and 12, of the same 24."""
    assert shares_with_a_payment_to_cloud_a(Grouping.PROVIDER, cap_share) == {"cloud-a": 0.5, "cloud-b": 0.5}
    by_vendor = shares_with_a_payment_to_cloud_a(Grouping.CHIP_VENDOR, cap_share)
    assert by_vendor == pytest.approx({"vendor-a": 10 / 24, "vendor-b": 0.5})
