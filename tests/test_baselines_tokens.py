"""Other ways to serve a fleet that may be served by the token: what they keep, and what they say."""

from decimal import Decimal

from catalog.accelerators import Silicon
from optimizer.plan import Baseline, Plan
from optimizer.run import plan_fleet
from scenarios.scenario import Scenario
from tests.builders import (
    a_provisioned,
    a_size_class,
    a_workload,
    an_accelerator,
    an_api_offer,
    flat_blocks,
    nodes_of_load,
    ten_requests_a_node,
)
from tests.served_by_token import a_token_fleet

HOURS = 744 + 672


def ways(scenario: Scenario) -> dict[str, Baseline]:
    plan: Plan = plan_fleet(scenario)
    return {row.name: row for row in plan.baselines}


def test_all_on_demand_serves_nothing_by_the_token_and_a_provider_may_have_an_api_only() -> None:
    """By the token 7.20 an hour, on demand 10."""
    found = ways(a_token_fleet())
    on_demand = found["all on demand"]
    assert on_demand.objective_usd == 10 * HOURS
    assert "nothing by the token" in on_demand.note
    assert found["cheapest single provider: cloud-t"].objective_usd == Decimal("7.2") * HOURS


def test_what_only_an_api_may_serve_makes_on_demand_impossible_and_is_named() -> None:
    found = ways(
        a_token_fleet(
            workloads=(a_workload(), a_workload("other", model="model-t")),
            size_classes=(a_size_class(), a_size_class("other")),
            demand=(*nodes_of_load(1.0), *nodes_of_load(1.0, workload="other")),
            api_offers=(an_api_offer(model="model-t"),),
            blocks=flat_blocks("chat", "other"),
        )
    )
    assert found["all on demand"].outcome == "impossible"
    assert "nothing by the hour may serve other" in found["all on demand"].note


def test_without_fictitious_quotes_leaves_out_fictitious_units() -> None:
    quoted = a_provisioned(price_usd_per_unit_hour=Decimal("0.5"), fictitious=True, pricing_rule="half")
    found = ways(a_token_fleet(provisioned=(quoted,)))
    assert found["without fictitious quotes"].objective_usd == Decimal("7.2") * HOURS


def test_gpus_only_keeps_apis_and_says_so() -> None:
    custom = ten_requests_a_node(accelerators=(an_accelerator(silicon=Silicon.CUSTOM),))
    found = ways(a_token_fleet(price_usd="5", catalog=custom))
    assert found["GPUs only"].objective_usd == Decimal("7.2") * HOURS
    assert "APIs stay" in found["GPUs only"].note
