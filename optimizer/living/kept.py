"""Whether a plan keeps a condition: recomputed from the published plan, by no code of the model."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from optimizer.comparing.weighing import effective_parts
from optimizer.costing import SECONDS_PER_HOUR, TOKENS_PER_MTOK
from optimizer.living.conditions import Condition, Measured
from optimizer.plan import Plan, Pool
from optimizer.tolerances import rounding_usd
from scenarios.scenario import Scenario

LEAST_USD = 0.005
"""A plan that costs less than half a cent costs nothing, and has no shares of it."""
HAIR = 1e-6
"""What rounding of published rates may take from a share or from the least use."""


@dataclass(frozen=True)
class Use:
    """What a plan takes of an offer; expected values over its outlooks."""

    ordered: bool
    """Whether something is ordered or bought under it, in any outlook."""
    node_hours: float
    """By the hour: on demand, on spot or under volume tiers."""
    mtok: float
    """Accepted tokens served by the token, without provisioned units."""

    @property
    def is_used(self) -> bool:
        """Whether anything of it is ordered or used."""
        return self.ordered or self.node_hours > 0 or self.mtok > 0

    def is_at_least(self, amount: float) -> bool:
        """Whether it is ordered, or used for so many node-hours or Mtok."""
        return self.ordered or max(self.node_hours, self.mtok) >= amount * (1 - HAIR)

    def keeps(self, condition: Condition) -> bool:
        """Whether it keeps a condition on ORDER."""
        return not self.is_used if condition.at_least is None else self.is_at_least(condition.at_least)


def keeps(plan: Plan, condition: Condition) -> bool:
    """Whether the plan keeps a condition."""
    if condition.measured is Measured.ORDER:
        return use_of(plan, condition.contract).keeps(condition)
    if condition.measured is Measured.BEGUN:
        return all(row.migration != condition.contract for row in plan.migrations)
    share = share_of(plan, condition)
    lowest = -inf if condition.at_least is None else condition.at_least
    highest = inf if condition.at_most is None else condition.at_most
    hair = HAIR + (_rounding(plan) if condition.measured is Measured.SPEND else 0.0)
    return lowest - hair <= share <= highest + hair


def _rounding(plan: Plan) -> float:
    """What rounding every cost line to the cent may take from a share of spend."""
    return rounding_usd(plan.cost_lines) / max(LEAST_USD, float(plan.totals.effective_usd))


def use_of(plan: Plan, contract: str) -> Use:
    """What a plan takes of an offer."""
    chance = {o.outlook: o.probability for o in plan.scenario.outlooks}
    hours = _hours(plan.scenario)
    ordered = (
        *(row.contract for row in plan.orders),
        *(row.contract for row in plan.committed_spend),
        *(row.contract for row in plan.provisioned),
        *(row.agreement for row in plan.agreements if row.order_by is not None),
    )
    bought = any(row.contract == contract and row.bought_node_hours > row.used_node_hours for row in plan.volume)
    return Use(
        ordered=contract in ordered or bought,
        node_hours=sum(
            chance[row.outlook] * row.nodes * hours[str(row.month), row.block]
            for row in plan.usages
            if row.contract == contract
        ),
        mtok=sum(
            chance[row.outlook] * row.accepted_tok_per_s * hours[str(row.month), row.block]
            for row in plan.api_placements
            if row.api == contract and row.contract is None
        )
        * SECONDS_PER_HOUR
        / TOKENS_PER_MTOK,
    )


def share_of(plan: Plan, condition: Condition) -> float:
    """The share that a condition is about; 0 where there is nothing to share."""
    if condition.measured is Measured.ORDER:
        return float(use_of(plan, condition.contract).is_used)
    if condition.measured is Measured.SPEND:
        return spend_share(plan, condition.contract)
    assert condition.workload is not None
    return token_share(plan, condition.contract, condition.workload)


def spend_share(plan: Plan, contract: str) -> float:
    """Share of totals.effective_usd that is in cost lines whose source the offer is.

    Lines are before what agreements, credits and spend commitments take off, so it may be above 1.
    """
    parts = effective_parts(plan, lambda line: line.source)
    whole = plan.totals.effective_usd
    return float(parts.get(contract, 0) / whole) if whole else 0.0


def token_share(plan: Plan, contract: str, workload: str) -> float:
    """Share of the accepted tokens of a workload, of those that are served, that the offer's capacity serves."""
    chance = {o.outlook: o.probability for o in plan.scenario.outlooks}
    hours = _hours(plan.scenario)
    part = whole = 0.0
    for outlook, month, block, rate, is_part in _served(plan, contract, workload):
        tokens = chance[outlook] * rate * hours[month, block]
        whole += tokens
        part += tokens * is_part
    return part / whole if whole else 0.0


def _served(plan: Plan, contract: str, workload: str) -> Iterator[tuple[str, str, str, float, bool]]:
    """Outlook, month, block and rate of all that is served, and whether the offer's capacity serves it."""
    scenario = plan.scenario
    terms = next((row for row in scenario.contracts if row.contract == contract), None)
    pool = Pool.SPOT if any(row.contract == contract for row in scenario.spot) else Pool.BASE
    for p in plan.placements:
        if p.workload == workload:
            mine = terms is not None and p.offering == terms.offering and p.pool is pool
            yield p.outlook, str(p.month), p.block, p.accepted_tok_per_s, mine
    split = {row.split: row for row in scenario.splits}
    for x in plan.split_placements:
        if x.workload == workload:
            roles = (
                (split[x.split].prefill_offering, x.prefill_pool),
                (split[x.split].decode_offering, x.decode_pool),
            )
            mine = terms is not None and (terms.offering, pool) in roles
            yield x.outlook, str(x.month), x.block, x.accepted_tok_per_s, mine
    for a in plan.api_placements:
        if a.workload == workload:
            yield a.outlook, str(a.month), a.block, a.accepted_tok_per_s, contract == (a.contract or a.api)


def _hours(scenario: Scenario) -> dict[tuple[str, str], int]:
    return {
        (str(month), block.block): block.hours_in(month)
        for month in scenario.horizon.months
        for block in scenario.blocks.blocks
    }
