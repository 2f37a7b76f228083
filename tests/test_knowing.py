"""What planning for all outlooks, and knowing the outlook, is worth: worked by hand and met through plan_fleet.

January has 744 hours, February 672. What is rented costs 10 an hour; everything else is said in the test.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from optimizer.plan import Plan, ValueOfKnowing
from optimizer.run import PlanOptions, plan_fleet
from scenarios.outlooks import Effect, Subject
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_migration,
    a_reserved,
    a_scenario,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import EXACT_USD, objective, ordered, planned
from tests.stacks import two_stacks

RENT_OR_RESERVE = json.loads((Path(__file__).parent / "truth" / "worked_examples.json").read_text())[
    "reserve_vs_ondemand_discrete"
]
JANUARY = 744
RENT = 10
MEAN_NODES = 21
"""0.3 x 10 + 0.4 x 20 + 0.2 x 30 + 0.1 x 40."""
SHORT_OF_THE_MEAN = 3.7
"""Nodes rented on average beside 21: 0.2 x 9 + 0.1 x 19."""


def newsvendor(ratio: str) -> Scenario:
    """One month; 10, 20, 30 or 40 nodes of load; reserved at a ratio of the price of renting."""
    demand = {f"nodes-{nodes}": (int(nodes), chance) for nodes, chance in RENT_OR_RESERVE["demand"].items()}
    price = RENT * Decimal(ratio.removeprefix("r/p="))
    return a_scenario(
        run=run_settings(months=1),
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(), a_reserved(price_usd_per_node_hour=price, term_months=1)),
        demand=nodes_of_load(10.0, 1),
        outlooks=tuple(an_outlook(name, probability=chance) for name, (_, chance) in demand.items()),
        outlook_effects=tuple(an_effect(name, value=nodes / 10) for name, (nodes, _) in demand.items()),
    )


def known(scenario: Scenario) -> tuple[Plan, ValueOfKnowing]:
    plan = plan_fleet(scenario, PlanOptions())
    assert plan.knowing is not None
    return plan, plan.knowing


def usd_in(knowing: ValueOfKnowing, column: str) -> dict[str, float | None]:
    """One figure of each outlook, to the cent."""
    values = {row.outlook: getattr(row, column) for row in knowing.outlooks}
    return {outlook: None if usd is None else round(float(usd), 2) for outlook, usd in values.items()}


@pytest.mark.parametrize("ratio", RENT_OR_RESERVE["results"])
def test_nodes_are_reserved_up_to_the_published_quantile_of_demand(ratio: str) -> None:
    published = RENT_OR_RESERVE["results"][ratio]
    plan = planned(newsvendor(ratio))
    assert float(objective(plan)) == pytest.approx(published["cost"] * RENT * JANUARY, abs=EXACT_USD)
    assert ordered(plan) == {"res-a.2027-01": published["reserve"]}


@pytest.mark.parametrize(
    ("ratio", "planning_for_all", "foresight"),
    [
        pytest.param("r/p=0.2", 21 * 0.2 + 3.7 - 7.0, 7.0 - 21 * 0.2, marks=pytest.mark.long),
        pytest.param("r/p=0.75", 21 * 0.75 + 3.7 - 18.5, 18.5 - 21 * 0.75, marks=pytest.mark.long),
        ("r/p=0.9", 21 * 0.9 + 3.7 - 20.0, 20.0 - 21 * 0.9),
    ],
)
def test_the_plan_for_the_mean_reserves_21_and_foresight_reserves_what_is_needed(
    ratio: str, planning_for_all: float, foresight: float
) -> None:
    """21 reserved leave 3.7 nodes to be rented on average; who knows the outlook reserves all of it, 21 on average."""
    plan, knowing = known(newsvendor(ratio))
    assert {order.contract: order.nodes for order in knowing.mean_orders} == {"res-a": MEAN_NODES}
    hour = RENT * JANUARY
    assert knowing.stochastic_solution is not None
    assert knowing.stochastic_solution.usd == pytest.approx(planning_for_all * hour, abs=EXACT_USD)
    assert knowing.perfect_information.usd == pytest.approx(foresight * hour, abs=EXACT_USD)
    for value in (knowing.stochastic_solution, knowing.perfect_information):
        assert value.at_least_usd <= value.usd <= value.at_most_usd
        assert value.at_most_usd - value.at_least_usd <= 2 * EXACT_USD
    price = float(ratio.removeprefix("r/p="))
    mean = {
        row: (MEAN_NODES * price + max(0, int(row[-2:]) - MEAN_NODES)) * hour for row in usd_in(knowing, "plan_usd")
    }
    assert usd_in(knowing, "mean_plan_usd") == pytest.approx(mean)
    assert pytest.approx(
        sum(outlook.probability * max(0, int(outlook.outlook[-2:]) - MEAN_NODES) for outlook in plan.scenario.outlooks)
    ) == SHORT_OF_THE_MEAN


def two_futures(high: float, *contracts: Any, nodes: float = 1.0, factor: float = 2.0, **overrides: Any) -> Scenario:
    """`nodes` of load, or with chance `high` so many times as much."""
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(), *contracts),
        "demand": nodes_of_load(nodes),
        "outlooks": (an_outlook("base", probability=1 - high), an_outlook("high", probability=high)),
        "outlook_effects": (an_effect(value=factor),),
    }
    return a_scenario(**(fields | overrides))


def test_orders_for_the_mean_that_cannot_serve_an_outlook_have_no_finite_value() -> None:
    """1 or 4 nodes, nothing to rent: for the mean of 2.5 three are reserved, and 4 are needed."""
    nothing_to_rent = ten_requests_a_node(offerings=(an_offering(quota_nodes=0),))
    plan, knowing = known(two_futures(0.5, a_reserved(), factor=4.0, catalog=nothing_to_rent))
    assert ordered(plan) == {"res-a.2027-01": 4}
    assert [order.nodes for order in knowing.mean_orders] == [3]
    assert knowing.stochastic_solution is None
    assert usd_in(knowing, "mean_plan_usd") == {"base": 3 * 1416 * 6, "high": None}
    assert knowing.note == "high: the orders of the plan for the mean cannot serve it within its rules"
    assert knowing.perfect_information.usd == pytest.approx((4 - 2.5) * 1416 * 6, abs=EXACT_USD)


@pytest.mark.parametrize(("reveal", "hours"), [(FIRST + 1, 744), (None, 1416)])
def test_what_is_ordered_after_the_reveal_costs_the_plan_for_the_mean_nothing(reveal: Any, hours: int) -> None:
    """A node is needed with a chance of 0.35, as if 0.35 x 2 of them; reserved by the month it costs 6.

    For the mean of 0.7 nodes one is reserved (6 against 7), and half of two are rented with a chance of 0.35: 9.5. All
    rented: 7. Foreseen: 0.35 x 12 = 4.2. After the reveal nobody has to guess.
    """
    monthly = a_reserved(term_months=1)
    effects = (an_effect("base", value=0.0), an_effect(value=2.0))
    run = run_settings(reveal_month=reveal)
    plan, knowing = known(two_futures(0.35, monthly, run=run, outlook_effects=effects))
    assert ordered(plan) == ({"res-a.2027-02.high": 2} if reveal else {})
    assert {str(order.start) for order in knowing.mean_orders} == ({"2027-01"} if reveal else {"2027-01", "2027-02"})
    assert knowing.stochastic_solution is not None
    assert knowing.stochastic_solution.usd == pytest.approx((9.5 - 7) * hours, abs=EXACT_USD)
    assert knowing.perfect_information.usd == pytest.approx((7 - 4.2) * hours, abs=EXACT_USD)


def test_a_plan_for_the_mean_begins_work_that_may_fail_its_gate() -> None:
    """Passed with a chance of 0.6, February costs 3,360 instead of 6,720; the work costs 2,500 either way.

    0.6 x 3,360 = 2,016 is less, so it is not begun. In the mean the gate is passed, so it is: 484 dearer on average.
    Foreseen, it is begun where it is passed and saves 860 there.
    """
    scenario = a_scenario(
        catalog=two_stacks("model-a"),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(5))),
        demand=nodes_of_load(1.0),
        migrations=(a_migration(stack="stack-b", engineering_usd=Decimal(2500)),),
        outlooks=(an_outlook("pass", probability=0.6), an_outlook("fail", probability=0.4)),
        outlook_effects=(an_effect("fail", effect=Effect.GATE, of=Subject.MIGRATION, name="mig-a", value=0),),
    )
    plan, knowing = known(scenario)
    assert (objective(plan), plan.migrations) == (14160, ())
    assert usd_in(knowing, "mean_plan_usd") == {"fail": 14160 + 2500, "pass": 14160 + 2500 - 3360}
    assert usd_in(knowing, "foreseen_usd") == {"fail": 14160, "pass": 14160 + 2500 - 3360}
    assert knowing.stochastic_solution is not None
    assert knowing.stochastic_solution.usd == pytest.approx(2500 - 0.6 * 3360, abs=EXACT_USD)
    assert knowing.perfect_information.usd == pytest.approx(0.6 * 860, abs=EXACT_USD)


def test_work_begun_after_the_reveal_is_not_begun_in_vain() -> None:
    """The same work for three months, begun in February when it is known whether it will pass: then knowing is free.

    Gate in March: 0.6 x 3,720 against 2,500 at once would not pay; knowing that it is passed, 3,720 do.
    """
    scenario = a_scenario(
        run=run_settings(months=3, reveal_month=FIRST + 1),
        catalog=two_stacks("model-a"),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(5))),
        demand=nodes_of_load(1.0, 3),
        migrations=(a_migration(stack="stack-b", engineering_usd=Decimal(2500), earliest_start=FIRST + 1),),
        outlooks=(an_outlook("pass", probability=0.6), an_outlook("fail", probability=0.4)),
        outlook_effects=(an_effect("fail", effect=Effect.GATE, of=Subject.MIGRATION, name="mig-a", value=0),),
    )
    plan, knowing = known(scenario)
    assert [(m.migration, m.outlook) for m in plan.migrations] == [("mig-a", "pass")]
    assert float(objective(plan)) == pytest.approx(21600 - 0.6 * (3720 - 2500), abs=EXACT_USD)
    assert knowing.stochastic_solution is not None
    assert knowing.stochastic_solution.usd == pytest.approx(0, abs=EXACT_USD)
    assert knowing.perfect_information.usd == pytest.approx(0, abs=EXACT_USD)
