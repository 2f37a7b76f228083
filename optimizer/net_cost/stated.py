"""What the split reads from a plan, looked up: amounts by month and outlook, use by block, yields."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from contracts.calendar import Month, hours_between
from contracts.money import exact
from contracts.terms.agreement import Charge, charge_of
from contracts.terms.api import ApiOffer, Provisioned
from contracts.terms.split import Split
from contracts.terms.spot import Spot
from optimizer.futures import Futures
from optimizer.net_cost.bookings import Account, Column, Moment, User
from optimizer.plan import CostLine, Placement, Plan, Pool
from optimizer.plan_contracts import ApiPlacement
from optimizer.plan_splits import SplitPlacement, SplitServing
from scenarios.column_yields import Outcomes
from scenarios.outlooks import Effect
from scenarios.workloads import SizeClass, Workload

SECONDS_PER_HOUR = 3600
TOKENS_PER_MTOK = 1_000_000

Blocks = Mapping[str, Decimal]
"""An amount for each load block."""


class UsedUnder(NamedTuple):
    """A contract (or a take-or-pay order of it) whose nodes are used by the hour."""

    contract: str
    order: str | None
    moment: Moment


class Covered(NamedTuple):
    """An on-demand contract that a spend commitment covers."""

    commitment: str
    on_demand: str


class RoleAtWork(NamedTuple):
    """The nodes that one role of a split placement keeps busy, with headroom and without."""

    offering: str
    pool: Pool
    busy: Decimal
    at_work: Decimal


@dataclass(frozen=True)
class Stated:
    """A plan with what the split looks up in it."""

    plan: Plan

    @cached_property
    def probability(self) -> dict[str, Decimal]:
        """Of each outlook."""
        return {row.outlook: exact(row.probability) for row in self.plan.scenario.outlooks}

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """The months of the horizon."""
        return self.plan.scenario.horizon.months

    @cached_property
    def block_hours(self) -> dict[Month, dict[str, int]]:
        """Hours of the blocks in each month; blocks without any are left out."""
        blocks = self.plan.scenario.blocks.blocks
        hours = {m: {b.block: b.hours_in(m) for b in blocks} for m in self.months}
        return {m: {b: h for b, h in row.items() if h} for m, row in hours.items()}

    def moments(self, line: CostLine) -> Iterator[tuple[Moment, Decimal]]:
        """Months and outlooks that a line serves, each with its expected effective cost in dollars."""
        hours = hours_between(line.service_first, line.service_end)
        outlooks = self.probability if line.outlook is None else (line.outlook,)
        for month in self.months:
            if line.service_first <= month < line.service_end:
                usd = line.amount_usd * month.hours / hours
                yield from ((Moment(s, month), usd * self.probability[s]) for s in outlooks)

    def account(self, line: CostLine, moment: Moment) -> Account:
        """Where a line is booked."""
        return Account(line.payee, moment, self.charge(line))

    def charge(self, line: CostLine) -> Charge | None:
        """How an agreement would count the line."""
        is_held = line.order is None and line.source in self._held
        return charge_of(line.nature, is_held=is_held)

    @cached_property
    def _held(self) -> frozenset[str]:
        return frozenset(row.held for row in self.plan.scenario.held_contracts)

    def by_hours(self, month: Month, usd: Decimal) -> Blocks:
        """An amount of a month spread over its blocks by their hours."""
        return {b: usd * h / month.hours for b, h in self.block_hours[month].items()}

    def by_use(self, month: Month, usd: Decimal, node_hours: Blocks) -> Blocks:
        """An amount of a month spread over its blocks by node-hours; by hours where there are none."""
        whole = sum(node_hours.values(), Decimal(0))
        if not whole:
            return self.by_hours(month, usd)
        return {b: usd * used / whole for b, used in node_hours.items()}

    @cached_property
    def used(self) -> Mapping[UsedUnder, dict[str, Decimal]]:
        """Node-hours by the hour in each block, running or productive as the usage rows say."""
        found: dict[UsedUnder, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in self.plan.usages:
            hours = self.block_hours[row.month].get(row.block, 0)
            place = UsedUnder(row.contract, row.order, Moment(row.outlook, row.month))
            if row.nodes and hours:
                found[place][row.block] += exact(row.nodes) * hours
        return found

    @cached_property
    def covered(self) -> Mapping[tuple[Covered, Moment], dict[str, Decimal]]:
        """Node-hours on demand that spend commitments pay for, in each block."""
        found: dict[tuple[Covered, Moment], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in self.plan.coverage:
            hours = self.block_hours[row.month].get(row.block, 0)
            place = Covered(row.contract, row.covers), Moment(row.outlook, row.month)
            if row.nodes and hours:
                found[place][row.block] += exact(row.nodes) * hours
        return found

    @cached_property
    def spot(self) -> dict[str, Spot]:
        """Spot terms by contract."""
        return {row.contract: row for row in self.plan.scenario.spot}

    @cached_property
    def offering_of(self) -> dict[str, str]:
        """The offering of each contract."""
        return {row.contract: row.offering for row in self.plan.scenario.contracts}

    @cached_property
    def api(self) -> dict[str, ApiOffer]:
        """API offers by id."""
        return {row.api: row for row in self.plan.scenario.api_offers}

    @cached_property
    def provisioned(self) -> dict[str, Provisioned]:
        """Provisioned throughput by contract."""
        return {row.contract: row for row in self.plan.scenario.provisioned}

    @cached_property
    def workload(self) -> dict[str, Workload]:
        """Workloads by id."""
        return {row.workload: row for row in self.plan.scenario.workloads}

    @cached_property
    def size_class(self) -> dict[tuple[str, str], SizeClass]:
        """Size classes by workload and class."""
        return {(row.workload, row.size_class): row for row in self.plan.scenario.size_classes}

    @cached_property
    def futures(self) -> Futures:
        """What is different in each outlook."""
        return Futures(self.plan.scenario)

    @cached_property
    def _node_seconds(self) -> dict[tuple[str, str, str], Decimal]:
        """Node-seconds of an attempt, by workload, size class and offering, in normal operation."""
        rows = (row for row in self.plan.goodput if row.contingency is None)
        return {(r.workload, r.size_class, r.offering): exact(r.serving.node_seconds_per_attempt) for r in rows}

    def nodes_at_work(self, row: Placement) -> Decimal:
        """Nodes that a placement would keep busy without headroom; at most those that it does keep busy."""
        place = (row.workload, row.size_class, row.offering, row.outlook, row.month)
        if place not in self._nodes_per_tok_per_s:
            self._nodes_per_tok_per_s[place] = self._without_headroom(row)
        return min(exact(row.nodes), exact(row.accepted_tok_per_s) * self._nodes_per_tok_per_s[place])

    @cached_property
    def _nodes_per_tok_per_s(self) -> dict[tuple[str, str, str, str, Month], Decimal]:
        """What `nodes_at_work` has worked out: the blocks of a month share it."""
        return {}

    def _without_headroom(self, row: Placement) -> Decimal:
        names = self.futures.offering_names[row.offering]
        factor = self.futures.factor(Effect.GOODPUT, row.outlook, row.month, names)
        output_tokens = exact(self.size_class[row.workload, row.size_class].output_tokens)
        node_seconds = self._node_seconds[row.workload, row.size_class, row.offering]
        return node_seconds / output_tokens / self.yield_share(user_of(row)) / factor

    @cached_property
    def split(self) -> dict[str, Split]:
        """Splits by id."""
        return {row.split: row for row in self.plan.scenario.splits}

    @cached_property
    def _split_serving(self) -> dict[tuple[str, str, str], SplitServing]:
        """Serving figures by workload, size class and split, in normal operation."""
        rows = (row for row in self.plan.split_goodput if row.contingency is None)
        return {(r.workload, r.size_class, r.split): r.serving for r in rows}

    def roles(self, row: SplitPlacement) -> Iterator[RoleAtWork]:
        """Both roles of a split placement."""
        split, serving = self.split[row.split], self._split_serving[row.workload, row.size_class, row.split]
        for offering, pool, nodes, role in (
            (split.prefill_offering, row.prefill_pool, row.prefill_nodes, serving.prefill),
            (split.decode_offering, row.decode_pool, row.decode_nodes, serving.decode),
        ):
            names = self.futures.offering_names[offering]
            factor = self.futures.factor(Effect.GOODPUT, row.outlook, row.month, names)
            rate = exact(row.accepted_tok_per_s) / exact(self.size_class[row.workload, row.size_class].output_tokens)
            at_work = rate * exact(role.node_seconds_per_attempt) / self.yield_share(user_of(row)) / factor
            yield RoleAtWork(offering, pool, exact(nodes), min(exact(nodes), at_work))

    @cached_property
    def moved(self) -> Mapping[tuple[str, Moment], Mapping[User, Decimal]]:
        """GB of cache that each user of a split moves, by split, month and outlook, up to a factor of the split."""
        found: dict[tuple[str, Moment], dict[User, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in self.plan.split_placements:
            user, size = user_of(row), self.size_class[row.workload, row.size_class]
            hours = self.block_hours[row.month].get(row.block, 0)
            prompt = exact(size.input_tokens) / exact(size.output_tokens) / self.yield_share(user)
            found[row.split, Moment(row.outlook, row.month)][user] += exact(row.accepted_tok_per_s) * hours * prompt
        return found

    def yield_share(self, user: User) -> Decimal:
        """Accepted answers per attempt; 1 where nobody attempts anything."""
        if user.workload is None:
            return Decimal(1)
        row: Workload | Outcomes = self.workload[user.workload]
        if user.column.offering is not None:
            row = self.plan.scenario.outcomes(user.workload, user.column.offering)
        return exact(row.accepted_share) * (1 - exact(row.retry_share))

    @cached_property
    def accepted_tok(self) -> Mapping[tuple[User, Moment], Decimal]:
        """Accepted output tokens that a user is served in a month and outlook, not weighted by its probability."""
        found: dict[tuple[User, Moment], Decimal] = defaultdict(Decimal)
        rows: tuple[Placement | ApiPlacement | SplitPlacement, ...] = (
            *self.plan.placements,
            *self.plan.api_placements,
            *self.plan.split_placements,
        )
        for row in rows:
            hours = self.block_hours[row.month].get(row.block, 0)
            tokens = exact(row.accepted_tok_per_s) * hours * SECONDS_PER_HOUR
            found[user_of(row), Moment(row.outlook, row.month)] += tokens
        return found


def user_of(row: Placement | ApiPlacement | SplitPlacement) -> User:
    """Who is served, and on which column."""
    if isinstance(row, Placement):
        column = Column(offering=row.offering)
    elif isinstance(row, ApiPlacement):
        column = Column(api=row.api)
    else:
        column = Column(split=row.split)
    return User(row.workload, row.size_class, column)
