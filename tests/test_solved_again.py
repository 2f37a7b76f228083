"""A model solved again from a lesson: the bound never exceeds the least cost, the plan never undercuts it."""

import io
import pickle
import threading
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer import solver as solvers
from optimizer.arrays import Arrays
from optimizer.living.learned import changed_numbers, same_structure
from optimizer.model import build_model
from optimizer.paths import master as masters
from optimizer.paths.dual_bound import dual_bound
from optimizer.problem import state
from optimizer.solve import Solved
from optimizer.solve_arrays import compile_model
from optimizer.solve_highs import Watch, load, relax, run
from optimizer.solve_protocol import AgainRequest, LearnRequest, SolveReply, SolveRequest, SolveStatus
from optimizer.solver import Solver
from scenarios.scenario import Scenario
from tests.random_fleets import limited, with_offering, with_terms
from tests.solver_models import EXACTLY, arrays_of
from tests.test_months_merged import broken

TOLERANCE = 1e-6
FLEETS = [("fallback", 1), ("share of spend", 2), ("minimum order", 1)]


def a_watch() -> Watch:
    return Watch(io.BytesIO(), threading.Event(), time.monotonic(), 60.0)


def fleet(limit: str, seed: int) -> Scenario | None:
    pair = limited(limit, seed)
    return None if pair is None else pair.limited.scenario


def least_of(arrays: Arrays) -> Solved | None:
    """The least cost by branch and bound; None where nothing is possible."""
    reply = Solver().solve(SolveRequest(arrays, EXACTLY), a_watch())
    if reply.values is None or reply.objective is None or reply.bound is None:
        return None
    return Solved(reply.values, reply.objective, reply.bound, reply.status, 0.0)


def compiled(scenario: Scenario) -> Arrays:
    return compile_model(build_model(state(scenario), kept_scale_usd=1000.0)).arrays


def taught(solver: Solver, reply: SolveReply, arrays: Arrays) -> bytes:
    assert reply.values is not None
    return solver.learned(LearnRequest(np.rint(reply.values[arrays.integer])))


def again(solver: Solver, lesson: bytes, before: Arrays, after: Arrays, gap: float) -> SolveReply:
    options = replace(EXACTLY, gap_share=gap)
    return solver.again(AgainRequest(after, options, lesson, changed_numbers(before, after)), a_watch())


def dearer(scenario: Scenario, contract: str, factor: str) -> Scenario:
    terms = next(row for row in scenario.contracts if row.contract == contract)
    price = getattr(terms, "price_usd_per_node_hour") * Decimal(factor)  # noqa: B009
    return with_terms(scenario, contract, price_usd_per_node_hour=price)


def busier(scenario: Scenario, factor: float) -> Scenario:
    rows = tuple(
        row.model_copy(
            update={
                name: value * factor
                for name in ("accepted_output_mtok", "accepted_requests_per_s")
                if (value := getattr(row, name)) is not None
            }
        )
        for row in scenario.demand
    )
    return scenario.model_copy(update={"demand": rows})


CHANGES = {
    "a reserved price": lambda s: dearer(s, "res-b", "1.1"),
    "a price on demand": lambda s: dearer(s, "od-a", "0.7"),
    "demand": lambda s: busier(s, 0.93),
    "stock": lambda s: with_offering(s, "node-a", stock_nodes=1),
}


def agrees(reply: SolveReply, arrays: Arrays, least: Solved, gap: float) -> None:
    """Bound, least cost and plan in this order, and the plan keeps every row."""
    assert reply.bound is not None
    assert reply.values is not None
    assert reply.objective is not None
    assert reply.bound <= least.objective + TOLERANCE
    assert reply.objective >= least.objective - TOLERANCE
    assert reply.objective - reply.bound <= gap * abs(reply.objective) + 1e-5
    assert broken(arrays, reply.values) <= TOLERANCE
    assert reply.objective == pytest.approx(float(arrays.cost @ reply.values) + arrays.offset)


