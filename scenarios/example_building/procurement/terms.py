"""What can be signed for nodes: public terms, and made-up quotes for every other way of buying and most clauses.

Each quote is a public price times a factor, and says so. Factors come from GCP's public discounts on A3 High (-30.6 %
for one year, -56.1 % for three) and from what advisers report of private terms (5 to 25 % off).
"""

from datetime import date
from decimal import Decimal
from typing import Any

from contracts.calendar import Month
from contracts.options import AnyTerms
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.held import HeldContract
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved, Upfront
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import TierRule, VolumePriced, VolumeTier
from scenarios.example_building.prices import PriceBook, Quoted
from scenarios.example_building.procurement.fleet import OWN, OWN_SITE, PUBLIC
from scenarios.example_building.procurement.money import EUR_USD
from scenarios.example_building.terms import BY_ID, on_demand_terms, spot_terms

_PRIVATE = "private terms, for which advisers report 5 to 25 % off"
ONE_YEAR = "GCP's discount for one year, for half a year"
THREE_YEARS_UPFRONT = "GCP's discount for three years, and all upfront"
_TERM = "between GCP's one-year (-30.6 %) and three-year (-56.1 %) discount on A3 High"
SPOT = ("gcp-h100-use4", "nebius-h200-usc1")


def contracts(prices: PriceBook) -> list[AnyTerms]:
    """Everything that can be signed or used, in the order of kinds."""
    return [
        *(terms for terms in on_demand_terms(prices) if terms.offering in PUBLIC),
        *(terms for terms in spot_terms(prices) if terms.offering in SPOT),
        *_reserved(prices),
        _take_or_pay(prices),
        *(_volume(prices, offering, rule) for offering, rule, _ in _VOLUME),
        *_blocks(prices),
        _owned(prices),
    ]


def _listed(prices: PriceBook, offering: str) -> Quoted:
    node = BY_ID[offering]
    return prices.price(node.provider, node.instance, node.listed_under, node.price_model)


def _quote(prices: PriceBook, contract: str, offering: str, factor: str, because: str) -> dict[str, Any]:
    """What every made-up quote states."""
    listed = _listed(prices, offering)
    return {
        "contract": contract,
        "offering": offering,
        "price_usd_per_node_hour": (listed.usd_per_node_hour * Decimal(factor)).quantize(Decimal("0.0001")),
        "quote": f"fictitious {contract.removeprefix('quote-').upper()}",
        "quote_valid_until": date(2027, 3, 31),
        "fictitious": True,
        "pricing_rule": f"{listed.what} x {factor}: {because}",
        "source": "fictitious quote of this example",
        "as_of": listed.as_of,
        "evidence": "vendor",
    }


PLAIN_TERM: dict[str, object] = {
    "firm": True,
    "start_every_months": 3,
    "upfront": Upfront.NONE,
    "upfront_share": 0.0,
}
"""A commitment without any clause."""


def _reserved(prices: PriceBook) -> list[Reserved]:
    """One quote for each clause that a commitment to nodes can carry."""
    quotes = [
        _quote(prices, "quote-h200-use1-24m-leave", "aws-h200-use1", "0.66", f"{_TERM}, dearer for the right to leave")
        | PLAIN_TERM
        | {
            "term_months": 24,
            "minimum_order_nodes": 4,
            "terminable_after_months": 9,
            "termination_notice_days": 60,
            "termination_fee_share": 0.2,
            "most_favoured_of": "od-aws-h200-use1",
            "most_favoured_share": Decimal("0.7"),
        },
        _quote(prices, "quote-h200-use1-24m-swap", "aws-h200-use1", "0.63", _TERM)
        | PLAIN_TERM
        | {
            "term_months": 24,
            "swap_to": "aws-b200-use1",
            "swap_after_months": 9,
            "swap_price_usd_per_node_hour": _price(prices, "aws-b200-use1", "0.8"),
        },
        _quote(prices, "quote-h200-eus2-6m-renew", "azure-h200-eus2", "0.694", ONE_YEAR)
        | PLAIN_TERM
        | {
            "term_months": 6,
            "renewal_months": 6,
            "renewals_at_most": 2,
            "renewal_price_factor": Decimal("1.04"),
            "renewal_notice_days": 60,
        },
        _quote(prices, "quote-mi300x-eus2-36m-all", "azure-mi300x-eus2", "0.40", THREE_YEARS_UPFRONT)
        | PLAIN_TERM
        | {
            "term_months": 36,
            "upfront": Upfront.ALL,
            "upfront_share": 1.0,
            "lot_nodes": 2,
        },
        _quote(prices, "quote-h100-use4-24m-part", "gcp-h100-use4", "0.56", f"{_TERM}, with capacity, half upfront")
        | PLAIN_TERM
        | {
            "term_months": 24,
            "upfront": Upfront.PARTIAL,
            "upfront_share": 0.5,
            "escalator_share_per_year": Decimal("-0.05"),
        },
    ]
    return [Reserved.model_validate(quote) for quote in quotes] + [_in_euro(prices)]


