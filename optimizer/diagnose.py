"""Impossible cases: exact checks before any solve, and which policies collide when the solver finds no plan."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog.serving import Refusal
from optimizer import shares
from optimizer.api_refusal_words import api_words
from optimizer.faults import Impossible, Infeasible, NoPlan
from optimizer.model import build_model
from optimizer.plan_contracts import ApiRefusal
from optimizer.plan_splits import SplitRefusal
from optimizer.problem import ClassKey, Problem
from optimizer.solve import solve_whole
from optimizer.solve_arrays import compile_model
from optimizer.solve_protocol import SolveOptions
from optimizer.split_routes import splits_of
from scenarios.policy import Budget, ConcentrationCap, Contingency, Grouping, ShareMeasure
from scenarios.scenario import Scenario

FEASIBILITY_SECONDS = 60.0
"""Most time for one try without a rule."""


def refuse_impossible(problem: Problem) -> None:
    """Raise Impossible for what can be seen without solving."""
    reasons = (
        *_unservable(problem),
        *_before_the_gate(problem),
        *_too_much(problem),
        *_lost_without_fallback(problem),
        *_caps_below_one(problem),
    )
    if reasons:
        raise Impossible(tuple(reasons))


def _unservable(problem: Problem) -> Iterator[str]:
    """Classes that nothing may serve, where they are together more than the workload's shortfall limit."""
    by_split = splits_of(problem)
    stopped = [
        key
        for key in problem.classes
        if not (problem.pools_of[key] or problem.token_offers.apis_of[key] or by_split[key])
    ]
    for key in stopped:
        limit = problem.workload[key.workload].shortfall_limit_share
        together = sum(_mix(problem, other) for other in stopped if other.workload == key.workload)
        if together <= limit * (1 + 1e-9):
            continue
        whys = sorted({f"{r.offering}: {r.text}" for r in problem.eligibility.refusals if _is_of(key, r)})
        whys += [f"{r.api}: {api_words(problem.scenario, r)}" for r in problem.token_offers.refusals if _is_of(key, r)]
        whys += [f"{r.split}: {r.text}" for r in problem.splits.refusals if _is_of(key, r)]
        yield (
            f"no offering may serve class {key.size_class} of workload {key.workload}"
            f" and only {limit:.0%} of the workload may go unserved. {' | '.join(whys)}"
        )


def _is_of(key: ClassKey, refusal: Refusal | ApiRefusal | SplitRefusal) -> bool:
    return (refusal.workload, refusal.size_class) == key


def _before_the_gate(problem: Problem) -> Iterator[str]:
    """Workloads that only stacks behind a gate may serve, in the first month in which none can be through it."""
    told: set[str] = set()
    by_split = splits_of(problem)
    for key, t, _, s in problem.tok_per_s:
        workload = problem.workload[key.workload]
        served = problem.pools_in(key, t, s) or problem.token_offers.apis_of[key] or by_split[key]
        if not problem.pools_of[key] or served or key.workload in told:
            continue
        if _mix(problem, key) <= workload.shortfall_limit_share * (1 + 1e-9):
            continue
        told.add(key.workload)
        gates = {problem.migration_needed(key.workload, pool.offering) for pool in problem.pools_of[key]}
        named = ", ".join(sorted(gate for gate in gates if gate))
        yield (
            f"workload {key.workload} has demand in {problem.months[t]}{_in_outlook(problem, s)}, and all that may"
            f" serve it waits for a migration ({named}) that cannot be through its gate by then."
            " Mend: capacity on a stack that needs no migration, an earlier start or a shorter lead, or a shortfall"
            " limit"
        )


def _in_outlook(problem: Problem, outlook: str) -> str:
    return f", outlook {outlook}" if len(problem.outlooks) > 1 else ""


def _mix(problem: Problem, key: ClassKey) -> float:
    """Share of a class in the tokens of its workload, the same in every month and block."""
    row = problem.size_class[key]
    return row.request_share * row.output_tokens / problem.mean_output_tokens[key.workload]


def _most_nodes(problem: Problem, offering: str) -> float:
    committed = (*problem.ordered.values(), *problem.dated.terms.values())
    reserved = any(terms.offering == offering for terms in committed)
    reserved = reserved or offering in problem.swapped_to
    by_the_hour = (*problem.on_demand.values(), *problem.volume.values())
    on_demand = any(terms.offering == offering for terms in by_the_hour)
    held = sum(h.nodes for h in problem.held.values() if h.offering == offering)
    return (
        held
        + (problem.stock_nodes(offering) if reserved else 0)
        + (problem.quota_nodes(offering) if on_demand else 0)
        + sum(t.spot_depth_nodes for t in problem.spot.values() if t.offering == offering)
    )


def _too_much(problem: Problem) -> Iterator[str]:
    """Demand of one class above what all nodes together could serve, in its highest block."""
    by_split = splits_of(problem)
    for key in problem.classes:
        if by_split[key]:
            continue  # what two offerings carry together is the model's to find out
        offerings = {pool.offering for pool in problem.pools_of[key]}
        most = sum(_most_nodes(problem, o) / problem.least_node_seconds(key, o) for o in offerings)
        most += sum(_most_by_the_token(problem, key, api) for api in problem.token_offers.apis_of[key])
        moment, rate = max(
            (((t, b, s), rate) for (k, t, b, s), rate in problem.tok_per_s.items() if k == key),
            key=lambda item: item[1],
        )
        mix = _mix(problem, key)
        droppable = min(1.0, problem.workload[key.workload].shortfall_limit_share / mix)
        if (offerings or problem.token_offers.apis_of[key]) and rate * (1 - droppable) > most * (1 + 1e-9):
            yield (
                f"demand of class {key.size_class} of workload {key.workload} in {problem.months[moment[0]]},"
                f" block {moment[1]} is {rate:,.0f} accepted tok/s; stock, quota, spot depth, held contracts and"
                f" rate limits of all that may serve it carry {most:,.0f}. Mend: more stock or quota, at most"
                f" {most / rate:.1%} of the demand, or a shortfall limit of at least {mix * (1 - most / rate):.1%}"
            )


