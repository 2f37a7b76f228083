"""Take-or-pay, outlooks, migrations and budgets beside the worked plans: other units, edges, and identities."""

from dataclasses import fields
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.take_or_pay import settle
from optimizer.audit import audit_plan
from optimizer.audit.checks import Checks
from optimizer.audit.due import MONEY
from optimizer.audit.effects import Effects
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import sift
from optimizer.audit.take_or_pay import Account, Settled, accounts
from optimizer.plan import Plan
from scenarios.outlooks import Effect, Outlook, OutlookEffect, Subject
from scenarios.policy import Budget, BudgetWindow
from tests import builders as make
from tests.audit_commitment_plans import commitments_plan
from tests.audit_commitments import APR, JUN, MAY, a_take_or_pay
from tests.audit_due import due
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_outlook_plans import outlooks_plan
from tests.audit_outlooks import CALM, STORM
from tests.audit_plans import rich_plan
from tests.audit_planting import on, swap, under, with_migration, with_terms


def rules_broken(plan: Plan) -> set[str]:
    return {finding.rule for finding in audit_plan(plan).findings}


def the_accounts(plan: Plan) -> list[Account]:
    inputs = Inputs(plan.scenario)
    with localcontext(MONEY):
        return list(accounts(inputs, sift(inputs, plan, Checks())))


# Take-or-pay


def in_dollars(plan: Plan) -> Plan:
    """1,000 node-hours at 5 USD are a minimum of 5,000 USD: every figure of a window times five, the money the same."""
    plan = with_terms(plan, "top-a", minimum_node_hours_per_month=None, minimum_usd_per_month=usd(5000))
    names = ("minimum", "used", "carried_in", "true_up", "made_up", "carried_out", "bank_out")
    windows = tuple(
        row.model_copy(update={"unit": "usd", **{name: getattr(row, name) * 5 for name in names}})
        for row in plan.take_or_pay
    )
    of_windows = (Nature.TAKE_OR_PAY_TRUE_UP, Nature.TAKE_OR_PAY_MAKE_UP, Nature.TAKE_OR_PAY_OBLIGATION)
    lines = tuple(
        row.model_copy(update={"unit": "usd", "quantity": row.quantity * 5, "unit_price_usd": row.unit_price_usd / 5})
        if row.nature in of_windows
        else row
        for row in plan.cost_lines
    )
    return plan.model_copy(update={"take_or_pay": windows, "cost_lines": lines})


def test_a_minimum_in_dollars_is_settled_in_dollars() -> None:
    assert audit_plan(in_dollars(commitments_plan())).findings == ()


def test_a_make_up_in_dollars_has_the_price_of_minus_one() -> None:
    (line,) = due(in_dollars(commitments_plan()), Nature.TAKE_OR_PAY_MAKE_UP)
    assert (line.unit, line.unit_price, line.amount) == ("usd", Decimal(-1), Decimal("-2100.00"))


def test_what_carried_forward_is_not_made_up_again() -> None:
    """Windows of a month, 1,000 each but 500 in January: 244 carry to February, which lacks 420 and not 664."""
    plan = with_terms(commitments_plan(), "top-a", window_months=1)
    (account,) = the_accounts(plan)
    rows = [(w.carried_in, w.true_up, w.made_up, w.carried_out, w.bank_out) for w in account.windows]
    assert [tuple(map(int, row)) for row in rows] == [
        (0, 0, 0, 244, 0),
        (244, 420, 0, 0, 420),
        (0, 0, 420, 68, 0),
        (68, 0, 0, 508, 0),
        (508, 120, 0, 0, 120),
    ]


@given(
    nodes=st.lists(st.integers(0, 2000), min_size=5, max_size=5),
    carries=st.booleans(),
    makes_up=st.booleans(),
    length=st.integers(1, 6),
)
def test_every_node_hour_of_a_minimum_is_used_carried_in_or_paid(
    nodes: list[int], carries: bool, makes_up: bool, length: int
) -> None:
    """use + carried in + true-up = minimum + made up + carried out (+ what is lost without the clause)."""
    plan = commitments_plan()
    for index, thousandths in enumerate(nodes):
        plan = swap(plan, "usages", index, nodes=thousandths / 1000)
    plan = with_terms(plan, "top-a", excess_carries_forward=carries, make_up_right=makes_up, window_months=length)
    (account,) = the_accounts(plan)
    for window in account.windows:
        owed = window.minimum + window.made_up + window.carried_out
        lost = window.used + window.carried_in + window.true_up - owed
        assert lost == 0 if carries else lost >= 0
        assert window.true_up == 0 or window.made_up == window.carried_out == 0
    paid = sum(window.true_up - window.made_up for window in account.windows)
    assert account.windows[-1].bank_out == (paid if makes_up else 0)
    assert sum(window.used for window in account.windows) == sum(account.used_node_hours.values())


