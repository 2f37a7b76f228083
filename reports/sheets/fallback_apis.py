"""Calc_Fallback_Apis: after each event, one line per case and API offer: tokens against a share of its limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts.terms.api import ApiOffer
from reports.facts import Facts
from reports.formulas import Expr
from reports.functions import least, looked_up
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.input_events import EventInputs
from reports.sheets.surviving import Case


@dataclass(frozen=True, slots=True)
class LeanedApi:
    """What an API offer serves after an event."""

    case: Case
    api: str
    input_tok_per_s: float
    output_tok_per_s: float


def fallback_apis_sheet(
    facts: Facts, inputs: EventInputs, cases: Sequence[Case], offers: Records[ApiOffer] | None
) -> Records[LeanedApi] | None:
    """Every API offer of every case; None where none is counted on."""
    rows = [row for case in cases for row in _apis_of(facts, case)]
    if not rows or offers is None:
        return None
    return write_records(
        Grid("Calc_Fallback_Apis", "workings"),
        "tblFallbackApis",
        _fields(facts, inputs, offers),
        rows,
        "Fallback by APIs: tokens after each event against the share of the rate limits that may be counted on",
        "Gross tokens of all attempts, all workloads together. Room = the lesser of what is left of the two limits;"
        " it must not be below zero.",
    )


def _apis_of(facts: Facts, case: Case) -> list[LeanedApi]:
    workloads = {row.workload: row for row in facts.scenario.workloads}
    sizes = {(row.workload, row.size_class): row for row in facts.scenario.size_classes}
    sent: dict[str, float] = defaultdict(float)
    received: dict[str, float] = defaultdict(float)
    for row in case.case.api_placements:
        workload, size = workloads[row.workload], sizes[row.workload, row.size_class]
        gross = row.accepted_tok_per_s / (workload.accepted_share * (1.0 - workload.retry_share))
        received[row.api] += gross
        sent[row.api] += gross * size.input_tokens / size.output_tokens
    return [LeanedApi(case, api, sent[api], received[api]) for api in sorted(sent)]


def _fields(facts: Facts, inputs: EventInputs, offers: Records[ApiOffer]) -> list[Field[LeanedApi]]:
    apis = offers.column("API")

    def allowed(header: str) -> Callable[[LeanedApi, Line], Expr]:
        limits = offers.column(header)
        return lambda _, at: at["Share of limits"] * looked_up(at["API"], apis, limits)

    def room(_: LeanedApi, at: Line) -> Expr:
        return least(
            at["Input allowed"] - at["Input tokens per s"],
            at["Output allowed"] - at["Output tokens per s"],
        )

    calc, number = Kind.CALC, Fmt.QUANTITY
    return [
        Field("Case", lambda r, _: r.case.id),
        Field("Event", lambda r, _: r.case.event.contingency),
        Field("Month", lambda r, _: r.case.case.month.first_day, fmt=Fmt.DATE),
        Field("Block", lambda r, _: r.case.case.block),
        *([Field[LeanedApi]("Outlook", lambda r, _: r.case.case.outlook)] if facts.several else []),
        Field("API", lambda r, _: r.api),
        Field("Input tokens per s", lambda r, _: r.input_tok_per_s, Kind.DECISION, number),
        Field("Output tokens per s", lambda r, _: r.output_tok_per_s, Kind.DECISION, number),
        Field("Share of limits", lambda r, _: inputs.api_shares[r.case.event.contingency], Kind.LINK, Fmt.SHARE),
        Field("Input allowed", allowed("Input tok per s at most"), calc, number),
        Field("Output allowed", allowed("Output tok per s at most"), calc, number),
        Field("Room", room, calc, number),
    ]
