"""What inputs alone show to be impossible: each check beside a case that is just possible, or that it leaves alone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalog.footprint import Answer, AuditQuestion
from contracts.calendar import Month
from optimizer.diagnosing.before import refuse_impossible
from optimizer.diagnosing.records import SeenBefore
from optimizer.faults import Impossible
from optimizer.problem import state
from scenarios.policy import (
    AuditMinimum,
    BudgetWindow,
    CarbonCap,
    ExpiryCap,
    Grouping,
    OutstandingCap,
    PowerCap,
    RemainingTermCap,
    SourcingRule,
    SovereigntyFloor,
    Stability,
    Window,
)
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_held,
    a_power,
    a_rating,
    a_reserved,
    a_scenario,
    a_size_class,
    a_workload,
    an_agreement,
    an_api_offer,
    an_approved,
    an_energy,
    an_offering,
    an_on_demand,
    flat_blocks,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import a_cap, a_floor, with_policy

OD_B = an_on_demand("od-b", offering="node-b")
SECOND = FIRST + 1
FEBRUARY_USD = Decimal(672 * 5)
"""What one held node costs in February."""


def two(**overrides: Any) -> Scenario:
    """Two nodes of load on demand in either cloud, everything known of both."""
    catalog = two_clouds(node_b={"region": "region-b"}).model_copy(
        update={
            "sovereignty": (a_rating("node-a", 40.0), a_rating("node-b", 80.0)),
            "accelerator_power": (a_power("gpu-a"), a_power("gpu-b")),
            "region_energy": (an_energy("region-a", pue=1.0), an_energy("region-b", pue=1.0)),
        }
    )
    fields: dict[str, Any] = {
        "catalog": catalog,
        "workloads": (a_workload(geographies=("geo-a", "geo-b")),),
        "contracts": (an_on_demand(), OD_B),
        "demand": nodes_of_load(2.0),
    }
    return a_scenario(**(fields | overrides))


def seen(scenario: Scenario) -> tuple[SeenBefore, ...]:
    """What the checks find."""
    try:
        refuse_impossible(state(scenario))
    except Impossible as impossible:
        why = impossible.why
        return why.seen_before if why is not None else ()
    return ()


def only(scenario: Scenario) -> SeenBefore:
    """The only finding."""
    (found,) = seen(scenario)
    return found


def paths(found: SeenBefore) -> list[str]:
    return [each.path for each in found.inputs]


# --- shares ------------------------------------------------------------------------------------------------


def test_caps_of_named_groups_that_leave_some_tokens_to_nobody() -> None:
    """60 % and 30 %; with 40 % it is just enough."""
    caps = (a_cap("a", group="cloud-a", cap_share=0.6), a_cap("b", group="cloud-b", cap_share=0.3))
    found = only(with_policy(two(), concentration=caps))
    assert (found.check, paths(found)) == (
        "caps_below_all",
        ["policy.concentration[0].cap_share", "policy.concentration[1].cap_share"],
    )
    enough = (caps[0], caps[1].model_copy(update={"cap_share": 0.4}))
    assert seen(with_policy(two(), concentration=enough)) == ()


def test_caps_that_hold_in_different_months_do_not_add_up() -> None:
    caps = (
        a_cap("a", group="cloud-a", cap_share=0.3, last_month=FIRST),
        a_cap("b", group="cloud-b", cap_share=0.3, first_month=SECOND),
    )
    assert seen(with_policy(two(), concentration=caps)) == ()
    over_all = tuple(cap.model_copy(update={"last_month": None, "first_month": None}) for cap in caps)
    assert only(with_policy(two(), concentration=over_all)).check == "caps_below_all"
    horizon = tuple(cap.model_copy(update={"window": Window.HORIZON}) for cap in over_all)
    assert "2027-01 to 2027-02" in only(with_policy(two(), concentration=horizon)).words


def test_what_is_served_by_the_token_is_in_no_group_of_chips() -> None:
    """Two vendors at 40 % each: the API may serve the rest."""
    cap = a_cap(by=Grouping.CHIP_VENDOR, cap_share=0.4)
    assert only(with_policy(two(), concentration=(cap,))).check == "caps_below_all"
    assert seen(with_policy(two(api_offers=(an_api_offer(),)), concentration=(cap,))) == ()


def code_only_at_a(**overrides: Any) -> Scenario:
    """Two nodes of chat anywhere, and one of code that must stay in geo-a, where cloud-a is."""
    fields: dict[str, Any] = {
        "workloads": (a_workload(geographies=("geo-a", "geo-b")), a_workload("code", geographies=("geo-a",))),
        "size_classes": (a_size_class(), a_size_class("code")),
        "demand": (*nodes_of_load(2.0), *nodes_of_load(1.0, workload="code")),
        "blocks": flat_blocks("chat", "code"),
    }
    return two(**(fields | overrides))


def test_a_cap_below_what_nobody_else_may_serve() -> None:
    """A third of the tokens may be served at cloud-a only."""
    found = only(with_policy(code_only_at_a(), concentration=(a_cap(group="cloud-a", cap_share=0.3),)))
    assert (found.check, paths(found)) == ("captive", ["policy.concentration[0].cap_share"])
    assert "33.3% may be served by nobody else" in found.words
    assert seen(with_policy(code_only_at_a(), concentration=(a_cap(group="cloud-a", cap_share=0.3334),))) == ()


def test_what_may_go_unserved_is_not_captive() -> None:
    """Half of code may be missed: 0.5 of 2.5 nodes, a fifth."""
    workloads = (
        a_workload(geographies=("geo-a", "geo-b")),
        a_workload("code", geographies=("geo-a",), shortfall_limit_share=0.5),
    )
    scenario = code_only_at_a(workloads=workloads)
    assert seen(with_policy(scenario, concentration=(a_cap(group="cloud-a", cap_share=0.2),))) == ()
    found = only(with_policy(scenario, concentration=(a_cap(group="cloud-a", cap_share=0.19),)))
    assert "a cap of at least 20.0%" in found.mend


def test_floors_that_ask_for_more_than_all() -> None:
    floors = (a_floor("a", floor_share=0.6), a_floor("b", group="cloud-b", floor_share=0.5))
    found = only(with_policy(two(), share_floors=floors))
    assert (found.check, len(found.inputs)) == ("floors_above_all", 2)
    enough = (floors[0], floors[1].model_copy(update={"floor_share": 0.4}))
    assert seen(with_policy(two(), share_floors=enough)) == ()


def test_a_floor_above_a_cap_of_the_same_group() -> None:
    rules = {"share_floors": (a_floor(floor_share=0.5),), "concentration": (a_cap(group="cloud-a", cap_share=0.4),)}
    found = only(with_policy(two(), **rules))
    assert (found.check, paths(found)) == (
        "floor_above_cap",
        ["policy.share_floors[0].floor_share", "policy.concentration[0].cap_share"],
    )
    assert seen(with_policy(two(), **(rules | {"share_floors": (a_floor(floor_share=0.4),)}))) == ()


def test_a_floor_for_a_group_that_may_serve_too_little() -> None:
    """Of three nodes of load cloud-b may serve two."""
    floor = a_floor(group="cloud-b", floor_share=0.7)
    found = only(with_policy(code_only_at_a(), share_floors=(floor,)))
    assert (found.check, "a floor of at most 66.7%" in found.mend) == ("out_of_reach", True)
    assert seen(with_policy(code_only_at_a(), share_floors=(floor.model_copy(update={"floor_share": 0.66}),))) == ()


def test_a_floor_for_a_group_that_may_serve_nothing_in_a_month() -> None:
    floor = a_floor(group="nobody", floor_share=0.1)
    found = only(with_policy(two(), share_floors=(floor,)))
    assert "at provider nobody, which may serve nothing" in found.words


# --- supply ------------------------------------------------------------------------------------------------


def test_nothing_can_be_there_in_the_first_months() -> None:
    """Ninety days from 1 December: the first month of service is March. One node is held, one can be rented."""
    scenario = a_scenario(
        catalog=ten_requests_a_node(offerings=(an_offering(lead_time_days=90, quota_nodes=1),)),
        run=run_settings(months=4, order_date=date(2026, 12, 1)),
        contracts=(an_on_demand(), a_reserved(term_months=2)),
        held_contracts=(a_held(end=FIRST + 4),),
        demand=nodes_of_load(2.5, 4),
    )
    found = only(scenario)
    assert found.check == "too_much"
    assert "in 2027-01" in found.words
    assert "carry 2,000. New orders can be there from 2027-03 on" in found.words
    assert "a shorter lead time, at most 80.0% of the demand" in found.mend
    assert seen(scenario.model_copy(update={"demand": nodes_of_load(2.0, 4)})) == ()


def test_fewer_providers_than_a_critical_workload_must_have() -> None:
    """Three are asked for, two may serve; code may be served by one."""
    rule = SourcingRule(rule="three", workload="chat", providers_at_least=3, share_at_least=0.1)
    found = only(with_policy(two(), sourcing=(rule,)))
    assert (found.check, paths(found)[0]) == ("too_few_providers", "policy.sourcing[0].providers_at_least")
    assert "2 (cloud-a, cloud-b)" in found.words
    assert seen(with_policy(two(), sourcing=(rule.model_copy(update={"providers_at_least": 2}),))) == ()
    code = rule.model_copy(update={"workload": "code", "providers_at_least": 2})
    assert "1 (cloud-a)" in only(with_policy(code_only_at_a(), sourcing=(code,))).words
    assert seen(with_policy(code_only_at_a(), sourcing=(code.model_copy(update={"first_month": FIRST + 9}),))) == ()


def test_audit_answers_that_leave_nothing_are_named_with_what_they_break() -> None:
    """node-b answers all five: only it is left, and the second source with it is gone."""
    answered = a_rating("node-b", 80.0, **{question.value: Answer.YES for question in AuditQuestion})
    scenario = two()
    catalog = scenario.catalog.model_copy(update={"sovereignty": (answered,)})
    scenario = scenario.model_copy(update={"catalog": catalog})
    rules = {
        "audit_answers": (
            AuditMinimum(rule="five", yes_at_least=5),
            AuditMinimum(rule="another", workload="nobody", yes_at_least=1),
        ),
        "sourcing": (SourcingRule(rule="two", workload="chat", providers_at_least=2, share_at_least=0.1),),
    }
    found = only(with_policy(scenario, **rules))
    assert paths(found) == ["policy.sourcing[0].providers_at_least", "workloads.chat", "policy.audit_answers[0]"]
    assert "audit answers five" in found.words
    nothing = scenario.model_copy(update={"catalog": scenario.catalog.model_copy(update={"sovereignty": ()})})
    found = only(with_policy(nothing, audit_answers=rules["audit_answers"]))
    assert (found.check, paths(found)[-1]) == ("nothing_may_serve", "policy.audit_answers[0]")


# --- what is held --------------------------------------------------------------------------------------------


def held(*rows: Any, **policy: Any) -> Scenario:
    return with_policy(two(held_contracts=rows or (a_held(),)), **policy)


def test_held_contracts_alone_are_dearer_than_a_budget() -> None:
    """5 USD for 672 hours in February, 744 in January."""
    budget = a_budget(limit_usd=Decimal(744 * 5) - 1)
    found = only(held(budgets=(budget,)))
    assert found.check == "held_above_budget"
    assert paths(found) == ["policy.budgets[0].limit_usd", "held_contracts.held-a"]
    assert "a limit of at least 3,720.00 USD" in found.mend
    assert seen(held(budgets=(budget.model_copy(update={"limit_usd": Decimal(744 * 5)}),))) == ()
    assert seen(held(budgets=(budget.model_copy(update={"first_month": SECOND}),))) == ()


def test_a_part_of_a_window_has_a_part_of_the_budget() -> None:
    """Two of the three months of the quarter: 7,080 of 10,620."""
    quarter = a_budget(window=BudgetWindow.QUARTER, limit_usd=Decimal(10500))
    found = only(held(budgets=(quarter,)))
    assert "allows 7,000.00 USD (its part of 10,500 USD) in 2027-01 to 2027-02" in found.words
    assert "a limit of at least 10,620.00 USD" in found.mend


@pytest.mark.parametrize("right", [{"terminable_after_months": 3}, {"swap_to": "node-b"}])
def test_what_can_be_left_or_swapped_is_left_to_the_model(right: dict[str, Any]) -> None:
    swap = {"swap_after_months": 3, "swap_price_usd_per_node_hour": Decimal(5)} if "swap_to" in right else {}
    row = a_held(**right, **swap)
    rules: dict[str, Any] = {
        "budgets": (a_budget(limit_usd=Decimal(1)),),
        "outstanding": (OutstandingCap(rule="owed", limit_usd=Decimal(1)),),
        "remaining_terms": (RemainingTermCap(rule="short", limit_months=0.5),),
        "expiries": (ExpiryCap(rule="ladder", cap_share=0.1),),
        "power": (PowerCap(rule="grid", limit_mw=0.0001),),
        "carbon": (CarbonCap(rule="co2", window=BudgetWindow.MONTH, limit_t_co2e=0.0),),
    }
    assert seen(held(row, **rules)) == ()
    assert {found.check for found in seen(held(**rules))} == {
        "held_above_budget",
        "held_above_outstanding",
        "held_above_remaining_term",
        "held_above_expiry",
        "held_above_power",
        "held_above_carbon",
    }


def test_agreements_may_lower_what_held_contracts_cost() -> None:
    scenario = held(budgets=(a_budget(limit_usd=Decimal(1)),))
    assert only(scenario).check == "held_above_budget"
    assert seen(scenario.model_copy(update={"agreements": (an_agreement(),)})) == ()


@pytest.mark.parametrize(("provider", "bites"), [("", True), ("*", True), ("cloud-a", True), ("cloud-b", False)])
def test_held_contracts_alone_owe_more_than_a_cap(provider: str, bites: bool) -> None:
    """After January February is still to be paid."""
    cap = OutstandingCap(rule="owed", provider=provider, limit_usd=FEBRUARY_USD - 1)
    assert bool(seen(held(outstanding=(cap,)))) == bites
    just = cap.model_copy(update={"limit_usd": FEBRUARY_USD})
    assert seen(held(outstanding=(just,))) == ()
    assert seen(held(outstanding=(cap.model_copy(update={"first_month": SECOND}),))) == ()


def test_a_limit_that_held_contracts_keep_before_their_lines_are_rounded_is_not_broken() -> None:
    """672 hours at 5.00001 USD are 3,360.00672 USD; the line of the bill is 3,360.01."""
    row = a_held(nodes=1, price_usd_per_node_hour=Decimal("5.00001"))
    cap = OutstandingCap(rule="owed", limit_usd=Decimal("3360.00672"))
    budget = a_budget(limit_usd=Decimal("3360.00672"), window=BudgetWindow.MONTH, first_month=SECOND)
    assert seen(held(row, outstanding=(cap,), budgets=(budget,))) == ()


def test_held_contracts_alone_run_too_long_or_end_together() -> None:
    """One node runs two more months on the first of January and ends in the quarter; nothing can be ordered."""
    found = only(held(remaining_terms=(RemainingTermCap(rule="short", limit_months=1.5),)))
    assert "what is held has 2 left" in found.words
    assert seen(held(remaining_terms=(RemainingTermCap(rule="short", limit_months=2.0),))) == ()
    assert "100.0% does" in only(held(expiries=(ExpiryCap(rule="ladder", cap_share=0.9),))).words
    longer = a_held("held-b", end=FIRST + 12)
    assert "50.0% does" in only(held(a_held(), longer, expiries=(ExpiryCap(rule="ladder", cap_share=0.4),))).words
    assert seen(held(a_held(), longer, expiries=(ExpiryCap(rule="ladder", cap_share=0.5),))) == ()


def test_orders_that_can_be_there_may_change_an_average() -> None:
    scenario = held(remaining_terms=(RemainingTermCap(rule="short", limit_months=1.5),))
    ordering = scenario.model_copy(update={"contracts": (*scenario.contracts, a_reserved(term_months=1))})
    assert seen(ordering) == ()


def test_held_nodes_alone_draw_and_emit_more_than_their_caps() -> None:
    """One node of 1 kW in region-a, 744 hours of January at 500 g: 0.372 t."""
    cap = PowerCap(rule="grid", limit_mw=0.0009)
    assert "held nodes alone draw 0.001 MW in 2027-01" in only(held(power=(cap,))).words
    assert seen(held(power=(cap.model_copy(update={"limit_mw": 0.001}),))) == ()
    assert seen(held(power=(cap.model_copy(update={"group": "region-b"}),))) == ()
    carbon = CarbonCap(rule="co2", window=BudgetWindow.MONTH, limit_t_co2e=0.37)
    assert "0.372 t CO2e" in only(held(carbon=(carbon,))).mend
    assert seen(held(carbon=(carbon.model_copy(update={"limit_t_co2e": 0.372}),))) == ()


# --- index and approved orders -----------------------------------------------------------------------------------


def test_an_index_that_no_offering_reaches() -> None:
    rule = SovereigntyFloor(rule="index", index_at_least=81.0)
    found = only(with_policy(two(), sovereignty=(rule,)))
    assert "no offering has more than the 80 of node-b" in found.words
    assert seen(with_policy(two(), sovereignty=(rule.model_copy(update={"index_at_least": 80.0}),))) == ()
    by_the_token = two(api_offers=(an_api_offer(),))
    assert seen(with_policy(by_the_token, sovereignty=(rule,))) == ()


def test_approved_orders_that_cannot_be_signed_as_approved_must_change() -> None:
    """Five nodes were approved, three are in stock: two nodes of 6 USD for two months change, in one order."""
    scenario = a_scenario(
        catalog=ten_requests_a_node(offerings=(an_offering(stock_nodes=3),)),
        contracts=(an_on_demand(), a_reserved()),
        demand=nodes_of_load(1.0),
        approved_orders=(an_approved(quantity=Decimal(5)),),
    )
    found = only(with_policy(scenario, stability=Stability(changed_orders_at_most=0)))
    assert paths(found) == ["policy.stability.changed_orders_at_most", f"approved_orders.res-a/{Month(2027, 1)}"]
    value = 2 * 6 * 1416
    found = only(with_policy(scenario, stability=Stability(changed_usd_at_most=Decimal(value - 1))))
    assert f"changed_usd_at_most of at least {value:,}.00 USD" in found.mend
    just = Stability(changed_usd_at_most=Decimal(value), changed_orders_at_most=1)
    assert seen(with_policy(scenario, stability=just)) == ()


def test_everything_that_is_seen_is_told_at_once() -> None:
    """A budget and an outstanding cap below what is held, and floors above all."""
    scenario = held(
        budgets=(a_budget(limit_usd=Decimal(1)),),
        outstanding=(OutstandingCap(rule="owed", limit_usd=Decimal(1)),),
        share_floors=(a_floor("a", floor_share=0.6), a_floor("b", group="cloud-b", floor_share=0.5)),
    )
    assert [found.check for found in seen(scenario)] == [
        "floors_above_all",
        "held_above_budget",
        "held_above_outstanding",
    ]
