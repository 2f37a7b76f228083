"""Made-up private offers: a public price times a factor, and the public prices that the factor is taken from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.reserved import Reserved, Upfront
from contracts.terms.take_or_pay import TakeOrPay
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.supply import trainium3_list
from scenarios.example_building.terms import BY_ID

_GCP = "GCP asks this share of on demand for A3 High over"
ONE_YEAR = f"{_GCP} one year (-30.6 %)"
THREE_YEARS = f"{_GCP} three years (-56.1 %)"
TWO_YEARS = "between GCP's one-year (-30.6 %) and three-year (-56.1 %) discount on A3 High"
NEURON = "trn1.32xlarge reserved over capacity block, 8.197 / 9.532 = 0.86, less 15 % (private terms: 5 to 25 %)"
NEURON_UPFRONT = f"{NEURON}, and a tenth less for paying all of it upfront"
PRIVATE = "20 % off: advisers report 5 to 25 % on private terms"


@dataclass(frozen=True, slots=True)
class Quote:
    """One offer; at most one order of it starts in a quarter."""

    contract: str
    offering: str
    factor: str
    because: str
    months: int
    upfront_share: float = 0.0
    lot_nodes: int = 1
    minimum_order_nodes: int = 0
    earliest: str | None = None
    latest: str | None = None
    valid_until: str = "2027-01-31"


QUOTES = (
    Quote("quote-h200-use1-24m", "aws-h200-use1", "0.62", TWO_YEARS, 24, minimum_order_nodes=8),
    Quote("quote-h200-use1-36m-part", "aws-h200-use1", "0.54", f"{TWO_YEARS}, half upfront", 36, 0.5),
    Quote("quote-trn2-use2-24m", "aws-trn2-use2", "0.731", NEURON, 24, minimum_order_nodes=8),
    Quote("quote-trn2-use2-36m-all", "aws-trn2-use2", "0.66", NEURON_UPFRONT, 36, 1.0, minimum_order_nodes=16),
    Quote(
        "quote-trn3-use1-24m", "quote-aws-trn3-use1", "0.731", NEURON, 24, 0.3,
        earliest="2027-07", latest="2028-04", valid_until="2027-03-31",
    ),
    Quote("quote-h200-apne1-24m", "aws-h200-apne1", "0.62", TWO_YEARS, 24),
    Quote("quote-v6e-use1-12m", "gcp-v6e-use1", "0.694", ONE_YEAR, 12),
    Quote("quote-v6e-use1-36m", "gcp-v6e-use1", "0.439", THREE_YEARS, 36),
    Quote("quote-v6e-asne1-36m", "gcp-v6e-asne1", "0.439", THREE_YEARS, 36),
    Quote("quote-mi300x-eus2-36m", "azure-mi300x-eus2", "0.439", THREE_YEARS, 36, lot_nodes=2, minimum_order_nodes=4),
    Quote("quote-b200-usc1-24m", "nebius-b200-usc1", "0.80", PRIVATE, 24, 0.25),
    Quote("quote-h200-euw1-12m", "nebius-h200-euw1", "0.80", PRIVATE, 12),
)  # fmt: skip

MEAN_HOURS_PER_MONTH = Decimal(730)


@dataclass(frozen=True, slots=True)
class FlexibleQuote:
    """An offer that is paid as used, above a minimum; at most one order of it starts in a quarter."""

    contract: str
    offering: str
    factor: str
    because: str
    months: int
    lot_nodes: int
    minimum_share: str
    """Share of a lot's hours that is paid whether it is used or not, at full ramp."""
    in_dollars: bool
    """Whether the minimum is stated in dollars of use, or in node-hours."""
    window_months: int
    ramp_shares: tuple[float, ...]
    excess_carries_forward: bool = False
    make_up_right: bool = False
    valid_until: str = "2027-01-31"


