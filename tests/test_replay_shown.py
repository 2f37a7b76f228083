"""A replay on the screen, as JSON, and as a workbook that LibreOffice recalculates to the same figures."""

import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from optimizer.plan_file import write_plan
from optimizer.replaying.outcomes import replay
from optimizer.replaying.records import Replay
from optimizer.replaying.replay import replayer
from optimizer.replaying.traced import traced
from reports.cli import main
from reports.layout import Sheet
from reports.replaying.book import replay_workbook, write_replay
from reports.replaying.screen import replay_screen
from reports.replaying.words import stretch_words
from tests.plan_builders import a_plan
from tests.recalculation import disagreements
from tests.replay_cases import a_trace

REQUESTS = [(90 + i % 40, 80 + i % 50) for i in range(1800)]


@cache
def a_replay() -> Replay:
    """The rich plan under half an hour of requests, one every second, and its simulated hour."""
    ready = replayer(a_plan(), "base")
    given = traced(ready.problem, a_trace(REQUESTS, every_s=1.0), {}, {})
    return replay(ready, given, most_requests=4_000, part_done=lambda _: None)


def values(sheet: Sheet, header: str) -> list[object]:
    """The cells below a header."""
    (place,) = [at for at, cell in sheet.cells.items() if cell.value == header]
    return [cell.value for (row, col), cell in sheet.cells.items() if col == place[1] and row > place[0]]


def test_the_workbook_agrees_with_itself() -> None:
    sheets = {sheet.name: sheet for sheet in replay_workbook(a_replay())}
    assert set(values(sheets["Checks"], "Status")) == {"OK"}
    assert sum(values(sheets["Steps"], "Adds USD")) == pytest.approx(
        float(a_replay().replayed.effective_usd - a_replay().planned.effective_usd)
    )
    assert values(sheets["Workloads"], "Kept") == ["yes" if row.kept else "NO" for row in a_replay().workloads]


@pytest.mark.libreoffice
def test_recalculated_the_workbook_is_the_same(tmp_path: Path) -> None:
    book = tmp_path / "replay.xlsx"
    write_replay(a_replay(), book)
    count, different = disagreements(book, tmp_path)
    assert count > 100
    assert different == []


def test_the_screen_tells_bill_misses_and_latencies_in_lines_that_fit() -> None:
    screen, hour = replay_screen(a_replay(), 100), a_replay().simulated
    assert hour is not None
    headings = [line for line in screen if line and not line.startswith(" ")]
    assert headings[0] == "Replay of sample, outlook base"
    assert [line.split(":")[0] for line in headings[1:]] == [
        "From plan to replay",
        "Workloads",
        "Node-hours",
        f"Request by request in {stretch_words(hour)}",
        "Traces",
    ]
    assert any("more than planned" in line or "less than planned" in line for line in screen)


def test_the_command_publishes_both_files_and_answers_as_json(tmp_path: Path) -> None:
    plan, trace = tmp_path / "plan.json", tmp_path / "trace.csv"
    write_plan(a_plan(), plan)
    rows = "".join(f"{i},{tokens[0]},{tokens[1]}\n" for i, tokens in enumerate(REQUESTS))
    trace.write_text("timestamp,input_tokens,output_tokens\n" + rows, encoding="utf-8")
    out = tmp_path / "out"
    asked = ["replay", str(plan), str(trace), "--out", str(out), "--no-requests", "--json"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["format"] == "siliconmix-replay-answer-1"
    assert Replay.model_validate_json((out / "replay.json").read_text(encoding="utf-8")).simulated is None
    assert (out / "replay.xlsx").exists()

    wrong = CliRunner().invoke(main, [*asked, "--trace", f"chta={trace}"])
    assert wrong.exit_code == 2
    assert json.loads(wrong.stdout)["kind"] == "cannot_replay"
    assert "chta is no workload of the plan" in wrong.stderr
