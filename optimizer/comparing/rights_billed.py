"""Which right each line of cost comes from: lines name the order, on which several rights may be used."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from contracts.terms.common import Nature
from optimizer.plan import CostLine, Plan
from optimizer.plan_contracts import Right, RightUsed

OF_RIGHTS = {
    Nature.TERMINATION_FEE: Right.TERMINATE,
    Nature.SWAPPED_RECURRING: Right.SWAP,
    Nature.RENEWED_RECURRING: Right.RENEW,
}
"""Lines that are there only because a right is used."""


def rights_billed(plan: Plan) -> dict[str, RightUsed]:
    """The right behind each line of a fee, of swapped or of renewed nodes, by the id of the line.

    The lines of a right stand together, month after month from the month in which it takes effect (a fee alone, a month
    earlier); so a run of months is matched with the right that begins with it.
    """
    lines: dict[tuple[Right, str, str | None], list[CostLine]] = defaultdict(list)
    for line in plan.cost_lines:
        if line.nature in OF_RIGHTS:
            lines[OF_RIGHTS[line.nature], line.order or line.source, line.outlook].append(line)
    found: dict[str, RightUsed] = {}
    for (right, of, outlook), billed in lines.items():
        used = [
            row
            for row in plan.rights
            if row.right is right
            and of in (row.order, row.held)
            and (outlook is None or row.outlook in (None, outlook))
        ]
        for run in _runs(billed):
            row = _beginning(used, run[0])
            if len(used) > 1:
                used.remove(row)
            found.update((line.line, row) for line in run)
    return found


def _runs(lines: Sequence[CostLine]) -> Iterator[list[CostLine]]:
    """Lines one month after the other; every fee is a run of its own."""
    run: list[CostLine] = []
    for line in lines:
        follows = run and line.service_first == run[-1].service_first + 1
        if run and (line.nature is Nature.TERMINATION_FEE or not follows):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _beginning(used: Sequence[RightUsed], line: CostLine) -> RightUsed:
    """The right that takes effect with a line; the first one where none does, as after a late delivery."""
    starts = line.service_first + (1 if line.nature is Nature.TERMINATION_FEE else 0)
    return next((row for row in used if row.month == starts), used[0])
