"""The solver can be wrong, slow, stopped or killed: what the planner then says."""

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import optimizer.finding
import optimizer.possible
import optimizer.run
from optimizer import solver as solvers
from optimizer.faults import Impossible, Infeasible, NoPlan, NotFinite, SolverFault, SolverRefused
from optimizer.model import build_model
from optimizer.plan import Status, StopReason
from optimizer.problem import state
from optimizer.run import plan_fleet
from optimizer.solve import REFUSED_HIGHSPY, Session, Solved, solve_in, solve_whole
from optimizer.solve_arrays import compile_model
from optimizer.solve_highs import OptionRefused, Watch, set_options
from optimizer.solve_protocol import FixRequest, SolveOptions, SolveReply, SolveRequest, SolveStatus, StopRequest, send
from optimizer.solver import Solver
from scenarios.policy import BlockChoice, ShareMeasure
from tests.builders import (
    a_contingency,
    a_policy,
    a_reserved,
    a_scenario,
    an_on_demand,
    nodes_of_load,
    ten_requests_a_node,
    two_clouds,
)
from tests.plan_builders import a_rich_scenario
from tests.proving import EXACT_USD, a_cap, planned
from tests.random_fleets import limited
from tests.solver_models import EXACTLY, a_long_search, arrays_of, cover_two, impossible

ROOT = Path(__file__).parent.parent


def one_node() -> Any:
    """A fleet of one node of load, reserved or on demand."""
    return a_scenario(catalog=ten_requests_a_node(), demand=nodes_of_load(1.0))


def replies(*given: SolveReply) -> Callable[..., SolveReply]:
    """A solver that says what it is told to."""
    left = list(given)
    return lambda *_, **__: left.pop(0)


def reply(status: SolveStatus, values: list[float] | None = None, **fields: Any) -> SolveReply:
    known = None if values is None else np.array(values)
    cost = None if values is None else 0.0
    told = {"status": status, "values": known, "objective": cost, "bound": cost, "elapsed_s": 0.0}
    return SolveReply(**(told | fields))


# --- options and versions ----------------------------------------------------------------------------------


class Misspelt(SolveOptions):
    """Options with one that does not exist."""

    def highs(self) -> tuple[tuple[str, Any], ...]:
        return (*super().highs(), ("mip_rel_gapp", 0.5))


def test_a_misspelt_option_is_refused_because_it_does_not_read_back() -> None:
    highspy = pytest.importorskip("highspy")
    with pytest.raises(OptionRefused, match="mip_rel_gapp"):
        set_options(highspy.Highs(), Misspelt(0.0, 0.0, 60.0, 0))


def test_an_option_that_is_refused_is_a_fault_and_not_a_plan() -> None:
    with pytest.raises(SolverFault, match="option mip_rel_gap = -1"):
        solve_whole(cover_two(), replace(EXACTLY, gap_share=-1.0))


def test_a_version_with_wrong_answers_is_refused_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    phases: list[str] = []
    monkeypatch.setattr(optimizer.possible, "version", lambda name: "1.14.0")
    with pytest.raises(SolverRefused, match=r"highspy 1\.14\.0 is known to return wrong optima"):
        plan_fleet(one_node(), optimizer.run.PlanOptions(on_phase=phases.append))
    assert phases == []


def test_the_pinned_version_is_installed() -> None:
    pinned = re.search(r'"highspy==([^"]+)"', (ROOT / "pyproject.toml").read_text())
    assert pinned is not None
    assert pinned[1] == version("highspy")
    assert pinned[1] not in REFUSED_HIGHSPY


# --- numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-1"])
def test_a_price_that_is_no_price_is_refused_where_it_is_stated(price: str) -> None:
    with pytest.raises(ValidationError):
        an_on_demand(price_usd_per_node_hour=Decimal(price))


@pytest.mark.parametrize("contract", [an_on_demand(), a_reserved()])
def test_a_price_that_is_no_number_never_reaches_the_solver(contract: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(self: Session) -> None:
        raise AssertionError("the solver was started")

    monkeypatch.setattr(Session, "_running", started)
    smuggled = contract.model_copy(update={"price_usd_per_node_hour": Decimal("NaN")})
    with pytest.raises(NotFinite, match="not a finite number"):
        planned(one_node().model_copy(update={"contracts": (an_on_demand("od-b"), smuggled)}))


def test_a_whole_number_that_is_not_whole_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "solve", replies(reply(SolveStatus.OPTIMAL, [2.3, 2.2])))
    with pytest.raises(SolverFault, match="not whole"):
        solve_whole(cover_two(), EXACTLY)


def test_whole_numbers_are_rounded_and_the_rest_solved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """x is whole up to a millionth; y then covers exactly the rest: 3 * 2 + 2 * 2.5."""
    arrays = replace(cover_two(), integer=np.array([True, False]))
    honest = Session.solve

    def nearly(self: Session, *given: Any, **named: Any) -> SolveReply:
        found = honest(self, *given, **named)
        assert found.values is not None
        return replace(found, values=found.values + np.array([1e-6, 0.0]))

    monkeypatch.setattr(Session, "solve", nearly)
    solved = solve_whole(arrays, EXACTLY)
    assert solved.values[0] == round(solved.values[0])
    assert solved.objective == pytest.approx(3 * 2 + 2 * 2.5)


