"""Checks of a negotiation: signs, ends and worths worked out again from the solves, against what is stated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.negotiating.records import Bracket, ClauseWorth, Negotiation, Solve
from reports.comparison.checks import write_checks
from reports.formulas import Expr, Where
from reports.functions import count_where, filled, quoted, same_order
from reports.negotiating.solves import TrialRow
from reports.records import Records
from reports.sheets.check import Check


@dataclass(frozen=True)
class Written:
    """The sheets that the checks look at."""

    solves: Records[Solve]
    trials: Records[TrialRow]
    brackets: Records[Bracket]
    clauses: Records[ClauseWorth]


def checks_sheet(found: Negotiation, written: Written) -> tuple[Records[Check], Expr]:
    """The list of checks and the name of the master check."""
    checks = [*_solves(found, written), *_brackets(found, written), *_clauses(found, written)]
    return write_checks(checks, "Checks: do the numbers follow from the solves?")


def _solves(found: Negotiation, written: Written) -> Iterator[Check]:
    solves = written.solves
    yield Check("Solves listed", filled(solves.column("Solve")), len(found.solves), "solves", "a solve is missing")
    if not found.solves:
        return
    solved = count_where(Where(solves.column("Outcome"), "=", quoted("solved")))
    in_order = count_where(Where(solves.column("Gap USD"), ">=", Expr("-0.01", -0.01)))
    unsolved = sum(solve.outcome != "solved" for solve in found.solves)
    yield Check(
        "Solves whose bound is not above their incumbent",
        in_order - Expr(f"{unsolved}", unsolved),
        solved.value,
        "solves",
        "a proof contradicts itself",
    )


def _brackets(found: Negotiation, written: Written) -> Iterator[Check]:
    trials = written.trials
    if not trials.rows:
        return
    agreeing = same_order(trials.column("Sign"), trials.column("Stated"))
    meaning = "a sign does not follow from its two solves"
    yield Check("Signs that follow from the solves", agreeing, len(trials.rows), "values", meaning)
    meaning = "an end of a bracket is not that of its trials"
    for i, bracket in enumerate(found.brackets):
        inside = -1 if bracket.proven_in is None else bracket.proven_in.value
        outside = bracket.highest + 1 if bracket.proven_out is None else bracket.proven_out.value
        text = f"{bracket.question}: the highest value that is proven in (-1: none)"
        yield Check(text, written.brackets.fixed(i, "Out is above"), inside, bracket.unit, meaning)
        text = f"{bracket.question}: the lowest value above it that is proven out (beyond the highest: none)"
        yield Check(text, written.brackets.fixed(i, "Lowest out"), outside, bracket.unit, meaning)


def _clauses(found: Negotiation, written: Written) -> Iterator[Check]:
    meaning = "a worth does not follow from its two solves"
    if written.clauses.rows:
        same = same_order(written.clauses.column("Verdict"), written.clauses.column("Stated"))
        yield Check("Verdicts that follow from the solves", same, len(written.clauses.rows), "clauses", meaning)
    for i, clause in enumerate(written.clauses.rows):
        if clause.usd is None:
            continue
        for header, stated in (("At least USD", clause.at_least_usd), ("At most USD", clause.at_most_usd)):
            text = f"{clause.clause}: worth {header.removesuffix(' USD').lower()}"
            yield Check(text, written.clauses.fixed(i, header), stated, "USD", meaning)
