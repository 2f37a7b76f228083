"""Plans of the same cost: a second solve picks among them, and never at the price of the first objective."""

import io
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer import solver as solvers
from optimizer.solve import Session
from optimizer.solve_highs import Watch
from optimizer.solve_protocol import SolveReply, SolveRequest, SolveStatus, TieRequest
from optimizer.solver import Solver
from tests.solver_models import EXACTLY, arrays_of, cover_two


def a_watch() -> Watch:
    return Watch(io.BytesIO(), threading.Event(), time.monotonic(), 60.0)


def twins() -> Any:
    """Three nodes at the same price cover a load of 4, each by at most 3."""
    return arrays_of([1, 1, 1], [[1, 1, 1]], row_lower=[4], row_upper=[np.inf], upper=[3, 3, 3])


def settled(arrays: Any, limit: float, *objectives: list[float]) -> SolveReply:
    whole = np.flatnonzero(arrays.integer).astype(np.int32)
    with Session() as session:
        found = session.solve(arrays, EXACTLY)
        assert found.values is not None
        wanted = [np.array(objective, dtype=float) for objective in objectives]
        return session.break_ties(whole, np.rint(found.values[whole]), limit, wanted)


def test_among_equal_plans_the_preferred_one_is_taken() -> None:
    """The first is to be used least; then, of the others, the second least: 0 + 1 + 3."""
    reply = settled(twins(), 4.0, [1, 0, 0], [0, 1, 0])
    assert reply.status is SolveStatus.OPTIMAL
    assert reply.values == pytest.approx([0, 1, 3])
    assert reply.objective == pytest.approx(4)


def test_the_order_of_preferences_counts() -> None:
    reply = settled(twins(), 4.0, [0, 0, 1], [0, 1, 0])
    assert reply.values == pytest.approx([3, 1, 0])


def test_a_preference_never_costs_more_than_is_allowed() -> None:
    """x at 3 and y at 2 cover 4.5: nothing but x = 2, y = 3 costs 12; for 13 x = 3 and y = 2 may be had."""
    fewest_y = [0.0, 1.0]
    assert settled(cover_two(), 12.0, fewest_y).values == pytest.approx([2, 3])
    assert settled(cover_two(), 13.0, fewest_y).values == pytest.approx([3, 2])


def test_in_a_large_model_orders_are_held_and_the_rest_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two whole columns are held; the two continuous ones, equally dear, are free to move."""
    monkeypatch.setattr(solvers, "DIRECT_COLUMNS", 0)
    arrays = arrays_of(
        [1, 1, 1, 1],
        [[1, 1, 0, 0], [0, 0, 1, 1]],
        row_lower=[4, 2.5],
        row_upper=[np.inf, np.inf],
        upper=[3, 3, 2, 2],
        integer=np.array([True, True, False, False]),
    )
    solver = Solver()
    watch = a_watch()
    found = solver.solve(SolveRequest(arrays, EXACTLY), watch)
    assert found.values is not None
    whole = np.array([0, 1], dtype=np.int32)
    orders = np.rint(found.values[whole])
    wanted = (np.array([1.0, 0.0, 1.0, 0.0]),)
    reply = solver.break_ties(TieRequest(whole, orders, 6.5, wanted), watch)
    assert reply.values == pytest.approx([*orders, 0.5, 2.0])


def test_the_model_is_left_as_it_was() -> None:
    """After ties were broken the first objective counts again, and the cost is not limited any more."""
    arrays = replace(twins(), integer=np.array([True, False, False]))
    with Session() as session:
        found = session.solve(arrays, EXACTLY)
        assert found.values is not None
        first = np.array([0], dtype=np.int32)
        session.break_ties(first, np.rint(found.values[first]), 4.0, [np.array([0.0, 1.0, 0.0])])
        assert session.fix(first, np.array([3.0])).objective == pytest.approx(4)
        assert session.close(first, EXACTLY).objective == pytest.approx(4)


def test_a_start_that_is_not_possible_is_said() -> None:
    with Session() as session:
        session.solve(twins(), EXACTLY)
        every = np.arange(3, dtype=np.int32)
        reply = session.break_ties(every, np.zeros(3), 4.0, [np.ones(3)])
    assert reply.status is SolveStatus.FAILED
    assert reply.values is None
