"""Hostile files of generic kinds: each is refused by name, or read exactly as it is written (hazards/INDEX.csv)."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from catalog.findings import Code, Finding
from catalog.loading import Table, TableSpec, look_alikes, read_document, read_table
from catalog.reading_text import Source
from catalog.records import Count, Id, NonNegative, Positive, Record, Share, Usd, Whole
from contracts.calendar import Month

HAZARDS = Path(__file__).parent / "hazards"


class Offer(Record):
    offering_id: Id
    vendor: Id
    kind: Id
    price_usd_per_unit_month: Usd
    tokens_per_s_per_unit: Positive
    max_units: Whole | None = None


class MonthlyDemand(Record):
    month: Month
    demand: NonNegative


class StatedDemand(Record):
    workload_id: Id
    demand_tokens_per_month: NonNegative


class VendorCap(Record):
    vendor: Id
    max_share: Share


OFFERS = TableSpec("offerings", (Offer,), ("offering_id",))
SPECS: dict[str, TableSpec[Any]] = {
    "c32_dates_mixed.csv": TableSpec("demand", (MonthlyDemand,), ("month",)),
    "c34_unsorted_and_duplicate_month.csv": TableSpec("demand", (MonthlyDemand,), ("month",)),
    "c35_unit_ambiguity.csv": TableSpec("demand", (StatedDemand,), ("workload_id",)),
    "c37_percent_mix.csv": TableSpec("caps", (VendorCap,), ("vendor",)),
}


class YamlWorkload(Record):
    id: Id
    demand_tokens_per_s: Positive
    slo_ms: Positive | None = None


class YamlVendor(Record):
    max_share: Share


class YamlVendors(Record):
    north: YamlVendor


class YamlOffer(Record):
    id: Id
    price: Usd


class YamlPlan(Record):
    horizon_months: Count
    currency: Literal["USD"]
    workloads: tuple[YamlWorkload, ...]
    scenario_name: Id = "plan"
    output: Id = "out"


class Single(Record):
    """Whatever the small hazards hold, each key of the type that a plan would want."""

    vendors: YamlVendors | None = None
    regions: tuple[Id, ...] = ()
    watch: bool = False
    unit_count: Count | None = None
    sku: Whole | None = None
    demand_tokens_per_s: Positive | None = None
    price: NonNegative | None = None
    units: Count | None = None
    max_vendor_share: Share | None = None
    spot_share: Share | None = None
    currency: Literal["USD"] = "USD"
    offerings: tuple[YamlOffer, ...] = ()


class Names(Record):
    vendors: tuple[Id, ...]


RECORDS: dict[str, type[Record]] = {
    **dict.fromkeys(
        (
            "y10_tab_indent.yaml",
            "y11_bom_utf8.yaml",
            "y14_empty.yaml",
            "y16_multi_document.yaml",
            "y17_unknown_key_typo.yaml",
            "y20_path_traversal_name.yaml",
            "y22_null_values.yaml",
            "y23_negative_and_zero.yaml",
        ),
        YamlPlan,
    ),
    "y26_lookalike_ids.yaml": Names,
}

REFUSED: dict[str, list[tuple[Code, str]]] = {
    "c01_formula_injection.csv": [(Code.ID, f"row {row}, offering_id") for row in range(2, 7)],
    "c02_tab_formula.csv": [(Code.CHARACTER, "row 2, offering_id"), (Code.CHARACTER, "row 3, offering_id")],
    "c04_thousands_comma.csv": [(Code.NUMBER, "write 12500.00"), (Code.NUMBER, "write 5200")],
    "c05_ambiguous_1.234.csv": [(Code.AMBIGUOUS, 'beside "1.234,56" in row 3'), (Code.NUMBER, "write 1234.56")],
    "c08_blank_cells.csv": [(Code.BLANK, "row 2, price_usd_per_unit_month"), (Code.BLANK, "row 3, offering_id")],
    "c10_mixed_type_column.csv": [(Code.NUMBER, '"forty"'), (Code.NOT_WHOLE, '"40.5"')],
    "c11_duplicate_id.csv": [(Code.REPEATED, 'row 3, "gpu-a": found the same key as in row 2')],
    "c13_missing_column.csv": [(Code.MISSING_COLUMN, "also price_usd_per_unit_month, tokens_per_s_per_unit")],
    "c14_extra_column_typo.csv": [(Code.UNKNOWN_COLUMN, 'did you mean "max_units"?')],
    "c19_nul_bytes.csv": [(Code.CHARACTER, "row 3, offering_id: found \"a<U+0000>b\"")],
    "c20_cr_only.csv": [(Code.LINE_ENDS, "CR only")],
    "c22_embedded_newline.csv": [(Code.CHARACTER, "row 2, offering_id: found \"gpu<U+000A>a\"")],
    "c23_header_only.csv": [(Code.NO_ROWS, "no rows")],
    "c26_whitespace_ids.csv": [(Code.ID, '" gpu-a "'), (Code.ID, "U+00A0"), (Code.LOOK_ALIKE, '"GPU-A", and "gpu-a"')],
    "c28_zero_width.csv": [(Code.CHARACTER, "U+200B")],
    "c29_rtl_override.csv": [(Code.CHARACTER, "U+202E")],
    "c31_tiny_numbers.csv": [(Code.NUMBER, "1e-320"), (Code.TINY, "the unit may be wrong")],
    "c32_dates_mixed.csv": [(Code.MONTH, "row 3"), (Code.MONTH, "row 4"), (Code.MONTH, "row 5")],
    "c34_unsorted_and_duplicate_month.csv": [(Code.REPEATED, 'row 4, "2027-02": found the same key as in row 2')],
    "c35_unit_ambiguity.csv": [
        (Code.MISSING_COLUMN, "also demand_tokens_per_month"),
        (Code.UNKNOWN_COLUMN, 'did you mean "demand_tokens_per_month"?'),
    ],
    "c37_percent_mix.csv": [(Code.PERCENT, "row 2, max_share of \"north\": found \"40%\""), (Code.RANGE, "write 0.4")],
    "c38_full_width_digits.csv": [(Code.NUMBER, "<U+FF14>"), (Code.NUMBER, "use the digits 0 to 9")],
    "c40_very_long_cell.csv": [(Code.LONG_TEXT, "(200000 characters); expected at most 1,000 characters")],
    "c41_not_a_csv.csv": [(Code.NOT_TEXT, "zip archive")],
    "c43_price_precision.csv": [(Code.DECIMALS, '"0.30000000000000004"; expected at most 8 decimals')],
    "c44_comment_rows.csv": [(Code.COMMENT, "row 1"), (Code.TOTAL, "row 4")],
    "y01_billion_laughs.yaml": [(Code.ALIAS, "line 1")],
    "y02_python_object_tag.yaml": [(Code.TAG, "line 1: found tag")],
    "y04_duplicate_key_nested.yaml": [
        (Code.REPEATED_KEY, 'line 3, vendors.north: found "north" again; the first is in line 2'),
    ],
    "y05_norway.yaml": [(Code.BOOLEAN, 'line 2, watch: found "off"; expected true or false')],
    "y07_octal.yaml": [(Code.NUMBER, "leave out the leading zeros"), (Code.NUMBER, '"0o17"')],
    "y08_exponent_is_string.yaml": [(Code.NUMBER, '"1_000"')],
    "y10_tab_indent.yaml": [(Code.SYNTAX, "line 2: found a tab in column 1; expected YAML. Mend: indent with spaces")],
    "y14_empty.yaml": [(Code.EMPTY, "an empty file")],
    "y16_multi_document.yaml": [(Code.TWO_DOCUMENTS, "a second document that begins at line 7")],
    "y17_unknown_key_typo.yaml": [
        (Code.MISSING_KEY, "workloads[0].demand_tokens_per_s"),
        (Code.UNKNOWN_KEY, "line 5, workloads[0].demand_token_per_s"),
        (Code.UNKNOWN_KEY, 'did you mean "demand_tokens_per_s"?'),
    ],
    "y19_huge_int.yaml": [(Code.HUGE, "line 1, units")],
    "y20_path_traversal_name.yaml": [(Code.ID, "scenario_name"), (Code.ID, "output")],
    "y22_null_values.yaml": [(Code.BLANK, "horizon_months"), (Code.BLANK, "currency"), (Code.BLANK, "workloads")],
    "y23_negative_and_zero.yaml": [
        (Code.RANGE, "horizon_months: found \"0\"; expected a number at least 1"),
        (Code.RANGE, "workloads[0].demand_tokens_per_s"),
        (Code.RANGE, "workloads[0].slo_ms"),
    ],
    "y25_percent_text.yaml": [(Code.PERCENT, "write 0.4"), (Code.RANGE, "write 0.6 if 60 % is meant")],
    "y26_lookalike_ids.yaml": [(Code.ID, "U+043E")],
    "y28_currency_mix.yaml": [(Code.NUMBER, "offerings[0].price"), (Code.NUMBER, "offerings[1].price")],
    "y29_control_chars.yaml": [(Code.CHARACTER, "line 1"), (Code.CHARACTER, "line 2")],
}  # fmt: skip
READ = {"c07_na_as_id.csv", "c16_bom.csv", "c25_excel_mangled_id.csv", "y11_bom_utf8.yaml"}


def findings_of(name: str) -> list[Finding]:
    findings: list[Finding] = []
    source = Source(HAZARDS / name, name)
    if name.endswith(".csv"):
        spec = SPECS.get(name, OFFERS)
        table, _ = read_table(spec, [source], findings)
        findings += look_alikes([table], {"offering_id": "offering"})
    else:
        read_document(source, RECORDS.get(name, Single), findings)
    return findings


def table_of(name: str) -> Table[Offer]:
    findings: list[Finding] = []
    table, _ = read_table(OFFERS, [Source(HAZARDS / name, name)], findings)
    assert findings == []
    return table


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_by_name(name: str) -> None:
    told = [(finding.code, str(finding)) for finding in findings_of(name)]
    for code, words in REFUSED[name]:
        assert any(code is found and words in text for found, text in told), told
    stray = {code for code, _ in told} - {code for code, _ in REFUSED[name]}
    assert stray - {Code.MISSING_KEY} == set()


def test_every_hazard_has_its_answer() -> None:
    with (HAZARDS / "INDEX.csv").open(encoding="utf-8", newline="") as index:
        named = {row["file"] for row in csv.DictReader(index)}
    present = {path.name for path in HAZARDS.iterdir()} - {"INDEX.csv"}
    assert named == present == REFUSED.keys() | READ


def test_words_for_nothing_stay_ids() -> None:
    assert [row.offering_id for row in table_of("c07_na_as_id.csv").records] == ["NA", "None", "nan"]


def test_ids_that_spreadsheets_mangle_stay_as_they_are() -> None:
    assert [row.offering_id for row in table_of("c25_excel_mangled_id.csv").records] == ["00123", "1E5", "2-Mar"]


def test_a_byte_order_mark_is_no_part_of_the_first_header() -> None:
    assert table_of("c16_bom.csv").records[0].price_usd_per_unit_month == Decimal("12500.00")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    findings: list[Finding] = []
    source = Source(HAZARDS / "y11_bom_utf8.yaml", "y11_bom_utf8.yaml")
    plan, _, _ = read_document(source, YamlPlan, findings)
    assert plan is not None
    assert plan.workloads[0].demand_tokens_per_s == 4.2e6


def test_an_exponent_is_a_number_in_tables_and_yaml() -> None:
    findings: list[Finding] = []
    table, _ = read_table(OFFERS, [Source(HAZARDS / "c10_mixed_type_column.csv", "c10")], findings)
    assert table.records[1].max_units == 40


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_other_encodings_are_named(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes("workloads:\n  - id: ch\u00e4t\n".encode(encoding))
    findings: list[Finding] = []
    read_document(Source(path, "plan.yaml"), YamlPlan, findings)
    (finding,) = findings
    assert finding.code is Code.ENCODING
    if encoding == "latin-1":
        assert "byte 0xE4 at offset 21" in finding.found
        assert finding.where.line == 2


def test_no_tag_runs_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    findings_of("y02_python_object_tag.yaml")
    assert list(tmp_path.iterdir()) == []
