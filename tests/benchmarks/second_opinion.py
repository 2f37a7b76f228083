"""What a second opinion on an "optimal" costs: CPU milliseconds of the first and of the second solve, by size.

`python -m tests.benchmarks.second_opinion`: the random fleets of the tests, and the two small examples. Above
`OPINION_COLUMNS` no plan asks for it; the line shows why.
"""

import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optimizer.finding import solve_options
from optimizer.model import build_model
from optimizer.problem import state
from optimizer.solve_arrays import compile_model
from optimizer.solve_highs import Watch, load, run
from optimizer.solve_protocol import SolveRequest
from optimizer.solve_twice import second_opinion
from scenarios.loading import load_scenario
from scenarios.scenario import Scenario
from tests.random_commitments import a_committed_fleet, an_uncertain_fleet
from tests.random_fleets import a_random_fleet

SEEDS = range(20)
EXAMPLES = ("small", "policy")
MS = 1000.0


@dataclass(frozen=True, slots=True)
class Kind:
    """Scenarios that are measured together."""

    name: str
    scenarios: tuple[Scenario, ...]


def kinds() -> Iterator[Kind]:
    """The random fleets by their generator, then the examples."""
    for generator in (a_random_fleet, a_committed_fleet, an_uncertain_fleet):
        yield Kind(generator.__name__, tuple(generator(seed) for seed in SEEDS))
    for name in EXAMPLES:
        yield Kind(name, (load_scenario(Path("scenarios/examples") / name).scenario,))


def measured(kind: Kind) -> str:
    """A line: most columns, and the CPU milliseconds of an average first and second solve."""
    first_s = second_s = 0.0
    columns = 0
    for scenario in kind.scenarios:
        problem = state(scenario)
        model = build_model(problem)
        arrays = compile_model(model).arrays
        request = SolveRequest(arrays, solve_options(problem, model.money_scale_usd))
        watch = Watch(io.BytesIO(), threading.Event(), time.monotonic(), request.options.time_limit_s)
        columns = max(columns, len(arrays.cost))
        started = time.process_time()
        reply = run(load(request), watch, whole=True)
        solved = time.process_time()
        second_opinion(request, reply, watch)
        first_s, second_s = first_s + solved - started, second_s + time.process_time() - solved
    count = len(kind.scenarios)
    means = f"first {MS * first_s / count:9.1f}  second {MS * second_s / count:9.1f}"
    return f"{kind.name:20} {columns:6,} columns  {means}"


def main() -> None:
    """Print a line for every kind."""
    for kind in kinds():
        print(measured(kind), flush=True)


if __name__ == "__main__":
    main()
