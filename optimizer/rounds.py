"""The fixed point of usable shares and pools: a share rests on a pool, the pool on the plan (docs/decisions/0031)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from optimizer.extract import Extracted
from optimizer.faults import Infeasible, NoPlan
from optimizer.finding import Found, Widest
from optimizer.headroom import DerivedHeadroom
from optimizer.keys import Cell
from optimizer.plan_headroom import HeadroomFound, PoolShare, RestsOnTooMuch
from optimizer.problem import Problem
from optimizer.solve_protocol import SolveStatus

MOST_ROUNDS = 3
KEPT_SHARE = 0.9
"""A share rests on so much of the load that the last plan had: a plan that moves a little still has the pool."""
TOLERANCE = 1e-6
"""A share may be so much above what its pool allows, relative: published nodes are rounded."""

Again = Callable[[Problem], Found]
"""Finds a plan for the problem with other usable shares."""


@dataclass(frozen=True)
class Use:
    """What a plan serves in a cell, and with how much."""

    erlangs: float
    replicas: float
    """Headroom included."""


def in_rounds(first: Found, again: Again) -> Found:
    """The plan after at most three rounds; the first one where the usable share is stated.

    The first round has the widest pools, so that its bound holds for every plan. That there is no plan with the shares
    of a later round proves nothing: other pools might do. Then the plan of the round before stands, with what is left.
    """
    headroom = first.stated.problem.headroom
    if headroom is None:
        return first
    scale = first.stated.model.money_scale_usd
    widest = Widest(1, first.solved.objective * scale, first.solved.bound * scale, first.solved.status)
    found = replace(first, widest=widest)
    while widest.rounds < MOST_ROUNDS and not _is_stopped(found):
        used = uses(found)
        if not any(_left(found, headroom, used)):
            break
        shares = _drawn_together(headroom, used) if widest.rounds == 1 else _as_they_are(headroom, used)
        widest = replace(widest, rounds=widest.rounds + 1)
        try:
            found = replace(again(replace(found.stated.problem, usable_shares=shares)), widest=widest)
        except (Infeasible, NoPlan):
            break
    return found


def _is_stopped(found: Found) -> bool:
    return found.solved.status is SolveStatus.INTERRUPTED


def uses(found: Found) -> dict[Cell, Use]:
    """What the plan uses, by cell in order."""
    problem = found.stated.problem
    headroom = problem.headroom
    sums: dict[Cell, Use] = defaultdict(lambda: Use(0.0, 0.0))
    assert headroom is not None
    for cell, size_class, tok_per_s, nodes in _served(problem, found.decided):
        serving = problem.eligibility.servings_after(cell.contingency)[cell.workload, size_class, cell.offering]
        here = sums[cell]
        sums[cell] = Use(
            here.erlangs + headroom.erlangs(cell, size_class, tok_per_s),
            here.replicas + nodes * headroom.replicas_per_node(serving, cell.offering),
        )
    return {cell: sums[cell] for cell in sorted(sums)}


def _served(problem: Problem, decided: Extracted) -> Iterator[tuple[Cell, str, float, float]]:
    """Cell, size class, accepted tok/s and nodes of every placement, after events too."""
    index = problem.scenario.horizon.index
    for row in decided.placements:
        cell = Cell("", row.workload, row.offering, index(row.month), row.block, row.outlook)
        yield cell, row.size_class, row.accepted_tok_per_s, row.nodes
    for case in decided.contingencies:
        for after in case.placements:
            moment = index(case.month), case.block, case.outlook
            cell = Cell(case.contingency, after.workload, after.offering, *moment)
            yield cell, after.size_class, after.accepted_tok_per_s, after.nodes


def _drawn_together(headroom: DerivedHeadroom, used: Mapping[Cell, Use]) -> dict[Cell, float]:
    """The largest pool of a workload in each block as if it took all the load, the others as large as they are.

    So that what is split is drawn together where nothing keeps it apart: a share that looks only at the pools of the
    last plan would hold on to its splits.
    """
    largest: dict[tuple[str, str, int, str, str], Cell] = {}
    for cell, use in used.items():
        whole = cell.contingency, cell.workload, cell.month, cell.block, cell.outlook
        if whole not in largest or use.erlangs > used[largest[whole]].erlangs:
            largest[whole] = cell
    return _as_they_are(headroom, used) | {cell: headroom.widest(cell) for cell in largest.values()}


def _as_they_are(headroom: DerivedHeadroom, used: Mapping[Cell, Use]) -> dict[Cell, float]:
    """What the pools of a plan allow."""
    return {cell: headroom.curve(cell).consistent(KEPT_SHARE * use.erlangs) for cell, use in used.items()}


def _left(found: Found, headroom: DerivedHeadroom, used: Mapping[Cell, Use]) -> Iterator[RestsOnTooMuch]:
    """Cells that rest on a larger pool than they have."""
    problem = found.stated.problem
    for cell, use in used.items():
        share, derived = problem.usable_share(cell), headroom.curve(cell).derived(use.replicas)
        if share > derived * (1.0 + TOLERANCE):
            yield RestsOnTooMuch(
                outlook=cell.outlook,
                month=problem.months[cell.month],
                block=cell.block,
                workload=cell.workload,
                offering=cell.offering,
                contingency=cell.contingency or None,
                replicas=use.replicas,
                usable_share=share,
                derived_share=derived,
            )


def headroom_found(found: Found) -> HeadroomFound | None:
    """How the rounds went, for the plan; None where the usable share is stated."""
    headroom, widest = found.stated.problem.headroom, found.widest
    if headroom is None or widest is None:
        return None
    used = uses(found)
    left = tuple(_left(found, headroom, used))
    return HeadroomFound(
        rounds=widest.rounds,
        settled=not left,
        widest_usd=widest.objective_usd,
        shares_bound_usd=min(found.solved.bound, found.solved.objective) * found.stated.model.money_scale_usd,
        pools=tuple(_pools(found, headroom, used)),
        left=left,
    )


def unsettled_notes(found: HeadroomFound | None) -> tuple[str, ...]:
    """What is left after the rounds, in a sentence for each workload and offering."""
    left: dict[tuple[str, str], list[RestsOnTooMuch]] = defaultdict(list)
    for row in found.left if found else ():
        left[row.workload, row.offering].append(row)
    return tuple(
        f"headroom of {workload} on {offering} is not settled: {len(rows)} of its pools (month, block, outlook) are"
        " smaller than their usable share asks for,"
        f" by up to {max(row.usable_share - row.derived_share for row in rows):.1%} of a node"
        for (workload, offering), rows in left.items()
    )


def _pools(found: Found, headroom: DerivedHeadroom, used: Mapping[Cell, Use]) -> Iterator[PoolShare]:
    problem = found.stated.problem
    together: dict[tuple[str, str, str], dict[Cell, Use]] = defaultdict(dict)
    for cell, use in used.items():
        together[cell.contingency, cell.workload, cell.offering][cell] = use
    for (contingency, workload, offering), cells in together.items():
        hours = {c: problem.hours[c.month, c.block] * problem.probability[c.outlook] for c in cells}
        services = [headroom.service_s(cell) for cell in cells]
        shares = [problem.usable_share(cell) for cell in cells]
        yield PoolShare(
            workload=workload,
            offering=offering,
            contingency=contingency or None,
            cells=len(cells),
            burst_ratio=headroom.burst_ratio(workload),
            wait_limit_s=headroom.wait_limit_s(workload),
            shortest_service_s=min(services),
            longest_service_s=max(services),
            smallest_replicas=min(use.replicas for use in cells.values()),
            largest_replicas=max(use.replicas for use in cells.values()),
            lowest_usable_share=min(shares),
            highest_usable_share=max(shares),
            usable_share=sum(hours[c] * use.erlangs for c, use in cells.items())
            / sum(hours[c] * use.replicas for c, use in cells.items()),
        )
