"""What is kept of the plan's solve to tell why offers are not taken: arrays, values, and the columns of every offer.

A *way in* is the smallest that can be taken of an offer: an order of the fewest lots in one month, a block, the fewest
steps; of what is paid by the hour or the token, a little of it in one block. Where all else stays as planned, a way in
breaks a rule if it takes its row beyond the limit; an offer is barred if each of its ways in breaks one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from contracts.terms.common import Nature
from optimizer.arrays import Arrays
from optimizer.families import FAMILIES
from optimizer.finding import Found
from optimizer.model import Model, family_name
from optimizer.problem import Problem
from optimizer.solve_arrays import Compiled

Floats = NDArray[np.float64]

PRICED = frozenset(
    {
        Nature.ON_DEMAND_USAGE,
        Nature.SPOT_USAGE,
        Nature.RESERVED_UPFRONT,
        Nature.RESERVED_RECURRING,
        Nature.TAKE_OR_PAY_USAGE,
        Nature.TAKE_OR_PAY_TRUE_UP,
        Nature.TAKE_OR_PAY_OBLIGATION,
        Nature.CAPACITY_BLOCK,
        Nature.OWNED_CAPEX,
        Nature.API_USAGE,
        Nature.PROVISIONED_RECURRING,
    }
)
"""Charges that are the price of an offer times something."""
HAIR = 1e-6
"""What a row may be beyond its limit, as a share of the size of its terms."""
LITTLE = 1e-3
"""Of what is paid by the hour or the token: so little breaks a row only that is full."""


@dataclass(frozen=True)
class WayIn:
    """The smallest that can be taken of an offer at one place: columns, and how much of each."""

    columns: tuple[int, ...]
    amounts: tuple[float, ...]
    is_order: bool
    """Whether it is whole; else it is paid by the hour or the token."""
    settled: tuple[int, ...] = ()
    """Columns under which use and minimum of an order are paid, apart from the order itself."""
    most_usd: float = 0.0
    """What is paid for an order that is paid by use, if it is used all the time; else 0."""


@dataclass(frozen=True)
class Remembered:
    """Plain data: nothing of the model itself, which is large."""

    problem: Problem
    arrays: Arrays
    values: Floats
    money_scale_usd: float
    priced_usd: Floats
    """By column: what one unit of it costs at the price of its offer."""
    ways: Mapping[str, tuple[WayIn, ...]]
    """By offer: those that break nothing."""
    broken: Mapping[str, str]
    """By offer of which every way in breaks a rule: the rule that is broken most often, in the user's words."""


def remembered(found: Found) -> Remembered:
    """What is kept of what was found."""
    problem, model, compiled = found.stated.problem, found.stated.model, found.stated.compiled
    place = {id(variable): column for column, variable in enumerate(compiled.columns)}
    rows = _Rows(compiled, found.solved.values)
    ways: dict[str, list[WayIn]] = defaultdict(list)
    broken: dict[str, list[str]] = defaultdict(list)
    priced = _priced(model, place, len(compiled.columns))
    for offer, way in _ways(problem, model, place, priced):
        barred = rows.broken_by(offer, way)
        if barred is None:
            ways[offer].append(way)
        else:
            broken[offer].append(barred)
    return Remembered(
        problem=problem,
        arrays=compiled.arrays,
        values=found.solved.values,
        money_scale_usd=model.money_scale_usd,
        priced_usd=priced,
        ways={offer: tuple(several) for offer, several in ways.items()},
        broken={offer: max(said, key=said.count) for offer, said in broken.items() if offer not in ways},
    )


def _priced(model: Model, place: Mapping[int, int], columns: int) -> Floats:
    usd = np.zeros(columns)
    for charge in model.ledger.charges:
        column = place.get(id(charge.variable))
        if column is not None and charge.nature in PRICED:
            usd[column] += charge.objective_usd
    return usd


def _ways(
    problem: Problem, model: Model, place: Mapping[int, int], priced: Floats
) -> Iterator[tuple[str, WayIn]]:
    """Offer and way in, of every offer that is in the model."""
    yield from _orders(problem, model, place, priced)
    blocks = model.pyomo
    for key, bought in model.decide.bought.items():
        yield key[0], _way(place, [(bought, 1.0)])
    for steps, sign in (
        (blocks.provisioned.steps, blocks.provisioned.sign),
        (blocks.spend_commitment.steps, blocks.spend_commitment.sign),
    ):
        for key, size in steps.items():
            signed = [(sign[key], 1.0)] if key in sign else []
            yield key[0], _way(place, [(size, max(1.0, model.smallest[key[0]])), *signed])
    for component, offer in (
        (blocks.on_demand.nodes, 0),
        (blocks.spot.nodes, 0),
        (blocks.volume.nodes, 0),
        (model.decide.by_token, 2),
    ):
        for index, used in component.items():
            yield index[offer], _way(place, [(used, LITTLE)], is_order=False)


