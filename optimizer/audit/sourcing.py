"""Second sources: how many providers serve a part worth the name of a critical workload, in every month."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from contracts.calendar import Month
from optimizer.audit.checks import ROUNDING, Checks
from optimizer.audit.figures import Inputs
from optimizer.audit.shares import months_of
from optimizer.audit.statements import Statements
from optimizer.plan import Placement
from optimizer.plan_contracts import ApiPlacement
from optimizer.plan_splits import SplitPlacement

Served = Placement | ApiPlacement | SplitPlacement
Key = tuple[str, Month, str]
"""Outlook, month, workload."""


def check_sourcing(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """The provider that is the last one needed has the least part that counts."""
    if not inputs.policy.sourcing:
        return
    served = _Served(inputs, stated)
    for rule in inputs.policy.sourcing:
        for outlook in inputs.probability:
            for month in months_of(inputs, rule):
                key = (outlook, month, rule.workload)
                asked = asked_of(inputs, *key)
                if asked > 0:
                    parts = sorted(served.tokens[key].values(), reverse=True)
                    checks.at_most(
                        "policy.sourcing",
                        (rule.rule, *key, f"provider {rule.providers_at_least}"),
                        rule.share_at_least * asked,
                        next(iter(parts[rule.providers_at_least - 1 :]), 0.0),
                        "tokens",
                        rounded=served.error[key] / ROUNDING,
                    )


def served_by_provider(inputs: Inputs, stated: Statements) -> Mapping[Key, Mapping[str, float]]:
    """Tokens of a workload in an outlook and month, by provider."""
    return _Served(inputs, stated).tokens


def asked_of(inputs: Inputs, outlook: str, month: Month, workload: str) -> float:
    """Tokens of the demand of a workload in an outlook and month."""
    return sum(
        inputs.class_rates[outlook, workload, row.size_class, month, block] * 3600.0 * hours
        for row in inputs.classes_of.get(workload, ())
        for block, hours in inputs.block_hours[month].items()
    )


def _parts(inputs: Inputs, stated: Statements) -> Iterator[tuple[Served, str]]:
    """Everything that is served, and by whom; of a split by the provider that decodes."""
    for row in stated.placements:
        yield row, inputs.offerings[row.offering].provider
    for by_token in stated.bought.api_placements:
        yield by_token, inputs.api_offers[by_token.api].provider
    for split in stated.bought.split_placements:
        yield split, inputs.offerings[inputs.splits[split.split].decode_offering].provider


class _Served:
    """Tokens by provider, and how far rounding may have moved them."""

    def __init__(self, inputs: Inputs, stated: Statements) -> None:
        self.tokens: dict[Key, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.error: dict[Key, float] = defaultdict(float)
        for row, provider in _parts(inputs, stated):
            key = (row.outlook, row.month, row.workload)
            seconds = 3600.0 * inputs.block_hours[row.month][row.block]
            self.tokens[key][provider] += row.accepted_tok_per_s * seconds
            self.error[key] += ROUNDING * seconds
