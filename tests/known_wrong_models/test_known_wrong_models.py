"""Small models to which a released solver gave a wrong "optimal": to be run with every new version.

Each was put to highspy 1.14.0, whose answer stands beside the true one. The first five are from public
reports, with optima that can be worked by hand; the others are reserved + spot fleets, enumerated.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.arrays import Arrays
from optimizer.faults import SolverRefused
from optimizer.solve import refuse_wrong_solver, solve_whole
from tests.solver_models import EXACTLY, arrays_of

MODELS = json.loads((Path(__file__).parent / "models.json").read_text())


def as_arrays(model: dict[str, Any]) -> Arrays:
    columns, rows = model["columns"], model["rows"]

    def numbers(records: list[dict[str, Any]], field: str, unknown: float) -> np.ndarray[Any, Any]:
        return np.array([unknown if r[field] is None else r[field] for r in records], dtype=float)

    return arrays_of(
        [c["cost"] for c in columns],
        [[row["terms"].get(c["column"], 0.0) for c in columns] for row in rows],
        row_lower=numbers(rows, "lower", -np.inf),
        row_upper=numbers(rows, "upper", np.inf),
        lower=numbers(columns, "lower", -np.inf),
        upper=numbers(columns, "upper", np.inf),
        integer=np.array([c["whole"] for c in columns]),
    )


@pytest.mark.parametrize("model", MODELS, ids=[m["model"] for m in MODELS])
def test_the_least_cost_is_found(model: dict[str, Any]) -> None:
    solved = solve_whole(as_arrays(model), EXACTLY)
    assert solved.objective == pytest.approx(model["least_cost"], rel=1e-6)
    assert solved.bound <= model["least_cost"] * (1 + 1e-6)


def test_the_version_that_was_wrong_on_all_of_them_is_refused() -> None:
    assert all(model["highspy_1_14_0_said"] > model["least_cost"] * 1.001 for model in MODELS)
    with pytest.raises(SolverRefused, match="install the pinned version"):
        refuse_wrong_solver("1.14.0")
