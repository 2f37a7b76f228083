"""A scenario folder as a whole: what is kept of it, what is said of it, and that all of it is said at once."""

import hashlib
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code, InputRejected, Location
from contracts.calendar import Month
from contracts.terms.reserved import Reserved
from scenarios.loading import load_scenario
from scenarios.loading_tables import BUNDLED_FOLDER
from tests.loading_folder import SMALL, Folder

YAML = "scenario.yaml"
SOURCED = "test,2026-11-01"
FROM_THE_CATALOG = ("accelerators", "goodput_points", "models", "quality", "regions")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def on_bundled_tables(folder: Folder) -> Folder:
    """The small scenario on a real chip and model of the catalog that ships with the program."""
    for table in FROM_THE_CATALOG:
        folder.delete(f"{table}.csv")
    folder.write("workloads.csv", "workload,model,geographies,shortfall_price_usd_per_mtok\n"
                 "chat,llama-3-70b,us-east,500\nbatch,llama-3-70b,us-east,200\n")  # fmt: skip
    folder.write("offerings.csv", "offering,provider,region,accelerator,accelerators_per_node,"
                 "list_price_usd_per_node_hour,stock_nodes,quota_nodes,source,as_of\n"
                 f"north-gpu,north-cloud,aws-us-east-1,H100-80GB,8,40,9,9,{SOURCED}\n"
                 f"south-asic,south-cloud,aws-us-east-1,H200-141GB,8,30,9,9,{SOURCED}\n")  # fmt: skip
    return folder.add(YAML, f"bundled_tables: [{', '.join(FROM_THE_CATALOG)}]")


def with_outlooks_and_migrations(folder: Folder) -> Folder:
    """The small scenario with all optional tables."""
    folder.write("outlooks.csv", "outlook,probability\nhigh,0.3\nbase,0.5\nlow,0.2\n")
    folder.write("outlook_effects.csv", "outlook,effect,of,name,first_month,value\n"
                 "low,demand,,,,0.8\nhigh,demand,all,*,2027-03,1.4\nhigh,demand,all,*,,1.2\n"
                 "high,spot_price,family,gx,,2\n")  # fmt: skip
    folder.write("migrations.csv", "migration,model,stack,engineering_usd,engineering_months,lead_months,source,as_of\n"
                 f"to-asic,model-m,asic-stack,1000,1,1,{SOURCED}\n"
                 f"a-port,model-m,gpu-stack,1000,1,1,{SOURCED}\n")  # fmt: skip
    return folder


def test_the_small_example_loads_without_a_note(folder: Folder) -> None:
    loaded = folder.load()
    assert loaded.warnings == ()
    assert [row.workload for row in loaded.scenario.workloads] == ["batch", "chat"]
    assert {block.block for block in loaded.scenario.blocks.blocks} == {"b01", "b02"}


def test_money_is_exact_and_dates_are_dates(folder: Folder) -> None:
    scenario = folder.replace("held_contracts.csv", ",25,", ",25.10,").load().scenario
    (held,) = scenario.held_contracts
    assert held.price_usd_per_node_hour == Decimal("25.10")
    assert (held.start, held.end) == (Month(2025, 4), Month(2027, 4))


def test_a_blank_cell_takes_the_default(folder: Folder) -> None:
    reserved = next(row for row in folder.load().scenario.contracts if isinstance(row, Reserved))
    assert (reserved.maximum_order_nodes, reserved.start_every_months) == (None, 1)


def test_every_row_keeps_its_place(folder: Folder) -> None:
    places = folder.load().places
    assert places.of("demand", "batch", "2027-02") == Location("demand.csv", 6, None, "batch 2027-02")
    assert places.of("offerings", "south-asic") == Location("offerings.csv", 3, None, "south-asic")
    assert places.of("offerings", "elsewhere") is None


def test_every_setting_keeps_its_line(folder: Folder) -> None:
    places = folder.load().places
    lines = (folder.path / YAML).read_text(encoding="utf-8").splitlines()
    place = places.setting("policy.contingencies[0].floor_share")
    assert place is not None
    assert place.line is not None
    assert "floor_share" in lines[place.line - 1]
    assert places.setting("policy.nothing") is None


