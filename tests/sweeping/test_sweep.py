"""A sweep of the small example, in this process: every point has an answer or a reason, and a cut one goes on."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from catalog.findings import Code, InputRejected
from optimizer.run import PlanOptions, plan_fleet
from optimizer.sweeping.axes import parse_axis
from optimizer.sweeping.bench import Settings, Task
from optimizer.sweeping.books import AnswersDiffer
from optimizer.sweeping.faults import ResultsUnusable
from optimizer.sweeping.grid import grid_of
from optimizer.sweeping.hands import OneByOne
from optimizer.sweeping.results import Outcome, PointResult, same_answer
from optimizer.sweeping.results_file import read_results
from optimizer.sweeping.sweep import Swept, sweep
from scenarios.changes import Change, Verb
from scenarios.inputs import Inputs
from scenarios.starting import EXAMPLES

PRICE = "contracts.south-reserved-3m.price_usd_per_node_hour"
CAP = "policy.concentration[0].cap_share"
SMALL = Inputs.read(EXAMPLES / "small")


def task(*axes: str, fixed: tuple[Change, ...] = (), settings: Settings | None = None) -> Task:
    return Task(SMALL, grid_of([parse_axis(axis) for axis in axes], fixed), settings or Settings())


def grid_task() -> Task:
    """Three prices by four caps: two runs. Below half for each of two providers no plan exists; 1.5 is no share."""
    return task(f"{PRICE}=12..24/3", f"{CAP}=0.3,0.5,0.7,1.5")


def swept(asked: Task, folder: Path) -> Swept:
    return sweep(asked, folder / "points.jsonl", OneByOne())


@cache
def whole() -> tuple[Swept, bytes]:
    """The grid worked out without a break, and its file."""
    with TemporaryDirectory() as name:
        found = swept(grid_task(), Path(name))
        return found, (Path(name) / "points.jsonl").read_bytes()


def results(folder: Path) -> dict[int, PointResult]:
    recorded = read_results(folder / "points.jsonl")
    assert recorded is not None
    return {result.point: result for result in recorded.results}


def test_every_point_is_solved_or_says_why_not() -> None:
    """The walk goes on behind points without a plan."""
    found, _ = whole()
    outcomes = {(r.values[1], r.outcome) for r in found.results}
    assert outcomes == {
        ("0.3", Outcome.IMPOSSIBLE),
        ("0.5", Outcome.SOLVED),
        ("0.7", Outcome.SOLVED),
        ("1.5", Outcome.REJECTED),
    }
    assert found.missing == ()
    assert all("no-provider-above-70" in r.reason for r in found.results if r.outcome is Outcome.IMPOSSIBLE)
    assert all("1.5" in r.reason for r in found.results if r.outcome is Outcome.REJECTED)


def test_the_base_is_the_scenario_as_it_is() -> None:
    """405,472.50 USD is worked out by hand in the README of the example."""
    base = whole()[0].base
    assert base is not None
    assert base.answer is not None
    assert base.answer.incumbent_usd == 405_472.50


def test_a_point_is_the_plan_of_the_scenario_with_its_values() -> None:
    point = whole()[0].results[1]
    assert point.values == ("12", "0.5")
    changes = [Change(verb=Verb.SET, path=path, value=value) for path, value in ((PRICE, "12"), (CAP, "0.5"))]
    plan = plan_fleet(SMALL.load(changes).scenario, PlanOptions(with_baselines=False))
    assert point.fingerprint == plan.fingerprint
    assert point.answer is not None
    assert point.answer.objective_usd == plan.totals.objective_usd
    orders = [f"{order.nodes} {order.contract} from {order.start}" for order in plan.orders]
    assert [str(line) for line in point.answer.to_sign] == orders
    made = {(change.path, change.before, change.after) for change in point.changes}
    assert made == {(PRICE, "18", "12"), (CAP, "0.7", "0.5")}


def test_a_higher_price_or_a_tighter_cap_never_costs_less() -> None:
    cost = {r.values: r.answer.incumbent_usd for r in whole()[0].results if r.answer}
    assert cost["12", "0.5"] <= cost["18", "0.5"] <= cost["24", "0.5"]
    assert all(cost[price, "0.7"] <= cost[price, "0.5"] for price in ("12", "18", "24"))


@pytest.mark.parametrize("lines", [5, 12])
def test_a_sweep_that_was_cut_and_goes_on_equals_one_that_was_not(tmp_path: Path, lines: int) -> None:
    """Cut within the first run; within the second, in the middle of a line."""
    found, file = whole()
    kept = file.splitlines(keepends=True)[:lines]
    (tmp_path / "points.jsonl").write_bytes(b"".join(kept) + (b'{"point": 1' if lines == 12 else b""))
    assert swept(grid_task(), tmp_path).missing == ()
    again = results(tmp_path)
    assert sorted(again) == list(range(13))
    assert all(same_answer(again[result.point], result) for result in found.results)
    assert (tmp_path / "points.jsonl").read_bytes().startswith(b"".join(kept))


def test_what_is_all_there_is_not_worked_out_again(tmp_path: Path) -> None:
    (tmp_path / "points.jsonl").write_bytes(whole()[1])
    told = swept(grid_task(), tmp_path)
    assert told == whole()[0]
    assert (tmp_path / "points.jsonl").read_bytes() == whole()[1]


def test_a_line_that_was_changed_by_hand_is_found_out_when_its_run_is_done_again(tmp_path: Path) -> None:
    """Point 2 costs a dollar less on file than it does; its run is cut, so it is worked out a second time."""
    header, base, *lines = whole()[1].splitlines(keepends=True)
    second = next(line for line in lines if b'"point":2,' in line)
    result = PointResult.model_validate_json(second)
    assert result.answer is not None
    cheaper = result.answer.model_copy(update={"incumbent_usd": result.answer.incumbent_usd - 1})
    forged = result.model_copy(update={"answer": cheaper}).model_dump_json().encode() + b"\n"
    (tmp_path / "points.jsonl").write_bytes(header + base + forged)
    with pytest.raises(AnswersDiffer, match="point 2"):
        swept(grid_task(), tmp_path)


def test_another_sweep_does_not_go_on_in_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "points.jsonl").write_bytes(whole()[1])
    with pytest.raises(ResultsUnusable, match=f"values of {CAP.replace('[', '.').replace(']', '.')}"):
        swept(task(f"{PRICE}=12..24/3", f"{CAP}=0.5,0.7"), tmp_path)
    with pytest.raises(ResultsUnusable, match=r"run\.gap_share"):
        swept(task(f"{PRICE}=12..24/3", f"{CAP}=0.3,0.5,0.7,1.5", settings=Settings(gap_share=0.01)), tmp_path)


@pytest.mark.parametrize(
    ("axis", "code"),
    [
        ("contracts.south-reserved.price_usd_per_node_hour=1,2", Code.NO_SUCH_PATH),
        ("contracts.*-9y.price_usd_per_node_hour=1,2", Code.NOTHING_MATCHES),
        ("contracts.south-reserved-3m.quote=+1,+2", Code.NOT_RELATIVE),
    ],
)
def test_an_axis_that_names_nothing_is_refused_before_anything_is_solved(tmp_path: Path, axis: str, code: Code) -> None:
    with pytest.raises(InputRejected) as refused:
        swept(task(f"{CAP}=0.5,0.7", axis), tmp_path)
    assert [finding.code for finding in refused.value.findings] == [code]
    assert not (tmp_path / "points.jsonl").exists()


def test_a_base_without_a_plan_does_not_stop_the_points(tmp_path: Path) -> None:
    """At the fixed cap of 30 % there is no plan; the sweep over caps finds those that there are."""
    tight = Change(verb=Verb.SET, path=CAP, value="0.3")
    found = swept(task(f"{CAP}=0.5,0.7", fixed=(tight,)), tmp_path)
    assert found.base is not None
    assert found.base.outcome is Outcome.IMPOSSIBLE
    assert [result.outcome for result in found.results] == [Outcome.SOLVED, Outcome.SOLVED]
