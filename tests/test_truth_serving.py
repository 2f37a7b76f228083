"""One hour, one price: the fleet choices of Melange and their like, to the cent.

Every size class is a workload with a model of its own, measured at one size on each type of node, so that
requests/s per node are exactly the published figures. Nodes are reserved for one month; the month's
cost by its hours is the cost of the hour.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from catalog.accelerators import ModelPrecision
from optimizer.faults import Impossible
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    SOURCED,
    a_catalog,
    a_point,
    a_reserved,
    a_scenario,
    a_size_class,
    a_workload,
    an_accelerator,
    an_offering,
    flat_blocks,
    run_settings,
)
from tests.proving import JANUARY_HOURS, objective, planned

CASES = json.loads((Path(__file__).parent / "truth" / "heterogeneous_serving.json").read_text())["cases"]
FEASIBLE = [case for case in CASES if case["truth"]["status"] == "Optimal"]
IMPOSSIBLE = [case for case in CASES if case["truth"]["status"] != "Optimal"]
MORE_THAN_NEEDED = 1000


def fleet_choice(instance: dict[str, Any]) -> Scenario:
    """The instance as a scenario of one month and one flat block."""
    gpus, shares = instance["gpu_info"], instance["workload_distribution"]
    classes = [(i, j) for i, row in enumerate(shares) for j in range(len(row))]
    caps = instance.get("caps", {})
    names = {(i, j): f"class-{i}-{j}" for i, j in classes}
    points = [
        a_point(
            f"{gpu}.{i}.{j}",
            curve=f"{gpu}.{i}.{j}",
            model=names[i, j],
            accelerator=gpu,
            output_tok_per_s=100.0 * info["tputs"][i][j],
        )
        for gpu, info in gpus.items()
        for i, j in classes
        if info["tputs"][i][j] > 0
    ]
    return a_scenario(
        run=run_settings(months=1),
        catalog=a_catalog(
            accelerators=tuple(an_accelerator(gpu) for gpu in gpus),
            models=tuple(
                ModelPrecision(model=name, precision="fp8", weights_gb=8.0, kv_kb_per_token=100.0, **SOURCED)
                for name in names.values()
            ),
            quality=(),
            offerings=tuple(
                an_offering(f"node-{gpu}", accelerator=gpu, stock_nodes=caps.get(gpu, MORE_THAN_NEEDED)) for gpu in gpus
            ),
            goodput_points=tuple(points),
        ),
        contracts=tuple(
            a_reserved(
                gpu, offering=f"node-{gpu}", term_months=1, price_usd_per_node_hour=Decimal(str(info["cost"]))
            )
            for gpu, info in gpus.items()
        ),
        workloads=tuple(a_workload(name, model=name) for name in names.values()),
        size_classes=tuple(a_size_class(name) for name in names.values()),
        demand=tuple(
            Demand(
                workload=names[i, j],
                month=FIRST,
                accepted_requests_per_s=instance["total_request_rate"] * shares[i][j],
            )
            for i, j in classes
        ),
        blocks=flat_blocks(*names.values()),
    )


def can_carry(instance: dict[str, Any], counts: dict[str, int]) -> bool:
    """Whether the fleet carries the load: a transport problem solved apart from the model."""
    pairs = [
        (gpu, i, j, info["tputs"][i][j])
        for gpu, info in instance["gpu_info"].items()
        for i, row in enumerate(info["tputs"])
        for j in range(len(row))
        if info["tputs"][i][j] > 0
    ]
    rates = np.array(instance["workload_distribution"]) * instance["total_request_rate"]
    demanded = [(i, j) for i in range(rates.shape[0]) for j in range(rates.shape[1]) if rates[i, j] > 0]
    fits = [[1 / tput if gpu == g else 0.0 for g, _, _, tput in pairs] for gpu in counts]
    serves = [[1.0 if (i, j) == (a, b) else 0.0 for _, a, b, _ in pairs] for i, j in demanded]
    found = linprog(
        np.zeros(len(pairs)),
        A_ub=np.array(fits),
        b_ub=list(counts.values()),
        A_eq=np.array(serves),
        b_eq=[rates[i, j] for i, j in demanded],
    )
    return bool(found.status == 0)


def fleets_that_cost(instance: dict[str, Any], thousandths_usd: int) -> list[dict[str, int]]:
    """All fleets within the caps that cost exactly so much an hour and carry the load."""
    gpus = list(instance["gpu_info"])
    costs = [round(instance["gpu_info"][gpu]["cost"] * 1000) for gpu in gpus]
    caps = instance.get("caps", {})
    found: list[tuple[int, ...]] = []

    def spend(left: int, chosen: tuple[int, ...]) -> None:
        place = len(chosen)
        if place == len(gpus) - 1:
            count, rest = divmod(left, costs[place])
            if rest == 0 and count <= caps.get(gpus[place], count):
                found.append((*chosen, count))
            return
        for count in range(min(left // costs[place], caps.get(gpus[place], MORE_THAN_NEEDED)) + 1):
            spend(left - count * costs[place], (*chosen, count))

    spend(thousandths_usd, ())
    fleets = [dict(zip(gpus, counts, strict=True)) for counts in found]
    return [fleet for fleet in fleets if can_carry(instance, fleet)]


def test_there_are_fifteen_cases_and_one_of_them_is_impossible() -> None:
    assert (len(FEASIBLE), len(IMPOSSIBLE)) == (14, 1)


@pytest.mark.parametrize("case", FEASIBLE, ids=[case["id"] for case in FEASIBLE])
def test_the_least_cost_of_an_hour_is_the_known_one_to_the_cent(case: dict[str, Any]) -> None:
    plan = planned(fleet_choice(case["instance"]))
    cost = Decimal(str(case["truth"]["cost_continuous_split"]))
    assert objective(plan) == cost * JANUARY_HOURS
    assert plan.bound_usd <= plan.incumbent_usd <= plan.bound_usd * (1 + 1e-9)


@pytest.mark.parametrize("case", FEASIBLE, ids=[case["id"] for case in FEASIBLE])
def test_the_fleet_is_the_known_one_where_no_other_costs_the_same(case: dict[str, Any]) -> None:
    plan = planned(fleet_choice(case["instance"]))
    fleet = dict.fromkeys(case["instance"]["gpu_info"], 0) | {o.contract: o.nodes for o in plan.orders}
    equals = fleets_that_cost(case["instance"], round(case["truth"]["cost_continuous_split"] * 1000))
    assert case["truth"]["allocation"] in equals
    assert fleet in equals


@pytest.mark.parametrize("case", IMPOSSIBLE, ids=[case["id"] for case in IMPOSSIBLE])
def test_a_fleet_that_cannot_carry_the_load_is_impossible(case: dict[str, Any]) -> None:
    with pytest.raises(Impossible):
        planned(fleet_choice(case["instance"]))
