"""What is held, served and paid, in every outlook and month: of which offerings, API, provider and contract."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import localcontext

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from contracts.terms.volume import VolumePriced
from optimizer.audit.by_token import tokens_by_token
from optimizer.audit.checks import ROUNDING
from optimizer.audit.deliveries import active_nodes
from optimizer.audit.drawn import Drawn
from optimizer.audit.due import MONEY, NOT_CASH
from optimizer.audit.figures import Inputs, hours_between
from optimizer.audit.splits import split_tokens
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine
from scenarios.policy import ShareMeasure

HALF_A_CENT = 0.005
"""By how much the rounding of a line may move spend across a cap that the solver kept unrounded."""
TO_NO_PROVIDER = (Nature.MIGRATION_ENGINEERING, Nature.MIGRATION_CAPITALISED, Nature.MIGRATION_UPKEEP)
"""Work in-house, which is no share of anybody."""


@dataclass(frozen=True)
class Holder:
    """Who has a part: offerings (both, of a split), an API, or a provider apart from either; under which contract."""

    offerings: tuple[str, ...] = ()
    api: str | None = None
    provider: str | None = None
    source: str | None = None


class Holdings:
    """What holders have in each outlook and month, and how far rounding may have moved the sum."""

    def __init__(self) -> None:
        self._amounts: dict[tuple[str, Month], dict[Holder, float]] = defaultdict(lambda: defaultdict(float))
        self._errors: dict[tuple[str, Month], float] = defaultdict(float)

    def add(self, outlook: str, month: Month, holder: Holder, amount: float, error: float) -> None:
        """Add what a holder has, known to within an error."""
        self._amounts[outlook, month][holder] += amount
        self._errors[outlook, month] += error

    def of(self, outlook: str, window: tuple[Month, ...]) -> dict[Holder, float]:
        """What every holder has in a window."""
        held: dict[Holder, float] = defaultdict(float)
        for month in window:
            for holder, amount in self._amounts.get((outlook, month), {}).items():
                held[holder] += amount
        return held

    def error(self, outlook: str, window: tuple[Month, ...]) -> float:
        """How far rounding may have moved the sum over all holders."""
        return sum(self._errors.get((outlook, month), 0.0) for month in window)


def holdings_of(inputs: Inputs, stated: Statements, measure: ShareMeasure) -> Holdings:
    """Everything that a share of the measure is a share of."""
    makers: dict[ShareMeasure, Callable[[Inputs, Statements], Holdings]] = {
        ShareMeasure.TOKENS: tokens_served,
        ShareMeasure.SPEND: spend,
        ShareMeasure.CAPACITY: capacity_held,
        ShareMeasure.POWER: power_held,
    }
    return makers[measure](inputs, stated)


def tokens_served(inputs: Inputs, stated: Statements) -> Holdings:
    """Accepted tokens served on base and spot, by the token, and by splits."""
    held = Holdings()
    for row in stated.placements:
        seconds = 3600.0 * inputs.block_hours[row.month][row.block]
        tokens = row.accepted_tok_per_s * seconds
        held.add(row.outlook, row.month, Holder((row.offering,)), tokens, ROUNDING * seconds)
    for by_token in stated.bought.api_placements:
        holder = Holder(api=by_token.api)
        held.add(by_token.outlook, by_token.month, holder, *tokens_by_token(inputs, by_token))
    for split in stated.bought.split_placements:
        pair = inputs.splits[split.split]
        both = Holder((pair.prefill_offering, pair.decode_offering))
        seconds = 3600.0 * inputs.block_hours[split.month][split.block]
        held.add(split.outlook, split.month, both, split_tokens(inputs, split), ROUNDING * seconds)
    return held


def spend(inputs: Inputs, stated: Statements) -> Holdings:
    """Undiscounted effective cost of cash lines to providers, spread by the hour over the service."""
    held = Holdings()
    for line in stated.lines:
        if line.nature in NOT_CASH or line.nature in TO_NO_PROVIDER:
            continue
        holder = _paid(inputs, line)
        total = hours_between(line.service_first, line.service_end)
        for month in inputs.months:
            if line.service_first <= month < line.service_end:
                share = inputs.hours[month] / total
                for outlook in inputs.probability if line.outlook is None else (line.outlook,):
                    usd = float(line.amount_usd) * share
                    held.add(outlook, month, holder, usd, HALF_A_CENT * share)
    return held


def _paid(inputs: Inputs, line: CostLine) -> Holder:
    """An offering, an API, or the provider alone; an agreement or a credit is no contract of a share."""
    if line.offering in inputs.offerings:
        return Holder((line.offering,), source=line.source)
    api = line.source
    if line.nature is Nature.PROVISIONED_RECURRING and line.source in inputs.provisioned:
        api = inputs.provisioned[line.source].api
    if line.nature in (Nature.API_USAGE, Nature.PROVISIONED_RECURRING) and api in inputs.api_offers:
        return Holder(api=api, source=line.source)
    is_contract = line.source not in inputs.agreements and line.source not in inputs.credits
    return Holder(provider=line.payee, source=line.source if is_contract else None)


@dataclass(frozen=True)
class NodeHours:
    """Node-hours of a month that are held (used or not) or bought by the hour."""

    outlook: str
    month: Month
    offering: str
    source: str
    hours: float
    error: float


def node_hours(inputs: Inputs, stated: Statements) -> Iterator[NodeHours]:
    """Of commitments, whatever is used; by the hour as used, without uplift."""
    for (outlook, month), rows in active_nodes(inputs, stated).items():
        for row in rows:
            hours = row.node_hours(inputs.hours[month])
            yield NodeHours(outlook, month, row.offering, row.source, hours, 0.0)
    for usage in stated.usages:
        terms = inputs.terms[usage.contract]
        if isinstance(terms, OnDemand | Spot | VolumePriced):
            hours = inputs.block_hours[usage.month][usage.block]
            yield NodeHours(
                usage.outlook, usage.month, terms.offering, usage.contract, usage.nodes * hours, ROUNDING * hours
            )


def capacity_held(inputs: Inputs, stated: Statements) -> Holdings:
    """Node-hours at list price."""
    price = {name: float(row.list_price_usd_per_node_hour) for name, row in inputs.offerings.items()}
    return _weighed(inputs, stated, price)


def power_held(inputs: Inputs, stated: Statements) -> Holdings:
    """Node-hours at the power that a node draws at its site."""
    with localcontext(MONEY):
        drawn = Drawn(inputs)
        kw = {name: float(drawn.site_kw(name) or 0) for name in inputs.offerings}
    return _weighed(inputs, stated, kw)


def _weighed(inputs: Inputs, stated: Statements, weight: dict[str, float]) -> Holdings:
    held = Holdings()
    for row in node_hours(inputs, stated):
        of_hour = weight[row.offering]
        holder = Holder((row.offering,), source=row.source)
        held.add(row.outlook, row.month, holder, row.hours * of_hour, row.error * of_hour)
    return held
