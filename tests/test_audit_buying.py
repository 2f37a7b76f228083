"""Commitments to spend, tiers, agreements, credits and tokens beside the worked plans: edges and identities."""

from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.records import ByEvidence
from contracts.clauses import DueDay
from contracts.terms.agreement import Charge
from contracts.terms.common import Nature
from contracts.terms.spend_commitment import CoveredRate
from contracts.terms.volume import TierRule
from optimizer.audit import audit_plan
from optimizer.audit.by_token import gross_tokens, reason_against
from optimizer.audit.charges import charge_of
from optimizer.audit.checks import Checks
from optimizer.audit.due import MONEY
from optimizer.audit.dues import lines_due
from optimizer.audit.dues_of_tokens import priced_mtok
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import sift
from optimizer.audit.volume import Part, Purchase, parts
from optimizer.plan import Plan
from optimizer.plan_contracts import ApiReason
from tests import builders as make
from tests.audit_due import due
from tests.audit_lines import FEB, JAN, MAR, line, usd
from tests.audit_outlooks import CALM, STORM
from tests.audit_plans import small_plan
from tests.audit_planting import on, swap, with_terms
from tests.audit_provider_plans import a_volume, providers_plan, tiers
from tests.audit_spending_plans import commitments_to_spend_plan
from tests.audit_token_plans import an_api, tokens_plan, tokens_scenario


def rules_broken(plan: Plan) -> set[str]:
    return {finding.rule for finding in audit_plan(plan).findings}


def test_a_plan_of_nodes_alone_has_nothing_to_check_of_all_this() -> None:
    kinds = {rule.rpartition(".")[0] for rule in audit_plan(small_plan()).nothing_to_check}
    assert {"spend_commitment", "coverage", "volume", "agreement", "credit", "api", "provisioned"} <= kinds


# Spend commitments


def test_what_is_taken_off_is_paid_with_the_line_that_it_is_taken_off() -> None:
    plan = with_terms(commitments_to_spend_plan(), "od-a", due_day=DueDay.IN_ADVANCE, net_days=45)
    covered = due(plan, Nature.SPEND_COMMITMENT_COVERED)
    used = [row for row in due(plan, Nature.ON_DEMAND_USAGE) if row.source == "od-a"]
    assert {(row.service_first, row.paid) for row in covered} == {(row.service_first, row.paid) for row in used}
    assert {row.paid - row.service_first for row in covered} == {1}


def test_two_on_demand_contracts_of_one_offering_have_a_line_each() -> None:
    """The second has the price of the first and half of its cover; neither line is missing or stands twice."""
    plan = commitments_to_spend_plan()
    again = make.an_on_demand("od-a2", startup_uplift_share=0.25)
    rate = CoveredRate(contract="plan-a", covers="od-a2", price_usd_per_node_hour=usd(6), **make.SOURCED)
    plan = on(
        plan,
        contracts=(*plan.scenario.contracts, again),
        covered_rates=(*plan.scenario.covered_rates, rate),
    )
    plan = swap(plan, "usages", 0, nodes=1.5)
    plan = swap(plan, "coverage", 0, nodes=0.5)
    moved = {"contract": "od-a2", "nodes": 0.5}
    plan = plan.model_copy(
        update={
            "usages": (*plan.usages, plan.usages[0].model_copy(update=moved)),
            "coverage": (*plan.coverage, plan.coverage[0].model_copy(update={"covers": "od-a2"})),
        }
    )
    january = {"paid_month": JAN, "outlook": CALM}
    both = [i for i, row in enumerate(plan.cost_lines) if all(getattr(row, k) == v for k, v in january.items())]
    by_source = {plan.cost_lines[i].source: i for i in both}
    plan = swap(plan, "cost_lines", by_source["od-a"], quantity=usd(1395), amount_usd=usd("13950.00"))
    plan = swap(plan, "cost_lines", by_source["plan-a"], quantity=usd(465), amount_usd=usd("-4650.00"))
    other = plan.cost_lines[by_source["od-a"]].model_copy(
        update={"line": "od-a2", "source": "od-a2", "quantity": usd(465), "amount_usd": usd("4650.00")}
    )
    off = plan.cost_lines[by_source["plan-a"]].model_copy(update={"line": "covered-a2"})
    plan = plan.model_copy(update={"cost_lines": (*plan.cost_lines, other, off)})
    assert rules_broken(plan) == set()


def test_a_rate_above_the_price_of_an_outlook_takes_off_the_price_only() -> None:
    """Use need not be covered then; where it is, it is free and no more."""
    lines = due(commitments_to_spend_plan(), Nature.SPEND_COMMITMENT_COVERED)
    assert {(row.outlook, row.unit_price) for row in lines} == {(CALM, Decimal(-10)), (STORM, Decimal(-11))}


# Volume tiers


