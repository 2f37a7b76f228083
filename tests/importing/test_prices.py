"""Prices of a SkyPilot catalog become offerings with contracts, those of litellm API offers; unknowns stay unknown."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.findings import Code
from contracts.terms.api import ApiOffer
from reports.exits import Exit
from scenarios.inputs import Inputs
from scenarios.scenario import Scenario
from tests.importing.folders import a_csv, a_folder, brought_in, is_right, reasons
from tests.tiny_folder import planned

DAY = ("--as-of", "2026-11-01")
VMS = "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,Region,GpuInfo,SpotPrice"
EIGHT = "gpu-8,GPU A,8,128,1600,23.60,a,\"{'Gpus': [{'Name': 'A', 'Count': 8}]}\",10.00"
PRICES = Path(__file__).parent / "data" / "litellm_excerpt.json"


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """The tiny fleet with a bound for what is unknown, and a region that is called as a provider's would be."""
    policy = "policy:\n  unknown_stock_nodes: 5\n  unknown_quota_nodes: 5\n"
    made = a_folder(tmp_path, {"scenario.yaml": ("policy:\n", policy)})
    with (made / "regions.csv").open("a", encoding="utf-8") as regions:
        regions.write("cloud-b-a,geo-a\n")
    return made


@pytest.fixture
def chips(tmp_path: Path) -> Path:
    return a_csv(tmp_path, "column,name,stands_for", "accelerator,GPU A,gpu-a", name="names.csv")


def skypilot(file: Path, fleet: Path, chips: Path, *options: str) -> Any:
    given = ("--provider", "cloud-b", "--names", chips, *DAY, *options, "--json")
    return json.loads(brought_in("skypilot", file, fleet, *given).out)


def loaded(fleet: Path) -> Scenario:
    return Inputs.read(fleet).load().scenario


def test_a_machine_with_chips_becomes_an_offering_that_can_be_had_by_the_hour(
    tmp_path: Path, fleet: Path, chips: Path
) -> None:
    file = a_csv(tmp_path, VMS, EIGHT, "cpu-4,,0,4,16,0.0992,a,,")
    told = skypilot(file, fleet, chips, "--source", "price list 8", "--licence", "none stated")
    assert told["rows_in"] == {"offerings.skypilot.csv": 1, "contracts.skypilot.csv": 1}
    assert told["notes"][0] == "1 rows are machines without an accelerator"
    assert "spot price, which is not imported" in told["notes"][1]
    (offering,) = (each for each in loaded(fleet).catalog.offerings if each.offering != "node-a")
    assert (offering.offering, offering.provider, offering.region) == ("cloud-b-a-gpu-8", "cloud-b", "cloud-b-a")
    assert (offering.accelerators_per_node, offering.list_price_usd_per_node_hour) == (8, Decimal("23.60"))
    assert (offering.stock_nodes, offering.quota_nodes) == (None, None)
    assert (offering.source, offering.licence) == ("price list 8; gpu-8 in a", "none stated")
    (terms,) = (each for each in loaded(fleet).contracts if each.offering == offering.offering)
    assert (terms.kind, terms.price_usd_per_node_hour) == ("on_demand", Decimal("23.60"))


def test_the_plan_buys_what_was_imported_where_it_is_cheaper(tmp_path: Path, fleet: Path, chips: Path) -> None:
    """Eight chips for 23.60 an hour against one for 10: an eighth of a node, 1,416 hours x 2.95 = 4,177.20 USD."""
    skypilot(a_csv(tmp_path, VMS, EIGHT), fleet, chips)
    plan = planned(Inputs.read(fleet))
    assert {usage.contract for usage in plan.usages} == {"cloud-b-a-gpu-8-od"}
    assert plan.totals.effective_usd == Decimal("4177.20")


def test_a_new_price_list_replaces_the_old_one(tmp_path: Path, fleet: Path, chips: Path) -> None:
    skypilot(a_csv(tmp_path, VMS, EIGHT), fleet, chips)
    told = skypilot(a_csv(tmp_path, VMS, EIGHT.replace("23.60", "20.00")), fleet, chips)
    assert (told["imported"], told["replaced"]) == (2, 2)
    assert {each.price_usd_per_node_hour for each in loaded(fleet).contracts} == {Decimal(10), Decimal(20)}


def test_zones_of_one_price_are_one_offering_and_zones_of_two_prices_none(
    tmp_path: Path, fleet: Path, chips: Path
) -> None:
    zones = [
        f"{EIGHT},a1",
        f"{EIGHT},a2",
        f"{EIGHT},a3".replace("gpu-8", "gpu-9"),
        f"{EIGHT},a4".replace("gpu-8", "gpu-9"),
    ]
    zones[3] = zones[3].replace("23.60", "24")
    told = skypilot(a_csv(tmp_path, f"{VMS},AvailabilityZone", *zones), fleet, chips)
    assert (told["imported"], told["repeated"]) == (2, 1)
    assert reasons(told) == [(4, "Price", Code.CONTRADICTION), (5, "Price", Code.CONTRADICTION)]


