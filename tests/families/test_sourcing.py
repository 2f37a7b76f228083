"""Second sources, worked by hand: cloud-a costs 10 an hour on demand, cloud-b 12; two nodes of load."""

from decimal import Decimal
from typing import Any

import pytest

from optimizer.faults import Impossible
from scenarios.policy import SourcingRule
from tests.builders import (
    FIRST,
    a_provisioned,
    a_size_class,
    a_workload,
    an_api_offer,
    an_effect,
    an_outlook,
    flat_blocks,
    nodes_of_load,
)
from tests.families.test_split import by_split
from tests.lock_in_cases import HOURS, two_clouds_plan
from tests.proving import binding, decided, objective, with_policy
from tests.split_cases import a_split_fleet

FREE = 20 * HOURS


def two(share: float = 0.25, **overrides: Any) -> dict[str, Any]:
    """Two providers with at least a share each."""
    fields: dict[str, Any] = {"rule": "sources", "workload": "chat", "providers_at_least": 2, "share_at_least": share}
    return {"sourcing": (SourcingRule(**(fields | overrides)),)}


def test_a_second_provider_serves_a_part_worth_the_name() -> None:
    """Half a node of two at cloud-b."""
    plan = two_clouds_plan(two())
    assert objective(plan) == 21 * HOURS
    assert "sources: cloud-b serves no more than makes it a source" in binding(plan)


def test_one_provider_is_no_rule() -> None:
    plan = two_clouds_plan(two(providers_at_least=1))
    assert (objective(plan), binding(plan)) == (FREE, set())


def test_a_rule_holds_in_its_months_only() -> None:
    assert objective(two_clouds_plan(two(first_month=FIRST + 1))) == FREE + 672


def test_more_providers_than_there_are_is_impossible() -> None:
    with pytest.raises(Impossible):
        two_clouds_plan(two(providers_at_least=3))


def test_a_rule_is_of_its_own_workload() -> None:
    """Another workload with as much load goes where it is cheapest."""
    fields: dict[str, Any] = {
        "workloads": (a_workload(), a_workload("batch")),
        "size_classes": (a_size_class(), a_size_class("batch")),
        "demand": (*nodes_of_load(2.0), *nodes_of_load(2.0, workload="batch")),
        "blocks": flat_blocks("chat", "batch"),
    }
    assert objective(two_clouds_plan(two(), **fields)) == 41 * HOURS


def test_an_api_is_a_source_paid_by_the_token_or_by_the_unit() -> None:
    """A quarter is half a node: 1.8 Mtok each way in an hour, for 5.40 by the token. A unit carries a third of
    a node, a sixth of the load, for 4.
    """
    api = an_api_offer(price_usd_per_mtok_input=Decimal("1.25"), price_usd_per_mtok_output=Decimal("1.75"))
    assert objective(two_clouds_plan(two(), api_offers=(api,))) == Decimal("20.4") * HOURS
    units = a_provisioned(price_usd_per_unit_hour=Decimal("4"), latest_start=FIRST)
    beyond = an_api_offer(price_usd_per_mtok_input=Decimal(90), price_usd_per_mtok_output=Decimal(90))
    fields: dict[str, Any] = {"api_offers": (beyond,), "provisioned": (units,)}
    plan = two_clouds_plan(two(share=1 / 6), **fields)
    assert objective(plan) == pytest.approx(Decimal(10 * 2 - 10 / 3 + 4) * HOURS, abs=Decimal("0.02"))


def test_nodes_and_tokens_of_one_provider_are_one_source() -> None:
    """The API is cloud-a's: beside its nodes it is no second source."""
    own = an_api_offer(provider="cloud-a", price_usd_per_mtok_input=Decimal(1), price_usd_per_mtok_output=Decimal(2))
    assert objective(two_clouds_plan(two(), api_offers=(own,))) == 21 * HOURS


def test_a_split_is_a_source_by_where_it_decodes() -> None:
    """All is decoded at cloud-b; a quarter must go to nodes of cloud-a alone."""
    fleet = a_split_fleet()
    assert by_split(decided(fleet)) == 2000.0
    assert by_split(decided(with_policy(fleet, **two()))) == pytest.approx(1500.0)


def test_in_every_outlook_of_its_demand() -> None:
    """Twice the load in one of two: a quarter of two nodes, and of four."""
    fields: dict[str, Any] = {
        "outlooks": (an_outlook("base", probability=0.5), an_outlook("high", probability=0.5)),
        "outlook_effects": (an_effect(),),
    }
    assert objective(two_clouds_plan(two(), **fields)) == Decimal("31.5") * HOURS


def test_a_month_without_demand_asks_for_nothing() -> None:
    assert objective(two_clouds_plan(two(), demand=nodes_of_load(0.0))) == 0
