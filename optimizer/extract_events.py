"""Model values -> what each event would be survived with: routing, nodes leaned on, tokens of APIs."""

from collections import defaultdict
from typing import Any

from optimizer.extract_splits import splits_after_events
from optimizer.extract_usage import NOISE, Values, rounded
from optimizer.keys import Bundle, Cell, ClassKey
from optimizer.model import Model
from optimizer.plan import ContingencyApi, ContingencyCase, ContingencyPlacement, EmergencyUse
from optimizer.problem import Problem

Moment = tuple[str, str, int, str]
"""A contingency in an outlook, month and block."""


def contingency_cases(problem: Problem, model: Model, value: Values) -> tuple[ContingencyCase, ...]:
    """A case for each event in each outlook, month and block in which it must be survived."""
    bundles = {(q, g.workload, g.name): g for q, event in problem.contingencies.items() for g in problem.bundles(event)}
    placements = _placements(problem, model, value, bundles)
    by_split = splits_after_events(problem, model, value)
    by_api = _by_api(problem, model, value, bundles)
    emergency = _emergency(model, value)
    return tuple(
        ContingencyCase(
            contingency=q,
            outlook=s,
            month=problem.months[t],
            block=b,
            placements=tuple(placements.get((q, s, t, b), ())),
            split_placements=tuple(by_split.get((q, s, t, b), ())),
            api_placements=tuple(by_api.get((q, s, t, b), ())),
            emergency=emergency.get((q, s, t, b), ()),
        )
        for q, event in problem.contingencies.items()
        for s in problem.events.checked_outlooks(event)
        for t in problem.month_indices
        for b in problem.events.checked_blocks(event, t)
    )


def _placements(
    problem: Problem, model: Model, value: Values, bundles: dict[tuple[str, str, str], Bundle]
) -> dict[Moment, list[ContingencyPlacement]]:
    found: dict[Moment, list[ContingencyPlacement]] = defaultdict(list)
    for (q, w, g, o, t, b, s), variable in model.pyomo.fallback.serve.items():
        share = value(variable)
        if share > NOISE:
            found[q, s, t, b].extend(
                _placement(problem, q, key, o, (t, b, s), share)
                for key in bundles[q, w, g].classes
                if (key, t, b, s) in problem.tok_per_s
            )
    return found


def _placement(
    problem: Problem, q: str, key: ClassKey, o: str, moment: tuple[int, str, str], share: float
) -> ContingencyPlacement:
    cell = Cell(q, key.workload, o, *moment)
    tok_per_s = share * problem.tok_per_s[key, *moment]
    return ContingencyPlacement(
        workload=key.workload,
        size_class=key.size_class,
        offering=o,
        accepted_tok_per_s=rounded(tok_per_s),
        nodes=rounded(tok_per_s * problem.node_seconds_in(cell, key.size_class)),
    )


def _by_api(
    problem: Problem, model: Model, value: Values, bundles: dict[tuple[str, str, str], Bundle]
) -> dict[Moment, list[ContingencyApi]]:
    found: dict[Moment, list[ContingencyApi]] = defaultdict(list)
    for (q, w, g, api, t, b, s), variable in model.pyomo.fallback.serve_api.items():
        share = value(variable)
        if share > NOISE:
            found[q, s, t, b].extend(
                ContingencyApi(
                    workload=key.workload,
                    size_class=key.size_class,
                    api=api,
                    accepted_tok_per_s=rounded(share * problem.tok_per_s[key, t, b, s]),
                )
                for key in bundles[q, w, g].classes
                if (key, t, b, s) in problem.tok_per_s
            )
    return found


def _emergency(model: Model, value: Values) -> dict[Moment, tuple[EmergencyUse, ...]]:
    rented: dict[Moment, dict[str, float]] = defaultdict(dict)
    leaned: dict[Moment, dict[str, float]] = defaultdict(dict)
    block: Any = model.pyomo.fallback
    for target, variables in ((rented, block.rent), (leaned, block.lean)):
        for (q, o, t, b, s), variable in variables.items():
            nodes = value(variable)
            if nodes > NOISE:
                target[q, s, t, b][o] = rounded(nodes)
    return {
        moment: tuple(
            EmergencyUse(
                offering=o,
                on_demand_nodes=rented[moment].get(o, 0.0),
                not_firm_nodes=leaned[moment].get(o, 0.0),
            )
            for o in sorted({*rented[moment], *leaned[moment]})
        )
        for moment in {*rented, *leaned}
    }
