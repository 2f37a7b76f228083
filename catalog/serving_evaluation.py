"""How an offering's node serves a request inside an SLO, or why it does not (decision 0002).

    node_seconds_per_attempt = replica_seconds / replicas_per_node / (1 - haircut_share[grade])

| symbol | explanation |
|---|---|
| replica_seconds | by the node-time law of the configuration (catalog.serving_law) |
| replicas_per_node | accelerators per node / accelerators per replica, whole replicas only |
| haircut_share | policy, by the final grade of the evidence; taken once |

Among the configurations that pass, the best final grade is chosen, then the least node-seconds, then
the smallest (precision, engine, accelerators per replica, curve or claim). Offerings whose nodes hold
the same chips get the same answer. Residency and terms are judged in optimizer.eligibility.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from catalog.book import Catalog
from catalog.goodput import Role
from catalog.offerings import Offering
from catalog.records import ByEvidence, Record, Share
from catalog.serving import MemoryCheck, RefusalReason, Serving
from catalog.serving_claims import candidate_by_claim
from catalog.serving_configurations import Candidate, candidate_inside
from catalog.serving_index import Configuration, Key, Request, ServingIndex, index_of
from catalog.serving_points import CacheRoom
from catalog.serving_refusals import (
    NotServable,
    cache_room,
    furthest,
    memory_refusal,
    quality_refusal,
    replica_refusal,
)
from catalog.serving_roofline import rooflines

__all__ = [
    "NotServable",
    "ServingRules",
    "Tried",
    "answer",
    "chosen",
    "everything_tried",
    "measured",
    "nothing_known",
    "refusal_of",
    "room_of",
    "serve",
    "tried_on_node",
]


class ServingRules(Record):
    """What the policy says about figures of speed and memory."""

    haircut_share: ByEvidence
    percentile_factor: ByEvidence
    memory_usable_share: Share
    memory_check: MemoryCheck = MemoryCheck.ONE_REQUEST
    roofline_prior: bool = False


def serve(*, catalog: Catalog, offering: Offering, request: Request, rules: ServingRules) -> Serving | NotServable:
    """Node-time of one attempt of the request on a node of the offering, or the reason why not.

    The offering's accelerator must be in the catalog (KeyError otherwise).
    """
    return _on_node(index_of(catalog), offering.accelerator, offering.accelerators_per_node, request, rules)


@dataclass(frozen=True, slots=True)
class Tried:
    """A configuration or a claim, and what it comes to on a node."""

    key: Key
    outcome: Candidate | NotServable
    node_seconds: float
    """Of one attempt, haircut taken; infinite for a refusal."""

    @property
    def worth(self) -> tuple[int, float, Key]:
        """The smallest is chosen: best grade, then least node-time, then the smallest key."""
        assert isinstance(self.outcome, Candidate)
        return (self.outcome.evidence.rank, self.node_seconds, self.key)


def everything_tried(
    *, catalog: Catalog, offering: Offering, request: Request, rules: ServingRules
) -> tuple[Tried, ...]:
    """Every configuration and claim of the offering's accelerator: what stopped it or how fast it is."""
    return _tried(index_of(catalog), offering.accelerator, offering.accelerators_per_node, request, rules)


def chosen(tried: Iterable[Tried]) -> Tried | None:
    """The one that serves, if any can."""
    return min((each for each in tried if isinstance(each.outcome, Candidate)), key=lambda t: t.worth, default=None)


@lru_cache(maxsize=1 << 15)
def _on_node(
    index: ServingIndex, accelerator: str, accelerators_per_node: int, request: Request, rules: ServingRules
) -> Serving | NotServable:
    """The choice among all configurations and claims of the chip."""
    tried = _tried(index, accelerator, accelerators_per_node, request, rules)
    return answer(tried, rules, nothing_known(request.model, accelerator))


def answer(tried: Iterable[Tried], rules: ServingRules, nothing: NotServable) -> Serving | NotServable:
    """The one that serves, or the refusal that came furthest; `nothing` where nothing was tried."""
    tried = tuple(tried)
    best = chosen(tried)
    if best is not None and isinstance(best.outcome, Candidate):
        return _serving(best.outcome, best.node_seconds, rules.haircut_share.of(best.outcome.evidence))
    return refusal_of(tried, nothing)