@given(
    used=st.lists(st.integers(0, 2000), min_size=5, max_size=5),
    clauses=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    length=st.integers(1, 6),
    ramp=st.lists(st.integers(0, 100), max_size=7),
)
def test_the_settlement_of_the_contract_comes_to_the_same(
    used: list[int], clauses: tuple[bool, bool, bool], length: int, ramp: list[int]
) -> None:
    """The optimizer bills with the contract's own settlement; the audit has another, and both must agree."""
    carries, makes_up, in_usd = clauses
    plan = commitments_plan()
    for index, thousandths in enumerate(used):
        plan = swap(plan, "usages", index, nodes=thousandths / 1000)
    terms = a_take_or_pay(
        excess_carries_forward=carries,
        make_up_right=makes_up,
        window_months=length,
        ramp_shares=tuple(share / 100 for share in ramp),
        minimum_node_hours_per_month=None if in_usd else usd(1000),
        minimum_usd_per_month=usd("4999.99") if in_usd else None,
    )
    (account,) = the_accounts(on(plan, contracts=(*plan.scenario.contracts[:2], terms)))
    settled = settle(terms, 1, JAN, account.used_node_hours, plan.scenario.horizon)
    assert [vars_of(row) for row in account.windows] == [
        (w.window.first, w.window.end, w.minimum, w.used, w.carried_in, w.true_up, w.made_up, w.carried_out, w.bank_out)
        for w in settled
    ]


def vars_of(row: Settled) -> tuple[object, ...]:
    return tuple(getattr(row, field.name) for field in fields(row))


def late_take_or_pay() -> Plan:
    """A second outlook in which the order comes two months late."""
    return on(
        commitments_plan(),
        outlooks=(Outlook(outlook="base", probability=0.5), Outlook(outlook="late", probability=0.5)),
        outlook_effects=(OutlookEffect(outlook="late", effect=Effect.DELIVERY_DELAY, value=2),),
    )


def test_windows_count_from_the_month_of_delivery() -> None:
    late = next(account for account in the_accounts(late_take_or_pay()) if account.delivered.outlook == "late")
    assert [(w.first, w.end, int(w.minimum)) for w in late.windows] == [(MAR, MAY, 1500), (MAY, JUN, 1000)]


def test_a_late_obligation_is_owed_once_for_each_outlook() -> None:
    """In time only June is after the horizon; two months late June, July and August."""
    lines = due(late_take_or_pay(), Nature.TAKE_OR_PAY_OBLIGATION)
    assert [(line.outlook, line.paid) for line in lines] == [
        ("base", JUN),
        ("late", JUN),
        ("late", JUN + 1),
        ("late", JUN + 2),
    ]


def test_take_or_pay_prices_do_not_move_with_the_outlook() -> None:
    effect = OutlookEffect(outlook="base", effect=Effect.ON_DEMAND_PRICE, value=2.0)
    plan = on(commitments_plan(), outlook_effects=(effect,))
    assert {line.unit_price for line in due(plan, Nature.TAKE_OR_PAY_USAGE)} == {Decimal(5)}


# Outlooks


def effects_of(*rows: OutlookEffect, **offering: str) -> Effects:
    catalog = make.a_catalog(offerings=(make.an_offering(**offering),))
    return Effects(make.a_scenario(catalog=catalog, outlook_effects=rows))


def an_effect(effect: Effect, value: float, first_month: Month | None = None, **subject: str) -> OutlookEffect:
    of, name = next(iter(subject.items()), ("all", "*"))
    return OutlookEffect(outlook="base", effect=effect, of=Subject(of), name=name, first_month=first_month, value=value)


def test_an_effect_holds_until_the_next_row_of_the_same_subject() -> None:
    rows = (
        an_effect(Effect.DEMAND, 3.0, MAR),
        an_effect(Effect.DEMAND, 2.0),
        an_effect(Effect.DEMAND, 0.5, FEB, workload="chat"),
    )
    effects = effects_of(*rows)
    assert [effects.demand("base", "chat", month) for month in (JAN, FEB, MAR, APR)] == [2.0, 1.0, 1.5, 1.5]
    assert [effects.demand("base", "other", month) for month in (JAN, FEB, MAR)] == [2.0, 2.0, 3.0]


def test_a_price_without_an_effect_is_as_typed() -> None:
    """Seven decimals are not rounded to six where nothing applies."""
    terms = make.an_on_demand(price_usd_per_node_hour=Decimal("1.2345675"))
    effects = effects_of(an_effect(Effect.ON_DEMAND_PRICE, 1.0, FEB))
    assert effects.price(terms, "base", JAN) == Decimal("1.2345675")
    assert effects.price(terms, "base", FEB) == Decimal("1.234568")


