"""Events after which something cannot be served whatever is bought: seen without solving, told with what mends it."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.diagnosing.checks.citing import row_cited, rule_cited
from optimizer.diagnosing.checks.serving import in_outlook
from optimizer.diagnosing.records import SeenBefore
from optimizer.problem import ClassKey, Problem
from optimizer.split_routes import migrations_needed, offerings_of
from scenarios.policy import Contingency

HAIR = 1e-9


@dataclass(frozen=True)
class _Ways:
    """What may serve a class after an event."""

    offerings: tuple[str, ...]
    splits: tuple[str, ...]
    apis: tuple[str, ...]


def lost_without_fallback(problem: Problem) -> Iterator[SeenBefore]:
    """Each class and event whose floor nothing that is left could keep: the first reason that applies."""
    for event in problem.contingencies.values():
        for key in problem.classes:
            if event.floor_of(key.workload) > 0:
                ways = _ways(problem, event, key)
                seen = (
                    _nothing_left(problem, event, key, ways)
                    or _too_few_tokens(problem, event, key, ways)
                    or _not_yet_open(problem, event, key, ways)
                )
                if seen is not None:
                    yield seen


def _seen(problem: Problem, event: Contingency, key: ClassKey, check: str, words: str, mend: str) -> SeenBefore:
    cited = rule_cited(problem.scenario.policy, "contingencies", event)
    return SeenBefore(check=check, words=words, mend=mend, inputs=(cited, row_cited("workloads", key.workload)))


def _ways(problem: Problem, event: Contingency, key: ClassKey) -> _Ways:
    servings = problem.eligibility.contingency_servings[event.contingency]
    left = [o for o in problem.offering if problem.events.survives(event, o)]
    return _Ways(
        tuple(o for o in left if (*key, o) in servings),
        problem.splits.left(event.contingency, key, left),
        problem.apis_left(event, key),
    )


def _after(event: Contingency) -> str:
    return f"after contingency {event.contingency} ({event.lost} {event.name})"


def _floor(event: Contingency, key: ClassKey) -> str:
    return f"class {key.size_class} of workload {key.workload}; its floor is {event.floor_of(key.workload):.0%}"


def _nothing_left(problem: Problem, event: Contingency, key: ClassKey, ways: _Ways) -> SeenBefore | None:
    if ways.offerings or ways.splits or ways.apis:
        return None
    may = problem.token_offers.apis_after[event.contingency][key]
    spared = [api for api in may if problem.events.api_survives(event, api)]
    words = f"{_after(event)} no offering is left that may serve {_floor(event, key)}"
    mend = "an offering outside what is lost, relaxed limits while it lasts, or no floor for the workload"
    if spared:
        mend = f"an api_share, with which {', '.join(spared)} may serve it, {mend}"
    return _seen(problem, event, key, "nothing_left", words, mend)


def _too_few_tokens(problem: Problem, event: Contingency, key: ClassKey, ways: _Ways) -> SeenBefore | None:
    """What only APIs may serve is at most a share of their limits."""
    if ways.offerings or ways.splits:
        return None
    offers, gross = problem.token_offers, problem.token_offers.gross[key]
    most = event.api_share * sum(
        min(
            offers.offer[api].input_tok_per_s_limit / float(gross.input),
            offers.offer[api].output_tok_per_s_limit / float(gross.output),
        )
        for api in ways.apis
    )
    for t, s in _checked(problem, event):
        for b in problem.events.checked_blocks(event, t):
            due = event.floor_of(key.workload) * problem.tok_per_s.get((key, t, b, s), 0.0)
            if due > most * (1 + HAIR):
                words = (
                    f"{_after(event)} only APIs are left that may serve {_floor(event, key)}:"
                    f" {due:,.0f} accepted tok/s in {problem.months[t]}, block {b}{in_outlook(problem, s)};"
                    f" {event.api_share:.0%} of the rate limits of {', '.join(ways.apis)} carries {most:,.0f}"
                )
                most_floor = event.floor_of(key.workload) * most / due
                mend = f"a floor of at most {most_floor:.1%}, higher limits or a larger api_share"
                return _seen(problem, event, key, "too_few_tokens_left", words, mend)
    return None


def _not_yet_open(problem: Problem, event: Contingency, key: ClassKey, ways: _Ways) -> SeenBefore | None:
    """All that is left waits for a migration in some month."""
    if ways.apis:
        return None
    for t, s in _checked(problem, event):
        asked = any((key, t, b, s) in problem.tok_per_s for b in problem.events.checked_blocks(event, t))
        if asked and not _is_open(problem, event, key, ways, t, s):
            waits = {problem.migration_needed(key.workload, o) for o in ways.offerings}
            waits |= {migration for x in ways.splits for migration in migrations_needed(problem, key.workload, x)}
            named = ", ".join(sorted(migration for migration in waits if migration))
            young = event.months_in_production
            yet = f" and {young} months in production" if young else ""
            words = (
                f"{_after(event)} all that is left in {problem.months[t]}{in_outlook(problem, s)} waits for a migration"
                f" ({named}) that cannot be through its gate{yet} by then, for {_floor(event, key)}"
            )
            mend = "capacity on a stack that needs no migration, an earlier start, or a lower floor"
            return _seen(problem, event, key, "before_the_gate_after_an_event", words, mend)
    return None


def _is_open(problem: Problem, event: Contingency, key: ClassKey, ways: _Ways, t: int, s: str) -> bool:
    def opened(offering: str) -> bool:
        return problem.may_be_open_after(event, key.workload, offering, t, s)

    return any(map(opened, ways.offerings)) or any(all(map(opened, offerings_of(problem, x))) for x in ways.splits)


def _checked(problem: Problem, event: Contingency) -> Iterator[tuple[int, str]]:
    for t in problem.month_indices:
        for s in problem.events.checked_outlooks(event):
            yield t, s
