"""siliconmix explain tells how a goodput came about: the same numbers as the plan's, step by step."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalog.goodput import PricePerformanceClaim
from optimizer.eligibility import eligibility
from reports.cli import main
from reports.explaining.explanation import explain
from reports.explaining.records import ClassExplained, Explanation
from reports.explaining.screen import explanation_screen
from scenarios.inputs import Inputs
from scenarios.scenario import Scenario
from scenarios.starting import EXAMPLES
from tests.builders import (
    SOURCED,
    a_catalog,
    a_point,
    a_policy,
    a_scenario,
    a_size_class,
    a_workload,
    an_accelerator,
    an_offering,
    an_on_demand,
    by_evidence,
    two_points,
)
from tests.split_cases import a_split, a_split_fleet

SMALL = EXAMPLES / "small"


def asked(*arguments: str, scenario: Path = SMALL) -> Result:
    return CliRunner().invoke(main, ["explain", str(scenario), *arguments])


def explained(scenario: Scenario, offering: str | None = None) -> Explanation:
    chosen = next(row for row in scenario.catalog.offerings if offering in (None, row.offering))
    return explain(scenario, scenario.workloads[0], chosen)


def only_class(scenario: Scenario, offering: str | None = None) -> ClassExplained:
    (size,) = explained(scenario, offering).classes
    return size


def test_every_step_of_the_small_example_is_told() -> None:
    """Its page works it out by hand: 1,000 / 20,000 + 400 / 2,000 = 0.25 s; 4 x 400 x 0.8 x 0.8 = 1,024 tok/s."""
    shown = asked("chat", "north-gpu")
    assert shown.exit_code == 0
    told = " ".join(shown.output.split())
    assert "TTFT at most 500 ms and TPOT at most 30 ms at p99, quality 98 or better" in told
    assert "1,000 / 20,000 + 400 / 2,000 = 0.25 replica-seconds an attempt" in told
    assert "TTFT p50 300 ms (at most), p95 300 ms (at most), p99 300 ms (stated); limit 500 ms at p99" in told
    assert "4 attempts/s x 400 tokens x 0.8 accepted x 0.8 usable = 1,024 accepted tok/s and node" in told
    assert "40.00 USD a node-hour = 10.8507 USD per million accepted output tokens" in told
    assert max(map(len, shown.output.splitlines())) <= 100


def test_the_page_on_goodput_shows_what_is_told() -> None:
    page = (Path(__file__).parents[1] / "docs" / "goodput.md").read_text(encoding="utf-8")
    assert f"```text\n{asked('chat', 'south-asic').output}```\n" in page


def test_what_is_told_is_what_is_planned() -> None:
    scenario = Inputs.read(SMALL).load().scenario
    plans_with = eligibility(scenario).servings
    for workload in scenario.workloads:
        for offering in scenario.catalog.offerings:
            for size in explain(scenario, workload, offering).classes:
                serving = plans_with.get((workload.workload, size.size_class, offering.offering))
                assert (size.goodput is None) == (serving is None)
                if size.goodput is not None and serving is not None:
                    assert size.goodput.node_seconds_per_attempt == serving.node_seconds_per_attempt
                    assert size.goodput.evidence is serving.evidence


def test_a_refusal_tells_what_stopped_each_configuration_and_shows_the_points() -> None:
    scenario = a_scenario(workloads=(a_workload(tpot_limit_ms=8.0),))
    size = only_class(scenario)
    assert (size.reason, size.goodput) == ("tpot", None)
    assert [(row.verdict, row.reason) for row in size.tried] == [("refused", "tpot")]
    screen = " ".join("\n".join(explanation_screen(explained(scenario), 100)).split())
    assert "Not served tpot: TPOT at p99 is 10 ms" in screen
    assert "100 + 100 tokens: none of 1 point is inside the limits; the size is left out" in screen


def test_where_residency_forbids_it_nothing_is_tried() -> None:
    size = only_class(a_scenario(workloads=(a_workload(geographies=("geo-b",)),)))
    assert (size.reason, size.tried) == ("residency", ())


def test_splits_in_which_the_offering_has_a_part_are_named() -> None:
    """Splits of another model are not the workload's own."""
    scenario = a_split_fleet()
    others = scenario.model_copy(update={"splits": (a_split(model="model-b"),)})
    assert explained(scenario, "node-a").splits == ("a-to-b: node-a reads prompts, node-b writes answers",)
    assert explained(others, "node-a").splits == ()
    screen = " ".join("\n".join(explanation_screen(explained(scenario, "node-b"), 100)).split())
    assert "Splits a-to-b: node-a reads prompts, node-b writes answers (sheet Splits of a plan)" in screen


