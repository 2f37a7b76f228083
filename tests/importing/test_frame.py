"""What every import keeps: rows in a file of their own, no new fault, all files or none."""

import json
from datetime import date
from pathlib import Path

import click
import pytest

from catalog.findings import Code, InputRejected, Location
from catalog.goodput import GoodputPoint
from catalog.offerings import Region
from catalog.records import Evidence
from contracts.calendar import Month
from reports.exits import Exit
from reports.import_cli import aibrix
from reports.tracing.cli import trace
from scenarios.importing.harvest import CellSet, Harvest, NewRow, RowsReplaced
from scenarios.importing.merging import merge
from scenarios.inputs import Inputs
from scenarios.traces.fitting import FitSettings
from scenarios.workloads import Demand, SizeClass
from tests.importing.folders import POINT, a_csv, a_folder, brought_in, is_right, is_untouched, reasons

DAY = ("--as-of", "2026-11-01")
GOOD = "model-a,fp8,gpu-a,1,100,200,1500"


def points_of(fleet: Path) -> list[GoodputPoint]:
    return list(Inputs.read(fleet).load().scenario.catalog.goodput_points)


def test_rows_go_into_a_file_of_their_own_and_the_scenario_stays_right(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    typed = (fleet / "goodput_points.csv").read_bytes()
    done = brought_in("points", a_csv(tmp_path, POINT, GOOD), fleet, *DAY, "--source", "lab 7", "--licence", "ours")
    assert done.exit == Exit.PUBLISHED
    assert (fleet / "goodput_points.csv").read_bytes() == typed
    assert (fleet / "goodput_points.points.csv").is_file()
    (new,) = (point for point in points_of(fleet) if point.point != "point-a")
    assert (new.output_tokens, new.output_tok_per_s, new.stack, new.engine) == (200, 1500, "stack-a", "unstated")
    assert (new.source, new.as_of, new.evidence, new.licence) == (
        "lab 7",
        date(2026, 11, 1),
        Evidence.INDEPENDENT,
        "ours",
    )


def test_what_cannot_be_used_is_refused_by_row_and_the_rest_is_judged_too(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    rows = (GOOD, "model-a,fp8,gpu-b,1,100,100,9", "model-a,fp8,gpu-a,1,100,100,9%", "model-a,int4,gpu-a,1,9,9,9", GOOD)
    done = brought_in("points", a_csv(tmp_path, POINT, *rows), fleet, *DAY, "--json")
    answer = json.loads(done.out)
    assert (answer["read"], answer["imported"], answer["repeated"]) == (5, 1, 1)
    assert reasons(answer) == [
        (3, "accelerator", Code.REFERENCE),
        (4, "output_tok_per_s", Code.PERCENT),
        (5, "precision", Code.REFERENCE),
    ]
    assert all(each["hint"] for each in answer["refused"])
    assert is_right(fleet)


def test_nothing_is_written_if_no_row_can_be_used(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    done = brought_in("points", a_csv(tmp_path, POINT, "model-b,fp8,gpu-a,1,100,200,1500"), fleet, *DAY)
    assert done.exit == Exit.BAD_INPUT
    assert "Nothing was written." in done.out
    assert is_untouched(fleet)


def test_a_row_that_comes_again_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    columns = f"point,{POINT}"
    brought_in("points", a_csv(tmp_path, columns, f"one,{GOOD}", f"two,{GOOD}"), fleet, *DAY)
    done = brought_in("points", a_csv(tmp_path, columns, f"two,{GOOD}0", f"three,{GOOD}"), fleet, *DAY, "--json")
    assert json.loads(done.out)["replaced"] == 1
    speeds = {point.point: point.output_tok_per_s for point in points_of(fleet)}
    assert speeds == {"point-a": 1000, "one": 1500, "two": 15000, "three": 1500}


def test_importing_the_same_file_again_is_no_failure_and_says_that_nothing_is_different(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    file = a_csv(tmp_path, POINT, GOOD)
    brought_in("points", file, fleet, *DAY)
    again = brought_in("points", file, fleet, *DAY)
    assert again.exit == Exit.PUBLISHED
    assert "Nothing is different: no file was changed." in again.out
    assert "Nothing was written." not in again.out
    as_data = brought_in("points", file, fleet, *DAY, "--json")
    assert as_data.exit == Exit.PUBLISHED
    assert json.loads(as_data.out)["written"] == []


def test_a_key_that_was_typed_is_taken(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    done = brought_in("points", a_csv(tmp_path, f"point,{POINT}", f"point-a,{GOOD}"), fleet, *DAY, "--json")
    assert reasons(json.loads(done.out)) == [(2, "", Code.REPEATED)]
    assert is_untouched(fleet)


def test_a_row_that_would_be_a_fault_of_the_scenario_is_refused_with_that_fault(tmp_path: Path) -> None:
    """`Point_A` and `point-a` are alike to the eye: only the loaded scenario knows."""
    fleet = a_folder(tmp_path)
    rows = (f"Point_A,{GOOD}", f"other,{GOOD}")
    done = brought_in("points", a_csv(tmp_path, f"point,{POINT}", *rows), fleet, *DAY, "--json")
    assert reasons(json.loads(done.out)) == [(2, "point", Code.LOOK_ALIKE)]
    assert {point.point for point in points_of(fleet)} == {"point-a", "other"}


def test_a_folder_that_is_not_finished_can_be_filled(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    (fleet / "quality.csv").unlink()
    assert brought_in("points", a_csv(tmp_path, POINT, GOOD), fleet, *DAY).exit == Exit.PUBLISHED
    assert {finding.code for finding in Inputs.read(fleet).findings()} == {Code.NO_TABLE}


def test_rows_are_chosen_by_patterns_of_the_source(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    file = a_csv(tmp_path, f"{POINT},engine", f"{GOOD},vllm-0.9", f"{GOOD},trt-10")
    answer = json.loads(brought_in("points", file, fleet, *DAY, "--where", "engine=vllm*", "--json").out)
    assert (answer["imported"], answer["left_out"]) == (1, 1)
    wrong = brought_in("points", file, fleet, *DAY, "--where", "engin=vllm*")
    assert wrong.exit == Exit.BAD_INPUT
    assert 'did you mean "engine"?' in wrong.out


def test_names_are_translated_as_the_user_says(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    names = a_csv(tmp_path, "column,name,stands_for", "accelerator,GPU A (SXM),gpu-a", name="names.csv")
    file = a_csv(tmp_path, POINT, GOOD.replace("gpu-a", "GPU A (SXM)"))
    assert brought_in("points", file, fleet, *DAY, "--names", names).exit == Exit.PUBLISHED


def test_a_file_without_a_date_needs_one(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    done = brought_in("points", a_csv(tmp_path, POINT, GOOD), fleet)
    assert done.exit == Exit.BAD_INPUT
    assert "--as-of" in done.out


def test_imported_rows_add_to_a_bundled_table(tmp_path: Path) -> None:
    """A file with a tag adds to the bundled table, and no note says that the bundled one is listed in vain."""
    edits = {"scenario.yaml": ("scenario: tiny\n", "scenario: tiny\nbundled_tables: [regions]\n")}
    fleet = a_folder(tmp_path, edits)
    (fleet / "regions.csv").rename(fleet / "regions.mine.csv")
    inputs = Inputs.read(fleet)
    assert inputs.load().warnings == ()
    assert {"region-a", "aws-us-east-1"} <= inputs.table("regions").names("region")
    new = NewRow("regions", Region(region="region-b", geography="geo-a"), Location("list.csv", 2))
    again = NewRow("regions", Region(region="aws-us-east-1", geography="geo-a"), Location("list.csv", 3))
    merged = merge(inputs, "list", Harvest(2, (new, again)))
    assert merged.files == {"regions.list.csv": "region,geography\nregion-b,geo-a\n"}
    assert [(finding.where.row, finding.code) for finding in merged.refused] == [(3, Code.REPEATED)]


def a_class(size_class: str, share: float) -> NewRow:
    record = SizeClass(workload="chat", size_class=size_class, input_tokens=10, output_tokens=20, request_share=share)
    return NewRow("size_classes", record, Location("trace.csv"))


ROOM = (RowsReplaced("size_classes", "workload", "chat"),)


def test_rows_of_a_workload_make_room_for_new_ones_in_their_file(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    harvest = Harvest(2, (a_class("short", 0.25), a_class("long", 0.75)), replaced=ROOM)
    merged = merge(Inputs.read(fleet), "trace", harvest)
    assert list(merged.files) == ["size_classes.csv"]
    assert merged.files["size_classes.csv"].splitlines()[1:] == ["chat,short,10,20,0.25", "chat,long,10,20,0.75"]


def test_a_cell_is_set_and_all_others_stay(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    cells = (CellSet("workloads", ("chat",), "cache_hit_share", 0.5),)
    merged = merge(Inputs.read(fleet), "trace", Harvest(0, (), cells=cells))
    assert merged.files == {
        "workloads.csv": "workload,model,geographies,shortfall_price_usd_per_mtok,cache_hit_share\n"
        "chat,model-a,geo-a,1000,0.5\n"
    }


@pytest.mark.parametrize(
    ("old", "new"), [("geo-a,1000\n", "geo-a\n"), ("geo-a,1000\n", "geo-a,1000,1\n"), (",geographies,", ",model,")]
)
def test_a_file_whose_cells_do_not_fit_its_header_is_not_written_anew(tmp_path: Path, old: str, new: str) -> None:
    """Cells would be lost, or a row that `check` refuses would be filled with blanks and pass."""
    fleet = a_folder(tmp_path, {"workloads.csv": (old, new)})
    harvest = Harvest(0, (), cells=(CellSet("workloads", ("chat",), "cache_hit_share", 0.5),))
    with pytest.raises(InputRejected) as rejected:
        merge(Inputs.read(fleet), "trace", harvest)
    assert [(each.code, each.where.file) for each in rejected.value.findings] == [(Code.RAGGED, "workloads.csv")]


def test_rows_of_one_place_stand_or_fall_together(tmp_path: Path) -> None:
    """The second class alone would leave shares that do not add up; a class of a misspelt workload takes it along."""
    fleet = a_folder(tmp_path)
    misspelt = a_class("other", 1)
    record = misspelt.record.model_copy(update={"workload": "chta"})
    rows = (a_class("all", 1), NewRow("size_classes", record, misspelt.where))
    merged = merge(Inputs.read(fleet), "trace", Harvest(2, rows, replaced=ROOM))
    assert merged.files == {}
    assert {finding.code for finding in merged.refused} == {Code.REFERENCE}


def test_a_fault_elsewhere_refuses_the_import_as_a_whole(tmp_path: Path) -> None:
    """Without January, demand has a hole that no new row is to blame for."""
    fleet = a_folder(tmp_path)
    february = Demand(workload="chat", month=Month(2027, 2), accepted_requests_per_s=3)
    harvest = Harvest(
        1, (NewRow("demand", february, Location("d.csv", 2)),), replaced=(RowsReplaced("demand", "workload", "chat"),)
    )
    with pytest.raises(InputRejected, match="IN-603"):
        merge(Inputs.read(fleet), "forecast", harvest)
    assert is_untouched(fleet)


def option(command: click.Command, name: str) -> click.Parameter:
    (found,) = (parameter for parameter in command.params if parameter.name == name)
    return found


def test_the_command_line_has_every_grade_and_the_defaults_that_the_library_has() -> None:
    """They are written out there, because importing the library would slow down every `--help`."""
    grades = option(aibrix, "evidence").type
    assert isinstance(grades, click.Choice)
    assert list(grades.choices) == list(Evidence)
    settings = FitSettings("chat")
    assert option(trace, "classes").default == settings.most_classes
    assert option(trace, "burst_percentile").default == settings.burst_percentile
