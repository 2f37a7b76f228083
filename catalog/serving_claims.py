"""Price-performance claims as goodput: "x % better than B" on top of what is known of B (decision 0002).

    chip_seconds = chip_seconds of the best configuration on B
                   / (own list price / baseline list price * (1 + gain_share))

| symbol | explanation |
|---|---|
| chip_seconds | replica-seconds of the request * accelerators per replica |
| B | the baseline accelerator, judged with its own stack and without replica, node or haircut |
| gain_share | 0.30 for "30 % better price-performance" |

A chip that costs half as much per hour and is "30 % better" does 0.5 * 1.3 = 0.65 of B's work.
"""

from dataclasses import replace

from catalog.goodput import PricePerformanceClaim
from catalog.records import ByEvidence, Evidence, worst
from catalog.serving import RefusalReason
from catalog.serving_configurations import Candidate, candidate_inside
from catalog.serving_index import Key, Request, ServingIndex
from catalog.serving_refusals import NotServable, furthest, memory_refusal, quality_refusal


def relative_performance(claim: PricePerformanceClaim) -> float:
    """Goodput per chip relative to the baseline's; not positive when the claim says nothing usable.

    0.0 for a baseline without a price.
    """
    baseline = float(claim.baseline_list_price_usd_per_accelerator_hour)
    own = float(claim.own_list_price_usd_per_accelerator_hour)
    return own / baseline * (1.0 + claim.gain_share) if baseline > 0 else 0.0


def candidate_by_claim(
    index: ServingIndex,
    claim: PricePerformanceClaim,
    request: Request,
    *,
    accelerators_per_node: int,
    percentile_factor: ByEvidence,
    memory_usable_share: float,
) -> Candidate | NotServable:
    """The claimed chip as a candidate: its replica is the fewest chips that hold the model."""
    performance = relative_performance(claim)
    if performance <= 0:
        return NotServable(RefusalReason.NO_DATA, f"the claim {claim.claim} names no usable prices or gain")
    baseline = _best_on(index, claim.baseline_accelerator, request, percentile_factor)
    if isinstance(baseline, NotServable):
        return replace(baseline, text=f"the claim {claim.claim} rests on its baseline: {baseline.text}")
    stack = index.accelerator[claim.accelerator].stack
    refused = quality_refusal(index, request.model, baseline.precision, stack, request.quality_bar)
    if refused is not None:
        return refused
    chips = _fewest_chips(
        index, claim.accelerator, request, baseline.precision, accelerators_per_node, memory_usable_share
    )
    if isinstance(chips, NotServable):
        return chips
    return replace(
        baseline,
        key=(baseline.precision, baseline.engine, chips, claim.claim),
        accelerators_per_replica=chips,
        replica_seconds=baseline.chip_seconds / performance / chips,
        evidence=worst([Evidence.VENDOR, baseline.evidence]),
        quality_score=index.quality_score.get((request.model, baseline.precision, stack)),
        claim=claim.claim,
    )


def _best_on(
    index: ServingIndex, accelerator: str, request: Request, percentile_factor: ByEvidence
) -> Candidate | NotServable:
    """The best configuration on the baseline: by grade, then by chip-seconds, then the smallest key."""
    stack = index.accelerator[accelerator].stack
    found: list[Candidate] = []
    refused: list[tuple[Key, NotServable]] = []
    for configuration in index.configurations.get((request.model, accelerator), ()):
        outcome = quality_refusal(
            index, request.model, configuration.precision, stack, request.quality_bar
        ) or candidate_inside(index, configuration, request, percentile_factor)
        if isinstance(outcome, NotServable):
            refused.append((configuration.key, outcome))
        else:
            found.append(outcome)
    if found:
        return min(found, key=lambda row: (row.evidence.rank, row.chip_seconds, row.key))
    if refused:
        return furthest(refused)
    return NotServable(RefusalReason.NO_DATA, f"no measured point of {request.model} on {accelerator}")


def _fewest_chips(
    index: ServingIndex,
    accelerator: str,
    request: Request,
    precision: str,
    accelerators_per_node: int,
    memory_usable_share: float,
) -> int | NotServable:
    """The fewest chips of a node that hold the model and one request (step 5)."""
    for chips in range(1, accelerators_per_node + 1):
        refused = memory_refusal(index, request, precision, accelerator, chips, memory_usable_share)
        if refused is None:
            return chips
    assert refused is not None
    return refused
