"""Throughput: how each serving figure of the plan came about: limits, percentiles attained, rates, grade, haircut.

The same lines as Goodput, in the same order. Rates and latencies come from the measured points (decisions 0002 and
0029); from there to the node-seconds of an attempt every step is a formula, and Checks holds the end against the plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.latencies import ATTAINED
from catalog.serving import Slo
from optimizer.eligibility import normal_slo
from optimizer.plan import Goodput
from reports.explaining.records import Goodput as Found
from reports.explaining.records import LatencyAttained
from reports.explaining.working import goodput_at
from reports.facts import Facts
from reports.formulas import ONE, Expr, Where
from reports.functions import sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.inputs import Inputs
from reports.sheets.workloads import Class

NO_LIMIT = "none"


@dataclass(frozen=True)
class Working:
    """A serving figure of the plan beside the way in which it came about."""

    planned: Goodput
    slo: Slo
    """After an event with stretched limits."""
    found: Found


def throughput_sheet(
    facts: Facts, inputs: Inputs, workloads: Records[Class], goodput: Records[Goodput]
) -> Records[Working]:
    """One line for each line of the sheet Goodput."""
    return write_records(
        Grid("Throughput", "inputs"),
        "tblThroughput",
        [*_which(), *_attained(), *_rates(workloads), *_grade(inputs), *_node(goodput)],
        [row for planned in goodput.rows if (row := _worked_out(facts, planned)) is not None],
        "Throughput: how each serving figure came about",
        "Rates at the best points inside the limits. Attained: the slowest of the points used; stated, at most"
        " (a higher percentile was stated) or estimated (a lower one, times the latency factor).",
    )


def _worked_out(facts: Facts, planned: Goodput) -> Working | None:
    scenario = facts.scenario
    workload = next(row for row in scenario.workloads if row.workload == planned.workload)
    key = (planned.workload, planned.size_class)
    size = next(row for row in scenario.size_classes if (row.workload, row.size_class) == key)
    slo = normal_slo(workload)
    for event in scenario.policy.contingencies:
        if event.contingency == planned.contingency:
            slo = slo.relaxed(event.ttft_factor, event.tpot_factor)
    found = goodput_at(scenario, workload, size, scenario.catalog.offering[planned.offering], slo)
    return None if found is None else Working(planned, slo, found)


def _which() -> list[Field[Working]]:
    return [
        Field("Workload", lambda r, _: r.planned.workload),
        Field("Size class", lambda r, _: r.planned.size_class),
        Field("Offering", lambda r, _: r.planned.offering),
        Field("In case of", lambda r, _: r.planned.contingency or "normal operation"),
        Field("At percentile", lambda r, _: r.slo.percentile, Kind.INPUT, Fmt.WHOLE),
    ]


def _attained() -> list[Field[Working]]:
    return [
        Field("TTFT limit ms", lambda r, _: r.slo.ttft_limit_ms or NO_LIMIT, Kind.INPUT, Fmt.QUANTITY),
        *(_latency("TTFT", at, lambda found: found.ttft_ms) for at in ATTAINED),
        Field(
            "How TTFT is known",
            lambda r, _: _known(r, lambda found: found.ttft_known),
            Kind.NOTE,
            wrap=True,
            max_width=18,
        ),
        Field("TPOT limit ms", lambda r, _: r.slo.tpot_limit_ms or NO_LIMIT, Kind.INPUT, Fmt.QUANTITY),
        *(_latency("TPOT", at, lambda found: found.tpot_ms) for at in ATTAINED),
        Field(
            "How TPOT is known",
            lambda r, _: _known(r, lambda found: found.tpot_known),
            Kind.NOTE,
            wrap=True,
            max_width=18,
        ),
        Field("Latency factor", lambda r, _: r.found.percentile_factor, Kind.INPUT, Fmt.QUANTITY),
    ]


def _latency(name: str, percentile: int, of: Callable[[LatencyAttained], float | None]) -> Field[Working]:
    def cell(row: Working, _: Line) -> float | str:
        ms = next(of(at) for at in row.found.attained if at.percentile == percentile)
        return "unknown" if ms is None else ms

    return Field(f"{name} P{percentile} ms", cell, Kind.INPUT, Fmt.QUANTITY)


def _known(row: Working, of: Callable[[LatencyAttained], object]) -> str:
    """In words, the percentiles that are known alike together.

    Nothing for one of which no latency is stated at all.
    """
    ways: dict[str, list[str]] = {}
    for at in row.found.attained:
        if of(at) is not None:
            ways.setdefault(str(of(at)), []).append(f"P{at.percentile}")
    return "; ".join(f"{', '.join(percentiles)} {way}" for way, percentiles in ways.items())


def _rates(workloads: Records[Class]) -> list[Field[Working]]:
    def of_class(header: str, fmt: Fmt = Fmt.WHOLE, *, new_page: bool = False) -> Field[Working]:
        def found(_: Working, at: Line) -> Expr:
            return sum_where(
                workloads.column(header),
                Where(workloads.column("Workload"), "=", at["Workload"]),
                Where(workloads.column("Size class"), "=", at["Size class"]),
            )

        return Field(header, found, Kind.LINK, fmt, new_page=new_page)

    def law(_: Working, at: Line) -> Expr:
        prefill = at["Tokens prefilled"] / at["Prefill tokens per s"]
        return prefill + at["Output tokens"] / at["Decode tokens per s"]

    return [
        of_class("Input tokens", new_page=True),
        of_class("Cache hit share", Fmt.SHARE),
        Field(
            "Tokens prefilled", lambda _, at: at["Input tokens"] * (ONE - at["Cache hit share"]), Kind.CALC, Fmt.WHOLE
        ),
        of_class("Output tokens"),
        Field("Prefill tokens per s", lambda r, _: r.found.prefill_tok_per_s, Kind.INPUT, Fmt.QUANTITY),
        Field("Decode tokens per s", lambda r, _: r.found.decode_tok_per_s, Kind.INPUT, Fmt.QUANTITY),
        Field("Rates are", lambda r, _: "one for both" if r.found.single_rate else "two", Kind.NOTE),
        Field("Seconds of a measured replica", law, Kind.CALC, Fmt.FACTOR),
    ]


def _grade(inputs: Inputs) -> list[Field[Working]]:
    return [
        Field("Grade of the points", lambda r, _: r.found.evidence_of_points.value, Kind.INPUT),
        Field("Final grade", lambda r, _: r.found.evidence.value, Kind.INPUT),
        Field("What lowered it", lambda r, _: "; ".join(r.found.evidence_steps), Kind.NOTE, wrap=True, max_width=44),
        Field("Haircut", lambda r, _: inputs[f"Haircut{r.found.evidence.value.title()}"], Kind.LINK, Fmt.SHARE),
    ]


def _node(goodput: Records[Goodput]) -> list[Field[Working]]:
    position = {id(row): i for i, row in enumerate(goodput.rows)}

    def replica(_: Working, at: Line) -> Expr:
        return at["Seconds of a measured replica"] * at["Times by the claim"]

    def node(_: Working, at: Line) -> Expr:
        return at["Seconds of a replica"] / at["Replicas per node"] / (ONE - at["Haircut"])

    def planned(row: Working, _: Line) -> Expr:
        return goodput.cell(position[id(row.planned)], "Node seconds per attempt")

    return [
        Field("Claim", lambda r, _: "" if r.found.claim is None else r.found.claim.claim, Kind.INPUT),
        Field(
            "Times by the claim",
            lambda r, _: r.found.replica_seconds / r.found.law_replica_seconds,
            Kind.INPUT,
            Fmt.FACTOR,
        ),
        Field("Seconds of a replica", replica, Kind.CALC, Fmt.FACTOR),
        Field("Replicas per node", lambda r, _: r.found.replicas_per_node, Kind.INPUT, Fmt.QUANTITY),
        Field("Node seconds per attempt", node, Kind.CALC, Fmt.FACTOR, total=True),
        Field("Node seconds in the plan", planned, Kind.LINK, Fmt.FACTOR, total=True),
    ]
