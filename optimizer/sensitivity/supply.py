"""What nodes carry and how many there are: goodput of accelerators, and stock and quota where they bind."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.records import Evidence
from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from contracts.terms.volume import VolumePriced
from optimizer.families import on_demand, stock
from optimizer.plan import Plan
from optimizer.plan_sensitivity import Varied
from optimizer.sensitivity.candidates import Candidate
from optimizer.sensitivity.estimates import ELSEWHERE, NINTH, Estimates
from optimizer.sensitivity.levers import STEP, Lever, by_a_tenth_of_nodes, by_share, decimal, plain, relative, setting
from scenarios.changes import Change

_Measured = dict[str, list[GoodputPoint]]
_Claimed = dict[str, list[PricePerformanceClaim]]


def goodput(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of each accelerator that can be had: all its measured points, and its claims.

    What another accelerator claims against it moves along: such a claim is a multiple of what is measured here.
    """
    catalog = plan.scenario.catalog
    points: _Measured = defaultdict(list)
    for point in catalog.goodput_points:
        points[point.accelerator].append(point)
    claims: _Claimed = defaultdict(list)
    for claim in catalog.claims:
        claims[claim.accelerator].append(claim)
    had: dict[str, list[str]] = defaultdict(list)
    for offering in catalog.offerings:
        had[offering.accelerator].append(offering.offering)
    for accelerator in sorted(had.keys() & (points.keys() | claims.keys())):
        grades = {row.evidence for row in (*points[accelerator], *claims[accelerator])}
        name = f"goodput of {accelerator} ({', '.join(grade for grade in Evidence if grade in grades)})"
        lever = _goodput_lever(points[accelerator], claims[accelerator])
        estimate = NINTH * estimates.of_offerings(had[accelerator])
        yield Candidate(Varied.GOODPUT, accelerator, name, lever, estimate)


def _goodput_lever(points: list[GoodputPoint], claims: list[PricePerformanceClaim]) -> Lever:
    paths = [f"goodput_points.{point.point}.output_tok_per_s" for point in points]
    paths += [f"claims.{claim.claim}.gain_share" for claim in claims]
    down, up = (_all_by(points, claims, share) for share in (-STEP, STEP))
    return Lever(paths[0], len(paths), "", by_share(-STEP, down), by_share(STEP, up))


def _all_by(
    points: list[GoodputPoint], claims: list[PricePerformanceClaim], share: Decimal
) -> tuple[Change, ...]:
    """Points by a share of what they are; a claim of gain g so that 1 + g moves by it."""
    moved = [setting(f"goodput_points.{point.point}.output_tok_per_s", relative(share)) for point in points]
    for claim in claims:
        gain = (1 + share) * (1 + decimal(claim.gain_share)) - 1
        moved.append(setting(f"claims.{claim.claim}.gain_share", plain(gain) if gain >= 0 else f"={plain(gain)}"))
    return tuple(moved)


def stock_and_quota(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of each offering of which no more is there to sign, or to have by the hour."""
    policy, contracts = plan.scenario.policy, plan.scenario.contracts
    for row in plan.scenario.catalog.offerings:
        name = row.offering
        here = [terms for terms in contracts if terms.offering == name and not isinstance(terms, Spot)]
        hourly = {terms.contract for terms in here if isinstance(terms, OnDemand | VolumePriced)}
        signed = {terms.contract for terms in here} - hourly
        if estimates.if_binding("stock", stock.SENTENCES["stay_in_the_stock"].format(name)):
            lever = _nodes_lever(f"offerings.{name}.stock_nodes", row.stock_nodes, policy.unknown_stock_nodes)
            estimate = ELSEWHERE * estimates.of_contracts(signed)
            yield Candidate(Varied.STOCK, name, f"stock of {name}", lever, estimate)
        if estimates.if_binding("on_demand", on_demand.SENTENCES["stay_in_the_quota"].format(name)):
            lever = _nodes_lever(f"offerings.{name}.quota_nodes", row.quota_nodes, policy.unknown_quota_nodes)
            estimate = ELSEWHERE * estimates.of_contracts(hourly)
            yield Candidate(Varied.QUOTA, name, f"on-demand quota of {name}", lever, estimate)


def _nodes_lever(path: str, known: int | None, bound: int | None) -> Lever:
    """A number that is not known is bounded by the policy, or its row would have been refused."""
    return by_a_tenth_of_nodes(path, known if known is not None else bound or 0)
