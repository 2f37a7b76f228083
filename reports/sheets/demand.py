"""Demand: what is asked in each month, as it was stated and in Mtok, beside what is served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from contracts.calendar import Month
from optimizer.futures import EVERYTHING, Names
from reports.facts import Facts
from reports.forecast_words import forecasts_in, sources_in_words
from reports.formulas import Expr, Where
from reports.functions import product_sum, ratio, sum_where
from reports.layout import Fmt, Kind, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.forecasts import FROM_DEMAND, FROM_FORECAST, forecast_bands
from reports.sheets.inputs import Inputs
from reports.sheets.tokens import Tokens
from reports.sheets.workloads import Class
from reports.timeline import ITEM, At, Band, Key, TimeSheet
from scenarios.forecasts import Measure
from scenarios.outlooks import Effect, Subject


@dataclass(frozen=True)
class DemandSheet:
    """The sheet and its bands."""

    sheet: Sheet
    asked: Band
    missed: Band
    missed_total: Band
    asked_total: Band


class _Writer:
    """Adds one quantity per workload after the other."""

    def __init__(self, time: TimeSheet, facts: Facts) -> None:
        self.time = time
        self.keys = [Key(w) for w in facts.workloads]
        forecast = {row.workload for row in facts.scenario.forecast}
        self.typed = [Key(w, None, FROM_FORECAST if w in forecast else FROM_DEMAND) for w in facts.workloads]

    def band(self, title: str, unit: str, fill: Callable[[int, At], object]) -> Band:
        """One row per workload; rates have no total."""
        return self._band(title, self.keys, unit, fill, Kind.CALC)

    def stated(self, title: str, unit: str, fill: Callable[[int, At], object]) -> Band:
        """One row per workload with its source; what is made of a forecast is stated there."""
        return self._band(title, self.typed, unit, fill, Kind.INPUT)

    def _band(self, title: str, keys: list[Key], unit: str, fill: Callable[[int, At], object], kind: Kind) -> Band:
        total: Literal["sum", "none"] = "sum" if unit == "Mtok" else "none"
        return self.time.band(title, keys, fill, unit=unit, fmt=Fmt.QUANTITY, kind=kind, row_total=total)


def demand_sheet(
    facts: Facts, inputs: Inputs, calendar: Calendar, workloads: Records[Class], tokens: Tokens
) -> DemandSheet:
    """Stated, asked, served, not served, and the share served."""
    time = TimeSheet("Demand", facts.months, group="inputs")
    time.open(
        ("Demand: accepted output tokens asked and served", _subtitle(facts)),
        keys=("Workload", "Outlook", "Source", "Quantile"),
        calendar=calendar.time,
    )
    write = _Writer(time, facts)
    made = forecast_bands(time, forecasts_in(facts.scenario))
    requests = write.stated("Stated as accepted requests per second", "requests/s", _stated(facts, False))
    time.gap()
    stated = write.stated("Stated as accepted output tokens", "Mtok", _stated(facts, True))
    time.gap()

    def asked_requests(i: int, month: int) -> Expr:
        typed = requests.at(i, month)
        return made.plus_made(typed, Measure.ACCEPTED_REQUESTS_PER_S, facts.workloads[i], month)

    def asked_tokens(i: int, month: int) -> Expr:
        return made.plus_made(stated.at(i, month), Measure.ACCEPTED_OUTPUT_MTOK, facts.workloads[i], month)

    def mean_tokens(at: At) -> Expr:
        return sum_where(workloads.column("Share x output tokens"), Where(workloads.column("Workload"), "=", at.item))

    tokens_asked = write.band(
        "Tokens of the requests", "Mtok", lambda i, at: _mtok(asked_requests(i, at.month) * mean_tokens(at), at, inputs)
    )
    time.gap()
    factor = _expected_factor(time, facts, inputs) if _moves(facts) else None

    def asked_for(i: int, at: At) -> Expr:
        all_tokens = asked_tokens(i, at.month) + tokens_asked.at(i, at.month)
        return all_tokens if factor is None else all_tokens * factor.at(i, at.month)

    asked = write.band("Asked" if factor is None else "Asked, expected over the outlooks", "Mtok", asked_for)
    asked_total = time.sum_row("All workloads", asked, unit="Mtok", fmt=Fmt.QUANTITY)
    served = write.band("Served", "Mtok", lambda _, at: _served(tokens, at))
    time.gap()
    missed = write.band("Not served", "Mtok", lambda i, at: asked.at(i, at.month) - served.at(i, at.month))
    missed_total = time.sum_row("All workloads", missed, unit="Mtok", fmt=Fmt.QUANTITY)
    time.band(
        "Share served",
        write.keys,
        lambda i, at: ratio(served.at(i, at.month), asked.at(i, at.month)),
        unit="share",
        fmt=Fmt.SHARE,
        row_total=lambda i: ratio(served.sum(i), asked.sum(i)),
    )
    return DemandSheet(time.sheet(), asked, missed, missed_total, asked_total)


def _moves(facts: Facts) -> bool:
    """Whether demand is different in some outlook."""
    return any(row.effect is Effect.DEMAND for row in facts.scenario.outlook_effects)


def _expected_factor(time: TimeSheet, facts: Facts, inputs: Inputs) -> Band:
    """Factors by outlook as they were read, and their mean by probability."""
    outlooks = [row.outlook for row in facts.scenario.outlooks]
    keys = [Key(w, o) for w in facts.workloads for o in outlooks]

    def read(i: int, at: At) -> float:
        workload, outlook = keys[i].item, keys[i].group
        names: Names = (EVERYTHING, (Subject.WORKLOAD, workload))
        return float(facts.futures.factor(Effect.DEMAND, outlook, facts.months[at.month], names))

    unit, fmt = "factor", Fmt.QUANTITY
    each = time.band(
        "Factor on demand in each outlook", keys, read, unit=unit, fmt=fmt, kind=Kind.INPUT, row_total="none"
    )
    time.gap()

    def mean(i: int, at: At) -> Expr:
        return product_sum(inputs.chances, each.part(i * len(outlooks), (i + 1) * len(outlooks) - 1, at.month))

    expected = time.band(
        "Expected factor on demand", [Key(w) for w in facts.workloads], mean, unit=unit, fmt=fmt, row_total="none"
    )
    time.gap()
    return expected


def _subtitle(facts: Facts) -> str:
    names = ", ".join(row.outlook for row in facts.scenario.outlooks)
    which = "Outlooks" if facts.several else "Outlook"
    sources = sources_in_words(facts.scenario)
    return f"{which}: {names}. Load inside a month: see the blocks on Calc_Calendar. {sources}".rstrip()


def _stated(facts: Facts, as_mtok: bool) -> Callable[[int, At], float]:
    """What is typed; what is made of a forecast is a formula of its own."""
    rows: dict[tuple[str, Month], float] = {}
    forecast = {row.workload for row in facts.scenario.forecast}
    for row in (row for row in facts.scenario.demand if row.workload not in forecast):
        amount = row.accepted_output_mtok if as_mtok else row.accepted_requests_per_s
        rows[row.workload, row.month] = amount or 0.0
    return lambda i, at: rows.get((facts.workloads[i], facts.months[at.month]), 0.0)


def _mtok(tokens_per_s: Expr, at: At, inputs: Inputs) -> Expr:
    return tokens_per_s * at.hours * inputs["SecondsPerHour"] / inputs["TokensPerMtok"]


def _served(tokens: Tokens, at: At) -> Expr:
    band = tokens.by_workload
    return sum_where(band.month(at.month), Where(band.keys(ITEM), "=", at.item))
