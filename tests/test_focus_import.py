"""Commitments of a FOCUS export become held contracts; what does not fit is named, and then nothing is written."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code, Finding, InputRejected
from contracts.terms.held import HeldContract
from reports.cli import main
from reports.exits import Exit
from reports.focus.export import write_focus
from reports.focus.importing import COLUMNS, import_focus
from reports.focus.reading import REQUIRED
from tests.builders import FIRST
from tests.plan_builders import a_plan
from tests.specs.running import siliconmix
from tests.workbook_cases import a_plan_with_everything

ARN = "arn:aws:ec2:us-east-1:123456789012:reserved-instances/0a1b"
HEADER = [*REQUIRED, "SkuPriceId", "CapacityReservationId", "Tags"]
YEAR = ("2026-04-01T00:00:00Z", "2027-04-01T00:00:00Z")
MAP = f'focus_id,offering,held,firm\n{ARN},node-a,east-2026,true\n'


def a_row(**cells: object) -> dict[str, str]:
    """Two nodes for a year from April 2026, half of 5 USD by the hour paid upfront: 2 * 8760 * 2.5 = 43,800."""
    fields: dict[str, object] = {
        "BilledCost": "43800.00",
        "BillingCurrency": "USD",
        "ChargeCategory": "Purchase",
        "ChargeFrequency": "One-Time",
        "ChargePeriodStart": YEAR[0],
        "ChargePeriodEnd": YEAR[1],
        "CommitmentDiscountCategory": "Usage",
        "CommitmentDiscountId": ARN,
        "CommitmentDiscountQuantity": "17520",
        "CommitmentDiscountStatus": "NULL",
        "CommitmentDiscountUnit": "Hours",
        "EffectiveCost": "0",
    }
    return {name: str(cell) for name, cell in (fields | cells).items()}


def a_month(**cells: object) -> dict[str, str]:
    """The recurring half of December 2026: 2 * 744 * 2.5 = 3,720."""
    month = {"ChargePeriodStart": "2026-12-01T00:00:00Z", "ChargePeriodEnd": "2027-01-01T00:00:00Z"}
    bought = {"ChargeFrequency": "Recurring", "BilledCost": "3720", "CommitmentDiscountQuantity": "1488"}
    return a_row(**(month | bought | cells))


def imported(folder: Path, rows: Sequence[dict[str, str]], mapping: str = MAP) -> tuple[HeldContract, ...]:
    lines = [",".join(row.get(name, "") for name in HEADER) for row in rows]
    (folder / "export.csv").write_text("\n".join([",".join(HEADER), *lines, ""]))
    (folder / "map.csv").write_text(mapping)
    return import_focus(folder / "export.csv", folder / "map.csv").held


def refused(folder: Path, rows: Sequence[dict[str, str]], mapping: str = MAP) -> tuple[Finding, ...]:
    with pytest.raises(InputRejected) as rejected:
        imported(folder, rows, mapping)
    return rejected.value.findings


@pytest.mark.parametrize("plan", [a_plan, a_plan_with_everything], ids=["one future", "three futures"])
def test_what_is_exported_comes_back_as_it_was(plan, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Held contracts and reserved orders that are signed in every outlook; the table leaves other orders out."""
    found = plan()
    write_focus(found, tmp_path / "charges.csv")
    terms = {c.contract: c for c in found.scenario.contracts}
    signed = [o for o in found.orders if terms[o.contract].kind == "reserved" and o.outlook is None]
    others = [o.order for o in found.orders if o not in signed]
    table = ["focus_id,offering", *(f"{o.offering},{o.offering}" for o in found.scenario.catalog.offerings)]
    (tmp_path / "map.csv").write_text("\n".join([*table, *(f"{order}," for order in others), ""]))
    back = {h.held: h for h in import_focus(tmp_path / "charges.csv", tmp_path / "map.csv").held}
    held = {h.held: h for h in found.scenario.held_contracts}
    assert set(back) == set(held) | {o.order for o in signed}
    for name, contract in held.items():
        assert facts_of(back[name]) == facts_of(contract)
    for order in signed:
        of = terms[order.contract]
        assert (back[order.order].nodes, back[order.order].start, back[order.order].end) == (
            order.nodes, order.start, order.end
        )  # fmt: skip
        assert back[order.order].price_usd_per_node_hour == of.price_usd_per_node_hour
        assert (back[order.order].firm, back[order.order].upfront_share) == (of.firm, of.upfront_share)


def facts_of(held: HeldContract) -> tuple[object, ...]:
    what = (held.offering, held.nodes, held.price_usd_per_node_hour, held.upfront_share, held.firm)
    return (*what, held.start, held.end)


def test_an_export_of_a_provider_by_hand(tmp_path: Path) -> None:
    """Used and unused 744 hours each at 5 USD; an upfront and a recurring purchase: 2 nodes at 5 USD, half upfront."""
    use = {"ChargeCategory": "Usage", "ChargeFrequency": "Usage-Based", "BilledCost": 0, "EffectiveCost": 3720}
    parts = [
        a_month(**use, CommitmentDiscountStatus=status, CommitmentDiscountQuantity=744) for status in ("Used", "Unused")
    ]
    (held,) = imported(tmp_path, [a_row(), a_month(), *parts, {"BilledCost": "1"}])
    assert facts_of(held) == ("node-a", 2, Decimal(5), 0.5, True, FIRST + -9, FIRST + 3)
    assert held.held == "east-2026"
    assert str(held.as_of) == "2026-12-01"


