"""By the token, worked by hand: January has 744 hours, February 672; a node serves 3.6 Mtok of output in an hour.

api-a: a million tokens of input cost 0.50 USD, of cached input 0.10, of output 1.50. Sizes are 100 + 100 tokens.
"""

import csv
from decimal import Decimal
from typing import Any

import pytest

from contracts.calendar import Month
from contracts.terms.api import ApiOffer, GrossTokens, usage_bill
from contracts.terms.common import BillLine, Nature
from optimizer.faults import Impossible
from optimizer.plan_contracts import ApiReason
from optimizer.run import AuditFailed
from optimizer.token_offers import TokenOffers
from scenarios.loading_tables import BUNDLED_FOLDER
from scenarios.policy import Grouping, ShareMeasure
from tests.builders import (
    FIRST,
    a_contingency,
    a_size_class,
    a_spot,
    a_workload,
    an_api_offer,
    by_evidence,
    flat_blocks,
    nodes_of_load,
)
from tests.proving import a_cap, binding, changed, objective, planned, with_policy
from tests.served_by_token import a_token_fleet, amounts, tok_per_s


def test_a_token_is_bought_where_a_node_costs_more() -> None:
    """3.6 Mtok each way cost 7.20 USD, the node 10 USD an hour: 744 * 7.2 + 672 * 7.2 = 10,195.20."""
    plan = planned(a_token_fleet())
    assert (objective(plan), plan.placements) == (Decimal("10195.20"), ())
    assert amounts(plan, Nature.API_USAGE) == [Decimal(x) for x in ("1339.20", "4017.60", "1209.60", "3628.80")]
    assert {(line.source, line.payee, line.unit, line.offering) for line in plan.cost_lines} == {
        ("api-a", "cloud-t", "mtok", None)
    }


def test_a_node_is_rented_where_it_costs_less_than_its_tokens() -> None:
    """At 7 USD the node costs 9,912, its tokens 10,195.20."""
    plan = planned(a_token_fleet(price_usd="7"))
    assert (objective(plan), plan.api_placements) == (9912, ())


def test_cached_input_is_paid_at_its_price_and_every_attempt_pays_for_its_tokens() -> None:
    """Half of the answers are accepted, 3/4 of the prompt is cached: 7.2 Mtok each way for 3.6 accepted.

    An hour costs 1.8 * 0.50 + 5.4 * 0.10 + 7.2 * 1.50 = 12.24 USD; two nodes would cost 20.
    """
    scenario = a_token_fleet(workloads=(a_workload(cache_hit_share=0.75, accepted_share=0.5),))
    plan = planned(scenario)
    january = [line for line in plan.cost_lines if line.paid_month == FIRST]
    assert [(line.quantity, line.unit_price_usd, line.amount_usd) for line in january] == [
        (Decimal("1339.2"), Decimal("0.5"), Decimal("669.60")),
        (Decimal("4017.6"), Decimal("0.1"), Decimal("401.76")),
        (Decimal("5356.8"), Decimal("1.5"), Decimal("8035.20")),
    ]
    assert objective(plan) == Decimal("12.24") * (744 + 672)


def test_an_output_token_costs_more_where_it_needs_a_longer_prompt() -> None:
    """Per million of output: 1.50 + 0.50 at 100 + 100, 1.50 + 5 at 1,000 + 100 tokens; half of the tokens each."""
    classes = (
        a_size_class(size_class="short", request_share=0.5),
        a_size_class(size_class="long", request_share=0.5, input_tokens=1000.0),
    )
    plan = planned(a_token_fleet(price_usd="1000", size_classes=classes))
    assert plan.totals.usd_per_mtok == (Decimal("2") + Decimal("6.5")) / 2


def test_a_public_price_makes_an_output_token_dearer_by_class_and_cheaper_by_cache() -> None:
    """gpt-oss-120b at the bundled price of groq: 0.15, cached 0.075, output 0.60. Limits and latency are made up here.

    Chat, 1,500 + 300 tokens, 60 % cached: 0.60 + 5 * (0.4 * 0.15 + 0.6 * 0.075) = 1.125 a million; not cached 1.35.
    A long document, 12,000 + 300 tokens, not cached: 0.60 + 40 * 0.15 = 6.60.
    """
    with (BUNDLED_FOLDER / "api_prices.csv").open(encoding="utf-8", newline="") as file:
        (price,) = (row for row in csv.DictReader(file) if row["offered_as"] == "groq/openai/gpt-oss-120b")
    offer = an_api_offer(
        longest_request_tok=float(price["longest_input_tok"]),
        **{name: Decimal(text) for name, text in price.items() if name.startswith("price_")},
    )

    def usd_per_mtok(input_tokens: float, cache_hit_share: float) -> Decimal | None:
        plan = planned(
            a_token_fleet(
                price_usd="1000",
                api_offers=(offer,),
                workloads=(a_workload(cache_hit_share=cache_hit_share),),
                size_classes=(a_size_class(input_tokens=input_tokens, output_tokens=300.0),),
            )
        )
        return plan.totals.usd_per_mtok

    assert usd_per_mtok(1500, 0.6) == pytest.approx(Decimal("1.125"), abs=Decimal("0.00001"))
    assert usd_per_mtok(1500, 0.0) == pytest.approx(Decimal("1.35"), abs=Decimal("0.00001"))
    assert usd_per_mtok(12000, 0.0) == pytest.approx(Decimal("6.60"), abs=Decimal("0.00001"))


