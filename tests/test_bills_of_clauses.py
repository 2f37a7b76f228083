"""Clauses of price and payment by hand: when a month is paid, what a price rises to, what a most-favoured price is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendar import Horizon, Month
from contracts.clauses import DueDay
from contracts.terms.common import Nature
from contracts.terms.on_demand import on_demand_bill
from contracts.terms.reserved import Upfront, reserved_bill
from contracts.terms.take_or_pay import obligation_bill, settle, settlement_line, usage_bill, windows
from tests.builders import FIRST, a_reserved, a_take_or_pay, an_on_demand

JAN, FEB, MAR, APR = (FIRST + i for i in range(4))
A_YEAR = 12


@pytest.mark.parametrize(
    ("due_day", "net_days", "paid"),
    [
        (DueDay.IN_ARREARS, 0, [JAN, FEB]),
        (DueDay.IN_ADVANCE, 0, [JAN, FEB]),
        (DueDay.IN_ADVANCE, 30, [JAN, MAR]),  # 1 January + 30 is the 31st, 1 February + 30 is 3 March
        (DueDay.IN_ARREARS, 30, [MAR, MAR]),  # 31 January + 30 is 2 March, 28 February + 30 is 30 March
        (DueDay.IN_ARREARS, 45, [MAR, APR]),
    ],
)
def test_a_month_is_paid_its_net_days_after_its_due_day(due_day: DueDay, net_days: int, paid: list[Month]) -> None:
    terms = an_on_demand(due_day=due_day, net_days=net_days)
    lines = on_demand_bill(terms, {JAN: Decimal(100), FEB: Decimal(50)})
    assert [(line.paid_month, line.service_first, line.amount_usd) for line in lines] == [
        (paid[0], JAN, Decimal(1000)),
        (paid[1], FEB, Decimal(500)),
    ]


def test_an_upfront_part_is_paid_when_service_starts_and_the_rest_when_it_is_due() -> None:
    """One node at 10 USD for two months, half of it upfront, the rest 30 days after the end of the month."""
    terms = a_reserved(
        price_usd_per_node_hour=Decimal(10), upfront=Upfront.PARTIAL, upfront_share=0.5, net_days=30
    )
    lines = reserved_bill(terms, 1, JAN)
    assert [(line.nature, line.paid_month, line.amount_usd) for line in lines] == [
        (Nature.RESERVED_UPFRONT, JAN, Decimal(7080)),  # 1,416 h x 5 USD
        (Nature.RESERVED_RECURRING, MAR, Decimal(3720)),  # 744 h x 5 USD
        (Nature.RESERVED_RECURRING, MAR, Decimal(3360)),  # 672 h x 5 USD
    ]


def test_a_price_rises_with_every_full_year_of_service_and_the_upfront_part_stays() -> None:
    """10 USD, a quarter upfront, 3 % a year: the rest is 7.50, then 7.725, then 7.95675 USD."""
    terms = a_reserved(
        price_usd_per_node_hour=Decimal(10),
        term_months=25,
        upfront=Upfront.PARTIAL,
        upfront_share=0.25,
        escalator_share_per_year=Decimal("0.03"),
    )
    upfront, *months = reserved_bill(terms, 2, MAR)
    assert upfront.unit_price_usd == Decimal("2.5")
    assert [line.unit_price_usd for line in (months[0], months[11], months[12], months[23], months[24])] == [
        Decimal("7.5"),
        Decimal("7.5"),
        Decimal("7.725"),
        Decimal("7.725"),
        Decimal("7.95675"),
    ]
    assert months[12].amount_usd == Decimal("11494.80")  # 2 nodes x 744 h x 7.725 USD in March 2028


def test_a_price_steps_down_where_the_escalator_is_below_nought() -> None:
    terms = a_reserved(term_months=13, escalator_share_per_year=Decimal("-0.1"))
    assert [line.unit_price_usd for line in reserved_bill(terms, 1, JAN)][-2:] == [Decimal(6), Decimal("5.4")]


def test_a_most_favoured_price_follows_the_on_demand_price_down_and_never_up() -> None:
    """8 USD, at most nine tenths of on demand, which is 10, then 8 USD: 8, then 7.20 USD; half of it was upfront."""
    bounds = {JAN: Decimal("9.0"), FEB: Decimal("7.2")}
    terms = a_reserved(price_usd_per_node_hour=Decimal(8), upfront=Upfront.PARTIAL, upfront_share=0.5)
    upfront, january, february = reserved_bill(terms, 1, JAN, bounds)
    assert upfront.unit_price_usd == 4
    assert (january.unit_price_usd, february.unit_price_usd) == (Decimal(4), Decimal("3.6"))
    assert february.amount_usd == Decimal("2419.20")


def test_use_under_take_or_pay_is_billed_at_the_price_of_its_month_and_a_true_up_at_that_of_the_last() -> None:
    """6 USD, 10 % a year; of 100 h a month from December to February nothing is used but 80 h of February 2028."""
    terms = a_take_or_pay(
        minimum_node_hours_per_month=Decimal(100),
        term_months=15,
        window_months=15,
        escalator_share_per_year=Decimal("0.1"),
        net_days=30,
    )
    start, used = FEB, {Month(2028, 2): Decimal(80)}
    horizon = Horizon(JAN, 14)
    (use,) = usage_bill(terms, start, used)
    assert (use.unit_price_usd, use.amount_usd, use.paid_month) == (Decimal("6.6"), Decimal("528.00"), Month(2028, 3))
    (settled,) = settle(terms, 1, start, used, horizon)
    assert (settled.minimum, settled.true_up) == (1300, 1220)
    line = settlement_line(terms, settled.window, Nature.TAKE_OR_PAY_TRUE_UP, settled.true_up)
    assert (line.unit_price_usd, line.amount_usd) == (Decimal("6.6"), Decimal("8052.00"))
    assert line.paid_month == Month(2028, 3)  # due on 29 February 2028
    owed = obligation_bill(terms, 1, start, horizon)
    assert [(o.service_first, o.unit_price_usd, o.paid_month) for o in owed] == [
        (Month(2028, 3), Decimal("6.6"), Month(2028, 4)),
        (Month(2028, 4), Decimal("6.6"), Month(2028, 5)),
    ]


def test_a_minimum_in_dollars_does_not_move_and_use_counts_against_it_at_its_price() -> None:
    terms = a_take_or_pay(
        minimum_node_hours_per_month=None,
        minimum_usd_per_month=Decimal(600),
        term_months=13,
        window_months=13,
        escalator_share_per_year=Decimal("0.1"),
    )
    used = {JAN: Decimal(100), JAN + A_YEAR: Decimal(100)}
    (settled,) = settle(terms, 1, JAN, used, Horizon(JAN, 13))
    assert (settled.minimum, settled.used, settled.true_up) == (7800, 1260, 6540)
    assert settled.window.price_usd_per_unit == 1


@given(net=st.integers(0, 180), more=st.integers(0, 180), month=st.integers(0, 40))
def test_more_net_days_never_pay_earlier_and_advance_never_later_than_arrears(net: int, more: int, month: int) -> None:
    def paid(due_day: DueDay, days: int) -> Month:
        return an_on_demand(due_day=due_day, net_days=days).paid_in(FIRST + month)

    assert FIRST + month <= paid(DueDay.IN_ADVANCE, net) <= paid(DueDay.IN_ARREARS, net)
    assert paid(DueDay.IN_ARREARS, net) <= paid(DueDay.IN_ARREARS, net + more)


@given(rise=st.integers(-50, 50), term=st.integers(1, 60))
def test_windows_are_settled_at_the_price_of_their_last_month(rise: int, term: int) -> None:
    terms = a_take_or_pay(term_months=term, window_months=min(term, 7), escalator_share_per_year=Decimal(rise) / 100)
    for window in windows(terms, JAN, Horizon(JAN, 60)):
        years = (window.last - JAN) // A_YEAR
        assert window.price_usd_per_unit == 6 * (1 + Decimal(rise) / 100) ** years