def test_without_rows_of_use_the_price_is_what_was_paid(tmp_path: Path) -> None:
    (held,) = imported(tmp_path, [a_row(), a_month()])
    assert (held.price_usd_per_node_hour, held.upfront_share) == (Decimal(5), 0.5)


def test_a_unit_may_be_a_part_of_a_node(tmp_path: Path) -> None:
    """Eight chips a node: 140,160 chip-hours a year are 16 chips, two nodes; two chips are a quarter of one."""
    table = MAP.replace("firm", "firm,nodes_per_unit").replace("true", "true,0.125")
    chips = a_row(CommitmentDiscountQuantity=140160, CommitmentDiscountUnit="Chip-Hours")
    (held,) = imported(tmp_path, [chips], table)
    assert (held.nodes, held.price_usd_per_node_hour) == (2, Decimal("2.5"))
    (found,) = refused(tmp_path, [a_row()], table)
    assert found.code is Code.NOT_WHOLE
    assert "0.25 nodes" in found.found


def test_everything_that_is_wrong_is_said_in_one_run(tmp_path: Path) -> None:
    rows = [
        a_row(CommitmentDiscountId="other-1"),
        a_row(CommitmentDiscountQuantity="17,520".replace(",", "'")),
        a_row(ChargePeriodStart="01/04/2026"),
        a_row(BillingCurrency="EUR"),
        a_row(CommitmentDiscountUnit="Licences"),
        a_row(CommitmentDiscountId="plan-1", CommitmentDiscountCategory="Spend", CommitmentDiscountUnit="USD"),
    ]
    found = refused(tmp_path, rows, MAP + "plan-1,node-a,,\n")
    assert [(f.where.row, f.where.column, f.code) for f in found] == [
        (2, "CommitmentDiscountId", Code.REFERENCE),
        (3, "CommitmentDiscountQuantity", Code.NUMBER),
        (4, "ChargePeriodStart", Code.DATE),
        (5, "BillingCurrency", Code.CHOICE),
        (6, "CommitmentDiscountUnit", Code.CHOICE),
        (7, "CommitmentDiscountCategory", Code.CHOICE),
    ]
    assert found[0].found == '"other-1"'
    assert "map.csv" in found[0].expected
    assert all(f.hint for f in found)


def test_a_term_that_the_export_does_not_say_is_asked_for(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, [a_month()])
    assert (found.code, found.where.column) == (Code.BLANK, "ChargePeriodStart")
    table = MAP.replace("firm", "firm,start,end").replace("true", "true,2026-04,2027-04")
    (held,) = imported(tmp_path, [a_month()], table)
    assert (held.start, held.end, held.nodes) == (FIRST + -9, FIRST + 3, 2)


def test_periods_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    table = MAP.replace("firm", "firm,start,end").replace("true", "true,2026-04,2027-04")
    november = {"ChargePeriodStart": "2026-11-01T00:00:00Z", "ChargePeriodEnd": "2026-12-01T00:00:00Z"}
    (found,) = refused(tmp_path, [a_month(), a_month(**november, CommitmentDiscountQuantity=2160)], table)
    assert (found.code, found.found) == (Code.CONTRADICTION, "2 to 3 nodes")


def test_an_id_that_is_none_needs_a_name_and_two_may_not_share_one(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, [a_row()], f"focus_id,offering\n{ARN},node-a\n")
    assert found.code is Code.ID
    table = "focus_id,offering,held\nprice-1,node-a,same\n"
    rows = [a_row(CommitmentDiscountId=name, SkuPriceId="price-1") for name in ("a", "b")]
    assert [f.code for f in refused(tmp_path, rows, table)] == [Code.REPEATED]


def test_a_column_that_is_missing_and_a_wrong_table_are_named(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("BilledCost,CommitmentDiscountId\n1,x\n")
    (tmp_path / "map.csv").write_text("focus_id,offerings\nx,node-a\n")
    with pytest.raises(InputRejected) as rejected:
        import_focus(tmp_path / "export.csv", tmp_path / "map.csv")
    assert [f.code for f in rejected.value.findings] == [Code.MISSING_COLUMN, Code.UNKNOWN_COLUMN]


def test_the_command_writes_a_table_or_nothing(tmp_path: Path) -> None:
    imported(tmp_path, [a_row()])
    files = [str(tmp_path / name) for name in ("export.csv", "map.csv", "held_contracts.csv")]
    done = siliconmix("import", "focus", files[0], "--mapping", files[1], "--out", files[2])
    assert done.exit == Exit.PUBLISHED
    header, row = (tmp_path / "held_contracts.csv").read_text().splitlines()
    assert header == ",".join(COLUMNS)
    assert row.startswith("east-2026,node-a,2,2.5,2026-04,2027-04,true,1,")
    again = siliconmix("import", "focus", files[0], "--mapping", files[1], "--out", files[2])
    assert again.exit == Exit.NOT_WRITABLE
    (tmp_path / "map.csv").write_text("focus_id,offering\nelse,node-a\n")
    wrong = siliconmix("import", "focus", files[0], "--mapping", files[1], "--out", str(tmp_path / "new.csv"))
    assert wrong.exit == Exit.BAD_INPUT
    assert ARN[:20] in wrong.out
    assert not (tmp_path / "new.csv").exists()
    assert main.commands["import"].help
