"""Bills by hand: every amount again in exact fractions, and the ledger's float beside the bill's decimal."""

import doctest
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import contracts.calendar
import contracts.money
import optimizer.costing
from contracts.calendar import Horizon, Month
from contracts.money import Payment, Valuation, to_cents
from contracts.terms.held import held_bill
from contracts.terms.on_demand import on_demand_bill
from contracts.terms.reserved import Upfront, reserved_bill
from contracts.terms.spot import spot_bill
from optimizer.faults import SolverFault
from optimizer.ledger import Ledger
from optimizer.order_bills import OrderBill, reserved_bills
from tests.builders import (
    FIRST,
    a_held,
    a_reserved,
    a_scenario,
    a_spot,
    a_workload,
    an_offering,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    ten_requests_a_node,
)
from tests.proving import planned

HOURS = {1: 744, 2: 672, 3: 744, 4: 720, 5: 744, 6: 720, 7: 744, 8: 744, 9: 720, 10: 744, 11: 720, 12: 744}
"""Of the months of 2027, a year without a leap day."""
SHARES = ("0", "0.25", "0.333", "0.5", "1")

prices = st.integers(0, 10**7).map(lambda n: Decimal(n) / 10**5)
nodes = st.integers(1, 500)
usages = st.dictionaries(
    st.integers(1, 12).map(lambda number: Month(2027, number)),
    st.integers(0, 10**12).map(lambda n: Decimal(n) / 10**9),
    max_size=4,
)


def upfront(share: str) -> dict[str, Any]:
    kind = {"0": Upfront.NONE, "1": Upfront.ALL}.get(share, Upfront.PARTIAL)
    return {"upfront": kind, "upfront_share": float(share)}


def half_even(amount: Fraction) -> Fraction:
    """To the cent; a tie goes to the even cent."""
    cents = amount * 100
    below = cents.numerator // cents.denominator
    rest = cents - below
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1)
    return Fraction(below + up, 100)


@pytest.mark.parametrize("module", [contracts.money, contracts.calendar])
def test_the_examples_in_the_documentation_are_true(module: ModuleType) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0


@given(amount=st.integers(0, 10**10).map(lambda n: Fraction(n, 1000)))
def test_cents_are_rounded_half_to_even(amount: Fraction) -> None:
    assert Fraction(to_cents(Decimal(amount.numerator) / Decimal(amount.denominator))) == half_even(amount)


