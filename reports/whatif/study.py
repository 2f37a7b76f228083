"""The study behind a what-if: the base once, every variant, every change alone for the bridges; closer on request."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from catalog.findings import Finding, InputRejected
from optimizer.comparing.bridge import Alone
from optimizer.comparing.comparison import Comparison, Outcome, Tried, compare
from optimizer.comparing.differences import difference, gap_to_tell_usd
from optimizer.plan import Plan
from reports.whatif.trying import Planner, Refused
from scenarios.changes import Change, Variant
from scenarios.scenario import Scenario

MOST_ROUNDS = 4
"""How often a pair is solved again before it is given up."""
CLOSER = 0.01
"""A pair is never solved closer than this share of the asked gap."""

Load = Callable[[Sequence[Change]], Scenario]
"""The scenario with changes, and with the settings of the command line; raises InputRejected."""
Announce = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """A variant with its scenario, or with the findings for which it has none."""

    variant: Variant
    scenario: Scenario | None
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> Refused:
        """Why it has no scenario."""
        return Refused(Outcome.REJECTED, tuple(map(str, self.findings)))


@dataclass(frozen=True)
class Study:
    """A base and the variants that were tried."""

    base_name: str
    base: Plan
    tried: tuple[Tried, ...]

    def compared(self) -> Comparison:
        """All figures side by side."""
        return compare(self.base_name, self.base, self.tried)

    def plans(self) -> Iterator[tuple[str, Plan]]:
        """Every plan under its name, the base first."""
        yield self.base_name, self.base
        yield from ((one.name, one.plan) for one in self.tried if one.plan is not None)


def load_variants(variants: Sequence[Variant], load: Load) -> tuple[Loaded, ...]:
    """Every variant's scenario, checked like any input, before anything is solved."""
    return tuple(_loaded(variant, load) for variant in variants)


def _loaded(variant: Variant, load: Load) -> Loaded:
    try:
        return Loaded(variant, load(variant.changes))
    except InputRejected as rejected:
        return Loaded(variant, None, rejected.findings)


def study(
    planner: Planner, base: Plan, variants: Sequence[Loaded], load: Load, announce: Announce, *, bridges: bool
) -> Study:
    """Plan all variants first, then each change alone, so that a study that is stopped has the more useful part."""
    tried = []
    for number, loaded in enumerate(variants, start=1):
        announce(f"{number}/{len(variants)} {loaded.variant.name}")
        tried.append(_tried(planner, loaded))
    if bridges:
        tried = [
            _with_bridge(planner, one, loaded, load, announce) for one, loaded in zip(tried, variants, strict=True)
        ]
    return Study(base_name(loaded.variant.name for loaded in variants), base, tuple(tried))


def base_name(names: Iterator[str]) -> str:
    """`base`, or a name that no variant has."""
    taken = {name.casefold() for name in names}
    return next(name for name in ("base", "the-base", "base-of-all") if name not in taken)


def _tried(planner: Planner, loaded: Loaded) -> Tried:
    variant = loaded.variant
    answer = loaded.refused if loaded.scenario is None else planner.answer(loaded.scenario)
    changes = loaded.scenario.changes if loaded.scenario else ()
    if isinstance(answer, Plan):
        return Tried(variant.name, changes, Outcome.SOLVED, answer, note=variant.reason)
    note = variant.reason or f"asked for: {'; '.join(map(str, variant.changes))}"
    return Tried(variant.name, changes, answer.outcome, reasons=answer.reasons, note=note)


def _with_bridge(planner: Planner, one: Tried, loaded: Loaded, load: Load, announce: Announce) -> Tried:
    """The variant with each of its changes alone; a variant of one change is that change alone."""
    changes = loaded.variant.changes
    if one.plan is None:
        return one
    if len(changes) == 1:
        return replace(one, alone=(Alone(str(changes[0]), one.plan),))
    alone = []
    for number, change in enumerate(changes, start=1):
        announce(f"{one.name}, change {number}/{len(changes)} alone")
        alone.append(_alone(planner, change, load))
    return replace(one, alone=tuple(alone))


def _alone(planner: Planner, change: Change, load: Load) -> Alone:
    (loaded,) = load_variants([Variant(name="alone", changes=(change,))], load)
    answer = loaded.refused if loaded.scenario is None else planner.answer(loaded.scenario)
    if isinstance(answer, Plan):
        return Alone(str(change), answer)
    return Alone(str(change), None, f"no plan alone, {answer}")


def resolved(planner: Planner, found: Study, announce: Announce) -> Study:
    """The study with those pairs solved closer that are not distinguishable, as far as that helps."""
    for number, one in enumerate(found.tried):
        if one.plan is not None and _can_be_told(found.base, one.plan):
            announce(f"{one.name} closer")
            base, plan = _closer(planner, found.base, one.plan)
            tried = [*found.tried]
            tried[number] = replace(one, plan=plan, alone=_with_plan(one, plan))
            found = replace(found, base=base, tried=tuple(tried))
    return found


def _can_be_told(base: Plan, plan: Plan) -> bool:
    """Whether two plans are not told apart, but might be: those of the same inputs never are."""
    return plan.fingerprint != base.fingerprint and difference(base, plan).verdict == "not distinguishable"


def _closer(planner: Planner, base: Plan, plan: Plan) -> tuple[Plan, Plan]:
    least = CLOSER * max(asked_usd(base), asked_usd(plan))
    for _ in range(MOST_ROUNDS):
        if not _can_be_told(base, plan):
            break
        gap_usd = gap_to_tell_usd(base, plan, least)
        if gap_usd is None or planner.stopped:
            break
        base, plan = _solved_to(planner, base, gap_usd), _solved_to(planner, plan, gap_usd)
    return base, plan


def asked_usd(plan: Plan) -> float:
    """The gap that a plan was asked for, in dollars."""
    return max(plan.asked_gap_share * abs(plan.incumbent_usd), plan.asked_gap_usd)


def _solved_to(planner: Planner, plan: Plan, gap_usd: float) -> Plan:
    """The plan, or a closer one for the same inputs with a smaller gap asked for."""
    if plan.incumbent_usd - plan.bound_usd <= gap_usd:
        return plan
    run = plan.scenario.run.model_copy(update={"gap_share": 0.0, "gap_usd": gap_usd})
    answer = planner.answer(plan.scenario.model_copy(update={"run": run}))
    if isinstance(answer, Plan) and answer.incumbent_usd - answer.bound_usd < plan.incumbent_usd - plan.bound_usd:
        return answer
    return plan


def _with_plan(one: Tried, plan: Plan) -> tuple[Alone, ...]:
    """The changes alone; of a variant of one change that is the plan itself."""
    return (replace(one.alone[0], plan=plan),) if len(one.alone) == 1 else one.alone
