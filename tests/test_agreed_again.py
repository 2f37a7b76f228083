"""A plan that pays otherwise than agreed keeps its orders where that is within the asked gap; else one is searched."""

from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest

import optimizer.finding
import optimizer.solve
from optimizer.solve_protocol import SolveOptions
from scenarios.scenario import Scenario
from tests.builders import FIRST, a_budget, a_scenario, a_take_or_pay, an_on_demand, ten_requests_a_node
from tests.families.test_take_or_pay import monthly
from tests.proving import objective, planned, with_policy


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many columns each model had that was searched from nothing; small models are treated like large ones."""
    sizes: list[int] = []
    solve_in = optimizer.solve.solve_in

    def counted(session: object, arrays: object, *rest: object) -> object:
        sizes.append(len(arrays.cost))  # type: ignore[attr-defined]
        return solve_in(session, arrays, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(optimizer.finding, "solve_in", counted)
    monkeypatch.setattr(optimizer.finding, "SEARCHED_COLUMNS", 0)
    return sizes


def tempted(*nodes: float, limit_usd: int) -> Scenario:
    """At least 300 node-hours a month at 6. February may not pay what it owes: it would rather pay it in January."""
    terms = a_take_or_pay(latest_start=FIRST, excess_carries_forward=True)
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(price_usd_per_node_hour=Decimal(50)), terms),
        demand=monthly(*nodes),
    )
    return with_policy(scenario, budgets=(a_budget(limit_usd=Decimal(limit_usd), first_month=FIRST + 1),))


def test_the_orders_are_kept_where_paying_as_agreed_costs_no_more(searches: list[int]) -> None:
    """January uses 372 anyway: run a ninth of a day more, which is carried on, it costs what was paid ahead."""
    plan = planned(tempted(0.5, 0.3, limit_usd=1300))
    assert (objective(plan), len(searches)) == (3600, 1)
    assert plan.take_or_pay[0].carried_out == pytest.approx(Decimal(300) - Decimal(1300) / 6, abs=Decimal("0.001"))


def test_a_plan_is_searched_for_where_another_side_of_the_minimum_must_be_chosen(searches: list[int]) -> None:
    """January uses 223 of 300: to carry a sixth of an hour on, it must use all of them."""
    plan = planned(tempted(0.3, 0.3, limit_usd=1799))
    assert (objective(plan), len(searches)) == (3600, 2)
    assert plan.take_or_pay[0].carried_out == pytest.approx(Decimal(1) / 6, abs=Decimal("0.001"))


def test_what_is_made_again_has_what_is_left_of_the_time_and_half_of_it_at_least(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clock is 25 s later whenever somebody looks: of 60 s, 35 are left when the orders are to be kept, 30 then."""
    asked: list[float] = []
    for name in ("solve_in", "solve_held_in"):
        monkeypatch.setattr(optimizer.finding, name, _recorded(getattr(optimizer.solve, name), asked))
    ticks = count(step=25)
    monkeypatch.setattr(optimizer.finding, "SEARCHED_COLUMNS", 0)
    monkeypatch.setattr(optimizer.finding, "clock_s", lambda: float(next(ticks)))
    scenario = tempted(0.3, 0.3, limit_usd=1799)
    run = scenario.run.model_copy(update={"time_limit_s": 60.0})
    planned(scenario.model_copy(update={"run": run}))
    assert asked == [60.0, 35.0, 30.0]


def _recorded(solve: Callable[..., object], asked: list[float]) -> Callable[..., object]:
    def recorded(session: object, arrays: object, options: SolveOptions, *rest: object) -> object:
        asked.append(options.time_limit_s)
        return solve(session, arrays, options, *rest)

    return recorded
