"""Seen without solving: caps and floors on tokens that contradict each other, or what their groups may serve.

For a window v (a month, or the months of rules over the horizon) and an outlook, with
    must[g]    tokens of classes that only offerings of g may serve, less all that may go unserved
    may[g]     tokens of classes that an offering of g may serve at all
    outside[g] tokens of classes that something else than g may serve
    others[g]  tokens of classes that g may not serve, less all that may go unserved

    caps_below_all    sum over groups that may serve anything of their lowest cap  <  1
    captive           cap of g  <  must[g] / (must[g] + outside[g])
    floors_above_all  sum over disjoint groups of their highest floor  >  1
    floor_above_cap   floor of g  >  cap of g
    out_of_reach      floor of g  >  may[g] / (may[g] + others[g])

A window in which nothing must be served is exempt.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from contracts.calendar import Month
from optimizer.diagnosing.checks.citing import rule_cited
from optimizer.diagnosing.checks.groups import BY_THE_CHIP, Groups
from optimizer.diagnosing.checks.serving import HAIR, in_outlook
from optimizer.diagnosing.records import CitedInput, SeenBefore
from optimizer.problem import Problem
from scenarios.footprint import LOCAL
from scenarios.policy import ConcentrationCap, Grouping, ShareFloor, ShareMeasure, Window

Shared = ConcentrationCap | ShareFloor


@dataclass
class _Tokens:
    """What may and must be served by groups in one window of an outlook, in tokens."""

    least: float = 0.0
    """Of everything."""
    must: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    may: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    outside: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    others: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    may_for_caps: set[str] = field(default_factory=set)
    """Groups to which anything may be counted."""


@dataclass(frozen=True)
class _Amount:
    """Tokens of a class in a block, and the groups for which they could, or would have to, be counted."""

    tokens: float
    counted: frozenset[str]
    """For a cap, if some of what may serve them does."""
    wholly: frozenset[str]
    """For a floor."""
    captive: frozenset[str]
    """For a cap, whoever serves them."""


@dataclass(frozen=True)
class _Together:
    """Rules on tokens by one grouping, in windows of one kind that begin and end together."""

    problem: Problem
    by: Grouping
    months: tuple[int, ...]
    outlook: str
    caps: tuple[ConcentrationCap, ...]
    floors: tuple[ShareFloor, ...]

    @property
    def when(self) -> str:
        """The window in words."""
        first, last = self.problem.months[self.months[0]], self.problem.months[self.months[-1]]
        span = str(first) if first == last else f"{first} to {last}"
        return f"{span}{in_outlook(self.problem, self.outlook)}"

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Every group, also of offerings that may serve nothing."""
        of = Groups(self.problem, self.by)
        found = {g for o in self.problem.offering for g in of.of_offering(o)}
        return tuple(sorted(found | {g for api in self.problem.token_offers.offer for g in of.of_api(api)}))

    @cached_property
    def tokens(self) -> _Tokens:
        """What may and must be served by whom."""
        found = _Tokens()
        for workload, classes in self._blocks:
            everything = sum(row.tokens for row in classes)
            unserved = self.problem.workload[workload].shortfall_limit_share * everything
            found.least += max(0.0, everything - unserved)
            for group in self.groups:
                captive = sum(row.tokens for row in classes if group in row.captive)
                may = sum(row.tokens for row in classes if group in row.wholly)
                found.must[group] += max(0.0, captive - unserved)
                found.outside[group] += everything - captive
                found.may[group] += may
                found.others[group] += max(0.0, everything - may - unserved)
            found.may_for_caps.update(*(row.counted for row in classes))
        return found

    @cached_property
    def _blocks(self) -> list[tuple[str, list[_Amount]]]:
        """Each workload with its classes, block by block."""
        of = Groups(self.problem, self.by)
        blocks: dict[tuple[str, int, str], list[_Amount]] = defaultdict(list)
        for (key, t, b, s), rate in self.problem.tok_per_s.items():
            if s == self.outlook and t in self.months:
                servers = tuple(of.servers(key, t, s))
                counted = frozenset(g for g in self.groups if any(server.is_in(g) for server in servers))
                amount = _Amount(
                    tokens=rate * self.problem.hours[t, b],
                    counted=counted,
                    wholly=frozenset(g for g in counted if any(server.is_all_in(g) for server in servers)),
                    captive=frozenset(g for g in counted if all(server.is_in(g) for server in servers)),
                )
                blocks[key.workload, t, b].append(amount)
        return [(workload, classes) for (workload, _, _), classes in blocks.items()]

    def cap_on(self, group: str) -> ConcentrationCap | None:
        """The lowest cap on a group; None where there is none."""
        return min((c for c in self.caps if c.group in ("*", group)), key=lambda c: c.cap_share, default=None)

    def floor_on(self, group: str) -> ShareFloor | None:
        """The highest floor on a group; None where there is none."""
        return max((f for f in self.floors if f.group == group), key=lambda f: f.floor_share, default=None)


