"""Where a split may serve: its pools, what it keeps busy in them, and what it moves."""

from decimal import Decimal, localcontext
from typing import NamedTuple

from catalog.serving import Serving
from contracts.money import exact
from optimizer.keys import Bundle, ClassKey, ClassMoment, PoolKey
from optimizer.pool import Pool
from optimizer.problem import Problem
from optimizer.token_offers import QUOTIENT_DIGITS


class SplitRoute(NamedTuple):
    """Index of by_split: a size class on a split, the pool of each role, and when."""

    workload: str
    size_class: str
    split: str
    prefill_pool: str
    decode_pool: str
    month: int
    block: str
    outlook: str

    @property
    def key(self) -> ClassKey:
        """The size class that is served."""
        return ClassKey(self.workload, self.size_class)

    @property
    def moment(self) -> ClassMoment:
        """The size class, and when."""
        return self.key, self.month, self.block, self.outlook

    @property
    def is_on_spot(self) -> bool:
        """Whether either role is."""
        return Pool.SPOT.value in (self.prefill_pool, self.decode_pool)


class RoleNodes(NamedTuple):
    """A pool, and the nodes that one role keeps busy in it."""

    pool: PoolKey
    nodes: float


def split_routes(problem: Problem) -> list[SplitRoute]:
    """Every way in which a split could serve a class: both stacks could be through their gates by then."""
    serving = splits_of(problem)
    return [
        SplitRoute(*key, x, prefill.value, decode.value, t, b, s)
        for key, t, b, s in (problem.tok_per_s if problem.splits.split else ())
        for x in serving[key]
        if all(problem.may_be_open(key.workload, o, t, s) for o in offerings_of(problem, x))
        for prefill in pools_of(problem, problem.splits.split[x].prefill_offering)
        for decode in pools_of(problem, problem.splits.split[x].decode_offering)
    ]


def splits_of(problem: Problem) -> dict[ClassKey, tuple[str, ...]]:
    """Splits that may serve a class in normal operation, with a pool for either role."""
    usable = [x for x in problem.splits.split if all(pools_of(problem, o) for o in offerings_of(problem, x))]
    return {key: tuple(x for x in usable if (key, x) in problem.splits.servings) for key in problem.classes}


def offerings_of(problem: Problem, split: str) -> tuple[str, str]:
    """The offering of prefill and that of decode."""
    row = problem.splits.split[split]
    return row.prefill_offering, row.decode_offering


def pools_of(problem: Problem, offering: str) -> tuple[Pool, ...]:
    """Pools of an offering that can have capacity."""
    return tuple(pool for pool in Pool if PoolKey(offering, pool) in problem.pools)


def migrations_needed(problem: Problem, workload: str, split: str) -> tuple[str, ...]:
    """The migrations without which a workload may not be served by a split; one if both roles are on one stack."""
    needed = {problem.migration_needed(workload, o) for o in offerings_of(problem, split)}
    return tuple(sorted(migration for migration in needed if migration is not None))


def role_nodes(problem: Problem, route: SplitRoute) -> tuple[RoleNodes, RoleNodes]:
    """What the whole demand of the class would keep busy there, normal SLO, headroom included: prefill and decode."""
    key, t, _, s = route.moment
    split, serving = problem.splits.split[route.split], problem.splits.servings[key, route.split]
    rate = problem.tok_per_s.get(route.moment, 0.0)
    prefill, decode = (
        RoleNodes(PoolKey(offering, Pool(pool)), rate * role_seconds(problem, key, role, offering, t, s))
        for offering, pool, role in (
            (split.prefill_offering, route.prefill_pool, serving.prefill),
            (split.decode_offering, route.decode_pool, serving.decode),
        )
    )
    return prefill, decode


def role_seconds(problem: Problem, key: ClassKey, role: Serving, offering: str, t: int, s: str) -> float:
    """Node-seconds of a role for one accepted output token, at the stated usable share, as they turn out."""
    seconds = problem.node_seconds_per_token(key, role, problem.scenario.run.usable_share)
    return seconds / problem.goodput_factor[offering, t, s]


def bundle_role_nodes(
    problem: Problem, contingency: str, bundle: Bundle, split: str, t: int, b: str, s: str
) -> tuple[tuple[str, float], tuple[str, float]]:
    """Offering and nodes of either role for the whole demand of a bundle after an event: prefill and decode."""
    servings = problem.splits.contingency_servings[contingency]
    reads, writes = offerings_of(problem, split)
    prefill = decode = 0.0
    for key in bundle.classes:
        rate, serving = problem.tok_per_s.get((key, t, b, s), 0.0), servings[key, split]
        prefill += rate * role_seconds(problem, key, serving.prefill, reads, t, s)
        decode += rate * role_seconds(problem, key, serving.decode, writes, t, s)
    return (reads, prefill), (writes, decode)


def gb_per_token(problem: Problem, key: ClassKey, split: str) -> Decimal:
    """GB of cache that move for one accepted output token of a class, to 28 digits: every attempt moves all of it."""
    terms = problem.splits.split[split]
    memory = problem.splits.memory[terms.model, terms.precision]
    with localcontext(prec=QUOTIENT_DIGITS):
        return exact(memory.kv_kb_per_token) * problem.token_offers.gross[key].input / 1_000_000
