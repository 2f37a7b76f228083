"""Goodput, Refusals, Sources: the serving figures that the plan rests on, every no, and where it was read."""

from __future__ import annotations

from collections import Counter

from catalog.offerings import Offering
from catalog.serving import Refusal
from optimizer.plan import Goodput
from optimizer.plan_headroom import PoolShare
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import looked_up, ratio, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.headroom import usable_share
from reports.sheets.inputs import Inputs
from reports.sheets.workloads import Class


def goodput_sheet(
    facts: Facts,
    inputs: Inputs,
    workloads: Records[Class],
    offerings: Records[Offering],
    headroom: Records[PoolShare] | None,
) -> Records[Goodput]:
    """One line per workload, size class and offering, for normal operation and for each event."""
    rows = sorted(facts.plan.goodput, key=lambda r: (r.contingency or "", r.workload, r.size_class, r.offering))
    return write_records(
        Grid("Goodput", "inputs"),
        "tblGoodput",
        [*_what(), *_evidence(inputs), *_rates(facts, inputs, workloads, offerings, headroom), *_basis(facts)],
        rows,
        "Goodput: the serving figures this plan rests on",
        "Evidence is part of the number: measured > independent > modelled > vendor claim > roofline."
        " The haircut of the grade has been taken off once.",
    )


def _what() -> list[Field[Goodput]]:
    return [
        Field("Workload", lambda r, _: r.workload),
        Field("Size class", lambda r, _: r.size_class),
        Field("Offering", lambda r, _: r.offering),
        Field("In case of", lambda r, _: r.contingency or "normal operation"),
        Field("Precision", lambda r, _: r.serving.precision, Kind.INPUT),
        Field("Engine", lambda r, _: r.serving.engine, Kind.INPUT),
        Field("Chips per replica", lambda r, _: r.serving.accelerators_per_replica, Kind.INPUT, Fmt.WHOLE),
    ]


def _evidence(inputs: Inputs) -> list[Field[Goodput]]:
    def haircut(row: Goodput, _: Line) -> Expr:
        return inputs[f"Haircut{row.serving.evidence.value.title()}"]

    return [
        Field("Evidence", lambda r, _: r.serving.evidence.value, Kind.INPUT),
        Field("Haircut", haircut, Kind.LINK, Fmt.SHARE),
        Field("Node seconds per attempt", lambda r, _: r.serving.node_seconds_per_attempt, Kind.INPUT, Fmt.FACTOR),
    ]


def _rates(
    facts: Facts,
    inputs: Inputs,
    workloads: Records[Class],
    offerings: Records[Offering],
    headroom: Records[PoolShare] | None,
) -> list[Field[Goodput]]:
    def of_class(header: str) -> Field[Goodput]:
        def found(_: Goodput, at: Line) -> Expr:
            return sum_where(
                workloads.column(header),
                Where(workloads.column("Workload"), "=", at["Workload"]),
                Where(workloads.column("Size class"), "=", at["Size class"]),
            )

        return Field(header, found, Kind.LINK, Fmt.WHOLE)

    def per_attempt(row: Goodput, at: Line) -> object:
        """That of the workload, unless another is stated for the offering or its stack."""
        outcomes = facts.scenario.outcomes(row.workload, row.offering)
        workload = next(w for w in facts.scenario.workloads if w.workload == row.workload)
        if outcomes == (workload.accepted_share, workload.retry_share):
            return of_class("Accepted per attempt").of(row, at)
        return outcomes.yield_share

    def accepted(_: Goodput, at: Line) -> Expr:
        attempt = at["Output tokens"] * at["Accepted per attempt"]
        return attempt * at["Usable share"] / at["Node seconds per attempt"]

    def at_list(_: Goodput, at: Line) -> Expr:
        price = looked_up(at["Offering"], offerings.column("Offering"), offerings.column("List USD per node hour"))
        return ratio(price * inputs["TokensPerMtok"], at["Tokens per hour"])

    return [
        of_class("Output tokens"),
        Field("Accepted per attempt", per_attempt, Kind.LINK, Fmt.SHARE, kind_of=_linked_or_typed),
        Field("Usable share", lambda _, at: usable_share(headroom, inputs, at), Kind.LINK, Fmt.SHARE),
        Field("Accepted tokens per s and node", accepted, Kind.CALC, Fmt.QUANTITY),
        Field(
            "Tokens per hour",
            lambda _, at: at["Accepted tokens per s and node"] * inputs["SecondsPerHour"],
            Kind.CALC,
            Fmt.WHOLE,
        ),
        Field("USD per Mtok of a full node at list", at_list, Kind.CALC, Fmt.PRICE),
    ]


