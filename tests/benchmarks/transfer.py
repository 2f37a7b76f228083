"""Building and handing over the realistic fleet: this program, Pyomo's appsi_highs, and raw arrays, in one run.

*raw* hands the finished arrays to HiGHS and does nothing else; *compile* is Pyomo's standard form and our checks;
*build* makes the Pyomo model from the stated problem (with every charge from an exact bill); appsi_highs takes the same
Pyomo model. CPU seconds, medians.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyomo.contrib.appsi.solvers import Highs

from optimizer.model import build_model
from optimizer.problem import state
from optimizer.solve_arrays import compile_model
from optimizer.solve_highs import load
from optimizer.solve_protocol import SolveOptions, SolveRequest
from scenarios.loading import load_scenario

REALISTIC = Path("scenarios/examples/realistic")
TIMES = 3


def main() -> None:
    """Print a line for each way."""
    problem = state(load_scenario(REALISTIC).scenario)
    model = build_model(problem)
    arrays = compile_model(model).arrays
    options = SolveOptions(gap_share=0.005, gap_absolute=0.0, time_limit_s=60.0, seed=0)
    build = _seconds(lambda: build_model(problem))
    compiling = _seconds(lambda: compile_model(model))
    raw = _seconds(lambda: load(SolveRequest(arrays, options)))
    appsi = _seconds(lambda: Highs().set_instance(model.pyomo))
    print(f"{len(arrays.cost):,} columns, {len(arrays.row_lower):,} rows, {len(arrays.values):,} non-zeros")
    lines = (
        ("raw arrays -> HiGHS", raw),
        ("Pyomo model -> arrays -> HiGHS (compile + raw)", compiling + raw),
        ("Pyomo model -> appsi_highs", appsi),
        ("build the Pyomo model", build),
        ("build + compile + raw", build + compiling + raw),
        ("build + appsi_highs", build + appsi),
    )
    for name, seconds in lines:
        print(f"{name:48} {seconds:7.2f} s  {seconds / raw:7.1f} x raw  {seconds / appsi:6.2f} x appsi_highs")


def _seconds(work: Callable[[], Any]) -> float:
    spent = []
    for _ in range(TIMES):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