def bought(node_hours: Decimal, rule: TierRule, window_months: int, months: int) -> list[Part]:
    """A purchase at 10 USD, 8 from 1,000 node-hours and 6 from 1,500, in a window that the horizon may cut."""
    terms = a_volume("vol-a", "node-a", rule, window_months=window_months)
    scenario = make.a_scenario(
        run=make.run_settings(months=months),
        contracts=(terms,),
        volume_tiers=tiers("vol-a", (0, 10), (1000, 8), (1500, 6)),
    )
    purchase = Purchase("base", terms, JAN, JAN + min(months, window_months), node_hours, node_hours, None)
    with localcontext(MONEY):
        return list(parts(Inputs(scenario), purchase))


@settings(max_examples=30)
@given(
    millionths=st.integers(0, 3 * 10**9),
    window_months=st.integers(1, 12),
    months=st.integers(1, 12),
)
def test_increments_add_up_to_what_is_bought_and_fall_in_price(
    millionths: int, window_months: int, months: int
) -> None:
    node_hours = Decimal(millionths) / 10**6
    rows = bought(node_hours, TierRule.INCREMENTAL, window_months, months)
    with localcontext(MONEY):
        assert abs(sum((row.node_hours for row in rows), Decimal(0)) - node_hours) < Decimal("1e-30")
    assert [row.price for row in rows] == [Decimal(10), Decimal(8), Decimal(6)][: len(rows)]
    assert all(row.node_hours > 0 for row in rows)


@pytest.mark.parametrize(
    ("node_hours", "price"), [("999.999", 10), ("1000", 8), ("1499.999999999", 6), ("1499.99", 8), ("1500", 6)]
)
def test_a_threshold_that_is_reached_prices_all_units(node_hours: str, price: int) -> None:
    (part,) = bought(Decimal(node_hours), TierRule.ALL_UNITS, 1, 1)
    assert (part.node_hours, part.price) == (Decimal(node_hours), Decimal(price))


def test_a_third_of_a_threshold_is_reached_to_nine_decimals() -> None:
    """A month of a window of three: 1,000 / 3."""
    assert [part.price for part in bought(Decimal("333.333333333"), TierRule.ALL_UNITS, 3, 1)] == [Decimal(8)]
    assert [part.price for part in bought(Decimal("333.33333333"), TierRule.ALL_UNITS, 3, 1)] == [Decimal(10)]


def test_nothing_bought_has_no_price() -> None:
    assert bought(Decimal(0), TierRule.ALL_UNITS, 1, 1) == bought(Decimal(0), TierRule.INCREMENTAL, 1, 1) == []


# Agreements and credits


def test_swapped_and_renewed_nodes_are_charges_of_what_they_come_from() -> None:
    for nature in (Nature.SWAPPED_RECURRING, Nature.RENEWED_RECURRING):
        ordered = line(nature, "res-a", (JAN, FEB), "1", "1", "1.00", order="res-a 2027-01")
        held = line(nature, "held-a", (JAN, FEB), "1", "1", "1.00")
        assert (charge_of(ordered), charge_of(held)) == (Charge.RESERVED, Charge.HELD)


@pytest.mark.parametrize(
    "nature",
    [
        Nature.RESERVED_UPFRONT,
        Nature.SPEND_COMMITMENT_UPFRONT,
        Nature.TAKE_OR_PAY_TRUE_UP,
        Nature.TERMINATION_FEE,
        Nature.AGREEMENT_DISCOUNT,
        Nature.CREDIT_USE,
        Nature.PROVISIONED_RECURRING,
        Nature.SHORTFALL_PENALTY,
    ],
)
def test_nothing_else_is_eligible(nature: Nature) -> None:
    assert charge_of(line(nature, "x", (JAN, FEB), "1", "1", "1.00")) is None


def test_without_an_agreement_its_discount_is_nobodys() -> None:
    """Only the one in force is left: no discount, no year and no obligation of the other is due."""
    plan = providers_plan()
    plan = plan.model_copy(update={"agreements": plan.agreements[1:]})
    natures = (Nature.AGREEMENT_DISCOUNT, Nature.AGREEMENT_SHORTFALL, Nature.AGREEMENT_OBLIGATION)
    assert {row.source for row in due(plan, *natures)} == {"edp-b"}
    assert rules_broken(plan) == {"bill.superfluous", "agreement.years"}


def test_a_month_without_charges_has_no_discount() -> None:
    plan = providers_plan()
    rows = tuple(row for row in plan.cost_lines if row.nature is not Nature.VOLUME_USAGE)
    discounts = due(plan.model_copy(update={"cost_lines": rows}), Nature.AGREEMENT_DISCOUNT)
    assert {row.source for row in discounts} == {"edp-a"}


def test_a_credit_of_another_provider_pays_nothing_here() -> None:
    plan = providers_plan()
    rows = tuple(credit.model_copy(update={"provider": "cloud-b"}) for credit in plan.scenario.credits)
    assert {"credit.invoice", "credit.provider", "bill.payee"} <= rules_broken(on(plan, credits=rows))