def _linked_or_typed(_: Goodput, what: object) -> Kind:
    return Kind.LINK if isinstance(what, Expr) else Kind.INPUT


def _basis(facts: Facts) -> list[Field[Goodput]]:
    given = Kind.INPUT
    return [
        Field("Latency factor", lambda r, _: r.serving.percentile_factor, given, Fmt.QUANTITY),
        Field("TTFT ms", lambda r, _: "no limit" if r.serving.ttft_ms is None else r.serving.ttft_ms, given, Fmt.WHOLE),
        Field("TPOT ms", lambda r, _: "no limit" if r.serving.tpot_ms is None else r.serving.tpot_ms, given, Fmt.WHOLE),
        Field("Quality score", lambda r, _: r.serving.quality_score, given, Fmt.GENERAL),
        Field("Claim", lambda r, _: r.serving.claim or "", given),
        Field("Sources", lambda r, _: _sources(facts, r), Kind.NOTE, wrap=True, max_width=24),
        Field("Points", lambda r, _: len(r.serving.points), given, Fmt.WHOLE),
        Field("Measured points", lambda r, _: ", ".join(r.serving.points), Kind.NOTE, max_width=60),
    ]


def _sources(facts: Facts, row: Goodput) -> str:
    """Where the points and the claim were read."""
    catalog, serving = facts.scenario.catalog, row.serving
    rows = [p for p in catalog.goodput_points if p.point in serving.points]
    claims = [c for c in catalog.claims if c.claim == serving.claim]
    return ", ".join(sorted({facts.source_of(r) for r in (*rows, *claims)}))


def sources_sheet(facts: Facts) -> Records[tuple[str, str]]:
    """Every source once, with what rests on it."""
    used = Counter((row.source, row.licence) for row in facts.sourced)
    latest = {key: max(r.as_of for r in facts.sourced if (r.source, r.licence) == key) for key in used}
    return write_records(
        Grid("Sources", "control"),
        "tblSources",
        [
            Field("Source", lambda r, _: f"S{facts.sources.index(r) + 1:03d}"),
            Field("Where it was read", lambda r, _: r[0], wrap=True, max_width=110),
            Field("Licence", lambda r, _: r[1] or "-", wrap=True, max_width=24),
            Field("Rows that rest on it", lambda r, _: used[r], Kind.NOTE, Fmt.WHOLE),
            Field("Latest as of", lambda r, _: latest[r], Kind.NOTE, Fmt.DATE),
        ],
        facts.sources,
        "Sources: where prices, terms and serving figures were read",
        "Offerings, Offers and Goodput name these numbers.",
    )


def refusals_sheet(facts: Facts) -> Records[Refusal]:
    """Every workload, size class and offering that do not go together."""
    rows = sorted(facts.plan.refusals, key=lambda r: (r.offering, r.workload, r.size_class))
    return write_records(
        Grid("Refusals", "control"),
        "tblRefusals",
        [
            Field("Offering", lambda r, _: r.offering),
            Field("Workload", lambda r, _: r.workload),
            Field("Size class", lambda r, _: r.size_class),
            Field("Reason", lambda r, _: r.reason.value),
            Field("In words", lambda r, _: r.text, wrap=True, max_width=95),
        ],
        rows,
        "Refusals: which offering may not serve what, and why",
        "The first reason that stops every configuration at its furthest step.",
    )
