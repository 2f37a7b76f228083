"""Replicas of one hour: which pools run which configuration, and how many whole replicas each has."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

from catalog.serving import Serving
from optimizer.keys import ClassKey, PoolKey
from optimizer.problem import Problem

NOT_SET_UP = 0.1
"""A group that needs less than this share of one replica is not set up, if its classes have another."""
HAIR = 1e-6


class Group(NamedTuple):
    """Replicas of one model in one configuration in one pool: they share a queue."""

    pool: PoolKey
    model: str
    precision: str
    engine: str
    accelerators_per_replica: int
    claim: str


@dataclass(frozen=True, slots=True)
class Part:
    """A class in a group: its accepted tok/s in the hour, and the nodes that they keep busy."""

    key: ClassKey
    group: Group
    tok_per_s: float
    nodes: float


def group_of(problem: Problem, key: ClassKey, pool: PoolKey) -> Group:
    """The group that serves a class in a pool."""
    row = serving_of(problem, key, pool)
    model = problem.workload[key.workload].model
    return Group(pool, model, row.precision, row.engine, row.accelerators_per_replica, row.claim or "")


def serving_of(problem: Problem, key: ClassKey, pool: PoolKey) -> Serving:
    """How a class is served in a pool in normal operation."""
    return problem.eligibility.servings[*key, pool.offering]


def replicas_per_node(problem: Problem, group: Group) -> float:
    """Whole replicas of a node; chips of a claim are shared without whole replicas (docs/decisions/0002)."""
    per_node = problem.offering[group.pool.offering].accelerators_per_node
    if group.claim:
        return per_node / group.accelerators_per_replica
    return float(per_node // group.accelerators_per_replica)


def set_up(problem: Problem, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with those of groups too small to run sent to the other groups of their classes."""
    kept = tuple(parts)
    while True:
        small = _smallest_to_drop(problem, kept)
        if small is None:
            return kept
        kept = _sent_elsewhere(kept, small)


def _smallest_to_drop(problem: Problem, parts: Sequence[Part]) -> Group | None:
    needed = _needed_replicas(problem, parts)
    others: dict[ClassKey, set[Group]] = defaultdict(set)
    for part in parts:
        others[part.key].add(part.group)
    for group in sorted(needed, key=lambda g: (needed[g], g)):
        if needed[group] >= NOT_SET_UP:
            return None
        if all(len(others[part.key]) > 1 for part in parts if part.group == group):
            return group
    return None


def _sent_elsewhere(parts: Sequence[Part], dropped: Group) -> tuple[Part, ...]:
    """In proportion to what the other groups serve of each class."""
    gone = {part.key: part.tok_per_s for part in parts if part.group == dropped}
    rest = [part for part in parts if part.group != dropped]
    served: dict[ClassKey, float] = defaultdict(float)
    for part in rest:
        served[part.key] += part.tok_per_s
    return tuple(
        Part(part.key, part.group, part.tok_per_s * more, part.nodes * more)
        for part in rest
        for more in (1 + gone.get(part.key, 0.0) / served[part.key],)
    )


def _needed_replicas(problem: Problem, parts: Sequence[Part]) -> dict[Group, float]:
    needed: dict[Group, float] = defaultdict(float)
    for part in parts:
        needed[part.group] += part.nodes * replicas_per_node(problem, part.group)
    return dict(needed)


@dataclass(frozen=True, slots=True)
class Replicas:
    """Whole replicas of a group, and how many it needs with its headroom."""

    replicas: int
    needed: float


def divided(problem: Problem, parts: Sequence[Part], nodes_there: Mapping[PoolKey, float]) -> dict[Group, Replicas]:
    """The nodes of each pool among its groups, by the nodes that they need: the largest remainder gets the next one."""
    needed = _needed_replicas(problem, parts)
    by_pool: dict[PoolKey, list[Group]] = defaultdict(list)
    for group in sorted(needed):
        by_pool[group.pool].append(group)
    found: dict[Group, Replicas] = {}
    for pool, groups in by_pool.items():
        per_node = {group: replicas_per_node(problem, group) for group in groups}
        nodes = {group: needed[group] / per_node[group] for group in groups}
        there = float(ceil(nodes_there.get(pool, 0.0) - HAIR))
        scale = there / sum(nodes.values())
        wanted = {group: nodes[group] * scale * per_node[group] for group in groups}
        counts = _whole(wanted, per_node, there)
        found |= {group: Replicas(counts[group], needed[group]) for group in groups}
    return found


def _whole(wanted: Mapping[Group, float], per_node: Mapping[Group, float], there: float) -> dict[Group, int]:
    """Whole numbers near what is wanted that fit; every group has at least one, taken from those with most to spare."""
    counts = {group: max(1, floor(share + HAIR)) for group, share in wanted.items()}

    def free() -> float:
        return there - sum(count / per_node[group] for group, count in counts.items())

    while free() < -HAIR:
        spare = [group for group, count in counts.items() if count > 1]
        if not spare:
            return counts
        counts[max(spare, key=lambda g: (counts[g] - wanted[g], g))] -= 1
    while fitting := [group for group in counts if 1 / per_node[group] <= free() + HAIR]:
        counts[max(fitting, key=lambda g: (wanted[g] - counts[g], g))] += 1
    return counts
