"""How the enterprise fleet grows: size of the model, proven gap, CPU seconds to build and to solve.

`python -m tests.benchmarks.enterprise`: a base size and twice of each dimension; with the word `full` the whole case.
"""

import resource
import sys
import time
from dataclasses import dataclass, replace

from optimizer.model import build_model
from optimizer.problem import state
from optimizer.run import solve_options
from optimizer.solve import solve_whole
from optimizer.solve_arrays import compile_model
from tests.enterprise_fleet import Size, an_enterprise


@dataclass(frozen=True, slots=True)
class Grown:
    """A variant of the base size for the growth table."""

    what: str
    size: Size


BASE = Size(workloads=12, offerings=24, months=12, blocks=4, contingencies=3)


def variants(base: Size) -> list[Grown]:
    """The base, and twice of each dimension in turn."""
    doubled = [
        Grown(f"2 x {name}", replace(base, **{name: 2 * getattr(base, name)}))
        for name in ("workloads", "offerings", "months", "blocks", "contingencies", "outlooks")
    ]
    return [Grown("base", base), *doubled]


def measured(grown: Grown) -> str:
    """A line: size of the model, gap, CPU seconds to build and to solve, memory of the solver."""
    problem = state(an_enterprise(grown.size))
    started = time.process_time()
    model = build_model(problem)
    arrays = compile_model(model).arrays
    build = time.process_time() - started
    before = _children_s()
    solved = solve_whole(arrays, solve_options(problem, model.money_scale_usd))
    spent = _children_s() - before
    gap = (solved.objective - solved.bound) / solved.objective
    return f"{grown.what:18} {len(arrays.cost):9,} columns {gap:8.3%}  build {build:6.1f} s  solve {spent:6.1f} s"


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """The growth table; with the word `full` the whole enterprise case, which takes minutes."""
    sizes = [Grown("enterprise", Size())] if "full" in sys.argv[1:] else variants(BASE)
    for grown in sizes:
        print(measured(grown), flush=True)
    peak_gib = (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 2**20
    )
    print(f"most memory of a process: {peak_gib:.1f} GiB")


if __name__ == "__main__":
    main()
