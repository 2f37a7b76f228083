"""API offers that are left after an event: what of their limits is used.

For the family fallback; index sets and meanings there.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from optimizer.keys import Bundle
from optimizer.linear import Term
from optimizer.problem import Problem

Bundles = Mapping[tuple[str, str, str], Bundle]
"""By contingency, workload and name."""
Used = dict[tuple[str, str, int, str, str], list[Term]]
"""Terms by contingency, API offer, month, block and outlook."""


def limits_used(serve_api: Any, problem: Problem, bundles: Bundles) -> tuple[Used, Used]:
    """Of the input and of the output limit: the share that is used, all workloads together."""
    sent: Used = defaultdict(list)
    received: Used = defaultdict(list)
    for (q, w, g, a, t, b, s), share in serve_api.items():
        offer = problem.token_offers.offer[a]
        rates = [
            problem.token_offers.rate(key, t, b, s)
            for key in bundles[q, w, g].classes
            if (key, t, b, s) in problem.tok_per_s
        ]
        inputs = sum(uncached + cached for uncached, cached, _ in rates)
        sent[q, a, t, b, s].append((inputs / offer.input_tok_per_s_limit, share))
        outputs = sum(output for _, _, output in rates)
        received[q, a, t, b, s].append((outputs / offer.output_tok_per_s_limit, share))
    return sent, received
