"""Clauses of price and payment beside the worked plan: years of service, dollar minimums, the days of payment."""

from decimal import Decimal, localcontext

import pytest

from contracts.calendar import Month
from contracts.clauses import DueDay
from contracts.terms.common import Nature
from optimizer.audit.checks import Checks
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs
from optimizer.audit.payment import paid_for_month, paid_in_arrears
from optimizer.audit.prices import after_years
from optimizer.audit.statements import sift
from optimizer.audit.take_or_pay import accounts
from optimizer.plan import Plan
from scenarios.outlooks import Effect, OutlookEffect
from tests import builders as make
from tests.audit_clause_plans import clauses_plan
from tests.audit_clauses import DEAR, DULL
from tests.audit_commitment_plans import commitments_plan
from tests.audit_due import due
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_planting import on, with_terms

DEC = Month(2026, 12)


@pytest.mark.parametrize(
    ("day", "net_days", "paid"),
    [
        (DueDay.IN_ARREARS, 0, JAN),
        (DueDay.IN_ARREARS, 1, FEB),
        (DueDay.IN_ARREARS, 28, FEB),
        (DueDay.IN_ARREARS, 29, MAR),
        (DueDay.IN_ADVANCE, 0, JAN),
        (DueDay.IN_ADVANCE, 30, JAN),
        (DueDay.IN_ADVANCE, 31, FEB),
        (DueDay.IN_ADVANCE, 59, MAR),
        (DueDay.IN_ARREARS, 334, DEC + 12),
    ],
)
def test_january_is_paid_so_many_days_after_it_falls_due(day: DueDay, net_days: int, paid: Month) -> None:
    assert paid_for_month(make.an_on_demand(due_day=day, net_days=net_days), JAN) == paid


def test_a_true_up_falls_due_at_the_end_though_months_are_paid_in_advance() -> None:
    terms = make.a_take_or_pay(due_day=DueDay.IN_ADVANCE, net_days=28)
    assert (paid_in_arrears(terms, JAN), paid_for_month(terms, JAN)) == (FEB, JAN)


def test_a_price_moves_with_every_full_year_exactly() -> None:
    """1.035 to the third is 1.108717875: no binary fraction comes near it."""
    terms = make.a_reserved(escalator_share_per_year=Decimal("0.035"))
    with localcontext(MONEY):
        prices = [after_years(terms, Decimal("1.01"), months) for months in (0, 11, 12, 35, 36)]
    assert prices == list(map(Decimal, ("1.01", "1.01", "1.04535", "1.08193725", "1.11980505375")))


def test_most_favoured_once_is_billed_once_in_a_single_outlook() -> None:
    terms = (make.an_on_demand(), make.a_reserved(most_favoured_of="od-a", most_favoured_share=usd("0.5")))
    plan = clauses_plan()
    alone = on(plan, contracts=(*terms, plan.scenario.contracts[2]), outlooks=plan.scenario.outlooks[:1])
    lines = due(alone, Nature.RESERVED_RECURRING)
    assert {(line.outlook, line.unit_price) for line in lines} == {(None, usd(5))}


def test_a_late_order_counts_its_years_from_delivery() -> None:
    """Delivered in February: the thirteenth month is February 2028."""
    late = OutlookEffect(outlook=DEAR, effect=Effect.DELIVERY_DELAY, value=1)
    plan = with_terms(clauses_plan(), "res-a", most_favoured_of=None)
    lines = due(on(plan, outlook_effects=(late,)), Nature.RESERVED_RECURRING)
    dearest = {(row.outlook, row.service_first) for row in lines if row.unit_price == usd("4.95")}
    assert dearest == {(DULL, Month(2028, 1)), (DEAR, Month(2028, 2))}


def years_of_take_or_pay(**minimum: object) -> Plan:
    """The worked plan of take-or-pay with service since the thirteenth month before May."""
    plan = commitments_plan()
    run = plan.scenario.run.model_copy(update={"first_month": JAN + -12, "months": 17})
    orders = tuple(row.model_copy(update={"start": row.start + -12, "end": row.end + 12}) for row in plan.orders)
    plan = on(plan, run=run).model_copy(update={"orders": orders})
    return with_terms(
        plan, "top-a", term_months=24, escalator_share_per_year=usd("0.1"), window_months=1, ramp_shares=(), **minimum
    )


def test_use_is_billed_and_a_minimum_made_good_at_the_price_of_the_month() -> None:
    """5 USD in 2026, 5.50 in 2027; April makes up what was paid in earlier months at the price of April."""
    plan = years_of_take_or_pay()
    assert {row.unit_price for row in due(plan, Nature.TAKE_OR_PAY_USAGE)} == {usd("5.5")}
    true_ups = {row.service_first: row.unit_price for row in due(plan, Nature.TAKE_OR_PAY_TRUE_UP)}
    assert (true_ups[DEC], true_ups[JAN]) == (usd(5), usd("5.5"))
    assert {row.unit_price for row in due(plan, Nature.TAKE_OR_PAY_MAKE_UP)} == {usd("-5.5")}


def test_use_counts_against_a_minimum_in_dollars_at_the_price_of_its_month() -> None:
    """744 h in January at 5.50: 4,092 of 5,000, which do not move."""
    plan = years_of_take_or_pay(minimum_node_hours_per_month=None, minimum_usd_per_month=usd(5000))
    inputs = Inputs(plan.scenario)
    with localcontext(MONEY):
        (account,) = accounts(inputs, sift(inputs, plan, Checks()))
    january = next(window for window in account.windows if window.first == JAN)
    assert (january.minimum, january.used, january.true_up) == (usd(5000), usd(4092), usd(908))
    assert {row.unit_price for row in due(plan, Nature.TAKE_OR_PAY_TRUE_UP)} == {usd(1)}
