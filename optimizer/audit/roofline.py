"""The roofline prior once more: peak compute and bandwidth, where nothing is known of a model on a chip."""

from dataclasses import dataclass
from math import floor, inf

from catalog.accelerators import Accelerator, ModelPrecision
from catalog.records import Evidence
from catalog.serving import RefusalReason
from optimizer.audit.latency import Limits
from optimizer.audit.law import Law

NAME = "roofline"
_SPEED = {
    "bf16": "dense_tflops_bf16",
    "fp16": "dense_tflops_bf16",
    "fp8": "dense_tflops_fp8",
    "fp4": "dense_tflops_fp4",
    "mxfp4": "dense_tflops_fp4",
    "nvfp4": "dense_tflops_fp4",
}


@dataclass(frozen=True)
class Sized:
    """A request as the roofline sees it."""

    input_tokens: float
    output_tokens: float
    cache_hit_share: float
    limits: Limits


def is_stated(chip: Accelerator, row: ModelPrecision) -> bool:
    """Whether the catalog has every figure that it takes."""
    figures = (_tflops(chip, row.precision), chip.memory_bandwidth_tb_per_s, row.active_parameters_billion)
    return all(figure is not None for figure in figures)


def roofline_law(
    chip: Accelerator, row: ModelPrecision, chips: int, asked: Sized, factor: float, usable_gb: float
) -> Law | tuple[RefusalReason, float]:
    """The law at the most requests at once that memory and limits allow; or what one alone breaks, and by how much."""
    tflops, bandwidth = _tflops(chip, row.precision), chip.memory_bandwidth_tb_per_s
    active = row.active_parameters_billion
    assert tflops is not None
    assert bandwidth is not None
    assert active is not None
    prompt_token = 0.002 * active / (chips * tflops)
    weights = row.weights_gb / (1000 * chips * bandwidth)
    own_gb = row.kv_kb_per_token * (asked.input_tokens + asked.output_tokens) / 1e6
    cache = own_gb / (1000 * chips * bandwidth)
    fresh = asked.input_tokens * (1 - asked.cache_hit_share) * prompt_token / asked.output_tokens
    limits = asked.limits
    tpot_s = inf if limits.tpot_ms is None else limits.tpot_ms / 1000 / factor
    ttft_s = inf if limits.ttft_ms is None else limits.ttft_ms / 1000 / factor
    left_s = ttft_s - asked.input_tokens * prompt_token
    many = min(
        (usable_gb - row.weights_gb) / own_gb,
        (tpot_s - weights) / (cache + fresh),
        tpot_s / (prompt_token + fresh),
        (left_s - weights) / cache,
        left_s / prompt_token,
    )
    count = max(1, floor(many + 1e-9))
    step = max(weights + count * cache, count * prompt_token)
    ttft, tpot = asked.input_tokens * prompt_token + step, step + count * fresh
    if many + 1e-9 < 1:
        reason = RefusalReason.TPOT if tpot > tpot_s else RefusalReason.TTFT
        return reason, max(tpot / tpot_s, ttft / ttft_s)
    return Law(
        per_input_s=prompt_token,
        per_output_s=step / count,
        grade=Evidence.ROOFLINE,
        inputs=(0.0, inf),
        outputs=(0.0, inf),
        points=frozenset(),
        ttft_ms=None if limits.ttft_ms is None else ttft * 1000 * factor,
        tpot_ms=None if limits.tpot_ms is None else tpot * 1000 * factor,
        factor=1.0 if limits.ttft_ms is None and limits.tpot_ms is None else factor,
    )


def _tflops(chip: Accelerator, precision: str) -> float | None:
    name = _SPEED.get(precision)
    figure: float | None = None if name is None else getattr(chip, name)
    return figure