def refusal_of(tried: Iterable[Tried], nothing: NotServable) -> NotServable:
    """What came furthest of all that was tried; `nothing` where nothing was."""
    refused = [(each.key, each.outcome) for each in tried if isinstance(each.outcome, NotServable)]
    return furthest(refused) if refused else nothing


def nothing_known(model: str, accelerator: str) -> NotServable:
    """There is neither a configuration nor a claim."""
    return NotServable(RefusalReason.NO_DATA, f"no measured point of {model} on {accelerator}, and no claim")


def _tried(
    index: ServingIndex, accelerator: str, accelerators_per_node: int, request: Request, rules: ServingRules
) -> tuple[Tried, ...]:
    outcomes = _outcomes(index, accelerator, accelerators_per_node, request, rules)
    if rules.roofline_prior and not outcomes:
        outcomes = rooflines(
            index, accelerator, accelerators_per_node, request, rules.percentile_factor, rules.memory_usable_share
        )
    return tried_on_node(outcomes, accelerators_per_node, rules)


def tried_on_node(
    outcomes: Iterable[tuple[Key, Candidate | NotServable]], accelerators_per_node: int, rules: ServingRules
) -> tuple[Tried, ...]:
    """Step 10: what each outcome comes to on a node, haircut taken."""

    def on_node(key: Key, outcome: Candidate | NotServable) -> Tried:
        if isinstance(outcome, NotServable):
            return Tried(key, outcome, math.inf)
        haircut = rules.haircut_share.of(outcome.evidence)
        return Tried(outcome.key, outcome, outcome.node_seconds(accelerators_per_node) / (1.0 - haircut))

    return tuple(on_node(key, outcome) for key, outcome in outcomes)


def _outcomes(
    index: ServingIndex, accelerator: str, accelerators_per_node: int, request: Request, rules: ServingRules
) -> list[tuple[Key, Candidate | NotServable]]:
    """What each configuration and each claim comes to."""
    pointed = [
        (configuration.key, measured(index, configuration, accelerators_per_node, request, rules))
        for configuration in index.configurations.get((request.model, accelerator), ())
    ]
    claimed = [
        (
            ("", "", 0, claim.claim),
            candidate_by_claim(
                index,
                claim,
                request,
                accelerators_per_node=accelerators_per_node,
                percentile_factor=rules.percentile_factor,
                memory_usable_share=rules.memory_usable_share,
            ),
        )
        for claim in index.claims.get(accelerator, ())
    ]
    return [*pointed, *claimed]


def measured(
    index: ServingIndex,
    configuration: Configuration,
    accelerators_per_node: int,
    request: Request,
    rules: ServingRules,
) -> Candidate | NotServable:
    """Steps 3 to 9 for one configuration."""
    precision, chips = configuration.precision, configuration.accelerators_per_replica
    accelerator, share = configuration.accelerator, rules.memory_usable_share
    stack = index.accelerator[accelerator].stack
    stopped = (
        quality_refusal(index, request.model, precision, stack, request.quality_bar)
        or replica_refusal(configuration, accelerators_per_node)
        or memory_refusal(index, request, precision, accelerator, chips, share)
    )
    if stopped is not None:
        return stopped
    return candidate_inside(
        index, configuration, request, rules.percentile_factor, room_of(index, configuration, request, rules)
    )


def room_of(
    index: ServingIndex, configuration: Configuration, request: Request, rules: ServingRules
) -> CacheRoom | None:
    """How many of the requests fit a replica at once, where the policy asks for it; None where it does not.

    A role of a split is judged by one request, and so is what the catalog has no memory of.
    """
    asked = rules.memory_check is MemoryCheck.CONCURRENCY and configuration.role is Role.AGGREGATED
    if not asked or (request.model, configuration.precision) not in index.memory:
        return None
    chips, share = configuration.accelerators_per_replica, rules.memory_usable_share
    return cache_room(index, request, configuration.precision, configuration.accelerator, chips, share)


def _serving(best: Candidate, node_seconds: float, haircut_share: float) -> Serving:
    return Serving(
        node_seconds_per_attempt=node_seconds,
        precision=best.precision,
        engine=best.engine,
        accelerators_per_replica=best.accelerators_per_replica,
        evidence=best.evidence,
        haircut_share=haircut_share,
        percentile_factor=best.law.percentile_factor,
        ttft_ms=best.law.ttft_ms,
        tpot_ms=best.law.tpot_ms,
        quality_score=best.quality_score,
        points=best.law.points,
        claim=best.claim,
    )
