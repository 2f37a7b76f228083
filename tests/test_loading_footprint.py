"""Ratings, power, energy and the rules that need them: how they are read, and what is said where they are wrong."""

from pathlib import Path

import pytest

from catalog.findings import Code
from catalog.footprint import Answer, AuditQuestion, RatedScope
from scenarios.policy import Grouping
from tests.loading_folder import Folder

YAML = "scenario.yaml"
SOURCED = "invented for this test,2026-11-01"
RATINGS = (
    "scope,name,ip_ownership,fabrication_diversity,compiler_openness,energy_integration,portable_in_24_hours,"
    "source,as_of\n"
)
GPU = "accelerator,gpu-x,20,30,40,50,yes"
POWER = "accelerator,power_kw,source,as_of\n"
BOTH_CHIPS = ("gpu-x,0.9", "asic-y,0.5")
ENERGY = "region,grid_g_co2e_per_kwh,pue,source,as_of\n"
BOTH_REGIONS = ("north-1,400,1.2", "south-1,100,1.1")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def table(folder: Folder, name: str, header: str, *rows: str) -> Folder:
    return folder.write(f"{name}.csv", header + "".join(f"{row},{SOURCED}\n" for row in rows))


def with_tables(folder: Folder) -> Folder:
    table(folder, "sovereignty", RATINGS, GPU)
    table(folder, "accelerator_power", POWER, *BOTH_CHIPS)
    return table(folder, "region_energy", ENERGY, *BOTH_REGIONS)


def with_rules(folder: Folder, *lines: str) -> Folder:
    return folder.add(YAML, *(f"  {line}" for line in lines))


def test_tables_and_rules_are_read_as_they_are_written(folder: Folder) -> None:
    with_rules(
        with_tables(folder),
        "sovereignty_weights:",
        "  {ip_ownership: 40, fabrication_diversity: 20, compiler_openness: 20, energy_integration: 20}",
        "sovereignty:",
        "  - {rule: index, index_at_least: 0}",
        "audit_answers:",
        "  - {rule: portable, workload: chat, required: [portable_in_24_hours]}",
        "power:",
        "  - {rule: grid, by: provider, group: north-cloud, limit_mw: 1}",
        "carbon:",
        "  - {rule: clean, window: year, limit_t_co2e: 1000}",
        "carbon_price_usd_per_t: 85.5",
    )
    scenario = folder.load().scenario
    (rating,), policy = scenario.catalog.sovereignty, scenario.policy
    assert (rating.scope, rating.answer(AuditQuestion.PORTABLE_IN_24_HOURS)) == (RatedScope.ACCELERATOR, Answer.YES)
    assert rating.firmware_integrity is Answer.UNKNOWN
    assert [row.power_kw for row in scenario.catalog.accelerator_power] == [0.5, 0.9]
    assert [row.pue for row in scenario.catalog.region_energy] == [1.2, 1.1]
    assert policy.sovereignty_weights.ip_ownership == 40
    assert policy.power[0].by is Grouping.PROVIDER
    assert str(policy.carbon_price_usd_per_t) == "85.5"


