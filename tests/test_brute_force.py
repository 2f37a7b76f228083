"""Every integer order vector of small cases, one by one, against the optimizer."""

from decimal import Decimal
from math import inf

import pytest
from hypothesis import given, settings

from optimizer.faults import Impossible
from tests.enumerating import Case, Contract, cases, cheapest
from tests.proving import EXACT_USD, planned


def agree(case: Case) -> None:
    least = cheapest(case)
    if least == inf:
        with pytest.raises(Impossible):
            planned(case.scenario())
        return
    plan = planned(case.scenario())
    assert plan.incumbent_usd == pytest.approx(least, abs=EXACT_USD + 0.005 * len(plan.cost_lines))
    assert plan.bound_usd <= least + EXACT_USD


@settings(max_examples=12)
@given(case=cases())
def test_no_order_vector_of_a_small_case_is_cheaper_than_the_plan(case: Case) -> None:
    agree(case)


@pytest.mark.long
@settings(max_examples=400)
@given(case=cases(most_contracts=3))
def test_no_order_vector_of_many_more_cases_is_cheaper_than_the_plan(case: Case) -> None:
    agree(case)


def test_the_enumeration_knows_a_case_by_hand() -> None:
    """One node in the day for two months: 10 an hour on demand for half the hours, or 4 for all of them.

    On demand: 10 * (744 + 672) / 2 = 7,080. Reserved for both months: 4 * 1,416 = 5,664.
    """
    two_months = Contract(Decimal(4), 2, Decimal(0), 1, 0, None, 1, 0)
    case = Case(
        months=2,
        nodes_day=(1.0, 1.0),
        nodes_night=(0.0, 0.0),
        contracts=(two_months,),
        held=0,
        on_demand=Decimal(10),
        quota=1,
        spot=None,
        depth=0,
        stock=1,
        penalty=Decimal(20),
        limit=0.0,
        rate=Decimal(0),
        tail=Decimal(0),
    )
    assert cheapest(case) == 5664
    assert planned(case.scenario()).incumbent_usd == 5664
