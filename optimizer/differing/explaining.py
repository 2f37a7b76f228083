"""Which input moved an order: each group of changes is planned alone, beginning from the old plan's inputs."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from optimizer.comparing.bridge import Alone
from optimizer.comparing.buying import Bought, BuyChange, LineKey, bought
from optimizer.comparing.comparison import Outcome, Tried, compare
from optimizer.comparing.differences import difference
from optimizer.comparing.inputs_differ import differing_inputs
from optimizer.differing.diff import Cause, GroupOutcome, GroupTried, OrderMove, PlanDiff
from optimizer.differing.groups import HORIZON, Group, groups_of
from optimizer.differing.mixing import with_inputs_of
from optimizer.differing.moves import brings_about, moved_orders, seen_at_once
from optimizer.finding import PlanOptions
from optimizer.living.living import LivingModel
from optimizer.living.trying import NoAnswer, Why, tried, was_stopped
from optimizer.order_values import signed_terms
from optimizer.plan import Plan
from scenarios.scenario import Scenario

LEAST_SECONDS = 1.0
"""A solve that is begun has at least so long."""
NOT_TOLD_APART = "not distinguishable"
_BEYOND = "the limit of solves or of time was reached before it was tried"


@dataclass(frozen=True)
class Limits:
    """How much may be solved."""

    solves: int = 20
    time_limit_s: float = 600.0


@dataclass(frozen=True)
class _Alone:
    """A group that was tried."""

    group: Group
    outcome: GroupOutcome
    plan: Plan | None = None
    reasons: tuple[str, ...] = ()

    @cached_property
    def buys(self) -> Mapping[LineKey, Bought]:
        """What its plan buys; nothing where there is none."""
        return {} if self.plan is None else bought(self.plan)


@dataclass
class _Run:
    """What is left of the limits."""

    limits: Limits
    options: PlanOptions
    announce: Callable[[str], None]
    begun: float = field(default_factory=time.monotonic)
    solved: int = 0
    stopped: bool = False

    @property
    def left_s(self) -> float:
        """Seconds that are left."""
        return self.limits.time_limit_s - (time.monotonic() - self.begun)

    @property
    def may_solve(self) -> bool:
        """Whether another solve may begin."""
        return not self.stopped and self.solved < self.limits.solves and self.left_s >= LEAST_SECONDS


@dataclass(frozen=True)
class Named:
    """A plan and what it is called."""

    name: str
    plan: Plan


def explained(
    old: Named,
    new: Named,
    limits: Limits,
    options: PlanOptions | None = None,
    announce: Callable[[str], None] = lambda words: None,
) -> PlanDiff:
    """The two plans beside each other, with what was found of every order that differs.

    `announce` hears of each group before it is planned. Whatever a group comes to, the others go on.
    """
    run = _Run(limits, options or PlanOptions(with_baselines=False), announce)
    moves = moved_orders(old.plan, new.plan)
    groups = _most_promising_first(groups_of(old.plan.scenario, new.plan.scenario), moves, old.plan.scenario)
    alone = _each_alone(old.plan, new.plan.scenario, groups, run)
    before = bought(old.plan)
    causes = tuple(_move(row, old.plan, new.plan, before, alone) for row in moves)
    return PlanDiff(
        comparison=compare(old.name, old.plan, [_as_variant(old.plan, new, alone)]),
        moves=causes,
        groups=tuple(_told(old.plan, one, moves, before) for one in alone),
        notes=_notes(old.plan, new.plan),
    )


def _most_promising_first(groups: Sequence[Group], moves: Sequence[BuyChange], old: Scenario) -> list[Group]:
    """Those that speak of contracts whose orders differ, then of their offerings, then by how much they change."""
    contracts = {row.what for row in moves}
    terms = signed_terms(old)
    offerings = {getattr(terms[name], "offering", "") for name in contracts if name in terms} - {""}

    def promise(group: Group) -> tuple[int, int]:
        if group.decides_nothing:
            return 4, 0
        rank = 0 if group.things & contracts else 1 if group.things & offerings else 2
        return (1 if group.name == HORIZON else rank), -len(group.changes)

    return sorted(groups, key=promise)


def _each_alone(old: Plan, new: Scenario, groups: Sequence[Group], run: _Run) -> tuple[_Alone, ...]:
    with LivingModel() as model:
        return tuple(_alone(model, old, new, group, number, len(groups), run) for number, group in enumerate(groups, 1))


def _alone(model: LivingModel, old: Plan, new: Scenario, group: Group, number: int, count: int, run: _Run) -> _Alone:
    if group.decides_nothing:
        return _Alone(group, GroupOutcome.DECIDES_NOTHING)
    if not run.may_solve:
        return _Alone(group, GroupOutcome.NOT_TRIED, reasons=(_BEYOND,))
    run.announce(f"{number}/{count} {group.name}")
    mixed = with_inputs_of(old.scenario, new, group.places)
    limit = max(LEAST_SECONDS, min(mixed.run.time_limit_s, run.left_s))
    run.solved += 1
    model.forget()  # so that an answer does not depend on the order of the groups
    found = tried(model, mixed.model_copy(update={"run": mixed.run.searched(time_limit_s=limit)}), run.options)
    run.stopped = was_stopped(found)
    if not isinstance(found, NoAnswer):
        return _Alone(group, GroupOutcome.PLANNED, found.plan)
    outcomes = {Why.IMPOSSIBLE: GroupOutcome.IMPOSSIBLE, Why.STOPPED: GroupOutcome.NOT_TRIED}
    return _Alone(group, outcomes.get(found.why, GroupOutcome.NO_PLAN), reasons=found.reasons)


def _move(row: BuyChange, old: Plan, new: Plan, before: Mapping[LineKey, Bought], alone: Sequence[_Alone]) -> OrderMove:
    """The order with its cause: seen at once, or from the groups that were planned."""
    seen = seen_at_once(row, old.scenario, new.scenario)
    if seen is not None:
        return seen
    moving = [one for one in alone if one.plan is not None and brings_about(row, before, one.buys)]
    proven = [one for one in moving if one.plan is not None and _told_apart(old, one.plan)]
    if proven:
        names = tuple(one.group.name for one in proven)
        return OrderMove(change=row, cause=Cause.EXPLAINED, groups=names, words=_alone_words(proven))
    if moving:
        names = tuple(one.group.name for one in moving)
        words = "the cost with and without the change is closer than the two gaps together"
        return OrderMove(change=row, cause=Cause.NOT_SETTLED, groups=names, words=words)
    return _without_a_group(row, old, new, alone)


def _without_a_group(row: BuyChange, old: Plan, new: Plan, alone: Sequence[_Alone]) -> OrderMove:
    deciding = [one for one in alone if one.outcome is not GroupOutcome.DECIDES_NOTHING]
    if not deciding:
        words = "the inputs that decide are the same: of plans within the gap, another was found"
        return OrderMove(change=row, cause=Cause.NOT_SETTLED, words=words)
    left = [one for one in deciding if one.outcome in (GroupOutcome.NOT_TRIED, GroupOutcome.NO_PLAN)]
    if left:
        words = f"no input that was tried does it alone; {len(left)} of {len(deciding)} have no plan yet"
        return OrderMove(change=row, cause=Cause.NOT_FOUND, words=words)
    if not _told_apart(old, new):
        words = "no input does it alone, and the two plans are closer than their gaps together"
        return OrderMove(change=row, cause=Cause.NOT_SETTLED, words=words)
    return OrderMove(change=row, cause=Cause.TOGETHER, words="no input does it alone")


def _told_apart(old: Plan, plan: Plan) -> bool:
    return difference(old, plan).verdict != NOT_TOLD_APART


def _alone_words(proven: Sequence[_Alone]) -> str:
    changes = [made for one in proven for made in one.group.changes]
    if len(proven) > 1:
        return f"each of {len(proven)} groups of inputs does it alone"
    return f"{changes[0].path} does it alone" if len(changes) == 1 else f"{len(changes)} inputs do it"


def _as_variant(old: Plan, new: Named, alone: Sequence[_Alone]) -> Tried:
    """The new plan as a variant of the old one; its bridge goes by groups."""
    changes = differing_inputs(old.scenario, new.plan.scenario)
    deciding = [one for one in alone if one.outcome is not GroupOutcome.DECIDES_NOTHING]
    steps = tuple(
        Alone(one.group.name, one.plan, f"{one.outcome.value}: {'; '.join(one.reasons)}" if one.plan is None else "")
        for one in deciding
    )
    if len(steps) == 1:  # one group is all that differs: the new plan is its plan
        steps = (replace(steps[0], plan=new.plan, reason=""),)
    return Tried(new.name, changes, Outcome.SOLVED, new.plan, alone=steps)


def _told(old: Plan, one: _Alone, moves: Sequence[BuyChange], before: Mapping[LineKey, Bought]) -> GroupTried:
    plan = one.plan
    count = 0 if plan is None else sum(brings_about(row, before, one.buys) for row in moves)
    return GroupTried(
        name=one.group.name,
        changes=one.group.changes,
        outcome=one.outcome,
        difference=None if plan is None else difference(old, plan),
        orders_moved=count,
        reasons=one.reasons,
    )


def _notes(old: Plan, new: Plan) -> tuple[str, ...]:
    """What a reader must know before he compares."""
    found = []
    if old.scenario.scenario != new.scenario.scenario:
        found.append(f"the plans are of scenarios of two names: {old.scenario.scenario} and {new.scenario.scenario}")
    if old.versions != new.versions:
        found.append(f"made by two versions: siliconmix {old.versions.siliconmix} and {new.versions.siliconmix}")
    if old.fingerprint == new.fingerprint:
        found.append("the inputs are the same to the last digit")
    months = [set(plan.scenario.horizon.months) for plan in (old, new)]
    if months[0] != months[1]:
        shared = len(months[0] & months[1])
        found.append(
            f"the horizon has moved: {shared} months are planned by both, and cost is that of each plan's own months"
        )
    return tuple(found)