@pytest.mark.parametrize(
    ("name", "header", "rows", "code", "column"),
    [
        ("sovereignty", RATINGS, [GPU.replace("gpu-x", "gpu-z")], Code.REFERENCE, "name"),
        ("sovereignty", RATINGS, ["offering,gpu-x,20,30,40,50,yes"], Code.REFERENCE, "name"),
        ("sovereignty", RATINGS, [GPU, GPU], Code.REPEATED, None),
        ("sovereignty", RATINGS, [GPU.replace("20", "120")], Code.RANGE, "ip_ownership"),
        ("sovereignty", RATINGS, [GPU.replace("yes", "maybe")], Code.CHOICE, "portable_in_24_hours"),
        ("accelerator_power", POWER, ["gpu-z,1"], Code.REFERENCE, "accelerator"),
        ("accelerator_power", POWER, ["gpu-x,0"], Code.RANGE, "power_kw"),
        ("accelerator_power", POWER, ["gpu-x,1", "gpu-x,2"], Code.REPEATED, None),
        ("region_energy", ENERGY, ["north-9,400,1.2"], Code.REFERENCE, "region"),
        ("region_energy", ENERGY, ["north-1,400,0.9"], Code.RANGE, "pue"),
        ("region_energy", ENERGY, ["north-1,400,1.2", "north-1,400,1.2"], Code.REPEATED, None),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_place(
    folder: Folder, name: str, header: str, rows: list[str], code: Code, column: str | None
) -> None:
    finding = table(folder, name, header, *rows).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == (f"{name}.csv", 1 + len(rows))


@pytest.mark.parametrize(
    ("lines", "code", "key"),
    [
        (["audit_answers:", "  - {rule: a, workload: chats, yes_at_least: 1}"], Code.REFERENCE, "workload"),
        (["audit_answers:", "  - {rule: a, workload: chat}"], Code.CONTRADICTION, "[0]"),
        (["audit_answers:", "  - {rule: a, required: [portable]}"], Code.CHOICE, "required[0]"),
        (["audit_answers:", "  - {rule: a, yes_at_least: 6}"], Code.RANGE, "yes_at_least"),
        (["sovereignty:", "  - {rule: i, index_at_least: 101}"], Code.RANGE, "index_at_least"),
        (["sovereignty_weights: {ip_ownership: 50}"], Code.CONTRADICTION, "sovereignty_weights"),
        (["power:", "  - {rule: p, by: contract, limit_mw: 1}"], Code.CONTRADICTION, "[0]"),
        (["power:", "  - {rule: p, by: portability, limit_mw: 1}"], Code.CONTRADICTION, "[0]"),
        (["power:", "  - {rule: p, by: region, group: north-9, limit_mw: 1}"], Code.NO_GROUP, "group"),
        (["power:", "  - {rule: p, limit_mw: 1, first_month: 2028-01}"], Code.OUTSIDE, "first_month"),
        (["sovereignty:", "  - {rule: i, index_at_least: 1, last_month: 2026-01}"], Code.OUTSIDE, "last_month"),
        (["carbon_price_usd_per_t: -1"], Code.RANGE, "carbon_price_usd_per_t"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_with_its_key(
    folder: Folder, lines: list[str], code: Code, key: str
) -> None:
    finding = with_rules(with_tables(folder), *lines).only()
    assert finding.code is code
    assert (finding.where.key_path or "").endswith(key)


def test_a_rule_without_its_figures_is_refused_and_names_the_offerings(folder: Folder) -> None:
    """Of south-asic the power is not known; of both regions nothing is."""
    table(folder, "accelerator_power", POWER, BOTH_CHIPS[0])
    with_rules(folder, "carbon:", "  - {rule: clean, window: year, limit_t_co2e: 1000}")
    power, pue, grid = sorted(folder.findings(), key=lambda row: "power_kw" not in row.expected)
    assert {power.code, pue.code, grid.code} == {Code.NO_FIGURE}
    assert power.found == "no power of south-asic"
    assert power.expected == "power_kw in accelerator_power, because clean needs it"
    assert {pue.found, grid.found} == {"no PUE of north-gpu, south-asic", "no grid of north-gpu, south-asic"}
    assert power.where.key_path == "policy.carbon[0]"
    assert "policy.unknown_figures.power_kw_per_accelerator" in power.hint


@pytest.mark.parametrize(
    ("lines", "figures"),
    [
        (["carbon_price_usd_per_t: 50"], 3),
        (["power:", "  - {rule: p, by: provider, limit_mw: 1}"], 2),
        (["carbon:", "  - {rule: c, window: month, limit_t_co2e: 1}"], 3),
    ],
)
def test_every_figure_that_a_rule_needs_can_be_stated_by_the_policy(
    folder: Folder, lines: list[str], figures: int
) -> None:
    with_rules(folder, *lines)
    assert folder.codes() == [Code.NO_FIGURE] * figures
    with_rules(folder, "unknown_figures: {power_kw_per_accelerator: 1, pue: 1.3, grid_g_co2e_per_kwh: 400}")
    assert folder.codes() == []


def test_a_power_cap_of_one_group_needs_the_figures_of_its_offerings_only(folder: Folder) -> None:
    table(folder, "accelerator_power", POWER, BOTH_CHIPS[0])
    table(folder, "region_energy", ENERGY, BOTH_REGIONS[0])
    with_rules(folder, "power:", "  - {rule: p, by: provider, group: north-cloud, limit_mw: 1}")
    assert folder.codes() == []


def test_a_carbon_price_of_nothing_needs_no_figure(folder: Folder) -> None:
    assert with_rules(folder, "carbon_price_usd_per_t: 0").codes() == []


def test_bundled_figures_of_what_is_not_on_offer_are_left_out(folder: Folder) -> None:
    folder.replace(YAML, "run:", "bundled_tables: [accelerator_power, region_energy]\nrun:")
    assert folder.codes() == []
    assert folder.load().scenario.catalog.accelerator_power == ()
