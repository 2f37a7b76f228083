"""The plan again with something closed: no fictitious quotes, or nothing new on custom silicon.

The model of the plan is solved again in its own session, so all rules of the scenario hold.
"""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.accelerators import Silicon
from contracts.options import Terms
from optimizer.baselines.answering import STOPPED, Question, asked, unanswered
from optimizer.baselines.judging import Judge
from optimizer.baselines.lifting import LIFTED, every_api, lifted, unserved
from optimizer.faults import Infeasible
from optimizer.plan import Baseline
from optimizer.problem import Problem
from optimizer.solve import solve_closed

GPUS_ONLY = "GPUs only"
WITHOUT_QUOTES = "without fictitious quotes"
ALL_KEPT = "all rules of the plan kept"
CLOSED_TIME_LIMIT_S = 180.0
"""As large as the plan's model, though warm: with the usual limit a busy machine would leave these two unsolved."""


def without_quotes(question: Question) -> tuple[Baseline, ...]:
    """The plan on public prices only; none where there are no fictitious quotes.

    `question` is the plan's, and its session holds the plan's model.
    """
    problem = question.problem
    contracts = {terms.contract for terms in problem.scenario.contracts if _is_fictitious(problem, terms)}
    contracts |= {terms.contract for terms in problem.scenario.spend_commitments if terms.fictitious}
    parts = _closed_columns(question, contracts), _agreed_columns(question), _fictitious_tokens(question)
    closed = np.unique(np.concatenate(parts)).astype(np.int32)
    if not closed.size:
        return ()
    note = f"public prices only; {ALL_KEPT}"
    try:
        return (_again(question, closed, WITHOUT_QUOTES, note),)
    except STOPPED as stopped:
        return (unanswered(WITHOUT_QUOTES, note, stopped),)


def gpus_only(question: Question, judge: Judge) -> tuple[Baseline, ...]:
    """Nothing new on custom silicon; none where there is none to be bought. `question` as above.

    Where no plan keeps all rules that way, they are lifted, and those that the answer breaks are named.
    """
    problem = question.problem
    closed = _closed_columns(question, {t.contract for t in problem.scenario.contracts if _is_custom(problem, t)})
    if not closed.size:
        return ()
    words = "nothing new on custom silicon"
    if problem.token_offers.offer:
        words += " (APIs stay: their chips are not known)"
    try:
        return (_again(question, closed, GPUS_ONLY, f"{words}; {ALL_KEPT}"),)
    except Infeasible:
        return (_gpus_with_rules_lifted(question, judge, words),)
    except STOPPED as stopped:
        return (unanswered(GPUS_ONLY, f"{words}; {ALL_KEPT}", stopped),)


def _gpus_with_rules_lifted(question: Question, judge: Judge, words: str) -> Baseline:
    problem = question.problem

    def keep(terms: Terms) -> bool:
        return not _is_custom(problem, terms)

    note = f"{words}; no plan keeps all rules that way: {LIFTED}"
    try:
        answer = asked(lifted(problem, keep, every_api), question.session).solve()
    except STOPPED as stopped:
        missing = unserved(problem, keep, every_api)
        why = f"GPUs on offer cannot serve {', '.join(missing)}; " if missing else ""
        return unanswered(GPUS_ONLY, f"{why}{note}"[:900], stopped)
    return judge.baseline(GPUS_ONLY, note, answer)


def _again(question: Question, closed: NDArray[np.int32], name: str, note: str) -> Baseline:
    options = question.options(CLOSED_TIME_LIMIT_S)
    solved = solve_closed(question.session, question.compiled.arrays, closed, options)
    return question.answer(solved).as_baseline(name, note)


def _is_fictitious(problem: Problem, terms: Terms) -> bool:
    return terms.fictitious or problem.scenario.catalog.offering[terms.offering].fictitious


def _is_custom(problem: Problem, terms: Terms) -> bool:
    catalog = problem.scenario.catalog
    return catalog.accelerator_of(catalog.offering[terms.offering]).silicon is Silicon.CUSTOM


def _agreed_columns(question: Question) -> NDArray[np.int32]:
    """Columns through which fictitious agreements are signed and fictitious credits bought."""
    agreed = question.problem.agreed
    quoted = {
        "tier": {a for a, row in agreed.agreements.items() if row.fictitious},
        "credit.lots": {c for c, row in agreed.credits.items() if row.fictitious},
    }
    found = [
        i
        for i, variable in enumerate(question.compiled.columns)
        if (names := quoted.get(variable.parent_component().name)) and _first(variable.index()) in names
    ]
    return np.array(found, dtype=np.int32)


def _first(index: Any) -> Any:
    """The first part of an index that may have only one."""
    return index[0] if isinstance(index, tuple) else index


def _closed_columns(question: Question, contracts: Collection[str]) -> NDArray[np.int32]:
    """Columns through which something is bought under contracts that are shut."""
    rentable = {terms.offering for k, terms in question.problem.on_demand.items() if k not in contracts}
    is_shut: dict[str, Callable[[Any], bool]] = {
        "order_lots": lambda index: index[0] in contracts,
        "volume.nodes": lambda index: index[0] in contracts,
        "on_demand.nodes": lambda index: index[0] in contracts,
        "bought": lambda index: index[0] in contracts,
        "spend_commitment.steps": lambda index: index[0] in contracts,
        "spot.nodes": lambda index: index[0] in contracts,
        "fallback.rent": lambda index: index[1] not in rentable,
    }
    return _columns(question, is_shut)


def _fictitious_tokens(question: Question) -> NDArray[np.int32]:
    """Columns of fictitious API offers and provisioned throughput."""
    offers = question.problem.token_offers
    apis = {api for api, offer in offers.offer.items() if offer.fictitious}
    contracts = {k for k, terms in offers.provisioned.items() if terms.fictitious or terms.api in apis}
    return _columns(
        question,
        {
            "by_token": lambda index: index[2] in apis,
            "provisioned.steps": lambda index: index[0] in contracts,
        },
    )


def _columns(question: Question, is_shut: dict[str, Callable[[Any], bool]]) -> NDArray[np.int32]:
    found = [
        i
        for i, variable in enumerate(question.compiled.columns)
        if (rule := is_shut.get(variable.parent_component().name)) and rule(variable.index())
    ]
    return np.array(found, dtype=np.int32)
