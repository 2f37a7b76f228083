"""The plan workbook as data: what it must hold, whatever the plan."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest

from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from reports.layout import Cell, Fmt, Kind, Sheet
from reports.sheets import plan_workbook
from reports.timeline import CLASS, MONTH_1, UNIT
from reports.timeline import HEADER_ROW as MONTH_HEADER
from scenarios.outlooks import Outlook
from scenarios.policy import Contingency, Lost
from tests.builders import a_policy, a_scenario, an_on_demand
from tests.plan_builders import a_plan, a_rich_scenario

ALLOWED = {
    "SUM",
    "SUMIFS",
    "SUMPRODUCT",
    "INDEX",
    "MATCH",
    "EDATE",
    "IF",
    "COUNTIF",
    "COUNTIFS",
    "COUNTA",
    "ROWS",
    "MIN",
    "MAX",
    "ABS",
    "ROUND",
    "YEAR",
    "MONTH",
    "LN",
}
"""In every Excel since 2007 and in LibreOffice 7.4; none volatile."""
LONGEST_FORMULA = 150
READING_ORDER = [
    "Cover",
    "Summary",
    "Unit_Cost",
    "Inputs",
    "Workloads",
    "Demand",
    "Offerings",
    "Offers",
    "Buy_List",
    "Portfolio",
    "Commitments",
    "Lease_Hints",
    "Obligations",
    "Break_Even",
    "Payments",
    "Not_Cash",
    "Usage",
    "Calc_Calendar",
    "Calc_Routing",
    "Calc_Tokens",
    "Calc_Nodes",
    "Calc_Ladder",
    "Calc_Node_Hours",
    "Calc_List",
    "Calc_Effective",
    "Calc_Cash",
    "Calc_Prepaid",
    "Calc_Rates",
    "Calc_Break_Even",
    "Calc_Shares",
    "Goodput",
    "Throughput",
    "Fallback",
    "Calc_Fallback",
    "Calc_Survival",
    "Cost_Split",
    "Vendors",
    "Caps",
    "Refusals",
    "Sources",
    "Checks",
    "Log",
]
_LITERAL_TEXT = re.compile(r'"[^"]*"')
_REFERENCE = re.compile(r"\$?[A-Z]{1,3}\$?[0-9]+|[A-Za-z_]+\[[^\]]*\]")
_NUMBER = re.compile(r"(?<![A-Za-z_0-9.])[0-9]+(?:\.[0-9]+)?")
_TEXT_HEADERS = re.compile(r"^[A-Za-z0-9 ]+$")


@cache
def sheets() -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in plan_workbook(a_plan())}


def formulas(book: dict[str, Sheet]) -> Iterator[tuple[str, tuple[int, int], Cell]]:
    for sheet in book.values():
        for place, cell in sheet.cells.items():
            if cell.formula is not None:
                yield sheet.name, place, cell


def time_sheets(book: dict[str, Sheet]) -> list[Sheet]:
    tables = {"Calc_Fallback", "Calc_Survival", "Calc_Minimums", "Calc_Migrated", "Calc_Prices", "Calc_Blocks"}
    tables |= {"Calc_Fallback_Apis", "Calc_Power"}
    return [s for s in book.values() if s.name == "Demand" or (s.name.startswith("Calc_") and s.name not in tables)]


def status(book: dict[str, Sheet]) -> dict[str, object]:
    """Status of each check by its name."""
    checks = book["Checks"]
    return {str(checks.cells[row, 0].value): checks.cells[row, 8].value for row in range(5, _last_row(checks) + 1)}


def _last_row(sheet: Sheet) -> int:
    return max(row for row, _ in sheet.cells)


def test_sheets_stand_in_reading_order() -> None:
    assert list(sheets()) == READING_ORDER


def test_every_check_holds_and_so_does_the_master() -> None:
    found = status(sheets())
    assert len(found) > 30
    assert {name for name, value in found.items() if value != "OK"} == set()
    for sheet, label in (("Cover", "Master check"), ("Summary", "Master check")):
        assert _value_beside(sheets()[sheet], label) == "OK"


def _value_beside(sheet: Sheet, label: str) -> object:
    row, col = next(place for place, cell in sheet.cells.items() if cell.value == label)
    return sheet.cells[row, col + 1].value


def test_a_plan_that_says_something_else_than_its_lines_fails_the_master_check() -> None:
    plan = a_plan()
    wrong = plan.totals.model_copy(update={"effective_usd": plan.totals.effective_usd + 5})
    book = {s.name: s for s in plan_workbook(plan.model_copy(update={"totals": wrong}))}
    assert status(book)["Effective cost in the horizon"] == "FAIL"
    assert _value_beside(book["Cover"], "Master check") == "FAIL"


def test_most_money_cells_are_formulas() -> None:
    """Inputs apart, 85 % of amounts and prices are calculated; the rest are decisions and contract prices."""
    money = [
        cell
        for sheet in sheets().values()
        if sheet.name not in ("Inputs",)
        for cell in sheet.cells.values()
        if cell.fmt.is_money and cell.value is not None
    ]
    share = sum(cell.formula is not None for cell in money) / len(money)
    assert share >= 0.85
    typed = {cell.kind for cell in money if cell.formula is None}
    assert typed <= {Kind.INPUT, Kind.DECISION, Kind.NOTE}


def test_the_headline_is_the_plans() -> None:
    totals, cover = a_plan().totals, sheets()["Cover"]
    assert _value_beside(cover, "Effective cost in the horizon, USD") == pytest.approx(float(totals.effective_usd))
    assert _value_beside(cover, "USD per million accepted output tokens") == pytest.approx(
        float(totals.usd_per_mtok or 0), abs=1e-6
    )


def test_formulas_use_only_functions_that_every_spreadsheet_has() -> None:
    used = {
        name
        for _, _, cell in formulas(sheets())
        for name in re.findall(r"([A-Z][A-Z.]*)\(", _LITERAL_TEXT.sub("", cell.formula or ""))
    }
    assert used <= ALLOWED


def test_formulas_are_short() -> None:
    too_long = {f"{sheet}: {c.formula}" for sheet, _, c in formulas(sheets()) if len(c.formula or "") > LONGEST_FORMULA}
    assert too_long == set()


def test_formulas_hold_no_constants_but_nought_and_one() -> None:
    typed = set()
    for sheet, _, cell in formulas(sheets()):
        rest = _REFERENCE.sub("", _LITERAL_TEXT.sub("", cell.formula or ""))
        if set(_NUMBER.findall(rest)) - {"0", "1", "12"}:
            typed.add(f"{sheet}: {cell.formula}")
    assert typed == set()


def test_formulas_hold_no_text_of_users() -> None:
    words = {w for _, _, cell in formulas(sheets()) for w in _LITERAL_TEXT.findall(cell.formula or "")}
    assert words <= {
        f'"{word}"'
        for word in (
            "<", "<=", ">", ">=", "OK", "FAIL", "EXPIRED", "valid", "yes", "no", "service", "review: long term",
            "upfront", "usage", "held", "reserved", "shortfall penalty", "expected emergency", "no: within gaps",
            "take_or_pay", "migration", "true-up", "make-up", "obligation", "node hours", "capex", "(all)",
            "on_demand", "spend_commitment", "covered", "volume", "of the sign only",
            "agreement", "discount", "shortfall", "credit", "use",
            "api", "provisioned", "(by the token)",
            "term", "used", "refuse", "terminate", "swap",
            "base",
            "not in the horizon", "review: ask your accountants", "short term: ask your accountants",
            "owned", "capacity_block",
            "plan", "workload", "offering", "none", "split",
            "as approved", "new", "dropped", "resized", "price of a change",
            "(none)", "price of carbon",
        )
    }  # fmt: skip


def test_each_row_of_a_time_series_has_one_formula() -> None:
    odd = set()
    for sheet in time_sheets(sheets()):
        rows: dict[int, set[str]] = defaultdict(set)
        for (row, col), cell in sheet.cells.items():
            if col >= MONTH_1 and cell.kind is not Kind.NOTE:
                rows[row].add("value" if cell.formula is None else _relative(cell.formula, row, col))
        odd |= {f"{sheet.name} row {row + 1}: {sorted(kinds)[:2]}" for row, kinds in rows.items() if len(kinds) > 1}
    assert odd == set()


def _relative(formula: str, row: int, col: int) -> str:
    """The formula with relative references as offsets, so that copies of one formula are equal."""

    def offset(match: re.Match[str]) -> str:
        fix_col, letters, fix_row, digits = match.groups()
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        across = letters if fix_col else f"C[{number - 1 - col}]"
        down = digits if fix_row else f"R[{int(digits) - 1 - row}]"
        return f"{down}{across}"

    return re.sub(r"(\$?)\b([A-Z]{1,3})(\$?)([0-9]+)\b", offset, formula)


def test_a_month_stands_in_one_column_on_all_sheets() -> None:
    headers = [[sheet.cells[MONTH_HEADER, MONTH_1 + t].value for t in range(14)] for sheet in time_sheets(sheets())]
    assert all(header == headers[0] for header in headers)
    assert str(headers[0][0]) == "2027-01-01"


def test_every_row_of_a_time_series_names_its_unit_and_class() -> None:
    for sheet in time_sheets(sheets()):
        for (row, col), cell in sheet.cells.items():
            if col == MONTH_1 and row > MONTH_HEADER and cell.kind is not Kind.HEADER:
                assert sheet.cells[row, UNIT].value, f"{sheet.name} row {row + 1} has no unit"
                assert sheet.cells[row, CLASS].value == cell.kind.value


def test_tables_have_a_class_over_every_header_and_money_says_usd() -> None:
    for sheet in sheets().values():
        for table in sheet.tables:
            for col, header in enumerate(table.headers):
                assert _TEXT_HEADERS.match(header), f"{sheet.name}: {header!r} cannot be used in a formula"
                assert sheet.cells[table.first_row - 1, col].value in {k.value for k in Kind}
                first = sheet.cells[table.first_row + 1, col]
                if first.fmt.is_money and sheet.name != "Checks":
                    assert "USD" in header, f"{sheet.name}: {header} has no currency"


def test_names_are_for_scalars_and_look_like_no_address() -> None:
    names = [name for sheet in sheets().values() for name in sheet.names]
    assert len(names) == len(set(names)) > 20
    assert not [name for name in names if re.fullmatch(r"[A-Za-z]{1,3}[0-9]*|[Rr][0-9]*[Cc][0-9]*", name)]


def test_every_sheet_is_set_up_for_print_and_wide_ones_turn_the_page_after_twelve_months() -> None:
    for sheet in sheets().values():
        assert sheet.print.portrait == (sheet.name == "Cover")
    for sheet in time_sheets(sheets()):
        assert sheet.print.breaks == (MONTH_1 + 12,)
        assert sheet.print.scale >= 50
        assert sheet.freeze == (MONTH_HEADER + 1, MONTH_1)


def test_number_columns_are_wide_enough() -> None:
    """A number that does not fit is shown as #####."""
    for sheet in sheets().values():
        for (row, col), cell in sheet.cells.items():
            if isinstance(cell.value, float) and cell.fmt in (Fmt.MONEY, Fmt.CENTS):
                digits = 0 if cell.fmt is Fmt.MONEY else 2
                needed = len(f"{cell.value:,.{digits}f}")
                assert sheet.columns[col].width > needed, f"{sheet.name} row {row + 1} col {col + 1}"


