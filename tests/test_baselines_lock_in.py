"""What the other ways break of the rules on lock-in, in words with its worst place."""

from decimal import Decimal
from functools import cache

from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from scenarios.policy import ExpiryCap, OutstandingCap, RemainingTermCap, SourcingRule
from tests.builders import FIRST, a_policy, a_reserved, a_scenario, an_on_demand, nodes_of_load, two_clouds
from tests.lock_in_cases import OD_B
from tests.proving import a_floor


@cache
def plan() -> Plan:
    """Two nodes of load at 6 USD for four months at cloud-a, or by the hour; a tenth must be at cloud-b."""
    rules = a_policy(
        outstanding=(OutstandingCap(rule="owed", limit_usd=Decimal(15000)),),
        remaining_terms=(RemainingTermCap(rule="terms", limit_months=3.5, last_month=FIRST + 1),),
        expiries=(ExpiryCap(rule="ends", cap_share=0.9),),
        sourcing=(SourcingRule(rule="two", workload="chat", providers_at_least=2, share_at_least=0.1),),
        share_floors=(a_floor("some-b", group="cloud-b", floor_share=0.1),),
    )
    long = a_reserved(term_months=4)
    scenario = a_scenario(
        catalog=two_clouds(),
        contracts=(an_on_demand(), OD_B, long),
        demand=nodes_of_load(2.0),
        policy=rules,
    )
    return plan_fleet(scenario, PlanOptions())


def broken(word: str) -> list[str]:
    return [text for way in plan().baselines for text in way.breaks if text.startswith(word)]


def test_a_single_provider_is_no_two_sources_and_leaves_a_floor_unreached() -> None:
    assert "sources two: 1 of chat with at least 10.00%, 2 asked for (2027-01)" in broken("sources")
    assert "floor some-b: cloud-b has 0.00% of tokens, 10.00% asked for (2027-01)" in broken("floor")


def test_orders_for_everything_owe_too_much_and_run_too_long() -> None:
    """Two nodes owe 2 * 12,816 after January, for four months each."""
    assert "outstanding owed: 25,632 USD still to be paid, 15,000 allowed (after 2027-01)" in broken("outstanding")
    assert "remaining terms terms: 4.00 months on average, 3.5 allowed (2027-01)" in broken("remaining terms")


def test_what_breaks_nothing_says_nothing_of_it() -> None:
    """Four months from January end in the next quarter: nothing ends too early in any way."""
    assert broken("expiries") == []
