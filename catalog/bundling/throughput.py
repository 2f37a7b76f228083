"""goodput_points.csv: one reader per source, because each counts tokens, chips and latencies in its own way.

| source | output tok/s of a replica | latencies | curve |
|---|---|---|---|
| aiconfigurator | as stated (output only) | p50 | system and parallelism; thinned (catalog.bundling.thinning) |
| argonne_lib | (input + output) tok/s * output / (input + output) | none: static batches | system, engine, chips |
| dstack | as stated; recomputed by its compiler from batch * output / latency | p99 online, none for batches | run |
| mlperf51 | as stated, for the whole system | its limits, which held at p99; none offline | entry |
| aws_neuron | as stated | p99 | system and precision |
| google_tpu_recipes | as stated | p99 | recipe |

Left out, each for a reason that docs/data.md gives: mlenergy (no licence, no input lengths), splitwise (models that
the catalog does not hold), inferencex_changelog (models without a config), MLPerf models without stated lengths,
rows whose chip has no memory figure, rows whose p99 lies below their p50.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.bundling.aliases import ACCELERATORS, MODELS, precision_of
from catalog.bundling.tables import RawRow, number
from catalog.bundling.thinning import Axes, thinned
from catalog.goodput import GoodputPoint
from catalog.records import Evidence
from catalog.slugs import slug

MLPERF_LENGTHS = {"llama3.1-405b": (9400.0, 684.68)}
"""Mean input and output tokens of the data sets whose lengths were found in writing."""
_MLPERF_LENGTHS_SOURCE = (
    "lengths: mean input 9,400 (mlcommons.org/2025/04/llm-inference-v5), "
    "tokens_per_sample 684.68 (mlcommons/inference language/llama3.1-405b/README.md)"
)
CHIPS_PER_NODE = 8


@dataclass(frozen=True, slots=True)
class Origin:
    """What all rows of a source share."""

    short: str
    repository: str
    as_of: date
    evidence: Evidence
    licence: str


ORIGINS = {
    "aiconfigurator": Origin(
        "aic", "aiconfigurator 0.12.0 output (estimate, not a measurement)", date(2026, 11, 21),
        Evidence.MODELLED, "Apache-2.0"),
    "argonne_lib": Origin(
        "argonne", "argonne-lcf/LLM-Inference-Bench@4211f5d4", date(2025, 7, 18), Evidence.INDEPENDENT, "BSD-3-Clause"),
    "dstack_h100_mi300x": Origin(
        "dstack", "dstackai/benchmarks@06c957ab", date(2024, 12, 1), Evidence.INDEPENDENT, "Apache-2.0"),
    "mlperf51": Origin(
        "mlperf51", "MLPerf v5.1 Inference, mlcommons/inference_results_v5.1@965182b0", date(2025, 9, 9),
        Evidence.INDEPENDENT, "MLPerf result rules: attributed, not endorsed by MLCommons"),
    "google_tpu_recipes": Origin(
        "tpu-recipes", "AI-Hypercomputer/tpu-recipes@c8cfe2f6", date(2026, 8, 7), Evidence.VENDOR, "Apache-2.0"),
    "aws_neuron": Origin(
        "neuron", "aws-neuron/aws-neuron-sdk@81ce03ae about-neuron/benchmarks (historical)", date(2026, 2, 26),
        Evidence.VENDOR, "CC-BY-SA-4.0"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source's reader makes of a row, before it becomes a point."""

    row: RawRow
    run: str
    """What tells this run from others of the source: system, parallelism, entry."""
    tokens: tuple[float, float]
    output_tok_per_s: float
    note: str = ""


def points_of(rows: Sequence[RawRow], source_id: str) -> list[GoodputPoint]:
    """The points of one source, in the order of their ids."""
    known = [row for row in rows if row["source_id"] == source_id and _is_known(row)]
    readings = [reading for row in known if (reading := _READERS[source_id](row)) is not None]
    if source_id == "aiconfigurator":
        readings = _thinned(readings)
    origin = ORIGINS[source_id]
    counts: dict[str, int] = {}
    points = []
    for reading in sorted(readings, key=_order):
        curve = _curve(origin, reading)
        size = f"{reading.tokens[0]:.0f}x{reading.tokens[1]:.0f}"
        stem = f"{curve}-{size}"
        counts[stem] = counts.get(stem, 0) + 1
        points.append(_point(origin, reading, curve, f"{stem}-{counts[stem]}"))
    return sorted(points, key=lambda point: point.point)


def _is_known(row: RawRow) -> bool:
    """A model and chip of the catalog, a whole replica inside a node, and a p99 that is not below the p50."""
    chips = number(row, "accelerator_count")
    return (
        row["model"] in MODELS and row["accelerator"] in ACCELERATORS and chips is not None and _percentiles_agree(row)
    )


def _percentiles_agree(row: RawRow) -> bool:
    """False for a row whose p99 is below its p50: one of the two is wrong, and which is not known."""
    for name in ("ttft", "tpot"):
        median, tail = number(row, f"{name}_p50_ms"), number(row, f"{name}_p99_ms")
        if median is not None and tail is not None and tail < median:
            return False
    return True


def _stated_tokens(row: RawRow) -> tuple[float, float]:
    return float(row["isl_tokens"]), float(row["osl_tokens"])


def _aiconfigurator(row: RawRow) -> Reading | None:
    """Rows without an engine are placeholders of the estimator, and replicas over several nodes are not planned."""
    if not row["parallelism"] or float(row["accelerator_count"]) > CHIPS_PER_NODE:
        return None
    return Reading(row, row["parallelism"], _stated_tokens(row), float(row["out_tok_per_s_total"]))