def test_every_file_read_is_named_with_its_hash(folder: Folder) -> None:
    files = folder.load().scenario.input_files
    assert {file.name for file in files} == {path.name for path in SMALL.iterdir()} - {"README.md", "variants.yaml"}
    demand = next(file for file in files if file.name == "demand.csv")
    assert demand.sha256 == hashlib.sha256((folder.path / "demand.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize("table", ["every table", "contracts.csv", "demand.csv", "hourly_load.csv", "workloads.csv"])
def test_rows_in_another_order_are_the_same_scenario_but_for_the_hashes_of_the_files(
    folder: Folder, table: str
) -> None:
    with_outlooks_and_migrations(folder)
    before = folder.load().scenario
    for path in folder.path.glob("*.csv" if table == "every table" else table):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        folder.write(path.name, "\n".join([header, *reversed(rows)]) + "\n")
    after = folder.load().scenario
    assert after.input_files != before.input_files
    assert after.model_copy(update={"input_files": before.input_files}) == before
    assert after.fingerprint() == before.fingerprint()


def test_rows_are_sorted_by_the_values_of_their_key_not_by_their_text(folder: Folder) -> None:
    hours = [row.hour_of_week for row in folder.load().scenario.hourly_load]
    assert hours == list(range(168))


def test_a_table_may_be_split_over_files_with_a_tag(folder: Folder) -> None:
    header, first, second = (folder.path / "accelerators.csv").read_text(encoding="utf-8").splitlines()
    folder.write("accelerators.csv", f"{header}\n{first}\n").write("accelerators.cc-by-sa.csv", f"{header}\n{second}\n")
    assert len(folder.load().scenario.catalog.accelerators) == 2


def test_a_key_may_not_stand_in_both_files_of_a_split_table(folder: Folder) -> None:
    folder.write("accelerators.more.csv", (folder.path / "accelerators.csv").read_bytes())
    first, second = folder.findings()
    assert {first.code, second.code} == {Code.REPEATED}
    assert first.found == "the same key as in row 2 of accelerators.csv"


def test_optional_tables_may_be_absent(folder: Folder) -> None:
    scenario = folder.delete("held_contracts.csv").delete("hourly_load.csv").load().scenario
    assert scenario.held_contracts == ()
    assert [block.block for block in scenario.blocks.blocks] == ["all"]


def test_the_number_of_blocks_can_be_replaced(folder: Folder) -> None:
    assert folder.load(load_blocks=1).scenario.run.load_blocks == 1


def test_everything_wrong_is_said_at_once_sorted_by_file_and_row(folder: Folder) -> None:
    folder.replace(YAML, "cap_share: 0.7", "cap_share: 70%")
    folder.replace("demand.csv", "chat,2027-03,16", "chat,2027-03,sixteen")
    folder.replace("demand.csv", "chat,2027-01,16", "chat,2027-01,-16")
    folder.replace("accelerators.csv", ",96,", ",96 GB,")
    folder.replace("contracts.csv", "south-on-demand,on_demand,south-asic", "south-on-demand,on_demand,south-asics")
    found = folder.findings()
    assert [(finding.where.file, finding.code) for finding in found] == [
        ("accelerators.csv", Code.NUMBER),
        ("contracts.csv", Code.REFERENCE),
        ("demand.csv", Code.RANGE),
        ("demand.csv", Code.NUMBER),
        (YAML, Code.PERCENT),
    ]
    assert [finding.where.row for finding in found[2:4]] == [2, 4]


def test_a_refused_row_does_not_make_references_to_it_wrong(folder: Folder) -> None:
    folder.replace("offerings.csv", "south-1,asic-y,4", "south-1,asic-y,four")
    assert folder.codes() == [Code.NUMBER]


def test_an_unreadable_table_does_not_make_references_to_it_wrong(folder: Folder) -> None:
    assert folder.write("offerings.csv", b"PK\x03\x04").codes() == [Code.NOT_TEXT]


def test_a_slip_in_the_run_does_not_hide_slips_in_the_tables(folder: Folder) -> None:
    folder.replace(YAML, "months: 3", "months: 61").replace("accelerators.csv", ",96,", ",,")
    assert folder.codes() == [Code.BLANK, Code.RANGE]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match=r"nowhere: found no such folder"):
        load_scenario(tmp_path / "nowhere")


def test_every_kind_of_contract_needs_its_own_columns(folder: Folder) -> None:
    folder.replace("contracts.csv", "south-asic,18,3,none,0,true", "south-asic,18,,none,0,")
    assert [(finding.code, finding.where.column) for finding in folder.findings()] == [
        (Code.BLANK, "firm"),
        (Code.BLANK, "term_months"),
    ]


def test_a_column_that_only_another_kind_needs_may_be_absent(folder: Folder) -> None:
    folder.write("contracts.csv", "contract,kind,offering,price_usd_per_node_hour,source,as_of\n"
                 f"north-on-demand,on_demand,north-gpu,40,{SOURCED}\n"
                 f"south-on-demand,on_demand,south-asic,30,{SOURCED}\n")  # fmt: skip
    assert len(folder.load().scenario.contracts) == 2


def test_an_unknown_kind_is_answered_with_the_nearest(folder: Folder) -> None:
    finding = folder.replace("contracts.csv", "north-spot,spot", "north-spot,Spot").only()
    assert (finding.code, finding.hint) == (Code.CHOICE, 'did you mean "spot"?')


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        pytest.param("lost: provider", "lost: family", 'gx', id="a provider where a family belongs"),
        pytest.param('group: "*"', "group: North-Cloud", 'did you mean "north-cloud"?', id="another capital"),
        pytest.param("lost: provider", "lost: spot", 'write name: "*"', id="spot has no name"),
        pytest.param("name: north-cloud", "name: north-clod", 'did you mean "north-cloud"?', id="a letter less"),
    ],
)  # fmt: skip
def test_rules_name_what_exists(folder: Folder, old: str, new: str, hint: str) -> None:
    finding = folder.replace(YAML, old, new).only()
    assert finding.code is Code.NO_GROUP
    assert hint in finding.hint


