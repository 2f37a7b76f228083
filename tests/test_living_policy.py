"""A number of a rule of the policy is patched into the model that is there, and answers as a model built anew."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import pytest

from optimizer.living.living import How, LivingModel
from optimizer.why.units import LIMITS
from scenarios.scenario import Scenario
from tests.proving import EXACT_USD, objective, planned, with_policy
from tests.random_fleets import free_plan
from tests.random_policies import RULES

SEED = 2
QUICK = ("share floor", "share of power", "outstanding", "sovereignty", "power")
NUMBERED = (*QUICK, "local minimum", "share of one contract", "share that cannot move", "second sources")


@cache
def ruled(rule: str) -> Scenario:
    scenario: Scenario = RULES[rule](free_plan(SEED), Random(f"{rule} {SEED}"))
    return scenario


def a_twentieth_wider(scenario: Scenario) -> Iterator[Scenario]:
    """The scenario with each rule of its policy a twentieth nearer to nothing asked: caps up, floors down."""
    for key in type(scenario.policy).model_fields:
        rows: Any = getattr(scenario.policy, key)
        for row in rows if isinstance(rows, tuple) else ():
            limit = LIMITS.get(type(row).__name__)
            if limit is not None:
                value = getattr(row, limit.field)
                is_cap = limit.more(Decimal(str(value))) > Decimal(str(value))
                moved = value * type(value)("1.05" if is_cap else "0.95")
                yield with_policy(scenario, **{key: (row.model_copy(update={limit.field: moved}),)})


@pytest.mark.parametrize(
    "rule", [rule if rule in QUICK else pytest.param(rule, marks=pytest.mark.long) for rule in NUMBERED]
)
def test_a_limit_that_moves_is_patched_and_answers_as_from_nothing(rule: str) -> None:
    (wider,) = a_twentieth_wider(ruled(rule))
    with LivingModel() as living:
        living.answer(ruled(rule))
        answer = living.answer(wider)
    assert answer.how is How.PATCHED
    assert abs(objective(answer.plan) - objective(planned(wider))) <= Decimal(str(EXACT_USD))
    assert answer.plan.audit.verdict == "PASS"
