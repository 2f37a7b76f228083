"""From a plan and its traces to a Replay, in the steps of the ladder (docs/decisions/0033)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.extract import Extracted
from optimizer.keys import ClassKey
from optimizer.plan import Plan
from optimizer.problem import Problem, state
from optimizer.replaying.billing import Billed, billed, decided_by, replayed_lines
from optimizer.replaying.dispatch import Busy, MonthServed, served
from optimizer.replaying.fleet import Fleet, fleet
from optimizer.replaying.loads import (
    Loads,
    MonthHours,
    block_loads,
    months_in_hours,
    weekly_loads,
    with_own_hours,
)
from optimizer.replaying.records import Step
from optimizer.replaying.routes import Routing, routing
from optimizer.replaying.sizes import NodeTimes, TracedSizes, node_times
from optimizer.replaying.traced import Traced
from optimizer.token_offers import TokenOffers
from scenarios.workloads import SizeClass

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Replayed:
    """One step of the ladder: what is served, and the bill."""

    step: Step
    months: tuple[MonthServed, ...]
    bill: Billed


@dataclass(frozen=True)
class Replayer:
    """A plan in one outlook, ready to be replayed with any hours and sizes."""

    plan: Plan
    problem: Problem
    decided: Extracted
    outlook: str
    routing: Routing
    fleet: Fleet
    months: tuple[MonthHours, ...]
    node_times: NodeTimes

    def planned(self) -> Billed:
        """The bill as published."""
        return billed(self.problem, self.plan.cost_lines, self.outlook)

    def replayed(self, step: Step, loads: Loads, sizes: Mapping[str, TracedSizes]) -> Replayed:
        """Serve every hour of the horizon, and bill it."""
        classes = self.classes(sizes)
        sized = self._sized(classes) if sizes else self.problem
        months = tuple(self._served_in(hours, loads, sizes, classes, sized.token_offers) for hours in self.months)
        lines = replayed_lines(sized, self.decided, months, self.outlook)
        return Replayed(step, months, billed(self.problem, lines, self.outlook))

    def _served_in(
        self,
        hours: MonthHours,
        loads: Loads,
        sizes: Mapping[str, TracedSizes],
        classes: Mapping[ClassKey, SizeClass],
        offers: TokenOffers,
    ) -> MonthServed:
        """Serve the hours of one month."""
        t = hours.t
        return served(
            hours,
            {key: self.rate(row, hours, loads, sizes) for key, row in classes.items()},
            self.routing.months[t],
            self.fleet.months[t],
            self.busy(t, classes),
            lambda api, contract, sent: self._carried(api, contract, sent, offers, t),
        )

    def classes(self, sizes: Mapping[str, TracedSizes]) -> dict[ClassKey, SizeClass]:
        """Size classes as traced, and as planned where no trace speaks of the workload."""
        traced = {ClassKey(row.workload, row.size_class): row for found in sizes.values() for row in found.classes}
        planned = {key: row for key, row in self.problem.size_class.items() if key.workload not in sizes}
        return dict(sorted((planned | traced).items()))

    def rate(self, row: SizeClass, hours: MonthHours, loads: Loads, sizes: Mapping[str, TracedSizes]) -> Floats:
        """Accepted output tok/s of a class by hour: what the demand row states is kept."""
        workload = row.workload
        mean_output = self.problem.mean_output_tokens[workload]
        if workload in sizes:
            mean_output = sum(c.request_share * c.output_tokens for c in sizes[workload].classes)
        level = self._mean_tok_per_s[workload, hours.t]
        if (workload, hours.t) in self._stated_in_requests:
            level *= mean_output / self.problem.mean_output_tokens[workload]
        share = row.request_share * row.output_tokens / mean_output
        return level * share * loads.of(workload, hours.hours)

    def busy(self, t: int, classes: Mapping[ClassKey, SizeClass]) -> Busy:
        """Nodes of an accepted token a second at the sizes that are replayed, where the plan serves it."""
        nodes: dict[tuple[ClassKey, str], Floats] = {}
        usable: dict[tuple[ClassKey, str], Floats] = {}
        for route in self.routing.months[t].nodes:
            key, offering = route.key, route.pool.offering
            if key not in classes:
                continue
            own, now = self.problem.size_class[key], classes[key]
            factor = self.node_times.factor(key, offering, now.input_tokens, now.output_tokens)
            at_most = nodes.get((key, offering), np.zeros(len(self.problem.blocks)))
            per_token = route.nodes_per_tok_per_s * factor * own.output_tokens / now.output_tokens
            nodes[key, offering] = np.maximum(at_most, per_token)
            own_share = self._usable_share(key, offering, t, route.nodes_per_tok_per_s)
            usable[key, offering] = np.minimum(usable.get((key, offering), 1.0), own_share)
        return Busy(nodes, usable)

    def _usable_share(self, key: ClassKey, offering: str, t: int, nodes_per_tok_per_s: Floats) -> Floats:
        """What the plan's own row says of it: node-time without headroom over node-time with it."""
        outcomes = self.problem.scenario.outcomes(key.workload, offering)
        attempts = 1.0 / (self.problem.size_class[key].output_tokens * outcomes.yield_share)
        serving = self.problem.eligibility.servings[*key, offering]
        steady = serving.node_seconds_per_attempt * attempts / self.problem.goodput_factor[offering, t, self.outlook]
        whole = np.ones_like(nodes_per_tok_per_s)
        return np.minimum(1.0, np.divide(steady, nodes_per_tok_per_s, out=whole, where=nodes_per_tok_per_s > 0))

    def _sized(self, classes: Mapping[ClassKey, SizeClass]) -> Problem:
        """The problem with the sizes of the trace: tokens are counted and billed as they are sent."""
        if not self.plan.api_placements:
            return self.problem
        rows = tuple(
            row.model_copy(update={"input_tokens": now.input_tokens, "output_tokens": now.output_tokens})
            for row in self.problem.scenario.size_classes
            for now in (classes.get(ClassKey(row.workload, row.size_class), row),)
        )
        return replace(self.problem, scenario=self.problem.scenario.model_copy(update={"size_classes": rows}))

    def _carried(
        self,
        api: str,
        contract: str | None,
        sent: Mapping[ClassKey, Floats],
        offers: TokenOffers,
        t: int,
    ) -> Floats:
        """The share that rate limits or units carry, by hour."""
        count = self.months[t].count
        uncached, cached, output = np.zeros(count), np.zeros(count), np.zeros(count)
        for key, rate in sent.items():
            gross = offers.gross[key]
            uncached += rate * float(gross.uncached_input)
            cached += rate * float(gross.cached_input)
            output += rate * float(gross.output)
        if contract is None:
            offer = offers.offer[api]
            used = np.maximum((uncached + cached) / offer.input_tok_per_s_limit, output / offer.output_tok_per_s_limit)
        else:
            terms = offers.provisioned[contract]
            units = uncached / terms.input_tok_per_s_per_unit + output / terms.output_tok_per_s_per_unit
            used = units / max(self._units(contract, t), 1e-9)
        return np.where(used > 1 + 1e-6, 1 / np.maximum(used, 1e-9), 1.0)

    def _units(self, contract: str, t: int) -> float:
        month = self.problem.months[t]
        return float(
            sum(
                order.units
                for order in self.plan.provisioned
                if order.contract == contract
                and order.outlook in (None, self.outlook)
                and order.start <= month < order.end
            )
        )

    @cached_property
    def _mean_tok_per_s(self) -> dict[tuple[str, int], float]:
        """Accepted output tok/s of a workload, on average over a month in this outlook."""
        tokens: dict[tuple[str, int], float] = defaultdict(float)
        for (key, t, b, s), rate in self.problem.tok_per_s.items():
            if s == self.outlook:
                tokens[key.workload, t] += rate * self.problem.hours[t, b] / self.months[t].count
        return tokens

    @cached_property
    def _stated_in_requests(self) -> frozenset[tuple[str, int]]:
        place = self.problem.scenario.horizon.index
        rows = self.problem.scenario.demand
        return frozenset((row.workload, place(row.month)) for row in rows if row.accepted_requests_per_s is not None)