def test_list_price_of_tokens_is_what_the_api_charges() -> None:
    plan = planned(a_token_fleet())
    assert plan.totals.list_usd == plan.totals.effective_usd == Decimal("10195.20")
    assert plan.totals.served_mtok == Decimal("5097.6")


@pytest.mark.parametrize("limit", ["input_tok_per_s_limit", "output_tok_per_s_limit"])
def test_a_rate_limit_leaves_the_rest_to_nodes(limit: str) -> None:
    """A quarter of 1,000 tok/s by the token (1.80 an hour), three quarters of a node at 10."""
    plan = planned(a_token_fleet(api_offers=(an_api_offer(**{limit: 250.0}),)))
    assert tok_per_s(plan) == {"api-a": 500}
    assert objective(plan) == (Decimal("1.8") + Decimal("7.5")) * (744 + 672)
    assert any("rate limit" in place for place in binding(plan))


def test_cached_tokens_count_in_the_limit_for_input() -> None:
    plan = planned(
        a_token_fleet(
            price_usd="100",
            workloads=(a_workload(cache_hit_share=1.0),),
            api_offers=(an_api_offer(input_tok_per_s_limit=250.0),),
        )
    )
    assert tok_per_s(plan) == {"api-a": 500}


@pytest.mark.parametrize(
    ("offer", "workload", "reason"),
    [
        ({"region": "region-b"}, {"quality_bar": 99.5}, ApiReason.REGION),
        ({"longest_request_tok": 199.0}, {"quality_bar": 99.5}, ApiReason.QUALITY),
        ({"longest_request_tok": 199.0}, {"ttft_limit_ms": 199.0}, ApiReason.LENGTH),
        ({}, {"ttft_limit_ms": 199.0, "tpot_limit_ms": 19.0}, ApiReason.TTFT),
        ({}, {"tpot_limit_ms": 19.0}, ApiReason.TPOT),
        ({"percentile": 50}, {"ttft_limit_ms": 299.0, "slo_percentile": 90}, ApiReason.TTFT),
    ],
)
def test_an_offer_that_may_not_serve_says_why(
    offer: dict[str, object], workload: dict[str, object], reason: ApiReason
) -> None:
    scenario = with_policy(
        a_token_fleet(
            api_offers=(an_api_offer(**offer),),
            workloads=(a_workload(**({"shortfall_limit_share": 1.0} | workload)),),
        ),
        percentile_factor=by_evidence(1.5),
    )
    plan = planned(scenario)
    assert [(row.api, row.reason) for row in plan.api_refusals] == [("api-a", reason)]
    assert plan.api_placements == ()


@pytest.mark.parametrize(
    "offer",
    [{"longest_request_tok": 200.0}, {"ttft_ms": 199.0, "percentile": 50}, {"model": "model-b", "region": "region-b"}],
    ids=["exactly as long", "at a lower percentile, within the factor", "another model is not listed"],
)
def test_an_offer_within_all_limits_is_not_refused(offer: dict[str, object]) -> None:
    scenario = a_token_fleet(
        api_offers=(an_api_offer(**offer),), workloads=(a_workload(ttft_limit_ms=300.0, tpot_limit_ms=30.0),)
    )
    assert planned(with_policy(scenario, percentile_factor=by_evidence(1.5))).api_refusals == ()


def test_tokens_of_an_api_count_for_its_provider() -> None:
    """At most half of the tokens of cloud-t: the other half goes to nodes."""
    plan = planned(with_policy(a_token_fleet(), concentration=(a_cap(),)))
    assert objective(plan) == (Decimal("3.6") + 5) * (744 + 672)
    assert tok_per_s(plan) == {"api-a": 1000}


def test_tokens_of_an_api_are_of_no_chip_vendor_but_in_the_total() -> None:
    plan = planned(with_policy(a_token_fleet(), concentration=(a_cap(by=Grouping.CHIP_VENDOR, cap_share=0.0),)))
    assert objective(plan) == Decimal("10195.20")


