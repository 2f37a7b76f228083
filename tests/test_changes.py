"""A change is made of what was read: it is checked like a typed value, counted exactly, and edits no file."""

from pathlib import Path

import pytest

from catalog.findings import Code, Finding, InputRejected
from scenarios.changes import Change
from scenarios.inputs import Inputs, parse_add, parse_remove, parse_set
from scenarios.loading import LoadedScenario, load_scenario
from scenarios.starting import EXAMPLES
from tests.loading_folder import Folder, parse_change

SMALL = Inputs.read(EXAMPLES / "small")
PRICE = "contracts.north-on-demand.price_usd_per_node_hour"


def sets(*texts: str) -> list[Change]:
    return [parse_set(text) for text in texts]


def small_with(*texts: str) -> LoadedScenario:
    return SMALL.load(sets(*texts))


def refusals(*changes: Change, inputs: Inputs = SMALL) -> tuple[Finding, ...]:
    with pytest.raises(InputRejected) as rejected:
        inputs.load(changes)
    return rejected.value.findings


def price_after(*values: str) -> str:
    loaded = small_with(*(f"{PRICE}={value}" for value in values))
    (terms,) = (each for each in loaded.scenario.on_demand if each.contract == "north-on-demand")
    return str(terms.price_usd_per_node_hour)


def test_without_changes_the_scenario_is_that_of_the_folder() -> None:
    assert SMALL.load().scenario == load_scenario(EXAMPLES / "small").scenario
    assert SMALL.load().scenario.changes == ()


@pytest.mark.parametrize(
    ("values", "price"),
    [
        (["62.5"], "62.5"),
        (["-10%"], "36"),
        (["+10%"], "44"),
        (["*1.5"], "60"),
        (["+0.1", "+0.2"], "40.3"),
        (["-5", "*2"], "70"),
        (["*2", "-5"], "75"),
        (["-33.333333%"], "26.6666668"),
        (["-10 %"], "36"),
    ],
)
def test_a_price_is_counted_exactly_and_in_order(values: list[str], price: str) -> None:
    assert price_after(*values) == price


def test_a_change_says_what_it_was_and_is_and_where_it_was_typed() -> None:
    (made,) = small_with(f"{PRICE}=-10%", f"{PRICE}=+1").scenario.changes
    assert (made.path, made.before, made.after, made.place) == (PRICE, "40", "37", "contracts.csv, row 2")


def test_what_is_as_it_was_counts_as_no_change() -> None:
    loaded = small_with(f"{PRICE}=+10", f"{PRICE}=-10")
    assert loaded.scenario.changes == ()
    assert loaded.scenario.fingerprint() == SMALL.load().scenario.fingerprint()


def test_months_move_by_months_and_dates_by_days() -> None:
    loaded = small_with("held_contracts.north-held-2025.start=-3", "run.order_date=+2", "held_contracts.*.end=+12")
    (held,) = loaded.scenario.held_contracts
    assert (str(held.start), str(held.end)) == ("2025-01", "2028-04")
    assert str(loaded.scenario.run.order_date) == "2026-12-17"


def test_settings_are_set_by_the_path_of_their_key() -> None:
    scenario = small_with(
        "policy.contingencies[0].floor_share=-10%",
        "policy.contingencies[north-cloud-down].duration_hours=+44",
        "policy.haircut_share.*=+0.1",
        "run.seed=7",
    ).scenario
    assert scenario.policy.contingencies[0].floor_share == 0.45
    assert scenario.policy.contingencies[0].duration_hours == 144
    assert scenario.policy.haircut_share.vendor == 0.5
    assert scenario.run.seed == 7
    assert [made.path for made in scenario.changes][:2] == [
        "policy.contingencies[0].floor_share",
        "policy.contingencies[0].duration_hours",
    ]
    assert scenario.changes[-1].before is None


def test_rows_and_items_are_taken_out_and_added() -> None:
    loaded = SMALL.load([
        parse_remove("policy.concentration[no-provider-above-70]"),
        parse_remove("contracts.north-spot"),
        parse_add("contracts.south-reserved-2 like south-reserved-3m with price_usd_per_node_hour=-50%"),
        parse_add("policy.contingencies[south-down] like north-cloud-down with name=south-cloud, floor_share=0.1"),
    ])
    names = {terms.contract: terms for terms in loaded.scenario.reserved}
    old, new = names["south-reserved-3m"], names["south-reserved-2"]
    assert new.price_usd_per_node_hour * 2 == old.price_usd_per_node_hour
    assert loaded.scenario.spot == ()
    assert loaded.scenario.policy.concentration == ()
    assert [each.contingency for each in loaded.scenario.policy.contingencies] == ["north-cloud-down", "south-down"]


def test_a_row_that_others_need_is_missed_by_name() -> None:
    first, *others = refusals(parse_remove("regions.north-1"))
    assert {finding.code for finding in (first, *others)} == {Code.REFERENCE}
    assert "This comes from the change remove regions.north-1." in str(first)


