"""What clauses are worth: the least cost without a clause less the least cost with it, between bounds."""

from collections.abc import Iterator, Sequence

from optimizer.negotiating.asking import Asker, Case
from optimizer.negotiating.clauses import Clause
from optimizer.negotiating.records import ClauseWorth, Solve, Verdict
from scenarios.changes import Change

SHARPEST = 2
"""So often the gaps of a clause whose sign they hide are tightened, while there is time."""


def valued(asker: Asker, at: Sequence[Change], clauses: Sequence[Clause]) -> Iterator[ClauseWorth]:
    """The worth of each clause of an offer that is changed as stated; clauses for which there was no time last.

    All are asked before any is asked again with a tighter gap.
    """
    worths = [_asked(asker, tuple(at), clause, 0) for clause in clauses]
    for sharpness in range(1, SHARPEST + 1):
        for i, clause in enumerate(clauses):
            if worths[i].usd is not None and worths[i].verdict == "not distinguishable":
                worths[i] = _asked(asker, tuple(at), clause, sharpness, worths[i])
    yield from worths


def _asked(
    asker: Asker, at: tuple[Change, ...], clause: Clause, sharpness: int, known: ClauseWorth | None = None
) -> ClauseWorth:
    as_is = asker.ask("as-offered", Case(at), sharpness=sharpness)
    changed = None
    if as_is is not None:
        changed = asker.ask(
            clause.name.replace(" ", "-"), Case((*at, *clause.better, *clause.worse)), sharpness=sharpness
        )
    if as_is is None or changed is None:
        return known or _no_figure(clause, as_is, as_is, "there was no time left for it", is_final=False)
    with_it, without = (changed, as_is) if clause.better else (as_is, changed)
    return _worth(clause, with_it, without)


def _worth(clause: Clause, with_it: Solve, without: Solve) -> ClauseWorth:
    for solve in (with_it, without):
        if solve.outcome != "solved":
            is_final = solve.outcome in ("impossible", "refused")
            reason = f"{_WORDS[solve.outcome]}: {solve.note}"
            return _no_figure(clause, with_it, without, reason, is_final=is_final)
    assert with_it.incumbent_usd is not None
    assert with_it.bound_usd is not None
    assert without.incumbent_usd is not None
    assert without.bound_usd is not None
    at_least = without.bound_usd - with_it.incumbent_usd
    at_most = without.incumbent_usd - with_it.bound_usd
    tolerance = with_it.proven.tolerance_usd + without.proven.tolerance_usd
    return ClauseWorth(
        clause=clause.name,
        is_there=clause.is_there,
        said=clause.said,
        at_least_usd=at_least,
        usd=without.incumbent_usd - with_it.incumbent_usd,
        at_most_usd=at_most,
        with_solve=with_it.number,
        without_solve=without.number,
        verdict=_verdict(at_least, at_most, tolerance),
    )


def _verdict(at_least_usd: float, at_most_usd: float, tolerance_usd: float) -> Verdict:
    """What an interval proves.

    >>> _verdict(5.0, 9.0, 0.1), _verdict(-0.05, 0.05, 0.1), _verdict(-1.0, 9.0, 0.1)
    ('worth something', 'worth nothing', 'not distinguishable')
    """
    if at_least_usd > tolerance_usd:
        return "worth something"
    if at_most_usd < -tolerance_usd:
        return "costs something"
    nothing = -tolerance_usd <= at_least_usd and at_most_usd <= tolerance_usd
    return "worth nothing" if nothing else "not distinguishable"


_WORDS = {
    "impossible": "no plan keeps all rules",
    "refused": "the inputs are refused",
    "no_plan": "no plan was found in the time there was",
    "failed": "the solver failed",
}


def _no_figure(
    clause: Clause, with_it: Solve | None, without: Solve | None, reason: str, *, is_final: bool
) -> ClauseWorth:
    return ClauseWorth(
        clause=clause.name,
        is_there=clause.is_there,
        said=clause.said,
        at_least_usd=None,
        usd=None,
        at_most_usd=None,
        with_solve=0 if with_it is None else with_it.number,
        without_solve=0 if without is None else without.number,
        verdict="not distinguishable",
        reason=reason[:1000],
        is_final=is_final,
    )
