"""Relations between plans that differ in one right: no arithmetic of the test's own, only better and worse."""

from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import pytest

from optimizer.plan import Plan
from scenarios.scenario import Scenario
from tests.builders import FIRST, a_held, a_reserved, a_scenario, an_on_demand, run_settings, two_clouds
from tests.families.test_rights import monthly
from tests.proving import never_cheaper, planned

SEEDS = range(2)
LEAVE = {"terminable_after_months": 1, "termination_fee_share": 0.2, "termination_notice_days": 31}
SWAP = {"swap_to": "node-b", "swap_after_months": 1, "swap_price_usd_per_node_hour": Decimal("5.5")}
STAY = {"renewal_months": 2, "renewal_price_factor": Decimal("1.1"), "renewal_notice_days": 30}


def a_fleet(seed: int, **rights: Any) -> Scenario:
    """Two held nodes and one contract with the same rights; a load that rises and falls."""
    draw = Random(seed)
    return a_scenario(
        run=run_settings(months=4, beyond_horizon_weight=Decimal("0.5"), discount_rate_per_year=Decimal("0.1")),
        catalog=two_clouds(node_b={"provider": "cloud-a", "stock_nodes": 3}),
        contracts=(an_on_demand(), a_reserved(term_months=3, latest_start=FIRST + 1, **rights)),
        held_contracts=(a_held(nodes=2, end=FIRST + draw.choice([2, 5]), **rights),),
        demand=monthly(*(draw.randint(0, 10) / 2 for _ in range(4))),
    )


@cache
def plan_of(seed: int, *rights: tuple[str, Any]) -> Plan:
    return planned(a_fleet(seed, **dict(rights)))


def with_rights(seed: int, **rights: Any) -> Plan:
    return plan_of(seed, *sorted(rights.items()))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rights", [LEAVE, SWAP, STAY], ids=["leave", "swap", "stay"])
def test_a_right_never_raises_the_cost(seed: int, rights: dict[str, Any]) -> None:
    assert never_cheaper(with_rights(seed), with_rights(seed, **rights))


HARDER = {
    "a longer notice": (LEAVE, {"termination_notice_days": 90}),
    "a higher fee": (LEAVE, {"termination_fee_share": 0.8}),
    "leaving later": (LEAVE, {"terminable_after_months": 2}),
    "a swap later": (SWAP, {"swap_after_months": 2}),
    "a higher price cap": (STAY, {"renewal_price_factor": Decimal("1.6")}),
    "an earlier day to renew": (STAY, {"renewal_notice_days": 120}),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("what", HARDER)
def test_what_makes_a_right_harder_never_lowers_the_cost(seed: int, what: str) -> None:
    easy, change = HARDER[what]
    assert never_cheaper(with_rights(seed, **(easy | change)), with_rights(seed, **easy))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_renewal_that_cannot_be_refused_any_more_never_lowers_the_cost(seed: int) -> None:
    late = STAY | {"renewal_notice_days": 200, "auto_renews": True}
    free = STAY | {"renewal_notice_days": 0}
    assert never_cheaper(with_rights(seed, **late), with_rights(seed, **free))
