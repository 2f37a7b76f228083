"""What a Plan says of how it was computed: versions and the run of the solver."""

from catalog.records import Record
from optimizer.opinion import SecondOpinion


class Versions(Record):
    """What computed the plan."""

    siliconmix: str
    python: str
    pyomo: str
    highspy: str


class SolverRecord(Record):
    """How the solver was run: enough to run it again."""

    options: tuple[tuple[str, str], ...]
    seed: int
    columns: int
    rows: int
    nonzeros: int
    integers: int
    money_scale_usd: float
    """One unit of the objective in dollars."""
    smallest_coefficient: float
    largest_coefficient: float
    second_opinion: SecondOpinion = SecondOpinion.NOT_ASKED
    """What a second solve without presolve has said of the first; options are those of the one that was believed."""
