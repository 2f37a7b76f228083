"""Whether a plan exists for a scenario that differs in some rules or numbers: solves for feasibility, within a time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self

from optimizer.diagnosing.restating import restated
from optimizer.faults import Infeasible, NoPlan, SolverFault
from optimizer.model import build_model
from optimizer.problem import Problem
from optimizer.solve import Session, solve_in
from optimizer.solve_arrays import compile_model
from optimizer.solve_protocol import SolveOptions
from scenarios.scenario import Scenario

MOST_SECONDS_A_TRY = 60.0
"""A try that takes longer is left undecided, so that the others have their turn."""


class Verdict(Enum):
    """What a try came to."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"


Step = Callable[[str], None]
"""Told what is tried next."""


@dataclass
class Tries:
    """Asks one solver process again and again; use as a context manager. After a stop all is undecided."""

    problem: Problem
    seconds: float
    clock: Callable[[], float] = time.monotonic
    on_step: Step = field(default=lambda what: None)
    was_interrupted: bool = False
    faults: list[str] = field(default_factory=list)
    """What the solver failed in."""
    session: Session = field(default_factory=Session)
    second: Session = field(default_factory=Session)
    """Asked again, without presolve, wherever the first says no."""
    _ends_at: float = 0.0

    def __enter__(self) -> Self:
        return self.begun()

    def begun(self) -> Self:
        """Let the time run, without ending the processes afterwards: for sessions of somebody else."""
        self._ends_at = self.clock() + self.seconds
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.end()
        self.second.end()

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to be had: the time is up, or the user has stopped it."""
        return self.was_interrupted or self.clock() >= self._ends_at

    def possible(self, scenario: Scenario, what: str) -> Verdict:
        """Whether a plan exists; `what` says to the user what is tried."""
        if self.is_over:
            return Verdict.UNDECIDED
        self.on_step(what)
        try:
            self._solve(restated(self.problem, scenario))
        except Infeasible:
            return Verdict.IMPOSSIBLE
        except NoPlan as none:
            self.was_interrupted = self.was_interrupted or none.interrupted
            return Verdict.UNDECIDED
        except KeyboardInterrupt:
            self.was_interrupted = True
            return Verdict.UNDECIDED
        except SolverFault as fault:
            self.faults.append(f"{what}: the solver: {fault}")
            return Verdict.UNDECIDED
        return Verdict.POSSIBLE

    def _solve(self, problem: Problem) -> None:
        arrays = compile_model(build_model(problem)).arrays
        left_s = self._ends_at - self.clock()
        if left_s <= 0:
            raise NoPlan(interrupted=False)
        options = any_plan(min(left_s, MOST_SECONDS_A_TRY), problem.scenario.run.seed)
        solve_in(self.session, arrays, options, second=self.second)


def any_plan(seconds: float, seed: int) -> SolveOptions:
    """Stop at the first plan that is found."""
    return SolveOptions(gap_share=1.0, gap_absolute=1e30, time_limit_s=seconds, seed=seed)
