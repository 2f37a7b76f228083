"""What is written down once, what is worked out again, and what must come out the same."""

from pathlib import Path

import pytest

from optimizer.plan import StopReason
from optimizer.sweeping.books import AnswersDiffer, Books, missing
from optimizer.sweeping.results import Outcome, PointResult
from optimizer.sweeping.results_file import ResultsFile, read_results
from tests.sweeping.results import a_grid, a_header, a_result, an_answer, an_order


def books(tmp_path: Path, *there: PointResult) -> Books:
    """The books of a sweep over ten points: two runs, of eight points and of two."""
    path = tmp_path / "points.jsonl"
    return Books(a_grid(), there, ResultsFile(path, a_header(), read_results(path)), lambda: None)


def on_file(tmp_path: Path) -> list[int]:
    recorded = read_results(tmp_path / "points.jsonl")
    assert recorded is not None
    return [result.point for result in recorded.results]


def test_at_first_all_runs_are_open(tmp_path: Path) -> None:
    assert [run.number for run in books(tmp_path).open_runs()] == [1, 2]


def test_whole_runs_stand_and_a_cut_one_is_open_from_its_beginning(tmp_path: Path) -> None:
    """Nine of ten points are there: the second run lacks its last, and is done again with both of its points."""
    (run,) = books(tmp_path, *(a_result(n) for n in range(10))).open_runs()
    assert [point.number for point in run.points] == [9, 10]


def test_a_result_told_twice_is_written_once(tmp_path: Path) -> None:
    kept = books(tmp_path)
    kept.take(a_result(3, seconds=1.0))
    kept.take(a_result(3, seconds=9.0))
    assert on_file(tmp_path) == [3]


@pytest.mark.parametrize(
    "again",
    [
        a_result(1, an_answer(102.0)),
        a_result(1, an_answer(101.0, bound_usd=100.0)),
        a_result(1, an_answer(101.0, an_order(3))),
        a_result(1, outcome=Outcome.IMPOSSIBLE, reason="a cap"),
        a_result(1, fingerprint="another"),
    ],
)
def test_another_answer_for_the_same_point_is_a_loud_failure(tmp_path: Path, again: PointResult) -> None:
    kept = books(tmp_path, a_result(1))
    with pytest.raises(AnswersDiffer, match=r"point 1 \(1\) was worked out twice") as loud:
        kept.take(again)
    assert "--out" in str(loud.value)


def test_bounds_of_two_machines_may_differ_in_the_last_digits(tmp_path: Path) -> None:
    kept = books(tmp_path, a_result(1, an_answer(101.0, bound_usd=100.0)))
    kept.take(a_result(1, an_answer(101.0, bound_usd=100.0 + 1e-9)))
    assert kept.results == (a_result(1, an_answer(101.0, bound_usd=100.0)),)


def test_what_the_clock_stopped_may_differ_and_what_is_there_stands(tmp_path: Path) -> None:
    """So may what comes after it in its run, because it has learned from it; other runs may not."""
    stopped = a_result(1, an_answer(101.0, stop_reason=StopReason.TIME_LIMIT))
    kept = books(tmp_path, stopped, a_result(2), a_result(9))
    kept.take(a_result(1, an_answer(100.5)))
    kept.take(a_result(2, an_answer(99.0)))
    assert kept.results == (stopped, a_result(2), a_result(9))
    with pytest.raises(AnswersDiffer):
        kept.take(a_result(9, an_answer(99.0)))


def test_points_without_a_result_are_known_by_number() -> None:
    assert missing(a_grid(), [a_result(0), a_result(2), a_result(10)]) == (1, 3, 4, 5, 6, 7, 8, 9)
