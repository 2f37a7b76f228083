"""From files to the workbook: two futures, take-or-pay, a migration and a budget, read back from the file."""

import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.specs.conftest import started
from tests.specs.running import Fleet, Run, plan_in, siliconmix

OUTLOOKS = """outlook,probability,description
base,0.6,As in the tables.
high,0.4,Demand grows by half in February.
"""
EFFECTS = """outlook,effect,of,name,first_month,value
high,demand,all,*,2027-02,1.5
high,on_demand_price,provider,north-cloud,,1.1
"""
_MADE_UP = "invented for this test,2026-11-01"
_WORK = "migration,model,stack,engineering_usd,engineering_months,capitalised,lead_months,upkeep_usd_per_month"
MIGRATIONS = f"""{_WORK},source,as_of
port,model-m,asic-stack,12000,1,true,1,500,{_MADE_UP}
"""
_TERMS = "contract,kind,offering,price_usd_per_node_hour,term_months,firm,minimum_node_hours_per_month,window_months"
FLEXIBLE = f"""{_TERMS},make_up_right,earliest_start,source,as_of
south-flex,take_or_pay,south-asic,17,2,true,300,2,true,2027-03,{_MADE_UP}
"""
BUDGETS = """  budgets:
    - {budget: cash, window: quarter, limit_usd: 600000}

  concentration:
"""


def with_futures(fleet: Fleet) -> Fleet:
    """The small example; its second chip serves only after a migration, so its cap and its event are relaxed."""
    for name, text in (
        ("outlooks.csv", OUTLOOKS),
        ("outlook_effects.csv", EFFECTS),
        ("migrations.csv", MIGRATIONS),
        ("contracts.flex.csv", FLEXIBLE),
    ):
        (fleet.folder / name).write_text(text, encoding="utf-8")
    fleet.change("scenario.yaml", "  months: 3\n", "  months: 3\n  reveal_month: 2027-02\n")
    fleet.change("scenario.yaml", "cap_share: 0.7", "cap_share: 1")
    fleet.change("scenario.yaml", "floor_share: 0.5", "floor_share: 0")
    fleet.change("scenario.yaml", "  concentration:\n", BUDGETS)
    return fleet


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("futures")


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return siliconmix("plan", with_futures(started(folder / "fleet")).folder, "--out", folder / "out")


@pytest.fixture(scope="module")
def book(run: Run, folder: Path) -> Any:
    assert run.exit == 0, run.err
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl cannot read the charts
        return openpyxl.load_workbook(folder / "out" / "plan.xlsx", data_only=True)


def rows(book: Any, name: str) -> list[dict[str, Any]]:
    """The lines of a sheet's table."""
    sheet = book[name]
    ((_, reference),) = sheet.tables.items()
    header, *body = ([cell.value for cell in row] for row in sheet[reference])
    return [dict(zip(header, line, strict=True)) for line in body]


def row_of(book: Any, name: str, label: str) -> list[Any]:
    """The cells of the row with a label."""
    return next([c.value for c in row] for row in book[name].iter_rows() if row[0].value == label)


def test_all_checks_of_the_file_are_ok(book: Any) -> None:
    assert {line["Status"] for line in rows(book, "Checks")} == {"OK"}
    assert row_of(book, "Cover", "Master check")[1] == "OK"


def test_each_outlook_costs_in_the_file_what_it_costs_in_the_plan(book: Any, folder: Path) -> None:
    plan = plan_in(folder / "out")
    costs = row_of(book, "Outlooks", "Effective cost in the horizon")[2:5]
    told = [float(row["totals"]["effective_usd"]) for row in plan["by_outlook"]]
    assert costs == pytest.approx([*told, float(plan["totals"]["effective_usd"])], abs=0.2)
    worth = plan["knowing"]["perfect_information"]
    label = "Knowing the outlook beforehand saves (perfect information)"
    assert row_of(book, "Outlooks", label)[2] == pytest.approx(worth["usd"], abs=0.2)


def test_what_waits_for_an_outlook_is_not_on_the_buy_list(book: Any, folder: Path) -> None:
    orders = plan_in(folder / "out")["orders"]
    now = {o["order"] for o in orders if o["outlook"] is None}
    later = {o["order"] for o in orders if o["outlook"] is not None}
    assert later
    assert {line["Order"] for line in rows(book, "Buy_List")} - {None} == now
    assert {line["Order"] for line in rows(book, "Buy_Later")} == later


def test_windows_budgets_and_migrations_are_those_of_the_plan(book: Any, folder: Path) -> None:
    plan = plan_in(folder / "out")
    windows = rows(book, "Take_or_Pay")
    assert {line["Settled as planned"] for line in windows} == {"OK"}
    assert sum(line["True up"] for line in windows) == pytest.approx(
        sum(float(w["true_up"]) for w in plan["take_or_pay"]), abs=1e-5
    )
    assert {line["Kept"] for line in rows(book, "Budgets")} == {"OK"}
    assert [(m["Migration"], m["Begun"]) for m in rows(book, "Migrations")] == [("port", "yes")]


def test_the_screen_tells_what_waits_and_what_knowing_is_worth(run: Run) -> None:
    for said in (
        "expected over 2 outlooks",
        "NOT to sign yet: each only if its outlook comes (known from 2027-02 on)",
        "TAKE-OR-PAY: at least",
        "port: model-m to asic-stack, work from 2027-01, gate 2027-02",
        "to know the outlook before signing",
        "planning for the mean of the outlooks is no alternative: high:",
        "budget cash used up in the window from 2027-01",
    ):
        assert said in " ".join(run.out.split()), said
