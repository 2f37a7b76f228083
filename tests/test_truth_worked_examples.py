"""Worked numbers from outside: reserve or rent, the break-even, and dollars for a million tokens.

Savings plans are in tests/test_billing.py. The published demand of the reserve-or-rent example is over futures; it is
set here over the hours of a month of thirty days, which is the same sum: every share is a whole number of hours.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contracts.calendar import Month, hours_by_hour_of_week
from contracts.terms.reserved import Upfront
from scenarios.blocks import BlockLoad, BlockModel, LoadBlock
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    a_catalog,
    a_point,
    a_reserved,
    a_scenario,
    an_offering,
    an_on_demand,
    day_and_night,
    flat_blocks,
    flat_demand,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import objective, ordered, planned

TRUTH = json.loads((Path(__file__).parent / "truth" / "worked_examples.json").read_text())
APRIL = Month(2027, 4)
RENT_OR_RESERVE = TRUTH["reserve_vs_ondemand_discrete"]
BREAK_EVEN = TRUTH["ri_breakeven_m4large"]["breakeven_utilisation"]
MLPERF = TRUTH["mlperf_v5_1_llama2_70b_99"]["rows"]


def april_in_parts(hours_by_level: dict[int, int]) -> BlockModel:
    """April 2027 in blocks of exactly so many hours, one for each level of load.

    An hour of the week comes four times in April (120 of them) or five times (48 of them). A block takes
    hours that come five times until the rest of it can be made of fours.
    """
    counts = hours_by_hour_of_week(APRIL)
    often = [hour for hour in range(168) if counts[hour] == 5]
    seldom = [hour for hour in range(168) if counts[hour] == 4]
    blocks, loads = [], []
    for level, hours in sorted(hours_by_level.items(), key=lambda item: item[1]):
        last = len(blocks) == len(hours_by_level) - 1
        fives = len(often) if last else min(len(often) // 8 * 4, hours // 20 * 4) if hours > 200 else 0
        taken = [often.pop() for _ in range(fives)]
        taken += [seldom.pop() for _ in range((hours - 5 * fives) // 4)]
        blocks.append(LoadBlock(block=f"load-{level}", hours_of_week=tuple(sorted(taken))))
        loads.append(BlockLoad(workload="chat", block=f"load-{level}", relative_load=float(level)))
    model = BlockModel(blocks=tuple(blocks), loads=tuple(loads), requested_blocks=len(blocks))
    assert {b.block: b.hours_in(APRIL) for b in blocks} == {f"load-{k}": h for k, h in hours_by_level.items()}
    return model


def rent_or_reserve(reserved_price: Decimal) -> Scenario:
    """10, 20, 30 or 40 nodes in 30 %, 40 %, 20 % or 10 % of the hours; an hour on demand costs 1 USD."""
    demand = {int(nodes): share for nodes, share in RENT_OR_RESERVE["demand"].items()}
    hours = {nodes: round(share * APRIL.hours) for nodes, share in demand.items()}
    mean_nodes = sum(nodes * share for nodes, share in demand.items())
    return a_scenario(
        run=run_settings(first_month=APRIL, months=1),
        catalog=ten_requests_a_node(),
        contracts=(
            an_on_demand(price_usd_per_node_hour=Decimal(RENT_OR_RESERVE["p_ondemand"])),
            a_reserved(price_usd_per_node_hour=reserved_price, term_months=1),
        ),
        demand=(Demand(workload="chat", month=APRIL, accepted_requests_per_s=10 * mean_nodes),),
        blocks=april_in_parts(hours),
    )


@pytest.mark.parametrize("ratio", RENT_OR_RESERVE["results"])
def test_nodes_are_reserved_up_to_the_hours_that_pay_for_them(ratio: str) -> None:
    """The last node reserved is in use in more than r/p of the hours, the next one is not."""
    result = RENT_OR_RESERVE["results"][ratio]
    plan = planned(rent_or_reserve(Decimal(ratio.removeprefix("r/p="))))
    assert ordered(plan) == {"res-a.2027-04": result["reserve"]}
    assert objective(plan) == Decimal(str(result["cost"])) * APRIL.hours


def a_year_of(nodes: float, **overrides: Any) -> Scenario:
    """A load of so many nodes for the 8,760 hours of 2027: 0.126 USD on demand, 0.074 partly upfront for a year."""
    return a_scenario(
        **{
            "run": run_settings(months=12),
            "catalog": ten_requests_a_node(),
            "contracts": (
                an_on_demand(price_usd_per_node_hour=Decimal("0.126")),
                a_reserved(
                    price_usd_per_node_hour=Decimal("0.074"),
                    term_months=12,
                    upfront=Upfront.PARTIAL,
                    upfront_share=0.5,
                ),
            ),
            "demand": flat_demand(months=12, requests_per_s=10 * nodes),
            "blocks": flat_blocks("chat"),
        }
        | overrides
    )


A_CENT_A_MONTH = Decimal("0.12")


def test_a_year_in_full_use_is_reserved_for_648_24_instead_of_1103_76() -> None:
    plan = planned(a_year_of(1.0))
    assert ordered(plan) == {"res-a.2027-01": 1}
    assert abs(objective(plan) - Decimal("648.24")) <= A_CENT_A_MONTH
    assert abs(8760 * Decimal("0.126") - Decimal("1103.76")) == 0


def test_half_a_year_of_use_is_rented_for_551_88() -> None:
    """Twelve hours of every day: 4,380 hours * 0.126."""
    plan = planned(a_year_of(0.5, blocks=day_and_night("chat", day=2.0, night=0.0)))
    assert ordered(plan) == {}
    assert abs(objective(plan) - Decimal("551.88")) <= A_CENT_A_MONTH


@pytest.mark.parametrize(("beside", "orders"), [(-0.001, {}), (0.001, {"res-a.2027-01": 1})])
def test_the_break_even_lies_at_the_ratio_of_the_two_prices(beside: float, orders: dict[str, int]) -> None:
    assert pytest.approx(0.074 / 0.126) == BREAK_EVEN
    assert ordered(planned(a_year_of(BREAK_EVEN + beside))) == orders


def rows_by_accelerator() -> dict[str, list[dict[str, Any]]]:
    """Published rows by accelerator, where there are two scenarios to compare."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in MLPERF:
        rows.setdefault(row["accelerator"], []).append(row)
    return {name: found for name, found in rows.items() if len(found) > 1}


@pytest.mark.parametrize("accelerator", rows_by_accelerator())
def test_dollars_for_a_million_tokens_follow_from_the_price_and_the_published_throughput(accelerator: str) -> None:
    """The price of a chip-hour that explains one published scenario explains the others, to the digits printed."""
    base, *others = rows_by_accelerator()[accelerator]
    hour = base["usd_per_Mtok_3yr_rental"] * base["tok_s_per_accelerator"] * 3600 / 1e6
    for row in others:
        chips = row["n"]
        scenario = a_scenario(
            run=run_settings(months=1),
            catalog=a_catalog(
                offerings=(an_offering(accelerators_per_node=chips),),
                goodput_points=(a_point(output_tok_per_s=row["tok_s_per_accelerator"], input_tokens=294.0),),
            ),
            contracts=(an_on_demand(price_usd_per_node_hour=round(Decimal(hour * chips), 6)),),
            size_classes=(a_scenario().size_classes[0].model_copy(update={"input_tokens": 294.0}),),
            demand=flat_demand(months=1, requests_per_s=1000.0),
        )
        found = planned(scenario).totals.usd_per_mtok
        assert found is not None
        assert float(found) == pytest.approx(row["usd_per_Mtok_3yr_rental"], rel=2e-3)
