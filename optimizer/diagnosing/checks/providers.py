"""Seen without solving: workloads that fewer providers could serve than are asked for."""

from collections import defaultdict
from collections.abc import Iterator

from optimizer.diagnosing.checks.citing import row_cited, rule_cited
from optimizer.diagnosing.checks.serving import HAIR, in_outlook
from optimizer.diagnosing.records import SeenBefore
from optimizer.problem import ClassKey, Problem
from optimizer.split_routes import splits_of
from scenarios.policy import SourcingRule


def too_few_providers(problem: Problem) -> Iterator[SeenBefore]:
    """Second sources that cannot be: told once for each rule, of the first month."""
    for rule in problem.scenario.policy.sourcing:
        for t, s in sorted({(t, s) for key, t, _, s in problem.tok_per_s if key.workload == rule.workload}):
            if not rule.holds_in(problem.months[t]):
                continue
            parts = _parts(problem, rule.workload, t, s)
            enough = sorted(p for p, part in parts.items() if part >= rule.share_at_least * (1 - HAIR))
            if len(enough) < rule.providers_at_least:
                yield _told(problem, rule, t, s, enough)
                break


def _told(problem: Problem, rule: SourcingRule, t: int, s: str, enough: list[str]) -> SeenBefore:
    named = f" ({', '.join(enough)})" if enough else ""
    fewer = f"providers_at_least of {len(enough)}, or " if enough else ""
    return SeenBefore(
        check="too_few_providers",
        words=(
            f"sourcing {rule.rule} asks for {rule.providers_at_least} providers with {rule.share_at_least:.1%} of"
            f" workload {rule.workload} each; in {problem.months[t]}{in_outlook(problem, s)} {len(enough)}{named}"
            " may serve so much of it"
        ),
        mend=f"{fewer}offerings of more providers that may serve the workload",
        inputs=(
            rule_cited(problem.scenario.policy, "sourcing", rule, "providers_at_least"),
            row_cited("workloads", rule.workload),
        ),
    )


def _parts(problem: Problem, workload: str, t: int, s: str) -> dict[str, float]:
    """By provider: the largest share of a workload's tokens of a month that it may serve."""
    tokens: dict[str, float] = defaultdict(float)
    total = 0.0
    for (key, month, b, outlook), rate in problem.tok_per_s.items():
        if key.workload == workload and (month, outlook) == (t, s):
            amount = rate * problem.hours[t, b]
            total += amount
            for provider in _providers(problem, key, t, s):
                tokens[provider] += amount
    return {provider: amount / total for provider, amount in tokens.items()}


def _providers(problem: Problem, key: ClassKey, t: int, s: str) -> set[str]:
    offers = problem.token_offers
    found = {problem.offering[pool.offering].provider for pool in problem.pools_in(key, t, s)}
    found |= {offers.offer[api].provider for api in offers.apis_of[key]}
    decoding = (problem.splits.split[x].decode_offering for x in splits_of(problem)[key])
    return found | {problem.offering[o].provider for o in decoding}
