"""Operating points of a replica from what a source says of a run; ids are made here, the same for the same file."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import ValidationError

from catalog.findings import Code, Finding, Location
from catalog.goodput import GoodputPoint, Role
from catalog.records import TEXT_LIMIT, Evidence
from catalog.slugs import MOST_CHARACTERS, short_slug
from scenarios.importing.harvest import Harvest, NewRow

Percentile = Literal[50, 90, 95, 99]
CHIPS_PER_NODE = 8
"""A run on more chips, or on several nodes, is a replica over nodes, which is not planned (docs/decisions/0002)."""
_MOST_OF_A_CURVE = 48


@dataclass(frozen=True)
class Latency:
    """A latency of a run and the percentile of the distribution that it is."""

    ms: float
    percentile: Percentile


def _tail(latencies: tuple[Latency, ...]) -> float | None:
    """The latency at the highest percentile."""
    return max(latencies, key=lambda each: each.percentile).ms if latencies else None


def _tail_percentile(latencies: tuple[Latency, ...]) -> Percentile | None:
    return max(latencies, key=lambda each: each.percentile).percentile if latencies else None


def _beside(latencies: tuple[Latency, ...], percentile: Percentile) -> float | None:
    """The latency at a percentile, where a higher one is stated as well."""
    below = (each for each in latencies if each.percentile == percentile != _tail_percentile(latencies))
    return next((each.ms for each in below), None)


@dataclass(frozen=True)
class Run:
    """One measured (or modelled) point, in the words of the scenario."""

    model: str
    precision: str
    accelerator: str
    stack: str
    engine: str
    accelerators_per_replica: int
    input_tokens: float
    output_tokens: float
    output_tok_per_s: float
    """Of the whole replica."""
    source: str
    as_of: date
    evidence: Evidence
    run: str
    """What tells the run from others of the same model, chip and precision: its points share a curve."""
    concurrency: float | None = None
    ttft: tuple[Latency, ...] = ()
    tpot: tuple[Latency, ...] = ()
    """Every percentile that the source states."""
    licence: str = ""
    role: Role = Role.AGGREGATED
    tag: str = ""
    """What tells the point from others of its curve and size."""


@dataclass
class Points:
    """The points of one file, as they are found."""

    kind: str
    refused: list[Finding] = field(default_factory=list)
    rows: list[NewRow] = field(default_factory=list)
    repeated: int = 0
    _stems: Counter[str] = field(default_factory=Counter)
    _seen: set[Run] = field(default_factory=set)

    def add(self, run: Run, where: Location) -> None:
        """A run as a row; one that says the same as another is only counted."""
        if run in self._seen:
            self.repeated += 1
            return
        self._seen.add(run)
        curve = short_slug(f"{self.kind}-{run.model}-{run.accelerator}-{run.precision}-{run.run}", _MOST_OF_A_CURVE)
        size = f"{run.input_tokens:.0f}x{run.output_tokens:.0f}"
        stem = f"{curve}{run.tag}-{size}" + (f"-c{run.concurrency:g}" if run.concurrency else "")
        self._stems[stem] += 1
        number = f"-{self._stems[stem]}" if self._stems[stem] > 1 else ""
        self._append(run, curve, short_slug(stem, MOST_CHARACTERS - len(number)) + number, where)

    def _append(self, run: Run, curve: str, point: str, where: Location) -> None:
        try:
            record = GoodputPoint(
                point=point,
                curve=curve,
                model=run.model,
                precision=run.precision,
                accelerator=run.accelerator,
                stack=run.stack,
                engine=short_slug(run.engine) or "unstated",
                accelerators_per_replica=run.accelerators_per_replica,
                input_tokens=run.input_tokens,
                output_tokens=run.output_tokens,
                concurrency=run.concurrency,
                output_tok_per_s=run.output_tok_per_s,
                ttft_ms=_tail(run.ttft),
                ttft_percentile=_tail_percentile(run.ttft),
                ttft_p50_ms=_beside(run.ttft, 50),
                ttft_p95_ms=_beside(run.ttft, 95),
                tpot_ms=_tail(run.tpot),
                tpot_percentile=_tail_percentile(run.tpot),
                tpot_p50_ms=_beside(run.tpot, 50),
                tpot_p95_ms=_beside(run.tpot, 95),
                role=run.role,
                source=run.source[:TEXT_LIMIT],
                as_of=run.as_of,
                evidence=run.evidence,
                licence=run.licence,
            )
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                said = f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                self.refused.append(
                    Finding(Code.CONTRADICTION, where, said, "a point that makes sense", "check the row")
                )
            return
        self.rows.append(NewRow("goodput_points", record, where))

    def harvest(self, read: int, left_out: int = 0, notes: tuple[str, ...] = ()) -> Harvest:
        """All of it."""
        return Harvest(
            read=read,
            rows=tuple(self.rows),
            refused=tuple(self.refused),
            left_out=left_out,
            repeated=self.repeated,
            notes=notes,
        )