def _argonne(row: RawRow) -> Reading:
    """Its throughput counts input and output tokens; the latency of a static batch is no TTFT."""
    input_tokens, output_tokens = _stated_tokens(row)
    both = float(row["total_tok_per_s_total"])
    return Reading(
        row,
        f"{row['engine']}-x{float(row['accelerator_count']):.0f}",
        (input_tokens, output_tokens),
        round(both * output_tokens / (input_tokens + output_tokens), 3),
        "published tok/s count input and output; output share taken",
    )


def _dstack(row: RawRow) -> Reading:
    kind = "batch" if row["scenario"] == "static batch" else "online"
    chips, _, checkpoint = row["system"].partition(" ")
    return Reading(
        row, f"x{chips.partition('x')[0]}-{checkpoint}-{kind}", _stated_tokens(row), float(row["out_tok_per_s_total"])
    )


def _mlperf(row: RawRow) -> Reading | None:
    """Closed division only: in the open one the model may be another. The system counts as one replica."""
    lengths = MLPERF_LENGTHS.get(row["model"])
    if lengths is None or " closed " not in row["scenario"]:
        return None
    if float(row["accelerator_count"]) > CHIPS_PER_NODE:
        return None
    entry = row["note"].split(";")[0].removeprefix("ID ")
    submitter = row["publisher"].removeprefix("MLCommons; submitter ")
    return Reading(
        row, entry, lengths, float(row["out_tok_per_s_total"]),
        f"entry {entry} ({submitter}), {row['scenario'].split()[-1]}; {_MLPERF_LENGTHS_SOURCE}",
    )  # fmt: skip


def _vendor(row: RawRow) -> Reading:
    return Reading(row, row["system"], _stated_tokens(row), float(row["out_tok_per_s_total"]), row["note"])


_READERS: dict[str, Callable[[RawRow], Reading | None]] = {
    "aiconfigurator": _aiconfigurator,
    "argonne_lib": _argonne,
    "dstack_h100_mi300x": _dstack,
    "mlperf51": _mlperf,
    "google_tpu_recipes": _vendor,
    "aws_neuron": _vendor,
}


def _thinned(readings: Sequence[Reading]) -> list[Reading]:
    """The best curves of every model and chip, thinned."""
    groups: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        key = MODELS[reading.row["model"]], reading.row["accelerator"]
        groups.setdefault(key, []).append(reading)
    kept: list[Reading] = []
    for key in sorted(groups):
        kept += thinned(groups[key], _AXES)
    return kept


def _chip_seconds(reading: Reading) -> float:
    """Chip-seconds per output token."""
    return float(reading.row["accelerator_count"]) / reading.output_tok_per_s


_AXES: Axes[Reading] = Axes(
    run=lambda reading: reading.run,
    size=lambda reading: reading.tokens,
    ttft_ms=lambda reading: float(reading.row["ttft_p50_ms"]),
    tpot_ms=lambda reading: float(reading.row["tpot_p50_ms"]),
    chip_seconds=_chip_seconds,
)


def _order(reading: Reading) -> tuple[str, str, str, str, tuple[float, float], float, float]:
    row = reading.row
    return (
        MODELS[row["model"]], ACCELERATORS[row["accelerator"]], row["precision"], reading.run, reading.tokens,
        number(row, "concurrency") or 0.0, reading.output_tok_per_s,
    )  # fmt: skip


def _curve(origin: Origin, reading: Reading) -> str:
    row = reading.row
    precision = precision_of(row["model"], row["precision"])
    parts = (origin.short, MODELS[row["model"]], ACCELERATORS[row["accelerator"]].split("-")[0], precision, reading.run)
    return slug("-".join(parts))


def _point(origin: Origin, reading: Reading, curve: str, point: str) -> GoodputPoint:
    row = reading.row
    ttft_ms, ttft_percentile = _latency(row, "ttft")
    tpot_ms, tpot_percentile = _latency(row, "tpot")
    return GoodputPoint.model_validate(
        {
            "point": point,
            "curve": curve,
            "model": MODELS[row["model"]],
            "precision": precision_of(row["model"], row["precision"]),
            "accelerator": ACCELERATORS[row["accelerator"]],
            "stack": _stack(row["accelerator"]),
            "engine": slug(row["engine"])[:64].rstrip("-."),
            "accelerators_per_replica": int(float(row["accelerator_count"])),
            "input_tokens": reading.tokens[0],
            "output_tokens": reading.tokens[1],
            "concurrency": number(row, "concurrency"),
            "output_tok_per_s": reading.output_tok_per_s,
            "ttft_ms": ttft_ms,
            "ttft_percentile": ttft_percentile,
            "tpot_ms": tpot_ms,
            "tpot_percentile": tpot_percentile,
            "source": "; ".join(filter(None, (origin.repository, reading.note))),
            "as_of": origin.as_of,
            "evidence": origin.evidence,
            "licence": origin.licence,
        }
    )


def _latency(row: RawRow, name: str) -> tuple[float | None, int | None]:
    """The tail where it is known, else the limit inside which the run held at p99, else the median."""
    for column, percentile in ((f"{name}_p99_ms", 99), (f"slo_{name}_p99_ms", 99), (f"{name}_p50_ms", 50)):
        latency_ms = number(row, column)
        if latency_ms is not None:
            return latency_ms, percentile
    return None, None


def _stack(accelerator: str) -> str:
    if accelerator.startswith("MI"):
        return "rocm"
    if accelerator in ("Inferentia2", "Trainium1", "Trainium2"):
        return "neuron"
    return "xla" if accelerator.startswith("TPU") else "cuda"


def iter_sources(*, share_alike: bool) -> Iterator[str]:
    """Sources whose rows go into the same file: those under CC BY-SA, or all others."""
    return (name for name, origin in ORIGINS.items() if ("CC-BY-SA" in origin.licence) is share_alike)