def test_every_wrong_change_is_found_in_one_run_with_all_else() -> None:
    found = refusals(
        *sets(
            "contract.north-on-demand.price_usd_per_node_hour=1",
            "contracts.north-ondemand.price_usd_per_node_hour=1",
            "contracts.north-on-demand.price_usd_per_node_hours=1",
            "contracts.north-on-demand.term_months=12",
            "contracts.west-*.price_usd_per_node_hour=1",
            f"{PRICE}=10%",
            f"{PRICE}=-200",
            "policy.emergency_shares=1",
            "held_contracts.north-held-2025.nodes=*1.2",
            "contracts.north-on-demand.quote=+1",
        )
    )
    codes = [finding.code for finding in found]
    assert codes.count(Code.NO_SUCH_PATH) == 5
    assert {Code.NOTHING_MATCHES, Code.NO_SIGN, Code.RANGE, Code.NOT_WHOLE_ANY_MORE, Code.NOT_RELATIVE} <= set(codes)
    hints = " ".join(finding.hint for finding in found)
    for meant in (PRICE, "north-on-demand", "price_usd_per_node_hour", "emergency_share"):
        assert f'did you mean "{meant}"?' in hints


def test_a_value_out_of_range_names_its_cell_and_the_change() -> None:
    (found,) = refusals(*sets(f"{PRICE}==-5"))
    assert found.code is Code.RANGE
    assert str(found.where).startswith("contracts.csv, row 2, price_usd_per_node_hour")
    assert found.change == f"{PRICE}==-5"


def test_values_of_a_row_that_contradict_each_other_name_the_change() -> None:
    (found,) = refusals(*sets("contracts.south-reserved-3m.upfront_share=0.5"))
    assert found.code is Code.CONTRADICTION
    assert found.change == "contracts.south-reserved-3m.upfront_share=0.5"


def test_files_are_read_once_and_never_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    before = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    inputs = Inputs.read(folder.path)
    changed = inputs.load(sets(f"{PRICE}=41")).scenario
    assert {path.name: path.read_bytes() for path in folder.path.iterdir()} == before
    folder.replace("contracts.csv", "north-gpu,40", "north-gpu,99")
    assert inputs.load(sets(f"{PRICE}=41")).scenario == changed


@pytest.mark.parametrize(
    "text",
    [
        f"{PRICE}=*9{'9' * 900}",
        f"{PRICE}=*0.000000000000000000001",
        f"{PRICE}=1,5",
        f"{PRICE}=nan",
        "run.order_date=+99999999999",
        "run.order_date=*2",
        "run.first_month=+0.5",
        "run.first_month=+999999999",
        "run.currency=+1",
        "policy.contingencies[7].floor_share=0.5",
        "policy.contingencies[0=0.5",
        "policy.contingencies[0]floor_share=0.5",
        "policy.contingencies=0.5",
        "policy.haircut_share=0.5",
        "policy.haircut_share.measured.more=0.5",
        "policy.concentration[*x].cap_share=0.5",
        "run[0]=1",
        "remove run.reveal_month",
        "add contracts.x.y like north-*",
        "add contracts.x like elsewhere",
        "add contracts.x like north-spot with term_months=3",
        "add demand.chat like chat/2027-01",
        "add policy.contingencies[0] like north-cloud-down",
        "add policy.contingencies[north-cloud-down] like north-cloud-down",
        "add policy.contingencies[x] like y",
        "add run.seed with x=1",
    ],
)
def test_nonsense_is_refused_by_name(text: str) -> None:
    """Never by a crash, and never by doing something else."""
    for finding in refusals(parse_change(text)):
        assert finding.where.file.startswith("change ") or finding.change


@pytest.mark.parametrize(
    "change",
    [
        parse_set("contracts[north-on-demand].price_usd_per_node_hour=1"),
        parse_set("contracts[north-on-demand]=1"),
        parse_remove("contracts[north-on-demand]"),
        parse_add("contracts[new] like north-on-demand"),
    ],
)
def test_a_row_of_a_table_in_brackets_is_refused_and_not_passed_over(change: Change) -> None:
    (found,) = refusals(change)
    assert found.code is Code.NO_SUCH_PATH
    assert found.expected == "contracts.KEY"


def test_a_list_with_nothing_behind_its_key_is_one_without_items(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.replace("scenario.yaml", "policy:\n", "policy:\n  budgets:\n")
    inputs = Inputs.read(folder.path)
    (found,) = refusals(parse_set("policy.budgets[0].limit_usd=5"), inputs=inputs)
    assert found.code is Code.NO_SUCH_PATH
    added = inputs.load([parse_add("policy.budgets[most] with limit_usd=5000000, window=horizon")]).scenario
    assert [row.budget for row in added.policy.budgets] == ["most"]