@given(price=prices, count=nodes, start=st.integers(1, 12), term=st.integers(1, 12), share=st.sampled_from(SHARES))
def test_a_reservation_is_billed_for_every_hour_of_its_term(
    price: Decimal, count: int, start: int, term: int, share: str
) -> None:
    """From a month of 2027 on; months of 2028 have the hours of 2027 but for February's leap day."""
    terms = a_reserved(price_usd_per_node_hour=price, term_months=term, **upfront(share))
    lines = reserved_bill(terms, count, Month(2027, start))
    months = [(2027 + (start - 1 + i) // 12, (start - 1 + i) % 12 + 1) for i in range(term)]
    hours = {m: HOURS[m[1]] + (24 if m == (2028, 2) else 0) for m in months}
    paid, fee = Fraction(share), Fraction(price) * count
    due = [half_even(fee * paid * sum(hours.values()))] if paid else []
    due += [half_even(fee * (1 - paid) * hours[m]) for m in months] if paid < 1 else []
    assert [Fraction(line.amount_usd) for line in lines] == due
    assert lines[-1].service_end == Month(2027, start) + term
    assert all(line.paid_month == line.service_first for line in lines)


@given(price=prices, count=nodes, before=st.integers(0, 11), after=st.integers(1, 11), share=st.sampled_from(SHARES))
def test_what_is_held_is_billed_from_the_horizon_on_and_its_upfront_part_when_it_began(
    price: Decimal, count: int, before: int, after: int, share: str
) -> None:
    """From some month of 2026 to some month of 2027, seen from January 2027."""
    held = a_held(
        nodes=count,
        price_usd_per_node_hour=price,
        start=FIRST + -before,
        end=FIRST + after,
        upfront_share=float(share),
    )
    lines = held_bill(held, Horizon(FIRST, 2))
    past = sum(HOURS[12 - i] for i in range(before))
    coming = [HOURS[i + 1] for i in range(after)]
    paid, fee = Fraction(share), Fraction(price) * count
    due = [half_even(fee * paid * (past + sum(coming)))] if paid else []
    due += [half_even(fee * (1 - paid) * hours) for hours in coming] if paid < 1 else []
    assert [Fraction(line.amount_usd) for line in lines] == due
    assert not paid or lines[0].paid_month == FIRST + -before


@given(price=prices, used=usages, uplift=st.sampled_from(["0", "0.02", "0.125"]))
def test_hours_on_demand_and_on_spot_are_billed_with_their_uplift_month_by_month(
    price: Decimal, used: dict[Month, Decimal], uplift: str
) -> None:
    fields: dict[str, Any] = {"price_usd_per_node_hour": price, "startup_uplift_share": float(uplift)}
    due = [half_even(Fraction(used[m]) * (1 + Fraction(uplift)) * Fraction(price)) for m in sorted(used)]
    for lines in (on_demand_bill(an_on_demand(**fields), used), spot_bill(a_spot(**fields), used)):
        assert [Fraction(line.amount_usd) for line in lines] == due
        assert [line.paid_month for line in lines] == sorted(used)


@given(
    price=prices,
    count=nodes,
    start=st.integers(0, 5),
    term=st.integers(1, 12),
    share=st.sampled_from(SHARES),
    tail=st.sampled_from(["0", "0.5", "1"]),
    rate=st.sampled_from(["0", "0.09"]),
)
def test_the_ledger_charges_what_the_bill_says(
    price: Decimal, count: int, start: int, term: int, share: str, tail: str, rate: str
) -> None:
    """A unit of the ledger times the nodes is the present value of the lines, inside and beyond six months."""
    terms = a_reserved(price_usd_per_node_hour=price, term_months=term, **upfront(share))
    valuation = Valuation(Horizon(FIRST, 6), Decimal(rate), Decimal(tail))
    ledger = Ledger(valuation, {"node-a": an_offering()})
    ledger.charge_bill(reserved_bill(terms, 1, FIRST + start), offering="node-a", variable="a node")
    charges = ledger.charges
    value, effective = 0.0, [0.0] * 6
    for line in reserved_bill(terms, count, FIRST + start):
        served = [line.service_first + i for i in range(line.service_end - line.service_first)]
        inside = sum(m.hours for m in served if m < FIRST + 6) / sum(m.hours for m in served)
        weight = (inside + float(tail) * (1 - inside)) * (1 + float(rate)) ** (-(line.paid_month - FIRST) / 12)
        value += float(line.exact_usd) * weight
        for month in served:
            if month < FIRST + 6:
                effective[month - FIRST] += float(line.exact_usd) * month.hours / sum(m.hours for m in served)
    assert sum(charge.objective_usd for charge in charges) * count == pytest.approx(value, rel=1e-9, abs=1e-9)
    charged = [sum(dict(charge.effective_usd).get(t, 0.0) for charge in charges) * count for t in range(6)]
    assert charged == pytest.approx(effective, rel=1e-9, abs=1e-9)


def test_a_price_of_many_digits_is_rounded_once() -> None:
    """A quarter of 1,125 tok/s missed for 336 hours of February is 340.2 Mtok, at 1.586111...1 a hair below 539.595.

    With the usual 28 digits the product would first become 539.595 and then 539.60.
    """
    price = Decimal("5.71") / Decimal("3.6")
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(price_usd_per_node_hour=Decimal(6)),),
        demand=nodes_of_load(1.125 / 2),
        blocks=day_and_night("chat", day=2.0, night=0.0),
        workloads=(a_workload(shortfall_limit_share=0.25, shortfall_price_usd_per_mtok=price),),
    )
    february = [line for line in planned(scenario).cost_lines if line.payee == "chat" and line.paid_month == FIRST + 1]
    assert [(line.quantity, line.amount_usd) for line in february] == [(Decimal("340.2"), Decimal("539.59"))]


def test_bills_that_differ_from_the_ledger_are_never_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bill of one part in ten thousand too much is caught before the audit."""

    def padded(*given: Any, apart: bool) -> Iterator[OrderBill]:
        for outlook, (first, *others) in reserved_bills(*given, apart=apart):
            yield OrderBill(outlook, (replace(first, quantity=first.quantity * Decimal("1.0001")), *others))

    monkeypatch.setattr(optimizer.costing, "reserved_bills", padded)
    with pytest.raises(SolverFault, match="apart"):
        planned(a_scenario(catalog=ten_requests_a_node(), demand=nodes_of_load(1.0)))


def test_hours_before_the_horizon_are_neither_inside_nor_tail() -> None:
    """November 2026 to April 2027 against January and February 2027: 1,464 h before, 1,416 h inside, 1,464 h after."""
    valuation = Valuation(Horizon(Month(2027, 1), 2), Decimal(0), Decimal(1))
    paid = Payment(Decimal(4344), Month(2026, 11), Month(2026, 11), Month(2027, 5))
    assert valuation.horizon_share(paid) == Decimal(1416) / 4344
    assert valuation.tail_share(paid) == Decimal(744 + 720) / 4344
    assert valuation.objective_usd(paid) == 1416 + 744 + 720
