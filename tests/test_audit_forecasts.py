"""The audit recomputes what is made of forecasts: it agrees with the loader, and with nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.audit.checks import Checks
from optimizer.audit.figures import Inputs
from optimizer.audit.forecasts import check_forecasts
from scenarios.forecasts import ForecastOutlooks
from scenarios.scenario import Scenario
from tests.forecast_cases import GROWS, a_folder


def audited(scenario: Scenario) -> Checks:
    checks = Checks()
    check_forecasts(Inputs(scenario), checks)
    return checks


@pytest.mark.parametrize("outlooks", ForecastOutlooks)
def test_the_audit_finds_what_is_made_of_forecasts_to_be_what_they_say(tmp_path: Path, outlooks: str) -> None:
    batch = "batch,2026-11,accepted_output_mtok,3000,4000,4100,0.01,,"
    folder = a_folder(tmp_path, GROWS, batch, outlooks=outlooks).delete("demand.csv")
    folder.write("model_dates.csv", "model,launch_date\nmodel-m,2027-01-11\n")
    verdict = audited(folder.load().scenario).verdict()
    assert verdict.findings == ()
    assert [rule.rule for rule in verdict.rules] == ["inputs.forecasts"]


def with_first_effect(scenario: Scenario, **changes: object) -> Scenario:
    first, *rest = scenario.outlook_effects
    return scenario.model_copy(update={"outlook_effects": (first.model_copy(update=changes), *rest)})


def for_its_month_alone(scenario: Scenario) -> Scenario:
    (row,) = scenario.forecast
    ends = {f"{quantile}_growth_share_per_month": None for quantile in ("p10", "p50", "p90")}
    return scenario.model_copy(update={"forecast": (row.model_copy(update=ends),)})


def with_first_outlook(scenario: Scenario, **changes: object) -> Scenario:
    first, *rest = scenario.outlooks
    return scenario.model_copy(update={"outlooks": (first.model_copy(update=changes), *rest)})


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda s: with_first_effect(s, value=0.8), id="a factor"),
        pytest.param(lambda s: with_first_outlook(s, probability=0.25), id="a chance"),
        pytest.param(lambda s: s.model_copy(update={"outlooks": s.outlooks[1:]}), id="an outlook that is missing"),
        pytest.param(lambda s: with_first_outlook(s, outlook="low"), id="an outlook of another name"),
        pytest.param(for_its_month_alone, id="a forecast that does not go on"),
    ],
)
def test_the_audit_finds_an_outlook_that_is_not_what_the_forecasts_say(
    tmp_path: Path, spoil: Callable[[Scenario], Scenario]
) -> None:
    scenario = a_folder(tmp_path, GROWS, outlooks="joint").load().scenario
    assert audited(scenario).verdict().verdict == "PASS"
    assert audited(spoil(scenario)).verdict().verdict == "FAIL"
