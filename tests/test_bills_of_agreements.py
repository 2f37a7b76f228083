"""Bills of agreements and credits by hand, in dollars."""

from datetime import date
from decimal import Decimal

from contracts.calendar import Horizon
from contracts.terms.agreement import (
    Charge,
    charge_of,
    contract_years,
    discount_line,
    obligation_bill,
    shortfall_line,
)
from contracts.terms.common import Nature
from contracts.terms.credit import purchase_line, use_line
from tests.builders import FIRST, a_credit, a_tier, an_agreement

HORIZON = Horizon(FIRST, 15)
"""January 2027 to March 2028."""


def test_years_of_an_agreement_are_cut_by_the_horizon_on_both_sides() -> None:
    """Three years from October 2026: nine months of the first, six of the second, and 18 obligations from April 2028.

    100,000 a year: 75,000 for nine months, 50,000 for six, 8,333.33 for each month after the horizon.
    """
    agreement, tier = an_agreement(start=FIRST + -3, years=3, in_force=True), a_tier(commitment_usd_per_year=100000)
    years = contract_years(agreement, HORIZON)
    assert [(year.first, year.end) for year in years] == [(FIRST, FIRST + 9), (FIRST + 9, FIRST + 15)]
    assert [year.commitment_usd(tier) for year in years] == [Decimal(75000), Decimal(50000)]
    owed = obligation_bill(agreement, tier, HORIZON)
    assert [line.paid_month for line in owed] == [FIRST + i for i in range(15, 33)]
    assert {line.amount_usd for line in owed} == {Decimal("8333.33")}


def test_a_part_of_a_commitment_is_rounded_to_the_cent() -> None:
    """50,000.50 a year: 20,833.54 for five months (20,833.541666...)."""
    agreement = an_agreement(start=FIRST + 10, years=1)
    (year,) = contract_years(agreement, HORIZON)
    assert year.commitment_usd(a_tier(commitment_usd_per_year="50000.50")) == Decimal("20833.54")


def test_the_discount_is_a_negative_line_of_its_month() -> None:
    """5 % of 12,345.67 is 617.2835, to the cent 617.28."""
    line = discount_line(a_tier(discount_share=0.05), FIRST, Decimal("12345.67"))
    assert (line.nature, line.paid_month, line.amount_usd) == (Nature.AGREEMENT_DISCOUNT, FIRST, Decimal("-617.28"))


def test_what_is_missing_is_paid_at_the_end_of_the_year_for_the_year() -> None:
    (year,) = contract_years(an_agreement(years=1), HORIZON)
    line = shortfall_line(year, Decimal("123.45"))
    assert (line.paid_month, line.service_first, line.service_end) == (FIRST + 11, FIRST, FIRST + 12)
    assert line.amount_usd == Decimal("123.45")


def test_credits_are_bought_for_all_their_months_and_used_in_one() -> None:
    credit = a_credit(price_usd=Decimal(900), first_month=FIRST + 1, last_month=FIRST + 6)
    bought = purchase_line(credit, 3, HORIZON)
    assert (bought.paid_month, bought.service_end, bought.amount_usd) == (FIRST + 1, FIRST + 7, Decimal(2700))
    assert purchase_line(credit, 3, Horizon(FIRST, 4)).service_end == FIRST + 4
    assert use_line(FIRST, Decimal("12.34")).amount_usd == Decimal("-12.34")
    assert credit.months_in(Horizon(FIRST, 3)) == (FIRST + 1, FIRST + 2)
    assert a_credit(quote_valid_until=date(2026, 1, 1)).is_prepaid is False


def test_renewed_and_swapped_nodes_count_as_what_they_were() -> None:
    for nature in (Nature.SWAPPED_RECURRING, Nature.RENEWED_RECURRING):
        assert charge_of(nature, is_held=True) is Charge.HELD
        assert charge_of(nature, is_held=False) is Charge.RESERVED
    assert charge_of(Nature.SPEND_COMMITMENT_COVERED, is_held=False) is Charge.ON_DEMAND
    for nature in (Nature.RESERVED_UPFRONT, Nature.TAKE_OR_PAY_TRUE_UP, Nature.AGREEMENT_DISCOUNT):
        assert charge_of(nature, is_held=False) is None
