"""Made-up enterprise fleets of any size at real prices, to be varied in every dimension.

Prices, chips, models, measurements, request sizes and weekly profiles are those of the bundled catalog; which of them
meet in a fleet is drawn from a seed. Demand, stock, quota, lead times, growth and policy are made up by the rules
below. A row that no public price is known for takes GCP's public discount on A3 High: 30.6 % for one year, 56.1 % for
three (catalog/bundled/prices.csv).
"""

import csv
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

from catalog.offerings import Offering
from contracts.calendar import Horizon, Month
from contracts.options import Terms
from contracts.terms.held import HeldContract
from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Reserved, Upfront
from contracts.terms.spot import Spot
from optimizer.problem import Problem, state
from scenarios.example_building.demand import (
    AMERICA,
    ASIA,
    CLASSES,
    CODE,
    CONVERSATIONS,
    EUROPE,
    LIMITS,
    Place,
    profile,
)
from scenarios.example_building.prices import FILES
from scenarios.example_building.tables import write_csv, write_table
from scenarios.loading import load_scenario
from scenarios.outlooks import Effect, Outlook, OutlookEffect
from scenarios.scenario import Scenario
from scenarios.traces import read_trace
from scenarios.traces.sizes import size_classes_from_trace
from scenarios.workloads import Demand, HourlyLoad, Workload

BUNDLED = Path(__file__).resolve().parents[1] / "catalog" / "bundled"
FIRST = Month.parse("2027-01")
ONE_YEAR, THREE_YEARS = Decimal("0.694"), Decimal("0.439")
CHIPS = (
    "H100-80GB", "H200-141GB", "B200-180GB", "B300", "GB200", "MI300X-192GB", "A100-80GB", "RTX-PRO-6000", "TPU-v6e",
)  # fmt: skip
"""Chips with measurements of several models, those of which most are built first."""
MODELS = ("llama-3-70b", "gpt-oss-120b", "qwen3-32b", "llama-3-8b", "qwen3-235b-a22b", "deepseek-v3")
KINDS = ("chat", "code", "assistant", "batch", "reasoning")
PLACES = (AMERICA, EUROPE, ASIA)
AREA = {
    "us-east": AMERICA, "us-central": AMERICA, "us-west": AMERICA,
    "europe-west": EUROPE, "europe-north": EUROPE,
    "asia-northeast": ASIA, "asia-south": ASIA,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """What is varied; `blocks` counts those of extreme hours, too."""

    workloads: int = 30
    offerings: int = 60
    months: int = 36
    blocks: int = 8
    contingencies: int = 6
    outlooks: int = 1
    seed: int = 1


@dataclass(frozen=True, slots=True)
class _Listing:
    """A node with a public price, and the other prices of the same node."""

    row: dict[str, str]
    geography: str
    other: dict[tuple[str, str], Decimal]

    @property
    def name(self) -> str:
        """An id from provider, instance and region."""
        row = self.row
        return f"{row['provider']}-{row['instance_type']}-{row['region']}".lower().replace("_", "-").replace(".", "-")

    @property
    def price(self) -> Decimal:
        """On demand, USD per node-hour."""
        return Decimal(self.row["price_usd_per_node_hour"])

    def said(self) -> dict[str, object]:
        """Source, date, evidence and licence of the price."""
        row = self.row
        return {name: row[name] for name in ("source", "as_of", "evidence", "licence")}


def an_enterprise(size: Size) -> Scenario:
    """The fleet of a size; the same size is the same fleet."""
    draw = Random(size.seed)
    nodes = _offered(size, draw)
    workloads = [_workload(number, draw) for number in range(size.workloads)]
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), size, nodes, workloads, draw)
        scenario = load_scenario(Path(folder)).scenario
        for wanted in range(size.blocks - 1, 1, -1):
            if len(scenario.blocks.blocks) <= size.blocks:
                break
            scenario = load_scenario(Path(folder), load_blocks=wanted).scenario
    return _scaled(_with_futures(scenario, size.outlooks), draw)


