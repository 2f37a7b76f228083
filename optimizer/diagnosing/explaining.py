"""Why there is no plan: which rules collide, and what would mend it (docs/decisions/0039-impossible.md)."""

from collections.abc import Iterator
from dataclasses import replace

from optimizer.diagnosing.conflict import Conflict, conflict_of
from optimizer.diagnosing.effort import STEP, Effort
from optimizer.diagnosing.mending import least_change
from optimizer.diagnosing.numbers import Number
from optimizer.diagnosing.records import ChangeOutcome, CitedInput, CollidingRule, LeastChange, WhyImpossible
from optimizer.diagnosing.rules import Rule, rules_of, without
from optimizer.diagnosing.supply import supply_numbers
from optimizer.diagnosing.tries import Step, Tries, Verdict
from optimizer.diagnosing.words import reasons_of
from optimizer.faults import Impossible
from optimizer.problem import Problem

OVER = "the time for the explanation was over; a longer --explain-time-limit settles more"
STOPPED = "the explanation was interrupted"
WIDEST_POOLS = "with derived headroom the tries allow what the widest pools do: what mends there may not be enough"


def explained(problem: Problem, effort: Effort, on_phase: Step = lambda name: None) -> Impossible:
    """What is to be told of a problem of which the solver has said twice that it has no solution."""

    def on_step(what: str) -> None:
        on_phase(f"{STEP}{what}")

    on_phase("explain")
    seconds = problem.scenario.run.time_limit_s if effort.time_limit_s is None else effort.time_limit_s
    with Tries(problem, seconds, effort.clock, on_step) as tries:
        why = _why(_pays_as_found(tries), effort)
    return Impossible(reasons_of(why), why)


def _pays_as_found(tries: Tries) -> Tries:
    """Tries of the model that has no solution: where settlements are held to what is agreed, that is another one."""
    problem = tries.problem
    is_settled = problem.take_or_pay or problem.scenario.agreements
    if not is_settled or problem.settles_as_agreed:
        return tries
    if tries.possible(problem.scenario, "as it is") is Verdict.POSSIBLE:
        tries.problem = replace(problem, settles_as_agreed=True)
    return tries


def _why(tries: Tries, effort: Effort) -> WhyImpossible:
    conflict = conflict_of(tries, rules_of(tries.problem.scenario))
    changes: tuple[LeastChange, ...] = ()
    supply: tuple[LeastChange, ...] = ()
    if effort.with_changes:
        changes = tuple(_changes_of_rules(tries, conflict))
        supply = tuple(_changes_of_supply(tries))
    return WhyImpossible(
        is_supply_alone=conflict.is_supply_alone,
        conflict=tuple(_colliding(conflict)),
        changes=changes,
        supply=supply,
        notes=tuple(_notes(tries)),
    )


def _colliding(conflict: Conflict) -> Iterator[CollidingRule]:
    for rules, is_needed in ((conflict.needed, True), (conflict.undecided, False)):
        for rule in rules:
            yield CollidingRule(words=rule.words, input=CitedInput(path=rule.path), is_needed=is_needed)


def _changes_of_rules(tries: Tries, conflict: Conflict) -> Iterator[LeastChange]:
    """Of every number of every rule of the conflict, all other rules kept."""
    for rule in conflict.rules:
        absent = _without_alone(tries, conflict, rule)
        for number in rule.numbers:
            found = least_change(tries, number, ends_help=absent if absent is Verdict.IMPOSSIBLE else None)
            if found.outcome is ChangeOutcome.NO_VALUE and absent is Verdict.POSSIBLE:
                found = found.model_copy(update={"mends_removed": rule.path})
            yield found


def _without_alone(tries: Tries, conflict: Conflict, rule: Rule) -> Verdict:
    """Whether its absence helps, all others kept; where it does not, none of its values does."""
    scenario = tries.problem.scenario
    if len(conflict.needed) == len(rules_of(scenario)):
        return Verdict.POSSIBLE
    return tries.possible(without(scenario, (rule,)), f"all but {rule.words}")


def _changes_of_supply(tries: Tries) -> Iterator[LeastChange]:
    """Of those that help; what is not settled is told, too. Of nodes only if all of them together help."""
    numbers = supply_numbers(tries.problem)
    for number in (*_nodes_that_may_help(tries, numbers[:-1]), numbers[-1]):
        found = least_change(tries, number)
        if found.outcome is not ChangeOutcome.NO_VALUE:
            yield found


def _nodes_that_may_help(tries: Tries, numbers: tuple[Number, ...]) -> tuple[Number, ...]:
    scenario = tries.problem.scenario
    for number in numbers:
        assert number.end is not None
        scenario = number.put(scenario, number.end)
    if not numbers or tries.possible(scenario, "more of every offering") is Verdict.IMPOSSIBLE:
        return ()
    return numbers


def _notes(tries: Tries) -> Iterator[str]:
    if tries.was_interrupted:
        yield STOPPED
    elif tries.is_over:
        yield OVER
    yield from dict.fromkeys(tries.faults)
    if tries.problem.headroom is not None:
        yield WIDEST_POOLS