@pytest.mark.parametrize(
    ("old", "new", "column", "code"),
    [
        ("GPU A", "GPU B", "AcceleratorName", Code.REFERENCE),
        ("23.60", "", "Price", Code.BLANK),
        ("23.60", "0", "Price", Code.RANGE),
        (",8,128", ",0.5,128", "AcceleratorCount", Code.NOT_WHOLE),
        (",a,", ",b,", "Region", Code.REFERENCE),
        ("gpu-8", "", "InstanceType", Code.BLANK),
    ],
)
def test_a_machine_that_cannot_be_planned_with_is_refused(
    tmp_path: Path, fleet: Path, chips: Path, old: str, new: str, column: str, code: Code
) -> None:
    told = skypilot(a_csv(tmp_path, VMS, EIGHT.replace(old, new, 1)), fleet, chips)
    assert reasons(told) == [(2, column, code)]


def test_a_node_that_the_scenario_offers_already_is_not_offered_twice(tmp_path: Path, fleet: Path, chips: Path) -> None:
    one = "gpu-1,GPU A,1,16,200,2.95,a,,"
    offerings = fleet / "offerings.csv"
    text = offerings.read_text(encoding="utf-8").replace("cloud-a,region-a", "cloud-b,cloud-b-a")
    offerings.write_text(text, encoding="utf-8")
    told = skypilot(a_csv(tmp_path, VMS, one), fleet, chips)
    assert reasons(told) == [(2, "InstanceType", Code.REPEATED)]
    assert "node-a" in told["refused"][0]["found"]


def test_without_a_bound_for_unknown_quotas_offering_and_contract_fall_together(tmp_path: Path, chips: Path) -> None:
    fleet = a_folder(tmp_path)
    (fleet / "regions.csv").write_text("region,geography\nregion-a,geo-a\ncloud-b-a,geo-a\n", encoding="utf-8")
    told = skypilot(a_csv(tmp_path, VMS, EIGHT), fleet, chips)
    assert reasons(told) == [(2, "quota_nodes", Code.STOCK)]
    assert told["written"] == []
    assert is_right(fleet)


OFFERS = (
    "listed_as,api,region,model,quality_score,input_tok_per_s_limit,output_tok_per_s_limit,ttft_ms,tpot_ms,percentile"
)
LITE = "amazon.nova-2-lite-v1:0,lite,region-a,model-a,95,1000000,100000,400,20,99"


def litellm(tmp_path: Path, fleet: Path, *offers: str, file: Path = PRICES) -> Any:
    stated = a_csv(tmp_path, OFFERS, *offers, name="offers.csv")
    return json.loads(brought_in("litellm", file, fleet, "--offers", stated, *DAY, "--json").out)


def test_prices_by_the_token_become_prices_by_the_million_exactly(tmp_path: Path, fleet: Path) -> None:
    told = litellm(tmp_path, fleet, LITE)
    assert (told["read"], told["imported"], told["left_out"]) == (4, 1, 3)
    (offer,) = loaded(fleet).api_offers
    assert isinstance(offer, ApiOffer)
    assert offer.price_usd_per_mtok_input == Decimal("0.3")
    assert offer.price_usd_per_mtok_cached_input == Decimal("0.075")
    assert offer.price_usd_per_mtok_output == Decimal("2.5")
    assert (offer.provider, offer.longest_request_tok, offer.ttft_ms) == ("bedrock_converse", 1000000, 400)
    assert "amazon.nova-2-lite-v1:0" in offer.source


def test_without_a_listed_price_cached_input_costs_what_input_costs(tmp_path: Path, fleet: Path) -> None:
    litellm(tmp_path, fleet, LITE.replace("nova-2-lite", "nova-lite"))
    (offer,) = loaded(fleet).api_offers
    assert offer.price_usd_per_mtok_cached_input == offer.price_usd_per_mtok_input == Decimal("0.06")


def test_what_is_not_listed_or_does_not_answer_in_tokens_is_refused(tmp_path: Path, fleet: Path) -> None:
    told = litellm(tmp_path, fleet, LITE.replace("2-lite", "3-lite"), LITE.replace("2-lite", "canvas"))
    assert {each["column"] for each in told["refused"]} >= {"listed_as", "mode"}
    assert "did you mean" in told["refused"][-1]["hint"] or "did you mean" in told["refused"][0]["hint"]
    assert told["written"] == []


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"deprecation_date": "2026-10-31"}, "deprecation_date"),
        ({"cache_read_input_token_cost": 4e-07}, "cache_read_input_token_cost"),
        ({"input_cost_per_token_above_200k_tokens": 6e-07}, "input_cost_per_token_above_200k_tokens"),
        ({"input_cost_per_token": None}, "input_cost_per_token"),
    ],
)
def test_an_entry_that_has_no_one_price_is_refused(
    tmp_path: Path, fleet: Path, change: dict[str, object], column: str
) -> None:
    prices = json.loads(PRICES.read_text(encoding="utf-8"))
    prices["amazon.nova-2-lite-v1:0"] |= change
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(prices), encoding="utf-8")
    told = litellm(tmp_path, fleet, LITE, file=file)
    assert [each["column"] for each in told["refused"]] == [column]


def test_offers_are_read_strictly(tmp_path: Path, fleet: Path) -> None:
    offers = a_csv(tmp_path, OFFERS, LITE.replace("99", "42"), name="offers.csv")
    done = brought_in("litellm", PRICES, fleet, "--offers", offers, *DAY)
    assert done.exit == Exit.BAD_INPUT
    assert "percentile" in done.out
