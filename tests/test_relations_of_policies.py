"""Every rule of the policy, on random fleets: it costs where it is tighter than what the plan does, and never saves."""

from functools import cache
from random import Random

import pytest

from optimizer.faults import Impossible
from tests.proving import never_cheaper, planned
from tests.random_fleets import Limited, free_plan
from tests.random_policies import RULES

FEW = range(5)
LEAST_BINDING_SHARE = 0.2


@cache
def ruled(rule: str, seed: int) -> Limited | None:
    """The plan under a rule; None where it is impossible, or where the free plan has nothing that it is about."""
    free = free_plan(seed)
    scenario = RULES[rule](free, Random(f"{rule} {seed}"))
    if scenario is None:
        return None
    try:
        return Limited(free, planned(scenario))
    except Impossible:
        return None


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_never_cheaper_than_none(rule: str) -> None:
    pairs = [pair for seed in FEW if (pair := ruled(rule, seed)) is not None]
    assert pairs
    assert all(never_cheaper(pair.limited, pair.free) for pair in pairs)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_binds_in_at_least_a_fifth_of_the_fleets(rule: str) -> None:
    binding = [pair for seed in FEW if (pair := ruled(rule, seed)) is not None and pair.binds]
    assert len(binding) >= LEAST_BINDING_SHARE * len(FEW)


@pytest.mark.long
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(100, 130))
def test_a_rule_is_never_cheaper_in_many_fleets(rule: str, seed: int) -> None:
    pair = ruled(rule, seed)
    assert pair is None or never_cheaper(pair.limited, pair.free)