def _in_euro(prices: PriceBook) -> Reserved:
    """A quote in euro, paid 45 days after the month, that rises by 3 % a year."""
    quote = _quote(prices, "quote-h200-usc1-24m-eur", "nebius-h200-usc1", "0.82", f"{_PRIVATE}, in euro")
    euro = (quote["price_usd_per_node_hour"] / EUR_USD.usd_per_unit).quantize(Decimal("0.0001"))
    return Reserved.model_validate(
        quote
        | PLAIN_TERM
        | {
            "term_months": 24,
            "escalator_share_per_year": Decimal("0.03"),
            "currency": "EUR",
            "price_per_node_hour": euro,
            "net_days": 45,
        }
        | {"price_usd_per_node_hour": euro * EUR_USD.usd_per_unit}
    )


def _price(prices: PriceBook, offering: str, factor: str) -> Decimal:
    return (_listed(prices, offering).usd_per_node_hour * Decimal(factor)).quantize(Decimal("0.0001"))


def _take_or_pay(prices: PriceBook) -> TakeOrPay:
    quote = _quote(
        prices, "quote-flex-b200-usc1-12m", "nebius-b200-usc1", "0.84",
        f"{_PRIVATE}; minimum: 60 % of the 730 hours of a month",
    )  # fmt: skip
    return TakeOrPay.model_validate(
        quote
        | {
            "term_months": 12,
            "firm": True,
            "lot_nodes": 2,
            "start_every_months": 3,
            "minimum_node_hours_per_month": Decimal(876),
            "ramp_shares": (0.5,),
            "window_months": 3,
            "make_up_right": True,
            "due_day": "in_advance",
        }
    )


_VOLUME = (
    ("nebius-h200-usc1", TierRule.ALL_UNITS, (("0", "0.98"), ("3000", "0.86"), ("8000", "0.76"))),
    ("azure-h200-eus2", TierRule.INCREMENTAL, (("0", "0.95"), ("1500", "0.75"), ("4000", "0.60"))),
)
"""Offering, rule, and tiers: node-hours of a month from which so much of the list price is asked."""


def _volume(prices: PriceBook, offering: str, rule: TierRule) -> VolumePriced:
    first = next(tiers[0][1] for name, _, tiers in _VOLUME if name == offering)
    quote = _quote(prices, f"quote-volume-{offering}", offering, first, f"{_PRIVATE}, deeper with volume")
    return VolumePriced.model_validate(quote | {"tier_rule": rule, "window_months": 1})


def volume_tiers(prices: PriceBook) -> list[VolumeTier]:
    """The tiers of the volume quotes."""
    return [
        VolumeTier(
            contract=f"quote-volume-{offering}",
            from_node_hours=Decimal(hours),
            price_usd_per_node_hour=_price(prices, offering, factor),
            source=f"fictitious quote of this example: {_listed(prices, offering).what} x {factor}",
            as_of=_listed(prices, offering).as_of,
            evidence="vendor",
        )
        for offering, _, tiers in _VOLUME
        for hours, factor in tiers
    ]


_BLOCKS = (("aws-b200-use1", date(2027, 5, 31), 98), ("aws-h100-use1", date(2027, 2, 8), 182))


