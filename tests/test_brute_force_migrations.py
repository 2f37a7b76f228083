"""Migrations: every month in which each could be begun, for every future, against the optimizer.

Two models, each with a workload of its own; rented nodes only, so that what is served where follows from what is
through its gate: as much as the ramp allows on the cheaper stack, the rest on the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import product
from math import inf
from random import Random
from typing import Any

import pytest

from scenarios.outlooks import Effect, OutlookEffect, Subject
from scenarios.policy import BudgetWindow, Spending
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_migration,
    a_scenario,
    a_size_class,
    a_workload,
    an_effect,
    an_on_demand,
    an_outlook,
    flat_blocks,
    nodes_of_load,
    run_settings,
)
from tests.proving import EXACT_USD, planned, with_policy
from tests.stacks import two_stacks

FEW = range(16)
MANY = range(100, 260)
LEAST_SHARE = 0.2
WORKLOADS = {"model-a": "chat", "model-b": "code"}

Starts = dict[str, int | None]
"""By migration: the month in which it is begun, or None."""


@dataclass(frozen=True)
class Work:
    """A migration in bare numbers; engineering in cents, months as indices."""

    model: str
    engineering_cents: int
    engineering_months: int
    capitalised: bool
    lead: int
    ramp: tuple[float, ...]
    upkeep: int
    earliest: int
    latest: int

    def parts_cents(self) -> list[int]:
        """Equal parts, half-even to the cent, and the rest in the last."""
        whole, left = divmod(self.engineering_cents, self.engineering_months)
        twice = 2 * left
        up = twice > self.engineering_months or (twice == self.engineering_months and whole % 2)
        part = whole + (1 if up else 0)
        return [part] * (self.engineering_months - 1) + [self.engineering_cents - part * (self.engineering_months - 1)]


@dataclass(frozen=True)
class Case:
    """Prices of the two stacks by the node-hour, nodes of load by model, and two futures (or one)."""

    months: int
    work: dict[str, Work]
    price_a: int
    price_b: int
    nodes: dict[str, float]
    at_once: int | None
    futures: dict[str, float]
    fails: frozenset[tuple[str, str]]
    """(migration, future) in which the gate is not passed."""
    demand: dict[str, float]
    reveal: int | None
    rate: Decimal
    tail: Decimal
    capex: int | None

    def scenario(self) -> Scenario:
        scenario = a_scenario(
            catalog=two_stacks("model-a", "model-b"),
            run=run_settings(
                months=self.months,
                discount_rate_per_year=self.rate,
                beyond_horizon_weight=self.tail,
                reveal_month=None if self.reveal is None else FIRST + self.reveal,
            ),
            contracts=(
                an_on_demand(price_usd_per_node_hour=Decimal(self.price_a)),
                an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(self.price_b)),
            ),
            workloads=(a_workload(), a_workload("code", model="model-b")),
            size_classes=(a_size_class(), a_size_class("code")),
            demand=tuple(
                row for m, nodes in self.nodes.items() for row in nodes_of_load(nodes, self.months, WORKLOADS[m])
            ),
            blocks=flat_blocks("chat", "code"),
            migrations=tuple(stated(name, work) for name, work in self.work.items()),
            outlooks=tuple(an_outlook(s, probability=p) for s, p in self.futures.items()),
            outlook_effects=tuple(self.effects()),
        )
        budgets = ()
        if self.capex is not None:
            budgets = (
                a_budget(spending=Spending.CAPEX, window=BudgetWindow.MONTH, limit_usd=Decimal(self.capex) / 100),
            )
        return with_policy(scenario, migrations_at_once=self.at_once, budgets=budgets)

    def effects(self) -> Iterator[OutlookEffect]:
        for s, factor in self.demand.items():
            yield an_effect(s, value=factor)
        for name, s in sorted(self.fails):
            yield an_effect(s, effect=Effect.GATE, of=Subject.MIGRATION, name=name, value=0)


def stated(name: str, work: Work) -> Any:
    return a_migration(
        name,
        model=work.model,
        stack="stack-b",
        engineering_usd=Decimal(work.engineering_cents) / 100,
        engineering_months=work.engineering_months,
        capitalised=work.capitalised,
        lead_months=work.lead,
        ramp_shares=work.ramp,
        upkeep_usd_per_month=Decimal(work.upkeep),
        earliest_start=FIRST + work.earliest,
        latest_start=FIRST + work.latest,
    )


def allowed(case: Case, starts: Starts) -> bool:
    """Whether no month has too much work at once, or pays more capital expenditure than it may."""
    begun = {name: u for name, u in starts.items() if u is not None}
    for t in range(case.months):
        at_work = sum(1 for name, u in begun.items() if u <= t < u + case.work[name].lead)
        if case.at_once is not None and at_work > case.at_once:
            return False
        paid = sum(
            case.work[name].parts_cents()[t - u]
            for name, u in begun.items()
            if case.work[name].capitalised and u <= t < u + case.work[name].engineering_months
        )
        if case.capex is not None and paid > case.capex:
            return False
    return True


def cost_in(case: Case, starts: Starts, future: str) -> float:
    """What a future costs with given starts: work, upkeep, and nodes by the hour."""
    discount = [float(1 + case.rate) ** (-t / 12) for t in range(2 * case.months)]
    usd = 0.0
    through: dict[str, int] = {}
    for name, u in starts.items():
        if u is None:
            continue
        work = case.work[name]
        for i, cents in enumerate(work.parts_cents()):
            weight = 1.0 if u + i < case.months else float(case.tail)
            usd += cents / 100 * weight * discount[u + i]
        if (name, future) not in case.fails:
            through[work.model] = u + work.lead
            usd += sum(work.upkeep * discount[t] for t in range(u + work.lead, case.months))
    ramp = {work.model: work.ramp for work in case.work.values()}
    for model, nodes in case.nodes.items():
        for t in range(case.months):
            after = t - through[model] if model in through else -1
            share = 0.0 if after < 0 else (*ramp[model], 1.0)[min(after, len(ramp[model]))]
            price = case.price_a - share * max(0, case.price_a - case.price_b)
            usd += price * nodes * case.demand.get(future, 1.0) * (FIRST + t).hours * discount[t]
    return usd


def choices(case: Case, months: range) -> Iterator[Starts]:
    """Every way to begin each migration in one of the months, or not."""
    names = list(case.work)
    options = [
        [None, *(u for u in months if w.earliest <= u <= w.latest and u + w.lead < case.months)]
        for w in case.work.values()
    ]
    for picked in product(*options):
        yield dict(zip(names, picked, strict=True))


@dataclass(frozen=True)
class Best:
    usd: float
    begun: frozenset[tuple[str, int, str]]
    """(migration, month, future); the future is blank for what is begun before it is known."""


@cache
def cheapest(seed: int) -> Best:
    return enumerated(a_case(seed))


def enumerated(case: Case) -> Best:
    """First what is begun before the reveal, for all futures; then, in each, the best of what may still be begun."""
    reveal = case.months if case.reveal is None else case.reveal
    best = Best(inf, frozenset())
    for first in choices(case, range(reveal)):
        usd, begun = 0.0, {(name, u, "") for name, u in first.items() if u is not None}
        for s, chance in case.futures.items():
            later = min(recourse(case, first, range(reveal, case.months), s), key=lambda found: found[0])
            usd += chance * later[0]
            begun |= {(name, u, s) for name, u in later[1].items() if u is not None and first[name] is None}
        if usd < best.usd:
            best = Best(usd, frozenset(begun))
    return best


def recourse(case: Case, first: Starts, months: range, future: str) -> Iterator[tuple[float, Starts]]:
    yield inf, {}
    for later in choices(case, months):
        if any(later[name] is not None and first[name] is not None for name in first):
            continue
        starts = {name: first[name] if later[name] is None else later[name] for name in first}
        if allowed(case, starts):
            yield cost_in(case, starts, future), starts


def a_case(seed: int) -> Case:
    draw = Random(seed)
    months = draw.choice([3, 4, 4])
    work = {name: some_work(draw, model, months) for name, model in (("mig-a", "model-a"), ("mig-b", "model-b"))}
    two = draw.random() < 0.8
    chance = draw.choice([0.3, 0.5, 0.6])
    capex = None
    if draw.random() < 0.5:
        parts = [max(w.parts_cents()) for w in work.values() if w.capitalised]
        capex = round(draw.choice([0.5, 0.9, 1.0]) * max(parts)) if parts else None
    return Case(
        months=months,
        work=work,
        price_a=draw.choice([8, 10, 12]),
        price_b=draw.choice([3, 5]),
        nodes={"model-a": draw.choice([0.5, 1.0, 1.5]), "model-b": draw.choice([0.5, 1.0, 1.5])},
        at_once=draw.choice([None, 1, 1, 1]),
        futures={"one": chance, "other": 1 - chance} if two else {"one": 1.0},
        fails=frozenset({("mig-a", "other")} if two and draw.random() < 0.6 else set()),
        demand={"other": draw.choice([0.0, 4.0])} if two else {},
        reveal=draw.choice([None, 1, 1, 1]) if two else None,
        rate=draw.choice([Decimal(0), Decimal("0.15")]),
        tail=draw.choice([Decimal(0), Decimal(1)]),
        capex=capex,
    )


def some_work(draw: Random, model: str, months: int) -> Work:
    lead = draw.choice([1, 1, 1, 2])
    return Work(
        model=model,
        engineering_cents=draw.randint(20_000, 300_000),
        engineering_months=draw.randint(1, lead),
        capitalised=draw.random() < 0.8,
        lead=lead,
        ramp=draw.choice([(), (0.25,), (0.5,)]),
        upkeep=draw.choice([0, 100]),
        earliest=draw.choice([0, 0, 0, 1]),
        latest=draw.choice([1, months - 1, months - 1]),
    )


def agree(seed: int) -> None:
    least = cheapest(seed)
    plan = planned(a_case(seed).scenario())
    assert plan.incumbent_usd == pytest.approx(least.usd, abs=EXACT_USD + 0.005 * len(plan.cost_lines))
    assert plan.bound_usd <= least.usd + EXACT_USD


@pytest.mark.parametrize("seed", FEW)
def test_no_choice_of_months_to_begin_is_cheaper_than_the_plan(seed: int) -> None:
    agree(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", MANY)
def test_no_choice_of_months_to_begin_is_cheaper_in_many_more_cases(seed: int) -> None:
    agree(seed)


def test_the_cases_begin_before_and_after_the_reveal_and_not_at_all() -> None:
    begun = [cheapest(seed).begun for seed in FEW]
    least = LEAST_SHARE * len(FEW)
    assert sum(any(future == "" for _, _, future in starts) for starts in begun) >= least
    assert sum(any(future != "" for _, _, future in starts) for starts in begun) >= least
    assert sum({name for name, _, _ in starts} != {"mig-a", "mig-b"} for starts in begun) >= least


@pytest.mark.parametrize("limit", ["at_once", "capex", "fails"])
def test_every_limit_makes_some_cases_dearer(limit: str) -> None:
    without: dict[str, Any] = {"at_once": None, "capex": None, "fails": frozenset()}
    dearer = [
        seed
        for seed in FEW
        if cheapest(seed).usd > enumerated(replaced(a_case(seed), **{limit: without[limit]})).usd + 1
    ]
    assert len(dearer) >= LEAST_SHARE * len(FEW)


def replaced(case: Case, **fields: Any) -> Case:
    return Case(**{**vars(case), **fields})


def test_the_enumeration_knows_a_case_by_hand() -> None:
    """Model a: January on node-a 7,440, February on node-b 3,360, the work 1,000. Model b asks for nothing."""
    work = Work("model-a", 100_000, 1, False, 1, (), 0, 0, 1)
    case = Case(
        months=2,
        work={"mig-a": work},
        price_a=10,
        price_b=5,
        nodes={"model-a": 1.0, "model-b": 0.0},
        at_once=None,
        futures={"one": 1.0},
        fails=frozenset(),
        demand={},
        reveal=None,
        rate=Decimal(0),
        tail=Decimal(0),
        capex=None,
    )
    assert enumerated(case) == Best(7440 + 3360 + 1000, frozenset({("mig-a", 0, "")}))


def test_a_part_of_the_work_is_rounded_like_money() -> None:
    """10.01 in two parts: 5.005 is 5.00 half-even, and 5.01 is left; 10.03 is 5.02 and 5.01."""
    halves = [Work("model-a", cents, 2, False, 2, (), 0, 0, 1).parts_cents() for cents in (1001, 1003)]
    assert halves == [[500, 501], [502, 501]]
