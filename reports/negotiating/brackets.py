"""Brackets: between which two values an offer leaves the plan, from the trials by formula; Clauses with their chart."""

from __future__ import annotations

from optimizer.negotiating.proofs import Sign
from optimizer.negotiating.records import Bracket, ClauseWorth, Negotiation, Solve
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, count_where, greatest, looked_up, member_max, member_min, quoted, when
from reports.grid import Grid
from reports.layout import Chart, Fmt, Kind, Series
from reports.negotiating.solves import TrialRow
from reports.negotiating.words import ranked, worth_words
from reports.records import FIRST_ROW, Field, Line, Records, write_records

NONE = "none"


def brackets_sheet(found: Negotiation, trials: Records[TrialRow]) -> Records[Bracket]:
    """One line for each question; both ends are worked out from the trials."""
    grid = Grid("Brackets", "decisions")
    return write_records(
        grid,
        "tblBrackets",
        _bracket_fields(trials),
        found.brackets,
        "Brackets: up to which value it is in, and from which it is out",
        "A haircut is a share; prices are in the unit that stands beside them. Both ends are proven by bounds.",
    )


def _bracket_fields(trials: Records[TrialRow]) -> list[Field[Bracket]]:
    calc, value, decided = Kind.CALC, Fmt.GENERAL, Kind.DECISION
    values, inside, outside = trials.column("Value"), trials.column("In for"), trials.column("Out for")

    def proven_in(_: Bracket, at: Line) -> Expr:
        some = compared(count_where(Where(inside, "=", at["Question"])), "=", ZERO)
        return when(some, quoted(NONE), member_max(inside, at["Question"], values))

    def floor(bracket: Bracket, at: Line) -> Expr:
        has_none = compared(at["Proven in up to"], "=", quoted(NONE))
        return when(has_none, Expr("-1", -1), at["Proven in up to"])

    def lowest_out(_: Bracket, at: Line) -> Expr:
        beyond = at["Highest looked at"] + ONE
        return member_min(outside, at["Question"], values, above=at["Out is above"], beyond=beyond)

    def proven_out(_: Bracket, at: Line) -> Expr:
        return when(compared(at["Lowest out"], ">", at["Highest looked at"]), quoted(NONE), at["Lowest out"])

    return [
        Field("Question", lambda r, _: r.question, max_width=24),
        Field("What is asked", lambda r, _: r.said, wrap=True, max_width=40),
        Field("Unit", lambda r, _: r.unit, max_width=24),
        Field("Offered", lambda r, _: r.asked_value, Kind.INPUT, value),
        Field("At the offered value", lambda r, _: r.asked_sign.value, decided),
        Field("Proven in up to", proven_in, calc, value),
        Field("Out is above", floor, calc, value),
        Field("Highest looked at", lambda r, _: r.highest, Kind.INPUT, value),
        Field("Lowest out", lowest_out, calc, value),
        Field("Proven out from", proven_out, calc, value),
        Field("As narrow as", lambda r, _: r.tolerance, Kind.INPUT, value),
        Field(
            "Values tried",
            lambda r, at: count_where(Where(trials.column("Question"), "=", at["Question"])),
            calc,
            Fmt.WHOLE,
        ),
        Field("Seconds", lambda r, _: r.elapsed_s, decided, Fmt.QUANTITY),
        Field("Ended", lambda r, _: r.ended.value, decided, wrap=True, max_width=34),
        Field("Note", lambda r, _: r.note[:300], Kind.NOTE, wrap=True, max_width=30),
    ]


def clauses_sheet(found: Negotiation, solves: Records[Solve]) -> Records[ClauseWorth]:
    """What each clause is worth, from the solves by formula; a chart of which is worth the fight."""
    grid = Grid("Clauses", "decisions")
    rows = ranked(found.clauses)
    records = write_records(
        grid,
        "tblClauses",
        _clause_fields(solves),
        rows,
        "Clauses: which one is worth the fight",
        "Worth: the least cost without the clause less the least cost with it; it lies between at least and at most.",
    )
    figures = sum(clause.usd is not None for clause in rows)
    if figures:
        grid.charts.append(_tornado(records, figures, FIRST_ROW + len(rows) + 1))
    return records


def _clause_fields(solves: Records[Solve]) -> list[Field[ClauseWorth]]:
    calc, money = Kind.CALC, Fmt.CENTS
    numbers = solves.column("Solve")

    def less(header: str, without: str, with_it: str) -> Field[ClauseWorth]:
        def worth(clause: ClauseWorth, at: Line) -> Expr | None:
            if clause.usd is None:
                return None
            left = looked_up(at["Solve without"], numbers, solves.column(without))
            return left - looked_up(at["Solve with"], numbers, solves.column(with_it))

        return Field(header, worth, calc, money)

    def off(clause: ClauseWorth, at: Line) -> Expr | None:
        if clause.usd is None:
            return None
        column = solves.column("May be off USD")
        return looked_up(at["Solve without"], numbers, column) + looked_up(at["Solve with"], numbers, column)

    def verdict(clause: ClauseWorth, at: Line) -> Expr | None:
        if clause.usd is None:
            return None
        pays = compared(at["At least USD"], ">", at["May be off USD"])
        costs = compared(at["At most USD"] + at["May be off USD"], "<", ZERO)
        widest = greatest(ZERO - at["At least USD"], at["At most USD"])
        nothing = compared(widest, "<=", at["May be off USD"])
        hidden = when(nothing, quoted("worth nothing"), quoted("not distinguishable"))
        return when(pays, quoted("worth something"), when(costs, quoted("costs something"), hidden))

    return [
        Field("Clause", lambda r, _: r.clause, max_width=28),
        Field("The offer", lambda r, _: "has it" if r.is_there else "lacks it", Kind.INPUT),
        Field("What is compared", lambda r, _: r.said, wrap=True, max_width=56),
        Field("Solve with", lambda r, _: r.with_solve, fmt=Fmt.WHOLE),
        Field("Solve without", lambda r, _: r.without_solve, fmt=Fmt.WHOLE),
        less("At least USD", "Bound USD", "Incumbent USD"),
        less("As found USD", "Incumbent USD", "Incumbent USD"),
        less("At most USD", "Incumbent USD", "Bound USD"),
        Field("May be off USD", off, calc, money),
        Field("Verdict", verdict, calc),
        Field("Stated", lambda r, _: r.verdict if r.usd is not None else None, Kind.DECISION),
        Field(
            "Reason", lambda r, _: "" if r.usd is not None else worth_words(r)[:300], Kind.NOTE, wrap=True, max_width=40
        ),
    ]


def _tornado(records: Records[ClauseWorth], count: int, row: int) -> Chart:
    names = f"={records.span('Clause', count).text}"

    def bars(name: str, header: str) -> Series:
        return Series(name, names, f"={records.span(header, count).text}")

    return Chart(
        "Worth of each clause: what is proven, and what it may be",
        "tornado",
        (bars("at most", "At most USD"), bars("at least", "At least USD")),
        row,
        0,
        "USD over the plan",
        width=760,
        height=80 + 34 * max(3, count),
    )


__all__ = ["NONE", "Sign", "brackets_sheet", "clauses_sheet"]
