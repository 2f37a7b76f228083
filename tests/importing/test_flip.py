"""The order of two chips flips with the SLO, and the plan flips with it: real MLPerf v5.1 rows, price ratio 0.88.

                 best Server result         best Interactive result
    H200         34,193.8 tok/s (5.1-0007)  23,079.9 (5.1-0075)    28.00 USD/h
    MI325X       32,139.4 tok/s (5.1-0045)  18,846.1 (5.1-0068)    24.64 USD/h
    MI325X/H200  0.940 > 0.88               0.817 < 0.88

USD by the million tokens = USD/h / (tok/s * 3600) * 1e6: 0.2275 against 0.2130 within the Server limits, 0.3370 against
0.3632 within the Interactive ones.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from reports.exits import Exit
from scenarios.inputs import Inputs, parse_set
from tests.importing.folders import brought_in
from tests.importing.mlperf_fleet import (
    EXCERPT,
    H200_USD,
    MI325X_USD,
    an_mlperf_fleet,
    lengths_of_llama2,
    names_of_llama2,
)

SERVER, INTERACTIVE = (2000, 200), (450, 40)
BEST = {
    ("h200", SERVER): 34193.8,
    ("mi325x", SERVER): 32139.4,
    ("h200", INTERACTIVE): 23079.9,
    ("mi325x", INTERACTIVE): 18846.1,
}
PRICE = {"h200": Decimal(H200_USD), "mi325x": Decimal(MI325X_USD)}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flip")
    made = an_mlperf_fleet(folder)
    given = ("--names", names_of_llama2(folder), "--lengths", lengths_of_llama2(folder))
    assert brought_in("mlperf", EXCERPT, made, *given).exit == Exit.PUBLISHED
    return made


def planned(fleet: Path, limits: tuple[int, int], *more: str) -> Plan:
    """The audited plan within limits of TTFT and TPOT in ms, with further changes."""
    ttft, tpot = (f"workloads.chat.{name}_limit_ms={ms}" for name, ms in zip(("ttft", "tpot"), limits, strict=True))
    changes = [parse_set(text) for text in (ttft, tpot, *more)]
    return plan_fleet(Inputs.read(fleet).load(changes).scenario, PlanOptions(with_baselines=False))


def bought(plan: Plan) -> set[str]:
    return {usage.contract.removesuffix("-hour") for usage in plan.usages}


@pytest.mark.parametrize(("limits", "chip"), [(SERVER, "mi325x"), (INTERACTIVE, "h200")])
def test_the_plan_buys_the_chip_that_is_cheaper_within_the_limits(
    fleet: Path, limits: tuple[int, int], chip: str
) -> None:
    plan = planned(fleet, limits)
    assert bought(plan) == {chip}
    by_hand = PRICE[chip] / Decimal(BEST[chip, limits] * 3600 / 1e6)
    assert plan.totals.usd_per_mtok == round(by_hand, 6)


@pytest.mark.long
@pytest.mark.parametrize(("limits", "share"), [(SERVER, 0.93992), (INTERACTIVE, 0.81656)])
def test_the_choice_turns_at_the_ratio_of_the_results(fleet: Path, limits: tuple[int, int], share: float) -> None:
    """A hundredth of a percent below that price MI325X is bought, and as much above H200."""
    assert share == pytest.approx(BEST["mi325x", limits] / BEST["h200", limits], abs=1e-5)
    price = "contracts.mi325x-hour.price_usd_per_node_hour"
    below = planned(fleet, limits, f"{price}={28 * (share - 0.0001):.6f}")
    above = planned(fleet, limits, f"{price}={28 * (share + 0.0001):.6f}")
    assert (bought(below), bought(above)) == ({"mi325x"}, {"h200"})
