"""Fallback: what each event takes away, what is left, and the month in which it is tightest.

Calc_Survival   one line per case and offering: nodes busy, nodes left, nodes leaned on in an emergency
Calc_Fallback_Apis   one line per case and API offer, where any is counted on
Calc_Fallback   one line per case (event, month, block, outlook): what is asked and what is served
Fallback        one line per event
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.offerings import Offering
from contracts.terms.api import ApiOffer
from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Area, Expr, Where
from reports.functions import (
    compared,
    count_where,
    first_reaching,
    greatest,
    item_at,
    least,
    quoted,
    ratio,
    rows_in,
    sum_where,
    when,
)
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.block_months import BlockMonth
from reports.sheets.committed import Commitment
from reports.sheets.fallback_apis import LeanedApi, fallback_apis_sheet
from reports.sheets.input_events import in_words
from reports.sheets.inputs import Inputs
from reports.sheets.not_cash import EMERGENCY
from reports.sheets.survival import cases_of, survival_sheet
from reports.sheets.surviving import Case, Surviving
from reports.sheets.why import AT_LEAST, AT_MOST, DIFFERENCE, PROVEN, WhySheets
from reports.why_words import outcome_word
from scenarios.policy import Contingency

OK, FAIL = quoted("OK"), quoted("FAIL")


@dataclass(frozen=True, slots=True)
class FallbackSheets:
    """The lists, from the largest to the smallest view."""

    events: Records[Contingency]
    cases: Records[Case]
    offerings: Records[Surviving]
    apis: Records[LeanedApi] | None


def fallback_sheets(
    facts: Facts,
    inputs: Inputs,
    offerings: Records[Offering],
    commitments: Records[Commitment],
    not_cash: Records[CostLine],
    blocks: Records[BlockMonth] | None,
    apis: Records[ApiOffer] | None,
    why: WhySheets | None,
) -> FallbackSheets:
    """From the smallest to the largest view."""
    cases = cases_of(facts)
    detail = survival_sheet(facts, cases, offerings, commitments, blocks, inputs.events)
    by_api = fallback_apis_sheet(facts, inputs.events, cases, apis)
    by_case = write_records(
        Grid("Calc_Fallback", "workings"),
        "tblCases",
        _case_fields(inputs, detail),
        cases,
        "Fallback cases: every event in every month and block that is checked",
        "The weakest class is the workload and request size that is nearest to the floor of its workload.",
    )
    events = write_records(
        Grid("Fallback", "decisions"),
        "tblFallback",
        [
            *_event_fields(inputs, by_case),
            *_tightest(inputs, by_case),
            *_cost(not_cash, by_case),
            *_insurance(inputs, why),
        ],
        sorted(facts.scenario.policy.contingencies, key=lambda e: e.contingency),
        "Fallback: does the plan survive what may happen?",
        "Capacity that is leaned on (on demand, not firm) is a hope, not a right. Its highest share marks the"
        " tightest month.",
    )
    return FallbackSheets(events, by_case, detail, by_api)


def _case_fields(inputs: Inputs, detail: Records[Surviving]) -> list[Field[Case]]:
    def summed(header: str) -> Callable[[Case, Line], Expr]:
        return lambda _, at: sum_where(detail.column(header), Where(detail.column("Case"), "=", at["Case"]))

    def kept(_: Case, at: Line) -> Expr:
        return when(compared(at["Weakest class served"] + inputs["ToleranceUnits"], ">=", at["Floor"]), OK, FAIL)

    calc, share = Kind.CALC, Fmt.SHARE
    return [
        Field("Case", lambda r, _: r.id),
        Field("Number", lambda r, _: r.number, fmt=Fmt.WHOLE),
        Field("Event", lambda r, _: r.event.contingency),
        Field("Month", lambda r, _: r.case.month.first_day, fmt=Fmt.DATE),
        Field("Block", lambda r, _: r.case.block),
        Field("Outlook", lambda r, _: r.case.outlook),
        Field("Asked tokens per s", lambda r, _: sum(r.asked.values()), Kind.INPUT, Fmt.WHOLE),
        Field("Served tokens per s", lambda r, _: sum(r.served.values()), Kind.DECISION, Fmt.WHOLE),
        Field("Share served", lambda _, at: ratio(at["Served tokens per s"], at["Asked tokens per s"]), calc, share),
        Field("Weakest class served", lambda r, _: r.weakest_share, Kind.DECISION, share),
        Field("Floor", lambda r, _: _floor_of(inputs, r), Kind.LINK, share),
        Field("Busy at list USD per h", summed("Busy at list USD per h"), calc, Fmt.CENTS),
        Field("Leaned at list USD per h", summed("Leaned at list USD per h"), calc, Fmt.CENTS),
        Field(
            "Share leaned on",
            lambda _, at: ratio(at["Leaned at list USD per h"], at["Busy at list USD per h"]),
            calc,
            share,
        ),
        Field("Floor kept", kept, calc),
    ]


def _floor_of(inputs: Inputs, case: Case) -> Expr:
    workload = case.weakest[0] if case.weakest else ""
    return inputs.events.floor(case.event.contingency, workload)


def _event_fields(inputs: Inputs, cases: Records[Case]) -> list[Field[Contingency]]:
    given = Kind.INPUT
    return [
        Field("Event", lambda r, _: r.contingency),
        Field("What is lost", lambda r, _: in_words(r), given),
        Field("Probability per year", lambda r, _: r.probability_per_year, given, Fmt.SHARE),
        Field("Hours it lasts", lambda r, _: r.duration_hours, given, Fmt.QUANTITY),
        Field("TTFT limit times", lambda r, _: r.ttft_factor, given, Fmt.QUANTITY),
        Field("TPOT limit times", lambda r, _: r.tpot_factor, given, Fmt.QUANTITY),
        Field("Floor", lambda r, _: inputs.events.floors[r.contingency], Kind.LINK, Fmt.SHARE),
        Field(
            "Cases checked",
            lambda _, at: count_where(Where(cases.column("Event"), "=", at["Event"])),
            Kind.CALC,
            Fmt.WHOLE,
        ),
    ]


def _tightest(inputs: Inputs, cases: Records[Case]) -> list[Field[Contingency]]:
    def of_event(row: Contingency, header: str) -> Area | None:
        """The rows of the event, which stand together."""
        places = [i for i, case in enumerate(cases.rows) if case.event.contingency == row.contingency]
        return cases.part(header, places[0], places[-1]) if places else None

    def over(row: Contingency, header: str, pick: Callable[[Area], Expr]) -> Expr | str:
        area = of_event(row, header)
        return pick(area) if area else "not checked"

    def tightest(row: Contingency, at: Line) -> Expr | str:
        shares, numbers = of_event(row, "Share leaned on"), of_event(row, "Number")
        if shares is None or numbers is None:
            return "not checked"
        nearly = at["Most leaned on"] - inputs["ToleranceUnits"]
        return first_reaching(shares, nearly, numbers, rows_in(cases.column("Number")) + ONE)

    def at_tightest(at: Line, header: str) -> Expr | str:
        if isinstance(at["Tightest case"].value, str):
            return "not checked"
        return item_at(cases.column(header), at["Tightest case"])

    calc, share = Kind.CALC, Fmt.SHARE
    return [
        Field("Lowest share served", lambda r, _: over(r, "Weakest class served", least), calc, share),
        Field("Most leaned on", lambda r, _: over(r, "Share leaned on", greatest), calc, share),
        Field("Tightest case", tightest, calc, Fmt.WHOLE),
        Field("Tightest month", lambda _, at: at_tightest(at, "Month"), calc, Fmt.MONTH),
        Field("Tightest block", lambda _, at: at_tightest(at, "Block"), calc),
        Field(
            "In use then at list USD per h", lambda _, at: at_tightest(at, "Busy at list USD per h"), calc, Fmt.CENTS
        ),
    ]


def _cost(not_cash: Records[CostLine], cases: Records[Case]) -> list[Field[Contingency]]:
    def expected(_: Contingency, at: Line) -> Expr:
        return sum_where(
            not_cash.column("Expected USD"),
            Where(not_cash.column("Nature"), "=", quoted(EMERGENCY)),
            Where(not_cash.column("Source"), "=", at["Event"]),
        )

    def verdict(_: Contingency, at: Line) -> Expr | str:
        if isinstance(at["Lowest share served"].value, str):
            return "not checked"
        of_event = Where(cases.column("Event"), "=", at["Event"])
        missed = count_where(of_event, Where(cases.column("Floor kept"), "=", FAIL))
        return when(compared(missed, "=", ZERO), OK, FAIL)

    return [
        Field("Expected cost in horizon USD", expected, Kind.CALC, Fmt.MONEY, total=True),
        Field("Survived", verdict, Kind.CALC),
    ]


def _insurance(inputs: Inputs, why: WhySheets | None) -> list[Field[Contingency]]:
    """What it costs to survive the event, against what could be lost in the hours in which it is expected."""
    if why is None:
        return []
    told = {row.contingency: row for row in why.told.insurance}

    def linked(header: str) -> Callable[[Contingency, Line], Expr | str | None]:
        def cell(row: Contingency, _: Line) -> Expr | str | None:
            if told[row.contingency].premium is None:
                return outcome_word(told[row.contingency].outcome) if header == DIFFERENCE else None
            return why.of_event(row.contingency, header)

        return cell

    def monthly(row: Contingency, at: Line) -> Expr | None:
        return None if told[row.contingency].premium is None else at["Premium USD"] / inputs["HorizonMonths"]

    def hours(_: Contingency, at: Line) -> Expr:
        years = inputs["HorizonMonths"] / inputs["MonthsPerYear"]
        return at["Probability per year"] * at["Hours it lasts"] * years

    calc, link, money = Kind.CALC, Kind.LINK, Fmt.MONEY
    return [
        Field("Premium USD", linked(DIFFERENCE), link, money, new_page=True),
        Field("Premium at least USD", linked(AT_LEAST), link, money),
        Field("Premium at most USD", linked(AT_MOST), link, money),
        Field("Premium proven", linked(PROVEN), link),
        Field("Premium a month USD", monthly, calc, Fmt.CENTS),
        Field("Expected hours in horizon", hours, calc, Fmt.QUANTITY),
        Field(
            "Floor at the price of a shortfall USD per h",
            lambda r, _: told[r.contingency].loss_usd_per_hour,
            Kind.INPUT,
            Fmt.CENTS,
        ),
        Field(
            "Could be lost USD",
            lambda _, at: at["Expected hours in horizon"] * at["Floor at the price of a shortfall USD per h"],
            calc,
            money,
            total=True,
        ),
    ]
