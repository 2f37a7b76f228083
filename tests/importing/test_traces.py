"""`siliconmix import trace` and `import hours`: what is seen stands in the scenario, the rest is left."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from catalog.findings import Code
from reports.exits import Exit
from scenarios.inputs import Inputs
from scenarios.scenario import Scenario
from tests.importing.folders import a_csv, a_folder, brought_in, is_right, is_untouched
from tests.specs.running import Run
from tests.tracing import HEADER

ROOT = Path(__file__).resolve().parents[2]
BUNDLED, REALISTIC = ROOT / "catalog" / "bundled", ROOT / "scenarios" / "examples" / "realistic"
CHAT = ("--workload", "chat")
SERIES = "model,day_index,hour_of_day,mean_request_rate_per_s,note"


def read(fleet: Path) -> Scenario:
    return Inputs.read(fleet).load().scenario


def a_week_of_chat(folder: Path, *, header: str = HEADER, more: str = "") -> Path:
    """Eight days from a Monday with a request every minute, two of them at noon; one in three is a long document."""
    seconds = [s for s in range(0, 8 * 86400, 60) for _ in range(1 + (s // 3600 % 24 == 12))]
    times = np.datetime64("2026-03-02T00:00:00") + np.array(seconds, "timedelta64[s]")
    rows = [f"{at}Z,{3000 if n % 3 == 0 else 100},{20 if n % 3 == 0 else 400}{more}" for n, at in enumerate(times)]
    return a_csv(folder, header, *rows, name="trace.csv")


def brought(file: Path, fleet: Path, *options: object) -> Run:
    return brought_in("trace", file, fleet, *(options or CHAT))


def found_codes(done: Run) -> list[str]:
    return [finding["code"] for finding in json.loads(done.out)]


def test_a_trace_of_a_week_sets_sizes_hours_bursts_and_cache_hits(tmp_path: Path) -> None:
    """Noon has twice the requests of the other 23 hours: 2 over 25/24 of the mean. A third of the requests is long."""
    fleet = a_folder(tmp_path)
    file = a_week_of_chat(tmp_path, header=f"{HEADER},cached_tokens", more=",25")
    done = brought(file, fleet)
    assert done.exit == Exit.PUBLISHED
    scenario = read(fleet)
    (chat,) = scenario.workloads
    assert [(c.input_tokens, c.output_tokens) for c in scenario.size_classes] == [(100, 400), (3000, 20)]
    assert [c.request_share for c in scenario.size_classes] == pytest.approx([2 / 3, 1 / 3], abs=1e-4)
    loads = {row.hour_of_week: row.load for row in scenario.hourly_load}
    assert (loads[12], loads[13], len(loads)) == (round(2 * 24 / 25, 4), round(24 / 25, 4), 168)
    assert chat.cache_hit_share == pytest.approx(25 / ((3000 + 2 * 100) / 3), rel=1e-3)
    assert chat.burst_ratio == 1.0
    assert "burst_ratio 1.000" in done.out


def test_the_bundled_traces_give_what_the_realistic_example_has(tmp_path: Path) -> None:
    """Its classes of conversations and its week of America, imported into another scenario."""
    fleet = a_folder(tmp_path)
    brought(BUNDLED / "azure_llm_2023_conv.csv.gz", fleet, *CHAT, "--classes", 3)
    america = ("--series", "m-large", "--utc-offset", "-05:00", "--first-day", "monday")
    brought_in("hours", BUNDLED / "servegen_hourly.csv", fleet, *CHAT, *america)
    found = read(fleet)
    classes = {(c.size_class, c.input_tokens, c.output_tokens, c.request_share) for c in found.size_classes}
    assert classes == {
        (row["size_class"], *(float(row[column]) for column in ("input_tokens", "output_tokens", "request_share")))
        for row in rows_of_realistic("size_classes.csv")
    }
    assert {row.hour_of_week: row.load for row in found.hourly_load} == {
        int(row["hour_of_week"]): float(row["load"]) for row in rows_of_realistic("hourly_load.csv")
    }


def rows_of_realistic(table: str) -> list[dict[str, str]]:
    with (REALISTIC / table).open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["workload"] == "us-chat-70b"]


def test_only_the_rows_of_that_workload_make_room(tmp_path: Path) -> None:
    """Demand, model and place of the workload stay as they were typed."""
    fleet = a_folder(tmp_path)
    before = read(fleet)
    brought(a_week_of_chat(tmp_path), fleet)
    after = read(fleet)
    assert after.demand == before.demand
    assert after.workloads[0].model_copy(update={"burst_ratio": None}) == before.workloads[0]
    assert is_right(fleet)


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    fleet, file = a_folder(tmp_path), a_week_of_chat(tmp_path)
    brought(file, fleet)
    again = json.loads(brought(file, fleet, *CHAT, "--json").out)
    assert again["written"] == []


def test_what_an_hour_cannot_tell_is_left_as_it_is(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    file = a_csv(tmp_path, HEADER, *(f"{second},100,50" for second in range(0, 3600, 10)))
    answer = json.loads(brought(file, fleet, *CHAT, "--json").out)
    assert (answer["weekdays"], answer["cache_hit_share"], answer["first"]) == (None, None, None)
    assert (answer["burst_ratio"], answer["burst_minutes"]) == (1.0, 58)
    assert [warning["code"] for warning in answer["warnings"]] == [Code.NO_DATE]
    assert set(answer["written"]) == {"size_classes.csv", "workloads.csv"}
    assert read(fleet).hourly_load == ()


def test_seconds_with_a_stated_moment_have_a_week(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    file = a_csv(tmp_path, HEADER, *(f"{second},100,50" for second in range(0, 86400, 60)))
    done = brought(file, fleet, *CHAT, "--second-0", "2026-03-02T00:00+00:00", "--json")
    answer = json.loads(done.out)
    assert answer["weekdays"] == {"mean_load": 1.0, "highest_load": 1.0, "highest_hour": 0}
    assert [warning["code"] for warning in answer["warnings"]] == [Code.FILLED]
    assert len(read(fleet).hourly_load) == 168


def test_the_rows_of_the_named_workload_are_taken(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    rows = [f"{n * 10},{100 if n % 2 else 900},50,{'a' if n % 2 else 'b'}" for n in range(400)]
    file = a_csv(tmp_path, f"{HEADER},workload", *rows)
    unnamed = brought(file, fleet, *CHAT, "--json")
    assert (unnamed.exit, found_codes(unnamed)) == (Exit.BAD_INPUT, [Code.REFERENCE])
    answer = json.loads(brought(file, fleet, *CHAT, "--of", "b", "--json").out)
    assert (answer["requests"], answer["requests_of_others"]) == (200, 200)
    assert [c.input_tokens for c in read(fleet).size_classes] == [900]


def test_a_name_in_a_trace_that_names_nobody_is_refused(tmp_path: Path) -> None:
    """Without a column `workload` every request would be taken for that workload's."""
    fleet = a_folder(tmp_path)
    file = a_csv(tmp_path, f"{HEADER},team", *(f"{second},100,50,b" for second in range(0, 3600, 10)))
    done = brought(file, fleet, *CHAT, "--of", "b", "--json")
    assert (done.exit, found_codes(done)) == (Exit.BAD_INPUT, [Code.MISSING_COLUMN])
    assert is_untouched(fleet)


