"""What can be signed: public prices as they are, and quotes that are made up by a stated rule.

| contract | price | firm |
|---|---|---|
| od-... | public on-demand list | no commitment |
| spot-... | public spot price; depth, frequency and recovery are assumptions where no band is published | never |
| cud..., ri..., | public committed price | a GCP commitment is a discount, not capacity; a reservation is |
| cb-... | public capacity-block price, all upfront, 64 nodes at most, in quarters of about 13 weeks | yes |
| quote-... | fictitious: a public price times a factor that comes from another public price | as written |
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Reserved, Upfront
from contracts.terms.spot import Spot
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.supply import NODES, Node, trainium3_list

BY_ID = {node.offering: node for node in NODES}

_NO_ON_DEMAND = frozenset({"aws-trn2-use2"})


@dataclass(frozen=True, slots=True)
class _SpotTerms:
    offering: str
    depth_nodes: int
    interrupted_per_month: float
    said: str
    """Where the frequency comes from."""


_ASSUMED = "frequency, depth and recovery: assumptions"
_SPOT = (
    _SpotTerms(
        "aws-a100-use1", 10, 0.05, "frequency: upper end of Spot Advisor's band <5 % (2025-06-28); depth: assumption"
    ),
    _SpotTerms("aws-h200-apne1", 6, 0.20, _ASSUMED),
    _SpotTerms("gcp-h100-use4", 10, 0.15, _ASSUMED),
    _SpotTerms("gcp-v6e-use1", 16, 0.15, _ASSUMED),
    _SpotTerms("gcp-v6e-asne1", 12, 0.15, _ASSUMED),
    _SpotTerms("nebius-h200-usc1", 10, 0.20, _ASSUMED),
    _SpotTerms("nebius-h100-eun1", 10, 0.20, _ASSUMED),
)
_RECOVERY_HOURS = 0.5


@dataclass(frozen=True, slots=True)
class _Committed:
    """A public commitment."""

    contract: str
    offering: str
    months: int
    listed_months: int | None
    """Term under which the price is listed; None where the source does not state one."""
    firm: bool
    note: str = ""


_TERM_ASSUMED = "term, region and payment are not stated by the source: assumed"
_COMMITTED = (
    _Committed("cud1y-gcp-h100-use4", "gcp-h100-use4", 12, 12, False),
    _Committed("cud3y-gcp-h100-use4", "gcp-h100-use4", 36, 36, False),
    _Committed("cud1y-gcp-h100-euw1", "gcp-h100-euw1", 12, 12, False),
    _Committed("cud3y-gcp-h100-euw1", "gcp-h100-euw1", 36, 36, False),
    _Committed("cud3y-gcp-h100-asse1", "gcp-h100-asse1", 36, 36, False),
    _Committed("ri-aws-inf2-use1", "aws-inf2-use1", 12, None, True, _TERM_ASSUMED),
    _Committed("ri-aws-trn1-use1", "aws-trn1-use1", 36, None, True, _TERM_ASSUMED),
)

_CAPACITY_BLOCKS = (
    "aws-a100-use1", "aws-h100-use1", "aws-h200-use1", "aws-b200-use1", "aws-trn1-use1", "aws-trn2-use2",
    "aws-h100-eun1", "aws-h200-eun1", "aws-h200-apne1",
)  # fmt: skip
_BLOCK_MONTHS = 3
_BLOCK_LARGEST = 64


@dataclass(frozen=True, slots=True)
class _Quote:
    """A fictitious private offer: a public price times a factor, and why this factor."""

    contract: str
    offering: str
    factor: str
    because: str
    months: int
    upfront_share: float
    lot_nodes: int = 1
    minimum_order_nodes: int = 0
    every_months: int = 3
    earliest: str | None = None
    latest: str | None = None
    valid_until: str = "2027-01-31"


_GCP_ONE_YEAR = "one less the 30.6 % of GCP's one-year commitment on A3 High"
_GCP_THREE_YEARS = "one less the 56.1 % of GCP's three-year commitment on A3 High"
_RESERVED_TO_BLOCK = (
    "trn1.32xlarge reserved over capacity block, 8.197 / 9.532 = 0.860, less 15 % (middle of 5-25 % private terms)"
)
_PRIVATE = "one less 20 % (within the 5-25 % that advisers report of private terms)"

QUOTES = (
    _Quote("quote-h200-use1-24m", "aws-h200-use1", "0.62", "between " + _GCP_ONE_YEAR + " and three-year", 24, 0.0, 4, 8),
    _Quote("quote-h200-use1-36m-part", "aws-h200-use1", "0.54", "near " + _GCP_THREE_YEARS + ", half upfront", 36, 0.5, 4, 8),
    _Quote("quote-trn2-use2-24m", "aws-trn2-use2", "0.731", _RESERVED_TO_BLOCK, 24, 0.0, 4, 8),
    _Quote("quote-trn2-use2-36m-all", "aws-trn2-use2", "0.66", _RESERVED_TO_BLOCK + ", and a tenth less for payment upfront", 36, 1.0, 4, 16),
    _Quote("quote-trn3-use1-24m", "quote-aws-trn3-use1", "0.731", _RESERVED_TO_BLOCK, 24, 0.3, 4, 8, 3, "2027-07", "2028-04", "2027-03-31"),
    _Quote("quote-h200-apne1-24m", "aws-h200-apne1", "0.62", "between " + _GCP_ONE_YEAR + " and three-year", 24, 0.0, 2, 4),
    _Quote("quote-v6e-use1-12m", "gcp-v6e-use1", "0.694", _GCP_ONE_YEAR, 12, 0.0, 4, 4),
    _Quote("quote-v6e-use1-36m", "gcp-v6e-use1", "0.439", _GCP_THREE_YEARS, 36, 0.0, 4, 8),
    _Quote("quote-v6e-asne1-36m", "gcp-v6e-asne1", "0.439", _GCP_THREE_YEARS, 36, 0.0, 4, 8),
    _Quote("quote-mi300x-eus2-36m", "azure-mi300x-eus2", "0.439", _GCP_THREE_YEARS, 36, 0.0, 2, 4),
    _Quote("quote-b200-usc1-24m", "nebius-b200-usc1", "0.80", _PRIVATE, 24, 0.25, 2, 4),
    _Quote("quote-h200-euw1-12m", "nebius-h200-euw1", "0.80", _PRIVATE, 12, 0.0, 2, 4),
)  # fmt: skip


def on_demand_terms(prices: PriceBook) -> list[OnDemand]:
    """Every offering that has a public on-demand price, at that price."""
    return [_on_demand(node, prices) for node in NODES if node.offering not in _NO_ON_DEMAND]


def _on_demand(node: Node, prices: PriceBook) -> OnDemand:
    listed = prices.price(node.provider, node.instance, node.listed_under, "on_demand")
    return OnDemand(
        contract=f"od-{node.offering}",
        offering=node.offering,
        price_usd_per_node_hour=listed.usd_per_node_hour,
        startup_uplift_share=0.02,
        source=f"{listed.what}: {listed.source}; start-up uplift: assumption",
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )


def spot_terms(prices: PriceBook) -> list[Spot]:
    """Spot where a public price lies well below the alternatives."""
    return [_spot(terms, prices) for terms in _SPOT]


def _spot(terms: _SpotTerms, prices: PriceBook) -> Spot:
    node = BY_ID[terms.offering]
    listed = prices.price(node.provider, node.instance, node.listed_under, "spot")
    return Spot(
        contract=f"spot-{node.offering}",
        offering=node.offering,
        price_usd_per_node_hour=listed.usd_per_node_hour,
        spot_depth_nodes=terms.depth_nodes,
        interruption_share_per_month=terms.interrupted_per_month,
        recovery_hours=_RECOVERY_HOURS,
        startup_uplift_share=0.02,
        source=f"{listed.what}: {listed.source}; {terms.said}",
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )


def reserved_terms(prices: PriceBook) -> list[Reserved]:
    """Commitments, capacity blocks and quotes."""
    return [
        *(_committed(terms, prices) for terms in _COMMITTED),
        *(_capacity_block(BY_ID[offering], prices) for offering in _CAPACITY_BLOCKS),
        *(_quote(quote, prices) for quote in QUOTES),
    ]


def _committed(terms: _Committed, prices: PriceBook) -> Reserved:
    node = BY_ID[terms.offering]
    region = node.listed_under if terms.listed_months else ""
    listed = prices.price(node.provider, node.instance, region, "committed", terms.listed_months)
    return Reserved(
        contract=terms.contract,
        offering=terms.offering,
        price_usd_per_node_hour=listed.usd_per_node_hour,
        term_months=terms.months,
        upfront=Upfront.NONE,
        upfront_share=0.0,
        firm=terms.firm,
        start_every_months=3,
        source="; ".join(filter(None, (f"{listed.what}: {listed.source}", terms.note))),
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )


def _capacity_block(node: Node, prices: PriceBook) -> Reserved:
    listed = prices.price(node.provider, node.instance, node.listed_under, "capacity_block")
    return Reserved(
        contract=f"cb-{node.offering}",
        offering=node.offering,
        price_usd_per_node_hour=listed.usd_per_node_hour,
        term_months=_BLOCK_MONTHS,
        upfront=Upfront.ALL,
        upfront_share=1.0,
        firm=True,
        maximum_order_nodes=_BLOCK_LARGEST,
        start_every_months=3,
        source=f"{listed.what}: {listed.source}; the price is taken to stand, though it moves with supply and demand",
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )


def _quote(quote: _Quote, prices: PriceBook) -> Reserved:
    base, what, as_of = _base(quote.offering, prices)
    upfront = {0.0: Upfront.NONE, 1.0: Upfront.ALL}.get(quote.upfront_share, Upfront.PARTIAL)
    return Reserved(
        contract=quote.contract,
        offering=quote.offering,
        price_usd_per_node_hour=(base * Decimal(quote.factor)).quantize(Decimal("0.0001")),
        quote=f"fictitious {quote.contract.upper()}",
        quote_valid_until=date.fromisoformat(quote.valid_until),
        fictitious=True,
        pricing_rule=f"{what} x {quote.factor}: {quote.because}",
        term_months=quote.months,
        upfront=upfront,
        upfront_share=quote.upfront_share,
        firm=True,
        lot_nodes=quote.lot_nodes,
        minimum_order_nodes=quote.minimum_order_nodes,
        earliest_start=Month.parse(quote.earliest) if quote.earliest else None,
        latest_start=Month.parse(quote.latest) if quote.latest else None,
        start_every_months=quote.every_months,
        source="fictitious quote of this example",
        as_of=as_of,
        evidence="vendor",
    )


def _base(offering: str, prices: PriceBook) -> tuple[Decimal, str, date]:
    """The public price that a quote starts from."""
    if offering not in BY_ID:
        listed = prices.price("aws", "trn2.48xlarge", "us-east-2", "capacity_block")
        return trainium3_list(prices), "stand-in list price of the offering", listed.as_of
    node = BY_ID[offering]
    listed = prices.price(node.provider, node.instance, node.listed_under, node.price_model)
    return listed.usd_per_node_hour, listed.what, listed.as_of