def test_the_buy_list_begins_with_the_next_deadline() -> None:
    plan, sheet = a_plan(), sheets()["Buy_List"]
    dates = [sheet.cells[5 + i, 1].value for i in range(len(plan.orders))]
    assert dates == sorted(order.order_by for order in plan.orders)


def test_the_tail_the_sunk_part_the_penalty_and_the_emergency_have_lines_of_their_own() -> None:
    summary = sheets()["Summary"]
    for label in (
        "Paid before the horizon (sunk)",
        "Payable after the horizon",
        "Service after the horizon, committed",
        "Shortfall penalties (not billed)",
        "Expected emergencies (not billed)",
    ):
        value = _value_beside(summary, label)
        assert isinstance(value, float)
        assert value > 0, label


def test_prepayments_are_released_over_their_term() -> None:
    plan, sheet = a_plan(), sheets()["Calc_Prepaid"]
    labels = {str(cell.value): row for (row, col), cell in sheet.cells.items() if col == 0}
    row = labels["All prepaid"]
    closing = [float(str(sheet.cells[row, MONTH_1 + t].value)) for t in range(14)]
    assert closing[-1] > 0
    assert all(balance >= 0 for balance in closing)
    upfront = sum(float(line.amount_usd) for line in plan.cost_lines if line.nature.value.endswith("_upfront"))
    assert max(closing) < upfront