@pytest.mark.parametrize(("price", "rounded"), [("1.0000005", "1.000000"), ("1.0000015", "1.000002")])
def test_a_price_is_rounded_to_the_even_millionth(price: str, rounded: str) -> None:
    terms = make.an_on_demand(price_usd_per_node_hour=Decimal(price))
    assert effects_of(an_effect(Effect.ON_DEMAND_PRICE, 1.0)).price(terms, "base", JAN) == Decimal(rounded)


def test_a_factor_on_a_price_is_the_decimal_that_was_typed() -> None:
    """3 * 1.1 * 1.1 is 3.63, not 3.6300000000000003."""
    rows = (an_effect(Effect.ON_DEMAND_PRICE, 1.1), an_effect(Effect.ON_DEMAND_PRICE, 1.1, provider="cloud-a"))
    terms = make.an_on_demand(price_usd_per_node_hour=Decimal(3))
    assert effects_of(*rows).price(terms, "base", JAN) == Decimal("3.63")


def test_in_a_single_outlook_there_is_nothing_to_wait_for() -> None:
    """Whether its only outlook is named or not, the order is the same; its lines are those of the order."""
    plan = on(commitments_plan(), run=commitments_plan().scenario.run.model_copy(update={"reveal_month": JAN}))
    assert rules_broken(plan) == set()
    named = swap(plan, "orders", 0, outlook="base")
    assert rules_broken(named) == {"bill.missing", "bill.superfluous"}


def test_a_quote_that_lapses_before_the_reveal_does_not_wait() -> None:
    """Service from February, lead time none, but the quote is good until January only."""
    plan = with_terms(outlooks_plan(), "res-late", quote_valid_until=JAN.first_day)
    assert "orders.stage" in rules_broken(plan)


def test_an_order_delayed_alike_in_all_outlooks_is_billed_in_each() -> None:
    alike = tuple(OutlookEffect(outlook=outlook, effect=Effect.DELIVERY_DELAY, value=1) for outlook in (CALM, STORM))
    lines = due(on(outlooks_plan(), outlook_effects=alike), Nature.RESERVED_RECURRING)
    assert {(line.outlook, line.paid) for line in lines if line.source == "res-a"} == {
        (outlook, month) for outlook in (CALM, STORM) for month in (FEB, MAR, APR)
    }


# Migrations


def test_the_last_month_of_work_has_the_rest() -> None:
    """100.01 in three parts of 33.34: 33.33 are left."""
    plan = with_migration(commitments_plan(), engineering_usd=usd("100.01"))
    assert [line.amount for line in due(plan, Nature.MIGRATION_CAPITALISED)] == list(
        map(usd, ("33.34", "33.34", "33.33"))
    )


def test_work_goes_on_after_the_horizon_and_upkeep_does_not() -> None:
    plan = swap(with_migration(commitments_plan(), capitalised=False), "migrations", 0, start=APR, gate=APR + 3)
    natures = (Nature.MIGRATION_ENGINEERING, Nature.MIGRATION_UPKEEP)
    assert [line.paid for line in due(plan, *natures)] == [APR, MAY, JUN]


def test_a_model_without_a_row_is_open_from_the_first_month() -> None:
    plan = on(commitments_plan(), migrations=())
    plan = plan.model_copy(update={"migrations": ()})
    assert rules_broken(plan) == {"bill.superfluous"}


def test_upkeep_in_all_outlooks_that_pass_is_stated_once() -> None:
    passing = tuple(row for row in outlooks_plan().scenario.outlook_effects if row.effect is not Effect.GATE)
    lines = due(on(outlooks_plan(), outlook_effects=passing), Nature.MIGRATION_UPKEEP)
    assert [(line.outlook, line.paid) for line in lines] == [(None, FEB), (None, MAR)]


# Budgets


def test_a_budget_counts_upfront_payments_and_no_penalties() -> None:
    """January of the rich plan: 19,706.70 and 6,480 upfront; the shortfall and the emergency are nobody's bill."""
    exact = Budget(budget="cash", window=BudgetWindow.MONTH, limit_usd=usd("26186.70"))
    assert rules_broken(under(rich_plan(), budgets=(exact,))) == set()
    below = Budget(budget="cash", window=BudgetWindow.MONTH, limit_usd=usd("26186.60"))
    assert rules_broken(under(rich_plan(), budgets=(below,))) == {"policy.budget"}


def test_payments_after_the_horizon_are_no_budgets_business() -> None:
    """June owes 5,000; a budget of nothing for June does not see it."""
    june = Budget(budget="june", window=BudgetWindow.MONTH, limit_usd=usd(0), first_month=JUN, last_month=JUN)
    assert rules_broken(under(commitments_plan(), budgets=(june,))) == set()
