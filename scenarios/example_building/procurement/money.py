"""What is signed for dollars or tokens rather than nodes: commitments, agreements, credits, tokens; and the euro."""

from datetime import date
from decimal import Decimal

from contracts.calendar import Month
from contracts.clauses import ExchangeRate
from contracts.terms.agreement import Agreement, AgreementTier, Charge
from contracts.terms.api import ApiOffer, Provisioned
from contracts.terms.credit import Credit
from contracts.terms.owned import Site
from contracts.terms.spend_commitment import CoveredRate, SpendCommitment
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.terms import BY_ID

_MADE_UP = "fictitious quote of this example"
_SAID_ON = date(2026, 11, 21)

EUR_USD = ExchangeRate(
    currency="EUR",
    usd_per_unit=Decimal("1.10"),
    source="assumption of this example; put in the rate of your treasury",
    as_of=_SAID_ON,
    evidence="modelled",
)

_THREE_YEARS = "0.439"
"""GCP's three-year price of A3 High as a share of on demand (-56.1 %)."""
_FLEXIBLE = "0.76"
"""Less is saved where the commitment is not tied to one kind of node: an assumption."""
_COVERED = {
    "sp-aws-h200-3y": (("aws-h200-use1",), _THREE_YEARS),
    "sp-aws-any-1y": (("aws-h100-use1", "aws-h200-use1", "aws-b200-use1"), _FLEXIBLE),
}


def spend_commitments() -> list[SpendCommitment]:
    """One plan for one kind of node, and a flexible one."""
    return [_commitment("sp-aws-h200-3y", 36, flexible=False), _commitment("sp-aws-any-1y", 12, flexible=True)]


def _commitment(contract: str, term_months: int, *, flexible: bool) -> SpendCommitment:
    return SpendCommitment(
        contract=contract,
        provider="aws",
        flexible=flexible,
        term_months=term_months,
        step_usd_per_hour=Decimal(10),
        minimum_usd_per_hour=Decimal(50),
        maximum_usd_per_hour=Decimal(2000),
        start_every_months=3,
        quote=f"fictitious {contract.upper()}",
        quote_valid_until=date(2027, 12, 31),
        fictitious=True,
        pricing_rule="rates: on-demand list x a share stated with each",
        source=_MADE_UP,
        as_of=_SAID_ON,
        evidence="vendor",
    )


def covered_rates(prices: PriceBook) -> list[CoveredRate]:
    """Rates of the spend commitments."""
    rows = []
    for contract, (offerings, factor) in _COVERED.items():
        for offering in offerings:
            node = BY_ID[offering]
            listed = prices.price(node.provider, node.instance, node.listed_under, "on_demand")
            rows.append(
                CoveredRate(
                    contract=contract,
                    covers=f"od-{offering}",
                    price_usd_per_node_hour=(listed.usd_per_node_hour * Decimal(factor)).quantize(Decimal("0.0001")),
                    source=f"{_MADE_UP}: {listed.what} x {factor}",
                    as_of=listed.as_of,
                    evidence="vendor",
                )
            )
    return rows


def agreements() -> list[Agreement]:
    """One that can be signed with AWS, for two years."""
    return [
        Agreement(
            agreement="edp-aws",
            provider="aws",
            start=Month(2027, 1),
            years=2,
            eligible=(Charge.ON_DEMAND, Charge.RESERVED, Charge.HELD, Charge.SPEND_COMMITMENT),
            quote="fictitious EDP-AWS",
            quote_valid_until=date(2026, 12, 31),
            fictitious=True,
            pricing_rule="discounts of 5 and 7 %: advisers report 6 to 15 % at entry, 5 to 25 % in all",
            source=_MADE_UP,
            as_of=_SAID_ON,
            evidence="vendor",
        )
    ]


def agreement_tiers() -> list[AgreementTier]:
    """More discount for more commitment."""
    return [
        AgreementTier(
            agreement="edp-aws",
            tier=tier,
            commitment_usd_per_year=Decimal(commitment),
            discount_share=discount,
            source=_MADE_UP,
            as_of=_SAID_ON,
            evidence="vendor",
        )
        for tier, commitment, discount in (
            ("one", 3_000_000, 0.05),
            ("two", 8_000_000, 0.07),
        )
    ]


