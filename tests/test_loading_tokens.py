"""api_offers.csv and provisioned.csv: how they are read, and what is said where they are wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from tests.loading_folder import Folder
from tests.proving import planned, with_policy

OFFERS = (
    "api,provider,region,model,quality_score,price_usd_per_mtok_input,price_usd_per_mtok_cached_input,"
    "price_usd_per_mtok_output,input_tok_per_s_limit,output_tok_per_s_limit,ttft_ms,tpot_ms,percentile,"
    "longest_request_tok,quote_valid_until,fictitious,pricing_rule,source,as_of\n"
)
GOOD = "token-m,token-cloud,north-1,model-m,99,0.3,0.15,0.9,50000,20000,300,20,99,8000,,true,round figures"
UNITS = (
    "contract,api,term_months,price_usd_per_unit_hour,input_tok_per_s_per_unit,output_tok_per_s_per_unit,step_units,"
    "minimum_units,maximum_units,latest_start,quote_valid_until,fictitious,pricing_rule,source,as_of\n"
)
UNIT = "token-m-units,token-m,3,2,5000,1000,2,4,20,2027-02,2026-12-31,true,round figures"
SOURCED = "invented for this test,2026-11-01"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def with_offer(folder: Folder, row: str = GOOD, unit: str | None = None) -> Folder:
    folder.write("api_offers.csv", f"{OFFERS}{row},{SOURCED}\n")
    return folder if unit is None else folder.write("provisioned.csv", f"{UNITS}{unit},{SOURCED}\n")


def test_offers_and_units_are_read_as_they_are_written(folder: Folder) -> None:
    scenario = with_offer(folder, unit=UNIT).load().scenario
    (offer,), (units,) = scenario.api_offers, scenario.provisioned
    assert (offer.price_usd_per_mtok_cached_input, offer.percentile) == (Decimal("0.15"), 99)
    assert (units.api, units.fewest_steps, units.most_steps) == ("token-m", 2, 10)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param("north-1", "north-9", Code.REFERENCE, "region", id="no such region"),
        pytest.param("model-m,", "model-n,", Code.REFERENCE, "model", id="a model that nobody asks for"),
        pytest.param("0.3,0.15", "0.3,0.4", Code.CONTRADICTION, None, id="cached input dearer than other input"),
        pytest.param("20,99,", "20,98,", Code.CHOICE, "percentile", id="a percentile of which nothing is known"),
        pytest.param("50000", "0", Code.RANGE, "input_tok_per_s_limit", id="a limit of nothing"),
        pytest.param("0.9", "$0.9", Code.NUMBER, "price_usd_per_mtok_output", id="a price with its sign"),
        pytest.param("round figures", "", Code.NO_RULE, "pricing_rule", id="fictitious without a rule"),
        pytest.param(",,true", ",2026-12-14,true", Code.EXPIRED, "quote_valid_until", id="a quote that has expired"),
        pytest.param("token-m,", "north-spot,", Code.REPEATED, "api", id="the name of a contract"),
    ],
)
def test_an_offer_that_cannot_be_bought_is_refused(
    folder: Folder, old: str, new: str, code: Code, column: str | None
) -> None:
    assert old in GOOD
    finding = with_offer(folder, GOOD.replace(old, new, 1)).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("api_offers.csv", 2)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param("units,token-m", "units,token-n", Code.REFERENCE, "api", id="no such offer"),
        pytest.param("2,4,20", "2,21,20", Code.CONTRADICTION, None, id="a minimum above the maximum"),
        pytest.param("2,4,20", "21,4,20", Code.CONTRADICTION, None, id="a step above the maximum"),
        pytest.param("2027-02", "2026-12", Code.NO_START, "latest_start", id="a window before the horizon"),
        pytest.param("2026-12-31", "2026-12-14", Code.EXPIRED, "quote_valid_until", id="a quote that has expired"),
        pytest.param("token-m-units", "north-held-2025", Code.REPEATED, "contract", id="the name of a held contract"),
        pytest.param("round figures", "", Code.NO_RULE, "pricing_rule", id="fictitious without a rule"),
    ],
)
def test_units_that_cannot_be_signed_are_refused(
    folder: Folder, old: str, new: str, code: Code, column: str | None
) -> None:
    assert old in UNIT
    finding = with_offer(folder, unit=UNIT.replace(old, new, 1)).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("provisioned.csv", 2)


def test_a_model_that_an_api_serves_needs_neither_memory_nor_points(folder: Folder) -> None:
    with_offer(folder, GOOD.replace("model-m,99", "model-t,99"))
    folder.replace("workloads.csv", "batch,model-m", "batch,model-t")
    assert folder.codes() == []


def test_a_cap_may_name_a_provider_that_only_has_an_api(folder: Folder) -> None:
    with_offer(folder).replace("scenario.yaml", 'group: "*"', "group: token-cloud")
    assert folder.codes() == []


def test_the_small_example_with_an_api_is_planned(folder: Folder) -> None:
    """Tokens are cheaper than nodes that would have to be rented beside those that are held."""
    scenario = with_offer(folder, unit=UNIT).load().scenario
    plan = planned(with_policy(scenario, concentration=(), contingencies=()))
    assert plan.api_placements
    assert plan.totals.objective_usd < planned(
        with_policy(scenario, concentration=(), contingencies=()).model_copy(
            update={"api_offers": (), "provisioned": ()}
        )
    ).totals.objective_usd
