"""The checks before any solve, in the order in which they are told; whatever they find is told at once."""

from collections.abc import Callable, Iterator

from optimizer.diagnosing.checks.after_events import lost_without_fallback
from optimizer.diagnosing.checks.approved import forced_changes
from optimizer.diagnosing.checks.capacity import too_much
from optimizer.diagnosing.checks.citing import rule_cited
from optimizer.diagnosing.checks.footprint import drawn_by_held
from optimizer.diagnosing.checks.held import held_alone
from optimizer.diagnosing.checks.providers import too_few_providers
from optimizer.diagnosing.checks.serving import before_the_gate, unservable
from optimizer.diagnosing.checks.shares import contradicting_shares
from optimizer.diagnosing.records import SeenBefore, WhyImpossible
from optimizer.diagnosing.restating import restated
from optimizer.diagnosing.rule_words import audit_answers
from optimizer.diagnosing.words import reasons_of
from optimizer.faults import Impossible
from optimizer.problem import Problem

Check = Callable[[Problem], Iterator[SeenBefore]]

CHECKS: tuple[Check, ...] = (
    unservable,
    before_the_gate,
    too_much,
    lost_without_fallback,
    too_few_providers,
    contradicting_shares,
    held_alone,
    drawn_by_held,
    forced_changes,
)


def refuse_impossible(problem: Problem) -> None:
    """Raise Impossible for what can be seen without solving."""
    seen = tuple(_seen(problem))
    if seen:
        why = WhyImpossible(seen_before=tuple(_with_audit_rules(problem, seen)))
        raise Impossible(reasons_of(why), why)


def _seen(problem: Problem) -> Iterator[SeenBefore]:
    for check in CHECKS:
        yield from check(problem)


def _with_audit_rules(problem: Problem, seen: tuple[SeenBefore, ...]) -> Iterator[SeenBefore]:
    """What is seen, each with the audit rules without any one of which it would not be: they keep others out."""
    policy = problem.scenario.policy
    gone: dict[int, set[tuple[str, ...]]] = {}
    for number, rule in enumerate(policy.audit_answers):
        others = tuple(row for row in policy.audit_answers if row is not rule)
        without = policy.model_copy(update={"audit_answers": others})
        left = restated(problem, problem.scenario.model_copy(update={"policy": without}))
        gone[number] = set(map(_named, seen)) - set(map(_named, _seen(left)))
    for each in seen:
        rules = [rule for number, rule in enumerate(policy.audit_answers) if _named(each) in gone[number]]
        cited = tuple(rule_cited(policy, "audit_answers", rule) for rule in rules)
        words = "".join(f"; {audit_answers(rule)} keeps others out" for rule in rules)
        yield each.model_copy(update={"words": f"{each.words}{words}"[:1000], "inputs": (*each.inputs, *cited)})


def _named(seen: SeenBefore) -> tuple[str, ...]:
    return (seen.check, *(cited.path for cited in seen.inputs))
