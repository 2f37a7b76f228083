"""The realistic example: built from the bundled data, real where it says so, made up only where it says so."""

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from contracts.terms.reserved import Upfront
from optimizer.eligibility import eligibility
from scenarios.example_building.__main__ import build_realistic
from scenarios.example_building.demand import ASIA, EUROPE, profile
from scenarios.example_building.prices import PriceBook
from scenarios.loading import LoadedScenario, load_scenario
from scenarios.policy import Spending
from scenarios.scenario import Scenario
from scenarios.traces.series import read_hourly_rates

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = ROOT / "catalog" / "bundled"
FOLDER = ROOT / "scenarios" / "examples" / "realistic"


@cache
def loaded() -> LoadedScenario:
    return load_scenario(FOLDER)


@pytest.fixture
def scenario() -> Scenario:
    return loaded().scenario


def test_it_is_built_from_the_bundled_data_byte_for_byte(tmp_path: Path) -> None:
    build_realistic(BUNDLED, tmp_path)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert built == {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in (".csv", ".yaml")}


def test_it_loads_without_a_warning() -> None:
    assert loaded().warnings == ()


def test_it_is_as_large_as_a_procurement_round(scenario: Scenario) -> None:
    assert scenario.run.months == 24
    assert len(scenario.workloads) >= 8
    assert len({workload.model for workload in scenario.workloads}) >= 4
    assert len(scenario.catalog.offerings) >= 25
    assert len({offering.provider for offering in scenario.catalog.offerings}) >= 4
    assert {workload.slo_class for workload in scenario.workloads} >= {"chat", "assistant", "code", "batch"}
    chips = {offering.accelerator for offering in scenario.catalog.offerings}
    assert chips >= {"A100-80GB", "H100-80GB", "H200-141GB", "B200-180GB", "MI300X-192GB"}
    assert chips >= {"TPU-v6e", "Trainium1", "Trainium2", "Trainium3", "Inferentia2"}


def test_workloads_stay_where_they_must(scenario: Scenario) -> None:
    places = {workload.workload: set(workload.geographies) for workload in scenario.workloads}
    europe, asia = {"europe-north", "europe-west"}, {"asia-northeast", "asia-south"}
    assert sum(where <= europe for where in places.values()) >= 2
    assert sum(where <= asia for where in places.values()) >= 2


def test_at_most_three_offerings_in_ten_are_touched_by_a_fictitious_price(scenario: Scenario) -> None:
    touched = {row.offering for row in scenario.contracts if row.fictitious}
    touched |= {row.offering for row in scenario.catalog.offerings if row.fictitious}
    assert 0 < len(touched) <= 0.3 * len(scenario.catalog.offerings)


def test_what_is_made_up_says_so_and_names_the_real_price_behind_it(scenario: Scenario) -> None:
    quotes = [row for row in scenario.contracts if row.fictitious]
    assert all(row.contract.startswith("quote-") and row.quote.startswith("fictitious") for row in quotes)
    assert all(" x 0." in row.pricing_rule for row in quotes)
    assert all(row.quote_valid_until for row in quotes)
    assert not any(row.contract.startswith("quote-") for row in scenario.contracts if not row.fictitious)
    for path in FOLDER.glob("*.quotes.csv"):
        assert "fictitious" in path.read_text(encoding="utf-8")


def test_a_quote_is_its_public_price_times_its_factor(scenario: Scenario) -> None:
    quote = next(row for row in scenario.contracts if row.contract == "quote-h200-use1-24m")
    listed = PriceBook(BUNDLED).price("aws", "p5en.48xlarge", "us-east-1", "on_demand")
    assert quote.price_usd_per_node_hour == (listed.usd_per_node_hour * Decimal("0.62")).quantize(Decimal("0.0001"))
    assert listed.what in quote.pricing_rule


def test_every_other_price_is_in_the_bundled_tables(scenario: Scenario) -> None:
    public = set()
    for name in ("prices.csv", "prices.cc-by-sa.csv"):
        with (BUNDLED / name).open(encoding="utf-8", newline="") as file:
            public |= {Decimal(row["price_usd_per_node_hour"]) for row in csv.DictReader(file)}
    real = [row for row in (*scenario.contracts, *scenario.held_contracts) if not getattr(row, "fictitious", False)]
    assert {row.price_usd_per_node_hour for row in real} <= public


def test_rows_under_share_alike_stay_in_files_of_their_own() -> None:
    for path in FOLDER.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert ("CC-BY-SA" in text) is ("cc-by-sa" in path.name)


def test_a_missing_price_is_an_error_not_a_guess() -> None:
    with pytest.raises(KeyError, match=r"no on_demand price of aws trn2\.48xlarge"):
        PriceBook(BUNDLED).price("aws", "trn2.48xlarge", "us-east-2", "on_demand")


