"""Who asks for what: workloads and their growth are assumptions; request sizes and load shapes come from traces."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from contracts.calendar import Horizon
from scenarios.traces import read_trace
from scenarios.traces.series import read_hourly_rates
from scenarios.traces.sizes import size_classes_from_trace
from scenarios.traces.weeks import WeeklyProfile, weekly_profile
from scenarios.workloads import Demand, HourlyLoad, SizeClass, Workload

CONVERSATIONS = "azure_llm_2023_conv.csv.gz"
CODE = "azure_llm_2023_code.csv.gz"
CLASSES = 3
"""As many as the traces need: routing by class then loses less than 5 % against routing by request."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a workload may be served, and the week of its users: an hourly series and their offset from UTC."""

    geographies: tuple[str, ...]
    series: str
    utc_offset_hours: int


AMERICA = Place(("us-east", "us-central"), "m-large", -5)
EUROPE = Place(("europe-north", "europe-west"), "m-small", 1)
ASIA = Place(("asia-northeast", "asia-south"), "m-mid", 9)
AMERICA_AND_NORTH = Place((*AMERICA.geographies, "europe-north"), "", 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """The latency that a class of service promises."""

    ttft_ms: float | None
    tpot_ms: float | None
    percentile: int = 99


LIMITS = {
    "chat": Limits(3000.0, 60.0),
    "code": Limits(5000.0, 75.0),
    "assistant": Limits(6000.0, 100.0),
    "reasoning": Limits(10000.0, 150.0, 95),
    "batch": Limits(None, None),
}
BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Stream:
    """A workload, its size and its growth."""

    workload: str
    model: str
    place: Place
    slo_class: str
    trace: str
    requests_per_s: float
    """Accepted requests in the first month."""
    growth_per_month: float
    shortfall_usd_per_mtok: int
    """Some twenty times what serving costs: a shortfall is a last resort."""
    cache_hit_share: float = 0.0
    quality_bar: float = 0.0
    retry_share: float = 0.0

    @property
    def is_batch(self) -> bool:
        """Batch work has no limits, is spread evenly, and may wait or go to spot."""
        return self.slo_class == BATCH

    @property
    def record(self) -> Workload:
        """The workload as the scenario reads it."""
        limits = LIMITS[self.slo_class]
        return Workload.model_validate(
            {
                "workload": self.workload,
                "model": self.model,
                "geographies": self.place.geographies,
                "slo_class": self.slo_class,
                "ttft_limit_ms": limits.ttft_ms,
                "tpot_limit_ms": limits.tpot_ms,
                "slo_percentile": limits.percentile,
                "cache_hit_share": self.cache_hit_share,
                "retry_share": self.retry_share,
                "priority": 5 if self.is_batch else 1,
                "shortfall_price_usd_per_mtok": Decimal(self.shortfall_usd_per_mtok),
                "shortfall_limit_share": 0.05 if self.is_batch else 0.0,
                "quality_bar": self.quality_bar,
                "spot_share_cap": 0.35 if self.is_batch else None,
            }
        )


STREAMS = (
    Stream("us-chat-70b", "llama-3-70b", AMERICA, "chat", CONVERSATIONS, 180.0, 0.02, 400, 0.2),
    Stream("us-code-oss", "gpt-oss-120b", AMERICA, "code", CODE, 1500.0, 0.03, 1000, 0.4, 99.0),
    Stream(
        "us-reasoning-235b", "qwen3-235b-a22b", AMERICA, "reasoning", CONVERSATIONS, 250.0, 0.025, 800, 0.3, 0.0, 0.03
    ),
    Stream("us-batch-8b", "llama-3-8b", AMERICA, "batch", CONVERSATIONS, 900.0, 0.01, 100),
    Stream("batch-405b", "llama-3.1-405b", AMERICA_AND_NORTH, "batch", CONVERSATIONS, 50.0, 0.01, 800),
    Stream("eu-chat-8b", "llama-3-8b", EUROPE, "chat", CONVERSATIONS, 900.0, 0.02, 100, 0.2, 99.0),
    Stream("eu-code-32b", "qwen3-32b", EUROPE, "code", CODE, 450.0, 0.03, 3000, 0.4),
    Stream("eu-batch-70b", "llama-3-70b", EUROPE, "batch", CONVERSATIONS, 120.0, 0.015, 400),
    Stream("asia-chat-70b", "llama-3-70b", ASIA, "chat", CONVERSATIONS, 70.0, 0.02, 500, 0.2),
    Stream("asia-assistant-oss", "gpt-oss-120b", ASIA, "assistant", CONVERSATIONS, 400.0, 0.02, 300, 0.3),
)


def workloads() -> list[Workload]:
    """All workloads."""
    return [stream.record for stream in STREAMS]


def size_classes(bundled: Path) -> list[SizeClass]:
    """Classes of every workload, from its trace."""
    return size_classes_of(STREAMS, bundled)


def size_classes_of(streams: Sequence[Stream], bundled: Path) -> list[SizeClass]:
    """Classes of some workloads, from their traces."""
    return [
        size_class
        for stream in streams
        for size_class in size_classes_from_trace(
            read_trace(bundled / stream.trace), workload=stream.workload, count=CLASSES
        )
    ]


def demand(horizon: Horizon) -> list[Demand]:
    """Accepted requests per second of every month, growing at a steady rate."""
    return demand_of(STREAMS, horizon)


def demand_of(streams: Sequence[Stream], horizon: Horizon) -> list[Demand]:
    """The same of some workloads."""
    return [
        Demand(
            workload=stream.workload,
            month=month,
            accepted_requests_per_s=round(stream.requests_per_s * (1 + stream.growth_per_month) ** index, 3),
        )
        for stream in streams
        for index, month in enumerate(horizon.months)
    ]


def profile(bundled: Path, place: Place) -> WeeklyProfile:
    """The week in UTC, and what was left out or filled; day 0 of the series is taken for a Monday."""
    rates = read_hourly_rates(bundled / "servegen_hourly.csv", model=place.series)
    return weekly_profile(rates, utc_shift_hours=-place.utc_offset_hours)


def hourly_load(bundled: Path) -> list[HourlyLoad]:
    """168 hours of every workload but batch work, relative to the mean hour."""
    return hourly_load_of(STREAMS, bundled)


def hourly_load_of(streams: Sequence[Stream], bundled: Path) -> list[HourlyLoad]:
    """The same of some workloads."""
    rows = []
    for stream in streams:
        if stream.is_batch:
            continue
        loads = profile(bundled, stream.place).loads
        mean = sum(loads) / len(loads)
        rows += [
            HourlyLoad(workload=stream.workload, hour_of_week=hour, load=round(load / mean, 4))
            for hour, load in enumerate(loads)
        ]
    return rows