def _with_futures(scenario: Scenario, count: int) -> Scenario:
    """Outlooks of the same probability, in which demand is up to a tenth lower or higher."""
    outlooks = tuple(Outlook(outlook=f"o{n}", probability=1 / count) for n in range(count))
    effects = tuple(
        OutlookEffect(outlook=row.outlook, effect=Effect.DEMAND, value=0.9 + 0.2 * n / (count - 1))
        for n, row in enumerate(outlooks)
        if count > 1
    )
    return scenario.model_copy(update={"outlooks": outlooks, "outlook_effects": effects})


def _offered(size: Size, draw: Random) -> list[_Listing]:
    """Nodes in turn from each chip and area, so that every workload has several providers to choose from."""
    with (BUNDLED / "regions.csv").open(encoding="utf-8", newline="") as file:
        geography = {row["region"]: row["geography"] for row in csv.DictReader(file)}
    rows = [row for name in FILES for row in _read(BUNDLED / name)]
    other: dict[tuple[str, str, str], dict[tuple[str, str], Decimal]] = {}
    for row in rows:
        key = (row["provider"], row["instance_type"], row["region"])
        other.setdefault(key, {})[row["price_model"], row["term_months"]] = Decimal(row["price_usd_per_node_hour"])
    shelves: dict[tuple[int, int], list[_Listing]] = {}
    for row in rows:
        region = f"{row['provider']}-{row['region']}"
        if row["price_model"] != "on_demand" or row["accelerator"] not in CHIPS or region not in geography:
            continue
        place = PLACES.index(AREA[geography[region]])
        key = (row["provider"], row["instance_type"], row["region"])
        shelves.setdefault((CHIPS.index(row["accelerator"]), place), []).append(
            _Listing(row, geography[region], other[key])
        )
    for shelf in shelves.values():
        shelf.sort(key=lambda one: one.name)
        draw.shuffle(shelf)
    taken: list[_Listing] = []
    while len(taken) < size.offerings and any(shelves.values()):
        for key in sorted(shelves):
            if shelves[key] and len(taken) < size.offerings:
                taken.append(shelves[key].pop())
    if len(taken) < size.offerings:
        raise ValueError(f"the bundled prices hold {len(taken)} such nodes, not {size.offerings}")
    return taken


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A workload with what its demand is made of."""

    record: Workload
    place: Place
    trace: str
    growth_per_month: float


def _workload(number: int, draw: Random) -> _Asked:
    kind, place = KINDS[number % len(KINDS)], PLACES[number % len(PLACES)]
    batch = kind == "batch"
    model = MODELS[(number // len(PLACES) + draw.randrange(2)) % len(MODELS)]
    limits = LIMITS[kind]
    record = Workload(
        workload=f"w{number:03d}-{kind}",
        model=model,
        geographies=tuple(sorted(g for g, area in AREA.items() if area == place)),
        slo_class=kind,
        ttft_limit_ms=limits.ttft_ms,
        tpot_limit_ms=limits.tpot_ms and 2 * limits.tpot_ms,
        slo_percentile=limits.percentile,
        cache_hit_share=0.2,
        shortfall_price_usd_per_mtok=Decimal(400),
        shortfall_limit_share=0.05 if batch else 0.0,
        spot_share_cap=0.35 if batch else None,
    )
    return _Asked(record, place, CODE if kind == "code" else CONVERSATIONS, draw.uniform(0.0, 0.012))


def _write(folder: Path, size: Size, nodes: list[_Listing], workloads: list[_Asked], draw: Random) -> None:
    write_table(folder, "offerings", [_offering(node, draw) for node in nodes], ("offering",))
    terms = [one for node in nodes for one in _terms(node, draw)]
    write_table(folder, "contracts", terms, ("contract", "kind", "offering", "price_usd_per_node_hour"))
    write_table(folder, "held_contracts", [_held(node, draw) for node in nodes[:: max(1, len(nodes) // 6)]], ("held",))
    write_csv(folder / "workloads.csv", [asked.record for asked in workloads])
    traces = {name: read_trace(BUNDLED / name) for name in (CODE, CONVERSATIONS)}
    classes = {
        name: size_classes_from_trace(requests, workload="any", count=CLASSES) for name, requests in traces.items()
    }
    write_csv(
        folder / "size_classes.csv",
        [
            row.model_copy(update={"workload": asked.record.workload})
            for asked in workloads
            for row in classes[asked.trace]
        ],
    )
    write_csv(folder / "demand.csv", [row for asked in workloads for row in _demand(asked, size.months)])
    write_csv(folder / "hourly_load.csv", [row for asked in workloads for row in _hourly(asked)])
    (folder / "scenario.yaml").write_text(_yaml(size, nodes), encoding="utf-8")


def _offering(node: _Listing, draw: Random) -> Offering:
    row = node.row
    return Offering.model_validate(
        {
            "offering": node.name,
            "provider": row["provider"],
            "region": f"{row['provider']}-{row['region']}",
            "accelerator": row["accelerator"],
            "accelerators_per_node": int(row["accelerators_per_node"]),
            "list_price_usd_per_node_hour": node.price,
            "stock_nodes": draw.randrange(60, 200),
            "quota_nodes": draw.randrange(50, 120),
            "on_demand_confidence": draw.choice([0.6, 0.7, 0.8]),
            "lead_time_days": draw.choice([7, 14, 30, 45]),
            **node.said(),
        }
    )


def _terms(node: _Listing, draw: Random) -> list[Terms]:
    said = node.said()
    base = {"offering": node.name, **said}
    found: list[Terms] = [
        OnDemand.model_validate({"contract": f"od-{node.name}", "price_usd_per_node_hour": node.price, **base})
    ]
    if ("spot", "") in node.other:
        spot = {
            "contract": f"spot-{node.name}",
            "price_usd_per_node_hour": node.other["spot", ""],
            "spot_depth_nodes": draw.randrange(8, 32),
            "interruption_share_per_month": 0.15,
            "recovery_hours": 0.5,
        }
        found.append(Spot.model_validate(spot | base))
    for months, share in ((12, ONE_YEAR), (36, THREE_YEARS)):
        listed = node.other.get(("committed", str(months)))
        firm = listed is None or draw.random() < 0.5
        factor = share * Decimal(draw.randrange(95, 125)) / 100
        minimum = 4 if months == 36 and draw.random() < 0.3 else 0
        reserved = {
            "contract": f"res{months}-{node.name}",
            "price_usd_per_node_hour": listed or (node.price * factor).quantize(Decimal("0.0001")),
            "term_months": months,
            "upfront": Upfront.NONE,
            "upfront_share": 0.0,
            "firm": firm,
            "minimum_order_nodes": minimum,
            "start_every_months": 3,
        }
        made_up = {"fictitious": True, "pricing_rule": f"on-demand price x {factor}"} if listed is None else {}
        found.append(Reserved.model_validate(reserved | base | made_up))
    return found


def _held(node: _Listing, draw: Random) -> HeldContract:
    return HeldContract.model_validate(
        {
            "held": f"held-{node.name}",
            "offering": node.name,
            "nodes": draw.randrange(4, 20),
            "price_usd_per_node_hour": (node.price * ONE_YEAR).quantize(Decimal("0.0001")),
            "start": FIRST + -6,
            "end": FIRST + draw.randrange(3, 18),
            "firm": True,
            **node.said(),
        }
    )


def _demand(asked: _Asked, months: int) -> list[Demand]:
    return [
        Demand(
            workload=asked.record.workload,
            month=month,
            accepted_requests_per_s=round(100.0 * (1 + asked.growth_per_month) ** t, 4),
        )
        for t, month in enumerate(Horizon(FIRST, months).months)
    ]


def _hourly(asked: _Asked) -> list[HourlyLoad]:
    if asked.record.slo_class == "batch":
        return []
    loads = profile(BUNDLED, asked.place).loads
    mean = sum(loads) / len(loads)
    return [
        HourlyLoad(workload=asked.record.workload, hour_of_week=hour, load=round(load / mean, 4))
        for hour, load in enumerate(loads)
    ]


def _events(nodes: list[_Listing]) -> list[tuple[str, str, float]]:
    """What may be lost, in the order in which events are added: kind, name, floor."""
    return [
        ("provider", "nebius", 0.8),
        ("geography", "europe-north", 0.9),
        ("family", "blackwell", 0.9),
        ("spot", "*", 0.95),
        ("offering", nodes[0].name, 0.9),
        ("provider", "gcp", 0.7),
        ("geography", "us-central", 0.8),
        ("offering", nodes[1].name, 0.9),
    ]


def _yaml(size: Size, nodes: list[_Listing]) -> str:
    events = "".join(
        f"    - {{contingency: event-{n}, lost: {lost}, name: '{name}', floor_share: {floor}, ttft_factor: 1.5,"
        " tpot_factor: 1.25, probability_per_year: 0.1, duration_hours: 72}\n"
        for n, (lost, name, floor) in enumerate(_events(nodes)[: size.contingencies])
    )
    contingencies = f"  contingencies:\n{events}" if events else ""
    return f"""scenario: enterprise
