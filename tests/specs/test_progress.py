"""What one sees while one waits: phase, elapsed, incumbent, bound, gap, and what may be left."""

import io
import re
import time
from dataclasses import dataclass

import pytest
from rich.console import Console

from optimizer.solve_protocol import Progress
from reports.console import ProgressLine
from reports.phase_times import usual_s
from reports.progress import Asked, RunProgress
from tests.specs.running import Fleet, siliconmix

ASKED = Asked(gap_share=0.005, gap_usd=1000.0, time_limit_s=1200.0)
REALISTIC_NONZEROS = 798_169


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def solver(incumbent: float | None, bound: float | None, phase: str = "branch and bound") -> Progress:
    """In thousands of dollars."""
    return Progress(elapsed_s=1.0, incumbent=incumbent, bound=bound, nodes=3, phase=phase)


def a_search(clock: Clock) -> RunProgress:
    """A run of the realistic example whose search has just begun, on the machine on which it was measured."""
    run = RunProgress(clock)
    run.begin("build")
    run.ask(ASKED)
    usual = usual_s("build", REALISTIC_NONZEROS)
    assert usual is not None
    clock.now += usual
    run.size(REALISTIC_NONZEROS)
    run.begin("solve")
    return run


def test_before_there_is_a_bound_the_size_of_the_model_tells_how_long() -> None:
    clock = Clock()
    run = a_search(clock)
    assert re.fullmatch(r" +\d+\.\d s  solve \.\.\. about \d min left \(Ctrl-C stops\)", run.line())


def test_a_bound_without_a_plan_is_shown_as_such() -> None:
    run = a_search(Clock())
    run.search(solver(None, 190.0, "dive"), 1000.0)
    assert re.search(
        r"solve, dive \.\.\. no plan yet, bound 190,000 USD, about \d+ \w+ left \(Ctrl-C stops\)", run.line()
    )


def test_plan_bound_and_gap_are_in_dollars_and_the_gap_in_percent_too() -> None:
    run = a_search(Clock())
    run.search(solver(200.0, 190.0, "branch and bound"), 1000.0)
    assert (
        "solve, branch and bound ... plan 200,000 USD, bound 190,000 USD, gap 5.00% (10,000 USD),"
        " no guess yet, the search ends in 20 min at the latest (Ctrl-C keeps this plan)" in run.line()
    )


def test_a_gap_that_shrinks_steadily_gives_a_guess() -> None:
    """From 5 % the gap halves every minute; after three minutes it is 0.625 %, and 0.5 % are 19 s away."""
    clock = Clock()
    run = a_search(clock)
    for second in range(181):
        run.search(solver(200.0, 200.0 - 10.0 / 2 ** (second / 60), "branch and bound"), 1000.0)
        clock.now += 1.0
    after = sum(usual_s(phase, REALISTIC_NONZEROS) or 0.0 for phase in ("extract", "baselines", "audit", "write"))
    assert f"about {-(-(19 + after) // 60):.0f} min left" in run.line()


def test_a_search_without_parts_begins_like_any_other() -> None:
    run = a_search(Clock())
    run.search(solver(None, None), 1000.0)
    assert re.search(r"solve, branch and bound \.\.\. about \d min left \(Ctrl-C stops\)", run.line())


def test_a_plan_that_costs_nothing_has_no_gap() -> None:
    run = a_search(Clock())
    run.search(solver(0.0, 0.0), 1000.0)
    assert "gap 0.00% (0 USD)" in run.line()


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_a_narrow_terminal_keeps_the_gap_and_the_time_left(width: int) -> None:
    run = a_search(Clock())
    run.search(solver(200.0, 190.0, "dive"), 1000.0)
    line = run.line(width)
    assert len(line) <= max(width, 60)
    assert "left" in line
    assert "gap 5.00%" in line or width < 80


def test_a_run_without_baselines_is_not_said_to_wait_for_them() -> None:
    clock = Clock()
    run = a_search(clock)
    run.ask(Asked(0.005, 1000.0, 1200.0, with_baselines=False))
    run.begin("extract")
    usual = sum(usual_s(phase, REALISTIC_NONZEROS) or 0.0 for phase in ("extract", "audit", "write"))
    assert f"about {-(-usual // 10) * 10:.0f} s left" in run.line()


def a_terminal(shown: io.StringIO, kind: str = "xterm") -> Console:
    return Console(file=shown, force_terminal=True, width=60, _environ={"TERM": kind})


def a_line(console: Console, clock: Clock) -> ProgressLine:
    return ProgressLine(console, RunProgress(clock))


def test_on_a_terminal_progress_is_one_line_that_is_written_over() -> None:
    shown = io.StringIO()
    line = a_line(a_terminal(shown), Clock())
    line.phase("solve")
    line.progress(solver(200.0, 190.0), 1000.0)
    line.done()
    said = shown.getvalue()
    assert "\n" not in said
    states = [state for state in said.split("\r\x1b[2K") if state]
    assert "gap 5.00%" in states[-1] or "plan 200,000 USD" in states[-1] or "no guess" in states[-1]
    assert max(len(state) for state in states) <= 60


def test_in_a_file_progress_is_a_line_now_and_then_and_whenever_a_phase_begins() -> None:
    shown, clock = io.StringIO(), Clock()
    line = a_line(Console(file=shown, width=60), clock)
    line.phase("solve")
    for phase in ("relaxation", "dive"):
        for _ in range(300):
            line.progress(solver(200.0, 190.0, phase), 1000.0)
            clock.now += 0.1
    said = [text.split("...")[0].split("s  ")[1].strip() for text in shown.getvalue().splitlines()]
    assert said == ["solve", *["solve, relaxation"] * 3, *["solve, dive"] * 3]


def test_a_terminal_that_cannot_write_over_gets_lines() -> None:
    shown = io.StringIO()
    line = a_line(a_terminal(shown, "dumb"), Clock())
    line.phase("read")
    line.phase("build")
    line.done()
    assert [text.split()[-2:] for text in shown.getvalue().splitlines()] == [["read", "..."], ["build", "..."]]


def test_the_clock_goes_on_while_the_solver_is_silent() -> None:
    shown = io.StringIO()
    with ProgressLine(a_terminal(shown)) as line:
        line.phase("solve")
        before = shown.getvalue()
        while shown.getvalue() == before:
            time.sleep(0.05)
    assert shown.getvalue().endswith("\r\x1b[2K")


def test_progress_goes_to_stderr_only(fleet: Fleet) -> None:
    run = siliconmix("plan", fleet.folder, "--out", fleet.folder / "out", "--no-baselines")
    phases = [re.split(r"\W", line.split("s  ")[1])[0] for line in run.err.splitlines()[:-1]]
    told = ["read", "goodput", "build", "solve", "ties", "extract", "audit", "why", "write"]
    assert list(dict.fromkeys(phases)) == told
    assert " ... " not in run.out
