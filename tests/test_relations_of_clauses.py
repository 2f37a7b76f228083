"""What a clause of price or payment is worth can only have one sign; and one plan of each by hand."""

from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.common import ContractTerms
from contracts.terms.ordering import OrderedTerms
from optimizer.run import AuditFailed
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_reserved,
    a_scenario,
    a_take_or_pay,
    an_on_demand,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.mutants import plant
from tests.proving import EXACT_USD, objective, ordered, planned, with_policy

pytestmark = pytest.mark.long

MONTHS = 14


def a_year_and_more(discount: str = "0.12", **terms: Any) -> Scenario:
    """One node of load for fourteen months: reserved at 6 USD for as long, or on demand at 10."""
    return a_scenario(
        catalog=ten_requests_a_node(),
        run=run_settings(months=MONTHS, discount_rate_per_year=Decimal(discount)),
        contracts=(an_on_demand(), a_reserved(term_months=MONTHS, latest_start=FIRST, **terms)),
        demand=nodes_of_load(1.0, MONTHS),
    )


def cost(scenario: Scenario) -> float:
    return float(objective(planned(scenario)))


def test_to_pay_later_never_costs_more_and_to_pay_in_advance_never_less() -> None:
    plain, later, much_later = (cost(a_year_and_more(net_days=days)) for days in (0, 45, 120))
    assert much_later < later < plain
    assert cost(a_year_and_more(due_day="in_advance")) == pytest.approx(plain, abs=EXACT_USD)
    assert cost(a_year_and_more("0", net_days=120)) == pytest.approx(cost(a_year_and_more("0")), abs=EXACT_USD)


def test_a_rising_price_never_costs_less_and_a_most_favoured_one_never_more() -> None:
    """6 USD, 20 % more from the 13th month on: 744 + 696 h in January and February 2028."""
    plain, rising = cost(a_year_and_more("0")), cost(a_year_and_more("0", escalator_share_per_year=Decimal("0.2")))
    assert rising - plain == pytest.approx((744 + 696) * 6 * 0.2, abs=EXACT_USD)
    assert cost(a_year_and_more("0", escalator_share_per_year=Decimal("-0.2"))) < plain
    favoured = a_year_and_more("0", most_favoured_of="od-a", most_favoured_share=Decimal("0.5"))
    assert cost(favoured) == pytest.approx(plain * 5 / 6, abs=EXACT_USD)


def test_a_budget_counts_a_month_when_it_is_paid() -> None:
    """Net 30 days, January and February are both paid in March: 8,496 USD, more than the 7,000 of a month.

    So service starts in February, and January is on demand, paid at once.
    """
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        run=run_settings(months=3),
        contracts=(an_on_demand(price_usd_per_node_hour=Decimal(7)), a_reserved(term_months=3, net_days=30)),
        demand=nodes_of_load(1.0, 3),
    )
    assert ordered(planned(scenario)) == {"res-a.2027-01": 1}
    capped = with_policy(scenario, budgets=(a_budget(limit_usd=Decimal(7000)),))
    assert ordered(planned(capped)) == {"res-a.2027-02": 1}


@pytest.mark.parametrize("unit", ["node_hours", "usd"])
def test_nothing_is_paid_ahead_to_be_made_up_at_a_higher_price(unit: str) -> None:
    """Half a node is used for a year, a whole one after it; 20 % a year makes what is paid early worth more later."""
    minimum: dict[str, Any] = {"minimum_node_hours_per_month": Decimal(300)}
    if unit == "usd":
        minimum = {"minimum_node_hours_per_month": None, "minimum_usd_per_month": Decimal(1800)}
    half, whole = nodes_of_load(0.5, 12), nodes_of_load(1.0, 14)[12:]
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        run=run_settings(months=MONTHS),
        contracts=(
            an_on_demand(),
            a_take_or_pay(
                term_months=MONTHS,
                window_months=6,
                latest_start=FIRST,
                make_up_right=True,
                escalator_share_per_year=Decimal("0.2"),
                **minimum,
            ),
        ),
        demand=(*half, *whole),
    )
    plan = planned(scenario)
    assert ordered(plan) == {"top-a.2027-01": 1}
    assert all(window.true_up == 0 for window in plan.take_or_pay)


FAULTS = [
    pytest.param(ContractTerms.paid_in, "self.net_days", "0", id="net days are forgotten"),
    pytest.param(OrderedTerms.escalated, "1 + self", "1 - self", id="a price falls that should rise"),
    pytest.param(OrderedTerms.escalated, "// MONTHS_PER_YEAR", "// 13", id="a year has thirteen months"),
]


@pytest.mark.parametrize(("place", "right", "wrong"), FAULTS)
def test_a_fault_in_a_clause_is_found_by_the_audit(
    place: Any, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, place, right, wrong)
    with pytest.raises(AuditFailed):
        planned(a_year_and_more(net_days=60, escalator_share_per_year=Decimal("0.1")))
