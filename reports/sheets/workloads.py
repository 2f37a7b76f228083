"""Workloads: what is asked, how fast, and what a shortfall costs; one line per request size class."""

from __future__ import annotations

from dataclasses import dataclass

from reports.facts import Facts
from reports.formulas import ONE
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Records, write_records
from scenarios.workloads import SizeClass, Workload


@dataclass(frozen=True, slots=True)
class Class:
    """A size class beside its workload."""

    workload: Workload
    size: SizeClass
    peak_to_mean: float


def workloads_sheet(facts: Facts) -> Records[Class]:
    """One line per workload and size class."""
    workloads = {w.workload: w for w in facts.scenario.workloads}
    rows = [
        Class(workloads[s.workload], s, _peak(facts, s.workload))
        for s in sorted(facts.scenario.size_classes, key=lambda s: (s.workload, s.size_class))
    ]
    return write_records(
        Grid("Workloads", "inputs"),
        "tblWorkloads",
        _fields(facts),
        rows,
        "Workloads: what must be served, and how fast",
        "Limits hold at the stated percentile. Accepted answers per attempt = accepted share x (1 - retry share).",
    )


def _peak(facts: Facts, workload: str) -> float:
    return max((load.relative_load for load in facts.scenario.blocks.loads if load.workload == workload), default=1.0)


def _fields(facts: Facts) -> list[Field[Class]]:
    given, share = Kind.INPUT, Fmt.SHARE
    policy_cap = facts.scenario.policy.spot_share_cap
    return [
        Field("Workload", lambda r, _: r.workload.workload),
        Field("Size class", lambda r, _: r.size.size_class),
        Field("Model", lambda r, _: r.workload.model, given),
        Field("SLO class", lambda r, _: r.workload.slo_class or "-", given),
        Field("TTFT limit ms", lambda r, _: r.workload.ttft_limit_ms or "none", given, Fmt.WHOLE),
        Field("TPOT limit ms", lambda r, _: r.workload.tpot_limit_ms or "none", given, Fmt.WHOLE),
        Field("At percentile", lambda r, _: r.workload.slo_percentile, given, Fmt.WHOLE),
        Field("Input tokens", lambda r, _: r.size.input_tokens, given, Fmt.WHOLE),
        Field("Output tokens", lambda r, _: r.size.output_tokens, given, Fmt.WHOLE),
        Field("Share of requests", lambda r, _: r.size.request_share, given, share),
        Field(
            "Share x output tokens",
            lambda _, at: at["Share of requests"] * at["Output tokens"],
            Kind.CALC,
            Fmt.QUANTITY,
        ),
        Field("Cache hit share", lambda r, _: r.workload.cache_hit_share, given, share),
        Field("Retry share", lambda r, _: r.workload.retry_share, given, share),
        Field("Accepted share", lambda r, _: r.workload.accepted_share, given, share),
        Field("Accepted per attempt", lambda _, at: at["Accepted share"] * (ONE - at["Retry share"]), Kind.CALC, share),
        Field("Busiest block to mean", lambda r, _: r.peak_to_mean, given, Fmt.QUANTITY),
        Field("Shortfall USD per Mtok", lambda r, _: r.workload.shortfall_price_usd_per_mtok, given, Fmt.PRICE),
        Field("Shortfall limit", lambda r, _: r.workload.shortfall_limit_share, given, share),
        Field(
            "Spot share cap",
            lambda r, _: policy_cap if r.workload.spot_share_cap is None else r.workload.spot_share_cap,
            given,
            share,
        ),
        Field("Quality bar", lambda r, _: r.workload.quality_bar, given, Fmt.QUANTITY),
        Field("Priority", lambda r, _: r.workload.priority, given, Fmt.WHOLE),
        Field("Geographies", lambda r, _: ", ".join(r.workload.geographies), given, wrap=True),
    ]
