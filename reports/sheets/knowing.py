"""What knowing is worth, in the lower half of sheet Outlooks: two brackets, and the costs that they follow from.

    perfect information   expected cost of this plan - expected cost of plans that knew their outlook
    planning for all      expected cost with the orders of the plan for the mean - expected cost of this plan

Of every cost the search knows a plan that has it and a bound below it, so either difference lies between two others.
"""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.plan import Bracketed, Order, OutlookKnowledge, ValueOfKnowing
from reports.facts import Facts
from reports.formulas import Expr
from reports.functions import product_sum
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.sheets.buy_list import BuyLists
from reports.sheets.inputs import Inputs

_COSTS = (
    "Outlook",
    "Probability",
    "This plan",
    "Foreseen, best found",
    "Foreseen, bound",
    "Orders for the mean",
    "Orders for the mean, bound",
)
_PLAN, _FORESEEN, _FORESEEN_BOUND, _MEAN, _MEAN_BOUND = range(2, 7)


@dataclass(frozen=True, slots=True)
class Value:
    """One of the two values as calculated here, beside what the plan says."""

    label: str
    at_least: Expr
    found: Expr
    at_most: Expr
    of_plan: Bracketed


@dataclass(frozen=True, slots=True)
class Knowing:
    """The values of knowing that could be computed."""

    values: tuple[Value, ...]


def write_knowing(grid: Grid, row: int, facts: Facts, inputs: Inputs, lists: BuyLists) -> Knowing:
    """Brackets first, then the costs by outlook, then the orders; formulas of the first refer to the second."""
    knowing = facts.plan.knowing
    assert knowing is not None
    grid.put(row, 0, "What knowing is worth (present value, USD)", kind=Kind.SECTION)
    costs_at = row + 7
    expected = _costs(grid, costs_at, facts, inputs, knowing)
    values = _brackets(grid, row + 1, facts, knowing, expected)
    _orders(grid, costs_at + len(knowing.outlooks) + 4, facts, knowing, lists)
    return Knowing(values)


def _brackets(
    grid: Grid, row: int, facts: Facts, knowing: ValueOfKnowing, expected: dict[int, Expr]
) -> tuple[Value, ...]:
    for col, text in enumerate(("Value", "At least", "As found", "At most")):
        grid.put(row, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if col else Fmt.TEXT)
    ours = expected[_PLAN]
    bound = grid.put(row + 4, 1, facts.plan.bound_usd, kind=Kind.DECISION, fmt=Fmt.MONEY)
    grid.put(row + 4, 0, "Bound of this plan: no plan for all outlooks costs less")
    found = []
    value = _value(
        grid,
        row + 1,
        "Knowing the outlook beforehand saves (perfect information)",
        (bound - expected[_FORESEEN], ours - expected[_FORESEEN], ours - expected[_FORESEEN_BOUND]),
        knowing.perfect_information,
    )
    found.append(value)
    label = "Planning for all outlooks rather than their mean saves"
    if knowing.stochastic_solution is None:
        grid.put(row + 2, 0, label)
        grid.put(row + 2, 1, f"no finite value: {knowing.note or 'not computed'}", kind=Kind.NOTE)
    else:
        brackets = (expected[_MEAN_BOUND] - ours, expected[_MEAN] - ours, expected[_MEAN] - bound)
        found.append(_value(grid, row + 2, label, brackets, knowing.stochastic_solution))
    return tuple(found)


def _value(grid: Grid, row: int, label: str, brackets: tuple[Expr, Expr, Expr], of_plan: Bracketed) -> Value:
    grid.put(row, 0, label)
    cells = [grid.put(row, 1 + i, what, kind=Kind.CALC, fmt=Fmt.MONEY) for i, what in enumerate(brackets)]
    return Value(label, cells[0], cells[1], cells[2], of_plan)


def _costs(grid: Grid, row: int, facts: Facts, inputs: Inputs, knowing: ValueOfKnowing) -> dict[int, Expr]:
    """What each outlook costs with this plan, with one that foresaw it, and with the orders for the mean."""
    for col, text in enumerate(_COSTS):
        grid.put(row, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if col else Fmt.TEXT)
    last = row + len(knowing.outlooks)
    for at, known in enumerate(knowing.outlooks, start=row + 1):
        grid.put(at, 0, known.outlook)
        grid.put(at, 1, inputs.chance[known.outlook], kind=Kind.LINK, fmt=Fmt.SHARE)
        for col, cost in _costs_of(known):
            what = "fails" if cost is None else cost
            grid.put(at, col, what, kind=Kind.DECISION, fmt=Fmt.GENERAL if cost is None else Fmt.MONEY)
    grid.put(last + 1, 0, "Expected", kind=Kind.TOTAL)
    grid.put(last + 1, 1, None, kind=Kind.TOTAL)
    chances = grid.area((row + 1, 1), (last, 1))
    complete = knowing.stochastic_solution is not None
    expected = {}
    for col in range(_PLAN, _MEAN_BOUND + 1):
        if col < _MEAN or complete:
            what = product_sum(chances, grid.area((row + 1, col), (last, col), fix_row=True, fix_col=False))
            expected[col] = grid.put(last + 1, col, what, kind=Kind.TOTAL, fmt=Fmt.MONEY)
        else:
            grid.put(last + 1, col, None, kind=Kind.TOTAL)
    return expected


def _costs_of(known: OutlookKnowledge) -> list[tuple[int, object]]:
    return [
        (_PLAN, known.plan_usd),
        (_FORESEEN, known.foreseen_usd),
        (_FORESEEN_BOUND, known.foreseen_bound_usd),
        (_MEAN, known.mean_plan_usd),
        (_MEAN_BOUND, known.mean_plan_bound_usd),
    ]


def _orders(grid: Grid, row: int, facts: Facts, knowing: ValueOfKnowing, lists: BuyLists) -> None:
    """Orders that are signed before the outlook is known: this plan's, and those of the plan for the mean."""
    grid.put(
        row, 0, "What is signed before the outlook is known: this plan, and the plan for the mean", kind=Kind.SECTION
    )
    for col, text in enumerate(("Order", "This plan, nodes", "For the mean, nodes", "Difference")):
        grid.put(row + 1, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if col else Fmt.TEXT)
    ours = {order.order for order in facts.signed_now}
    mean: dict[str, Order] = {order.order: order for order in knowing.mean_orders}
    names = sorted({*ours, *mean})
    for at, name in enumerate(names, start=row + 2):
        key = grid.put(at, 0, name)
        here = lists.looked_up(name, key, "Nodes") if name in ours else 0
        kind = Kind.LINK if name in ours else Kind.DECISION
        nodes = grid.put(at, 1, here, kind=kind, fmt=Fmt.WHOLE)
        other = grid.put(at, 2, mean[name].nodes if name in mean else 0, kind=Kind.DECISION, fmt=Fmt.WHOLE)
        grid.put(at, 3, nodes - other, kind=Kind.CALC, fmt=Fmt.WHOLE)
    if not names:
        grid.put(row + 2, 0, "Neither signs anything before the outlook is known.", kind=Kind.NOTE)
