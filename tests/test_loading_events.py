"""Contingencies of scenario.yaml that name what is not there, or contradict themselves."""

from pathlib import Path

import pytest

from catalog.findings import Code
from scenarios.policy import Contingency, WorkloadFloor
from tests.loading_folder import Folder

YAML = "scenario.yaml"
EVENT = "{contingency: event, floor_share: 0.5, probability_per_year: 0.01, duration_hours: 24, "


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The small example with a migration to the stack of the custom chip."""
    folder = Folder(tmp_path)
    folder.write(
        "migrations.csv",
        "migration,model,stack,engineering_usd,engineering_months,lead_months,source,as_of\n"
        "to-asic,model-m,asic-stack,1000,1,1,test,2026-11-01\n",
    )
    return folder


def with_event(folder: Folder, fields: str) -> Folder:
    """The small example with one more event."""
    return folder.replace(YAML, "  contingencies:\n", f"  contingencies:\n    - {EVENT}{fields}}}\n")


def read(folder: Folder, fields: str) -> Contingency:
    return with_event(folder, fields).load().scenario.policy.contingencies[0]


ACCEPTED = [
    "lost: region, name: north-1",
    "lost: locality, name: cloud",
    "lost: provider, name: south-cloud, in_geography: west-coast",
    "lost: stack, name: asic-stack, in_geography: west-coast",
    "lost: delivery, name: '*', late_months: 2",
    "lost: delivery, name: south-cloud, delivered_share: 0.5",
    "lost: delivery, name: south-reserved-3m, late_months: 1, delivered_share: 0.25",
    "lost: young_stack, name: asic-stack, months_in_production: 2",
    "lost: young_stack, name: '*', months_in_production: 2",
    "lost: spot, name: '*', floors: [{workload: chat, floor_share: 0.9}]",
]


@pytest.mark.parametrize("fields", ACCEPTED)
def test_every_kind_of_event_is_read_as_it_is_written(folder: Folder, fields: str) -> None:
    event = read(folder, fields)
    stated = dict(part.split(": ", 1) for part in fields.split(", ") if part.count(":") == 1)
    assert event.name == stated["name"].strip("'")
    assert event.lost.value == stated["lost"]
    assert event.late_months == (int(stated["late_months"]) if "late_months" in stated else None)
    assert event.delivered_share == float(stated.get("delivered_share", 0))
    assert event.in_geography == stated.get("in_geography", "")


def test_floors_of_workloads_are_read(folder: Folder) -> None:
    event = read(folder, "lost: spot, name: '*', floors: [{workload: chat, floor_share: 0.9}]")
    assert event.floors == (WorkloadFloor(workload="chat", floor_share=0.9),)
    assert (event.floor_of("chat"), event.floor_of("batch")) == (0.9, 0.5)


REFUSED = [
    ("lost: region, name: north-2", "name", Code.NO_GROUP, "a region of this scenario", "north-1"),
    ("lost: locality, name: edge", "name", Code.NO_GROUP, "where something on offer stands there", ""),
    ("lost: provider, name: south-cloud, in_geography: east-coast", "in_geography", Code.NO_GROUP,
     "a geography in which provider south-cloud has something on offer", ""),
    ("lost: family, name: gx, in_geography: west-coast", "in_geography", Code.NO_GROUP, "family gx has", ""),
    ("lost: delivery, name: north-on-demand, late_months: 1", "name", Code.NO_GROUP, "ordered by the lot", ""),
    ("lost: delivery, name: north-cloud, late_months: 1", "name", Code.NO_GROUP, "a provider of one", "south-cloud"),
    ("lost: delivery, name: north-held-2025, late_months: 1", "name", Code.NO_GROUP, "ordered by the lot", ""),
    ("lost: young_stack, name: gpu-stack, months_in_production: 1", "name", Code.NO_GROUP, "a migration leads", ""),
    ("lost: spot, name: '*', floors: [{workload: chatt, floor_share: 0.9}]", "floors[0].workload", Code.REFERENCE,
     "a name in column workload of workloads", "chat"),
    ("lost: spot, name: '*', api_share: 0.5", "api_share", Code.NO_GROUP, "API offers in api_offers, or 0", ""),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "key", "code", "expected", "hint"), REFUSED)
def test_a_name_that_takes_nothing_away_is_refused_where_it_stands(
    folder: Folder, fields: str, key: str, code: Code, expected: str, hint: str
) -> None:
    finding = with_event(folder, fields).only()
    assert (finding.code, finding.where.key_path) == (code, f"policy.contingencies[0].{key}")
    assert expected in finding.expected
    assert hint in (finding.hint or "")


@pytest.mark.parametrize("name", ["'*'", "asic-stack"])
def test_without_a_migration_no_stack_is_young(folder: Folder, name: str) -> None:
    folder.delete("migrations.csv")
    finding = with_event(folder, f"lost: young_stack, name: {name}, months_in_production: 1").only()
    assert (finding.code, finding.where.key_path) == (Code.NO_GROUP, "policy.contingencies[0].name")


@pytest.mark.parametrize(
    "fields",
    [
        "lost: region, name: north-1, in_geography: east-coast",
        "lost: provider, name: north-cloud, late_months: 1",
        "lost: delivery, name: '*'",
        "lost: young_stack, name: asic-stack",
        "lost: stack, name: asic-stack, months_in_production: 1",
        "lost: spot, name: '*', floors: [{workload: chat, floor_share: 1}, {workload: chat, floor_share: 0}]",
    ],
)
def test_fields_that_do_not_go_with_what_is_lost_are_refused(folder: Folder, fields: str) -> None:
    finding = with_event(folder, fields).only()
    assert (finding.code, finding.where.key_path) == (Code.CONTRADICTION, "policy.contingencies[0]")


def test_an_api_may_be_lost_by_its_id(folder: Folder) -> None:
    folder.write(
        "api_offers.csv",
        "api,provider,region,model,quality_score,price_usd_per_mtok_input,price_usd_per_mtok_cached_input,"
        "price_usd_per_mtok_output,input_tok_per_s_limit,output_tok_per_s_limit,ttft_ms,tpot_ms,percentile,"
        "longest_request_tok,source,as_of\n"
        "some-api,third,north-1,model-m,100,1,1,1,1000,1000,1,1,99,100000,test,2026-11-01\n",
    )
    event = read(folder, "lost: contract, name: some-api, api_share: 0.5")
    assert event.api_share == 0.5
