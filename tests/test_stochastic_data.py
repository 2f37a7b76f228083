"""The stochastic example: the realistic fleet in five futures, whose prices move as they have moved before."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from scenarios.example_building.__main__ import build_outlooks
from scenarios.example_building.history import PriceHistory
from scenarios.loading import LoadedScenario, load_scenario
from scenarios.outlooks import Effect, OutlookEffect
from scenarios.scenario import Scenario
from tests.test_realistic_data import BUNDLED, FOLDER, ROOT

STOCHASTIC = ROOT / "scenarios" / "examples" / "stochastic"
OWN = {"outlooks.csv", "outlook_effects.csv", "scenario.yaml"}


@cache
def loaded() -> LoadedScenario:
    return load_scenario(STOCHASTIC)


@pytest.fixture
def scenario() -> Scenario:
    return loaded().scenario


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".csv", ".yaml")}


def test_its_outlooks_are_built_from_the_bundled_data_byte_for_byte(tmp_path: Path) -> None:
    build_outlooks(BUNDLED, tmp_path)
    assert tables(tmp_path) == {name: data for name, data in tables(STOCHASTIC).items() if name in OWN}


def test_it_is_the_realistic_fleet_with_outlooks() -> None:
    ours, theirs = tables(STOCHASTIC), tables(FOLDER)
    assert {name: data for name, data in ours.items() if name not in OWN} == {
        name: data for name, data in theirs.items() if name not in OWN
    }


def test_it_loads_without_a_warning() -> None:
    assert loaded().warnings == ()


def test_its_futures_differ_in_everything_that_can_differ(scenario: Scenario) -> None:
    assert len(scenario.outlooks) == 5
    assert {row.effect for row in scenario.outlook_effects} == set(Effect)
    touched = {row.outlook for row in scenario.outlook_effects}
    assert {row.outlook for row in scenario.outlooks} - touched == {"base"}


def test_something_is_signed_before_and_something_after_the_outlook_is_known(scenario: Scenario) -> None:
    reveal = scenario.run.reveal_month
    assert reveal is not None
    assert scenario.horizon.first < reveal < scenario.horizon.end
    ordered = (*scenario.reserved, *scenario.take_or_pay)
    deadlines = [row.quote_valid_until for row in ordered]
    assert any(day is not None and (day.year, day.month) < (reveal.year, reveal.number) for day in deadlines)
    assert any(day is None or (day.year, day.month) >= (reveal.year, reveal.number) for day in deadlines)
    assert any(row.quote_valid_until for row in scenario.take_or_pay if row.quote_valid_until.year == 2027)


def test_events_are_survived_in_the_likeliest_outlook_only(scenario: Scenario) -> None:
    likeliest = max(scenario.outlooks, key=lambda outlook: outlook.probability)
    assert {event.outlooks for event in scenario.policy.contingencies} == {(likeliest.outlook,)}


def test_price_factors_are_moves_that_have_happened() -> None:
    history = PriceHistory(BUNDLED)
    assert history.factor("aws", "p5.48xlarge", "us-east-1", "on_demand", "2023-09-18", "2025-06-23") == 0.5598
    assert history.factor("gcp", "a3-highgpu-8g", "us-central1", "spot", "2025-05-01", "2026-07-22") == 2.4822
    with pytest.raises(KeyError):
        history.factor("aws", "p5.48xlarge", "us-east-1", "on_demand", "2023-09-18", "2025-06-24")


def said_of(effect: OutlookEffect, rows: list[str]) -> bool:
    """Whether a row of the README's table is about an effect."""
    since = effect.first_month or "all months"
    start, end = f"| {effect.outlook} | {effect.effect} |", f"| {since} | {effect.value:.10g} |"
    return any(row.startswith(start) and end in row for row in rows)


def test_the_page_gives_a_reason_for_every_effect_and_none_that_is_not_there(scenario: Scenario) -> None:
    page = (STOCHASTIC / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [a-z-]+ \| [a-z_]+ \|.*$", page, flags=re.MULTILINE)
    assert [effect for effect in scenario.outlook_effects if not said_of(effect, rows)] == []
    unused = [row for row in rows if not any(said_of(effect, [row]) for effect in scenario.outlook_effects)]
    assert [row for row in unused if not row.startswith("| outlook |")] == []
    for outlook in scenario.outlooks:
        assert f"| {outlook.outlook} | {outlook.probability:g} |" in page


def test_amounts_on_the_page_are_those_of_the_history() -> None:
    page = (STOCHASTIC / "README.md").read_text(encoding="utf-8")
    with (BUNDLED / "price_history.csv").open(encoding="utf-8", newline="") as file:
        known = {f"{float(row['price_usd_per_node_hour']):.2f}" for row in csv.DictReader(file)}
    table = page.partition("## Every effect, and why")[2].partition("AWS's capacity blocks")[0]
    amounts = re.findall(r"\b\d\d\.\d\d\b", table)
    assert len(amounts) >= 12
    assert set(amounts) <= known
