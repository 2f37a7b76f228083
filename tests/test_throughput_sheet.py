"""The sheet Throughput: every serving figure from rates to node-seconds, with percentiles beside the limits."""

from functools import cache

import pytest

from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from reports.sheets.book import Book, build_book
from reports.sheets.checks import checks_sheet
from reports.sheets.throughput import Working
from tests.builders import (
    a_catalog,
    a_contingency,
    a_policy,
    a_scenario,
    a_size_class,
    a_workload,
    an_offering,
    an_on_demand,
    by_evidence,
    two_points,
)


@cache
def the_plan() -> Plan:
    """p50 of 300 ms, doubled for the limit at p99; 40 % of a prompt outside the box is cached; a fifth is cut off."""
    offerings = (an_offering(), an_offering("node-b", provider="cloud-b"))
    scenario = a_scenario(
        catalog=a_catalog(
            offerings=offerings,
            goodput_points=two_points(ttft_ms=300.0, ttft_percentile=50, tpot_ms=None, tpot_percentile=None),
        ),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b")),
        workloads=(a_workload(ttft_limit_ms=600.0, cache_hit_share=0.4),),
        size_classes=(a_size_class(input_tokens=500.0),),
        policy=a_policy(
            percentile_factor=by_evidence(2.0),
            haircut_share=by_evidence(0.2),
            contingencies=(a_contingency(ttft_factor=1.5),),
        ),
    )
    return plan_fleet(scenario, PlanOptions(with_baselines=False))


@cache
def the_book() -> Book:
    return build_book(the_plan())


def line(contingency: str | None) -> tuple[int, Working]:
    rows = the_book().throughput.rows
    return next((i, row) for i, row in enumerate(rows) if row.planned.contingency == contingency)


def cell(header: str, contingency: str | None = None) -> object:
    return the_book().throughput.cell(line(contingency)[0], header).value


def test_every_figure_of_the_plan_has_its_line() -> None:
    assert [row.planned for row in the_book().throughput.rows] == list(the_book().goodput.rows)
    assert {row.planned.contingency for row in the_book().throughput.rows} == {None, "lose-cloud-a"}


def test_rates_lead_to_the_node_seconds_of_the_plan() -> None:
    """500 tokens, 40 % cached: 300 / 10,000 + 100 / 1,000 = 0.13 s, at a fifth off 0.1625."""
    assert cell("Tokens prefilled") == 300.0
    assert cell("Seconds of a measured replica") == pytest.approx(0.13)
    assert cell("Node seconds per attempt") == pytest.approx(0.1625)
    assert cell("Node seconds in the plan") == pytest.approx(0.1625)


def test_percentiles_stand_beside_the_limit_and_say_how_they_are_known() -> None:
    assert [cell(f"TTFT P{at} ms") for at in (50, 95, 99)] == [300.0, 600.0, 600.0]
    assert cell("How TTFT is known") == "P50 stated; P95, P99 estimated"
    assert [cell(f"TPOT P{at} ms") for at in (50, 95, 99)] == ["unknown"] * 3
    assert (cell("TTFT limit ms"), cell("TPOT limit ms")) == (600.0, "none")


def test_an_event_shows_its_stretched_limit() -> None:
    assert cell("TTFT limit ms", "lose-cloud-a") == pytest.approx(900.0)


def test_the_workbook_checks_the_workings_against_the_plan() -> None:
    records, _ = checks_sheet(the_book())
    (position,) = (i for i, row in enumerate(records.rows) if row.text.startswith("Node-seconds worked out"))
    assert records.cell(position, "Status").value == "OK"
