"""What an answer leaves for the next: the numbers of its model, their names, and the lesson of the solver."""

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Arrays
from optimizer.finding import Stated
from optimizer.living.conditions import Condition
from optimizer.solve_keys import names_digest
from optimizer.solve_protocol import Changed

STRUCTURE = ("starts", "rows", "integer", "partner")
MONTHS = ("column_group", "column_month", "row_group")


@dataclass(frozen=True)
class Learned:
    """Plain data: it can be pickled and sent to a process that never solved the model (`LivingModel.from_learned`)."""

    conditions: tuple[Condition, ...]
    settles_as_agreed: bool
    """Whether the model holds settlements to what is agreed (Problem.settles_as_agreed)."""
    money_scale_usd: float
    names: bytes
    """Digest of the names of columns and rows."""
    arrays: Arrays
    lesson: bytes
    """For the solver process only."""

    def changed(self, given: Stated, names: bytes) -> Changed | None:
        """What differs in a model of the same structure; None where the structure itself differs."""
        after = given.compiled.arrays
        if names != self.names or not same_structure(self.arrays, after):
            return None
        return changed_numbers(self.arrays, after)


def learned(given: Stated, names: bytes, conditions: tuple[Condition, ...], lesson: bytes) -> Learned:
    """What an answer leaves."""
    return Learned(
        conditions=conditions,
        settles_as_agreed=given.problem.settles_as_agreed,
        money_scale_usd=given.model.money_scale_usd,
        names=names,
        arrays=given.compiled.arrays,
        lesson=lesson,
    )


def names_of(given: Stated) -> bytes:
    """Digest of the names of columns and rows of a model."""
    return names_digest(given.compiled.columns, given.compiled.row_names)


def changed_numbers(before: Arrays, after: Arrays) -> Changed:
    """What differs between two models of the same structure."""
    rows = (before.row_lower != after.row_lower) | (before.row_upper != after.row_upper)
    rows[after.rows[before.values != after.values]] = True
    kept = np.where(after.cost < before.cost, 0.0, 1.0)
    cheaper = (after.cost < before.cost) & (before.cost > 0)
    kept[cheaper] = np.maximum(0.0, after.cost[cheaper] / before.cost[cheaper])
    return Changed((before.lower != after.lower) | (after.upper > before.upper), rows, kept)


def same_structure(before: Arrays, after: Arrays) -> bool:
    """Whether coefficients stand in the same places, and columns are of the same kind."""
    return all(np.array_equal(getattr(before, name), getattr(after, name)) for name in STRUCTURE) and all(
        np.array_equal(getattr(before.months, name), getattr(after.months, name)) for name in MONTHS
    )
