"""Contracts of kind volume and volume_tiers.csv: how they are read, and what is said of them when they are wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from contracts.terms.volume import TierRule
from tests.loading_folder import Folder

SOURCED = "test,2026-11-01"
CONTRACTS = "contract,kind,offering,price_usd_per_node_hour,tier_rule,window_months,source,as_of\n"
GOOD = "bulk,volume,north-gpu,39,all_units,3"
TIERS = "contract,from_node_hours,price_usd_per_node_hour,source,as_of\n"
PRICES = ("bulk,0,39", "bulk,5000,35", "bulk,20000,28.5")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def with_volume(folder: Folder, row: str = GOOD, prices: tuple[str, ...] = PRICES) -> Folder:
    folder.write("contracts.volume.csv", f"{CONTRACTS}{row},{SOURCED}\n")
    return folder.write("volume_tiers.csv", TIERS + "".join(f"{price},{SOURCED}\n" for price in prices))


def test_tiers_are_read_as_they_are_written_in_any_order(folder: Folder) -> None:
    scenario = with_volume(folder, prices=PRICES[::-1]).load().scenario
    (terms,) = scenario.volume
    assert (terms.tier_rule, terms.window_months) == (TierRule.ALL_UNITS, 3)
    assert [row.from_node_hours for row in scenario.volume_tiers] == [0, 5000, 20000]
    assert scenario.volume_tiers[2].price_usd_per_node_hour == Decimal("28.5")


@pytest.mark.parametrize(
    ("prices", "code", "file", "column"),
    [
        pytest.param(("bulk,1,39",), Code.VOLUME_TIERS, "volume_tiers.csv", "from_node_hours", id="not from 0"),
        pytest.param(
            ("bulk,0,40", "bulk,9,30"), Code.VOLUME_TIERS, "volume_tiers.csv", "price_usd_per_node_hour", id="price"
        ),
        pytest.param(
            ("bulk,0,39", "bulk,9,41"), Code.VOLUME_TIERS, "volume_tiers.csv", "price_usd_per_node_hour", id="rising"
        ),
        pytest.param(("bulk,0,39", "bulk,0,38"), Code.REPEATED, "volume_tiers.csv", None, id="one threshold twice"),
        pytest.param(
            ("bulk,0,39", "bulks,9,38"), Code.REFERENCE, "volume_tiers.csv", "contract", id="no such contract"
        ),
        pytest.param(
            ("bulk,0,39", "north-spot,0,15"), Code.VOLUME_TIERS, "volume_tiers.csv", "contract", id="another kind"
        ),
        pytest.param(
            ("north-spot,0,15",), Code.VOLUME_TIERS, "contracts.volume.csv", "contract", id="none of its own"
        ),
    ],
)
def test_tiers_that_are_no_price_list_are_refused(
    folder: Folder, prices: tuple[str, ...], code: Code, file: str, column: str | None
) -> None:
    found = with_volume(folder, prices=prices).findings()
    assert (code, file, column) in {(f.code, f.where.file, f.where.column) for f in found}
    assert {finding.code for finding in found} == {code}


def test_prices_part_by_part_may_rise(folder: Folder) -> None:
    row = GOOD.replace("all_units", "incremental")
    assert with_volume(folder, row, ("bulk,0,39", "bulk,9,41")).findings() == ()


def test_volume_needs_a_quota(folder: Folder) -> None:
    folder.keep("contracts.csv", 1).replace("offerings.csv", ",20,10,0.8,", ",20,,0.8,")
    with_volume(folder)
    assert Code.STOCK in folder.codes()
