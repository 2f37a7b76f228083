"""Cost by tag: the share of a workload's tokens that is a feature's or customer's, of each of its parts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from contracts.money import exact
from optimizer.net_cost.bookings import NOTHING
from optimizer.net_cost.cents import cents_of, millionths_of
from optimizer.plan_unit_cost import CostParts, Part, TaggedCost, UnitCostRow
from scenarios.scenario import Scenario
from scenarios.token_tags import TagKind

Shares = list[tuple[str | None, Decimal]]
"""Tags in order with their shares; None: what is left."""


def tagged_costs(scenario: Scenario, rows: Sequence[UnitCostRow]) -> tuple[TaggedCost, ...]:
    """Every kind, workload and tag, the untagged rest of a workload last."""
    return tuple(
        cost
        for (kind, workload), shares in _shares(scenario).items()
        for cost in _divided(kind, workload, shares, [row for row in rows if row.workload == workload])
    )


def _shares(scenario: Scenario) -> Mapping[tuple[TagKind, str], Shares]:
    found: dict[tuple[TagKind, str], Shares] = defaultdict(list)
    for row in sorted(scenario.tags, key=lambda r: (list(TagKind).index(r.kind), r.workload, r.tag)):
        found[row.kind, row.workload].append((row.tag, exact(row.token_share)))
    return {place: _whole(shares) for place, shares in found.items()}


def _whole(shares: Shares) -> Shares:
    """Shares that add up to 1: with the rest, or without what typed decimals are above 1."""
    typed = sum((share for _, share in shares), NOTHING)
    if typed >= 1:
        return [(tag, share / typed) for tag, share in shares]
    return [*shares, (None, 1 - typed)]


def _divided(kind: TagKind, workload: str, shares: Shares, rows: Sequence[UnitCostRow]) -> Iterator[TaggedCost]:
    weights = [share for _, share in shares]

    def cents(whole: Decimal) -> list[Decimal]:
        return cents_of([whole * weight for weight in weights], whole)

    def millionths(whole: Decimal) -> list[Decimal]:
        return millionths_of([whole * weight for weight in weights], whole)

    usd = {part: cents(sum((row.of(part) for row in rows), NOTHING)) for part in Part}
    headroom = cents(sum((row.headroom_usd for row in rows), NOTHING))
    mtok = millionths(sum((row.accepted_mtok for row in rows), NOTHING))
    requests = millionths(sum((row.accepted_requests for row in rows), NOTHING))
    for i, (tag, share) in enumerate(shares):
        parts = CostParts.made_of({part: usd[part][i] for part in Part})
        yield TaggedCost(
            **parts.model_dump(),
            kind=kind,
            tag=tag,
            workload=workload,
            token_share=float(share),
            headroom_usd=headroom[i],
            accepted_mtok=mtok[i],
            accepted_requests=requests[i],
        )