def replayer(plan: Plan, outlook: str) -> Replayer:
    """Everything about a plan that no trace changes. ValueError for an unknown outlook, or where splits serve."""
    if plan.split_placements:
        splits = ", ".join(sorted({row.split for row in plan.split_placements}))
        raise ValueError(f"the plan serves by splits ({splits}); a replay knows no queue over two offerings")
    problem = state(plan.scenario)
    if outlook not in problem.outlooks:
        raise ValueError(f"the plan has no outlook {outlook}; it has {', '.join(problem.outlooks)}")
    decided = decided_by(plan)
    routes = routing(problem, plan, outlook)
    used = sorted({(r.key, r.pool.offering) for month in routes.months for r in month.nodes})
    return Replayer(
        plan=plan,
        problem=problem,
        decided=decided,
        outlook=outlook,
        routing=routes,
        fleet=fleet(problem, plan, decided, outlook),
        months=months_in_hours(problem),
        node_times=node_times(problem, used),
    )


def likeliest_outlook(plan: Plan) -> str:
    """The outlook with the largest probability, the first by id among equals."""
    return min(plan.scenario.outlooks, key=lambda row: (-row.probability, row.outlook)).outlook


def ladder(replayer: Replayer, traced: Traced) -> tuple[Replayed, ...]:
    """Every step from the hours of the blocks to the replay; steps to which the traces add nothing are left out."""
    blocks, week = block_loads(replayer.problem), weekly_loads(replayer.problem)
    own = with_own_hours(week, traced.hours)
    steps = [replayer.replayed(Step.BILLING_ORDER, blocks, {}), replayer.replayed(Step.HOURS, week, {})]
    if traced.hours:
        steps.append(replayer.replayed(Step.TRACE_HOURS, own, {}))
    if traced.sizes:
        steps.append(replayer.replayed(Step.SIZES, own, traced.sizes))
    return tuple(steps)