def test_nothing_is_written_of_a_bad_trace(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    bad = brought(a_csv(tmp_path, HEADER, "1,2,3", "soon,-2,3"), fleet, *CHAT, "--json")
    assert (bad.exit, found_codes(bad)) == (Exit.BAD_INPUT, [Code.RANGE, Code.TIME])
    nobody = brought(a_csv(tmp_path, HEADER, "1,2,3"), fleet, "--workload", "chatt")
    assert nobody.exit == Exit.BAD_INPUT
    assert 'did you mean "chat"?' in nobody.out
    assert nobody.out.endswith("Nothing was written.\n")
    assert is_untouched(fleet)


def test_fewer_classes_are_worse_and_say_so(tmp_path: Path) -> None:
    fleet, file = a_folder(tmp_path), a_week_of_chat(tmp_path)
    one = brought(file, fleet, *CHAT, "--classes", 1)
    assert "more classes would keep it within 5%" in " ".join(one.out.split())
    assert len(read(fleet).size_classes) == 1


@pytest.mark.parametrize("option", [("--utc-offset", "9"), ("--utc-offset", "+15:00"), ("--second-0", "2026-03-02")])
def test_an_offset_or_moment_that_could_mean_two_things_is_refused(tmp_path: Path, option: tuple[str, str]) -> None:
    fleet = a_folder(tmp_path)
    assert brought(a_csv(tmp_path, HEADER, "1,2,3"), fleet, *CHAT, *option).exit == Exit.BAD_INPUT
    assert is_untouched(fleet)


def a_series(folder: Path, *rows: str) -> Path:
    every = (f"m,{day},{hour},{10 + hour if day < 5 else 5},x" for day in range(7) for hour in range(24))
    return a_csv(folder, SERIES, *every, *rows)


def hours(file: Path, fleet: Path, *options: object) -> Run:
    return brought_in("hours", file, fleet, *CHAT, "--series", "m", *options)


def test_an_hourly_series_becomes_the_typical_week(tmp_path: Path) -> None:
    """Days begin on a Wednesday in UTC+9: its first hour is Tuesday 15:00 UTC, hour 39 of the week."""
    fleet = a_folder(tmp_path)
    done = hours(a_series(tmp_path), fleet, "--utc-offset", "+09:00", "--first-day", "wednesday")
    assert done.exit == Exit.PUBLISHED
    loads = {row.hour_of_week: row.load for row in read(fleet).hourly_load}
    mean = (5 * sum(range(10, 34)) + 48 * 5) / 168
    assert (loads[39], loads[62]) == (round(10 / mean, 4), round(33 / mean, 4))
    assert "Monday to Friday" in done.out


def test_a_series_that_is_no_week_is_refused(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    utc = ("--utc-offset", "+00:00", "--first-day", "monday", "--json")
    twice = hours(a_series(tmp_path, "m,0,0,4,x"), fleet, *utc)
    assert (twice.exit, found_codes(twice)) == (Exit.BAD_INPUT, [Code.HOURS])
    broken = hours(a_series(tmp_path, "m,7,24,4,x", "m,7,1,-4,x"), fleet, *utc)
    assert [(f["row"], f["code"]) for f in json.loads(broken.out)] == [(170, Code.RANGE), (171, Code.RANGE)]
    across = hours(a_series(tmp_path), fleet, "--utc-offset", "+05:30", "--first-day", "monday")
    assert across.exit == Exit.BAD_INPUT
    assert is_untouched(fleet)


def test_hours_that_were_left_out_are_named(tmp_path: Path) -> None:
    fleet = a_folder(tmp_path)
    more = [f"m,{day},{hour},{0 if (day, hour) == (9, 4) else 5},x" for day in (7, 8, 9) for hour in range(24)]
    file = a_series(tmp_path, *more)
    utc = ("--utc-offset", "+00:00", "--first-day", "monday")
    assert "- day 9 hour 4: 0 is at most 1% of the median" in hours(file, fleet, *utc).out
    assert len(read(fleet).hourly_load) == 168
