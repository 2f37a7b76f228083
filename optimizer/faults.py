"""What can stand in the way of a plan.

    RuntimeError
      Impossible      no plan can keep all rules; says which, in the user's words
      Infeasible      the model has no solution (a row nothing can meet, or the solver's word, said twice)
      NoPlan          stopped before any plan was found
      SolverFault     the solver crashed, failed, or disagrees with itself or with the bills
        Disagreement    of one model it says both that there is a plan and that there is none
        SolverRefused   the installed solver is known to be wrong
        NotFinite       a coefficient is not a finite number
"""

from optimizer.arrays import Arrays
from optimizer.diagnosing.records import WhyImpossible


class Impossible(RuntimeError):
    """No plan can keep all the rules; `reasons` says why in the user's words, `why` as records where that is known."""

    def __init__(self, reasons: tuple[str, ...], why: WhyImpossible | None = None) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons
        self.why = why


class Infeasible(RuntimeError):
    """The model has no solution: a row that nothing can meet, or the solver's word, said twice."""


class NoPlan(RuntimeError):
    """Stopped before any feasible plan was found."""

    def __init__(self, interrupted: bool) -> None:
        super().__init__("stopped before a plan was found")
        self.interrupted = interrupted


class SolverFault(RuntimeError):
    """The solver crashed, failed, or disagreed with itself."""


class Disagreement(SolverFault):
    """The solver contradicts itself about one model, which is kept to be looked at."""

    def __init__(self, message: str, arrays: Arrays) -> None:
        super().__init__(message)
        self.arrays = arrays


class SolverRefused(SolverFault):
    """The installed solver is known to be wrong."""


class NotFinite(SolverFault):
    """A coefficient, bound or cost that is not a finite number."""
