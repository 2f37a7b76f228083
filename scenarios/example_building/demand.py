"""Who asks for what: workloads and their growth are assumptions; request sizes and load shapes come from traces."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from contracts.calendar import Horizon
from scenarios.traces import WeeklyProfile, read_hourly_rates, read_requests, size_classes_from_trace, weekly_profile
from scenarios.workloads import Demand, HourlyLoad, SizeClass, Workload

TRACE_OF = {"conv": "azure_llm_2023_conv.csv.gz", "code": "azure_llm_2023_code.csv.gz"}
CLASSES = 3
"""As many as the traces need: more classes would change what routing loses by less than 5 %."""

_US = ("us-east", "us-central")
_EUROPE = ("europe-north", "europe-west")
_ASIA = ("asia-northeast", "asia-south")


@dataclass(frozen=True, slots=True)
class Week:
    """The shape of a week: an hourly series, and the local time of the users who are taken to behave like it."""

    series: str
    utc_offset_hours: int


_AMERICA = Week("m-large", -5)
_EUROPEAN = Week("m-small", 1)
_ASIAN = Week("m-mid", 9)


@dataclass(frozen=True, slots=True)
class Stream:
    """A workload and where its numbers come from."""

    workload: Workload
    trace: str
    week: Week | None
    """None for batch work, which is spread evenly."""
    requests_per_s: float
    """Accepted requests in the first month."""
    growth_per_month: float


def _workload(name: str, model: str, places: tuple[str, ...], slo: str, shortfall_usd: int, **more: object) -> Workload:
    limits: dict[str, object] = {
        "chat": {"ttft_limit_ms": 3000.0, "tpot_limit_ms": 60.0},
        "assistant": {"ttft_limit_ms": 6000.0, "tpot_limit_ms": 100.0},
        "code": {"ttft_limit_ms": 5000.0, "tpot_limit_ms": 75.0},
        "agent": {"ttft_limit_ms": 10000.0, "tpot_limit_ms": 150.0, "slo_percentile": 95},
        "batch": {},
    }[slo]  # type: ignore[assignment]
    return Workload.model_validate(
        {
            "workload": name,
            "model": model,
            "geographies": places,
            "slo_class": slo,
            "shortfall_price_usd_per_mtok": Decimal(shortfall_usd),
        }
        | dict(limits)  # type: ignore[call-overload]
        | more
    )


STREAMS = (
    Stream(_workload("us-chat-70b", "llama-3-70b", _US, "chat", 400, cache_hit_share=0.2), "conv", _AMERICA, 180.0, 0.02),
    Stream(_workload("us-code-oss", "gpt-oss-120b", _US, "code", 1000, quality_bar=99.0, cache_hit_share=0.4),
           "code", _AMERICA, 1500.0, 0.03),
    Stream(_workload("us-agent-235b", "qwen3-235b-a22b", _US, "agent", 800, retry_share=0.03, cache_hit_share=0.3),
           "conv", _AMERICA, 250.0, 0.025),
    Stream(_workload("us-batch-8b", "llama-3-8b", _US, "batch", 100, priority=6, shortfall_limit_share=0.05, spot_share_cap=0.5),
           "conv", None, 900.0, 0.01),
    Stream(_workload("batch-405b", "llama-3.1-405b", (*_US, "europe-north"), "batch", 800, priority=5,
                     shortfall_limit_share=0.05, spot_share_cap=0.5), "conv", None, 50.0, 0.01),
    Stream(_workload("eu-chat-8b", "llama-3-8b", _EUROPE, "chat", 100, quality_bar=99.0, cache_hit_share=0.2),
           "conv", _EUROPEAN, 900.0, 0.02),
    Stream(_workload("eu-code-32b", "qwen3-32b", _EUROPE, "code", 3000, cache_hit_share=0.4), "code", _EUROPEAN, 450.0, 0.03),
    Stream(_workload("eu-batch-70b", "llama-3-70b", _EUROPE, "batch", 400, priority=5, shortfall_limit_share=0.05,
                     spot_share_cap=0.5),
           "conv", None, 120.0, 0.015),
    Stream(_workload("asia-chat-70b", "llama-3-70b", _ASIA, "chat", 500, cache_hit_share=0.2), "conv", _ASIAN, 70.0, 0.02),
    Stream(_workload("asia-assistant-oss", "gpt-oss-120b", _ASIA, "assistant", 300, cache_hit_share=0.3),
           "conv", _ASIAN, 400.0, 0.02),
)  # fmt: skip


def size_classes(bundled: Path) -> list[SizeClass]:
    """Classes of every workload, from its trace."""
    return [
        size_class
        for stream in STREAMS
        for size_class in size_classes_from_trace(
            read_requests(bundled / TRACE_OF[stream.trace]), workload=stream.workload.workload, count=CLASSES
        )
    ]


def demand(horizon: Horizon) -> list[Demand]:
    """Accepted requests per second of every month, growing at a steady rate."""
    return [
        Demand(
            workload=stream.workload.workload,
            month=month,
            accepted_requests_per_s=round(stream.requests_per_s * (1 + stream.growth_per_month) ** index, 3),
        )
        for stream in STREAMS
        for index, month in enumerate(horizon.months)
    ]


def profile(bundled: Path, week: Week) -> WeeklyProfile:
    """The week in UTC, and what was left out or filled; day 0 of the series is taken for a Monday."""
    rates = read_hourly_rates(bundled / "servegen_hourly.csv", model=week.series)
    return weekly_profile(rates, utc_shift_hours=-week.utc_offset_hours)


def hourly_load(bundled: Path) -> list[HourlyLoad]:
    """168 hours of every workload with a week of its own, relative to the mean hour."""
    rows = []
    for stream in STREAMS:
        if stream.week is None:
            continue
        loads = profile(bundled, stream.week).loads
        mean = sum(loads) / len(loads)
        rows += [
            HourlyLoad(workload=stream.workload.workload, hour_of_week=hour, load=round(load / mean, 4))
            for hour, load in enumerate(loads)
        ]
    return rows