def test_a_plan_without_orders_or_events_still_makes_a_whole_workbook() -> None:
    plan = plan_without_anything()
    book = {s.name: s for s in plan_workbook(plan)}
    assert {name for name, value in status(book).items() if value != "OK"} == set()


@cache
def plan_without_anything() -> Plan:
    return plan_fleet(a_scenario(contracts=(an_on_demand(),)), PlanOptions(with_baselines=False))


def test_ids_that_differ_only_in_case_are_refused() -> None:
    plan = a_plan()
    twins = (plan.scenario.workloads[0].model_copy(update={"workload": "CHAT"}), *plan.scenario.workloads)
    scenario = plan.scenario.model_copy(update={"workloads": twins})
    with pytest.raises(ValueError, match="differ only in case"):
        plan_workbook(plan.model_copy(update={"scenario": scenario}))


@pytest.mark.parametrize("lost", [Lost.CONTRACT, Lost.OFFERING, Lost.SPOT])
def test_all_checks_hold_for_two_outlooks_and_for_each_kind_of_loss(lost: Lost) -> None:
    """Outlooks are weighted; a lost contract no longer counts as firm."""
    name = {Lost.CONTRACT: "held-a", Lost.OFFERING: "node-b", Lost.SPOT: "*"}[lost]
    event = Contingency(
        contingency="loss", lost=lost, name=name, floor_share=0.7, probability_per_year=0.1, duration_hours=24.0
    )
    scenario = a_rich_scenario(
        months=2,
        outlooks=(Outlook(outlook="calm", probability=0.75), Outlook(outlook="busy", probability=0.25)),
        policy=a_policy(contingencies=(event,)),
    )
    book = {s.name: s for s in plan_workbook(plan_fleet(scenario, PlanOptions(with_baselines=False)))}
    assert {check for check, value in status(book).items() if value != "OK"} == set()
    assert "loss" in {str(cell.value) for cell in book["Calc_Survival"].cells.values()}
