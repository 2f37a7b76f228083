"""The results file of a sweep: what a kill leaves of it, and who may go on in it."""

from pathlib import Path

import pytest

from optimizer.sweeping.faults import ResultsUnusable
from optimizer.sweeping.results_file import (
    Header,
    Recorded,
    ResultsFile,
    read_results,
    refuse_other,
)
from scenarios.changes import Change, Verb
from scenarios.scenario import InputFile
from tests.sweeping.results import CAP, PRICE, a_grid, a_header, a_result


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "points.jsonl"


def written(path: Path, *points: int) -> Path:
    with ResultsFile(path, a_header(), read_results(path)) as file:
        for point in points:
            file.add(a_result(point))
    return path


def there(path: Path) -> Recorded:
    recorded = read_results(path)
    assert recorded is not None
    return recorded


def points(path: Path) -> list[int]:
    return [result.point for result in there(path).results]


def test_what_is_written_is_read_again(path: Path) -> None:
    written(path, 0, 1, 2)
    assert there(path).header == a_header()
    assert there(path).results == (a_result(0), a_result(1), a_result(2))


def test_a_second_sweep_goes_on_behind_the_last_line(path: Path) -> None:
    written(path, 0, 1)
    written(path, 2)
    assert points(path) == [0, 1, 2]


def test_no_file_is_a_new_sweep(path: Path) -> None:
    assert read_results(path) is None


@pytest.mark.parametrize("torn", [1, 40, 200])
def test_a_torn_last_line_is_dropped_and_written_again(path: Path, torn: int) -> None:
    """However much of it the kill has left."""
    whole = written(path, 0, 1).read_bytes()
    last = a_result(2).model_dump_json().encode()
    path.write_bytes(whole + last[:torn])
    assert points(path) == [0, 1]
    written(path, 2)
    assert path.read_bytes() == whole + last + b"\n"


@pytest.mark.parametrize("torn", [0, 10])
def test_a_torn_header_is_no_sweep_yet(path: Path, torn: int) -> None:
    path.write_bytes(a_header().model_dump_json().encode()[:torn])
    assert read_results(path) is None
    assert points(written(path, 1)) == [1]


def test_a_line_that_is_none_is_named(path: Path) -> None:
    written(path, 0, 1)
    with path.open("a") as file:
        file.write("not a line\n")
    with pytest.raises(ResultsUnusable, match=r"points\.jsonl:4 is not a line of results"):
        read_results(path)


def test_a_foreign_file_is_refused_with_a_way_out(path: Path) -> None:
    path.write_text('{"format": "siliconmix-sweep-9"}\n')
    with pytest.raises(ResultsUnusable, match=r"does not begin as .* --out"):
        read_results(path)


FIXED = a_grid().model_copy(update={"fixed": (Change(verb=Verb.SET, path="a.b", value="1"),)})
WIDER = a_header().run.model_copy(update={"gap_share": 0.1})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (a_header(scenario="other"), "scenario: small there, other asked for"),
        (a_header(a_grid(f"{PRICE}=1..9/9")), r"values of contracts\.res-a\..*: 1, 2 \.\.\. 10 \(10\) there, 1, 2"),
        (a_header(a_grid(f"{CAP}=0.5,0.6")), rf"{PRICE} is swept there, and not now(.|\n)*is swept now, and not there"),
        (a_header(FIXED), "--set"),
        (a_header(run=WIDER), r"run\.gap_share: .* there, 0\.1 asked for"),
        (a_header(files=(InputFile(name="contracts.csv", sha256="cc"),)), "contracts.csv has changed since"),
        (a_header(versions=a_header().versions.model_copy(update={"highspy": "2"})), "highspy: version 1 there, 2 now"),
        (a_header(base="f" * 64), "fingerprint of the inputs: 0123456789ab there, ffffffffffff"),
        (a_header(run_length=9), "points of a run: 8 there, 9 now"),
    ],
)
def test_another_sweep_is_refused_with_what_differs(path: Path, asked: Header, said: str) -> None:
    written(path, 0)
    with pytest.raises(ResultsUnusable, match=said) as refused:
        refuse_other(path, there(path).header, asked)
    assert "Name another folder with --out" in str(refused.value)


def test_the_same_sweep_is_not_refused(path: Path) -> None:
    written(path, 0)
    refuse_other(path, there(path).header, a_header())


def test_axes_in_another_order_are_another_sweep(path: Path) -> None:
    """Their points have other numbers."""
    axes = [f"{PRICE}=1,2", f"{CAP}=0.5,0.6"]
    one, other = a_header(a_grid(*axes)), a_header(a_grid(*reversed(axes)))
    with pytest.raises(ResultsUnusable, match="order of the axes"):
        refuse_other(path, one, other)