def credits() -> list[Credit]:
    """A grant that runs out, and a prepayment at a discount."""
    return [
        Credit(
            credit="grant-gcp",
            provider="gcp",
            balance_usd=Decimal(1_200_000),
            first_month=Month(2027, 1),
            last_month=Month(2027, 12),
            eligible=(Charge.ON_DEMAND, Charge.SPOT, Charge.HELD, Charge.RESERVED),
            invoice_share_cap=0.5,
            source="made up: a grant of this example",
            as_of=_SAID_ON,
            evidence="modelled",
        ),
        Credit(
            credit="prepaid-nebius",
            provider="nebius",
            balance_usd=Decimal(1_000_000),
            price_usd=Decimal(920_000),
            lots_at_most=6,
            first_month=Month(2027, 1),
            last_month=Month(2027, 12),
            eligible=(Charge.ON_DEMAND, Charge.SPOT, Charge.TAKE_OR_PAY, Charge.VOLUME, Charge.RESERVED, Charge.HELD),
            quote="fictitious PREPAID-NEBIUS",
            quote_valid_until=date(2026, 12, 31),
            fictitious=True,
            pricing_rule="8 % off for paying a year ahead: within the 5 to 25 % that advisers report of private terms",
            source=_MADE_UP,
            as_of=_SAID_ON,
            evidence="vendor",
        ),
    ]


_LITELLM = "litellm 1.109.1 model_prices_and_context_window_backup.json"
_ASSUMED = "latency, rate limits and place: assumptions of this example"


def api_offers() -> list[ApiOffer]:
    """Public prices by the token; no cached price is listed for either, so cached input costs what input costs."""
    return [
        _api("api-aws-qwen3-32b", "aws", "aws-us-east-1", "qwen3-32b", "0.15", "0.6", 240_000, 48_000, 32_768,
             "bedrock_converse qwen.qwen3-32b-v1:0"),
        _api("api-aws-gpt-oss", "aws", "aws-us-east-1", "gpt-oss-120b", "0.15", "0.6", 400_000, 16_000, 128_000,
             "bedrock_converse openai.gpt-oss-120b-1:0"),
        _api("api-aws-qwen3-235b", "aws", "aws-us-east-1", "qwen3-235b-a22b", "0.22", "0.88", 80_000, 20_000, 262_144,
             "bedrock_converse qwen.qwen3-235b-a22b-2507-v1:0"),
    ]  # fmt: skip


def _api(
    api: str, provider: str, region: str, model: str, input_usd: str, output_usd: str,
    input_limit: float, output_limit: float, longest: float, listed: str,
) -> ApiOffer:  # fmt: skip
    return ApiOffer(
        api=api,
        provider=provider,
        region=region,
        model=model,
        quality_score=100.0,
        price_usd_per_mtok_input=Decimal(input_usd),
        price_usd_per_mtok_cached_input=Decimal(input_usd),
        price_usd_per_mtok_output=Decimal(output_usd),
        input_tok_per_s_limit=input_limit,
        output_tok_per_s_limit=output_limit,
        ttft_ms=1500.0,
        tpot_ms=25.0,
        percentile=95,
        longest_request_tok=longest,
        source=f"{listed}: {_LITELLM}; {_ASSUMED}",
        as_of=_SAID_ON,
        evidence="independent",
        licence="MIT",
    )


def provisioned() -> list[Provisioned]:
    """Units of one model for half a year, at three fifths of what their tokens cost one by one."""
    return [
        Provisioned(
            contract="pt-aws-qwen3-235b-6m",
            api="api-aws-qwen3-235b",
            term_months=6,
            price_usd_per_unit_hour=Decimal("1.9"),
            input_tok_per_s_per_unit=4_000.0,
            output_tok_per_s_per_unit=1_000.0,
            minimum_units=2,
            maximum_units=80,
            start_every_months=3,
            quote="fictitious PT-QWEN3-235B",
            quote_valid_until=date(2027, 9, 30),
            fictitious=True,
            pricing_rule="3/5 of 1,000 output tok/s for an hour at 0.88 USD per million, 3.17 USD",
            source=_MADE_UP,
            as_of=_SAID_ON,
            evidence="vendor",
        )
    ]


def sites() -> list[Site]:
    """The cage in Ashburn."""
    return [
        Site(
            site="ashburn",
            power_kw=200.0,
            rack_units=126.0,
            source="made up: a cage of three racks",
            as_of=_SAID_ON,
            evidence="modelled",
        )
    ]
