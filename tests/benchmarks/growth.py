"""How the time of each phase grows with months, load blocks and offerings: `make bench`.

A made-up fleet: half as many workloads as offerings, a third of the offerings at each of three providers, each
offering on demand, on spot and reserved for one or three years, one cap, and the loss of one provider. One run
each; compare runs of one machine only.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from scenarios.aggregation import aggregate
from scenarios.policy import ConcentrationCap, Grouping, ShareMeasure
from scenarios.scenario import Scenario
from scenarios.workloads import HourlyLoad
from tests import builders

TIME_LIMIT_S = 120.0


@dataclass(frozen=True)
class Size:
    """What is varied."""

    offerings: int
    months: int
    blocks: int


SIZES = (Size(6, 6, 4), Size(6, 12, 4), Size(6, 24, 4), Size(6, 12, 8), Size(12, 12, 4), Size(24, 12, 4))


def main() -> None:
    """Print a line for every size."""
    print(
        "offerings months blocks      gap  " + "  ".join(f"{phase:>9}" for phase in ("build", "solve", "rest", "all"))
    )
    for size in SIZES:
        plan, seconds = timed(a_fleet(size))
        rest = sum(seconds.values()) - seconds["build"] - seconds["solve"]
        figures = (seconds["build"], seconds["solve"], rest, sum(seconds.values()))
        cells = "  ".join(f"{figure:8.2f}s" for figure in figures)
        print(f"{size.offerings:9d} {size.months:6d} {size.blocks:6d} {plan.gap:8.3%}  {cells}", flush=True)


def timed(scenario: Scenario) -> tuple[Plan, dict[str, float]]:
    """The plan, and the seconds of each phase."""
    began: list[tuple[str, float]] = []
    options = PlanOptions(with_baselines=False, on_phase=lambda name: began.append((name, time.perf_counter())))
    plan = plan_fleet(scenario, options)
    ends = [moment for _, moment in began[1:]] + [time.perf_counter()]
    return plan, {name: end - start for (name, start), end in zip(began, ends, strict=True)}


def a_fleet(size: Size) -> Scenario:
    """A fleet in which the choice is never obvious: prices and demand differ a little everywhere."""
    offerings = [f"node-{number:02d}" for number in range(size.offerings)]
    workloads = [f"load-{number:02d}" for number in range(max(1, size.offerings // 2))]
    demand = [
        row
        for number, name in enumerate(workloads)
        for row in builders.flat_demand(name, size.months, requests_per_s=400.0 + 37.0 * number)
    ]
    return builders.a_scenario(
        run=builders.run_settings(
            months=size.months,
            load_blocks=size.blocks,
            usable_share=0.85,
            gap_share=0.005,
            gap_usd=1000.0,
            time_limit_s=TIME_LIMIT_S,
        ),
        policy=builders.a_policy(
            concentration=(
                ConcentrationCap(rule="two-thirds", measure=ShareMeasure.TOKENS, by=Grouping.PROVIDER, cap_share=0.66),
            ),
            contingencies=(builders.a_contingency(floor_share=0.6),),
            spot_share_cap=0.2,
        ),
        catalog=builders.a_catalog(
            offerings=tuple(
                builders.an_offering(
                    name,
                    provider=f"cloud-{'abc'[number % 3]}",
                    list_price_usd_per_node_hour=Decimal(1000 + 13 * number) / 100,
                )
                for number, name in enumerate(offerings)
            )
        ),
        contracts=tuple(terms for number, name in enumerate(offerings) for terms in _terms(name, number)),
        workloads=tuple(builders.a_workload(name) for name in workloads),
        size_classes=tuple(builders.a_size_class(name) for name in workloads),
        demand=tuple(demand),
        blocks=aggregate(list(_profile(workloads)), workloads, size.blocks),
    )


def _terms(offering: str, number: int) -> Iterator[object]:
    price = Decimal(1000 + 13 * number) / 100
    named = {"offering": offering}
    yield builders.an_on_demand(f"{offering}-od", price_usd_per_node_hour=price, **named)
    yield builders.a_spot(
        f"{offering}-spot", price_usd_per_node_hour=price * Decimal("0.45"), spot_depth_nodes=4, **named
    )
    for years, part in ((1, "0.65"), (3, "0.48")):
        yield builders.a_reserved(
            f"{offering}-{years}y",
            price_usd_per_node_hour=price * Decimal(part),
            term_months=12 * years,
            start_every_months=3,
            **named,
        )


def _profile(workloads: list[str]) -> Iterator[HourlyLoad]:
    for number, name in enumerate(workloads):
        for hour in range(168):
            busy = 8 <= (hour + number) % 24 < 18 and hour < 120
            yield HourlyLoad(
                workload=name,
                hour_of_week=hour,
                load=(2.0 if busy else 0.7) + 0.02 * ((hour * 7 + number) % 24),
            )


if __name__ == "__main__":
    main()