def _blocks(prices: PriceBook) -> list[CapacityBlock]:
    """Blocks at the public price of the day, in lengths and sizes that AWS sells (weeks, at most 26; 64 instances)."""
    blocks = []
    for offering, first_day, days in _BLOCKS:
        node = BY_ID[offering]
        listed = prices.price(node.provider, node.instance, node.listed_under, "capacity_block")
        blocks.append(
            CapacityBlock(
                contract=f"block-{offering}-{first_day:%Y-%m}",
                offering=offering,
                price_usd_per_node_hour=listed.usd_per_node_hour,
                first_day=first_day,
                days=days,
                sizes_nodes=(1, 2, 4, 8, 16),
                source=f"{listed.what}: {listed.source}; dates: made up; the price is taken to stand",
                as_of=listed.as_of,
                evidence=listed.evidence,
                licence=listed.licence,
            )
        )
    return blocks


def _owned(prices: PriceBook) -> Owned:
    """A node of B200 for what AWS asks for 5,500 hours of one in a block."""
    block = prices.price("aws", "p6-b200.48xlarge", "us-east-1", "capacity_block")
    return Owned(
        contract="quote-own-b200",
        offering=OWN,
        quote="fictitious OWN-B200",
        quote_valid_until=date(2027, 3, 31),
        fictitious=True,
        pricing_rule=f"capex: 5,500 hours of {block.what}; a fifth of it left after four years; upkeep 1 % a month",
        term_months=48,
        firm=True,
        lot_nodes=2,
        capex_usd_per_node=(block.usd_per_node_hour * 5500).quantize(Decimal(1)),
        residual_usd_per_node=(block.usd_per_node_hour * 1100).quantize(Decimal(1)),
        upkeep_usd_per_node_month=(block.usd_per_node_hour * 55).quantize(Decimal(1)),
        power_kw_per_node=12.8,
        power_price_usd_per_kwh=Decimal("0.08"),
        pue=Decimal("1.3"),
        rack_units_per_node=10.0,
        site=OWN_SITE,
        source="fictitious quote of this example; power: 8 chips of 1 kW and 60 % for the host, assumed",
        as_of=block.as_of,
        evidence="vendor",
    )


_HELD_SOURCE = "nodes, dates and rights of the contract: made up for this example"


def held_contracts(prices: PriceBook) -> list[HeldContract]:
    """What runs when the plan begins, with its rights."""
    rows: list[dict[str, Any]] = [
        {
            "held": "held-h100-use4-renew", "offering": "gcp-h100-use4", "nodes": 8, "factor": "0.55",
            "start": "2025-07", "end": "2027-07", "firm": True,
            "renewal_months": 12, "renewal_price_factor": Decimal("0.9"), "renewal_notice_days": 90,
        },
        {
            "held": "held-h200-usc1-auto", "offering": "nebius-h200-usc1", "nodes": 6, "factor": "0.95",
            "start": "2026-03", "end": "2027-03", "firm": True,
            "renewal_months": 6, "auto_renews": True, "renewal_notice_days": 60,
        },
        {
            "held": "held-h100-use1-leave", "offering": "aws-h100-use1", "nodes": 6, "factor": "0.85",
            "start": "2025-11", "end": "2028-11", "firm": True,
            "terminable_after_months": 12, "termination_notice_days": 30, "termination_fee_share": 0.1,
        },
        {
            "held": "held-h200-usc1-swap", "offering": "nebius-h200-usc1", "nodes": 4, "factor": "0.9",
            "start": "2026-06", "end": "2028-06", "firm": True,
            "swap_to": "nebius-b200-usc1", "swap_after_months": 6,
            "swap_price_usd_per_node_hour": _price(prices, "nebius-b200-usc1", "0.95"),
        },
    ]  # fmt: skip
    return [_held(prices, row) for row in rows]


def _held(prices: PriceBook, row: dict[str, Any]) -> HeldContract:
    listed, factor = _listed(prices, row["offering"]), row.pop("factor")
    return HeldContract.model_validate(
        row
        | {
            "price_usd_per_node_hour": _price(prices, row["offering"], factor),
            "start": Month.parse(row["start"]),
            "end": Month.parse(row["end"]),
            "source": f"{listed.what} x {factor}; {_HELD_SOURCE}",
            "as_of": listed.as_of,
            "evidence": "vendor",
        }
    )
