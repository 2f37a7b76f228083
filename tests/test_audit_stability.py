"""What of approved orders is compared, what a change is worth, and plans that keep the limits with room to spare."""

from decimal import Decimal, localcontext
from typing import Any

import pytest

from contracts.approved import ApprovedOrder
from contracts.calendar import Month
from contracts.options import AnyTerms
from optimizer.audit import audit_plan
from optimizer.audit.checks import Checks
from optimizer.audit.due import MONEY
from optimizer.audit.dues_of_changes import compared
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import sift
from optimizer.plan import Plan
from optimizer.plan_changes import OrderChange
from scenarios.outlooks import Outlook
from scenarios.policy_stability import Stability
from tests import builders as make
from tests.audit_change_plans import CHANGES, changes_plan
from tests.audit_commitments import a_take_or_pay
from tests.audit_faults_of_changes import ruled
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_plans import small_plan
from tests.audit_planting import on, under

BOTH = (Outlook(outlook="base", probability=0.5), Outlook(outlook="high", probability=0.5))


def own(plan: Plan) -> dict[tuple[str, Month], tuple[Decimal, Decimal, Decimal]]:
    """Approved, planned and changed value by contract and start."""
    inputs = Inputs(plan.scenario)
    with localcontext(MONEY):
        return {
            (row.contract, row.start): (row.approved, row.planned, row.changed_usd)
            for row in compared(inputs, sift(inputs, plan, Checks()))
        }


def approving(plan: Plan, *orders: tuple[str, Month, str], **inputs: Any) -> Plan:
    rows = tuple(ApprovedOrder(contract=c, start=m, quantity=usd(q)) for c, m, q in orders)
    return on(plan, approved_orders=rows, **inputs)


def value_of(terms: AnyTerms, quantity: str = "1", start: Month = JAN) -> Decimal:
    """Changed value of so much that was approved and is not planned."""
    scenario = small_plan().scenario
    plan = approving(
        small_plan(),
        (terms.contract, start, quantity),
        contracts=(*scenario.contracts, terms),
        sites=(make.a_site(),),
    )
    return own(plan)[terms.contract, start][2]


# Values


def test_a_reserved_node_is_worth_its_whole_term_at_signed_prices() -> None:
    """744 + 672 h at 6 USD in the horizon, or 744 + 720 h of March and April as far as they go beyond it."""
    assert value_of(make.a_reserved("res-b")) == 1416 * 6
    assert value_of(make.a_reserved("res-b"), start=FEB) == (672 + 744) * 6
    assert value_of(make.a_reserved("res-b"), "2.5") == Decimal("2.5") * 1416 * 6


def test_a_most_favoured_price_follows_outlooks_and_is_left_out() -> None:
    terms = make.a_reserved("res-b", most_favoured_of="od-a", most_favoured_share=usd("0.1"))
    assert value_of(terms) == 1416 * 6


def test_a_minimum_in_dollars_has_no_price_and_one_in_hours_that_of_its_month() -> None:
    """A lot of two: 0.5 + 12 months; the thirteenth is a tenth dearer where hours are owed."""
    in_dollars = a_take_or_pay(
        minimum_node_hours_per_month=None,
        minimum_usd_per_month=usd(100),
        term_months=13,
        escalator_share_per_year=usd("0.1"),
    )
    in_hours = a_take_or_pay(term_months=13, escalator_share_per_year=usd("0.1"))
    assert value_of(in_dollars, "2") == Decimal("1250")
    assert value_of(in_hours, "2") == Decimal("11.5") * 1000 * 5 + 1000 * Decimal("5.5")
    assert value_of(in_hours, "1") == value_of(in_hours, "2") / 2


def test_a_third_of_a_lot_is_rounded_once_at_the_end() -> None:
    """100 USD for a lot of three in each of two months: a node is 66.666..., two are 133.33."""
    terms = a_take_or_pay(
        lot_nodes=3,
        minimum_node_hours_per_month=None,
        minimum_usd_per_month=usd(100),
        term_months=2,
        ramp_shares=(),
    )
    assert round(value_of(terms, "2"), 2) == usd("133.33")


def test_hardware_is_worth_what_it_costs_to_buy() -> None:
    assert value_of(make.an_owned(power_price_usd_per_kwh=usd("0.1"))) == 12000


# What is compared


def test_with_a_single_outlook_every_order_is_decided_for_it() -> None:
    """The reserved node of the small plan could be signed after the reveal; there is nothing to wait for."""
    run = make.run_settings(reveal_month=JAN)
    plan = approving(small_plan(), ("res-a", JAN, "1"), run=run)
    named = plan.orders[0].model_copy(update={"outlook": "base"})
    for same in (plan, plan.model_copy(update={"orders": (named,)})):
        assert own(same) == {("res-a", JAN): (1, 1, 0)}


def test_what_waits_for_the_outlook_is_not_compared() -> None:
    """Signed by 1 January; the outlook is known from January on: for each of them, so nothing is compared."""
    plan = approving(small_plan(), ("res-a", JAN, "1"), run=make.run_settings(reveal_month=JAN), outlooks=BOTH)
    orders = tuple(
        plan.orders[0].model_copy(update={"order": f"{plan.orders[0].order} {name}", "outlook": name})
        for name in ("base", "high")
    )
    assert own(plan.model_copy(update={"orders": orders})) == {}


