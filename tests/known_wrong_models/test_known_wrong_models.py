"""Small models to which a released solver gave a wrong "optimal": to be run with every new version.

Each names a version of highspy that was wrong on it, and what that said. Some are from public reports, with optima
that can be worked by hand; the others are small fleets, whose orders were enumerated.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.arrays import Arrays
from optimizer.faults import SolverRefused
from optimizer.opinion import SecondOpinion
from optimizer.solve import REFUSED_HIGHSPY, refuse_wrong_solver, solve_whole
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
    assert solved.objective == pytest.approx(model["least_cost"], rel=1e-6, abs=1e-6)
    assert solved.bound <= model["least_cost"] * (1 + 1e-6) + 1e-6


@pytest.mark.parametrize("model", MODELS, ids=[m["model"] for m in MODELS])
def test_what_was_said_was_wrong(model: dict[str, Any]) -> None:
    assert model["it_said"] > model["least_cost"] * 1.001


def test_where_this_version_is_wrong_it_is_overruled() -> None:
    """Should a newer version be right on them, no model names it and nothing is to be overruled."""
    own = [model for model in MODELS if model["wrong_version"] == version("highspy")]
    opinions = [solve_whole(as_arrays(model), EXACTLY).opinion for model in own]
    assert opinions == [SecondOpinion.OVERRULED] * len(own)


def test_a_version_that_is_wrong_on_one_of_them_is_refused_or_overruled() -> None:
    """The pinned version is wrong on two; it is used, because every small model is solved a second time."""
    wrong = {model["wrong_version"] for model in MODELS}
    assert wrong == {*REFUSED_HIGHSPY, "1.15.1"}
    for each in REFUSED_HIGHSPY:
        with pytest.raises(SolverRefused, match="install the pinned version"):
            refuse_wrong_solver(each)
