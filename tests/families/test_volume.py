"""Volume tiers: worked numbers from outside, windows by hand, and the bill against the family."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.book import Catalog
from contracts.calendar import Horizon
from contracts.terms.common import Nature
from contracts.terms.volume import TierRule, volume_bill, volume_windows
from optimizer.plan import Plan
from scenarios.outlooks import Effect
from scenarios.policy import Grouping, ShareMeasure
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_point,
    a_policy,
    a_scenario,
    a_volume,
    an_accelerator,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    day_and_night,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
    volume_tiers,
)
from tests.proving import a_cap, decided, objective, planned

TRUTH = json.loads((Path(__file__).parents[1] / "truth" / "worked_examples.json").read_text())
INCREMENTAL, ALL_UNITS = TierRule.INCREMENTAL, TierRule.ALL_UNITS
JANUARY = 744


def bought(plan: Plan) -> dict[str, float]:
    return {row.contract: float(row.bought_node_hours) for row in plan.volume}


def volumes(node_hours: float, prices: dict[int, str], rule: TierRule = ALL_UNITS, **overrides: Any) -> Scenario:
    """So many node-hours of January under one contract."""
    terms = a_volume(tier_rule=rule, price_usd_per_node_hour=Decimal(prices[0]))
    fields: dict[str, Any] = {
        "run": run_settings(months=1),
        "catalog": ten_requests_a_node(),
        "contracts": (terms,),
        "volume_tiers": volume_tiers("vol-a", prices),
        "demand": nodes_of_load(node_hours / JANUARY, 1),
    }
    return a_scenario(**(fields | overrides))


@pytest.mark.parametrize("need", TRUTH["lindo_quantity_discount"]["results"])
def test_more_than_needed_is_bought_where_that_is_cheaper(need: str) -> None:
    """A asks one price for all units, B falls part by part; for 6,000 it is cheapest to buy 7,500 of A."""
    a = {0: "9", 1000: "8", 2500: "7", 7500: "5", 15000: "3"}
    b = {0: "8", 1200: "7", 3000: "6", 7500: "4", 14000: "2"}
    nine, eight = {"price_usd_per_node_hour": Decimal(9)}, {"price_usd_per_node_hour": Decimal(8)}
    plan = planned(
        volumes(
            float(need),
            a,
            catalog=two_clouds(),
            contracts=(a_volume(**nine), a_volume("vol-b", offering="node-b", tier_rule=INCREMENTAL, **eight)),
            volume_tiers=volume_tiers("vol-a", a) + volume_tiers("vol-b", b),
        )
    )
    result = TRUTH["lindo_quantity_discount"]["results"][need]
    assert float(objective(plan)) == pytest.approx(result["cost"], abs=0.02)
    amounts = {"vol-a": result["buy_A"], "vol-b": result["buy_B"]}
    assert bought(plan) == pytest.approx({k: hours for k, hours in amounts.items() if hours}, abs=1e-3)


def three_clouds() -> Catalog:
    names = ("a", "b", "c")
    return ten_requests_a_node(
        accelerators=tuple(an_accelerator(f"gpu-{n}") for n in names),
        offerings=tuple(an_offering(f"node-{n}", provider=f"cloud-{n}", accelerator=f"gpu-{n}") for n in names),
        goodput_points=tuple(a_point(f"point-{n}", curve=f"curve-{n}", accelerator=f"gpu-{n}") for n in names),
    )


@pytest.mark.parametrize("caps", [(), (0.4, 0.35, 0.4), (0.5, 0.5, 0.5)])
def test_six_hundred_from_three_suppliers_whose_prices_fall_part_by_part(caps: tuple[float, ...]) -> None:
    """Breaks at 100 and 200, 50 and 250, 100 and 300; each supplier at most its share of all that is used."""
    prices = {
        "a": {0: "9.2", 100: "9", 200: "7"},
        "b": {0: "9", 50: "8.5", 250: "8.3"},
        "c": {0: "11", 100: "8.5", 300: "7.5"},
    }
    rules = tuple(
        a_cap(f"cap-{name}", group=f"cloud-{name}", cap_share=share, by=Grouping.PROVIDER, measure=ShareMeasure.TOKENS)
        for name, share in zip(prices, caps, strict=False)
    )
    name = "cap_" + "_".join(f"{share:.0%}".rstrip("%") for share in caps) if caps else "nocap"
    cost, amounts = TRUTH["fico_price_breaks"]["results"][name]
    plan = planned(
        volumes(
            600.0,
            prices["a"],
            catalog=three_clouds(),
            contracts=tuple(
                a_volume(
                    f"vol-{n}",
                    offering=f"node-{n}",
                    tier_rule=INCREMENTAL,
                    price_usd_per_node_hour=Decimal(tiers[0]),
                )
                for n, tiers in prices.items()
            ),
            volume_tiers=tuple(row for n, tiers in prices.items() for row in volume_tiers(f"vol-{n}", tiers)),
            policy=a_policy(concentration=rules),
        )
    )
    assert float(objective(plan)) == pytest.approx(cost, abs=0.05)
    assert sum(bought(plan).values()) == pytest.approx(sum(amounts), abs=1e-2)
    assert bought(plan)["vol-a"] == pytest.approx(amounts[0], abs=1e-2), "the others tie under the first caps"


def test_a_part_of_a_tier_is_a_line_of_its_own() -> None:
    """1,000 node-hours: 500 at 10 and 500 at 8."""
    plan = planned(volumes(1000.0, {0: "10", 500: "8", 2000: "5"}, INCREMENTAL))
    lines = [(float(row.quantity), row.unit_price_usd) for row in plan.cost_lines]
    assert lines == [(pytest.approx(500), 10), (pytest.approx(500, abs=1e-4), 8)]
    assert {row.nature for row in plan.cost_lines} == {Nature.VOLUME_USAGE}
    assert objective(plan) == 9000


def test_a_window_adds_months_up_and_one_that_is_cut_counts_by_its_months() -> None:
    """A node for five months in windows of two: 1,416 and 1,464 reach 1,400; the last month, 744, reaches 700."""
    terms = a_volume(window_months=2)
    plan = planned(
        volumes(
            0.0,
            {0: "10"},
            run=run_settings(months=5),
            contracts=(terms,),
            volume_tiers=volume_tiers("vol-a", {0: "10", 1400: "9"}),
            demand=nodes_of_load(1.0, 5),
        )
    )
    assert [(str(row.first), str(row.end)) for row in plan.volume] == [
        ("2027-01", "2027-03"),
        ("2027-03", "2027-05"),
        ("2027-05", "2027-06"),
    ]
    assert objective(plan) == 9 * (744 + 672 + 744 + 720 + 744)
    assert [str(row.paid_month) for row in plan.cost_lines] == ["2027-02", "2027-04", "2027-05"]


def test_the_quota_is_shared_with_what_is_rented_and_a_window_without_use_has_no_row() -> None:
    """Two nodes of load by day, none by night; one node of quota in all: 20 % may go unserved at most."""
    scenario = volumes(
        0.0,
        {0: "10", 100: "4"},
        catalog=ten_requests_a_node(offerings=(an_offering(quota_nodes=2),)),
        contracts=(a_volume(), an_on_demand(price_usd_per_node_hour=Decimal(5))),
        demand=nodes_of_load(1.0, 1),
        blocks=day_and_night("chat", day=2.0, night=0.0),
    )
    plan = planned(scenario)
    used: dict[tuple[str, str], float] = {}
    for row in plan.usages:
        used[row.block, row.offering] = used.get((row.block, row.offering), 0.0) + row.nodes
    assert used == {("day", "node-a"): pytest.approx(2.0)}
    assert objective(plan) == 4 * 744
    dear = planned(scenario.model_copy(update={"volume_tiers": volume_tiers("vol-a", {0: "10"})}))
    assert (dear.volume, objective(dear)) == ((), 5 * 744)


def test_each_future_settles_its_own_windows_and_lists_do_not_move_the_price() -> None:
    """On demand halves in one future: the volume price stays."""
    plan = planned(
        volumes(
            744.0,
            {0: "10", 700: "6"},
            outlooks=(an_outlook("base"), an_outlook("half")),
            outlook_effects=(
                an_effect("half", value=0.5),
                an_effect("half", effect=Effect.ON_DEMAND_PRICE, value=0.5),
            ),
        )
    )
    windows = {row.outlook: (float(row.used_node_hours), float(row.bought_node_hours)) for row in plan.volume}
    assert windows == {"base": pytest.approx((744, 744)), "half": pytest.approx((372, 372))}
    assert float(objective(plan)) == pytest.approx(0.5 * 744 * 6 + 0.5 * 372 * 10, abs=0.02)


def test_volume_is_capacity_and_spend_of_its_provider() -> None:
    """Two nodes of load; cloud-a at 4 may have half of the capacity and of the spend, cloud-b costs 10."""
    fields: dict[str, Any] = {
        "catalog": two_clouds(),
        "contracts": (a_volume(), an_on_demand("od-b", offering="node-b")),
        "demand": nodes_of_load(2.0, 1),
    }
    prices = {0: "10", 100: "4"}
    for measure, cost in ((ShareMeasure.CAPACITY, 744 * 14.0), (ShareMeasure.SPEND, 744 * 2 * 40 / 7)):
        caps = (a_cap(measure=measure, group="cloud-a"),)
        plan = planned(volumes(0.0, prices, policy=a_policy(concentration=caps), **fields))
        assert float(objective(plan)) == pytest.approx(cost, abs=0.05)


tiers = st.lists(st.integers(1, 2000), min_size=1, max_size=3, unique=True)


@pytest.mark.long
@settings(max_examples=10)
@given(
    thresholds=tiers,
    cents=st.lists(st.integers(100, 1500), min_size=4, max_size=4),
    node_hours=st.integers(1, 2500),
    rule=st.sampled_from(list(TierRule)),
)
def test_the_family_pays_what_the_best_bill_of_the_terms_comes_to(
    thresholds: list[int], cents: list[int], node_hours: int, rule: TierRule
) -> None:
    """One price for all units: what is used, or up to a threshold, whichever is billed least."""
    falling = sorted(cents, reverse=True)
    prices = {0: f"{falling[0] / 100}"} | {
        hours: f"{usd / 100}" for hours, usd in zip(sorted(thresholds), falling[1:], strict=False)
    }
    scenario = volumes(float(node_hours), prices, rule)
    (window,) = volume_windows(scenario.volume[0], scenario.volume_tiers, Horizon(FIRST, 1))
    choices = [Decimal(node_hours)]
    if rule is ALL_UNITS:
        choices += [Decimal(hours) for hours in thresholds if hours > node_hours]
    best = min(sum(line.exact_usd for line in volume_bill(scenario.volume[0], window, hours)) for hours in choices)
    (row,) = decided(scenario).volume
    found = sum(line.exact_usd for line in volume_bill(scenario.volume[0], window, row.bought_node_hours))
    assert float(found) == pytest.approx(float(best), rel=1e-6, abs=0.01)