def test_terms_differ(scenario: Scenario) -> None:
    reserved = scenario.reserved
    assert {row.upfront for row in reserved} == set(Upfront)
    assert {row.term_months for row in reserved} >= {3, 12, 24, 36}
    assert {row.firm for row in reserved} == {True, False}
    assert any(row.lot_nodes > 1 for row in reserved)
    assert any(row.minimum_order_nodes > 0 for row in reserved)
    assert any(row.earliest_start for row in reserved)
    assert len(scenario.spot) >= 4
    assert len(scenario.on_demand) >= 25


def test_flexible_quotes_cost_more_than_reserved_ones_and_less_than_going_without(scenario: Scenario) -> None:
    """Else they would be pointless, or the only thing to sign."""
    prices = {row.contract: row.price_usd_per_node_hour for row in scenario.contracts}
    for flexible, reserved, without in (
        ("quote-flex-h200-euw1-24m", "quote-h200-euw1-12m", "od-nebius-h200-euw1"),
        ("quote-flex-b200-usc1-12m", "quote-b200-usc1-24m", "od-nebius-b200-usc1"),
        ("quote-flex-trn2-use2-24m", "quote-trn2-use2-24m", "cb-aws-trn2-use2"),
    ):
        assert prices[reserved] < prices[flexible] < prices[without]


def test_flexible_quotes_differ_in_their_clauses_and_ask_for_most_of_a_lot(scenario: Scenario) -> None:
    quotes = scenario.take_or_pay
    assert {row.unit for row in quotes} == {"node_hour", "usd"}
    assert any(row.make_up_right for row in quotes)
    assert any(row.excess_carries_forward for row in quotes)
    assert all(row.ramp_shares and row.window_months < row.term_months for row in quotes)
    for row in quotes:
        assert 0.6 <= round(row.minimum_node_hours_per_lot / (730 * row.lot_nodes), 4) <= 0.8


def test_what_runs_today_needs_no_port(scenario: Scenario) -> None:
    """Every pair that a held contract off CUDA can serve is free, and every other one in use is not."""
    book, models = scenario.catalog, {row.workload: row.model for row in scenario.workloads}
    stack = {row.offering: book.accelerator[row.accelerator].stack for row in book.offerings}
    served = {(models[workload], offering) for workload, _, offering in eligibility(scenario).servings}
    held = {row.offering for row in scenario.held_contracts}
    today = {(model, stack[offering]) for model, offering in served if offering in held}
    ports = {(row.model, row.stack) for row in scenario.migrations}
    assert {(model, stack[offering]) for model, offering in served if stack[offering] != "cuda"} - today == ports


def test_money_for_ports_does_not_reach_for_all_of_them_at_once(scenario: Scenario) -> None:
    capital = next(row for row in scenario.policy.budgets if row.spending is Spending.CAPEX)
    assert sum(row.engineering_usd for row in scenario.migrations if row.capitalised) > capital.limit_usd
    assert all(row.engineering_usd <= capital.limit_usd for row in scenario.migrations)
    assert scenario.policy.migrations_at_once is not None
    assert scenario.policy.migrations_at_once < len(scenario.migrations)


def test_held_contracts_run_out_at_different_times(scenario: Scenario) -> None:
    inside = {row.end for row in scenario.held_contracts if row.end in scenario.horizon}
    assert len(inside) >= 6
    assert len({scenario.catalog.offering[row.offering].provider for row in scenario.held_contracts}) >= 4


def test_the_policy_guards_against_five_kinds_of_loss(scenario: Scenario) -> None:
    events = scenario.policy.contingencies
    assert {event.lost.value for event in events} >= {"provider", "geography", "family", "spot", "contract"}
    assert all(event.floor_share >= 0.8 for event in events)


def test_size_classes_are_few_and_their_shares_add_up(scenario: Scenario) -> None:
    for workload in scenario.workloads:
        shares = [row.request_share for row in scenario.size_classes if row.workload == workload.workload]
        assert 1 <= len(shares) <= 4
        assert sum(shares) == pytest.approx(1.0, abs=1e-9)


def test_every_class_has_a_choice_and_no_more_than_it_needs(scenario: Scenario) -> None:
    found = eligibility(scenario)
    choices: dict[tuple[str, str], set[str]] = {}
    for workload, size_class, offering in found.servings:
        choices.setdefault((workload, size_class), set()).add(offering)
    assert len(choices) == len(scenario.size_classes)
    assert all(4 <= len(offerings) <= 16 for offerings in choices.values())


def test_hours_without_load_are_named_not_averaged_in() -> None:
    asia, europe = profile(BUNDLED, ASIA), profile(BUNDLED, EUROPE)
    assert len(asia.notes) == 17
    assert all("left out" in note for note in asia.notes)
    assert len(europe.notes) == 1
    zero = [row for row in read_hourly_rates(BUNDLED / "servegen_hourly.csv", model="m-mid") if row.rate == 0]
    assert zero
    assert min(asia.loads) > 0
