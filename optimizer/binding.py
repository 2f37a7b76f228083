"""Which rules hold with equality in the answer, in the user's words."""

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from optimizer.arrays import Arrays
from optimizer.families import FAMILIES
from optimizer.model import family_name
from optimizer.plan_binding import BindingRule
from optimizer.solve_arrays import Compiled

TIGHT = 1e-6
"""A row binds when its slack is at most this, relative to the size of its terms."""


def binding_rules(compiled: Compiled, values: NDArray[Any]) -> tuple[BindingRule, ...]:
    """Rules with a sentence of their own that bind somewhere, most frequent first."""
    sentences = {
        (family_name(family), row): sentence
        for family in FAMILIES
        for row, sentence in family.SENTENCES.items()
    }
    tight = _tight_rows(compiled.arrays, values)
    found: Counter[tuple[str, str]] = Counter()
    for row in np.flatnonzero(tight):
        constraint = compiled.row_names[row]
        component = constraint.parent_component()
        family = component.parent_block().local_name
        sentence = sentences.get((family, component.local_name))
        if sentence is not None:
            found[family, sentence.format(*constraint.index())] += 1
    return tuple(
        BindingRule(rule=family, place=place, times=times)
        for (family, place), times in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    )


def _tight_rows(arrays: Arrays, values: NDArray[Any]) -> NDArray[np.bool_]:
    shape = (len(arrays.row_lower), len(arrays.cost))
    matrix = csc_array((arrays.values, arrays.rows, arrays.starts), shape=shape)
    activity = matrix @ values
    size = np.maximum(abs(matrix) @ np.abs(values), 1e-3)
    slack = np.minimum(
        np.where(np.isfinite(arrays.row_upper), arrays.row_upper - activity, np.inf),
        np.where(np.isfinite(arrays.row_lower), activity - arrays.row_lower, np.inf),
    )
    in_use = (abs(matrix) @ np.abs(values)) > TIGHT
    return np.asarray((slack <= TIGHT * size) & in_use, dtype=bool)
