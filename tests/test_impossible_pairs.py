"""For every pair of kinds of rule that can collide, the explanation names exactly those two."""

from collections.abc import Iterator

import pytest

from optimizer.diagnosing.before import refuse_impossible
from optimizer.diagnosing.conflict import conflict_of
from optimizer.diagnosing.rules import rules_of, without
from optimizer.diagnosing.tries import Tries, Verdict
from optimizer.faults import Impossible
from optimizer.problem import Problem, state
from optimizer.solve import Session
from scenarios.scenario import Scenario
from tests.colliding import collision, pairs


@pytest.fixture(scope="module")
def sessions() -> Iterator[tuple[Session, Session]]:
    """Two solver processes for all tries of this module."""
    with Session() as first, Session() as second:
        yield first, second


def tries_of(problem: Problem, sessions: tuple[Session, Session]) -> Tries:
    return Tries(problem, 60.0, session=sessions[0], second=sessions[1]).begun()


def named(scenario: Scenario, sessions: tuple[Session, Session]) -> set[str]:
    """Paths of the rules that an explanation names: those without any one of which a plan exists."""
    problem, rules = state(scenario), rules_of(scenario)
    if (cited := seen_before(problem)) is not None:
        found = [rule for rule in rules if any(each == rule.path or each.startswith(f"{rule.path}.") for each in cited)]
        for rule in found:
            left = tries_of(problem, sessions).possible(without(scenario, (rule,)), rule.words)
            assert left is Verdict.POSSIBLE, rule.words
        return {rule.path for rule in found}
    conflict = conflict_of(tries_of(problem, sessions), rules)
    assert not conflict.undecided
    return {rule.path for rule in conflict.needed}


def seen_before(problem: Problem) -> set[str] | None:
    """Paths of what the checks before any solve cite; None where they find nothing."""
    try:
        refuse_impossible(problem)
    except Impossible as impossible:
        why = impossible.why
        return {each.path for seen in why.seen_before for each in seen.inputs} if why else set()
    return None


@pytest.mark.parametrize(("first", "second"), pairs())
def test_exactly_the_two_rules_that_collide_are_named(
    first: str, second: str, sessions: tuple[Session, Session]
) -> None:
    case = collision(first, second)
    assert {rule.path for rule in rules_of(case.scenario)} == case.paths
    assert tries_of(state(case.scenario), sessions).possible(case.scenario, "both") is Verdict.IMPOSSIBLE
    assert named(case.scenario, sessions) == case.paths
