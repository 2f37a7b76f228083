"""How long each phase takes by the size of the model: the figures of reports/phase_times.py, as it holds them.

Fleets of tests/benchmarks/growth.py and the realistic example, one run each.
"""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from optimizer.run import PlanOptions, plan_fleet
from optimizer.solve_protocol import Progress
from reports.publishing import output_folder, publish
from scenarios.loading import load_scenario
from scenarios.scenario import Scenario
from tests.benchmarks.growth import Size, a_fleet

SIZES = (Size(6, 12, 4), Size(12, 12, 4), Size(24, 12, 4), Size(24, 24, 4))
REALISTIC = Path(__file__).parents[2] / "scenarios" / "examples" / "realistic"
SHORTEST_S = 0.01
"""Anything quicker is told as this: a logarithm is taken of it."""


@dataclass
class Clock:
    """Seconds by phase, in the order in which phases begin."""

    nonzeros: int = 0
    phases: list[tuple[str, float]] = field(default_factory=list)

    def begin(self, phase: str) -> None:
        """A phase begins, unless it is the one that is running; a search begins with the relaxation."""
        phase = "relaxation" if phase == "solve" else phase
        if not self.phases or self.phases[-1][0] != phase:
            self.phases.append((phase, time.perf_counter()))

    def size(self, nonzeros: int) -> None:
        """The model is built."""
        self.nonzeros = nonzeros

    def progress(self, progress: Progress, _: float) -> None:
        """The search goes on."""
        self.begin(progress.phase)

    def seconds(self) -> list[tuple[str, float]]:
        """What each phase took."""
        ends = [moment for _, moment in self.phases[1:]]
        return [(name, end - begun) for (name, begun), end in zip(self.phases, ends, strict=False)]


def main() -> None:
    """Print a line for every phase of every size."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("out") / "phase_times"
    scenarios = [*(a_fleet_with_risks(size) for size in SIZES), load_scenario(REALISTIC).scenario]
    for scenario in scenarios:
        clock = timed(scenario, out)
        for phase, seconds in clock.seconds():
            print(f"{phase:<18} Measured({clock.nonzeros:_}, {max(seconds, SHORTEST_S):.2f})", flush=True)


def a_fleet_with_risks(size: Size) -> Scenario:
    """A fleet whose contingencies cost something when they come, as real ones do."""
    fleet = a_fleet(size)
    events = tuple(
        event.model_copy(update={"probability_per_year": 0.1, "duration_hours": 24.0})
        for event in fleet.policy.contingencies
    )
    return fleet.model_copy(update={"policy": fleet.policy.model_copy(update={"contingencies": events})})


def timed(scenario: Scenario, out: Path) -> Clock:
    """One run with everything that `siliconmix plan` does."""
    clock = Clock()
    options = PlanOptions(on_phase=clock.begin, on_size=clock.size, on_progress=clock.progress)
    with output_folder(out) as folder:
        plan = plan_fleet(scenario, options)
        clock.begin("write")
        publish(plan, folder)
    clock.begin("end")
    return clock


if __name__ == "__main__":
    main()