def contradicting_shares(problem: Problem) -> Iterator[SeenBefore]:
    """Every contradiction, once for each set of rules, of the first window in which it is there."""
    told: set[tuple[str, ...]] = set()
    for together in _windows(problem):
        for seen in _contradictions(together):
            key = (seen.check, *(cited.path for cited in seen.inputs))
            if key not in told:
                told.add(key)
                yield seen


def _contradictions(at: _Together) -> Iterator[SeenBefore]:
    if at.tokens.least > 0:
        summed = list(_caps_below_all(at))
        yield from summed
        yield from _captive(at, {cited.path for seen in summed for cited in seen.inputs})
        yield from _floors_above_all(at)
        yield from _out_of_reach(at)
        yield from _floor_above_cap(at)


def _caps_below_all(at: _Together) -> Iterator[SeenBefore]:
    groups = sorted(g for g in at.tokens.may_for_caps if g != LOCAL)
    caps = [(g, at.cap_on(g)) for g in groups]
    if at.by in BY_THE_CHIP and at.problem.token_offers.offer:
        return  # what is served by the token is in no such group
    known = [cap for _, cap in caps if cap is not None]
    total = sum(cap.cap_share for cap in known)
    if not known or len(known) < len(caps) or total >= 1 - HAIR:
        return
    rules = sorted({cap.rule: cap for cap in known}.values(), key=lambda cap: cap.rule)
    if len(rules) == 1 and rules[0].group == "*":
        words = (
            f"cap {rules[0].rule} allows {rules[0].cap_share:.1%} of tokens for each {at.by}; with {len(groups)}"
            f" of them that may serve in {at.when} that is {total:.1%} in all"
        )
        mend = f"a cap of at least {1 / len(groups):.1%}"
    else:
        each = ", ".join(f"{g} {cap.cap_share:.1%}" for g, cap in caps if cap is not None)
        words = (
            f"{' and '.join(f'cap {rule.rule}' for rule in rules)} leave some tokens of {at.when} to no {at.by}:"
            f" {each}, {total:.1%} in all"
        )
        mend = "caps that add up to 100% at least"
    yield SeenBefore(check="caps_below_all", words=words, mend=mend, inputs=_cited(at, rules))


def _captive(at: _Together, told: set[str]) -> Iterator[SeenBefore]:
    for group in at.groups:
        cap = at.cap_on(group)
        if cap is None or _cited(at, [cap])[0].path in told:
            continue
        must, outside = at.tokens.must[group], at.tokens.outside[group]
        if must > 0 and cap.cap_share < must / (must + outside) - HAIR:
            least = must / (must + outside)
            yield SeenBefore(
                check="captive",
                words=(
                    f"cap {cap.rule} allows {at.by} {group} {cap.cap_share:.1%} of the tokens of {at.when}, of which"
                    f" {least:.1%} may be served by nobody else"
                ),
                mend=f"a cap of at least {least:.1%}, or offerings elsewhere that may serve these workloads",
                inputs=_cited(at, [cap]),
            )


