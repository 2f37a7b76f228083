"""What can stand in the way of a plan.

    RuntimeError
      Impossible      no plan can keep all rules; says which, in the user's words
      Infeasible      the model has no solution (a row nothing can meet, or the solver's word, said twice)
      NoPlan          stopped before any plan was found
      SolverFault     the solver crashed, failed, or disagrees with itself or with the bills
        SolverRefused   the installed solver is known to be wrong
        NotFinite       a coefficient is not a finite number
"""


class Impossible(RuntimeError):
    """No plan can keep all the rules; `reasons` says why in the user's words."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class Infeasible(RuntimeError):
    """The model has no solution: a row that nothing can meet, or the solver's word, said twice."""


class NoPlan(RuntimeError):
    """Stopped before any feasible plan was found."""

    def __init__(self, interrupted: bool) -> None:
        super().__init__("stopped before a plan was found")
        self.interrupted = interrupted


class SolverFault(RuntimeError):
    """The solver crashed, failed, or disagreed with itself."""


class SolverRefused(SolverFault):
    """The installed solver is known to be wrong."""


class NotFinite(SolverFault):
    """A coefficient, bound or cost that is not a finite number."""