@pytest.mark.parametrize("gap", [0.0, 0.05])
@pytest.mark.parametrize("limit", ["stock", "minimum order", "fallback"])
def test_the_way_of_large_models_finds_the_same_cost_within_the_gap(
    limit: str, gap: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relaxation, dive, branch and bound: forced upon small fleets whose least cost is known."""
    pair = limited(limit, 3)
    assert pair is not None
    model = build_model(state(pair.limited.scenario))
    arrays, least = compile_model(model).arrays, pair.limited.incumbent_usd
    monkeypatch.setattr(solvers, "DIRECT_COLUMNS", 0)
    solver = Solver()
    watch = Watch(io.BytesIO(), threading.Event(), time.monotonic(), 60.0)
    found = solver.solve(SolveRequest(arrays, replace(EXACTLY, gap_share=gap)), watch)
    assert found.objective is not None
    assert found.bound is not None
    assert found.values is not None
    cost, bound = found.objective * model.money_scale_usd, found.bound * model.money_scale_usd
    assert bound - EXACT_USD <= least <= cost + EXACT_USD
    assert cost <= least * (1 + gap) + 0.1
    whole = np.flatnonzero(arrays.integer).astype(np.int32)
    fixed = solver.fix(FixRequest(whole, np.rint(found.values[whole])), watch)
    assert fixed.objective == pytest.approx(found.objective, rel=1e-5)


# --- no --------------------------------------------------------------------------------------------------


def test_no_is_believed_only_when_it_is_said_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time without presolve and without costs."""
    asked: list[tuple[bool, float]] = []
    honest = Session.solve

    def listening(self: Session, arrays: Any, options: SolveOptions, *rest: Any) -> SolveReply:
        asked.append((options.presolve, float(np.abs(arrays.cost).sum())))
        return honest(self, arrays, options, *rest)

    monkeypatch.setattr(Session, "solve", listening)
    with pytest.raises(Infeasible):
        solve_whole(impossible(), EXACTLY)
    assert asked == [(True, 1.0), (False, 0.0)]


@pytest.mark.parametrize("first", [SolveStatus.INFEASIBLE, SolveStatus.UNDECIDED])
def test_a_solver_that_contradicts_itself_is_a_fault(first: SolveStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    second = reply(SolveStatus.OPTIMAL, [2.0, 3.0], detail="Optimal")
    monkeypatch.setattr(Session, "solve", replies(reply(first), second))
    with pytest.raises(SolverFault, match="infeasible with presolve, 'Optimal' without"):
        solve_whole(cover_two(), EXACTLY)


def test_a_no_that_could_not_be_confirmed_in_time_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Session, "solve", replies(reply(SolveStatus.INFEASIBLE), reply(SolveStatus.TIME_LIMIT))
    )
    with pytest.raises(NoPlan):
        solve_whole(cover_two(), EXACTLY)


def test_an_unbounded_model_is_a_fault() -> None:
    arrays = arrays_of([-1.0], [[1.0]], row_lower=[0.0], row_upper=[np.inf], upper=[np.inf])
    with pytest.raises(SolverFault):
        solve_whole(arrays, EXACTLY)


def test_rules_that_collide_are_named_and_no_others() -> None:
    """Cloud-b has a quota of one node: the loss of cloud-a cannot be survived at 80 % of four nodes.

    The cap of 90 % on each cloud is not to blame.
    """
    rules = a_policy(
        concentration=(a_cap("not-all", cap_share=0.9),),
        contingencies=(a_contingency(blocks=BlockChoice.ALL),),
    )
    scenario = a_scenario(
        catalog=two_clouds(node_b={"quota_nodes": 1}),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))),
        demand=nodes_of_load(4.0),
        policy=rules,
    )
    with pytest.raises(Impossible) as said:
        planned(scenario)
    assert said.value.reasons == (
        "these rules cannot hold together: contingency lose-cloud-a (provider cloud-a, floor 80%) and the supply."
        " Without it the supply is enough",
    )


def test_two_rules_that_collide_are_both_named() -> None:
    """At most 60 % of the spend at one cloud and 30 % at the other; a cap on the tokens has no part in it."""
    scenario = a_scenario(
        catalog=two_clouds(),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))),
        demand=nodes_of_load(3.0),
        policy=a_policy(
            concentration=(
                a_cap("not-all-at-a", measure=ShareMeasure.SPEND, group="cloud-a", cap_share=0.6),
                a_cap("few-at-b", measure=ShareMeasure.SPEND, group="cloud-b", cap_share=0.3),
                a_cap("tokens", cap_share=0.99),
            )
        ),
    )
    with pytest.raises(Impossible) as said:
        planned(scenario)
    words = str(said.value)
    assert "cap not-all-at-a (spend by provider cloud-a at most 60.0%)" in words
    assert "cap few-at-b (spend by provider cloud-b at most 30.0%)" in words
    assert "tokens" not in words