def _floors_above_all(at: _Together) -> Iterator[SeenBefore]:
    disjoint = [at.floor_on(g) for g in at.groups if g != LOCAL]
    local = [at.floor_on(g) for g in at.groups if g in (LOCAL, "cloud")] if at.by is Grouping.LOCALITY else []
    for floors in (disjoint, local):
        known = [floor for floor in floors if floor is not None]
        total = sum(floor.floor_share for floor in known)
        if len(known) > 1 and total > 1 + HAIR:
            yield SeenBefore(
                check="floors_above_all",
                words=(
                    f"floors {' and '.join(floor.rule for floor in known)} ask for {total:.1%} of the tokens of"
                    f" {at.when} in all"
                ),
                mend="floors that add up to 100% at most",
                inputs=_cited(at, known),
            )


def _out_of_reach(at: _Together) -> Iterator[SeenBefore]:
    for floor in at.floors:
        is_known = floor.group in at.groups
        may, others = at.tokens.may[floor.group], at.tokens.others[floor.group] if is_known else at.tokens.least
        lacking = floor.floor_share * others - may * (1 - floor.floor_share)
        if floor.floor_share <= 0 or lacking <= HAIR * (may + others):
            continue
        most = may / (may + others) if may + others else 0.0
        serves = "may serve nothing" if not may else f"may serve {most:.1%}"
        yield SeenBefore(
            check="out_of_reach",
            words=(
                f"floor {floor.rule} asks for {floor.floor_share:.1%} of the tokens of {at.when} at {at.by}"
                f" {floor.group}, which {serves} of them"
            ),
            mend=f"a floor of at most {most:.1%}, a later first_month, or offerings there that may serve more",
            inputs=_cited(at, [floor]),
        )


def _floor_above_cap(at: _Together) -> Iterator[SeenBefore]:
    for floor in at.floors:
        cap = at.cap_on(floor.group)
        if cap is not None and floor.floor_share > cap.cap_share + HAIR:
            yield SeenBefore(
                check="floor_above_cap",
                words=(
                    f"floor {floor.rule} asks for {floor.floor_share:.1%} of the tokens of {at.when} at {at.by}"
                    f" {floor.group}, cap {cap.rule} allows {cap.cap_share:.1%}"
                ),
                mend=f"a floor of at most {cap.cap_share:.1%}, or a cap of at least {floor.floor_share:.1%}",
                inputs=(*_cited(at, [floor]), *_cited(at, [cap])),
            )


def _cited(at: _Together, rules: Sequence[Shared]) -> tuple[CitedInput, ...]:
    policy = at.problem.scenario.policy
    return tuple(
        rule_cited(policy, "concentration", rule, "cap_share")
        if isinstance(rule, ConcentrationCap)
        else rule_cited(policy, "share_floors", rule, "floor_share")
        for rule in rules
    )


def _windows(problem: Problem) -> Iterator[_Together]:
    policy = problem.scenario.policy
    rules: list[Shared] = [*policy.concentration, *policy.share_floors]
    rules = [rule for rule in rules if rule.measure is ShareMeasure.TOKENS and rule.by is not Grouping.CONTRACT]
    for by in sorted({rule.by for rule in rules}):
        here = [rule for rule in rules if rule.by is by]
        for months, holding in (*_by_month(problem, here), *_over_the_horizon(problem, here)):
            caps = tuple(rule for rule in holding if isinstance(rule, ConcentrationCap))
            floors = tuple(rule for rule in holding if isinstance(rule, ShareFloor))
            for s in problem.outlooks:
                yield _Together(problem, by, months, s, caps, floors)


def _by_month(problem: Problem, rules: list[Shared]) -> Iterator[tuple[tuple[int, ...], list[Shared]]]:
    for t, month in enumerate(problem.months):
        holding = [rule for rule in rules if rule.window is Window.MONTH and rule.holds_in(month)]
        if holding:
            yield (t,), holding


def _over_the_horizon(problem: Problem, rules: list[Shared]) -> Iterator[tuple[tuple[int, ...], list[Shared]]]:
    spans: dict[tuple[Month | None, Month | None], list[Shared]] = defaultdict(list)
    for rule in rules:
        if rule.window is Window.HORIZON:
            spans[rule.first_month, rule.last_month].append(rule)
    for holding in spans.values():
        months = tuple(t for t, month in enumerate(problem.months) if holding[0].holds_in(month))
        if months:
            yield months, holding
