"""Every finding code, each with the smallest slip that earns it; nothing else is found beside it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog import reading_csv
from catalog.findings import Code
from catalog.reading_csv import COLUMN_LIMIT
from catalog.reading_yaml import DEPTH_LIMIT, YAML_LIMIT_BYTES
from tests.loading_folder import Folder

FEW_ROWS = 500
SOURCED = "test,2026-11-01"
YAML = "scenario.yaml"
MIGRATION = f"model-m,asic-stack,500000,1,2,,,,{SOURCED}"
MIGRATIONS = (
    "migration,model,stack,engineering_usd,engineering_months,lead_months,ramp_shares,earliest_start,latest_start,"
    f"source,as_of\nmodel-m-on-asic,{MIGRATION}\n"
)
AGREEMENTS = f"agreement,provider,start,years,eligible,source,as_of\nedp,north-cloud,2027-01,1,on_demand,{SOURCED}\n"
TIERS = f"agreement,tier,commitment_usd_per_year,discount_share,source,as_of\nedp,small,100000,0.05,{SOURCED}\n"
CREDITS = (
    "credit,provider,balance_usd,first_month,last_month,eligible,source,as_of\n"
    f"grant,north-cloud,1000,2026-01,2026-12,on_demand,{SOURCED}\n"
)
FAVOURED = (
    "contract,kind,offering,price_usd_per_node_hour,term_months,upfront,upfront_share,firm,most_favoured_of,source,as_of\n"
    f"favoured,reserved,south-asic,18,3,none,0,true,north-on-demand,{SOURCED}\n"
)
VOLUME = (
    "contract,kind,offering,price_usd_per_node_hour,tier_rule,source,as_of\n"
    f"bulk,volume,north-gpu,39,all_units,{SOURCED}\n"
)
SAVINGS = (
    "contract,provider,flexible,term_months,step_usd_per_hour,maximum_usd_per_hour,source,as_of\n"
    f"plan,north-cloud,false,12,1,100,{SOURCED}\n"
)
POWER = f"accelerator,power_kw,source,as_of\ngpu-x,1,{SOURCED}\n"
ENERGY = (
    "region,grid_g_co2e_per_kwh,pue,source,as_of\n"
    f"north-1,400,1.2,{SOURCED}\nsouth-1,100,1.1,{SOURCED}\n"
)
RATES = "contract,covers,price_usd_per_node_hour,source,as_of\n"
BLOCK = (
    "contract,kind,offering,price_usd_per_node_hour,first_day,days,sizes_nodes,source,as_of\n"
    f"block,capacity_block,south-asic,18,2027-04-01,14,1;2,{SOURCED}\n"
)
FORECAST = "workload,month,measure,p10,p50,p90,p50_growth_share_per_month\n"
CHAT_TYPED = "chat,2027-01,16\nchat,2027-02,16\nchat,2027-03,16\n"


def forecast(f: Folder, *rows: str, settings: str = "") -> Folder:
    """The small example with a forecast in place of the demand of chat."""
    if settings:
        f.replace(YAML, "  months: 3", f"  months: 3\n{settings}")
    return f.replace("demand.csv", CHAT_TYPED, "").write("forecast.csv", FORECAST + "\n".join(rows) + "\n")


JOINT, APART = "  forecast_outlooks: joint", "  forecast_outlooks: apart"
CHAT = "chat,2027-01,accepted_requests_per_s"


def four_uncertain(f: Folder) -> Folder:
    """Two workloads more, and forecasts of all four."""
    rows = [f"{name},2027-01,accepted_requests_per_s,1,2,3,0" for name in ("batch", "chat", "search", "voice")]
    for name in ("search", "voice"):
        f.add("workloads.csv", f"{name},model-m,east-coast,chat,500,30,99,0,0,1,1,500,0,98,0")
        f.add("size_classes.csv", f"{name},all,1000,200,1")
    forecast(f, *rows, settings=APART)
    return f.delete("demand.csv")


DEEP = "[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1)

SWAP = (
    "held,offering,nodes,price_usd_per_node_hour,start,end,firm,swap_to,swap_after_months,"
    "swap_price_usd_per_node_hour,source,as_of\n"
    f"north-held-2025,north-gpu,2,25,2025-04,2027-04,true,south-asic,3,20,{SOURCED}\n"
)

OF_TRACES = {code for code in Code if code in (Code.TIME, Code.ZONES) or "IN-940" <= code.value <= "IN-950"}
"""Found in request traces, which are no table of a scenario: tests/test_reading_traces.py and test_trace_shapes.py."""
EXAMPLES: dict[Code, Callable[[Folder], object]] = {
    Code.NO_FILE: lambda f: f.delete(YAML),
    Code.NO_TABLE: lambda f: f.delete("size_classes.csv"),
    Code.FILE_TOO_LARGE: lambda f: f.add(YAML, "#" + "x" * YAML_LIMIT_BYTES),
    Code.ENCODING: lambda f: f.write("regions.csv", "région,north".encode("latin-1")),
    Code.NOT_TEXT: lambda f: f.write("regions.csv", b"PK\x03\x04 and so on"),
    Code.EMPTY: lambda f: f.write("regions.csv", ""),
    Code.LINE_ENDS: lambda f: f.write("regions.csv", "region,geography\rnorth-1,east-coast\r"),
    Code.CHARACTER: lambda f: f.replace("regions.csv", "north-1", "north\u200b-1"),
    Code.UNKNOWN_FILE: lambda f: f.write("claim.csv", "claim\n"),
    Code.NOT_BUNDLED: lambda f: f.add(YAML, "bundled_tables: [demand]"),
    Code.UNREADABLE: lambda f: (f.delete("regions.csv").path / "regions.csv").mkdir(),
    Code.MALFORMED: lambda f: f.add("regions.csv", '"west"-1,west-coast,test'),
    Code.NO_ROWS: lambda f: f.keep("demand.csv", 0),
    Code.MISSING_COLUMN: lambda f: f.replace("regions.csv", "geography,source", "source").replace(
        "regions.csv", "east-coast,", "").replace("regions.csv", "west-coast,", ""),
    Code.UNKNOWN_COLUMN: lambda f: f.replace("offerings.csv", "stock_nodes", "stock_node"),
    Code.REPEATED_COLUMN: lambda f: f.replace("offerings.csv", "quota_nodes", "stock_nodes"),
    Code.RAGGED: lambda f: f.add("quality.csv", "model-m,fp8,gpu-stack"),
    Code.COMMENT: lambda f: f.add("quality.csv", "# end of table,,,,"),
    Code.TOTAL: lambda f: f.add("demand.csv", "Total,,96"),
    Code.TOO_MANY_ROWS: lambda f: f.add("regions.csv", *(f"r{i},geo{i}x,t" for i in range(FEW_ROWS))),
    Code.TOO_MANY_COLUMNS: lambda f: f.write("regions.csv", "a," * COLUMN_LIMIT + "b\n"),
    Code.LONG_TEXT: lambda f: f.replace("quality.csv", "invented", "x" * 1001),
    Code.SEPARATOR: lambda f: f.write("regions.csv", "region;geography\nnorth-1;east-coast\n"),
    Code.OTHER_KIND: lambda f: f.replace("contracts.csv", "north-gpu,40,,", "north-gpu,40,12,"),
    Code.REPEATED: lambda f: f.add("demand.csv", "chat,2027-02,17"),
    Code.LOOK_ALIKE: lambda f: f.replace("offerings.csv", "south-cloud", "North.Cloud"),
    Code.BLANK: lambda f: f.replace("accelerators.csv", ",96,", ",,"),
    Code.NUMBER: lambda f: f.replace("accelerators.csv", ",96,", ",96GB,"),
    Code.PERCENT: lambda f: f.replace(YAML, "cap_share: 0.7", "cap_share: 70%"),
    Code.AMBIGUOUS: lambda f: f.add(
        "models.csv", f'model-m,bf16,"1.234,56",160,{SOURCED},measured', f"model-m,fp4,1.234,160,{SOURCED},measured"),
    Code.TINY: lambda f: f.replace("accelerators.csv", ",96,", ",96e-12,"),
    Code.HUGE: lambda f: f.replace("accelerators.csv", ",96,", ",96e20,"),
    Code.NOT_WHOLE: lambda f: f.replace("held_contracts.csv", ",2,25,", ",2.5,25,"),
    Code.DECIMALS: lambda f: f.replace("held_contracts.csv", ",2,25,", ",2,25.000000001,"),
    Code.BOOLEAN: lambda f: f.replace("held_contracts.csv", ",true,", ",yes,"),
    Code.DATE: lambda f: f.replace("models.csv", "2026-11-01", "01/11/2026"),
    Code.MONTH: lambda f: f.replace("held_contracts.csv", "2025-04", "Apr-25"),
    Code.CHOICE: lambda f: f.replace("accelerators.csv", ",custom,", ",asic,"),
    Code.ID: lambda f: f.replace("accelerators.csv", "gpu-maker", "gpu maker"),
    Code.RANGE: lambda f: f.replace("workloads.csv", ",0.8,", ",80,"),
    Code.CONTRADICTION: lambda f: f.replace("contracts.csv", ",none,0,", ",none,0.5,"),
    Code.SYNTAX: lambda f: f.replace(YAML, "  months: 3", "\tmonths: 3"),
    Code.ALIAS: lambda f: f.replace(YAML, "scenario: small", "scenario: &name small"),
    Code.TAG: lambda f: f.replace(YAML, "scenario: small", "scenario: !!str small"),
    Code.REPEATED_KEY: lambda f: f.replace(YAML, "  months: 3", "  months: 3\n  months: 4"),
    Code.TWO_DOCUMENTS: lambda f: f.add(YAML, "---", "scenario: second"),
    Code.UNKNOWN_KEY: lambda f: f.replace(YAML, "  load_blocks:", "  load_block:"),
    Code.MISSING_KEY: lambda f: f.replace(YAML, "  order_date: 2026-12-15\n", ""),
    Code.SHAPE: lambda f: f.replace(YAML, "scenario: small", "scenario: [small]"),
    Code.DEPTH: lambda f: f.add(YAML, f"more: {DEEP}"),
    Code.REFERENCE: lambda f: f.replace("held_contracts.csv", ",north-gpu,", ",north-gpus,"),
    Code.NO_POINTS: lambda f: f.add("models.csv", f"model-n,fp8,70,160,{SOURCED},measured").replace(
        "workloads.csv", "batch,model-m", "batch,model-n"),
    Code.NO_PRECISION: lambda f: f.replace("goodput_points.csv", "asic-y-long,asic-y-curve,model-m,fp8",
                                           "asic-y-long,asic-y-curve,model-m,bf16"),
    Code.STACK: lambda f: f.replace("goodput_points.csv", "asic-stack", "gpu-stack"),
    Code.NO_GROUP: lambda f: f.replace(YAML, "name: north-cloud", "name: nord-cloud"),
    Code.SHARES: lambda f: f.add("size_classes.csv", "batch,tag,1000,10,0.1"),
    Code.NO_CLASSES: lambda f: f.keep("size_classes.csv", 1),
    Code.NO_MONTH: lambda f: f.keep("demand.csv", 5),
    Code.OUTSIDE: lambda f: f.add("demand.csv", "chat,2027-04,16"),
    Code.HOURS: lambda f: f.keep("hourly_load.csv", 167),
    Code.STOCK: lambda f: f.replace("offerings.csv", ",30,20,5,", ",30,,5,"),
    Code.EXPIRED: lambda f: f.replace("contracts.csv", "2026-12-31", "2026-12-14"),
    Code.NO_START: lambda f: f.replace("offerings.csv", ",0.6,14,", ",0.6,90,"),
    Code.MINIMUM: lambda f: f.replace("contracts.csv", ",true,1,2,", ",true,1,21,"),
    Code.NO_RULE: lambda f: f.replace("contracts.csv", "list price x 0.6", ""),
    Code.TWICE_ON_DEMAND: lambda f: f.add("contracts.csv",
                                          f"north-cheaper,on_demand,north-gpu,39,,,,,,,,,,,,,,{SOURCED}"),
    Code.NO_FIGURE: lambda f: f.add(YAML, "  carbon:", "    - {rule: clean, window: year, limit_t_co2e: 10}").write(
        "accelerator_power.csv", POWER).write("region_energy.csv", ENERGY),
    Code.TWO_SOURCES: lambda f: f.write("forecast.csv", f"{FORECAST}{CHAT},,16,,0\n"),
    Code.QUANTILES: lambda f: forecast(f, f"{CHAT},17,16,20,0", settings=JOINT),
    Code.NO_FACTOR: lambda f: forecast(f, f"{CHAT},0,0,20,0", settings=JOINT),
    Code.TOO_MANY_OUTLOOKS: lambda f: four_uncertain(f),
    Code.OUTLOOKS_TWICE: lambda f: forecast(f, f"{CHAT},1,16,20,0", settings=JOINT).write(
        "outlooks.csv", "outlook,probability\nbase,1\n"
    ),
    Code.OUT_OF_SERVICE: lambda f: f.write("model_dates.csv", "model,launch_date\nmodel-m,2027-02-01\n").replace(
        "demand.csv", "batch,2027-01,16", "batch,2027-01,0"
    ),
    Code.TAGGED_TWICE: lambda f: f.write(
        "tags.csv", "workload,kind,tag,token_share\nchat,customer,acme,0.6\nchat,customer,bolt,0.5\n"
    ),
    Code.SAYS_NOTHING: lambda f: forecast(f, f"{CHAT},,16,,0", "chat,2026-11,accepted_requests_per_s,,16,,0"),
    Code.QUANTILES_UNUSED: lambda f: forecast(f, f"{CHAT},1,16,20,0"),
    Code.CUT_MONTH: lambda f: forecast(f, f"{CHAT},,16,,0").write(
        "model_dates.csv", "model,retirement_date\nmodel-m,2027-03-16\n"
    ),
    Code.NOTHING_UNCERTAIN: lambda f: f.replace(YAML, "  months: 3", f"  months: 3\n{JOINT}"),
    Code.PROBABILITIES: lambda f: f.write("outlooks.csv", "outlook,probability\nbase,0.6\nhigh,0.3\n"),
    Code.TWICE_MIGRATED: lambda f: f.write("migrations.csv", MIGRATIONS.replace("\n", f"\nport,{MIGRATION}\n", 1)),
    Code.TIERS: lambda f: f.write("agreements.csv", AGREEMENTS),
    Code.TWO_AGREEMENTS: lambda f: f.write("agreement_tiers.csv", f"{TIERS}macc,small,100000,0.05,{SOURCED}\n").write(
        "agreements.csv", f"{AGREEMENTS}macc,north-cloud,2027-02,1,spot,{SOURCED}\n"),
    Code.OVER: lambda f: f.write("credits.csv", CREDITS),
    Code.VOLUME_TIERS: lambda f: f.write("contracts.volume.csv", VOLUME),
    Code.COVERS_NOTHING: lambda f: f.write("spend_commitments.csv", SAVINGS),
    Code.NOT_COVERABLE: lambda f: f.write("spend_commitments.csv", SAVINGS).write(
        "covered_rates.csv", f"{RATES}plan,north-spot,9,{SOURCED}\n"),
    Code.ABOVE_ON_DEMAND: lambda f: f.write("spend_commitments.csv", SAVINGS).write(
        "covered_rates.csv", f"{RATES}plan,north-on-demand,41,{SOURCED}\n"),
    Code.NO_SUCH_PATH: lambda f: f.change("contracts.north-on-demand.price_usd=39"),
    Code.NOTHING_MATCHES: lambda f: f.change("contracts.west-*.price_usd_per_node_hour=39"),
    Code.NOT_RELATIVE: lambda f: f.change("offerings.north-gpu.provider=+10%"),
    Code.NO_SIGN: lambda f: f.change("contracts.north-on-demand.price_usd_per_node_hour=10%"),
    Code.NOT_WHOLE_ANY_MORE: lambda f: f.change("held_contracts.north-held-2025.nodes=*1.3"),
    Code.ALREADY_THERE: lambda f: f.change("add contracts.north-spot like north-on-demand"),
    Code.NOT_A_CHANGE: lambda f: f.change("contracts.north-on-demand"),
    Code.CIRCLE: lambda f: f.write("variants.yaml", "variants: [{variant: a, of: [b]}, {variant: b, of: [a]}]"),
    Code.HELD_ENDS: lambda f: f.replace("held_contracts.csv", "2027-04", "2027-01"),
    Code.BUNDLED_UNUSED: lambda f: f.add(YAML, "bundled_tables: [regions]"),
    Code.SWAP: lambda f: f.write("held_contracts.csv", SWAP),
    Code.MOST_FAVOURED: lambda f: f.write("contracts.favoured.csv", FAVOURED),
    Code.BLOCK_TOO_LATE: lambda f: f.write("contracts.block.csv", BLOCK),
    Code.NO_TERMS: lambda f: f.add("offerings.csv",
                                   f"third,north-cloud,north-1,gpu-x,4,40,1,1,1,0,false,,{SOURCED}"),
    Code.GATE_TOO_LATE: lambda f: f.write("migrations.csv", MIGRATIONS.replace(",1,2,", ",1,3,")),
    Code.WORK_OUTSIDE: lambda f: f.write("migrations.csv", MIGRATIONS.replace(",,,,", ",,2027-04,,")),
    Code.OPENS_NOTHING: lambda f: f.add("models.csv", f"model-n,fp8,70,160,{SOURCED},measured").write(
        "migrations.csv", MIGRATIONS.replace("model-m", "model-n")),
    Code.PASSED_OVER: lambda f: f.change(
        "policy.unknown_stock_nodes=5", "offerings.south-asic.stock_nodes=", "offerings.*.stock_nodes=+1"),
    Code.NOTHING_REVEALED: lambda f: f.replace(YAML, "  months: 3", "  months: 3\n  reveal_month: 2027-02"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of rows, lowered so that crossing it takes no time."""
    monkeypatch.setattr(reading_csv, "ROW_LIMIT", FEW_ROWS)


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: f"{code.value}: {code.meaning}")
def test_a_slip_is_told_by_its_code_without_what_follows_from_it(code: Code, tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    EXAMPLES[code](folder)
    beside = {
        Code.AMBIGUOUS: {Code.NUMBER},
        Code.SHAPE: {Code.MISSING_KEY},
    }.get(code, set())
    found = set(folder.codes())
    assert code in found
    assert found - beside == {code}


def test_every_finding_code_has_an_example() -> None:
    assert set(EXAMPLES) | OF_TRACES == set(Code)


def test_codes_are_never_used_for_two_things() -> None:
    assert len({code.value for code in Code}) == len(Code)
    assert all(code.meaning and code.value.startswith("IN-") for code in Code)
