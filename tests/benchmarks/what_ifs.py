"""What a what-if costs beside a plan from nothing on the realistic example: CPU seconds of process and solver.

One run from nothing (files read, built, solved, audited; no baselines), some what-ifs of a single input, and a sweep of
100 points along a price, walked in order in runs of ten neighbours that each begin with `forget()`, as `siliconmix
sweep` does. `make bench`, or `python -m tests.benchmarks.what_ifs 3` for every third of the ten runs.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar

from optimizer.living.living import Answer, LivingModel
from scenarios.inputs import Inputs, parse_set

REALISTIC = Path(__file__).resolve().parents[2] / "scenarios" / "examples" / "realistic"
PRICE = "contracts.quote-h200-euw1-12m.price_usd_per_node_hour"
WHAT_IFS = (
    f"{PRICE}=+1%",
    f"{PRICE}=+5%",
    "contracts.od-nebius-h200-euw1.price_usd_per_node_hour=+10%",
    "contracts.quote-trn3-use1-24m.price_usd_per_node_hour=-5%",
)
LOWEST_PERCENT, HIGHEST_PERCENT = -10.0, 10.0
POINTS, RUN = 100, 10

T = TypeVar("T")


def main() -> None:
    """Print every answer and the ratios."""
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with LivingModel() as living:
        cold_s, (inputs, first) = timed(living, lambda: from_nothing(living))
        print(said("from nothing", cold_s, first), flush=True)
        what_ifs = [what_if_s(living, inputs, change) for change in WHAT_IFS]
        sweep = sweep_s(living, inputs, every)
    print(f"\n{cold_s:8.1f} CPU s  a plan from nothing")
    for change, spent_s in zip(WHAT_IFS, what_ifs, strict=True):
        print(f"{spent_s:8.1f} CPU s  1/{cold_s / spent_s:.1f}  {change}")
    ratio = len(sweep) * cold_s / sum(sweep)
    print(f"{sum(sweep):8.1f} CPU s  1/{ratio:.1f}  {len(sweep)} points, {median(sweep):.1f} each at the median")


def from_nothing(living: LivingModel) -> tuple[Inputs, Answer]:
    """Read and plan."""
    inputs = Inputs.read(REALISTIC)
    return inputs, living.answer(inputs.load().scenario)


def what_if_s(living: LivingModel, inputs: Inputs, change: str) -> float:
    """CPU seconds of the first answer after the one from nothing."""
    living.forget()
    return priced_s(living, inputs, change)


def sweep_s(living: LivingModel, inputs: Inputs, every: int) -> list[float]:
    """CPU seconds of every point of so many of the runs."""
    spent = []
    for run in range(0, POINTS // RUN, every):
        living.forget()
        for point in range(run * RUN, (run + 1) * RUN):
            percent = LOWEST_PERCENT + (HIGHEST_PERCENT - LOWEST_PERCENT) * point / (POINTS - 1)
            spent.append(priced_s(living, inputs, f"{PRICE}={percent:+.4f}%"))
    return spent


def priced_s(living: LivingModel, inputs: Inputs, change: str) -> float:
    """CPU seconds of one answer."""
    spent_s, answer = timed(living, lambda: living.answer(inputs.load([parse_set(change)]).scenario))
    print(said(change, spent_s, answer), flush=True)
    return spent_s


def said(name: str, spent_s: float, answer: Answer) -> str:
    """One line."""
    plan = answer.plan
    proven = f"{plan.incumbent_usd:14,.0f} USD, proven within {plan.gap:.3%}"
    return f"{spent_s:7.1f} CPU s, {answer.elapsed_s:6.1f} s  {answer.how:8} {proven}  {name}"


def timed(living: LivingModel, ask: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of this process and of the solver's, and what was asked for."""
    before = cpu_s(living)
    answer = ask()
    return cpu_s(living) - before, answer


def cpu_s(living: LivingModel) -> float:
    """CPU seconds of this process, of its ended children and of the solver process that is running."""
    own = os.times()
    spent = own.user + own.system + own.children_user + own.children_system
    running = living.solver_pid
    if running is None:
        return spent
    fields = Path(f"/proc/{running}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return spent + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