def test_credits_may_pay_what_no_agreement_discounts() -> None:
    """The agreement of cloud-a no longer discounts reserved nodes: a cent more is payable in the calm of February."""
    plan = providers_plan()
    row = plan.scenario.agreements[0].model_copy(update={"eligible": (Charge.VOLUME,)})
    plan = on(plan, agreements=(row, plan.scenario.agreements[1]))
    plan = swap(swap(plan, "credit_uses", 2, usd=usd("2860.81")), "credit_uses", 3, usd=usd("139.19"))
    assert "credit.provider" not in rules_broken(plan)


# Tokens


@settings(max_examples=30)
@given(
    accepted=st.floats(0.1, 1.0),
    retries=st.floats(0.0, 0.9),
    hits=st.floats(0.0, 1.0),
    size=st.tuples(st.floats(1.0, 1e5), st.floats(1.0, 1e4)),
)
def test_tokens_of_a_bill_are_those_of_the_rate_limits(
    accepted: float, retries: float, hits: float, size: tuple[float, float]
) -> None:
    workload = make.a_workload(accepted_share=accepted, retry_share=retries, cache_hit_share=hits)
    size_class = make.a_size_class(input_tokens=size[0], output_tokens=size[1])
    inputs = Inputs(make.a_scenario(workloads=(workload,), size_classes=(size_class,), api_offers=(an_api(),)))
    row = (
        tokens_plan()
        .api_placements[2]
        .model_copy(update={"outlook": "base", "size_class": "all", "accepted_tok_per_s": 1.0})
    )
    gross = gross_tokens(workload, size_class)
    mtok = {kind: float(quantity) for kind, quantity, _ in priced_mtok(inputs, row)}
    hours = inputs.hours[JAN]
    rates = {"uncached": gross.uncached, "cached": gross.cached, "output": gross.output}
    for kind, rate in rates.items():
        assert mtok[kind] == pytest.approx(rate * hours * 3600 / 1e6, rel=1e-9)
    assert gross.output >= 1.0


def test_quantities_without_a_finite_form_may_be_stated_to_nine_decimals() -> None:
    """Three retries in ten: a yield of 0.7."""
    plan = tokens_plan()
    workload = plan.scenario.workloads[0].model_copy(update={"retry_share": 0.3})
    inputs = Inputs(on(plan, workloads=(workload,)).scenario)
    with localcontext(MONEY):
        lines = [row for row in lines_due(inputs, sift(inputs, plan, Checks())) if row.nature is Nature.API_USAGE]
    assert lines
    assert all(row.is_quotient for row in lines)
    assert any(round(row.quantity, 9) != row.quantity for row in lines)
    assert all(replace(row, quantity=round(row.quantity, 9)).amount == row.amount for row in lines)


def a_reason(**api: object) -> ApiReason | None:
    return reason_against(Inputs(tokens_scenario()), "chat", "long", an_api(**api))


def test_limits_may_be_reached_and_not_passed() -> None:
    assert a_reason(ttft_ms=150.0, tpot_ms=25.0, quality_score=90.0, longest_request_tok=500.0) is None
    assert a_reason(ttft_ms=300.0, tpot_ms=50.0, percentile=99) is None
    assert a_reason(ttft_ms=150.1) is ApiReason.TTFT
    assert a_reason(tpot_ms=25.1) is ApiReason.TPOT
    assert a_reason(longest_request_tok=499.9) is ApiReason.LENGTH
    assert a_reason(quality_score=89.9) is ApiReason.QUALITY
    assert a_reason(region="region-b") is ApiReason.REGION


def test_without_limits_any_latency_will_do() -> None:
    scenario = tokens_scenario()
    workload = scenario.workloads[0].model_copy(update={"ttft_limit_ms": None, "tpot_limit_ms": None})
    inputs = Inputs(scenario.model_copy(update={"workloads": (workload,)}))
    assert reason_against(inputs, "chat", "long", an_api(ttft_ms=9999.0, tpot_ms=9999.0)) is None


def test_the_factor_is_that_of_the_apis_own_grade() -> None:
    scenario = tokens_scenario()
    flat = ByEvidence(measured=1.0, independent=3.0, modelled=3.0, vendor=3.0, roofline=3.0)
    policy = scenario.policy.model_copy(update={"percentile_factor": flat})
    inputs = Inputs(scenario.model_copy(update={"policy": policy}))
    assert reason_against(inputs, "chat", "long", an_api(ttft_ms=300.0, tpot_ms=50.0)) is None


def test_units_serve_in_every_outlook_that_has_their_order() -> None:
    """Demand of March on units: the early order has ended, the late one is there in the storm only."""
    plan = tokens_plan()
    index = next(i for i, row in enumerate(plan.api_placements) if row.outlook == CALM and row.month == MAR)
    assert "provisioned.capacity" in rules_broken(swap(plan, "api_placements", index, contract="ptu-x"))
