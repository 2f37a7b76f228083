"""How a goodput came about, as plain data: what `siliconmix explain --json` prints."""

from decimal import Decimal
from typing import Literal

from catalog.latencies import Known
from catalog.records import Evidence, Id, Record, Text
from catalog.serving import RefusalReason
from scenarios.scenario import HeadroomMethod


class LatencySeen(Record):
    """A latency as a limit sees it."""

    ms: float
    limit_ms: float
    stated_ms: float
    stated_percentile: int
    factor: float
    """What the stated latency was multiplied by to come to the percentile of the limit; 1 where it was not."""


class PointSeen(Record):
    """A measured point inside or outside the limits."""

    point: Id
    evidence: Evidence
    source: Text
    concurrency: float | None
    output_tok_per_s: float
    """Of the whole replica."""
    ttft: LatencySeen | None
    """None where there is no limit or nothing is stated."""
    tpot: LatencySeen | None
    passes: bool


class BestPoint(Record):
    """The best operating point of a size."""

    points: tuple[Id, ...]
    share_of_the_way: float | None
    """How far it lies from the passing to the failing point, where the first limit is reached; None where measured."""
    output_tok_per_s: float
    replica_seconds: float
    """One request of the size keeps a replica busy so long."""


class SizeSeen(Record):
    """A measured size of a configuration."""

    input_tokens: float
    output_tokens: float
    points: tuple[PointSeen, ...]
    best: BestPoint | None
    """None where nothing passes; the size is then left out."""


class ConfigurationTried(Record):
    """A configuration or a claim, and what became of it."""

    verdict: Literal["chosen", "can serve", "refused"]
    precision: str
    engine: str
    accelerators_per_replica: int | None
    curve: str
    claim: str | None
    reason: RefusalReason | None
    text: Text
    """Why it is refused; blank otherwise."""
    evidence: Evidence | None
    """Final grade, for the size of the class."""
    node_seconds_per_attempt: float | None
    most_at_once: float | None
    """Requests of the class whose cache fits a replica; None where the policy does not ask for it."""
    sizes: tuple[SizeSeen, ...]
    """For a claim that can serve, those of its baseline; none for one that cannot."""


class ClaimSeen(Record):
    """A price-performance claim, and what it makes of the baseline's speed."""

    claim: Id
    source: Text
    baseline_accelerator: Id
    baseline_curve: Id
    baseline_accelerators_per_replica: int
    own_list_price_usd_per_accelerator_hour: Decimal
    baseline_list_price_usd_per_accelerator_hour: Decimal
    gain_share: float
    relative_performance: float
    """Goodput per chip over the baseline's: own list price / baseline list price x (1 + gain)."""


class LatencyAttained(Record):
    """A latency that is attained, beside the limit or without one."""

    percentile: int
    ttft_ms: float | None
    ttft_known: Known | None
    tpot_ms: float | None
    tpot_known: Known | None


class Goodput(Record):
    """From the rates of the chosen configuration to what a node is worth."""

    prefill_tok_per_s: float
    """Of a replica inside the limits; for a claim, of its baseline's."""
    decode_tok_per_s: float
    single_rate: bool
    """True when prefill and decode cannot be told apart."""
    prefilled_tokens: float
    """Prompt tokens that are not found in the cache."""
    law_replica_seconds: float
    """By the rates above: prefilled / prefill rate + output / decode rate."""
    replica_seconds: float
    """Of the offering's own chip; differs from the law's where a claim stands between them."""
    claim: ClaimSeen | None
    accelerators_per_replica: int
    accelerators_per_node: int
    replicas_per_node: float
    """Whole replicas; for a claim, all chips of the node are shared out."""
    evidence_of_points: Evidence
    evidence: Evidence
    evidence_steps: tuple[Text, ...]
    """Why the final grade is below that of the points; empty where it is not."""
    percentile_factor: float
    attained: tuple[LatencyAttained, ...]
    haircut_share: float
    node_seconds_per_attempt: float
    attempts_per_s_and_node: float
    usable_share: float
    """As stated; with derived headroom the most that it can be."""
    headroom: HeadroomMethod
    yield_share: float
    accepted_tok_per_s_and_node: float
    """Attempts x output x yield x usable share."""
    list_price_usd_per_node_hour: float
    usd_per_mtok_at_list: float
    """Of a node that is full all the time, per million accepted output tokens."""


class ClassExplained(Record):
    """A size class on the offering."""

    size_class: Id
    input_tokens: float
    output_tokens: float
    cache_hit_share: float
    reason: RefusalReason | None
    text: Text
    """Why it may not be served; blank where it may."""
    tried: tuple[ConfigurationTried, ...]
    """Chosen first, then what can serve by worth, then what is refused; empty where terms or residency stop it."""
    goodput: Goodput | None


class Explanation(Record):
    """How the goodput of a workload on an offering came about."""

    format: Literal["siliconmix-explanation-1"] = "siliconmix-explanation-1"
    scenario: Id
    workload: Id
    model: Id
    offering: Id
    region: Id
    accelerator: Id
    accelerators_per_node: int
    ttft_limit_ms: float | None
    tpot_limit_ms: float | None
    slo_percentile: int
    quality_bar: float
    terms: tuple[Id, ...]
    """Contracts and held contracts with which nodes can be had."""
    migration: Text
    """The work that must come first; blank where none is needed."""
    splits: tuple[Text, ...]
    """Splits of the model in which the offering has a part; the classes are of the offering alone."""
    classes: tuple[ClassExplained, ...]