def test_what_is_signed_before_the_outlook_is_known_is_compared() -> None:
    plan = approving(small_plan(), ("res-a", JAN, "1"), run=make.run_settings(reveal_month=FEB), outlooks=BOTH)
    assert own(plan) == {("res-a", JAN): (1, 1, 0)}


@pytest.mark.parametrize(
    "changes",
    [
        {"earliest_start": FEB},
        {"latest_start": JAN + -1},
        {"earliest_start": JAN + -1, "start_every_months": 2},
    ],
)
def test_a_start_that_the_terms_forbid_by_now_is_gone(changes: dict[str, Any]) -> None:
    terms = (make.an_on_demand(), make.a_reserved(), make.a_reserved("res-b", **changes))
    assert ("res-b", JAN) not in own(approving(small_plan(), ("res-b", JAN, "1"), contracts=terms))


def test_a_size_that_the_terms_forbid_by_now_is_compared() -> None:
    terms = (make.an_on_demand(), make.a_reserved(), make.a_reserved("res-b", lot_nodes=4, maximum_order_nodes=8))
    assert own(approving(small_plan(), ("res-b", JAN, "9"), contracts=terms))["res-b", JAN][:2] == (9, 0)


# What is told, and when


def told(plan: Plan, *rows: tuple[str, Month, str, str, str]) -> Plan:
    changes = tuple(
        OrderChange(contract=c, start=m, approved=usd(was), planned=usd(now), changed_usd=usd(value))
        for c, m, was, now, value in rows
    )
    return plan.model_copy(update={"changes_of_orders": changes})


def test_without_a_rule_changes_are_told_and_count_nothing() -> None:
    plan = under(changes_plan(), stability=None)
    assert {f.rule for f in audit_plan(plan).findings} >= {"bill.superfluous"}
    approved = approving(small_plan(), ("res-a", JAN, "3"))
    assert audit_plan(told(approved, ("res-a", JAN, "3", "1", "16992.00"))).findings == ()
    assert {f.rule for f in audit_plan(approved).findings} == {"stability.told"}


def test_with_a_rule_and_nothing_approved_every_order_is_new() -> None:
    plan = under(small_plan(), stability=Stability(changed_usd_at_most=usd("8496"), changed_orders_at_most=1))
    assert audit_plan(told(plan, ("res-a", JAN, "0", "1", "8496.00"))).findings == ()


def test_with_neither_nothing_is_told() -> None:
    assert audit_plan(small_plan()).findings == ()
    rules = {"stability.told", "stability.value", "stability.changed_usd", "stability.changed_orders"}
    assert rules <= set(audit_plan(small_plan()).nothing_to_check)


def test_only_approved_orders_that_are_gone_leave_nothing_to_tell() -> None:
    assert audit_plan(approving(small_plan(), ("res-z", JAN, "1"))).findings != ()
    plan = told(approving(small_plan(), ("res-z", JAN, "1")), ("res-a", JAN, "0", "1", "8496.00"))
    assert audit_plan(plan).findings == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"changed_usd_at_most": usd("120100.79")},
        {"changed_usd_at_most": usd(200000)},
        {"changed_usd_at_most": None},
        {"changed_orders_at_most": 7},
        {"changed_orders_at_most": None},
    ],
)
def test_limits_may_have_room_and_the_cap_a_millionth_of_tolerance(changes: dict[str, Any]) -> None:
    assert audit_plan(ruled(changes_plan(), **changes)).findings == ()


def test_changes_of_one_contract_in_two_months_have_a_line_each() -> None:
    """plan-a of January is resized by a dollar as well: 1,416 USD at a cent a dollar are 14.16 more."""
    plan = changes_plan()
    rows = [
        row.model_copy(update={"quantity": usd(4)}) if (row.contract, row.start) == ("plan-a", JAN) else row
        for row in plan.scenario.approved_orders
    ]
    plan = ruled(on(plan, approved_orders=tuple(rows)), changed_usd_at_most=None, changed_orders_at_most=7)
    first = next(row for row in plan.cost_lines if row.line.startswith("stability_price-plan-a"))
    more = first.model_copy(update={"line": "another", "quantity": usd(1416), "amount_usd": usd("14.16")})
    totals = plan.totals.model_copy(update={"objective_usd": usd("22455.17"), "stability_price_usd": usd("1215.17")})
    plan = plan.model_copy(
        update={
            "cost_lines": (more, *plan.cost_lines),
            "totals": totals,
            "incumbent_usd": 22455.17,
            "bound_usd": 22455.17,
        }
    )
    changed = [(c, m, "4" if (c, m) == ("plan-a", JAN) else was, now, v) for c, m, was, now, v in CHANGES]
    changed = [(*row[:4], "1416.00" if row[:2] == ("plan-a", JAN) else row[4]) for row in changed]
    assert audit_plan(told(plan, *changed)).findings == ()


def test_an_order_moved_by_a_month_is_two_changes() -> None:
    plan = approving(small_plan(), ("res-a", FEB, "1"))
    assert own(plan) == {("res-a", JAN): (0, 1, 8496), ("res-a", FEB): (1, 0, 8496)}
    assert MAR not in {month for _, month in own(plan)}