def test_a_contingency_may_lose_a_held_contract_by_its_name(folder: Folder) -> None:
    folder.replace(YAML, "lost: provider", "lost: contract").replace(YAML, "name: north-cloud", "name: north-held-2025")
    assert folder.findings() == ()


def test_a_held_contract_may_not_have_the_name_of_another_contract(folder: Folder) -> None:
    finding = folder.replace("held_contracts.csv", "north-held-2025", "north-spot").only()
    assert (finding.code, finding.found) == (Code.REPEATED, "the name of a contract in contracts.csv, row 4")


def test_geographies_exist_and_stand_once(folder: Folder) -> None:
    folder.replace("workloads.csv", "east-coast;west-coast,chat", "east-coast;east-coast,chat")
    folder.replace("workloads.csv", "east-coast;west-coast,batch", "east-coast;middle-coast,batch")
    assert folder.codes() == [Code.REPEATED, Code.REFERENCE]


def test_all_missing_months_of_a_workload_are_one_finding(folder: Folder) -> None:
    finding = folder.replace(YAML, "months: 3", "months: 12").replace("demand.csv", "batch,2027-01,16\n", "").findings()
    assert [found.code for found in finding] == [Code.NO_MONTH, Code.NO_MONTH]
    assert finding[1].found.startswith("no demand for 2027-01, 2027-04")
    assert finding[1].found.endswith("and 4 more")


def test_both_measures_of_demand_contradict_each_other(folder: Folder) -> None:
    rows = (f"{name},2027-0{month},16,{both}\n" for name, both in (("chat", 900), ("batch", "")) for month in (1, 2, 3))
    folder.write("demand.csv", "workload,month,accepted_requests_per_s,accepted_output_mtok\n" + "".join(rows))
    assert folder.codes() == [Code.CONTRADICTION] * 3


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("2027-01,2027-03,3", [], id="January is early enough"),
        pytest.param("2027-01,2026-12,", [Code.CONTRADICTION], id="the window is closed before it opens"),
        pytest.param(",2026-12,", [Code.NO_START], id="the last start is before the first delivery"),
        pytest.param("2027-04,,", [Code.NO_START], id="the first start is after the horizon"),
        pytest.param("2026-12,,4", [Code.NO_START], id="the lattice steps over the horizon"),
        pytest.param("2026-12,,3", [], id="the lattice meets March"),
    ],
)
def test_a_reserved_contract_can_start(folder: Folder, start: str, expected: list[Code]) -> None:
    folder.write("contracts.csv", "contract,kind,offering,price_usd_per_node_hour,term_months,upfront,upfront_share,"
                 "firm,earliest_start,latest_start,start_every_months,source,as_of\n"
                 f"north-on-demand,on_demand,north-gpu,40,,,,,,,,{SOURCED}\n"
                 f"south-reserved,reserved,south-asic,18,3,none,0,true,{start},{SOURCED}\n")  # fmt: skip
    assert folder.codes() == expected


