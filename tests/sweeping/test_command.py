"""`siliconmix sweep` as it is typed."""

import json
from pathlib import Path

from reports.sweeping.answer import SweepAnswer
from scenarios.starting import EXAMPLES
from tests.specs.running import siliconmix

CAP = "policy.concentration[no-provider-above-70].cap_share"
BAD_INPUT, NOT_WRITABLE, PARTLY = 2, 8, 9


def test_the_document_on_stdout_is_the_file_and_a_second_call_says_the_same(tmp_path: Path) -> None:
    """One of two caps is impossible; all that is known is read from the results file the second time."""
    words = ("sweep", EXAMPLES / "small", "--over", f"{CAP}=0.4,0.6", "--workers", 1, "--out", tmp_path, "--json")
    first, second = siliconmix(*words), siliconmix(*words)
    assert first.exit == second.exit == PARTLY
    assert first.out == second.out == (tmp_path / "sweep.json").read_text(encoding="utf-8")
    answer = SweepAnswer.model_validate_json(first.out)
    assert (answer.counts.points, answer.counts.solved, answer.counts.impossible) == (2, 1, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["points.jsonl", "sweep.json", "sweep.xlsx"]


def test_a_folder_in_the_way_is_told_before_anything_is_solved(tmp_path: Path) -> None:
    (tmp_path / "sweep.xlsx").mkdir()
    run = siliconmix("sweep", EXAMPLES / "small", "--over", f"{CAP}=0.5,0.6", "--workers", 1, "--out", tmp_path)
    assert run.exit == NOT_WRITABLE
    assert "sweep.xlsx is a folder" in run.err
    assert not (tmp_path / "points.jsonl").exists()


def test_a_wrong_path_and_a_wrong_range_are_told_at_once(tmp_path: Path) -> None:
    wrong = siliconmix("sweep", EXAMPLES / "small", "--over", "policy.cap=0.4,0.6", "--out", tmp_path / "a", "--json")
    assert wrong.exit == BAD_INPUT
    assert json.loads(wrong.out)["findings"][0]["code"] == "IN-701"
    usage = siliconmix("sweep", EXAMPLES / "small", "--over", f"{CAP}=0.4..0.6", "--out", tmp_path / "b")
    assert usage.exit == BAD_INPUT
    assert "0.4..0.6/9 are nine" in usage.err
    assert not (tmp_path / "b").exists()
