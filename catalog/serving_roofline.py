"""Roofline prior: what a chip could do at most, where nothing is known of a model on it (decision 0029).

    prefill_s   = 2 * active parameters / (n * dense speed)                          seconds of a prompt token
    step_s(c)   = max((weights + c * cache of a request) / (n * bandwidth), c * prefill_s)
    ttft        = i * prefill_s + step_s(c)
    tpot        = step_s(c) + c / o * i * (1 - cache_hit_share) * prefill_s
    replica_seconds = i * (1 - cache_hit_share) * prefill_s + o * step_s(c) / c

| symbol | explanation |
|---|---|
| n | chips of a replica: every number that divides the node's |
| c | requests at once: the largest whole number that fits memory and limits |
| i, o | tokens of prompt and answer |

An upper bound: no attention, no communication, no overhead. Haircut and percentile factor of the grade pay for them.
"""

import math
from dataclasses import dataclass

from catalog.accelerators import Accelerator, ModelPrecision
from catalog.records import ByEvidence, Evidence
from catalog.serving import RefusalReason, Slo
from catalog.serving_configurations import Candidate, ServingLaw
from catalog.serving_index import Configuration, Key, Request, ServingIndex
from catalog.serving_law import NodeTimeLaw
from catalog.serving_refusals import NotServable, cache_room, memory_refusal, quality_refusal
from catalog.serving_words import apart

ROOFLINE = "roofline"
FLOP_PER_PARAMETER = 2.0
EDGE = 1e-9
"""What is added before a bound is taken down to a whole number."""


@dataclass(frozen=True)
class Roof:
    """Seconds of a replica as functions of the requests at once."""

    prefill_s: float
    weights_s: float
    """Reading all weights once."""
    cache_s: float
    """Reading the cache of one request once."""
    prefilled_tokens: float
    request: Request

    def step_s(self, at_once: float) -> float:
        """One step gives every request a token."""
        return max(self.weights_s + at_once * self.cache_s, at_once * self.prefill_s)

    def ttft_ms(self, at_once: float) -> float:
        """The whole prompt and a step."""
        return 1000.0 * (self.request.input_tokens * self.prefill_s + self.step_s(at_once))

    def tpot_ms(self, at_once: float) -> float:
        """A step, and between steps the prefills of newcomers."""
        newcomers = at_once / self.request.output_tokens * self.prefilled_tokens * self.prefill_s
        return 1000.0 * (self.step_s(at_once) + newcomers)

    def most(self, slo: Slo, factor: float) -> float:
        """Most requests at once inside the limits; infinite without any."""
        bounds = [math.inf]
        if slo.tpot_limit_ms is not None:
            limit_s = slo.tpot_limit_ms / 1000.0 / factor
            newcomer_s = self.prefilled_tokens * self.prefill_s / self.request.output_tokens
            bounds += [
                (limit_s - self.weights_s) / (self.cache_s + newcomer_s),
                limit_s / (self.prefill_s + newcomer_s),
            ]
        if slo.ttft_limit_ms is not None:
            left_s = slo.ttft_limit_ms / 1000.0 / factor - self.request.input_tokens * self.prefill_s
            bounds += [(left_s - self.weights_s) / self.cache_s, left_s / self.prefill_s]
        return min(bounds)


def rooflines(
    index: ServingIndex,
    accelerator: str,
    accelerators_per_node: int,
    request: Request,
    percentile_factor: ByEvidence,
    memory_usable_share: float,
) -> list[tuple[Key, Candidate | NotServable]]:
    """Every precision and replica size for which the catalog states what it takes."""
    chip = index.accelerator[accelerator]
    factor = percentile_factor.of(Evidence.ROOFLINE)
    return [
        (
            (precision, ROOFLINE, chips, ROOFLINE),
            _outcome(index, chip, row, chips, request, factor, memory_usable_share),
        )
        for (model, precision), row in sorted(index.memory.items())
        if model == request.model
        and dense_tflops(chip, precision)
        and chip.memory_bandwidth_tb_per_s
        and row.active_parameters_billion
        for chips in range(1, accelerators_per_node + 1)
        if accelerators_per_node % chips == 0
    ]


