"""Capacity blocks, owned hardware and sites.csv: what is read, and what is refused in which cell."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from contracts.calendar import Month
from tests.loading_folder import Folder

SOURCED = "test,2026-11-01"
BLOCKS = "contract,kind,offering,price_usd_per_node_hour,first_day,days,sizes_nodes,source,as_of\n"
BLOCK = "south-block,capacity_block,south-asic,18,2027-02-15,28,1;2;4"
OWNED = (
    "contract,kind,offering,price_usd_per_node_hour,term_months,firm,lot_nodes,capex_usd_per_node,residual_usd_per_node,"
    "upkeep_usd_per_node_month,power_kw_per_node,power_price_usd_per_kwh,pue,rack_units_per_node,site,source,as_of\n"
)
HARDWARE = "south-own,owned,south-asic,,48,true,2,250000,20000,900,12.5,0.08,1.2,8,hall-1"
SITES = "site,power_kw,rack_units,source,as_of\nhall-1,120,84,test,2026-11-01\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def with_block(folder: Folder, row: str = BLOCK) -> Folder:
    return folder.write("contracts.block.csv", f"{BLOCKS}{row},{SOURCED}\n")


def with_hardware(folder: Folder, row: str = HARDWARE, sites: str = SITES) -> Folder:
    return folder.write("contracts.own.csv", f"{OWNED}{row},{SOURCED}\n").write("sites.csv", sites)


def test_a_block_is_read_as_it_is_written(folder: Folder) -> None:
    (terms,) = with_block(folder).load().scenario.capacity_blocks
    assert (terms.first_day, terms.end_day, terms.sizes_nodes) == (date(2027, 2, 15), date(2027, 3, 15), (1, 2, 4))
    assert (terms.start, terms.end) == (Month(2027, 2), Month(2027, 4))
    assert [terms.hours_in(Month(2027, m)) for m in (1, 2, 3, 4)] == [0, 14 * 24, 14 * 24, 0]


def test_hardware_and_its_site_are_read_as_they_are_written(folder: Folder) -> None:
    scenario = with_hardware(folder).load().scenario
    (terms,), (site,) = scenario.owned, scenario.sites
    assert (terms.capex_usd_per_node, terms.price_usd_per_node_hour) == (250000, 0)
    assert terms.site_power_kw_per_node == Decimal("15")
    assert (site.site, site.power_kw, site.rack_units) == ("hall-1", 120, 84)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param("1;2;4", "", Code.BLANK, "sizes_nodes", id="no size"),
        pytest.param("1;2;4", "0;2", Code.RANGE, "sizes_nodes", id="a size of nothing"),
        pytest.param("1;2;4", "21;30", Code.MINIMUM, "sizes_nodes", id="all sizes above the stock"),
        pytest.param(",28,", ",0,", Code.RANGE, "days", id="no days"),
        pytest.param("2027-02-15", "2027-02-30", Code.DATE, "first_day", id="no such day"),
        pytest.param("2027-02-15", "2026-12-28", Code.BLOCK_TOO_LATE, "first_day", id="before the horizon"),
        pytest.param("2027-02-15", "2027-04-01", Code.BLOCK_TOO_LATE, "first_day", id="after the horizon"),
    ],
)
def test_a_block_that_cannot_be_bought_is_told_in_its_cell(
    folder: Folder, old: str, new: str, code: Code, column: str
) -> None:
    assert old in BLOCK
    finding = with_block(folder, BLOCK.replace(old, new)).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("contracts.block.csv", 2)


def test_a_block_that_should_have_been_signed_does_not_stop_a_plan(folder: Folder) -> None:
    """Fourteen days of lead time before 31 December are 17 December; with 20 days it was the 11th."""
    with_block(folder, BLOCK.replace("2027-02-15", "2027-01-01"))
    assert folder.findings() == ()
    folder.replace("offerings.csv", "4,30,20,5,0.6,14,", "4,30,20,5,0.6,20,")
    assert Code.BLOCK_TOO_LATE in folder.codes()


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param("hall-1", "hall-2", Code.REFERENCE, "site", id="no such site"),
        pytest.param(",,48", ",5,48", Code.CONTRADICTION, None, id="a price of the hour"),
        pytest.param("250000,20000", "250000,250001", Code.CONTRADICTION, None, id="worth more than it cost"),
        pytest.param("250000,", "0,", Code.RANGE, "capex_usd_per_node", id="for nothing"),
        pytest.param(",1.2,", ",0.9,", Code.RANGE, "pue", id="less power than the node"),
        pytest.param(",12.5,", ",60,", Code.MINIMUM, "power_kw_per_node", id="more power than the site has"),
        pytest.param(",8,hall", ",50,hall", Code.MINIMUM, "rack_units_per_node", id="more space than the site has"),
        pytest.param("true,2,", "true,22,", Code.MINIMUM, "lot_nodes", id="a lot above the stock"),
    ],
)
def test_hardware_that_cannot_be_bought_is_refused_in_its_cell(
    folder: Folder, old: str, new: str, code: Code, column: str | None
) -> None:
    assert old in HARDWARE
    sites = SITES.replace("120,84", "1000,400") if "true,2," in old else SITES
    finding = with_hardware(folder, HARDWARE.replace(old, new), sites).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("contracts.own.csv", 2)


def test_hardware_without_any_site_is_refused(folder: Folder) -> None:
    with_hardware(folder).delete("sites.csv")
    assert (folder.only().code, folder.only().where.column) == (Code.REFERENCE, "site")
