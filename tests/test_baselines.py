"""What the plan is compared with: each way of buying, worked by hand (docs/decisions/0012)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalog.accelerators import Silicon
from optimizer.baselines.answering import Start
from optimizer.baselines.lifting import every_api, lifted
from optimizer.baselines.reserving import (
    Used,
    reserve_as_recommended,
    reserve_the_floor,
    reserve_the_peak,
)
from optimizer.problem import state
from scenarios.outlooks import Outlook
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.baseline_cases import HOURS, compared, one_node_type, plain, two_providers
from tests.builders import (
    FIRST,
    a_held,
    a_policy,
    a_reserved,
    a_size_class,
    a_spot,
    a_workload,
    an_accelerator,
    an_on_demand,
    day_and_night,
    flat_blocks,
    nodes_of_load,
    run_settings,
    two_clouds,
)
from tests.proving import a_cap, changed

EVERY_WAY = [
    "all on demand",
    "reserve the peak",
    "reserve the floor",
    "the recommender's way",
    "cheapest single provider: cloud-a",
]


def cents(usd_per_hour: float) -> Decimal:
    """So much in every hour of the two months."""
    return Decimal(str(usd_per_hour * HOURS)).quantize(Decimal("0.01"))


def test_the_ways_stand_in_reading_order() -> None:
    assert list(plain()) == EVERY_WAY


@pytest.mark.parametrize(
    ("way", "usd"),
    [
        pytest.param("all on demand", 2.5 * 10, id="2.5 nodes at 10 USD"),
        pytest.param("reserve the peak", 3 * 6, id="3 nodes at 6 USD, half of one idle"),
        pytest.param("reserve the floor", 2 * 6 + 0.5 * 10, id="2 nodes at 6 USD and half of one at 10"),
        pytest.param("the recommender's way", 2 * 6 + 0.5 * 10, id="the third node is used half, which is below 6/10"),
        pytest.param("cheapest single provider: cloud-a", 2 * 6 + 0.5 * 10, id="the best that cloud-a has"),
    ],
)
def test_two_and_a_half_nodes_cost_by_hand(way: str, usd: float) -> None:
    assert plain()[way].objective_usd == cents(usd)


@pytest.mark.parametrize("way", EVERY_WAY)
def test_what_keeps_all_rules_breaks_none(way: str) -> None:
    assert plain()[way].breaks == ()


def test_held_nodes_are_used_before_anything_is_counted() -> None:
    """3.5 nodes less one held: 2.5 as before; the held node costs 5 USD in either month."""
    with_held = compared(one_node_type(3.5, held_contracts=(a_held(),)))
    for way in EVERY_WAY[:4]:
        assert with_held[way].objective_usd == plain()[way].objective_usd + 5 * HOURS  # type: ignore[operator]


def used(nodes: dict[tuple[str, int, str, str], float], scenario: Scenario) -> Used:
    problem = state(scenario)
    return Used(lifted(problem, lambda terms: True, every_api, single_nodes=True), nodes)


def flat(*by_month: float, **overrides: Any) -> Used:
    """So many nodes of node-a on demand in each month, and the contracts of the overrides."""
    fields = {"run": run_settings(months=len(by_month)), "demand": nodes_of_load(1.0, len(by_month))} | overrides
    return used({("node-a", t, "all", "base"): x for t, x in enumerate(by_month) if x}, one_node_type(**fields))


def test_peak_and_floor_are_whole_nodes_over_all_months() -> None:
    growing = flat(1.2, 3.4)
    assert reserve_the_peak(growing) == {Start("res-a", 0): 4}
    assert reserve_the_floor(growing) == {Start("res-a", 0): 1}


def test_a_month_without_use_leaves_no_floor() -> None:
    assert reserve_the_floor(flat(2.0, 0.0)) == {}


def test_a_whole_number_with_a_hair_stays_that_number() -> None:
    assert reserve_the_peak(flat(3.000000002, 3.0)) == {Start("res-a", 0): 3}
    assert reserve_the_floor(flat(2.999999998, 3.0)) == {Start("res-a", 0): 3}


def test_the_recommender_looks_back_at_the_first_month_and_misses_growth() -> None:
    assert reserve_as_recommended(flat(1.0, 5.0)) == {Start("res-a", 0): 1}


def by_day_and_night(day: float, night: float, **overrides: Any) -> Used:
    """Twelve hours of each day use so many nodes, the other twelve so many."""
    nodes = {("node-a", t, b, "base"): x for t in (0, 1) for b, x in (("day", day), ("night", night))}
    return used(nodes, one_node_type(blocks=day_and_night("chat"), **overrides))


@pytest.mark.parametrize(
    ("price", "nodes"),
    [
        pytest.param(6, 1, id="6 of 10 USD: a node used half of the time does not pay"),
        pytest.param(5, 3, id="5 of 10 USD: at break-even it is reserved"),
        pytest.param(10, 1, id="10 of 10 USD: only a node that is never idle"),
    ],
)
def test_break_even_is_the_reserved_price_over_the_on_demand_price(price: int, nodes: int) -> None:
    """Three nodes by day, one by night: the second and the third are used half of the time."""
    used = by_day_and_night(3, 1, contracts=(an_on_demand(), a_reserved(price_usd_per_node_hour=Decimal(price))))
    assert reserve_as_recommended(used) == {Start("res-a", 0): nodes}


def test_a_start_up_uplift_makes_on_demand_dearer_in_the_recommendation() -> None:
    """6 USD of 10 x 1.2 = 12 is break-even at one half."""
    contracts = (an_on_demand(startup_uplift_share=0.2), a_reserved())
    assert reserve_as_recommended(by_day_and_night(3, 1, contracts=contracts)) == {Start("res-a", 0): 3}


def test_a_contract_above_the_on_demand_price_is_not_recommended() -> None:
    contracts = (an_on_demand(), a_reserved(price_usd_per_node_hour=Decimal("10.01")))
    assert reserve_as_recommended(flat(2.0, 2.0, contracts=contracts)) == {}


def test_over_outlooks_the_peak_is_the_highest_the_floor_the_lowest_the_past_the_mean() -> None:
    """Calm (3 in 4) uses one node, busy (1 in 4) three: the second and third are used a quarter of the time."""
    outlooks = (Outlook(outlook="calm", probability=0.75), Outlook(outlook="busy", probability=0.25))
    contracts = (an_on_demand(), a_reserved(price_usd_per_node_hour=Decimal("2.5")))
    nodes = {("node-a", t, "all", s): x for t in (0, 1) for s, x in (("calm", 1.0), ("busy", 3.0))}
    at_2_50 = used(nodes, one_node_type(outlooks=outlooks, contracts=contracts))
    assert reserve_the_peak(at_2_50) == {Start("res-a", 0): 3}
    assert reserve_the_floor(at_2_50) == {Start("res-a", 0): 1}
    assert reserve_as_recommended(at_2_50) == {Start("res-a", 0): 3}
    contracts = (an_on_demand(), a_reserved(price_usd_per_node_hour=Decimal("2.6")))
    at_2_60 = used(nodes, one_node_type(outlooks=outlooks, contracts=contracts))
    assert reserve_as_recommended(at_2_60) == {Start("res-a", 0): 1}


@pytest.mark.parametrize(
    ("terms", "starts"),
    [
        pytest.param([a_reserved()], [("res-a", 0), ("res-a", 2)], id="again when the term ends"),
        pytest.param(
            [a_reserved(term_months=3)], [("res-a", 0), ("res-a", 3)], id="the last term may outlive the horizon"
        ),
        pytest.param(
            [a_reserved(earliest_start=FIRST + 1)], [("res-a", 1), ("res-a", 3)], id="from the first possible start"
        ),
        pytest.param(
            [a_reserved(term_months=1, start_every_months=2)],
            [("res-a", 0), ("res-a", 2)],
            id="a lattice of starts leaves gaps to on demand",
        ),
        pytest.param(
            [a_reserved(), a_reserved("res-b", price_usd_per_node_hour=4, latest_start=FIRST)],
            [("res-b", 0), ("res-a", 2)],
            id="the lowest price that can start, then the next",
        ),
        pytest.param(
            [a_reserved(), a_reserved("res-b", term_months=4)],
            [("res-a", 0), ("res-a", 2)],
            id="of equal prices the shorter term",
        ),
        pytest.param([a_reserved(quote_valid_until=date(2026, 11, 30))], [], id="a quote that has run out is no offer"),
    ],
)
def test_orders_make_a_ladder(terms: list[Any], starts: list[tuple[str, int]]) -> None:
    ladder = reserve_the_peak(flat(2.0, 2.0, 2.0, 2.0, contracts=(an_on_demand(), *terms)))
    assert ladder == {Start(*start): 2 for start in starts}


def test_where_nothing_can_be_reserved_the_way_is_all_on_demand_and_says_so() -> None:
    found = compared(one_node_type(contracts=(an_on_demand(),)))
    assert found["reserve the peak"].objective_usd == found["all on demand"].objective_usd
    assert found["reserve the peak"].note.startswith("nothing to reserve, so the same as all on demand")


def test_the_note_says_how_much_is_reserved() -> None:
    assert plain()["reserve the peak"].note.startswith("3 nodes of 1 offering reserved, the most")
    assert plain()["reserve the floor"].note.startswith("2 nodes of 1 offering reserved, the fewest")


def test_a_reserved_node_that_is_partly_idle_takes_work_from_on_demand() -> None:
    """Chat (1.5 nodes) may go anywhere, code (1.8 nodes) only to node-b.

    All on demand: 1.5 of a at 10, 1.8 of b at 12. Break-even is 6/10 and 9/12, so of a one node is reserved (the
    second is used half), of b two (the second is used 0.8). The idle 0.2 of b takes 0.2 of chat's 0.5 on demand.
    """
    scenario = two_providers(
        workloads=(a_workload(geographies=("geo-a", "geo-b")), a_workload("code", geographies=("geo-b",))),
        size_classes=(a_size_class(), a_size_class("code")),
        blocks=flat_blocks("chat", "code"),
        demand=(*nodes_of_load(1.5), *nodes_of_load(1.8, workload="code")),
        catalog=two_clouds(node_b={"region": "region-b"}),
    )
    found = compared(scenario)
    assert found["all on demand"].objective_usd == cents(1.5 * 10 + 1.8 * 12)
    assert found["the recommender's way"].objective_usd == cents(6 + 2 * 9 + 0.3 * 10)


def test_all_on_demand_takes_neither_spot_nor_orders() -> None:
    found = compared(one_node_type(contracts=(an_on_demand(), a_reserved(), a_spot())))
    assert found["all on demand"].objective_usd == plain()["all on demand"].objective_usd
    assert found["reserve the floor"].objective_usd == plain()["reserve the floor"].objective_usd


def test_what_cannot_be_had_on_demand_has_no_such_ways() -> None:
    found = compared(one_node_type(contracts=(a_reserved(),)))
    for way in EVERY_WAY[:4]:
        assert (found[way].outcome, found[way].objective_usd) == ("impossible", None)
    assert found["cheapest single provider: cloud-a"].outcome == "solved"


def test_the_cheapest_provider_is_named_with_those_that_cannot_serve() -> None:
    """cloud-b has node-b only, which stands where chat may not be served."""
    found = compared(two_providers(catalog=two_clouds(node_b={"region": "region-b"})))
    assert "cloud-b cannot serve chat" in found["cheapest single provider: cloud-a"].note


def test_of_two_providers_the_cheaper_is_taken() -> None:
    """cloud-a: 2 at 6 and half a node at 10. cloud-b: 2 at 9 and half a node at 12."""
    found = compared(two_providers())["cheapest single provider: cloud-a"]
    assert found.objective_usd == (2 * 6 + 0.5 * 10) * HOURS


def with_silicon(**fields: Any) -> Scenario:
    """node-a is custom silicon, node-b a GPU, and as in `two_providers` dearer."""
    chips = (an_accelerator(silicon=Silicon.CUSTOM), an_accelerator("gpu-b", chip_vendor="vendor-b"))
    return two_providers(catalog=two_clouds().model_copy(update={"accelerators": chips}), **fields)


def test_gpus_only_buys_nothing_new_on_custom_silicon() -> None:
    """2 nodes of b at 9 and half of one at 12, instead of a at 6 and 10; all rules hold."""
    found = compared(with_silicon())["GPUs only"]
    assert found.objective_usd == (2 * 9 + 0.5 * 12) * HOURS
    assert found.note == "nothing new on custom silicon; all rules of the plan kept"
    assert found.breaks == ()


def test_custom_silicon_that_is_held_may_be_used_by_gpus_only() -> None:
    found = compared(with_silicon(held_contracts=(a_held(nodes=3),)))["GPUs only"]
    assert found.objective_usd == 3 * 5 * HOURS


def test_gpus_only_under_a_cap_that_forbids_it_is_solved_without_and_says_what_it_breaks() -> None:
    found = compared(with_silicon(policy=a_policy(concentration=(a_cap(),))))["GPUs only"]
    assert found.objective_usd == (2 * 9 + 0.5 * 12) * HOURS
    assert found.breaks == ("cap cap: cloud-b has 100.00% of tokens, 50.00% allowed (2027-01)",)
    assert "no plan keeps all rules that way" in found.note


def test_gpus_that_cannot_serve_a_workload_are_no_way() -> None:
    catalog = two_clouds(node_b={"region": "region-b"})
    chips = (an_accelerator(silicon=Silicon.CUSTOM), an_accelerator("gpu-b", chip_vendor="vendor-b"))
    found = compared(two_providers(catalog=catalog.model_copy(update={"accelerators": chips})))["GPUs only"]
    assert found.outcome == "impossible"
    assert "GPUs on offer cannot serve chat" in found.note


def test_a_fleet_of_gpus_is_not_compared_with_gpus() -> None:
    assert "GPUs only" not in compared(two_providers())


def test_without_quotes_follows_gpus_only_in_one_solver_session() -> None:
    """Closing the custom silicon first must not leave it closed for the plan without quotes."""
    quoted = a_reserved("res-q", offering="node-b", price_usd_per_node_hour=8, fictitious=True)
    base = with_silicon()
    found = compared(changed(base, contracts=(*base.contracts, quoted)))
    assert found["without fictitious quotes"].objective_usd == (2 * 6 + 0.5 * 10) * HOURS
    assert found["GPUs only"].objective_usd == (2 * 8 + 0.5 * 12) * HOURS


def test_two_equal_outlooks_cost_what_one_does() -> None:
    outlooks = (Outlook(outlook="calm", probability=0.75), Outlook(outlook="busy", probability=0.25))
    found = compared(one_node_type(outlooks=outlooks))
    for way in EVERY_WAY:
        assert found[way].objective_usd == plain()[way].objective_usd


def test_growth_makes_the_past_a_bad_guide() -> None:
    """One node in January, three in February: the recommender reserves one, and rents two at 10 USD in February."""
    demand = (
        Demand(workload="chat", month=FIRST, accepted_requests_per_s=10.0),
        Demand(workload="chat", month=FIRST + 1, accepted_requests_per_s=30.0),
    )
    found = compared(one_node_type(demand=demand))
    assert found["the recommender's way"].objective_usd == 6 * HOURS + 2 * 10 * 672
    assert found["reserve the peak"].objective_usd == 3 * 6 * HOURS


def test_lifting_touches_what_it_says_and_nothing_else() -> None:
    scenario = one_node_type(
        policy=a_policy(concentration=(a_cap(),), spot_share_cap=0.3),
        contracts=(an_on_demand(), a_reserved(lot_nodes=4, minimum_order_nodes=8), a_spot()),
    )
    problem = state(scenario)
    free = lifted(problem, lambda terms: terms.kind != "spot", every_api, single_nodes=True)
    kept = free.scenario.reserved[0]
    assert (kept.lot_nodes, kept.minimum_order_nodes) == (1, 0)
    assert free.scenario.spot == ()
    assert free.scenario.policy == scenario.policy.model_copy(update={"concentration": ()})


def test_stock_and_quota_are_lifted_to_what_could_be_needed() -> None:
    problem = state(one_node_type(7.5, catalog=two_clouds(stock_nodes=2, quota_nodes=3)))
    row = lifted(problem, lambda terms: True, every_api).scenario.catalog.offering["node-a"]
    assert (row.stock_nodes, row.quota_nodes) == (8, 8)