def test_dollars_of_an_api_count_for_its_provider() -> None:
    """x by the token: 7.2 x <= 0.3 * (7.2 x + 10 (1 - x)), so x = 3 / 8.04."""
    cap = a_cap(measure=ShareMeasure.SPEND, group="cloud-t", cap_share=0.3)
    plan = planned(with_policy(a_token_fleet(), concentration=(cap,)))
    x = 3 / 8.04
    assert float(objective(plan)) == pytest.approx((7.2 * x + 10 * (1 - x)) * (744 + 672), abs=0.03)


def test_what_is_served_by_the_token_is_part_of_what_spot_is_a_share_of() -> None:
    """Half of all tokens may be on spot at 3 USD; the other half is cheaper by the token than on demand."""
    fleet = a_token_fleet()
    scenario = with_policy(changed(fleet, contracts=(*fleet.contracts, a_spot())), spot_share_cap=0.5)
    assert objective(planned(scenario)) == (Decimal("1.5") + Decimal("3.6")) * (744 + 672)


def test_after_an_event_tokens_do_not_count() -> None:
    """The API alone cannot keep a floor: nothing else is left of cloud-a."""
    scenario = with_policy(a_token_fleet(), contingencies=(a_contingency(),))
    with pytest.raises(Impossible, match="no offering is left"):
        planned(scenario)


def test_a_model_that_only_an_api_serves_needs_no_node() -> None:
    scenario = a_token_fleet(
        workloads=(a_workload(), a_workload("other", model="model-t")),
        size_classes=(a_size_class(), a_size_class("other")),
        demand=(*nodes_of_load(1.0), *nodes_of_load(1.0, workload="other")),
        api_offers=(an_api_offer(model="model-t"),),
        price_usd="5",
        blocks=flat_blocks("chat", "other"),
    )
    assert objective(planned(scenario)) == (5 + Decimal("7.2")) * (744 + 672)


def test_what_no_api_and_no_node_may_serve_is_named_with_both_reasons() -> None:
    scenario = a_token_fleet(workloads=(a_workload(quality_bar=99.5),))
    with pytest.raises(Impossible, match=r"node-a: .* \| api-a: a quality score of 99 is below the bar of 99.5"):
        planned(scenario)


def test_more_than_stock_and_rate_limits_carry_is_impossible() -> None:
    offers = (an_api_offer(output_tok_per_s_limit=1000.0),)
    with pytest.raises(Impossible, match="rate limits of all that may serve it carry 101,000"):
        planned(a_token_fleet(101.5, api_offers=offers))
    assert planned(a_token_fleet(100.5, api_offers=offers)).status


@pytest.mark.long
def test_a_dearer_token_never_lowers_the_cost_and_a_higher_limit_never_raises_it() -> None:
    costs = [
        [
            objective(
                planned(
                    a_token_fleet(
                        api_offers=(
                            an_api_offer(price_usd_per_mtok_output=Decimal(price), output_tok_per_s_limit=limit),
                        )
                    )
                )
            )
            for limit in (200.0, 700.0, 2000.0)
        ]
        for price in ("1", "1.9", "3")
    ]
    assert all(row == sorted(row, reverse=True) for row in costs)
    assert all(list(column) == sorted(column) for column in zip(*costs, strict=True))
    assert len({cost for row in costs for cost in row}) == 7


def test_a_bill_that_forgets_the_cache_does_not_pass_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(offer: ApiOffer, month: Month, mtok: GrossTokens) -> tuple[BillLine, ...]:
        return usage_bill(offer, month, GrossTokens(mtok.input, Decimal(0), mtok.output))

    monkeypatch.setattr("optimizer.families.api.usage_bill", forgetful)
    monkeypatch.setattr("optimizer.costing.api_bill", forgetful)
    with pytest.raises(AuditFailed) as failed:
        planned(a_token_fleet(workloads=(a_workload(cache_hit_share=0.5),)))
    assert any(finding.rule.startswith("bill.") for finding in failed.value.verdict.findings)


def test_a_plan_that_sends_more_than_the_limit_does_not_pass_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    right = TokenOffers.rate

    def half(self: TokenOffers, *moment: Any) -> tuple[float, ...]:
        return tuple(part / 2 for part in right(self, *moment))

    monkeypatch.setattr(TokenOffers, "rate", half)
    with pytest.raises(AuditFailed) as failed:
        planned(a_token_fleet(api_offers=(an_api_offer(output_tok_per_s_limit=250.0),)))
    assert {finding.rule for finding in failed.value.verdict.findings} == {"api.output_limit"}
