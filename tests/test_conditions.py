"""Conditions on what an offer takes: the row means what the plan says, for every kind of offer (decision 0024)."""

from collections.abc import Iterator

import numpy as np
import pytest

from optimizer.extract import Extracted, extract
from optimizer.living.conditions import Condition, ConditionsFail, Measured, conditioned
from optimizer.model import build_model
from optimizer.problem import state
from optimizer.solve import Session, solve_in
from optimizer.solve_arrays import compile_model
from optimizer.solve_protocol import SolveOptions
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_reserved,
    a_scenario,
    an_on_demand,
)
from tests.every_kind import every_kind

OFFERS = ("od-a", "res-a", "top-a", "block-a", "spot-a", "vol-a", "plan-a", "api-a", "units-a", "edp")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as solver:
        yield solver


def decided(session: Session, scenario: Scenario, *conditions: Condition) -> Extracted:
    """What the cheapest plan under the conditions decides."""
    problem = state(scenario)
    model = build_model(problem)
    compiled = conditioned(problem, model, compile_model(model), conditions)
    options = SolveOptions(gap_share=0.0, gap_absolute=0.0, time_limit_s=60.0, seed=0)
    return extract(problem, model, compiled, solve_in(session, compiled.arrays, options).values)


def offers_of(decided: Extracted) -> set[str]:
    """Everything that is ordered, bought or used."""
    rows = (*decided.orders, *decided.usages, *decided.committed_spend, *decided.provisioned, *decided.volume)
    by_token = {row.contract or row.api for row in decided.api_placements}
    return {row.contract for row in rows} | by_token | {row.agreement for row in decided.agreements}


def test_a_closed_offer_is_nowhere_and_an_offer_that_must_be_used_is_there(session: Session) -> None:
    scenario = every_kind()
    for offer in OFFERS:
        closed = decided(session, scenario, Condition(offer, Measured.ORDER, at_most=0.0))
        used = decided(session, scenario, Condition(offer, Measured.ORDER, at_least=1.0))
        assert offer not in offers_of(closed)
        assert offer in offers_of(used)


def test_rows_of_conditions_stand_last_and_are_of_no_month() -> None:
    problem = state(every_kind())
    model = build_model(problem)
    plain = compile_model(model)
    conditions = (
        Condition("res-a", Measured.ORDER, at_least=1.0),
        Condition("od-a", Measured.SPEND, at_least=0.1, at_most=0.5),
    )
    compiled = conditioned(problem, model, plain, conditions)

    rows = len(plain.row_names)
    assert len(compiled.row_names) == rows + 3 == len(compiled.arrays.months.row_group)
    assert compiled.columns == plain.columns
    assert list(compiled.arrays.months.row_group[rows:]) == [-1, -1, -1]
    assert np.array_equal(compiled.arrays.row_lower[:rows], plain.arrays.row_lower)
    kept = compiled.arrays.rows < rows
    assert np.array_equal(np.sort(compiled.arrays.values[kept]), np.sort(plain.arrays.values))


def test_an_offer_that_cannot_be_ordered_fails_by_name() -> None:
    never = a_scenario(contracts=(an_on_demand(), a_reserved(quote_valid_until=FIRST.first_day.replace(year=2026))))
    problem = state(never)
    model = build_model(problem)
    condition = Condition("res-a", Measured.ORDER, at_least=1.0)

    with pytest.raises(ConditionsFail, match="res-a is used"):
        conditioned(problem, model, compile_model(model), (condition,))
