"""Take-or-pay rows, migrations.csv and budgets: what is new to commit to, and what is said of it when it is wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from contracts.calendar import Month
from scenarios.policy import BudgetWindow, Spending
from tests.loading_folder import Folder

YAML = "scenario.yaml"
SOURCED = "test,2026-11-01"
TAKE_OR_PAY = (
    "contract,kind,offering,price_usd_per_node_hour,term_months,firm,lot_nodes,minimum_order_nodes,latest_start,"
    "quote_valid_until,minimum_node_hours_per_month,minimum_usd_per_month,ramp_shares,window_months,make_up_right,source,as_of\n"
)
GOOD = "south-flexible,take_or_pay,south-asic,20,3,true,2,2,,2026-12-31,1000,,0.25;0.5;0.5,3,true"
MIGRATION_COLUMNS = "migration,model,stack,engineering_usd,engineering_months,lead_months,ramp_shares,latest_start"
BUDGET = "policy:\n  budgets:\n    - {budget: cash, window: quarter, limit_usd: 100000"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def with_take_or_pay(folder: Folder, row: str = GOOD) -> Folder:
    return folder.write("contracts.flexible.csv", f"{TAKE_OR_PAY}{row},{SOURCED}\n")


def with_migration(folder: Folder, row: str) -> Folder:
    return folder.write("migrations.csv", f"{MIGRATION_COLUMNS},source,as_of\n{row},{SOURCED}\n")


def test_take_or_pay_is_read_as_it_is_written(folder: Folder) -> None:
    (terms,) = with_take_or_pay(folder).load().scenario.take_or_pay
    assert terms.minimum_node_hours_per_month == Decimal(1000)
    assert terms.ramp_shares == (0.25, 0.5, 0.5)
    assert (terms.window_months, terms.make_up_right, terms.excess_carries_forward) == (3, True, False)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param("0.25;0.5;0.5", "0.25;;0.5", Code.BLANK, "ramp_shares", id="a month left out"),
        pytest.param("0.25;0.5;0.5", "25;50;50", Code.RANGE, "ramp_shares", id="percent"),
        pytest.param("0.25;0.5;0.5", '"0,25;0,5"', Code.NUMBER, "ramp_shares", id="decimal commas"),
        pytest.param("0.25;0.5;0.5", "0.25;0.5;0.5 ", Code.NUMBER, "ramp_shares", id="a space behind"),
        pytest.param(",1000,,", ",,,", Code.CONTRADICTION, None, id="no minimum"),
        pytest.param(",1000,,", ",1000,9000,", Code.CONTRADICTION, None, id="two minimums"),
        pytest.param(",1000,,", ",1500,,", Code.CONTRADICTION, None, id="more than two nodes have hours in a month"),
        pytest.param("0.5,3,true", "0.5,4,true", Code.CONTRADICTION, None, id="a window longer than the term"),
        pytest.param("true,2,2,", "true,2,21,", Code.MINIMUM, "minimum_order_nodes", id="a minimum above the stock"),
        pytest.param("true,2,2,", "true,21,0,", Code.MINIMUM, "lot_nodes", id="a lot above the stock"),
        pytest.param("2026-12-31", "2026-12-14", Code.EXPIRED, "quote_valid_until", id="a quote that has expired"),
        pytest.param(",2,2,,", ",2,2,2026-12,", Code.NO_START, "latest_start", id="a window before the horizon"),
        pytest.param("south-asic,", "south-asics,", Code.REFERENCE, "offering", id="no such offering"),
    ],
)
def test_take_or_pay_that_cannot_be_signed_is_refused(
    folder: Folder, old: str, new: str, code: Code, column: str | None
) -> None:
    assert old in GOOD
    finding = with_take_or_pay(folder, GOOD.replace(old, new)).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("contracts.flexible.csv", 2)


def test_the_wrong_share_of_a_ramp_is_named(folder: Folder) -> None:
    finding = with_take_or_pay(folder, GOOD.replace("0.25;0.5;0.5", "0.25;50;0.5")).only()
    assert finding.found == '"50" in "0.25;50;0.5"'
    assert "write 0.5 if 50 % is meant" in finding.hint


def test_a_minimum_without_a_stock_asks_for_a_bound(folder: Folder) -> None:
    folder.keep("contracts.csv", 3)
    with_take_or_pay(folder).replace("offerings.csv", ",30,20,5,", ",30,,5,")
    assert folder.codes() == [Code.STOCK]


def test_an_upfront_belongs_to_reserved_terms_only(folder: Folder) -> None:
    row = f"{GOOD},all,{SOURCED}\n"
    folder.write("contracts.flexible.csv", TAKE_OR_PAY.replace("source,", "upfront,source,") + row)
    assert folder.codes() == [Code.OTHER_KIND]


def test_a_contingency_may_lose_a_take_or_pay_contract(folder: Folder) -> None:
    with_take_or_pay(folder)
    folder.replace(YAML, "lost: provider", "lost: contract").replace(YAML, "name: north-cloud", "name: south-flexible")
    assert folder.findings() == ()


def test_a_migration_is_read_as_it_is_written(folder: Folder) -> None:
    row = "to-asic,model-m,asic-stack,250000.50,1,2,0.3;0.3,2027-01"
    (work,) = with_migration(folder, row).load().scenario.migrations
    assert (work.engineering_usd, work.lead_months, work.ramp_shares) == (Decimal("250000.50"), 2, (0.3, 0.3))
    assert (work.earliest_start, work.latest_start) == (None, Month(2027, 1))


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        pytest.param("m,model-n,asic-stack,1000,1,1,,", Code.REFERENCE, "model", id="no such model"),
        pytest.param("m,model-m,asic-stck,1000,1,1,,", Code.REFERENCE, "stack", id="no such stack"),
        pytest.param("m,model-m,asic-stack,1000,2,1,,", Code.CONTRADICTION, None, id="work after the gate"),
        pytest.param("m,model-m,asic-stack,1000,1,3,,", Code.GATE_TOO_LATE, "lead_months", id="ready in April"),
        pytest.param(
            "m,model-m,asic-stack,1000,1,1,,2026-12", Code.WORK_OUTSIDE, "latest_start", id="too late to begin"
        ),
    ],
)
def test_a_migration_leads_somewhere(folder: Folder, row: str, code: Code, column: str | None) -> None:
    found = with_migration(folder, row).findings()
    assert (code, column) in {(finding.code, finding.where.column) for finding in found}
    assert {finding.code for finding in found} <= {code, Code.OPENS_NOTHING}


def test_what_leads_nowhere_does_not_stop_a_plan(folder: Folder) -> None:
    loaded = with_migration(folder, "to-asic,model-m,asic-stack,1000,1,3,,").load()
    assert [warning.code for warning in loaded.warnings] == [Code.GATE_TOO_LATE]
    assert loaded.warnings[0].found == "3 months, so the gate is in 2027-04 at the earliest"


def test_a_gate_in_the_last_month_is_in_time(folder: Folder) -> None:
    assert with_migration(folder, "to-asic,model-m,asic-stack,1000,1,2,,").findings() == ()


def test_a_stack_in_a_geography_that_no_workload_may_use_opens_nothing(folder: Folder) -> None:
    folder.replace("regions.csv", "south-1,west-coast", "south-1,far-away")
    for workload in ("chat", "batch"):
        folder.replace("workloads.csv", f"{workload},model-m,east-coast;west-coast", f"{workload},model-m,east-coast")
    found = with_migration(folder, "to-asic,model-m,asic-stack,1000,1,1,,").findings()
    assert Code.OPENS_NOTHING in {finding.code for finding in found}


def test_budgets_are_read_as_they_are_written(folder: Folder) -> None:
    folder.replace(YAML, "policy:", f"{BUDGET}, spending: opex, first_month: 2027-02}}\n  migrations_at_once: 2")
    policy = folder.load().scenario.policy
    (budget,) = policy.budgets
    assert (budget.window, budget.spending, budget.limit_usd) == (BudgetWindow.QUARTER, Spending.OPEX, Decimal(100000))
    assert (budget.first_month, budget.last_month, policy.migrations_at_once) == (Month(2027, 2), None, 2)


@pytest.mark.parametrize(
    ("rest", "code", "key"),
    [
        pytest.param(", first_month: 2026-12}", Code.OUTSIDE, "policy.budgets[0].first_month", id="before the horizon"),
        pytest.param(", last_month: 2027-04}", Code.OUTSIDE, "policy.budgets[0].last_month", id="after the horizon"),
        pytest.param(
            ", last_month: 2027-02, first_month: 2027-03}", Code.CONTRADICTION, "policy.budgets[0]", id="order"
        ),
        pytest.param(", spending: cash}", Code.CHOICE, "policy.budgets[0].spending", id="another word"),
        pytest.param(
            "}\n    - {budget: cash, window: year, limit_usd: 5}", Code.CONTRADICTION, "policy", id="an id twice"
        ),
    ],
)
def test_a_budget_is_clear(folder: Folder, rest: str, code: Code, key: str) -> None:
    finding = folder.replace(YAML, "policy:", BUDGET + rest).only()
    assert (finding.code, finding.where.key_path) == (code, key)