description: made-up fleet for measuring
bundled_tables: [accelerators, goodput_points, models, quality, regions]
run:
  first_month: {FIRST}
  months: {size.months}
  order_date: 2026-11-21
  discount_rate_per_year: 0.08
  beyond_horizon_weight: 0.3
  usable_share: 0.85
  load_blocks: {size.blocks}
  gap_share: 0.01
  gap_usd: 1000
  time_limit_s: 1200
policy:
  haircut_share: {{measured: 0, independent: 0.05, modelled: 0.45, vendor: 0.5, roofline: 0.55}}
  percentile_factor: {{measured: 1.5, independent: 1.5, modelled: 2, vendor: 1.5, roofline: 2.5}}
  spot_share_cap: 0.1
  emergency_share: 0.6
  concentration:
    - {{rule: provider-cap, measure: tokens, by: provider, group: '*', cap_share: 0.55, window: month}}
    - {{rule: spend-cap, measure: spend, by: chip_vendor, group: nvidia, cap_share: 0.9, window: horizon}}
{contingencies}"""


def _scaled(scenario: Scenario, draw: Random) -> Scenario:
    """Demand such that each workload keeps 5 to 60 nodes of its median offering busy in the first month."""
    problem = state(scenario)
    factor = {w: draw.uniform(5.0, 60.0) / busy for w, busy in _median_nodes(problem).items()}
    demand = tuple(
        row.model_copy(update={"accepted_requests_per_s": (row.accepted_requests_per_s or 0.0) * factor[row.workload]})
        for row in scenario.demand
    )
    return scenario.model_copy(update={"demand": demand})


def _median_nodes(problem: Problem) -> dict[str, float]:
    """Mean nodes of the first month that each workload keeps busy on its median offering."""
    nodes: dict[str, float] = dict.fromkeys(problem.workload, 0.0)
    hours = sum(problem.hours[0, b] for b in problem.blocks)
    first = problem.outlooks[0]
    for key in problem.classes:
        seconds = sorted(problem.least_node_seconds(key, pool.offering) for pool in problem.pools_of[key])
        if not seconds:
            raise ValueError(f"nothing can serve {key.workload}, class {key.size_class}")
        tokens = sum(problem.tok_per_s.get((key, 0, b, first), 0.0) * problem.hours[0, b] for b in problem.blocks)
        nodes[key.workload] += tokens / hours * seconds[len(seconds) // 2]
    return nodes
