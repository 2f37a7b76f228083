"""Why: what was solved again and what came of it. Not_Taken: every idle offer with its reason. Calc_Payback: cash.

    difference, insurance   cost of this plan - cost of the plan without the event
    difference, rule        cost of this plan - cost of the plan with one unit more
    difference, migration   cost of the plan without it - cost of this plan
    at least                bound of the dearer - cost of the cheaper
    at most                 cost of the dearer - bound of the cheaper

What was not solved has a word in the place of its cost and blanks behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from optimizer.plan_why import CashSoFar, NotTaken, WhyOutcome, Worth
from optimizer.plan_why import Why as Told
from reports.facts import Facts
from reports.formulas import ZERO, Expr
from reports.functions import compared, quoted, ratio, total, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import TOTAL_ROW, Field, Line, Records, write_records
from reports.sheets.check import Check
from reports.why_words import NOT_ESTIMATED, how_it_ended, outcome_word, reason_word

COST, BOUND = "Cost of the other plan USD", "Bound of it USD"
DIFFERENCE, AT_LEAST, AT_MOST, PROVEN = "Difference USD", "At least USD", "At most USD", "Proven"
EVENT, MIGRATION, RULE = "insurance", "migration", "rule"
_COST_COL, _BOUND_COL = 7, 8


@dataclass(frozen=True, slots=True)
class Question:
    """A plan that was to be made again, and what came of it."""

    kind: str
    name: str
    outcome: WhyOutcome
    cost_usd: float | None
    bound_usd: float | None
    worth: Worth | None
    reason: str
    times: int | None = None
    path: str = ""
    unit: str = ""
    before: str = ""
    after: str = ""

    @property
    def is_dearer(self) -> bool:
        """Whether the other plan is taken to be the dearer one."""
        return self.kind == MIGRATION


@dataclass(frozen=True, slots=True)
class Ahead:
    """What has been paid by the end of a month with a migration and without."""

    migration: str
    cash: CashSoFar


@dataclass(frozen=True, slots=True)
class WhySheets:
    """The lists; None where a plan has no case."""

    told: Told
    questions: Records[Question]
    not_taken: Records[NotTaken]
    payback: Records[Ahead] | None

    def of_event(self, contingency: str, header: str) -> Expr:
        """A cell of the line of an event."""
        place = next(i for i, row in enumerate(self.questions.rows) if (row.kind, row.name) == (EVENT, contingency))
        return self.questions.fixed(place, header)


def why_sheets(facts: Facts) -> WhySheets | None:
    """None for a plan that does not say why."""
    told = facts.plan.why
    if told is None:
        return None
    ahead = [Ahead(row.migration, cash) for row in told.paybacks for cash in row.cash]
    return WhySheets(
        told,
        _questions(facts, told),
        _not_taken(told),
        _payback(ahead) if ahead else None,
    )


def _rows(told: Told) -> Iterator[Question]:
    for row in told.insurance:
        yield Question(
            EVENT, row.contingency, row.outcome, row.without_usd, row.without_bound_usd, row.premium, row.reason
        )
    for paid in told.paybacks:
        yield Question(
            MIGRATION, paid.migration, paid.outcome, paid.without_usd, paid.without_bound_usd, paid.saves, paid.reason
        )
    for rule in told.rules:
        yield Question(
            RULE,
            rule.place,
            rule.outcome,
            rule.with_more_usd,
            rule.with_more_bound_usd,
            rule.saves,
            rule.reason,
            rule.times,
            rule.path,
            rule.unit,
            rule.before,
            rule.after,
        )


def _questions(facts: Facts, told: Told) -> Records[Question]:
    """Of this plan, too, what was solved stands here: lines of cost add parts of cents to it."""
    grid = Grid("Why", "decisions")
    grid.put(TOTAL_ROW, 0, "This plan", kind=Kind.TOTAL)
    grid.put(TOTAL_ROW, _COST_COL, facts.plan.incumbent_usd, kind=Kind.DECISION, fmt=Fmt.MONEY)
    grid.put(TOTAL_ROW, _BOUND_COL, facts.plan.bound_usd, kind=Kind.DECISION, fmt=Fmt.MONEY)
    cost, bound = (grid.ref(TOTAL_ROW, col, fix_row=True, fix_col=True) for col in (_COST_COL, _BOUND_COL))
    fields = [
        Field[Question]("Question", lambda r, _: r.kind),
        Field[Question]("Of what", lambda r, _: r.name, wrap=True, max_width=45),
        Field[Question]("Binds how often", lambda r, _: r.times, Kind.DECISION, Fmt.WHOLE),
        Field[Question]("Input", lambda r, _: r.path, Kind.INPUT, wrap=True, max_width=40),
        Field[Question]("One more is", lambda r, _: r.unit, Kind.INPUT),
        Field[Question]("Now", lambda r, _: r.before, Kind.INPUT),
        Field[Question]("With one more", lambda r, _: r.after, Kind.INPUT),
        *_figures(cost, bound),
        Field[Question]("Why there is no answer", lambda r, _: r.reason, Kind.NOTE, wrap=True, max_width=60),
    ]
    return write_records(
        grid,
        "tblWhy",
        fields,
        list(_rows(told)),
        "Why: insurance, migrations and rules that bind, each solved again",
        "What the plan costs more than without an event, less than without a migration, and more than with one unit"
        f" more of a rule. {how_it_ended(told).capitalize()}.",
    )


def _figures(cost: Expr, bound: Expr) -> tuple[Field[Question], ...]:
    def other(row: Question, _: Line) -> Any:
        return outcome_word(row.outcome) if row.cost_usd is None else row.cost_usd

    def solved(header: str, cheaper: Callable[[Line], Expr], dearer: Callable[[Line], Expr]) -> Field[Question]:
        def cell(row: Question, at: Line) -> Expr | None:
            if row.worth is None:
                return None
            return dearer(at) if row.is_dearer else cheaper(at)

        return Field(header, cell, Kind.CALC, Fmt.MONEY)

    def sign(row: Question, at: Line) -> Expr | str | None:
        if row.worth is None:
            return None
        if not row.worth.distinguishable:
            return "not distinguishable"
        return when(compared(at[AT_LEAST], ">", ZERO), quoted("above 0"), quoted("below 0"))

    return (
        Field(COST, other, Kind.DECISION, Fmt.MONEY),
        Field(BOUND, lambda r, _: r.bound_usd, Kind.DECISION, Fmt.MONEY),
        solved(DIFFERENCE, lambda at: cost - at[COST], lambda at: at[COST] - cost),
        solved(AT_LEAST, lambda at: bound - at[COST], lambda at: at[BOUND] - cost),
        solved(AT_MOST, lambda at: cost - at[BOUND], lambda at: at[COST] - bound),
        Field(PROVEN, sign, Kind.CALC),
    )


def _not_taken(told: Told) -> Records[NotTaken]:
    def enters(row: NotTaken, _: Line) -> Any:
        if row.price_now is None:
            return None
        return NOT_ESTIMATED if row.entering_price is None else row.entering_price

    def share(row: NotTaken, at: Line) -> Expr | None:
        return None if row.entering_price is None else ratio(at["Would enter at (estimate)"], at["Price now"])

    fields = [
        Field[NotTaken]("Offer", lambda r, _: r.offer),
        Field[NotTaken]("Kind", lambda r, _: r.kind, Kind.INPUT),
        Field[NotTaken]("Provider", lambda r, _: r.provider, Kind.INPUT),
        Field[NotTaken]("Offering", lambda r, _: r.offering, Kind.INPUT),
        Field[NotTaken]("Reason", lambda r, _: reason_word(r.reason), Kind.DECISION),
        Field[NotTaken]("In words", lambda r, _: r.words, Kind.NOTE, wrap=True, max_width=70),
        Field[NotTaken]("Price now", lambda r, _: r.price_now, Kind.INPUT, Fmt.PRICE),
        Field[NotTaken]("Unit", lambda r, _: r.price_unit, Kind.INPUT),
        Field[NotTaken]("Would enter at (estimate)", enters, Kind.DECISION, Fmt.PRICE),
        Field[NotTaken]("Of the price now", share, Kind.CALC, Fmt.SHARE),
        Field[NotTaken]("What proves it", lambda r, _: r.command, Kind.NOTE, wrap=True, max_width=60),
    ]
    return write_records(
        Grid("Not_Taken", "decisions"),
        "tblNotTaken",
        fields,
        told.not_taken,
        "Not taken: every offer that this plan leaves aside, and why",
        "The first reason that holds is told. At the estimated price one smallest order pays with all other orders as"
        " planned; other orders could make room for it at a higher one.",
    )


def _payback(rows: list[Ahead]) -> Records[Ahead]:
    def ahead(_: Ahead, at: Line) -> Expr:
        kept = compared(at["Paid so far USD"], "<=", at["Paid so far without it USD"])
        return when(kept, quoted("yes"), quoted("no"))

    fields = [
        Field[Ahead]("Migration", lambda r, _: r.migration),
        Field[Ahead]("Month", lambda r, _: r.cash.month.first_day, fmt=Fmt.MONTH),
        Field[Ahead]("Paid so far USD", lambda r, _: r.cash.with_usd, Kind.DECISION, Fmt.MONEY),
        Field[Ahead]("Paid so far without it USD", lambda r, _: r.cash.without_usd, Kind.DECISION, Fmt.MONEY),
        Field[Ahead](
            "More than without it USD",
            lambda _, at: at["Paid so far USD"] - at["Paid so far without it USD"],
            Kind.CALC,
            Fmt.MONEY,
        ),
        Field[Ahead]("Paid back", ahead, Kind.CALC),
    ]
    return write_records(
        Grid("Calc_Payback", "workings"),
        "tblPayback",
        fields,
        rows,
        "Payback: cash with a migration and without it, by the end of each month",
        "It has paid back in the first month from which on every line says yes. Expected over the outlooks.",
    )


def why_checks(sheets: WhySheets) -> Iterator[Check]:
    """The formulas of sheet Why against the plan."""
    worths = [row.worth for row in sheets.questions.rows if row.worth is not None]
    meaning = "the sheet does not show what was solved"
    for header, words, figures in (
        (DIFFERENCE, "differences as found", [row.usd for row in worths]),
        (AT_LEAST, "differences at least", [Decimal(repr(row.at_least_usd)) for row in worths]),
        (AT_MOST, "differences at most", [Decimal(repr(row.at_most_usd)) for row in worths]),
    ):
        own = sum(figures, Decimal(0))
        column = sheets.questions.column(header)
        yield Check(f"Why: {words}, together", total(column), own, "USD", meaning, len(worths))
