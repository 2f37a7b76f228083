"""What the planning process and the solver process say to each other: pickled records with a length."""

import pickle
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.opinion import SecondOpinion


@dataclass(frozen=True)
class SolveOptions:
    """How hard to try. Gaps are in the units of the arrays."""

    gap_share: float
    gap_absolute: float
    time_limit_s: float
    seed: int
    presolve: bool = True

    def highs(self) -> tuple[tuple[str, Any], ...]:
        """HiGHS options by name; each is read back after it is set."""
        return (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", self.seed),
            ("presolve", "choose" if self.presolve else "off"),
            ("mip_rel_gap", self.gap_share),
            ("mip_abs_gap", self.gap_absolute),
            ("time_limit", self.time_limit_s),
            ("mip_lp_solver", "ipx"),
            ("mip_feasibility_tolerance", 1e-6),
            ("primal_feasibility_tolerance", 1e-7),
            ("dual_feasibility_tolerance", 1e-7),
        )


@dataclass(frozen=True)
class SolveRequest:
    """Solve this model."""

    arrays: Arrays
    options: SolveOptions


@dataclass(frozen=True)
class FixRequest:
    """Solve the last model again as a linear program with its whole columns fixed at these values."""

    columns: NDArray[np.int32]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class CloseRequest:
    """Solve the last model again with these columns held at 0."""

    columns: NDArray[np.int32]
    options: SolveOptions


@dataclass(frozen=True)
class TieRequest:
    """Among plans that cost no more than the limit, the one that is best by each objective in turn.

    The last model is solved again with `cost @ x + offset <= cost_limit`; its whole columns are held at `values`,
    or left free to move from there where the model is small.
    """

    columns: NDArray[np.int32]
    values: NDArray[np.float64]
    cost_limit: float
    objectives: tuple[NDArray[np.float64], ...]
    """One coefficient for every column each; the first counts most."""


@dataclass(frozen=True)
class Changed:
    """What differs from a model of the same structure."""

    columns: NDArray[np.bool_]
    """Columns that may be what they could not be: with another lower limit, or a higher upper one."""
    rows: NDArray[np.bool_]
    """Rows with other limits or coefficients."""
    cost_kept: NDArray[np.float64]
    """The share of its cost that every column still has at least: 1 where it is as dear or dearer."""


@dataclass(frozen=True)
class LearnRequest:
    """Tell what the last model has taught, whose plan has these whole columns."""

    whole: NDArray[np.float64]


@dataclass(frozen=True)
class AgainRequest:
    """Solve this model from what one like it has taught: the same structure, other numbers in some places."""

    arrays: Arrays
    options: SolveOptions
    lesson: bytes
    """As it was told: nobody but the solver process can read it."""
    changed: Changed


@dataclass(frozen=True)
class HeldRequest:
    """Find a plan of this model with some whole columns held, good enough for a bound that is known already."""

    arrays: Arrays
    options: SolveOptions
    held: FixRequest
    bound: float


@dataclass(frozen=True)
class Held:
    """Columns held at values in a linear program, and columns whose values are to be told."""

    columns: tuple[int, ...]
    values: tuple[float, ...]
    told: tuple[int, ...] = ()


@dataclass(frozen=True)
class PriceRequest:
    """Solve a model without whole columns, from the basis of one that was solved before; then with columns held."""

    arrays: Arrays
    options: SolveOptions
    lesson: bytes
    """Of a model with the same rows and columns."""
    held: tuple[Held, ...] = ()
    """One after the other, each alone."""


@dataclass(frozen=True)
class HeldReply:
    """The least cost with some columns held; None where there is none, or no time for it."""

    objective: float | None
    told: tuple[float, ...] = ()


@dataclass(frozen=True)
class PriceReply:
    """The optimum with the reduced cost of every column, in the units of the arrays; None where there is none."""

    objective: float | None
    reduced_cost: NDArray[np.float64] | None
    held: tuple[HeldReply, ...] = ()


@dataclass(frozen=True)
class LearnReply:
    """What was learned, to be kept and given back."""

    lesson: bytes


@dataclass(frozen=True)
class StopRequest:
    """Stop as soon as possible and report what there is."""


@dataclass(frozen=True)
class Progress:
    """Where the solver stands, in the units of the arrays; None while unknown."""

    elapsed_s: float
    incumbent: float | None
    bound: float | None
    nodes: int
    phase: str = "branch and bound"
    """What the solver does: relaxation, dive, dispatch, branch and bound."""


class SolveStatus(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    """A plan or none, a bound, and nothing more was tried."""
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    UNDECIDED = "infeasible_or_unbounded"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True)
class SolveReply:
    """The end of a solve; `values` is None without a feasible point."""

    status: SolveStatus
    values: NDArray[np.float64] | None
    objective: float | None
    bound: float | None
    elapsed_s: float
    detail: str = ""
    opinion: SecondOpinion = SecondOpinion.NOT_ASKED


def send(stream: IO[bytes], message: object) -> None:
    """Write one message."""
    payload = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(struct.pack("<Q", len(payload)))
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message; EOFError when the other side has closed."""
    header = _exactly(stream, 8)
    return pickle.loads(_exactly(stream, struct.unpack("<Q", header)[0]))


def _exactly(stream: IO[bytes], count: int) -> bytes:
    chunks = []
    while count:
        chunk = stream.read(count)
        if not chunk:
            raise EOFError
        chunks.append(chunk)
        count -= len(chunk)
    return b"".join(chunks)
