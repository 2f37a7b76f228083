"""Rights in held_contracts.csv and contracts.csv: what is read, and what is said of a right that cannot be."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from tests.loading_folder import Folder

SOURCED = "test,2026-11-01"
HELD = (
    "held,offering,nodes,price_usd_per_node_hour,start,end,firm,upfront_share,terminable_after_months,"
    "termination_notice_days,termination_fee_share,swap_to,swap_after_months,swap_price_usd_per_node_hour,"
    "renewal_months,renewals_at_most,renewal_price_factor,renewal_notice_days,auto_renews,source,as_of\n"
)
GOOD = "spare,north-gpu,2,25,2026-04,2027-03,true,0,6,30,0.25,north-large,6,40,3,2,1.05,60,true"
LARGE = f"north-large,north-cloud,north-1,gpu-x,8,80,4,0,0.8,14,true,twice north-gpu,{SOURCED}"
RESERVED = (
    "contract,kind,offering,price_usd_per_node_hour,term_months,upfront,upfront_share,firm,terminable_after_months,"
    f"source,as_of\nlong,reserved,south-asic,18,3,none,0,true,3,{SOURCED}\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path).add("offerings.csv", LARGE)


def with_rights(folder: Folder, row: str = GOOD) -> Folder:
    return folder.write("held_contracts.spare.csv", f"{HELD}{row},{SOURCED}\n")


def test_rights_are_read_as_they_are_written(folder: Folder) -> None:
    loaded = with_rights(folder).load()
    spare = next(row for row in loaded.scenario.held_contracts if row.held == "spare")
    assert (spare.terminable_after_months, spare.termination_notice_days, spare.termination_fee_share) == (6, 30, 0.25)
    assert (spare.swap_to, spare.swap_after_months, spare.swap_price_usd_per_node_hour) == ("north-large", 6, 40)
    assert (spare.renewal_months, spare.renewals_at_most, spare.renewal_price_factor) == (3, 2, Decimal("1.05"))
    assert (spare.renewal_notice_days, spare.auto_renews) == (60, True)
    assert not loaded.warnings, "an offering that can be swapped to has terms"


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param("north-large,", "north-larg,", Code.REFERENCE, "swap_to", id="unknown offering"),
        pytest.param("north-large,", "north-gpu,", Code.SWAP, "swap_to", id="the same offering"),
        pytest.param("north-large,", "south-asic,", Code.SWAP, "swap_to", id="another provider"),
        pytest.param("true,0,6,", "true,0.5,6,", Code.CONTRADICTION, None, id="a swap of what is paid upfront"),
        pytest.param("true,0,6,", "true,0,11,", Code.CONTRADICTION, None, id="terminable when it is over"),
        pytest.param("north-large,6,", "north-large,11,", Code.CONTRADICTION, None, id="a swap when it is over"),
        pytest.param("north-large,6,40", "north-large,6,", Code.CONTRADICTION, None, id="a swap without a price"),
        pytest.param("true,0,6,", "true,0,,", Code.CONTRADICTION, None, id="a fee and nothing to leave"),
        pytest.param("40,3,2", "40,,2", Code.CONTRADICTION, None, id="a price of renewals and no renewal"),
        pytest.param(",0.25,", ",25,", Code.RANGE, "termination_fee_share", id="percent"),
        pytest.param("true,0,6,", "true,0,0,", Code.RANGE, "terminable_after_months", id="terminable at once"),
    ],
)
def test_a_right_that_cannot_be_is_refused(folder: Folder, old: str, new: str, code: Code, column: str | None) -> None:
    assert old in GOOD
    finding = with_rights(folder, GOOD.replace(old, new)).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("held_contracts.spare.csv", 2)


def test_an_order_cannot_be_left_when_it_is_over(folder: Folder) -> None:
    finding = with_rights(folder).write("contracts.long.csv", RESERVED).only()
    assert (finding.code, finding.where.file, finding.where.row) == (Code.CONTRADICTION, "contracts.long.csv", 2)


def test_the_stock_of_what_is_swapped_to_must_be_known(folder: Folder) -> None:
    finding = with_rights(folder.replace("offerings.csv", "8,80,4,", "8,80,,")).only()
    assert (finding.code, finding.where.file, finding.where.column) == (Code.STOCK, "offerings.csv", "stock_nodes")


def test_a_contract_that_ends_as_the_plan_begins_is_no_warning_if_it_can_be_renewed(folder: Folder) -> None:
    assert not with_rights(folder, GOOD.replace("2027-03", "2027-01")).load().warnings
