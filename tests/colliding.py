"""Two rules that collide, one on each of two clouds: neither may carry enough, each rule alone leaves it to the other.

Ten nodes of load in January and February 2027, ten nodes to be had of each cloud. node-a of cloud-a stands in
region-a, node-b of cloud-b in region-b; a node draws 1 kW. Where a kind of rule asks for nothing else, a cloud is
rented at 1 USD an hour. A kind states a rule that lets one cloud carry four nodes at most, or none, and what the cloud
must be like for it to bite. Shares of what is had, used or not, are lower: the other cloud's ten nodes may stand idle.

    reserved     nodes are had by orders of two months only (six, where all that ends in a quarter would be too much)
    spot         nodes are spot only
    dear         a node-hour costs 10 USD
    foreign      index 0, where the other has 100
    unanswered   one question answered with yes, where all five of the other are
    dirty        its grid emits, the other's does not
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.footprint import Answer, AuditQuestion
from contracts.terms.common import ContractTerms
from optimizer.order_values import order_usd
from scenarios.policy import (
    AuditMinimum,
    BudgetWindow,
    CarbonCap,
    ExpiryCap,
    Grouping,
    OutstandingCap,
    PowerCap,
    RemainingTermCap,
    ShareMeasure,
    SourcingRule,
    SovereigntyFloor,
    Stability,
)
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_contingency,
    a_policy,
    a_power,
    a_rating,
    a_reserved,
    a_scenario,
    a_spot,
    a_workload,
    an_approved,
    an_energy,
    an_on_demand,
    nodes_of_load,
    two_clouds,
)
from tests.proving import a_cap, a_floor

LOAD = 10
MOST = 4
HOURS = 744 + 672
OTHER = {"a": "b", "b": "a"}


@dataclass(frozen=True)
class Cloud:
    """What a cloud is like."""

    had: str = "rented"
    is_dear: bool = False
    is_foreign: bool = False
    is_answered: bool = True
    is_dirty: bool = False
    term_months: int = 2
    counts_in_an_emergency: bool = True

    @property
    def usd(self) -> Decimal:
        """Price of a node-hour."""
        return Decimal(10 if self.is_dear else 1)


@dataclass(frozen=True)
class Limited:
    """A rule on one cloud: where it stands in the policy, what it says, and what the cloud is like."""

    path: str
    """Without the number of the item."""
    rule: Callable[[Cloud], Any]
    """The record, or the value of a single limit; given what the cloud is like in the end."""
    cloud: dict[str, Any] = field(default_factory=dict)


def _by_share(x: str, measure: ShareMeasure, share: float) -> Limited:
    cap = a_cap(f"cap-{measure}-{x}", measure=measure, group=f"cloud-{x}", cap_share=share)
    return Limited("policy.concentration", lambda _: cap)


def _floor(x: str, measure: ShareMeasure, share: float) -> Limited:
    floor = a_floor(f"floor-{measure}-{x}", measure=measure, group=f"cloud-{OTHER[x]}", floor_share=share)
    return Limited("policy.share_floors", lambda _: floor)


def _changed_usd(x: str) -> Limited:
    def stability(cloud: Cloud) -> Decimal:
        return MOST * order_usd(reserved(x, cloud), FIRST)

    return Limited("policy.stability.changed_usd_at_most", stability, {"had": "reserved"})


KINDS: dict[str, Callable[[str], Limited]] = {
    "cap of tokens": lambda x: _by_share(x, ShareMeasure.TOKENS, 0.4),
    "cap of spend": lambda x: _by_share(x, ShareMeasure.SPEND, 0.04),
    "cap of capacity": lambda x: _by_share(x, ShareMeasure.CAPACITY, 0.2),
    "cap of power": lambda x: _by_share(x, ShareMeasure.POWER, 0.2),
    "floor of tokens": lambda x: _floor(x, ShareMeasure.TOKENS, 0.6),
    "floor of capacity": lambda x: _floor(x, ShareMeasure.CAPACITY, 0.8),
    "outstanding": lambda x: Limited(
        "policy.outstanding",
        lambda cloud: OutstandingCap(
            rule=f"owed-{x}",
            provider=f"cloud-{x}",
            limit_usd=MOST * cloud.usd * sum((FIRST + t).hours for t in range(1, cloud.term_months)),
        ),
        {"had": "reserved"},
    ),
    "remaining term": lambda x: Limited(
        "policy.remaining_terms",
        lambda _: RemainingTermCap(rule=f"short-{x}", provider=f"cloud-{x}", limit_months=1.5),
        {"had": "reserved"},
    ),
    "expiry": lambda x: Limited(
        "policy.expiries", lambda _: ExpiryCap(rule=f"ladder-{x}", cap_share=0.4), {"had": "reserved"}
    ),
    "sourcing": lambda x: Limited(
        "policy.sourcing",
        lambda _: SourcingRule(rule="two", workload="chat", providers_at_least=2, share_at_least=0.5),
    ),
    "contingency": lambda x: Limited(
        "policy.contingencies",
        lambda _: a_contingency(f"lose-{x}", name=f"cloud-{x}", floor_share=0.9),
    ),
    "budget": lambda x: Limited(
        "policy.budgets",
        lambda _: a_budget(
            f"cash-{x}", window=BudgetWindow.HORIZON, limit_usd=Decimal(HOURS * (MOST * 10 + LOAD - MOST))
        ),
        {"is_dear": True},
    ),
    "sovereignty": lambda x: Limited(
        "policy.sovereignty",
        lambda _: SovereigntyFloor(rule=f"index-{x}", index_at_least=80.0),
        {"is_foreign": True},
    ),
    "audit answers": lambda x: Limited(
        "policy.audit_answers", lambda _: AuditMinimum(rule=f"audit-{x}", yes_at_least=3), {"is_answered": False}
    ),
    "power": lambda x: Limited(
        "policy.power",
        lambda _: PowerCap(rule=f"grid-{x}", by=Grouping.PROVIDER, group=f"cloud-{x}", limit_mw=MOST * 0.001),
    ),
    "carbon": lambda x: Limited(
        "policy.carbon",
        lambda _: CarbonCap(rule=f"co2-{x}", window=BudgetWindow.HORIZON, limit_t_co2e=MOST * HOURS * 1000 / 1e6),
        {"is_dirty": True},
    ),
    "spot share": lambda x: Limited("policy.spot_share_cap", lambda _: 0.4, {"had": "spot"}),
    "own spot share": lambda x: Limited("workloads.chat", lambda _: 0.4, {"had": "spot"}),
    "changed value": _changed_usd,
    "changed orders": lambda x: Limited("policy.stability.changed_orders_at_most", lambda _: 0, {"had": "reserved"}),
}
"""Every kind of rule that can be said of one cloud, as the limit of a cloud."""

ONCE = frozenset(
    {
        "expiry",
        "sourcing",
        "contingency",
        "budget",
        "sovereignty",
        "audit answers",
        "carbon",
        "spot share",
        "own spot share",
        "changed value",
        "changed orders",
    }
)
"""Kinds of which two do not collide here: they are about all clouds together, or there is one of each."""

APART = (
    {"spot share", "own spot share"},
    {"changed value", "changed orders"},
    {"contingency", "cap of tokens"},
    {"contingency", "floor of tokens"},
    {"contingency", "sourcing"},
    {"contingency", "spot share"},
    {"contingency", "own spot share"},
)
"""Kinds that do not collide here: one takes the place of the other, both are kept by changing nothing, or what is
routed and where spot is has no part in what is left after an event."""


def pairs() -> list[tuple[str, str]]:
    """Every pair of kinds of which two can collide; a contingency stands first."""
    names = sorted(KINDS, key=lambda name: (name != "contingency", list(KINDS).index(name)))
    return [
        (first, second)
        for number, first in enumerate(names)
        for second in names[number:]
        if not (first == second and first in ONCE) and {first, second} not in APART
    ]


@dataclass(frozen=True)
class Collision:
    """A scenario in which exactly two rules collide, and where they stand."""

    scenario: Scenario
    first: str
    second: str

    @property
    def paths(self) -> set[str]:
        """Of both."""
        return {self.first, self.second}


def collision(first: str, second: str) -> Collision:
    """The first kind limits cloud-a, the second cloud-b."""
    limits = {"a": KINDS[first]("a"), "b": KINDS[second]("b")}
    clouds = {x: Cloud(**limit.cloud) for x, limit in limits.items()}
    if first == "contingency":  # cloud-b must hold firm nodes for it
        clouds["b"] = Cloud(**(limits["b"].cloud | {"had": "reserved", "counts_in_an_emergency": False}))
    expiring = {"a": first == "expiry", "b": second == "expiry"}
    for x in clouds:
        if expiring[OTHER[x]] and clouds[x].had == "reserved":
            clouds[x] = Cloud(**(clouds[x].__dict__ | {"term_months": 6}))
    values = {x: limits[x].rule(clouds[x]) for x in limits}
    scenario = _scenario(clouds, first, second)
    paths = {}
    for x, limit in limits.items():
        scenario, paths[x] = _with(scenario, limit.path, values[x])
    return Collision(scenario, paths["a"], paths["b"])


def _with(scenario: Scenario, path: str, value: Any) -> tuple[Scenario, str]:
    """The scenario with a rule more, and its path."""
    if path.startswith("workloads."):
        rows = tuple(row.model_copy(update={"spot_share_cap": value}) for row in scenario.workloads)
        return scenario.model_copy(update={"workloads": rows}), path
    policy, key = scenario.policy, path.removeprefix("policy.")
    if key.startswith("stability."):
        stability = (policy.stability or Stability()).model_copy(update={key.removeprefix("stability."): value})
        return scenario.model_copy(update={"policy": policy.model_copy(update={"stability": stability})}), path
    before = getattr(policy, key)
    changed = (*before, value) if isinstance(before, tuple) else value
    place = f"{path}[{len(before)}]" if isinstance(before, tuple) else path
    return scenario.model_copy(update={"policy": policy.model_copy(update={key: changed})}), place


def reserved(x: str, cloud: Cloud) -> Any:
    """The only way to have nodes of a cloud that is reserved."""
    return a_reserved(
        f"res-{x}",
        offering=f"node-{x}",
        price_usd_per_node_hour=cloud.usd,
        term_months=cloud.term_months,
        latest_start=FIRST,
    )


def _contracts(x: str, cloud: Cloud) -> ContractTerms:
    if cloud.had == "reserved":
        return reserved(x, cloud)  # type: ignore[no-any-return]
    named: dict[str, Any] = {"offering": f"node-{x}", "price_usd_per_node_hour": cloud.usd}
    if cloud.had == "spot":
        return a_spot(f"spot-{x}", spot_depth_nodes=LOAD, **named)
    return an_on_demand(f"od-{x}", **named)


def _scenario(clouds: dict[str, Cloud], first: str, second: str) -> Scenario:
    """What both clouds are like, without any rule; orders of the other cloud were approved where changes count."""
    answers = {question.value: Answer.YES for question in AuditQuestion}
    one = {AuditQuestion.FIRMWARE_INTEGRITY.value: Answer.YES}
    ratings = tuple(
        a_rating(f"node-{x}", 0.0 if cloud.is_foreign else 100.0, **(answers if cloud.is_answered else one))
        for x, cloud in clouds.items()
    )
    is_dirty = any(cloud.is_dirty for cloud in clouds.values())
    energy = tuple(
        an_energy(f"region-{x}", pue=1.0, grid_g_co2e_per_kwh=1000.0 if cloud.is_dirty or not is_dirty else 0.0)
        for x, cloud in clouds.items()
    )
    confidence = {x: 1.0 if cloud.counts_in_an_emergency else 0.0 for x, cloud in clouds.items()}
    there: dict[str, Any] = {"stock_nodes": LOAD, "quota_nodes": LOAD}
    catalog = two_clouds(
        node_b={"region": "region-b", "on_demand_confidence": confidence["b"], **there},
        on_demand_confidence=confidence["a"],
        **there,
    ).model_copy(
        update={
            "sovereignty": ratings,
            "accelerator_power": (a_power("gpu-a"), a_power("gpu-b")),
            "region_energy": energy,
        }
    )
    counted = {"a": first.startswith("changed"), "b": second.startswith("changed")}
    approved = tuple(
        an_approved(f"res-{x}", quantity=Decimal(LOAD))
        for x, cloud in clouds.items()
        if cloud.had == "reserved" and counted[OTHER[x]]
    )
    return a_scenario(
        policy=a_policy(),
        catalog=catalog,
        workloads=(a_workload(geographies=("geo-a", "geo-b")),),
        contracts=tuple(_contracts(x, cloud) for x, cloud in clouds.items()),
        demand=nodes_of_load(LOAD),
        approved_orders=approved,
    )
