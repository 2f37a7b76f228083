"""What counts under an agreement or a credit beyond nodes: dollars committed, tokens, months that are paid later."""

from decimal import Decimal

import pytest

from contracts.clauses import DueDay
from contracts.terms.agreement import Charge
from contracts.terms.volume import TierRule
from optimizer.plan import Plan
from tests.builders import FIRST, a_credit, a_tier, an_agreement, an_on_demand
from tests.families.test_agreement import on_demand
from tests.families.test_spend_commitment import rented
from tests.families.test_volume import volumes
from tests.proving import planned
from tests.served_by_token import a_token_fleet

FREE = a_tier(commitment_usd_per_year=Decimal(0))
"""10 % off for nothing."""


def eligible(plan: Plan) -> Decimal:
    """What counts in the horizon."""
    return sum((year.eligible_usd for year in plan.agreement_years), Decimal(0))


@pytest.mark.parametrize(
    ("kinds", "usd"),
    [
        ((Charge.ON_DEMAND,), 0),
        ((Charge.SPEND_COMMITMENT,), 7 * 1416),
        ((Charge.ON_DEMAND, Charge.SPEND_COMMITMENT), 7 * 1416),
    ],
)
def test_use_that_a_commitment_covers_counts_once_as_its_fee(kinds: tuple[Charge, ...], usd: int) -> None:
    """7 USD an hour for the 1,416 hours of January and February; the use itself, at 10, is taken off again."""
    plan = planned(rented(agreements=(an_agreement(eligible=kinds, in_force=True),), agreement_tiers=(FREE,)))
    assert plan.committed_spend
    assert eligible(plan) == usd
    assert plan.totals.effective_usd == Decimal(7 * 1416) - Decimal(usd) / 10


def test_tokens_of_an_api_are_discounted_and_paid_by_credits() -> None:
    """5,356.80 in January and 4,838.40 in February; 10 % off, and 1,000 granted for either."""
    plan = planned(
        a_token_fleet(
            agreements=(an_agreement(provider="cloud-t", eligible=(Charge.API,), in_force=True),),
            agreement_tiers=(FREE,),
            credits=(a_credit(provider="cloud-t", eligible=(Charge.API,)),),
        )
    )
    assert eligible(plan) == Decimal("10195.20")
    assert plan.totals.cash_usd == Decimal("10195.20") * 9 / 10 - 1000


@pytest.mark.parametrize(("rule", "usd"), [(TierRule.ALL_UNITS, 52500), (TierRule.INCREMENTAL, 60000)])
def test_what_is_bought_under_volume_tiers_is_discounted(rule: TierRule, usd: int) -> None:
    """6,000 node-hours are used; 7,500 at 7 USD cost less than 6,000 at 10, where the price holds for all of them."""
    plan = planned(
        volumes(
            6000,
            {0: "10", 7500: "7"},
            rule,
            agreements=(an_agreement(eligible=(Charge.VOLUME,), in_force=True),),
            agreement_tiers=(FREE,),
        )
    )
    assert eligible(plan) == usd
    assert plan.totals.cash_usd == Decimal(usd) * 9 / 10


def test_a_month_counts_where_it_is_paid() -> None:
    """Net 30 days: January is paid in March, after the horizon of two months, and February, too; nothing is eligible.

    In advance, net 30: January is paid in its own month, February on the third of March.
    """
    for due, usd in ((DueDay.IN_ARREARS, 0), (DueDay.IN_ADVANCE, 14880)):
        terms = an_on_demand(due_day=due, net_days=30)
        plan = planned(on_demand(FREE, contracts=(terms,), agreements=(an_agreement(in_force=True),)))
        (year,) = plan.agreement_years
        assert (year.first, year.eligible_usd) == (FIRST, usd)