def _orders(
    problem: Problem, model: Model, place: Mapping[int, int], priced: Floats
) -> Iterator[tuple[str, WayIn]]:
    decide = model.decide
    block = model.pyomo.take_or_pay
    take, true_up = (_by_order(component, place) for component in (block.take, block.true_up))
    active: dict[tuple[str, int, str], list[tuple[Any, float]]] = defaultdict(list)
    for (k, t, s), nodes in decide.active_nodes.items():
        if k in problem.ordered:
            for key in problem.calendar.active_orders(k, t, s):
                active[key].append((nodes, float(problem.ordered[k].lot_nodes)))
    for key in problem.calendar.keys:
        terms = problem.ordered[key.contract]
        fewest = float(max(1, -(-terms.minimum_order_nodes // terms.lot_nodes)))
        signed = [(decide.sign[key], 1.0)] if key in decide.sign else []
        there = [(nodes, fewest * lot) for nodes, lot in active[key]]
        promised = key.contract, str(problem.months[key.start])
        yield (
            key.contract,
            replace(
                _way(place, [(decide.order_lots[key], fewest), *signed, *there]),
                settled=(*take[promised], *true_up[promised]),
                most_usd=fewest * terms.lot_nodes * float(priced[list(take[promised])].sum()),
            ),
        )


def _by_order(component: Any, place: Mapping[int, int]) -> Mapping[tuple[str, str], list[int]]:
    """Columns of take-or-pay by contract and promised month."""
    columns: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, variable in component.items():
        if id(variable) in place:
            columns[index[0], index[1]].append(place[id(variable)])
    return columns


def _way(
    place: Mapping[int, int],
    terms: list[tuple[Any, float]],
    *,
    is_order: bool = True,
) -> WayIn:
    there = [(place[id(variable)], amount) for variable, amount in terms if id(variable) in place]
    return WayIn(tuple(c for c, _ in there), tuple(a for _, a in there), is_order)


class _Rows:
    """The rows that have a sentence, and how near the plan is to their limits."""

    def __init__(self, compiled: Compiled, values: Floats) -> None:
        arrays = compiled.arrays
        shape = (len(arrays.row_lower), len(arrays.cost))
        matrix = csc_array((arrays.values, arrays.rows, arrays.starts), shape=shape)
        self._arrays, self._names = arrays, compiled.row_names
        self._matrix = matrix
        activity = matrix @ values
        size = np.maximum(abs(matrix) @ np.abs(values), 1e-3)
        self._above = arrays.row_upper - activity + HAIR * size
        self._below = activity - arrays.row_lower + HAIR * size
        self._sentences = {
            (family_name(family), row): sentence for family in FAMILIES for row, sentence in family.SENTENCES.items()
        }

    def broken_by(self, offer: str, way: WayIn) -> str | None:
        """The first rule that a way in breaks, in the user's words; None where it breaks none."""
        room = self._arrays.upper[list(way.columns)]
        if any(amount > most for amount, most in zip(way.amounts, room, strict=True)):
            return "stock or largest order, which is less than the smallest order"
        moved: dict[int, float] = defaultdict(float)
        for column, amount in zip(way.columns, way.amounts, strict=True):
            for at in range(self._arrays.starts[column], self._arrays.starts[column + 1]):
                moved[int(self._arrays.rows[at])] += amount * float(self._arrays.values[at])
        for row, by in sorted(moved.items()):
            if by > self._above[row] or -by > self._below[row]:
                said = self._said(row, offer)
                if said is not None:
                    return said
        return None

    def _said(self, row: int, offer: str) -> str | None:
        """The sentence of a row; None where it has none, or is a clause of the offer itself."""
        constraint = self._names[row]
        component = constraint.parent_component()
        index = constraint.index()
        parts = index if isinstance(index, tuple) else (index,)
        sentence = self._sentences.get((component.parent_block().local_name, component.local_name))
        return None if sentence is None or parts[0] == offer else sentence.format(*parts)
