"""The realistic fleet to its gap: this program's way beside plain Pyomo -> appsi_highs with default options.

CPU seconds of the solve alone, model given. The plain way is stopped after a multiple of this program's time
(`python -m tests.benchmarks.plain 8` for eight times); what it has proven by then is shown.
"""

import resource
import sys
import time
from pathlib import Path

from pyomo.contrib.appsi.solvers import Highs

from optimizer.model import build_model
from optimizer.problem import state
from optimizer.run import solve_options
from optimizer.solve import solve_whole
from optimizer.solve_arrays import compile_model
from scenarios.loading import load_scenario

REALISTIC = Path("scenarios/examples/realistic")
MOST_TIMES = 4.0


def main() -> None:
    """Print gap and CPU seconds of both ways."""
    most = float(sys.argv[1]) if len(sys.argv) > 1 else MOST_TIMES
    problem = state(load_scenario(REALISTIC).scenario)
    model = build_model(problem)
    arrays = compile_model(model).arrays
    options = solve_options(problem, model.money_scale_usd)
    solved = solve_whole(arrays, options)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = usage.ru_utime + usage.ru_stime
    print(f"this program          {own:8.1f} s   gap {(solved.objective - solved.bound) / solved.objective:8.3%}")
    plain = Highs()
    plain.config.load_solution = False
    plain.config.time_limit = most * own
    plain.config.mip_gap = options.gap_share
    started = time.process_time()
    found = plain.solve(model.pyomo)
    spent = time.process_time() - started
    incumbent, bound = found.best_feasible_objective, found.best_objective_bound
    gap = "no plan" if incumbent is None else f"gap {(incumbent - bound) / incumbent:8.3%}"
    print(f"Pyomo -> appsi_highs  {spent:8.1f} s   {gap}   {spent / own:.1f} times, {found.termination_condition.name}")


if __name__ == "__main__":
    main()