FLEXIBLE = "private terms (5 to 25 % off) near their lower end, because hours above the minimum may stay unused"
NEURON_FLEXIBLE = "the reserved quote's 0.731 and a tenth more, because hours above the minimum may stay unused"
FLEXIBLE_QUOTES = (
    FlexibleQuote(
        "quote-flex-h200-euw1-24m", "nebius-h200-euw1", "0.86", FLEXIBLE, 24, 4, "0.65", False, 3, (0.4, 0.7),
        make_up_right=True, valid_until="2027-12-31",
    ),
    FlexibleQuote(
        "quote-flex-b200-usc1-12m", "nebius-b200-usc1", "0.88", FLEXIBLE, 12, 2, "0.60", True, 6, (0.5,),
        make_up_right=True, valid_until="2027-06-30",
    ),
    FlexibleQuote(
        "quote-flex-trn2-use2-24m", "aws-trn2-use2", "0.804", NEURON_FLEXIBLE, 24, 4, "0.75", False, 6,
        (0.2, 0.4, 0.6, 0.8), excess_carries_forward=True,
    ),
)  # fmt: skip


def quoted_terms(prices: PriceBook) -> list[Reserved]:
    """All quotes as contracts."""
    return [_terms(quote, prices) for quote in QUOTES]


def flexible_terms(prices: PriceBook) -> list[TakeOrPay]:
    """All take-or-pay quotes as contracts."""
    return [_flexible(quote, prices) for quote in FLEXIBLE_QUOTES]


def _flexible(quote: FlexibleQuote, prices: PriceBook) -> TakeOrPay:
    base, what, as_of = _base(quote.offering, prices)
    price = (base * Decimal(quote.factor)).quantize(Decimal("0.0001"))
    share = Decimal(quote.minimum_share)
    hours = (MEAN_HOURS_PER_MONTH * share * quote.lot_nodes).quantize(Decimal(1))
    return TakeOrPay(
        contract=quote.contract,
        offering=quote.offering,
        price_usd_per_node_hour=price,
        quote=f"fictitious {quote.contract.removeprefix('quote-').upper()}",
        quote_valid_until=date.fromisoformat(quote.valid_until),
        fictitious=True,
        pricing_rule=(
            f"{what} x {quote.factor}: {quote.because};"
            f" minimum: {share * 100:.0f} % of the {MEAN_HOURS_PER_MONTH} hours of a month"
        ),
        term_months=quote.months,
        firm=True,
        lot_nodes=quote.lot_nodes,
        start_every_months=3,
        minimum_node_hours_per_month=None if quote.in_dollars else hours,
        minimum_usd_per_month=(hours * price).quantize(Decimal(1)) if quote.in_dollars else None,
        ramp_shares=quote.ramp_shares,
        window_months=quote.window_months,
        excess_carries_forward=quote.excess_carries_forward,
        make_up_right=quote.make_up_right,
        source="fictitious quote of this example",
        as_of=as_of,
        evidence="vendor",
    )


def _terms(quote: Quote, prices: PriceBook) -> Reserved:
    base, what, as_of = _base(quote.offering, prices)
    return Reserved(
        contract=quote.contract,
        offering=quote.offering,
        price_usd_per_node_hour=(base * Decimal(quote.factor)).quantize(Decimal("0.0001")),
        quote=f"fictitious {quote.contract.removeprefix('quote-').upper()}",
        quote_valid_until=date.fromisoformat(quote.valid_until),
        fictitious=True,
        pricing_rule=f"{what} x {quote.factor}: {quote.because}",
        term_months=quote.months,
        upfront={0.0: Upfront.NONE, 1.0: Upfront.ALL}.get(quote.upfront_share, Upfront.PARTIAL),
        upfront_share=quote.upfront_share,
        firm=True,
        lot_nodes=quote.lot_nodes,
        minimum_order_nodes=quote.minimum_order_nodes,
        earliest_start=Month.parse(quote.earliest) if quote.earliest else None,
        latest_start=Month.parse(quote.latest) if quote.latest else None,
        start_every_months=3,
        source="fictitious quote of this example",
        as_of=as_of,
        evidence="vendor",
    )


def _base(offering: str, prices: PriceBook) -> tuple[Decimal, str, date]:
    """The public price that a quote starts from, in words and with its day."""
    if offering not in BY_ID:
        listed = prices.price("aws", "trn2.48xlarge", "us-east-2", "capacity_block")
        return trainium3_list(prices), "stand-in list price of the offering", listed.as_of
    node = BY_ID[offering]
    listed = prices.price(node.provider, node.instance, node.listed_under, node.price_model)
    return listed.usd_per_node_hour, listed.what, listed.as_of
