"""Seen without solving: workloads that nothing may serve, at all, or before a gate."""

from collections.abc import Iterator

from catalog.serving import Refusal
from optimizer.api_refusal_words import api_words
from optimizer.diagnosing.checks.citing import row_cited
from optimizer.diagnosing.records import SeenBefore
from optimizer.plan_contracts import ApiRefusal
from optimizer.plan_splits import SplitRefusal
from optimizer.problem import ClassKey, Problem
from optimizer.split_routes import splits_of

HAIR = 1e-9


def mix(problem: Problem, key: ClassKey) -> float:
    """Share of a class in the tokens of its workload, the same in every month and block."""
    row = problem.size_class[key]
    return row.request_share * row.output_tokens / problem.mean_output_tokens[key.workload]


def unservable(problem: Problem) -> Iterator[SeenBefore]:
    """Classes that nothing may serve, where they are together more than the workload's shortfall limit."""
    by_split = splits_of(problem)
    stopped = [
        key
        for key in problem.classes
        if not (problem.pools_of[key] or problem.token_offers.apis_of[key] or by_split[key])
    ]
    for key in stopped:
        limit = problem.workload[key.workload].shortfall_limit_share
        together = sum(mix(problem, other) for other in stopped if other.workload == key.workload)
        if together <= limit * (1 + HAIR):
            continue
        whys = sorted({f"{r.offering}: {r.text}" for r in problem.eligibility.refusals if _is_of(key, r)})
        whys += [f"{r.api}: {api_words(problem.scenario, r)}" for r in problem.token_offers.refusals if _is_of(key, r)]
        whys += [f"{r.split}: {r.text}" for r in problem.splits.refusals if _is_of(key, r)]
        yield SeenBefore(
            check="nothing_may_serve",
            words=(
                f"no offering may serve class {key.size_class} of workload {key.workload}"
                f" and only {limit:.0%} of the workload may go unserved. {' | '.join(whys)}"
            )[:1000],
            mend="one of these limits, or an offering that meets them all",
            inputs=(row_cited("workloads", key.workload), row_cited("size_classes", *key)),
        )


def _is_of(key: ClassKey, refusal: Refusal | ApiRefusal | SplitRefusal) -> bool:
    return (refusal.workload, refusal.size_class) == key


def before_the_gate(problem: Problem) -> Iterator[SeenBefore]:
    """Workloads that only stacks behind a gate may serve, in the first month in which none can be through it."""
    told: set[str] = set()
    by_split = splits_of(problem)
    for key, t, _, s in problem.tok_per_s:
        workload = problem.workload[key.workload]
        served = problem.pools_in(key, t, s) or problem.token_offers.apis_of[key] or by_split[key]
        if not problem.pools_of[key] or served or key.workload in told:
            continue
        if mix(problem, key) <= workload.shortfall_limit_share * (1 + HAIR):
            continue
        told.add(key.workload)
        needed = {problem.migration_needed(key.workload, pool.offering) for pool in problem.pools_of[key]}
        gates = sorted(gate for gate in needed if gate)
        yield SeenBefore(
            check="before_the_gate",
            words=(
                f"workload {key.workload} has demand in {problem.months[t]}{in_outlook(problem, s)}, and all that may"
                f" serve it waits for a migration ({', '.join(gates)}) that cannot be through its gate by then"
            ),
            mend=(
                "capacity on a stack that needs no migration, an earlier start or a shorter lead, or a shortfall limit"
            ),
            inputs=(row_cited("workloads", key.workload), *(row_cited("migrations", gate) for gate in gates)),
        )


def in_outlook(problem: Problem, outlook: str) -> str:
    """The outlook, where there are several."""
    return f", outlook {outlook}" if len(problem.outlooks) > 1 else ""