# --- limits and interruptions ------------------------------------------------------------------------------


def test_at_the_time_limit_the_best_plan_and_its_bound_are_kept() -> None:
    solved = solve_whole(a_long_search(), replace(EXACTLY, time_limit_s=2.0))
    assert solved.status is SolveStatus.TIME_LIMIT
    assert solved.bound < solved.objective < 0
    assert solved.elapsed_s < 20


@pytest.mark.parametrize(
    ("status", "reason"),
    [(SolveStatus.TIME_LIMIT, StopReason.TIME_LIMIT), (SolveStatus.INTERRUPTED, StopReason.STOPPED_BY_USER)],
)
def test_a_plan_that_was_stopped_says_why_and_how_far_it_is(
    status: SolveStatus, reason: StopReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound is taken a tenth below the plan."""

    def stopped(*given: Any) -> Solved:
        solved = solve_in(*given)
        return replace(solved, status=status, bound=0.9 * solved.objective)

    monkeypatch.setattr(optimizer.finding, "solve_in", stopped)
    plan = planned(one_node())
    assert (plan.stop_reason, plan.status) == (reason, Status.FEASIBLE)
    assert plan.gap == pytest.approx(0.1, abs=1e-6)
    assert plan.bound_usd == pytest.approx(0.9 * 8496)


def test_a_bound_a_rounding_below_the_plan_is_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """849,600 USD and a bound half a millionth below, with no gap allowed: the solver can tell no better."""

    def nearly(*given: Any) -> Solved:
        solved = solve_in(*given)
        return replace(solved, bound=(1 - 5e-7) * solved.objective)

    monkeypatch.setattr(optimizer.finding, "solve_in", nearly)
    plan = planned(one_node().model_copy(update={"demand": nodes_of_load(100.0)}))
    assert plan.incumbent_usd == 849600
    assert (plan.stop_reason, plan.status) == (StopReason.GAP_REACHED, Status.WITHIN_GAP)


LONG_SEARCH = """
from dataclasses import replace
from optimizer.solve import solve_whole
from tests.solver_models import EXACTLY, a_long_search

def told(progress):
    if progress.incumbent is not None:
        print("incumbent", progress.incumbent, flush=True)

solved = solve_whole(a_long_search(), replace(EXACTLY, time_limit_s=300.0), told)
print("end", solved.status, solved.objective, solved.bound, flush=True)
"""


@pytest.mark.parametrize("times", [1, 3])
def test_ctrl_c_keeps_the_best_plan_and_its_bound(times: int) -> None:
    """Also when it is pressed again: what was found must still be polished and told."""
    with subprocess.Popen(
        [sys.executable, "-c", LONG_SEARCH], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline()]
        started = time.monotonic()
        for _ in range(times):
            process.send_signal(signal.SIGINT)
        seen += process.stdout.readlines()
        took = time.monotonic() - started
    assert process.returncode == 0
    assert seen[0].startswith("incumbent")
    word, status, objective, bound = seen[-1].split()
    assert (word, status) == ("end", "interrupted")
    assert float(bound) < float(objective) < 0
    assert took < 30


def test_a_stop_that_comes_after_the_search_does_not_cost_the_plan() -> None:
    """Ctrl-C between the end of the search and the last solve with whole numbers fixed."""
    problem = state(a_rich_scenario(2))
    arrays = compile_model(build_model(problem)).arrays
    whole = np.flatnonzero(arrays.integer).astype(np.int32)
    with Session() as session:
        found = session.solve(arrays, replace(EXACTLY, gap_share=0.01))
        assert found.values is not None
        requests = session._running().stdin
        assert requests is not None
        send(requests, StopRequest())
        time.sleep(0.2)
        fixed = session.fix(whole, np.rint(found.values[whole]))
    assert fixed.status is SolveStatus.OPTIMAL


# --- crashes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("killer", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_of_the_solver_is_a_message(killer: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Session.solve

    def dying(self: Session, *given: Any, **named: Any) -> SolveReply:
        os.kill(self._running().pid, killer)
        return honest(self, *given, **named)

    monkeypatch.setattr(Session, "solve", dying)
    with pytest.raises(SolverFault, match=f"killed by {killer.name}"):
        planned(one_node())


def test_a_crash_in_the_middle_of_the_search_is_a_message() -> None:
    with Session() as session, pytest.raises(SolverFault, match="killed by SIGSEGV"):
        session.solve(a_long_search(), EXACTLY, lambda progress: os.kill(session._running().pid, signal.SIGSEGV))


def test_a_search_after_a_crash_starts_afresh() -> None:
    test_a_crash_in_the_middle_of_the_search_is_a_message()
    assert solve_whole(cover_two(), EXACTLY).objective == 12
