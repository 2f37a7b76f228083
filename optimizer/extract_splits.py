"""Solver values of splits -> placements in normal operation and after events, and their serving figures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from catalog.serving import Serving
from optimizer.extract_usage import NOISE, Values, rounded
from optimizer.keys import ClassKey, ClassMoment, PoolKey
from optimizer.model import Model
from optimizer.plan import ContingencyCase
from optimizer.plan_splits import ContingencySplit, SplitGoodput, SplitPlacement
from optimizer.problem import Problem
from optimizer.split_routes import SplitRoute, role_nodes, role_seconds

Event = tuple[str, str, int, str]
"""A contingency in an outlook, month and block."""


def split_shares(model: Model, value: Values) -> dict[ClassMoment, dict[SplitRoute, float]]:
    """Shares of each class's demand that splits serve, as the solver has them."""
    found: dict[ClassMoment, dict[SplitRoute, float]] = defaultdict(dict)
    for at, variable in model.decide.split_routes:
        share = value(variable)
        if share > NOISE:
            found[at.moment][at] = share
    return dict(found)


def split_placement(problem: Problem, at: SplitRoute, share: float) -> SplitPlacement:
    """So much of the class's demand on a split, as it is published."""
    prefill, decode = role_nodes(problem, at)
    return SplitPlacement(
        outlook=at.outlook,
        month=problem.months[at.month],
        block=at.block,
        workload=at.workload,
        size_class=at.size_class,
        split=at.split,
        prefill_pool=prefill.pool.pool,
        decode_pool=decode.pool.pool,
        accepted_tok_per_s=rounded(share * problem.tok_per_s[at.moment]),
        prefill_nodes=rounded(share * prefill.nodes),
        decode_nodes=rounded(share * decode.nodes),
    )


def busy_in_splits(
    problem: Problem, placements: Iterable[SplitPlacement]
) -> Iterator[tuple[PoolKey, SplitPlacement, float]]:
    """Pool and busy nodes of either role of each placement."""
    for row in placements:
        split = problem.splits.split[row.split]
        yield PoolKey(split.prefill_offering, row.prefill_pool), row, row.prefill_nodes
        yield PoolKey(split.decode_offering, row.decode_pool), row, row.decode_nodes


def splits_after_events(problem: Problem, model: Model, value: Values) -> dict[Event, list[ContingencySplit]]:
    """What splits serve after each event, class by class."""
    found: dict[Event, list[ContingencySplit]] = defaultdict(list)
    if not problem.splits.split:
        return found
    bundles = {(q, g.workload, g.name): g for q, event in problem.contingencies.items() for g in problem.bundles(event)}
    for (q, w, g, x, t, b, s), variable in model.pyomo.fallback.serve_split.items():
        share = value(variable)
        if share > NOISE:
            found[q, s, t, b].extend(
                _after_event(problem, q, key, x, (t, b, s), share)
                for key in bundles[q, w, g].classes
                if (key, t, b, s) in problem.tok_per_s
            )
    return found


def _after_event(
    problem: Problem, contingency: str, key: ClassKey, x: str, moment: tuple[int, str, str], share: float
) -> ContingencySplit:
    t, _, s = moment
    split, serving = problem.splits.split[x], problem.splits.contingency_servings[contingency][key, x]
    rate = share * problem.tok_per_s[key, *moment]

    def nodes(offering: str, role: Serving) -> float:
        return rounded(rate * role_seconds(problem, key, role, offering, t, s))

    return ContingencySplit(
        workload=key.workload,
        size_class=key.size_class,
        split=x,
        accepted_tok_per_s=rounded(rate),
        prefill_nodes=nodes(split.prefill_offering, serving.prefill),
        decode_nodes=nodes(split.decode_offering, serving.decode),
    )


def split_goodput(
    problem: Problem, placements: Iterable[SplitPlacement], cases: Iterable[ContingencyCase]
) -> tuple[SplitGoodput, ...]:
    """The serving figures that any split placement, in normal operation or after an event, rests on."""
    normal = sorted({(row.workload, row.size_class, row.split) for row in placements})
    after = sorted(
        {(case.contingency, r.workload, r.size_class, r.split) for case in cases for r in case.split_placements}
    )
    splits = problem.splits
    found = [
        SplitGoodput(workload=w, size_class=c, split=x, serving=splits.servings[ClassKey(w, c), x])
        for w, c, x in normal
    ]
    found += [
        SplitGoodput(
            workload=w,
            size_class=c,
            split=x,
            contingency=q,
            serving=splits.contingency_servings[q][ClassKey(w, c), x],
        )
        for q, w, c, x in after
    ]
    return tuple(found)
