"""Rights to leave, to swap and to stay, worked by hand.

January has 744 hours, February 672, March 744, April 720. On demand costs 10 an hour, what is held 5, reserved 6.
The order day is 1 December 2026; node-a and node-b are delivered at once.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.common import Nature
from contracts.terms.reserved import Upfront
from optimizer.plan import Plan
from optimizer.plan_contracts import Right
from scenarios.outlooks import Effect, Subject
from scenarios.policy import Lost, ShareMeasure
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_budget,
    a_contingency,
    a_held,
    a_policy,
    a_reserved,
    a_scenario,
    an_effect,
    an_on_demand,
    an_outlook,
    run_settings,
    two_clouds,
)
from tests.proving import a_cap, objective, ordered, planned

JAN, FEB, MAR, APR = 744, 672, 744, 720
LEAVE = {"terminable_after_months": 1}
SWAP = {"swap_to": "node-b", "swap_after_months": 1, "swap_price_usd_per_node_hour": Decimal(8)}
STAY = {"renewal_months": 1}


def monthly(*nodes: float) -> tuple[Demand, ...]:
    """So many nodes of load in the first, second ... month."""
    return tuple(Demand(workload="chat", month=FIRST + i, accepted_requests_per_s=10 * n) for i, n in enumerate(nodes))


def plan_with(*nodes: float, run: dict[str, Any] | None = None, **overrides: Any) -> Plan:
    fields: dict[str, Any] = {
        "catalog": two_clouds(node_b={"provider": "cloud-a"}),
        "contracts": (an_on_demand(),),
        "demand": monthly(*nodes),
        "run": run_settings(months=len(nodes), **(run or {})),
    }
    return planned(a_scenario(**(fields | overrides)))


def held_plan(*nodes: float, run: dict[str, Any] | None = None, **rights: Any) -> Plan:
    """One node is held until the end of March, unless the rights say otherwise."""
    return plan_with(*nodes, run=run, held_contracts=(a_held(**({"end": FIRST + 3} | rights)),))


def reserved_plan(*nodes: float, run: dict[str, Any] | None = None, **terms: Any) -> Plan:
    """One contract for three months from January, or on demand."""
    contract = a_reserved(**({"term_months": 3, "latest_start": FIRST} | terms))
    return plan_with(*nodes, run=run, contracts=(an_on_demand(), contract))


def lines(plan: Plan, nature: Nature) -> list[tuple[str, Decimal]]:
    """Month of payment and amount of the lines of a nature."""
    return [(str(line.paid_month), line.amount_usd) for line in plan.cost_lines if line.nature is nature]


def used(plan: Plan) -> list[tuple[Right, str, int]]:
    """Right, month and nodes of every right used."""
    return [(row.right, str(row.month), row.nodes) for row in plan.rights]


def test_what_is_held_and_no_longer_needed_is_left_for_its_fee() -> None:
    """A quarter of the 1,416 hours of February and March at 5: 1,770, beside 3,720 for January."""
    plan = held_plan(1, 0, 0, termination_fee_share=0.25, **LEAVE)
    assert used(plan) == [(Right.TERMINATE, "2027-02", 1)]
    assert lines(plan, Nature.HELD_RECURRING) == [("2027-01", JAN * 5)]
    assert lines(plan, Nature.TERMINATION_FEE) == [("2027-01", Decimal(1770))]
    assert objective(plan) == 3720 + 1770


@pytest.mark.parametrize(
    ("rights", "cost"),
    [
        ({}, 0),
        ({"termination_notice_days": 31}, 0),
        ({"termination_notice_days": 32}, JAN * 5),
        ({"termination_notice_days": 100}, (JAN + FEB + MAR) * 5),
        ({"terminable_after_months": 7}, JAN * 5),
        ({"termination_fee_share": 0.5}, (JAN + FEB + MAR) * 5 / 2),
    ],
    ids=["at once", "notice on the order day", "notice is past", "notice for April", "not before February", "fee"],
)
def test_what_is_never_needed_is_left_as_soon_as_notice_and_term_allow(rights: dict[str, Any], cost: float) -> None:
    """Held since July 2026. The fee of leaving on the first day of the plan is paid in January."""
    plan = held_plan(0, 0, 0, **(LEAVE | rights))
    assert objective(plan) == cost
    assert all(row.notice_by >= date(2026, 12, 1) for row in plan.rights)


def test_upfront_parts_are_not_refunded_and_the_fee_is_for_the_rest_only() -> None:
    """40 % was paid upfront: it stays on the books; 60 % of 5 an hour stops; a fee of half of that."""
    plan = held_plan(0, 0, 0, upfront_share=0.4, start=FIRST + -1, termination_fee_share=0.5, **LEAVE)
    hours = JAN + FEB + MAR
    assert objective(plan) == Decimal(hours * 2) + Decimal("1.5") * hours
    assert lines(plan, Nature.HELD_UPFRONT) == [("2026-12", Decimal((744 + hours) * 2))]


def test_an_order_is_signed_because_it_can_be_left() -> None:
    """Three months at 6 for a need of two cost 12,960 and 14,160 on demand; left in March for 10 %: 8,496 + 446.40."""
    assert objective(reserved_plan(1, 1, 0)) == (JAN + FEB + MAR) * 6
    plan = reserved_plan(1, 1, 0, termination_fee_share=0.1, **LEAVE)
    assert (ordered(plan), used(plan)) == ({"res-a.2027-01": 1}, [(Right.TERMINATE, "2027-03", 1)])
    assert lines(plan, Nature.RESERVED_RECURRING) == [("2027-01", JAN * 6), ("2027-02", FEB * 6)]
    assert objective(plan) == (JAN + FEB) * 6 + Decimal("446.40")


def test_nodes_leave_in_lots() -> None:
    """Two lots of two: one leaves in February, when two nodes are enough."""
    plan = reserved_plan(4, 2, 2, lot_nodes=2, **LEAVE)
    assert used(plan) == [(Right.TERMINATE, "2027-02", 2)]
    assert lines(plan, Nature.RESERVED_RECURRING) == [
        ("2027-01", JAN * 24),
        ("2027-02", FEB * 12),
        ("2027-03", MAR * 12),
    ]


def test_obligations_after_the_horizon_end_with_the_right() -> None:
    """Six months for a need of two, the tail as if lost: left on the first day after the horizon, for nothing."""
    plan = reserved_plan(1, 1, term_months=6, run={"beyond_horizon_weight": Decimal(1)}, **LEAVE)
    assert used(plan) == [(Right.TERMINATE, "2027-03", 1)]
    assert (objective(plan), plan.totals.beyond_horizon_usd) == ((JAN + FEB) * 6, 0)


def swapping(**rights: Any) -> Plan:
    """Two nodes are held of a chip that is of no use; what serves has on demand at 20."""
    catalog = two_clouds(node_b={"provider": "cloud-a", "stock_nodes": 3}).model_copy(
        update={"goodput_points": two_clouds().goodput_points[1:]}
    )
    held = a_held(nodes=2, end=FIRST + 3, **(SWAP | rights))
    rented = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(20))
    return plan_with(0, 2, 2, catalog=catalog, contracts=(rented,), held_contracts=(held,))


def test_a_swap_keeps_the_value_that_is_left() -> None:
    """Two nodes at 5 are worth 10 an hour: two at 8 are 16, more than that; from January on they would be paid, too."""
    plan = swapping()
    assert used(plan) == [(Right.SWAP, "2027-02", 2)]
    (row,) = plan.rights
    assert (row.to_offering, row.to_nodes, row.notice_by) == ("node-b", 2, date(2027, 2, 1))
    assert lines(plan, Nature.SWAPPED_RECURRING) == [("2027-02", FEB * 16), ("2027-03", MAR * 16)]
    assert objective(plan) == JAN * 10 + (FEB + MAR) * 16


def test_a_swap_to_cheaper_nodes_takes_more_of_them() -> None:
    """10 an hour at 4 is three nodes, 12 an hour, though two would do."""
    plan = swapping(swap_price_usd_per_node_hour=Decimal(4))
    assert [(row.nodes, row.to_nodes) for row in plan.rights] == [(2, 3)]
    assert objective(plan) == JAN * 10 + (FEB + MAR) * 12


def test_swapped_nodes_come_out_of_the_stock() -> None:
    """At 3 an hour four nodes would be needed and there are three: one of the two is swapped, for three nodes."""
    plan = swapping(swap_price_usd_per_node_hour=Decimal(3))
    assert [(row.nodes, row.to_nodes) for row in plan.rights] == [(1, 2)]
    assert objective(plan) == JAN * 10 + (FEB + MAR) * (5 + 6)


def test_the_notice_of_a_swap_is_the_lead_time_of_the_other_offering() -> None:
    """Sixty-three days before March is 28 December; before February it is past."""
    catalog = two_clouds(node_b={"provider": "cloud-a", "lead_time_days": 63}).model_copy(
        update={"goodput_points": two_clouds().goodput_points[1:]}
    )
    plan = plan_with(
        0,
        1,
        1,
        catalog=catalog,
        contracts=(an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(20)),),
        held_contracts=(a_held(end=FIRST + 3, **SWAP),),
    )
    assert [(str(row.month), row.notice_by) for row in plan.rights] == [("2027-03", date(2026, 12, 28))]
    assert objective(plan) == (JAN + FEB) * 5 + FEB * 20 + MAR * 8


@pytest.mark.parametrize(
    ("rights", "cost"),
    [
        ({}, (FEB + MAR) * 10),
        (STAY, FEB * 5 + MAR * 10),
        (STAY | {"renewals_at_most": 2}, (FEB + MAR) * 5),
        (STAY | {"renewals_at_most": 2, "renewal_price_factor": Decimal("1.2")}, (FEB + MAR) * 6),
        (STAY | {"renewals_at_most": 2, "renewal_price_factor": Decimal("2.5")}, (FEB + MAR) * 10),
        (STAY | {"renewal_notice_days": 63}, (FEB + MAR) * 10),
    ],
    ids=["no right", "once", "twice", "at a higher price", "dearer than renting", "notice is past"],
)
def test_what_runs_out_is_renewed_where_that_is_cheaper(rights: dict[str, Any], cost: int) -> None:
    """Held for January at 5."""
    assert objective(held_plan(1, 1, 1, end=FIRST + 1, **rights)) == JAN * 5 + cost


def test_a_contract_that_ends_on_the_first_day_of_the_plan_can_be_renewed() -> None:
    plan = held_plan(1, 1, end=FIRST, renewal_months=2)
    assert used(plan) == [(Right.RENEW, "2027-01", 1)]
    assert objective(plan) == (JAN + FEB) * 5


def test_a_renewal_is_owed_to_its_end() -> None:
    """Three months for a need of one: 5 an hour of February to April, or 10 of February."""
    rights = {"end": FIRST + 1, "renewal_months": 3}
    owed = {"beyond_horizon_weight": Decimal(1)}
    assert objective(held_plan(1, 1, run=owed, **rights)) == JAN * 5 + FEB * 10
    plan = held_plan(1, 1, **rights)
    assert plan.totals.beyond_horizon_usd == (MAR + APR) * 5


@pytest.mark.parametrize(("notice", "renewed"), [(62, 0), (63, 1)], ids=["it can be refused", "the day is past"])
def test_what_renews_by_itself_stays_unless_it_is_refused_in_time(notice: int, renewed: int) -> None:
    """Until the end of January, sixty-two days after the order day; nothing is needed in February."""
    plan = held_plan(1, 0, end=FIRST + 1, auto_renews=True, renewal_notice_days=notice, **STAY)
    assert [row.nodes for row in plan.rights] == [1] * renewed
    assert objective(plan) == JAN * 5 + renewed * FEB * 5


def test_leaving_is_a_way_out_of_a_renewal() -> None:
    """Two nodes renew by themselves; a fee of half of January is less than February."""
    rights = {"end": FIRST + 1, "auto_renews": True, "renewal_notice_days": 90, "nodes": 2}
    plan = held_plan(1, 1, termination_fee_share=0.5, **(rights | STAY | LEAVE))
    assert sorted(used(plan)) == [(Right.RENEW, "2027-02", 1), (Right.TERMINATE, "2027-01", 1)]
    assert objective(plan) == (JAN + FEB) * 5 + Decimal(JAN * 5) / 2


def test_stock_is_kept_by_nodes_that_serve() -> None:
    """One node in stock: the order that is renewed keeps it, the one that is left makes room."""
    catalog = two_clouds(node_b={"provider": "cloud-a"}, stock_nodes=1)
    first = a_reserved(term_months=1, latest_start=FIRST, **STAY)
    second = a_reserved("res-b", term_months=1, earliest_start=FIRST + 1, price_usd_per_node_hour=Decimal(7))
    plan = plan_with(2, 2, catalog=catalog, contracts=(an_on_demand(), first, second))
    assert used(plan) == [(Right.RENEW, "2027-02", 1)]
    assert objective(plan) == (JAN + FEB) * (6 + 10)
    long = a_reserved(term_months=2, latest_start=FIRST, **LEAVE)
    cheap = second.model_copy(update={"price_usd_per_node_hour": Decimal(4)})
    plan = plan_with(1, 1, catalog=catalog, contracts=(an_on_demand(), long, cheap))
    assert ordered(plan) == {"res-a.2027-01": 1, "res-b.2027-02": 1}
    assert objective(plan) == JAN * 6 + FEB * 4


def test_the_loss_of_a_contract_takes_all_that_serves_under_it() -> None:
    """Renewed nodes of the held contract cannot stand in when it is lost: one node is rented in its place."""
    event = a_contingency("lose-held", lost=Lost.CONTRACT, name="held-a", floor_share=1.0)
    catalog = two_clouds(node_b={"provider": "cloud-a"}, quota_nodes=0)
    fields: dict[str, Any] = {
        "catalog": catalog,
        "contracts": (a_reserved(term_months=1),),
        "held_contracts": (a_held(end=FIRST + 1, **STAY),),
    }
    assert ordered(plan_with(1, 1, **fields)) == {}
    insured = plan_with(1, 1, policy=a_policy(contingencies=(event,)), **fields)
    assert ordered(insured) == {"res-a.2027-01": 1, "res-a.2027-02": 1}
    assert not insured.rights


def test_shares_and_budgets_see_what_serves() -> None:
    """A cap on the capacity of cloud-a, and a budget of nothing in February, both make the held node leave."""
    catalog = two_clouds()
    cap = a_cap(measure=ShareMeasure.CAPACITY, group="cloud-a", cap_share=0.0, window="horizon")
    rights = LEAVE | {"termination_fee_share": 1.0}
    fields: dict[str, Any] = {"catalog": catalog, "held_contracts": (a_held(**rights),)}
    rented = an_on_demand("od-b", offering="node-b")
    plan = plan_with(1, 1, contracts=(rented,), policy=a_policy(concentration=(cap,)), **fields)
    assert objective(plan) == (JAN + FEB) * (5 + 10)
    budget = a_budget(limit_usd=Decimal(0), first_month=FIRST + 1, last_month=FIRST + 1)
    plan = plan_with(1, 0, contracts=(rented,), policy=a_policy(budgets=(budget,)), **fields)
    assert used(plan) == [(Right.TERMINATE, "2027-02", 1)]


SEEN = (an_outlook("high"), an_outlook("low"))


def test_a_right_is_decided_when_its_notice_is_due() -> None:
    """Load goes on in one of two futures. If it shows by February, the node leaves in the other one only.

    On demand costs 12, so that to keep the node in both is better than to leave in both.
    """
    effects = (an_effect("high", value=1.0), an_effect("low", value=0.0, first_month=FIRST + 1))
    dear = (an_on_demand(price_usd_per_node_hour=Decimal(12)),)
    fields: dict[str, Any] = {"outlooks": SEEN, "outlook_effects": effects, "contracts": dear}
    held = (a_held(**LEAVE),)
    late = plan_with(1, 1, held_contracts=held, run={"reveal_month": FIRST + 1}, **fields)
    assert [(row.outlook, str(row.month)) for row in late.rights] == [("low", "2027-02")]
    assert objective(late) == JAN * 5 + Decimal(FEB * 5) / 2
    assert {(line.outlook, line.amount_usd) for line in late.cost_lines} == {
        ("high", JAN * 5),
        ("low", JAN * 5),
        ("high", FEB * 5),
    }
    noticed = (a_held(termination_notice_days=1, **LEAVE),)
    early = plan_with(1, 1, held_contracts=noticed, run={"reveal_month": FIRST + 1}, **fields)
    assert (early.rights, objective(early)) == ((), (JAN + FEB) * 5)


def test_a_late_order_is_left_when_declared_and_renewed_when_it_ends() -> None:
    """Delivered in February in one of two futures, for two months."""
    late = an_effect("low", effect=Effect.DELIVERY_DELAY, of=Subject.ALL, value=1.0)
    fields: dict[str, Any] = {"outlooks": SEEN, "outlook_effects": (late,)}
    dear = an_on_demand(price_usd_per_node_hour=Decimal(30))
    terms: dict[str, Any] = {"term_months": 2, "latest_start": FIRST}
    leave = a_reserved(**terms, **LEAVE, termination_fee_share=0.5)
    plan = plan_with(1, 1, 0, contracts=(dear, leave), **fields)
    by_outlook = {row.outlook: row.totals.objective_usd for row in plan.by_outlook}
    assert not plan.rights, "by February it may not have been delivered; in March it is over"
    assert by_outlook == {"high": (JAN + FEB) * 6, "low": JAN * 30 + (FEB + MAR) * 6}
    stay = a_reserved(**terms, **STAY)
    plan = plan_with(1, 1, 1, 1, contracts=(dear, stay), **fields)
    assert used(plan) == [(Right.RENEW, "2027-03", 1)]
    by_outlook = {row.outlook: row.totals.objective_usd for row in plan.by_outlook}
    assert by_outlook == {"high": (JAN + FEB + MAR) * 6 + APR * 30, "low": JAN * 30 + (FEB + MAR + APR) * 6}


def test_an_escalator_moves_what_stops_and_not_the_fee() -> None:
    """From the thirteenth month on 10 % more; left then, the fee is a tenth of the signed price of two months."""
    terms = a_reserved(
        term_months=14,
        latest_start=FIRST,
        escalator_share_per_year=Decimal("0.1"),
        terminable_after_months=12,
        termination_fee_share=0.1,
        upfront=Upfront.NONE,
    )
    plan = plan_with(*([1] * 12), 0, 0, contracts=(an_on_demand(), terms))
    assert lines(plan, Nature.TERMINATION_FEE) == [("2027-12", Decimal("0.6") * (744 + 696))]
    assert objective(plan) == 8760 * 6 + Decimal("864.00")