def test_unknown_stock_takes_the_bound_of_the_policy(folder: Folder) -> None:
    folder.replace("offerings.csv", ",30,20,5,", ",30,,,")
    assert [finding.where.column for finding in folder.findings()] == ["quota_nodes", "stock_nodes"]
    folder.replace(YAML, "policy:", "policy:\n  unknown_stock_nodes: 20\n  unknown_quota_nodes: 5")
    assert folder.findings() == ()


def test_stock_matters_only_where_something_is_reserved(folder: Folder) -> None:
    assert folder.replace("offerings.csv", ",40,20,10,", ",40,,10,").findings() == ()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        pytest.param("big,asic-y,gpu-x,2,4,30", "gain_share", id="30 for 30 %"),
        pytest.param("big,asic-y,gpu-x,0,4,0.3", "own_list_price_usd_per_accelerator_hour", id="no price"),
    ],
)
def test_claims_are_ratios(folder: Folder, row: str, column: str) -> None:
    folder.write("claims.csv", "claim,accelerator,baseline_accelerator,own_list_price_usd_per_accelerator_hour,"
                 "baseline_list_price_usd_per_accelerator_hour,gain_share,source,as_of\n"
                 f"{row},{SOURCED}\n")  # fmt: skip
    finding = folder.only()
    assert (finding.code, finding.where.column) == (Code.RANGE, column)


def test_bundled_tables_fill_in_and_are_pruned_to_what_can_be_used(folder: Folder) -> None:
    scenario = on_bundled_tables(folder).load().scenario
    assert {row.accelerator for row in scenario.catalog.accelerators} == {"H100-80GB", "H200-141GB"}
    assert {row.model for row in scenario.catalog.goodput_points} == {"llama-3-70b"}
    assert {row.model for row in scenario.catalog.models} == {"llama-3-70b"}
    assert [row.region for row in scenario.catalog.regions] == ["aws-us-east-1"]
    names = {file.name for file in scenario.input_files}
    assert {"bundled/goodput_points.csv", "bundled/goodput_points.cc-by-sa.csv", "bundled/regions.csv"} <= names


def test_a_table_that_could_be_bundled_is_not_taken_without_being_listed(folder: Folder) -> None:
    finding = folder.delete("models.csv").only()
    assert finding.code is Code.NO_TABLE
    assert "list models under bundled_tables in scenario.yaml" in finding.hint


def test_own_accelerators_make_bundled_points_of_others_irrelevant(folder: Folder) -> None:
    folder.replace("models.csv", "model-m", "llama-3-70b").delete("goodput_points.csv").delete("quality.csv")
    for workload in ("chat", "batch"):
        folder.replace("workloads.csv", f"{workload},model-m", f"{workload},llama-3-70b")
    folder.add(YAML, "bundled_tables: [goodput_points, quality]")
    assert set(folder.codes()) == {Code.NO_POINTS}


def test_all_bundled_rows_can_be_read(folder: Folder) -> None:
    on_bundled_tables(folder)
    shutil.copy(BUNDLED_FOLDER / "claims.csv", folder.path)
    folder.load()


def test_notes_do_not_stop_a_plan(folder: Folder) -> None:
    loaded = folder.replace("held_contracts.csv", "2027-04", "2026-12").load()
    assert [warning.code for warning in loaded.warnings] == [Code.HELD_ENDS]
    assert all(warning.code.is_warning for warning in loaded.warnings)
