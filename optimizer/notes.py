"""Notes of a run: what was assumed, what has ended, what is out of scale."""

from collections import defaultdict
from decimal import Decimal

from catalog.records import Evidence
from optimizer.approved import gone
from optimizer.billing_order import billed_in_order
from optimizer.extract import Extracted
from optimizer.problem import Problem
from optimizer.solve_arrays import LARGEST_COEFFICIENT, SMALLEST_COEFFICIENT, Compiled


def notes(problem: Problem, compiled: Compiled, decided: Extracted) -> tuple[str, ...]:
    """Sentences for the Log sheet and the terminal."""
    return (
        *_assumed_bounds(problem),
        *_ended(problem),
        *_approved_and_gone(problem),
        *_idle_terms(problem),
        *_after_events(problem),
        *_migrations_too_long(problem),
        *_all_first_stage(problem),
        *_bursts_unknown(problem),
        *_on_rooflines(problem, decided),
        *_billed_in_another_order(problem, decided),
        *_scale(compiled),
    )


def _assumed_bounds(problem: Problem) -> list[str]:
    policy = problem.scenario.policy
    committed = (*problem.ordered.values(), *problem.dated.terms.values())
    reserved = {terms.offering for terms in committed} | problem.swapped_to
    on_demand = {terms.offering for terms in (*problem.on_demand.values(), *problem.volume.values())}
    blank_stock = [o for o, row in problem.offering.items() if row.stock_nodes is None and o in reserved]
    blank_quota = [o for o, row in problem.offering.items() if row.quota_nodes is None and o in on_demand]
    found = []
    if blank_stock:
        found.append(f"stock unknown, bound of {policy.unknown_stock_nodes} nodes assumed for {', '.join(blank_stock)}")
    if blank_quota:
        found.append(f"quota unknown, bound of {policy.unknown_quota_nodes} nodes assumed for {', '.join(blank_quota)}")
    return found


def _ended(problem: Problem) -> list[str]:
    return [
        f"held contract {row.held} ends before the horizon ({row.end}) and plays no part"
        for row in sorted(problem.scenario.held_contracts, key=lambda h: h.held)
        if row.end <= problem.scenario.horizon.first and row.held not in problem.held
    ]


def _approved_and_gone(problem: Problem) -> list[str]:
    return [
        f"approved order under {order.contract} of {order.quantity:f} from {order.start} counts as no change: {why}"
        for order, why in gone(problem)
    ]


def _idle_terms(problem: Problem) -> list[str]:
    return (
        [
            f"contract {k} has no month in which its service could start"
            for k, starts in (*problem.calendar.starts.items(), *problem.token_offers.orders.starts.items())
            if not starts
        ]
        + [
            f"capacity block {k} of {terms.start} cannot be bought: the last day to sign is {problem.dated.order_by(k)}"
            for k, terms in problem.dated.terms.items()
            if not problem.dated.can_be_bought(k)
        ]
        + [
            f"spend commitment {k} has no month in which it could start"
            for k in problem.spend.terms
            if not any(key.contract == k for key in problem.spend.keys)
        ]
    )


def _after_events(problem: Problem) -> list[str]:
    events = problem.contingencies.values()
    if not problem.token_offers.offer or not events:
        return []
    if not any(event.api_share for event in events):
        return ["APIs and provisioned throughput do not count after an event: floors are kept by nodes alone"]
    alone = sorted(event.contingency for event in events if not event.api_share)
    without = f"; after {', '.join(alone)} no API counts" if alone else ""
    return [f"provisioned throughput does not count after an event, and APIs by their api_share{without}"]


def _all_first_stage(problem: Problem) -> list[str]:
    if len(problem.outlooks) == 1 or problem.scenario.run.reveal_month is not None:
        return []
    return ["all orders are signed before the outlook is known (no reveal_month): the value of waiting is not counted"]


def _bursts_unknown(problem: Problem) -> list[str]:
    blank = [name for name, row in sorted(problem.workload.items()) if row.burst_ratio is None]
    if problem.headroom is None or not blank:
        return []
    return [f"burst ratio unknown, counted as 1 (no bursts) for {', '.join(blank)}"]


def _on_rooflines(problem: Problem, decided: Extracted) -> list[str]:
    """What the plan serves, also after events, at a speed that nobody has measured or claimed."""
    used = {("", row.workload, row.size_class, row.offering) for row in decided.placements} | {
        (case.contingency, row.workload, row.size_class, row.offering)
        for case in decided.contingencies
        for row in case.placements
    }
    guessed = set()
    for q, w, c, o in used:
        serving = problem.eligibility.servings_after(q)[w, c, o]
        # a vendor's claim that was lowered by a grade has this grade, too, and rests on points
        if serving.evidence is Evidence.ROOFLINE and not serving.points and serving.claim is None:
            guessed.add((w, o))
    off = problem.scenario.policy.haircut_share.of(Evidence.ROOFLINE)
    return [
        f"throughput of {w} on {o} is a guess by its roofline, {off:.0%} taken off: nothing was measured"
        for w, o in sorted(guessed)
    ]


def _billed_in_another_order(problem: Problem, decided: Extracted) -> list[str]:
    """Where the provider will cover other use than the plan does, and saves less by it."""
    more: dict[str, Decimal] = defaultdict(Decimal)
    for row in billed_in_order(problem.scenario, decided.usages, decided.committed_spend, decided.coverage):
        more[row.outlook] += row.more_usd
    worst = max(more, key=lambda s: more[s], default="")
    if not worst or more[worst] <= 0:
        return []
    where = f" in outlook {worst}" if len(problem.outlooks) > 1 else ""
    return [
        f"spend commitments cover other use in the provider's order of billing than in this plan:"
        f" it bills {more[worst]:,.2f} USD more over the horizon{where}"
    ]


def _migrations_too_long(problem: Problem) -> list[str]:
    begun = {key.migration for key in problem.migrations.keys}
    return [
        f"migration {name} has no start whose gate lies in the horizon"
        for name in problem.migrations.migration
        if name not in begun
    ]


def _scale(compiled: Compiled) -> list[str]:
    smallest, largest = compiled.arrays.coefficient_range
    found = []
    if smallest < SMALLEST_COEFFICIENT:
        found.append(
            f"the smallest coefficient of the model is {smallest:.1e} (below {SMALLEST_COEFFICIENT:.0e}):"
            " a workload or block is very small beside the others"
        )
    if largest > LARGEST_COEFFICIENT:
        found.append(
            f"the largest coefficient of the model is {largest:.1e} (above {LARGEST_COEFFICIENT:.0e}):"
            " a workload or block is very large beside the others"
        )
    return found
