"""Orders of an approved plan become approved_orders.csv: whole, or not at all with a word that says why."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from contracts.approved import ApprovedOrder
from optimizer.plan import Plan
from optimizer.plan_file import write_plan
from reports.exits import Exit
from scenarios.inputs import Inputs
from tests.builders import FIRST, a_reserved, an_effect, an_on_demand, an_outlook, run_settings
from tests.families.test_stability import a_node, every_kind
from tests.importing.folders import a_folder
from tests.proving import planned
from tests.specs.running import Run, siliconmix


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return a_folder(tmp_path)


def a_file(folder: Path, plan: Plan) -> Path:
    path = folder / "plan.json"
    write_plan(plan, path)
    return path


def approve(path: Path, fleet: Path, *options: str) -> Run:
    return siliconmix("import", "approved", path, "--to", fleet, *options)


def approved_in(fleet: Path) -> tuple[ApprovedOrder, ...]:
    return Inputs.read(fleet).load().scenario.approved_orders


def test_orders_dollars_and_units_of_a_plan_are_read_back_as_approved(tmp_path: Path, fleet: Path) -> None:
    plan = planned(every_kind())
    told = json.loads(approve(a_file(tmp_path, plan), fleet, "--json").out)
    read = {(row.contract, str(row.start)): row.quantity for row in approved_in(fleet)}
    asked = {(o.contract, str(o.start)): Decimal(o.nodes) for o in plan.orders}
    asked |= {(o.contract, str(o.start)): o.usd_per_hour for o in plan.committed_spend}
    asked |= {(o.contract, str(o.start)): Decimal(o.units) for o in plan.provisioned}
    assert read == asked
    assert len(read) == told["orders"] >= 3
    assert {row.plan for row in approved_in(fleet)} == {plan.fingerprint} == {told["plan"]}
    assert told["left_out"] == []


def test_a_folder_with_a_plan_will_do_and_what_was_approved_before_is_replaced(tmp_path: Path, fleet: Path) -> None:
    (fleet / "approved_orders.csv").write_text("contract,start,quantity\nold,2026-12,3\n", encoding="utf-8")
    a_file(tmp_path, planned(a_node()))
    run = approve(tmp_path, fleet)
    assert run.exit == Exit.PUBLISHED
    assert "1 order of plan" in run.out
    assert [(row.contract, row.start, row.quantity) for row in approved_in(fleet)] == [("new", FIRST, 1)]


def test_orders_of_one_outlook_are_left_out_by_name(tmp_path: Path, fleet: Path) -> None:
    """A node for January whatever comes, and one more for February if demand doubles."""
    scenario = a_node(
        contracts=(an_on_demand(), a_reserved("old", term_months=1)),
        outlooks=(an_outlook("base"), an_outlook("high")),
        outlook_effects=(an_effect("high"),),
        run=run_settings(reveal_month=FIRST + 1),
        approved_orders=(),
    )
    plan = planned(scenario)
    waiting = [order.order for order in plan.orders if order.outlook is not None]
    run = approve(a_file(tmp_path, plan), fleet)
    assert waiting
    assert f"signed only if an outlook comes: {', '.join(sorted(waiting))}." in run.out
    assert {str(row.start) for row in approved_in(fleet)} == {"2027-01"}


def refused(path: Path, fleet: Path) -> str:
    """What is said of a plan that is not taken; nothing is written."""
    run = approve(path, fleet)
    assert run.exit == Exit.BAD_INPUT
    assert "Nothing was written" in run.err
    assert not (fleet / "approved_orders.csv").exists()
    return run.err


def test_a_plan_whose_inputs_were_altered_is_refused(tmp_path: Path, fleet: Path) -> None:
    plan = planned(a_node())
    altered = plan.model_copy(update={"scenario": plan.scenario.model_copy(update={"description": "another"})})
    assert "was altered after it was made" in refused(a_file(tmp_path, altered), fleet)


def test_a_plan_whose_orders_were_altered_is_refused(tmp_path: Path, fleet: Path) -> None:
    plan = planned(a_node())
    order = plan.orders[0].model_copy(update={"nodes": 2})
    assert "does not pass its audit" in refused(a_file(tmp_path, plan.model_copy(update={"orders": (order,)})), fleet)


def test_a_plan_without_orders_is_refused(tmp_path: Path, fleet: Path) -> None:
    plan = planned(a_node(contracts=(an_on_demand(),), approved_orders=()))
    assert "orders nothing" in refused(a_file(tmp_path, plan), fleet)


def test_what_is_no_plan_and_what_is_no_scenario_are_refused(tmp_path: Path, fleet: Path) -> None:
    (tmp_path / "none.json").write_text("{}", encoding="utf-8")
    assert "is not a plan of this version" in refused(tmp_path / "none.json", fleet)
    assert "cannot be read" in refused(tmp_path / "not-there.json", fleet)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run = approve(a_file(tmp_path, planned(a_node())), elsewhere)
    assert run.exit == Exit.BAD_INPUT
    assert "is no scenario" in run.err
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize(
    ("rows", "code", "column"),
    [
        ("res-a,2027-01,0", Code.RANGE, "quantity"),
        ("res-a,2027-1,1", Code.MONTH, "start"),
        ("res-a,2027-01,1\nres-a,2027-01,2", Code.REPEATED, ""),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(fleet: Path, rows: str, code: Code, column: str) -> None:
    (fleet / "approved_orders.csv").write_text(f"contract,start,quantity\n{rows}\n", encoding="utf-8")
    findings = Inputs.read(fleet).findings()
    assert [(finding.code, finding.where.file) for finding in findings] == [(code, "approved_orders.csv")]
    assert not column or findings[0].where.column == column


def test_a_contract_that_is_not_there_any_more_and_odd_sizes_are_no_fault(fleet: Path) -> None:
    text = "contract,start,quantity,plan\nlost,2020-01,7.25,abc\nod-a,2027-01,1,abc\n"
    (fleet / "approved_orders.csv").write_text(text, encoding="utf-8")
    assert Inputs.read(fleet).findings() == ()
    assert [str(row.quantity) for row in approved_in(fleet)] == ["7.25", "1"]
