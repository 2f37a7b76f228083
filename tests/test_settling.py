"""What must hold of every settlement of take-or-pay, and of every bill of engineering, whatever the terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.calendar import Horizon, Month
from contracts.terms.take_or_pay import Settlement, TakeOrPay, obligation_bill, settle, windows
from scenarios.migrations import engineering_bill
from tests.builders import FIRST, a_migration, a_take_or_pay


@dataclass(frozen=True)
class Used:
    """An order of a contract, and what is used of it."""

    terms: TakeOrPay
    lots: int
    start: Month
    node_hours: Mapping[Month, Decimal]
    horizon: Horizon

    def settled(self, **clauses: Any) -> tuple[Settlement, ...]:
        terms = self.terms.model_copy(update=clauses)
        return settle(terms, self.lots, self.start, self.node_hours, self.horizon)


NO_CLAUSE: dict[str, Any] = {"excess_carries_forward": False, "make_up_right": False}


@st.composite
def orders(draw: st.DrawFn, **fixed: Any) -> Used:
    term = draw(st.integers(1, 9))
    shares = st.sampled_from([0.0, 0.25, 0.5, 0.9])
    fields: dict[str, Any] = {
        "term_months": term,
        "window_months": draw(st.integers(1, term)),
        "minimum_node_hours_per_month": Decimal(draw(st.integers(1, 744))),
        "ramp_shares": tuple(draw(st.lists(shares, max_size=4))),
        "price_usd_per_node_hour": Decimal(draw(st.integers(1, 9999))) / 100,
        "excess_carries_forward": draw(st.booleans()),
        "make_up_right": draw(st.booleans()),
    }
    months, lots = draw(st.integers(1, 9)), draw(st.integers(1, 3))
    late = draw(st.integers(0, months - 1))
    hundredths = st.integers(0, 74_400 * lots)
    use = {FIRST + t: Decimal(draw(hundredths)) / 100 for t in range(months)}
    return Used(a_take_or_pay(**(fields | fixed)), lots, FIRST + late, use, Horizon(FIRST, months))


def paid_units(settlements: tuple[Settlement, ...]) -> Decimal:
    """Everything that is billed, in units of the minimum."""
    return sum((s.used + s.true_up - s.made_up for s in settlements), Decimal(0))


@given(order=orders())
def test_what_is_used_and_paid_is_the_minimum_what_is_carried_on_and_what_is_lost(order: Used) -> None:
    carried = Decimal(0)
    for s in order.settled():
        assert s.carried_in == carried
        lost = s.used + s.carried_in + s.true_up - s.made_up - s.carried_out - s.minimum
        assert lost >= 0
        assert lost == 0 or not order.terms.excess_carries_forward
        assert s.true_up == 0 or s.made_up == s.carried_out == lost == 0
        carried = s.carried_out


@given(order=orders())
def test_the_bank_holds_what_was_paid_and_not_made_up_and_is_never_overdrawn(order: Used) -> None:
    bank = Decimal(0)
    for s in order.settled():
        assert 0 <= s.made_up <= min(bank, s.used)
        bank += s.true_up - s.made_up
        assert s.bank_out == (bank if order.terms.make_up_right else 0)
        assert s.bank_out >= 0


@given(order=orders())
def test_without_clauses_each_window_pays_the_larger_of_use_and_minimum(order: Used) -> None:
    settlements = order.settled(**NO_CLAUSE)
    assert paid_units(settlements) == sum(max(s.minimum, s.used) for s in settlements)
    assert not any(s.carried_out or s.made_up or s.bank_out for s in settlements)


@pytest.mark.parametrize("clause", ["excess_carries_forward", "make_up_right"])
@given(order=orders())
def test_a_clause_never_makes_the_same_use_dearer(clause: str, order: Used) -> None:
    without = {**NO_CLAUSE, clause: False}
    assert paid_units(order.settled(**{**without, clause: True})) <= paid_units(order.settled(**without))
    other = {**dict.fromkeys(NO_CLAUSE, True), clause: False}
    assert paid_units(order.settled(**dict.fromkeys(NO_CLAUSE, True))) <= paid_units(order.settled(**other))


@given(order=orders())
def test_never_is_less_paid_than_is_used_beyond_all_minimums_together(order: Used) -> None:
    """With both rights the whole service is at best one window."""
    settlements = order.settled()
    used, owed = sum(s.used for s in settlements), sum(s.minimum for s in settlements)
    assert paid_units(settlements) >= max(used, owed)


@given(order=orders())
def test_a_minimum_in_dollars_at_the_price_is_the_same_minimum(order: Used) -> None:
    price, minimum = order.terms.price_usd_per_node_hour, order.terms.minimum_node_hours_per_month
    assert minimum is not None
    in_usd = order.settled(minimum_node_hours_per_month=None, minimum_usd_per_month=minimum * price)
    for hours, usd in zip(order.settled(), in_usd, strict=True):
        fields = ("minimum", "used", "carried_in", "true_up", "made_up", "carried_out", "bank_out")
        assert [getattr(usd, f) for f in fields] == [price * getattr(hours, f) for f in fields]


@given(order=orders())
def test_windows_follow_each_other_and_owe_with_the_rest_of_the_term_what_the_term_owes(order: Used) -> None:
    terms, end = order.terms, order.start + order.terms.term_months
    found = windows(terms, order.start, order.horizon)
    months = [month for window in found for month in window.months]
    assert months == [m for m in order.horizon.months if order.start <= m < end]
    assert all(window.first - order.start == i * terms.window_months for i, window in enumerate(found))
    inside = sum(window.minimum_units_per_lot for window in found) * order.lots
    after = sum(line.quantity for line in obligation_bill(terms, order.lots, order.start, order.horizon))
    shares = [terms.ramp_shares[i] if i < len(terms.ramp_shares) else 1 for i in range(terms.term_months)]
    monthly = terms.minimum_node_hours_per_month or Decimal(0)
    assert inside + after == order.lots * monthly * sum(Decimal(str(share)) for share in shares)


@st.composite
def work_to_pay(draw: st.DrawFn) -> tuple[Decimal, int]:
    """Enough to pay: rounding up takes less than half a cent for each month but the last from what the last has."""
    months = draw(st.integers(1, 60))
    least = months * (months - 1) // 2
    return Decimal(draw(st.integers(least, least + 300) | st.integers(least, 10**9))) / 100, months


@given(work=work_to_pay())
def test_engineering_is_paid_to_the_cent_in_equal_parts_that_are_never_paid_back(work: tuple[Decimal, int]) -> None:
    amount, months = work
    migration = a_migration(engineering_usd=amount, engineering_months=months, lead_months=months)
    lines = engineering_bill(migration, FIRST)
    assert sum(line.amount_usd for line in lines) == amount
    assert [line.paid_month for line in lines] == [FIRST + i for i in range(months)]
    assert len({line.amount_usd for line in lines[:-1]}) <= 1
    assert all(line.amount_usd >= 0 for line in lines)


def test_work_that_would_be_paid_back_is_refused() -> None:
    """Five cents in nine months: eight parts of a cent, and three cents back."""
    with pytest.raises(ValidationError, match=r"engineering_usd of 0.05 cannot be paid in whole cents over 9 months"):
        a_migration(engineering_usd=Decimal("0.05"), engineering_months=9, lead_months=9)