def _most_by_the_token(problem: Problem, key: ClassKey, api: str) -> float:
    """Accepted tok/s of a class that an API offer and all units for it could carry together."""
    offers = problem.token_offers
    offer, gross = offers.offer[api], offers.gross[key]
    sent, uncached, output = float(gross.input), float(gross.uncached_input), float(gross.output)
    paid_by_token = min(offer.input_tok_per_s_limit / sent, offer.output_tok_per_s_limit / output)
    by_units = (
        len(offers.orders.starts[k])
        * terms.maximum_units
        / (uncached / terms.input_tok_per_s_per_unit + output / terms.output_tok_per_s_per_unit)
        for k, terms in offers.provisioned.items()
        if terms.api == api
    )
    return paid_by_token + sum(by_units)


def _lost_without_fallback(problem: Problem) -> Iterator[str]:
    for q, event in problem.contingencies.items():
        servings = problem.eligibility.contingency_servings[q]
        surviving = [o for o in problem.offering if problem.survives(event, o)]
        for key in problem.classes:
            left = [o for o in surviving if (*key, o) in servings]
            if event.floor_share > 0 and not left and not problem.splits.left(q, key, surviving):
                yield (
                    f"after contingency {q} ({event.lost} {event.name}) no offering is left that may serve class"
                    f" {key.size_class} of workload {key.workload}; its floor is {event.floor_share:.0%}"
                )


def _caps_below_one(problem: Problem) -> Iterator[str]:
    """Caps that leave some tokens to no group, where anything must be served at all."""
    if all(problem.workload[key.workload].shortfall_limit_share >= 1 for key in problem.classes):
        return
    for rule in problem.scenario.policy.concentration:
        if rule.by is Grouping.CONTRACT:
            continue
        groups = shares.groups(problem, rule.by)
        if any(problem.token_offers.group(api, rule.by) is None for api in problem.token_offers.offer):
            continue  # what is served by the token is in no such group
        if rule.group == "*" and rule.measure is ShareMeasure.TOKENS and rule.cap_share * len(groups) < 1 - 1e-9:
            yield (
                f"cap {rule.rule} allows {rule.cap_share:.1%} of tokens for each {rule.by}; with {len(groups)}"
                f" of them that is {rule.cap_share * len(groups):.1%} in all."
                f" Mend: a cap of at least {1 / len(groups):.1%}"
            )


@dataclass(frozen=True)
class _AtOnce:
    """The limit of migrations at once."""

    most: int


Rule = ConcentrationCap | Contingency | Budget | _AtOnce


def explain_infeasible(problem: Problem) -> Impossible:
    """The named policies that cannot hold together: a deletion filter over caps, contingencies and budgets.

    Each rule is taken out in turn; where no plan exists without it either, it stays out. What is left is
    a set of rules of which none can be spared.
    """
    policy = problem.scenario.policy
    kept: list[Rule] = [*policy.concentration, *policy.contingencies, *policy.budgets]
    if policy.migrations_at_once is not None:
        kept.append(_AtOnce(policy.migrations_at_once))
    if not _exists(_with_rules(problem, [])):
        return Impossible(
            (
                "stock, quota, spot depth, spot caps, rate limits and order terms alone cannot carry the demand:"
                " no plan exists even without any cap, contingency or budget",
            )
        )
    for rule in [*kept]:
        rest = [r for r in kept if r is not rule]
        if not _exists(_with_rules(problem, rest)):
            kept = rest
    named = [_words(rule) for rule in kept]
    together = " and ".join(named) if len(named) > 1 else f"{named[0]} and the supply"
    return Impossible((f"these rules cannot hold together: {together}. Without any one of them a plan exists",))


def _words(rule: Rule) -> str:
    if isinstance(rule, ConcentrationCap):
        return f"cap {rule.rule} ({rule.measure} by {rule.by} at most {rule.cap_share:.1%})"
    if isinstance(rule, Budget):
        return f"budget {rule.budget} ({rule.spending} payments of a {rule.window} at most {rule.limit_usd:,.0f} USD)"
    if isinstance(rule, _AtOnce):
        return f"migrations_at_once (at most {rule.most})"
    return f"contingency {rule.contingency} ({rule.lost} {rule.name}, floor {rule.floor_share:.0%})"


def _with_rules(problem: Problem, rules: list[Rule]) -> Problem:
    policy = problem.scenario.policy.model_copy(
        update={
            "concentration": tuple(r for r in rules if isinstance(r, ConcentrationCap)),
            "contingencies": tuple(r for r in rules if isinstance(r, Contingency)),
            "budgets": tuple(r for r in rules if isinstance(r, Budget)),
            "migrations_at_once": next((r.most for r in rules if isinstance(r, _AtOnce)), None),
        }
    )
    scenario: Scenario = problem.scenario.model_copy(update={"policy": policy})
    return replace(problem, scenario=scenario)


def _exists(problem: Problem) -> bool:
    """Whether any plan exists; a search that runs out of time counts as yes, for it found no proof of no."""
    options = SolveOptions(gap_share=1.0, gap_absolute=1e30, time_limit_s=FEASIBILITY_SECONDS, seed=0)
    try:
        solve_whole(compile_model(build_model(problem)).arrays, options)
    except Infeasible:
        return False
    except NoPlan:
        return True
    return True