@pytest.mark.parametrize("gap", [0.0, 0.02])
@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize(("limit", "seed"), FLEETS)
def test_a_model_in_parts_solved_again_proves_what_one_from_nothing_does(
    limit: str, seed: int, what: str, gap: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = fleet(limit, seed)
    if scenario is None:
        return
    before, after = compiled(scenario), compiled(CHANGES[what](scenario))
    if not same_structure(before, after):
        return
    least, least_before = least_of(after), least_of(before)
    if least is None or least_before is None:  # a stock of one node may be too little
        return
    monkeypatch.setattr(solvers, "DIRECT_COLUMNS", 0)
    solver = Solver()
    first = solver.solve(SolveRequest(before, replace(EXACTLY, gap_share=gap)), a_watch())
    lesson = taught(solver, first, before)
    if first.bound is not None and what != "stock":
        assert pickle.loads(lesson).parts is not None
    other = Solver()
    there = again(other, lesson, before, after, gap)
    agrees(there, after, least, gap)
    agrees(again(other, taught(other, there, after), after, before, gap), before, least_before, gap)


def test_a_new_model_takes_nothing_over_from_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same fleet with everything at a third of its cost: cuts of the first would lift its bound above its cost."""
    scenario = fleet("fallback", 1)
    assert scenario is not None
    before = compiled(scenario)
    after = replace(before, cost=before.cost / 3, offset=before.offset / 3)
    least = least_of(after)
    assert least is not None
    monkeypatch.setattr(solvers, "DIRECT_COLUMNS", 0)
    solver = Solver()
    solver.solve(SolveRequest(before, EXACTLY), a_watch())
    agrees(solver.solve(SolveRequest(after, EXACTLY), a_watch()), after, least, 0.0)


def test_the_same_lesson_gives_the_same_answer_to_the_last_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a solver that has answered much else since, and in one that has never solved anything."""
    scenario = fleet("fallback", 1)
    assert scenario is not None
    before, after, other = (compiled(each) for each in (scenario, busier(scenario, 0.9), busier(scenario, 0.95)))
    monkeypatch.setattr(solvers, "DIRECT_COLUMNS", 0)
    solver = Solver()
    lesson = taught(solver, solver.solve(SolveRequest(before, EXACTLY), a_watch()), before)
    again(solver, lesson, before, other, 0.0)
    answers = [again(each, lesson, before, after, 0.01) for each in (solver, Solver(), solver)]
    assert len({(each.objective, each.bound) for each in answers}) == 1
    assert len({each.values.tobytes() for each in answers if each.values is not None}) == 1


@pytest.mark.parametrize("cap", [0, 5])
def test_simplex_from_an_old_basis_that_takes_too_long_is_given_up(cap: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = fleet("fallback", 1)
    assert scenario is not None
    before, after = compiled(scenario), compiled(busier(scenario, 1.07))
    least = least_of(after)
    assert least is not None
    monkeypatch.setattr(solvers, "DIRECT_COLUMNS", 0)
    capped = dict(masters.WARM) | {"simplex_iteration_limit": cap}
    monkeypatch.setattr(masters, "WARM", tuple(capped.items()))
    solver = Solver()
    lesson = taught(solver, solver.solve(SolveRequest(before, EXACTLY), a_watch()), before)
    agrees(again(solver, lesson, before, after, 0.0), after, least, 0.0)


def test_orders_that_are_not_possible_any_more_are_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order of the first plan is closed, as a condition does it: the second plan makes do without."""
    scenario = fleet("share of spend", 2)
    assert scenario is not None
    before = compiled(scenario)
    first_least = least_of(before)
    assert first_least is not None
    used = np.flatnonzero(before.integer & (first_least.values > 0.5))
    after, least = next((a, found) for a in (closed(before, int(c)) for c in used) if (found := least_of(a)))
    for columns in (0, 10**6):
        monkeypatch.setattr(solvers, "DIRECT_COLUMNS", columns)
        solver = Solver()
        first = solver.solve(SolveRequest(before, EXACTLY), a_watch())
        assert first.values is not None
        agrees(again(solver, taught(solver, first, before), before, after, 0.0), after, least, 0.0)


def closed(arrays: Arrays, column: int) -> Arrays:
    """One column held at 0."""
    upper = arrays.upper.copy()
    upper[column] = 0.0
    return replace(arrays, upper=upper)


def test_a_model_that_cannot_be_any_more_is_said_to_be_impossible(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = fleet("fallback", 1)
    assert scenario is not None
    before = compiled(scenario)
    after = replace(before, upper=np.where(before.integer, 0.0, np.minimum(before.upper, 1e-3)))
    for columns in (0, 10**6):
        monkeypatch.setattr(solvers, "DIRECT_COLUMNS", columns)
        solver = Solver()
        lesson = taught(solver, solver.solve(SolveRequest(before, EXACTLY), a_watch()), before)
        reply = again(solver, lesson, before, after, 0.0)
        assert reply.status in (SolveStatus.INFEASIBLE, SolveStatus.UNDECIDED)


FLEET = st.sampled_from([("fallback", 1), ("share of spend", 2), ("minimum order", 1)])


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(FLEET, st.integers(0, 10**6), st.sampled_from([0.0, 0.01]))
def test_whatever_changes_the_bound_stays_below_and_the_plan_above(
    which: tuple[str, int], seed: int, gap: float
) -> None:
    """Costs, limits and coefficients drawn at random, some places each; by parts, and a chain of three."""
    scenario = fleet(*which)
    assert scenario is not None
    draw = np.random.default_rng(seed)
    now = compiled(scenario)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solvers, "DIRECT_COLUMNS", 0)
        solver = Solver()
        lesson = taught(solver, solver.solve(SolveRequest(now, replace(EXACTLY, gap_share=gap)), a_watch()), now)
        for _ in range(3):
            after = shaken(now, draw)
            with pytest.MonkeyPatch.context() as direct:
                direct.setattr(solvers, "DIRECT_COLUMNS", 10**6)
                least = least_of(after)
            if least is None:
                return
            reply = again(solver, lesson, now, after, gap)
            agrees(reply, after, least, gap)
            lesson, now = taught(solver, reply, after), after


def shaken(arrays: Arrays, draw: np.random.Generator) -> Arrays:
    """Some costs, coefficients and limits up to a fifth higher or lower; 1 stays 1, 0 stays 0."""

    def some(numbers: Any, share: float) -> Any:
        touched = (draw.uniform(size=len(numbers)) < share) & np.isfinite(numbers) & (np.abs(numbers) != 1.0)
        return np.where(touched, numbers * draw.uniform(0.8, 1.2, len(numbers)), numbers)

    return replace(
        arrays,
        cost=some(arrays.cost, draw.choice([0.0, 0.02, 0.5])),
        values=some(arrays.values, draw.choice([0.0, 0.02, 0.3])),
        upper=np.where(arrays.integer, arrays.upper, some(arrays.upper, draw.choice([0.0, 0.1]))),
    )


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_any_prices_of_rows_prove_a_bound(seed: int) -> None:
    """The prices of the optimum shaken at random; not shaken they prove the optimum of the relaxation."""
    scenario = fleet("fallback", 1)
    assert scenario is not None
    arrays = compiled(scenario)
    highs = load(SolveRequest(arrays, EXACTLY))
    relax(highs, np.flatnonzero(arrays.integer).astype(np.int32))
    optimum = run(highs, a_watch(), whole=False).objective
    assert optimum is not None
    prices = np.array(highs.getSolution().row_dual)
    draw = np.random.default_rng(seed)
    assert dual_bound(arrays, prices) == pytest.approx(optimum, rel=1e-6)
    shaken_prices = prices * draw.uniform(0.5, 1.5, len(prices)) + draw.normal(0.0, 0.1, len(prices))
    assert dual_bound(arrays, shaken_prices) <= optimum + TOLERANCE


def test_prices_that_prove_nothing_say_so() -> None:
    """A column without a limit that every unit of makes cheaper."""
    arrays = arrays_of([-1.0], [[1.0]], row_lower=[0.0], row_upper=[np.inf], upper=[np.inf])
    assert dual_bound(arrays, np.zeros(1)) == -np.inf