def dense_tflops(chip: Accelerator, precision: str) -> float | None:
    """The dense speed of a chip at a precision of weights; None where it is not stated or has no such thing."""
    if precision in ("bf16", "fp16"):
        return chip.dense_tflops_bf16
    if precision == "fp8":
        return chip.dense_tflops_fp8
    return chip.dense_tflops_fp4 if precision in ("fp4", "mxfp4", "nvfp4") else None


def _outcome(
    index: ServingIndex,
    chip: Accelerator,
    row: ModelPrecision,
    chips: int,
    request: Request,
    factor: float,
    memory_usable_share: float,
) -> Candidate | NotServable:
    name, precision = chip.accelerator, row.precision
    refused = quality_refusal(index, request.model, precision, chip.stack, request.quality_bar) or memory_refusal(
        index, request, precision, name, chips, memory_usable_share
    )
    if refused is not None:
        return refused
    roof, slo = _roof(chip, row, chips, request), request.slo
    room = cache_room(index, request, precision, name, chips, memory_usable_share)
    at_once = math.floor(min(room.most, roof.most(slo, factor)) + EDGE)
    if at_once < 1:
        return _too_slow(roof, slo, factor, f"{chips} x {name} at {precision}")
    step_s = roof.step_s(at_once)
    law = NodeTimeLaw(roof.prefill_s, step_s / at_once, single_rate=False)
    limited = slo.ttft_limit_ms is not None or slo.tpot_limit_ms is not None
    return Candidate(
        key=(precision, ROOFLINE, chips, ROOFLINE),
        precision=precision,
        engine=ROOFLINE,
        accelerators_per_replica=chips,
        replica_seconds=law.replica_seconds(
            input_tokens=request.input_tokens,
            output_tokens=request.output_tokens,
            cache_hit_share=request.cache_hit_share,
        ),
        configuration=Configuration(request.model, name, precision, ROOFLINE, chips, ROOFLINE, ()),
        law=ServingLaw(
            law=law,
            evidence=Evidence.ROOFLINE,
            smallest_input=0.0,
            largest_input=math.inf,
            smallest_output=0.0,
            largest_output=math.inf,
            percentile_factor=factor if limited else 1.0,
            ttft_ms=None if slo.ttft_limit_ms is None else roof.ttft_ms(at_once) * factor,
            tpot_ms=None if slo.tpot_limit_ms is None else roof.tpot_ms(at_once) * factor,
            points=(),
            sizes=(),
        ),
        room=None,
        evidence=Evidence.ROOFLINE,
        quality_score=index.quality_score.get((request.model, precision, chip.stack)),
    )


def _roof(chip: Accelerator, row: ModelPrecision, chips: int, request: Request) -> Roof:
    speed, bandwidth = dense_tflops(chip, row.precision), chip.memory_bandwidth_tb_per_s
    assert speed is not None
    assert bandwidth is not None
    assert row.active_parameters_billion is not None
    gb_per_s = chips * bandwidth * 1000.0
    cache_gb = row.kv_kb_per_token * (request.input_tokens + request.output_tokens) / 1e6
    return Roof(
        prefill_s=FLOP_PER_PARAMETER * row.active_parameters_billion * 1e9 / (chips * speed * 1e12),
        weights_s=row.weights_gb / gb_per_s,
        cache_s=cache_gb / gb_per_s,
        prefilled_tokens=request.input_tokens * (1.0 - request.cache_hit_share),
        request=request,
    )


def _too_slow(roof: Roof, slo: Slo, factor: float, where: str) -> NotServable:
    """One request alone is too slow."""
    excess = {
        reason: ms * factor / limit_ms
        for reason, ms, limit_ms in (
            (RefusalReason.TPOT, roof.tpot_ms(1), slo.tpot_limit_ms),
            (RefusalReason.TTFT, roof.ttft_ms(1), slo.ttft_limit_ms),
        )
        if limit_ms is not None
    }
    reason = RefusalReason.TPOT if excess.get(RefusalReason.TPOT, 0.0) > 1.0 else RefusalReason.TTFT
    limit_ms = slo.tpot_limit_ms if reason is RefusalReason.TPOT else slo.ttft_limit_ms
    latency, limit = apart(excess[reason] * (limit_ms or 0.0), limit_ms or 0.0)
    known = f"{reason.value.upper()} at p{slo.percentile} is {latency} ms by the roofline of {where}"
    text = f"{known}; the limit is {limit} ms"
    return NotServable(reason, text, max(excess.values()))
