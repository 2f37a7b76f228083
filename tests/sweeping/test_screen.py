"""What the terminal shows of a sweep, and of its progress."""

from dataclasses import dataclass

from optimizer.sweeping.hands import LostRun
from optimizer.sweeping.results import Outcome, PointResult
from optimizer.sweeping.sweep import Swept
from reports.sweeping.progress import SweepProgress
from reports.sweeping.screen import sweep_screen
from tests.sweeping.results import CAP, PRICE, a_grid, a_header, a_result, an_answer, an_order
from tests.sweeping.test_reading import along_a_price


def screen(swept: Swept, width: int = 100) -> list[str]:
    lines = list(sweep_screen(swept, width))
    assert max(len(line) for line in lines if "contracts." not in line) <= width
    return lines


def along() -> Swept:
    reading = along_a_price()
    return Swept(a_header(), reading.base, reading.results)


def a_matrix(*results: PointResult) -> Swept:
    return Swept(a_header(a_grid(f"{PRICE}=1,2", f"{CAP}=0.5,0.6,0.7")), a_result(0), results)


def test_one_axis_is_shown_in_pieces_that_sign_the_same() -> None:
    lines = screen(along())
    rows = [line.split() for line in lines if " list " in line and ".." in line]
    assert rows[0] == ["1", "..", "4", "4", "101", "USD", "..", "104", "USD", "10.1000", "..", "10.4000", "list", "B"]
    assert any(line.split() == ["10", "1", "impossible"] for line in lines)
    assert any("▁" in line and line.endswith("·") for line in lines)


def test_thresholds_are_said_with_what_changes() -> None:
    text = "\n".join(screen(along()))
    assert "between 4 and 5: res-a from 2027-01: 4 -> 2" in text
    assert "between 9 and 10: 10 has no plan (impossible)" in text
    assert "list A (3 points, the base): 2 res-a from 2027-01" in text


def test_neighbours_that_cannot_be_told_apart_are_counted() -> None:
    results = tuple(a_result(n, an_answer(100.0 + n, bound_usd=90.0 + n)) for n in range(1, 11))
    text = "\n".join(screen(Swept(a_header(), a_result(0), results)))
    assert "Not distinguishable: 9 of 9 pairs of neighbours\n  The gaps (up to 10.00 USD) hide which" in text


def test_two_axes_are_a_matrix_of_cost_and_list() -> None:
    results = [a_result(n, an_answer(1000.0 * n, an_order(n % 2 + 1)), values=("1", "0.5")) for n in range(1, 6)]
    lines = screen(a_matrix(*results, a_result(6, outcome=Outcome.REJECTED, reason="no share", values=("2", "0.7"))))
    rows = [line.split() for line in lines if line.startswith("  2 ")]
    assert rows == [["2", "4,000", "C", "5,000", "B", "no", "input"]]


def test_what_has_no_plan_is_named_with_its_reason_once() -> None:
    none = [a_result(n, outcome=Outcome.IMPOSSIBLE, reason="cap x", values=("1", str(n))) for n in range(1, 7)]
    text = "\n".join(screen(a_matrix(*none)))
    assert "6 impossible (1, 1; 1, 2; 1, 3; 1, 4; 1, 5; ...): cap x" in text


def test_what_is_not_worked_out_yet_is_counted_and_what_was_given_up_is_named() -> None:
    (run, _) = a_grid().runs()
    swept = Swept(a_header(), a_result(0), (a_result(9), a_result(10)), (LostRun(run, "the workers died"),))
    text = "\n".join(screen(swept))
    assert "given up, points 1, 2, 3, 4, 5, 6, 7, 8: the workers died" in text
    assert "8 points are not worked out yet; the same command goes on with them" in text


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_progress_says_how_many_how_fast_and_how_long() -> None:
    """20 of 100 are known from before; 30 more in 60 s leave 50 more at one every 2 s: 100 s."""
    clock = Clock()
    progress = SweepProgress(clock)
    progress.begun(20, 100)
    progress.phase("points")
    assert "20 of 100, no guess yet" in progress.line()
    clock.now = 60.0
    progress.point(50)
    assert progress.line() == (
        "  60.0 s  points ... 50 of 100, 30 a minute, about 2 min left (Ctrl-C keeps what is there)"
    )
    assert progress.line(60) == "  60.0 s  points ... 50 of 100, about 2 min left"
