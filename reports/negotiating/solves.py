"""Solves: every question to the solver with what it proved; Trials: every value that was tried, its sign by formula."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.negotiating.proofs import Sign
from optimizer.negotiating.records import Bracket, Negotiation, Solve, TrialMade
from optimizer.tolerances import SOLVER_TOLERANCE
from reports.formulas import ZERO, Expr
from reports.functions import compared, greatest, looked_up, quoted, size, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import TOTAL_ROW, Field, Line, Records, write_records

NOT_KNOWN = Expr("1E+12", 1e12)
"""Stands for no bound at all, and for the cost of plans of which there are none."""


MOST_CHANGES = 4


@dataclass(frozen=True)
class TrialRow:
    """A value of a bracket."""

    bracket: Bracket
    trial: TrialMade


def solves_sheet(found: Negotiation) -> Records[Solve]:
    """One line for each solve, in the order in which they were asked."""
    grid = Grid("Solves", "workings")
    grid.put(TOTAL_ROW, 3, "Tolerance of the solver, as a share", kind=Kind.NOTE)
    grid.put(TOTAL_ROW, 5, SOLVER_TOLERANCE, kind=Kind.INPUT, fmt=Fmt.FACTOR)
    tolerance = grid.name_cell(TOTAL_ROW, 5, "SolverTolerance")
    return write_records(
        grid,
        "tblSolves",
        _solve_fields(tolerance),
        found.solves,
        "Solves: all that was asked of the solver",
        "The least cost of all plans under the condition lies between bound and incumbent; 1E+12 stands for no plan.",
    )


def _solve_fields(tolerance: Expr) -> list[Field[Solve]]:
    decided, calc, money = Kind.DECISION, Kind.CALC, Fmt.CENTS
    solved, impossible = quoted("solved"), quoted("impossible")

    def at_least(solve: Solve, at: Line) -> Expr:
        unsolved = when(compared(at["Outcome"], "=", impossible), NOT_KNOWN, ZERO - NOT_KNOWN)
        return when(compared(at["Outcome"], "=", solved), at["Bound USD"], unsolved)

    def at_most(solve: Solve, at: Line) -> Expr:
        return when(compared(at["Outcome"], "=", solved), at["Incumbent USD"], NOT_KNOWN)

    def may_be_off(solve: Solve, at: Line) -> Expr:
        largest = greatest(size(at["Bound USD"]), size(at["Incumbent USD"]))
        return when(compared(at["Outcome"], "=", solved), tolerance * largest + at["Rounding USD"], ZERO)

    return [
        Field("Solve", lambda r, _: r.number, fmt=Fmt.WHOLE),
        Field("Question", lambda r, _: r.question, max_width=24),
        Field("Value", lambda r, _: r.value, Kind.INPUT, Fmt.GENERAL),
        Field("Condition", lambda r, _: r.condition, wrap=True, max_width=34),
        Field("Outcome", lambda r, _: r.outcome, decided),
        Field("Incumbent USD", lambda r, _: r.incumbent_usd, decided, money),
        Field("Bound USD", lambda r, _: r.bound_usd, decided, money),
        Field("Gap USD", lambda _, at: at["Incumbent USD"] - at["Bound USD"], calc, money),
        Field("Asked gap share", lambda r, _: r.asked_gap_share, Kind.INPUT, Fmt.FACTOR),
        Field("Rounding USD", lambda r, _: r.rounding_usd, decided, money),
        Field("At least USD", at_least, calc, money),
        Field("At most USD", at_most, calc, money),
        Field("May be off USD", may_be_off, calc, money),
        Field("Uses the offer", lambda r, _: r.is_used, decided),
        Field("Cost of the offer USD", lambda r, _: r.own_usd, decided, money),
        Field("How", lambda r, _: r.how, decided),
        Field("Seconds", lambda r, _: r.elapsed_s, decided, Fmt.QUANTITY, total=True),
        Field("Changed", _changed, Kind.INPUT, wrap=True, max_width=60),
        Field("Note", lambda r, _: r.note[:300], Kind.NOTE, wrap=True, max_width=40),
        Field("Inputs", lambda r, _: r.fingerprint[:12], decided),
    ]


def _changed(solve: Solve, _: Line) -> str:
    more = len(solve.changes) - MOST_CHANGES
    return "; ".join(solve.changes[:MOST_CHANGES]) + (f"; and {more} more" if more > 0 else "")


def trials_sheet(found: Negotiation, solves: Records[Solve]) -> Records[TrialRow]:
    """One line for each value that was tried; its sign is worked out from the two solves."""
    grid = Grid("Trials", "workings")
    rows = [TrialRow(bracket, trial) for bracket in found.brackets for trial in bracket.trials]
    return write_records(
        grid,
        "tblTrials",
        _trial_fields(solves),
        rows,
        "Trials: at which values the offer is in, and at which it is out",
        "In: a plan with it costs less than any without it could. Out: the other way round. Never by incumbents alone.",
    )


def _trial_fields(solves: Records[Solve]) -> list[Field[TrialRow]]:
    calc, money = Kind.CALC, Fmt.CENTS
    numbers = solves.column("Solve")

    def of(which: str, header: str) -> Field[TrialRow]:
        column = solves.column(header)
        return Field(
            f"{which} {header.lower().removesuffix(' usd')} USD",
            lambda _, at: looked_up(at[f"Solve {which.lower()}"], numbers, column),
            Kind.LINK,
            money,
        )

    def sign(_: TrialRow, at: Line) -> Expr:
        is_in = compared(at["With at most USD"] + at["May be off USD"], "<", at["Without at least USD"])
        is_out = compared(at["With at least USD"] - at["May be off USD"], ">", at["Without at most USD"])
        otherwise = when(is_out, quoted(Sign.OUT.value), quoted(Sign.UNDECIDED.value))
        solvable = when(is_in, quoted(Sign.IN.value), otherwise)
        return when(compared(at["Outcome with"], "=", quoted("impossible")), quoted(Sign.OUT.value), solvable)

    def only(sign_: Sign) -> Field[TrialRow]:
        return Field(
            f"{sign_.value.capitalize()} for",
            lambda _, at: when(compared(at["Sign"], "=", quoted(sign_.value)), at["Question"], quoted("-")),
            calc,
        )

    off = solves.column("May be off USD")
    return [
        Field("Question", lambda r, _: r.bracket.question, max_width=24),
        Field("Value", lambda r, _: r.trial.value, Kind.INPUT, Fmt.GENERAL),
        Field("Solve with", lambda r, _: r.trial.with_solve, fmt=Fmt.WHOLE),
        Field("Solve without", lambda r, _: r.trial.without_solve, fmt=Fmt.WHOLE),
        Field(
            "Outcome with",
            lambda _, at: looked_up(at["Solve with"], numbers, solves.column("Outcome")),
            Kind.LINK,
        ),
        of("With", "At least USD"),
        of("With", "At most USD"),
        of("Without", "At least USD"),
        of("Without", "At most USD"),
        Field(
            "May be off USD",
            lambda _, at: looked_up(at["Solve with"], numbers, off) + looked_up(at["Solve without"], numbers, off),
            calc,
            money,
        ),
        Field("Sign", sign, calc),
        Field("Stated", lambda r, _: r.trial.sign.value, Kind.DECISION),
        only(Sign.IN),
        only(Sign.OUT),
    ]
