"""Plans side by side: differences with what is proven of them, bridges that close, lists that tie, by hand."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit import audit_plan
from optimizer.comparing.bridge import JOINT, Alone, Bridge, bridge_by_change, bridge_by_part
from optimizer.comparing.buying import BuyChange, Way, bought, buy_difference, to_sign_differs
from optimizer.comparing.comparison import Outcome, Tried, compare
from optimizer.comparing.differences import difference, gap_to_tell_usd
from optimizer.comparing.frontier import Solved, frontiers
from optimizer.comparing.inputs_differ import differing_inputs
from optimizer.comparing.measures import measures
from optimizer.comparing.rights_billed import OF_RIGHTS, rights_billed
from optimizer.plan import Plan
from scenarios.changes import ChangeMade
from scenarios.policy import Contingency, Lost
from tests.audit_plans import rich_plan
from tests.audit_right_plans import rights_plan
from tests.builders import (
    a_policy,
    a_scenario,
    a_workload,
    an_on_demand,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.comparing_cases import HOURS, KINDS, a_choice, base_plan, both_plan, cheap_plan, doubled_plan, left_open
from tests.proving import changed, planned

PRICE = "contracts.res-a.price_usd_per_node_hour"


def steps(bridge: Bridge) -> list[tuple[str, Decimal]]:
    return [(step.what, step.usd) for step in bridge.steps]


def closes(bridge: Bridge) -> bool:
    return bridge.start_usd + sum((step.usd for step in bridge.steps), Decimal(0)) == bridge.end_usd


def test_the_difference_of_two_proven_optima_is_exact() -> None:
    found = difference(base_plan(), cheap_plan())
    assert found.usd == -2 * HOURS
    assert (found.at_least_usd, found.at_most_usd) == (-2832.0, -2832.0)
    assert found.verdict == "cheaper"


def test_the_interval_reaches_from_bound_to_incumbent_on_either_side() -> None:
    """14,160 open by 1,000 against 11,328 open by 500: 11,328 - 13,160 at most, 10,828 - 14,160 at least."""
    found = difference(left_open(base_plan(), 1000), left_open(cheap_plan(), 500))
    assert (found.at_least_usd, found.at_most_usd) == (-3332.0, -1832.0)
    assert found.verdict == "cheaper"


def test_a_difference_smaller_than_the_two_gaps_has_no_sign() -> None:
    found = difference(left_open(base_plan(), 2000), left_open(cheap_plan(), 1000))
    assert found.usd == -2832
    assert (found.at_least_usd, found.at_most_usd) == (-3832.0, -832.0)
    wider = difference(left_open(base_plan(), 3000), left_open(cheap_plan(), 1000))
    assert (wider.verdict, wider.at_most_usd) == ("not distinguishable", 168.0)


def test_plans_left_open_still_pass_the_audit() -> None:
    assert audit_plan(left_open(base_plan(), 1000)).verdict == "PASS"


def test_to_tell_two_plans_apart_their_gaps_must_be_smaller_than_half_the_difference() -> None:
    base, variant = left_open(base_plan(), 3000), left_open(cheap_plan(), 1000)
    assert gap_to_tell_usd(base, variant, 0.0) == pytest.approx(0.45 * 2832)
    assert gap_to_tell_usd(base, variant, 2000.0) == 2000.0
    assert gap_to_tell_usd(base, variant, 3000.0) is None
    assert gap_to_tell_usd(base_plan(), base_plan(), 0.0) is None


def test_two_changes_that_help_each_other_leave_a_joint_effect() -> None:
    """The price saves 2,832 on one node, twice the demand costs 14,160; together the price saves 2,832 more."""
    alone = (Alone("price", cheap_plan()), Alone("demand", doubled_plan()))
    bridge = bridge_by_change(base_plan(), alone, both_plan())
    assert steps(bridge) == [("price", Decimal(-2832)), ("demand", Decimal(14160)), (JOINT, Decimal(-2832))]
    assert [step.verdict for step in bridge.steps] == ["cheaper", "dearer", "cheaper"]
    assert (bridge.start_usd, bridge.end_usd) == (14160, 22656)
    assert closes(bridge)


def test_the_joint_effect_of_open_plans_lies_between_what_is_proven_of_all_four() -> None:
    """22,656 + 14,160 - 11,328 - 28,320 = -2,832; each plan is open by 100, two on either side."""
    opened = [left_open(p, 100) for p in (base_plan(), cheap_plan(), doubled_plan(), both_plan())]
    joint = bridge_by_change(opened[0], (Alone("a", opened[1]), Alone("b", opened[2])), opened[3]).steps[-1]
    assert (joint.at_least_usd, joint.at_most_usd) == (-3032.0, -2632.0)


def test_a_variant_of_one_change_has_no_joint_effect() -> None:
    bridge = bridge_by_change(base_plan(), (Alone("price", cheap_plan()),), cheap_plan())
    assert steps(bridge) == [("price", Decimal(-2832))]
    assert closes(bridge)


def test_a_change_without_a_plan_of_its_own_goes_into_the_joint_effect() -> None:
    alone = (Alone("price", cheap_plan()), Alone("demand", None, "impossible: too much"))
    bridge = bridge_by_change(base_plan(), alone, both_plan())
    assert steps(bridge) == [("price", Decimal(-2832)), ("demand", Decimal(0)), (JOINT, Decimal(11328))]
    assert bridge.steps[1].note == "impossible: too much"
    assert closes(bridge)


def test_by_nature_of_cost_the_hours_on_demand_become_reserved_ones() -> None:
    bridge = bridge_by_part(base_plan(), cheap_plan())
    assert steps(bridge) == [("on demand usage", Decimal(-14160)), ("reserved recurring", Decimal(11328))]
    assert closes(bridge)


@pytest.mark.parametrize("plan", KINDS, ids=lambda plan: plan.__name__)
def test_bridges_by_nature_close_to_the_cent_whatever_is_bought(plan: Callable[[], Plan]) -> None:
    there, back = bridge_by_part(rich_plan(), plan()), bridge_by_part(plan(), rich_plan())
    assert closes(there)
    assert closes(back)
    assert sorted(steps(back)) == sorted((what, -usd) for what, usd in steps(there))


def row_of(rows: tuple[BuyChange, ...], way: Way) -> BuyChange:
    (row,) = (row for row in rows if row.way is way)
    return row


def test_lines_are_added_and_dropped() -> None:
    rows = buy_difference(base_plan(), cheap_plan())
    order, hours = row_of(rows, Way.ORDER), row_of(rows, Way.ON_DEMAND)
    assert (order.status, order.what, order.start, order.variant_quantity, order.usd) == (
        "added",
        "res-a",
        "2027-01",
        1,
        11328,
    )
    assert (hours.status, hours.what, hours.base_quantity, hours.usd) == ("dropped", "node-a", HOURS, -14160)
    assert to_sign_differs(rows)


def test_a_line_of_another_quantity_is_changed_and_one_of_another_price_is_not() -> None:
    rows = buy_difference(cheap_plan(), both_plan())
    order = row_of(rows, Way.ORDER)
    assert (order.status, order.base_quantity, order.variant_quantity, order.usd) == ("changed", 1, 2, 11328)
    dearer = buy_difference(cheap_plan(), planned(a_choice("9")))
    assert (row_of(dearer, Way.ORDER).status, row_of(dearer, Way.ORDER).usd) == ("same", HOURS)
    assert not to_sign_differs(dearer)


def test_hours_alone_are_nothing_to_sign() -> None:
    rows = buy_difference(base_plan(), doubled_plan())
    assert (row_of(rows, Way.ON_DEMAND).status, to_sign_differs(rows)) == ("changed", False)


@pytest.mark.parametrize("plan", KINDS, ids=lambda plan: plan.__name__)
def test_the_lines_of_a_plan_cost_what_the_plan_costs(plan: Callable[[], Plan]) -> None:
    found = plan()
    assert sum(line.usd for line in bought(found).values()) == found.totals.effective_usd


def test_every_way_of_buying_has_lines() -> None:
    ways = {key.way for plan in KINDS for key in bought(plan())}
    assert ways == set(Way)


def test_lines_of_rights_go_to_the_right_whose_nodes_they_bill() -> None:
    found = rights_plan()
    billed = rights_billed(found)
    lines = [line for line in found.cost_lines if line.nature in OF_RIGHTS]
    assert billed.keys() == {line.line for line in lines}
    for line in lines:
        used = billed[line.line]
        if line.nature is not Nature.TERMINATION_FEE:
            assert line.quantity == (used.to_nodes or used.nodes) * line.service_first.hours


@pytest.mark.parametrize("plan", KINDS, ids=lambda plan: plan.__name__)
def test_a_plan_does_not_differ_from_itself(plan: Callable[[], Plan]) -> None:
    found = plan()
    one = compare("base", found, [Tried("same", (), Outcome.SOLVED, found, alone=(Alone("nothing", found),))])
    against = one.variants[0].against
    assert against is not None
    assert against.difference.usd == 0
    assert against.difference.verdict == "not distinguishable"
    assert against.measures == one.base_measures
    assert against.by_part.steps == ()
    assert {row.status for row in against.buy} == {"same"}
    assert {row.usd for row in against.buy} == {0}
    assert differing_inputs(found.scenario, found.scenario) == ()


def test_swapping_base_and_variant_turns_every_sign() -> None:
    one, other = difference(base_plan(), cheap_plan()), difference(cheap_plan(), base_plan())
    assert (one.usd, one.at_least_usd, one.at_most_usd) == (-other.usd, -other.at_most_usd, -other.at_least_usd)
    assert (one.verdict, other.verdict) == ("cheaper", "dearer")
    there, back = buy_difference(base_plan(), cheap_plan()), buy_difference(cheap_plan(), base_plan())
    assert [row.usd for row in there] == [-row.usd for row in back]
    assert [row.status for row in there] == ["added", "dropped"]
    assert [row.status for row in back] == ["dropped", "added"]


def price_is(plan: Plan, usd: str) -> Solved:
    return Solved(f"at {usd}", plan, (ChangeMade(path=PRICE, before="12", after=usd),))


def test_along_a_price_a_dollar_is_worth_the_hours_it_is_paid_for() -> None:
    """Between 8 and 9 USD one node is reserved either way: 1,416 USD a dollar. Between 9 and 12 it is given up."""
    variants = [price_is(planned(a_choice("9")), "9"), price_is(cheap_plan(), "8")]
    (along,) = frontiers(Solved("base", base_plan(), ()), variants)
    assert (along.path, along.base_value) == (PRICE, 12)
    assert [(point.value, point.objective_usd) for point in along.points] == [(8, 11328), (9, 12744), (12, 14160)]
    near, far = along.between
    assert (near.low, near.high, near.usd_per_unit, near.to_sign_differs) == (8, 9, HOURS, False)
    assert (far.low, far.high, far.usd_per_unit, far.to_sign_differs) == (9, 12, HOURS / 3, True)
    assert far.first_change == "res-a 2027-01: dropped"


def test_only_variants_of_one_number_lie_along_it() -> None:
    month = ChangeMade(path="contracts.res-a.first_month", before="2027-01", after="2027-02")
    two = (month, ChangeMade(path=PRICE, before="12", after="8"))
    variants = [Solved("a month", cheap_plan(), (month,)), Solved("two cells", cheap_plan(), two)]
    assert frontiers(Solved("base", base_plan(), ()), variants) == ()


def test_inputs_that_differ_are_named_by_their_paths() -> None:
    one, other = a_choice(), a_choice("8")
    event = Contingency(
        contingency="lose-a",
        lost=Lost.PROVIDER,
        name="cloud-a",
        floor_share=0.5,
        probability_per_year=0,
        duration_hours=0,
    )
    other = changed(
        other,
        contracts=(*other.contracts, an_on_demand("od-b")),
        policy=a_policy(unknown_stock_nodes=5, contingencies=(event,)),
        run=other.run.model_copy(update={"first_month": Month(2027, 1), "usable_share": 0.9}),
    )
    found = {made.path: (made.before, made.after) for made in differing_inputs(one, other)}
    assert found["run.usable_share"] == ("1.0", "0.9")
    assert found["policy.unknown_stock_nodes"] == ("", "5")
    assert found["policy.contingencies[0].floor_share"] == (None, "0.5")
    assert found[PRICE] == ("12", "8")
    assert found["contracts.od-b"][0] is None
    assert "price_usd_per_node_hour 10" in str(found["contracts.od-b"][1])
    assert "run.first_month" not in found


def test_what_is_not_served_stands_beside_the_cost() -> None:
    figures = {measure.name: measure.value for measure in measures(base_plan())}
    assert figures["Not served"] == 0
    assert figures["Accepted output tokens served"] == 1000 * HOURS * 3600 / 1_000_000
    assert figures["Largest share of one payee"] == 1


def test_what_costs_nothing_to_miss_is_counted_all_the_same() -> None:
    """A quarter of the demand may go unserved for nothing: it does, and is a third of what is served."""
    workload = a_workload(shortfall_price_usd_per_mtok=Decimal(0), shortfall_limit_share=0.25)
    plan = planned(
        a_scenario(
            catalog=ten_requests_a_node(),
            workloads=(workload,),
            contracts=(an_on_demand(),),
            demand=nodes_of_load(1.0, 1),
            run=run_settings(months=1),
        )
    )
    figures = {measure.name: measure.value for measure in measures(plan)}
    assert plan.totals.served_mtok > 0
    assert figures["Not served"] == pytest.approx(plan.totals.served_mtok / 3, abs=Decimal("0.00001"))


def test_a_variant_without_a_plan_keeps_its_reasons() -> None:
    tried = Tried("broken", (), Outcome.IMPOSSIBLE, reasons=("too little stock",))
    (variant,) = compare("base", base_plan(), [tried]).variants
    assert (variant.outcome, variant.reasons, variant.against) == ("impossible", ("too little stock",), None)