def test_an_interpolated_point_says_how_far_it_lies_from_its_ends() -> None:
    points = (
        a_point("slow", concurrency=8, output_tok_per_s=1000, tpot_ms=20),
        a_point("fast", concurrency=16, output_tok_per_s=2000, tpot_ms=40),
    )
    scenario = a_scenario(catalog=a_catalog(goodput_points=points), workloads=(a_workload(tpot_limit_ms=25.0),))
    (size,) = only_class(scenario).tried[0].sizes
    assert size.best is not None
    assert (size.best.share_of_the_way, size.best.output_tok_per_s) == (0.25, 1250.0)
    assert "1,250 tok/s, a request in 0.08 replica-seconds, at 25.0% of the way" in " ".join(
        " ".join(explanation_screen(explained(scenario), 100)).split()
    )


def test_a_grade_says_what_lowered_it() -> None:
    """One size: a single rate. Twice its prompt: outside what was measured."""
    scenario = a_scenario(
        catalog=a_catalog(goodput_points=(a_point(),)), size_classes=(a_size_class(input_tokens=200.0),)
    )
    goodput = only_class(scenario).goodput
    assert goodput is not None
    assert goodput.evidence_steps == (
        "independent: prefill and decode cannot be told apart, one rate for both",
        "modelled: the class lies outside the measured sizes (100 in, 100 out)",
    )


def test_a_claim_tells_of_its_baseline_and_its_prices() -> None:
    """Half the price and 30 % better: 0.65 of the work of a chip of the baseline."""
    claim = PricePerformanceClaim(
        claim="claim-z",
        accelerator="asic-z",
        baseline_accelerator="gpu-a",
        own_list_price_usd_per_accelerator_hour=Decimal("1"),
        baseline_list_price_usd_per_accelerator_hour=Decimal("2"),
        gain_share=0.3,
        **SOURCED,
    )
    catalog = a_catalog(
        accelerators=(an_accelerator(), an_accelerator("asic-z", stack="stack-a")),
        offerings=(an_offering(), an_offering("claimed", accelerator="asic-z")),
        goodput_points=two_points(),
        claims=(claim,),
    )
    scenario = a_scenario(catalog=catalog, contracts=(an_on_demand(), an_on_demand("od-claimed", offering="claimed")))
    goodput = only_class(scenario, "claimed").goodput
    assert goodput is not None
    assert goodput.claim is not None
    assert goodput.claim.relative_performance == pytest.approx(0.65)
    assert goodput.replica_seconds == pytest.approx(goodput.law_replica_seconds / 0.65)


def test_the_haircut_of_the_grade_is_shown_and_taken_once() -> None:
    scenario = a_scenario(policy=a_policy(haircut_share=by_evidence(0.2)))
    goodput = only_class(scenario).goodput
    assert goodput is not None
    assert goodput.node_seconds_per_attempt == pytest.approx(goodput.replica_seconds / 0.8)


def test_json_has_the_same_and_more() -> None:
    document = json.loads(asked("chat", "north-gpu", "--json").output)
    found = Explanation.model_validate(document)
    assert found.classes[0].goodput is not None
    assert found.classes[0].goodput.accepted_tok_per_s_and_node == pytest.approx(1024.0)


def test_a_change_is_explained_before_it_is_made() -> None:
    shown = asked("chat", "north-gpu", "--set", "workloads.chat.tpot_limit_ms=10", "--json")
    assert json.loads(shown.output)["classes"][0]["reason"] == "tpot"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("chat",), "name an offering, too"),
        (("chta", "north-gpu"), 'did you mean "chat"?'),
        (("chat", "nort-gpu"), 'did you mean "north-gpu"?'),
    ],
)
def test_what_is_not_there_is_a_usage_error(arguments: tuple[str, ...], message: str) -> None:
    shown = asked(*arguments)
    assert shown.exit_code == 2
    assert message in shown.output
