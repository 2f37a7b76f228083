"""Retries and rejects by column: what counts is the cost of an accepted token (docs/decisions/0032)."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.findings import Code
from optimizer.audit import audit_plan
from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from reports.sheets.contents import plan_workbook
from scenarios.column_yields import ColumnYield, YieldScope
from scenarios.scenario import Scenario
from tests.builders import (
    SOURCED,
    a_scenario,
    a_workload,
    an_on_demand,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.loading_folder import Folder

HEADER = "workload,scope,name,retry_share,accepted_share,source,as_of\n"


def a_yield(retry_share: float = 0.5, **overrides: Any) -> ColumnYield:
    """Half of chat's attempts on stack-a are made again."""
    fields: dict[str, Any] = {"workload": "chat", "scope": YieldScope.STACK, "name": "stack-a"}
    return ColumnYield(**(SOURCED | fields | {"retry_share": retry_share} | overrides))


def a_month(*rows: ColumnYield, **overrides: Any) -> Scenario:
    """January: one node's load, on demand at 10 USD an hour."""
    fields: dict[str, Any] = {
        "run": run_settings(months=1),
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "demand": nodes_of_load(1, months=1),
        "column_yields": rows,
    }
    return a_scenario(**(fields | overrides))


def planned(scenario: Scenario) -> Plan:
    return plan_fleet(scenario, PlanOptions(with_baselines=False))


def test_half_of_the_attempts_made_again_keep_twice_the_nodes_busy() -> None:
    """Two nodes for the load of one: 14,880 USD, half of it for failed requests."""
    plan = planned(a_month(a_yield()))
    assert plan.placements[0].nodes == pytest.approx(2.0)
    assert plan.totals.effective_usd == Decimal("14880.00")
    assert plan.unit_cost is not None
    (row,) = plan.unit_cost.rows
    assert (row.accelerator_usd, row.failed_requests_usd) == (Decimal("7440.00"), Decimal("7440.00"))


def test_an_offerings_own_row_stands_before_that_of_its_stack_and_blank_is_the_workloads() -> None:
    """On node-a a fifth is made again, of what is 80 % accepted: 1 / 0.64 nodes; the row of the stack says half."""
    own = a_yield(0.2, scope=YieldScope.OFFERING, name="node-a")
    plan = planned(a_month(a_yield(), own, workloads=(a_workload(accepted_share=0.8, retry_share=0.1),)))
    assert plan.placements[0].nodes == pytest.approx(1 / 0.64)
    rejected = a_yield(0.2, scope=YieldScope.OFFERING, name="node-a", accepted_share=0.5)
    plan = planned(a_month(rejected, workloads=(a_workload(accepted_share=0.8, retry_share=0.1),)))
    assert plan.placements[0].nodes == pytest.approx(1 / 0.4)


def test_a_row_for_another_workload_or_column_changes_nothing() -> None:
    other = a_yield(scope=YieldScope.OFFERING, name="node-b")
    assert planned(a_month(other)).totals == planned(a_month()).totals


def test_the_cheaper_node_loses_where_too_much_on_it_is_made_again() -> None:
    """At 10 USD and a quarter made again an accepted token of node-a costs as at 13.33: node-b at 12 is taken."""
    dearer = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal("12"))
    retried = a_yield(0.25, scope=YieldScope.OFFERING, name="node-a")

    def taken(*rows: ColumnYield) -> set[str]:
        plan = planned(a_month(*rows, catalog=two_clouds(), contracts=(an_on_demand(), dearer)))
        return {row.offering for row in plan.placements if row.nodes > 1e-6}

    assert taken() == {"node-a"}
    assert taken(retried) == {"node-b"}


def test_the_audit_fails_a_plan_that_forgets_retries() -> None:
    """A plan for no retries, said to be one for a half: nodes are half of what they should be."""
    forgotten = planned(a_month())
    said = forgotten.model_copy(update={"scenario": a_month(a_yield())})
    assert "placement.nodes" in {finding.rule for finding in audit_plan(said).findings}


def test_the_workbook_shows_the_yield_of_the_column_as_typed() -> None:
    book = {sheet.name: sheet for sheet in plan_workbook(planned(a_month(a_yield())))}
    headers = {cell.value: col for (row, col), cell in book["Goodput"].cells.items() if row == 4}
    cell = book["Goodput"].cells[5, headers["Accepted per attempt"]]
    assert (cell.value, cell.formula) == (0.5, None)
    assert "OK" in {cell.value for cell in book["Checks"].cells.values()}
    assert "FAIL" not in {cell.value for cell in book["Checks"].cells.values()}


def test_yields_are_read_and_names_that_are_not_there_are_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path).write("column_yields.csv", f"{HEADER}chat,stack,asic-stack,0.06,,test,2026-11-01\n")
    (row,) = folder.load().scenario.column_yields
    assert (row.retry_share, row.accepted_share) == (0.06, None)
    finding = folder.write("column_yields.csv", f"{HEADER}chat,stack,asic-stak,0.06,,test,2026-11-01\n").only()
    assert (finding.code, finding.where.column) == (Code.REFERENCE, "name")
    assert "asic-stack" in finding.hint
