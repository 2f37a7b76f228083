"""How an offering's node does one role of a split inside the limits that are left to it (decision 0030).

    seconds per token  =  max over measured sizes of T_s / input_tokens_s     (prefill)
                       =  max over measured sizes of T_s / output_tokens_s    (decode)

| symbol | explanation |
|---|---|
| T_s | output_tokens_s / output_tok_per_s: one request keeps the replica busy so long in its role |

Each role has one rate, which one size is enough to know. Claims do not stand for roles.
"""

import math
from dataclasses import replace

from catalog.book import Catalog
from catalog.goodput import Role
from catalog.offerings import Offering
from catalog.records import worst
from catalog.serving import RefusalReason, Serving, Slo
from catalog.serving_configurations import Candidate, ServingLaw
from catalog.serving_evaluation import NotServable, ServingRules, answer, measured, tried_on_node
from catalog.serving_index import Configuration, Request, ServingIndex, index_of
from catalog.serving_law import NodeTimeLaw


def serve_in_role(
    *, catalog: Catalog, offering: Offering, role: Role, precision: str, request: Request, rules: ServingRules
) -> Serving | NotServable:
    """Node-time of the role's part of one attempt on a node of the offering, or the reason why not.

    The request's SLO is what is left to the role: `limits_of_role`.
    """
    if role is Role.PREFILL and request.cache_hit_share == 1.0:
        return NotServable(RefusalReason.NO_DATA, "all of the prompt is cached: there is nothing to prefill")
    index = index_of(catalog)
    configurations = index.configurations_of_role[role].get((request.model, offering.accelerator), ())
    node = offering.accelerators_per_node
    outcomes = [
        (row.key, _outcome(index, row, role, node, request, rules))
        for row in configurations
        if row.precision == precision
    ]
    nothing = f"no measured point of {request.model} at {precision} on {offering.accelerator} in the role {role}"
    return answer(tried_on_node(outcomes, node, rules), rules, NotServable(RefusalReason.NO_DATA, nothing))


def limits_of_role(role: Role, slo: Slo, transfer_ms: float) -> Slo:
    """What of an SLO a role must keep: prefill the TTFT less the transfer, decode the TPOT.

    With a TTFT limit it must be above `transfer_ms`.
    """
    ttft_ms = slo.ttft_limit_ms if role is Role.PREFILL else None
    return Slo(
        ttft_limit_ms=None if ttft_ms is None else ttft_ms - transfer_ms,
        tpot_limit_ms=slo.tpot_limit_ms if role is Role.DECODE else None,
        percentile=slo.percentile,
    )


def _outcome(
    index: ServingIndex,
    configuration: Configuration,
    role: Role,
    accelerators_per_node: int,
    request: Request,
    rules: ServingRules,
) -> Candidate | NotServable:
    """Steps 3 to 9 of decision 0002 for one configuration in a role."""
    outcome = measured(index, configuration, accelerators_per_node, request, rules)
    return outcome if isinstance(outcome, NotServable) else _in_role(outcome, role, request)


def _in_role(candidate: Candidate, role: Role, request: Request) -> Candidate:
    """The candidate with the rate of its role in the place of the law of whole requests."""
    law = _law_of_role(candidate.law, role)
    seconds = law.law.replica_seconds(
        input_tokens=request.input_tokens,
        output_tokens=request.output_tokens,
        cache_hit_share=request.cache_hit_share,
    )
    return replace(candidate, law=law, replica_seconds=seconds, evidence=law.grade_at(request))


def _law_of_role(law: ServingLaw, role: Role) -> ServingLaw:
    """The slowest rate of the measured sizes; how long answers are is nothing to prefill."""
    evidence = worst(size.best.evidence for size in law.sizes)
    if role is Role.PREFILL:
        slowest = max(size.replica_seconds / size.input_tokens for size in law.sizes)
        rates = NodeTimeLaw(slowest, 0.0, single_rate=False)
        return replace(law, law=rates, evidence=evidence, smallest_output=0.0, largest_output=math.inf)
    slowest = max(size.replica_seconds / size.output_tokens for size in law.sizes)
    return replace(law, law=NodeTimeLaw(0.0, slowest, single_rate=False), evidence=evidence)
