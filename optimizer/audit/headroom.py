"""Derived headroom again: what every pool of the plan is used, what its size allows, and what the plan says of both."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from contracts.calendar import Month
from optimizer.audit.checks import Checks, Place
from optimizer.audit.configurations import Figures
from optimizer.audit.figures import Inputs
from optimizer.audit.pairs import relaxations
from optimizer.audit.proof import money_tolerance
from optimizer.audit.queues import Wait, derived_share
from optimizer.audit.serving import Factors, ServingBook
from optimizer.audit.sieve import Sieve
from optimizer.audit.statements import Statements
from optimizer.plan import ContingencyPlacement, Placement, Plan, Status, StopReason
from optimizer.plan_headroom import HeadroomFound, PoolShare, RestsOnTooMuch
from scenarios.scenario import HeadroomMethod

MOST_ROUNDS = 3
SHARE_ROUNDED = 1000.0
"""A share may be 1e-6 above what its pool allows: so many times the rounding of a figure."""


class Cell(NamedTuple):
    """Where requests share a router."""

    contingency: str | None
    workload: str
    offering: str
    outlook: str
    month: Month
    block: str

    @property
    def place(self) -> Place:
        """For a finding."""
        return self.contingency or "normal", *self[1:]


class Part(NamedTuple):
    """What one placement brings to its cell."""

    size_class: str
    erlangs: float
    """Replicas that its attempts keep busy, without headroom."""
    replicas: float
    error: float
    """How far rounding of nodes and tokens may be off, in replicas."""


@dataclass(frozen=True)
class Pool:
    """All placements of a cell."""

    parts: tuple[Part, ...]
    wait: Wait
    allowed_share: float

    @cached_property
    def erlangs(self) -> float:
        """Offered load."""
        return sum(part.erlangs for part in self.parts)

    @cached_property
    def replicas(self) -> float:
        """Size, headroom included."""
        return sum(part.replicas for part in self.parts)

    @property
    def usable_share(self) -> float:
        """What of it is used."""
        return self.erlangs / self.replicas

    @property
    def rounded(self) -> float:
        """Rounding of its share, in roundings of a published figure."""
        return 1.0 + sum(part.error for part in self.parts) / self.replicas


def check_headroom(inputs: Inputs, plan: Plan, stated: Statements, book: ServingBook, checks: Checks) -> None:
    """Shares and pools of every cell, and what the plan publishes of them."""
    is_derived = inputs.run.headroom.method is HeadroomMethod.DERIVED
    checks.true(
        "headroom.stated",
        ("headroom",),
        (plan.headroom is not None) == is_derived,
        left="stated in the plan" if plan.headroom else "not in the plan",
        operator="but",
        right=f"usable shares are {inputs.run.headroom.method.value}",
    )
    if plan.headroom is None or not is_derived:
        return
    pools = _Cells(inputs, stated, book).pools()
    _check_shares(pools, checks)
    _check_left(inputs, pools, plan.headroom, checks)
    _check_rows(inputs, pools, plan.headroom, checks)
    _check_rounds(plan, plan.headroom, checks)


class _Cells:
    """Pools by cell, from the placements."""

    def __init__(self, inputs: Inputs, stated: Statements, book: ServingBook) -> None:
        self._inputs = inputs
        self._stated = stated
        self._book = book
        self._factors = relaxations(inputs)
        self._named = {
            (row.workload, row.size_class, row.offering, row.contingency): row.serving.accelerators_per_replica
            for row in stated.goodput
        }

    def pools(self) -> dict[Cell, Pool]:
        parts: dict[Cell, list[Part]] = defaultdict(list)
        for cell, row in _placed(self._stated):
            if (part := self._part(cell, row)) is not None:
                parts[cell].append(part)
        return {cell: self._pool(cell, tuple(rows)) for cell, rows in parts.items()}

    def _part(self, cell: Cell, row: Placement | ContingencyPlacement) -> Part | None:
        figures = self._chosen(cell, row.size_class)
        if figures is None or row.nodes <= 0.0:
            return None
        inputs = self._inputs
        replicas = self._replicas_per_node(cell.offering, figures)
        seconds = inputs.node_seconds(figures.node_seconds, cell.outlook, cell.offering, cell.month)
        workload, size_class = inputs.workloads[cell.workload], inputs.classes[cell.workload, row.size_class]
        per_tok = inputs.nodes_per_tok_per_s(workload, size_class, cell.offering, seconds) * inputs.run.usable_share
        error = replicas * (1.0 + per_tok)
        return Part(row.size_class, row.accepted_tok_per_s * per_tok * replicas, row.nodes * replicas, error)

    def _chosen(self, cell: Cell, size_class: str) -> Figures | None:
        """The choice that the plan names among equally good ones, else the first."""
        factors = self._factors[cell.contingency]
        choices = self._book.answer((cell.workload, size_class, cell.offering), factors).choices
        events = (cell.contingency, None) if factors == (1.0, 1.0) else (cell.contingency,)
        named = {self._named.get((cell.workload, size_class, cell.offering, event)) for event in events}
        fitting = [row for row in choices if row.accelerators_per_replica in named]
        return next(iter(fitting or choices), None)

    def _replicas_per_node(self, offering: str, figures: Figures) -> int:
        return self._inputs.offerings[offering].accelerators_per_node // figures.accelerators_per_replica

    def _pool(self, cell: Cell, parts: tuple[Part, ...]) -> Pool:
        workload = self._inputs.workloads[cell.workload]
        wait = self.wait(cell)
        replicas = sum(part.replicas for part in parts)
        allowed = derived_share(replicas, wait, workload.burst_ratio or 1.0, self._inputs.run.usable_share)
        return Pool(parts, wait, allowed)

    def wait(self, cell: Cell) -> Wait:
        """The limit is a share of the workload's own TTFT limit, after an event too."""
        workload, settings = self._inputs.workloads[cell.workload], self._inputs.run.headroom
        limit_ms = settings.wait_limit_ms
        if limit_ms is None and workload.ttft_limit_ms is not None:
            limit_ms = settings.wait_limit_share * workload.ttft_limit_ms
        return Wait(
            limit_s=None if limit_ms is None else limit_ms / 1000.0,
            late_share=1.0 - workload.slo_percentile / 100.0,
            service_s=self._service_s(cell),
        )

    def _service_s(self, cell: Cell) -> float:
        """Replica-seconds of a mean attempt: of all classes that the offering may serve, weighted by their requests."""
        mean = self._mean_service_s(cell.workload, cell.offering, self._factors[cell.contingency])
        return self._inputs.node_seconds(mean, cell.outlook, cell.offering, cell.month)

    def _mean_service_s(self, workload: str, offering: str, factors: Factors) -> float:
        seconds = requests = 0.0
        for row in self._inputs.classes_of[workload]:
            figures = self._book.figures((workload, row.size_class, offering), factors)
            if figures is not None:
                replicas = self._replicas_per_node(offering, figures)
                seconds += row.request_share * figures.node_seconds * replicas
                requests += row.request_share
        return seconds / requests


def _placed(stated: Statements) -> Iterator[tuple[Cell, Placement | ContingencyPlacement]]:
    for row in stated.placements:
        yield Cell(None, row.workload, row.offering, row.outlook, row.month, row.block), row
    for case in stated.cases:
        for after in case.placements:
            moment = case.outlook, case.month, case.block
            yield Cell(case.contingency, after.workload, after.offering, *moment), after


def _check_shares(pools: dict[Cell, Pool], checks: Checks) -> None:
    """All classes of a cell, base and spot, have one usable share."""
    for cell, pool in pools.items():
        for part in pool.parts:
            own = pool.usable_share * part.replicas
            error = part.error + sum(other.error for other in pool.parts)
            place = (*cell.place, part.size_class)
            checks.close("headroom.one_share", place, part.erlangs, own, "replicas", rounded=error)


def _check_left(inputs: Inputs, pools: dict[Cell, Pool], found: HeadroomFound, checks: Checks) -> None:
    """No cell rests on a larger pool than it has, but those in `left`, and those do."""
    left = {_cell_of(row): row for row in _sound_left(inputs, found, checks)}
    for cell, pool in pools.items():
        if cell not in left:
            share, allowed = pool.usable_share, pool.allowed_share
            rounded = SHARE_ROUNDED + pool.rounded
            checks.at_most("headroom.pool", cell.place, share, allowed, "of the pool", rounded=rounded)
    for cell, row in left.items():
        there = pools.get(cell)
        rests = there is not None and there.usable_share > there.allowed_share
        checks.true(
            "headroom.left",
            cell.place,
            rests,
            left="in what is left",
            operator="but",
            right=f"used {there.usable_share:.9f} of {there.allowed_share:.9f}" if there else "not in use",
        )
        if there is not None:
            for published, own in (
                (row.replicas, there.replicas),
                (row.usable_share, there.usable_share),
                (row.derived_share, there.allowed_share),
            ):
                checks.close("headroom.left", cell.place, published, own, "", rounded=1.0 + there.rounded)


def _cell_of(row: RestsOnTooMuch) -> Cell:
    return Cell(row.contingency, row.workload, row.offering, row.outlook, row.month, row.block)


def _sound_left(inputs: Inputs, found: HeadroomFound, checks: Checks) -> tuple[RestsOnTooMuch, ...]:
    return Sieve(checks).keep(
        "pool that is too small",
        found.left,
        _cell_of,
        lambda row: (
            row.outlook in inputs.probability
            and row.block in inputs.block_hours.get(row.month, {})
            and _is_known(inputs, row)
        ),
    )


def _is_known(inputs: Inputs, row: PoolShare | RestsOnTooMuch) -> bool:
    events = {None, *(event.contingency for event in inputs.policy.contingencies)}
    return row.workload in inputs.workloads and row.offering in inputs.offerings and row.contingency in events


def _check_rows(inputs: Inputs, pools: dict[Cell, Pool], found: HeadroomFound, checks: Checks) -> None:
    """One row for every workload, offering and event in use, and its figures."""
    rows = Sieve(checks).keep(
        "pool",
        found.pools,
        lambda row: (row.workload, row.offering, row.contingency),
        lambda row: _is_known(inputs, row),
    )
    groups: dict[tuple[str, str, str | None], dict[Cell, Pool]] = defaultdict(dict)
    for cell, pool in pools.items():
        groups[cell.workload, cell.offering, cell.contingency][cell] = pool
    stated = {(row.workload, row.offering, row.contingency) for row in rows}
    for missing in groups.keys() - stated:
        checks.true("headroom.pools", missing, False, left="in use", operator="but", right="not told")
    for row in rows:
        place: Place = (row.workload, row.offering, row.contingency or "normal")
        cells = groups.get((row.workload, row.offering, row.contingency))
        if checks.true("headroom.pools", place, cells is not None, left="told", operator="but", right="not in use"):
            assert cells is not None
            _check_row(inputs, row, cells, place, checks)


def _check_row(inputs: Inputs, row: PoolShare, cells: dict[Cell, Pool], place: Place, checks: Checks) -> None:
    pools = cells.values()
    limit = next(iter(pools)).wait.limit_s
    busy = there = 0.0
    for cell, pool in cells.items():
        hours = inputs.block_hours[cell.month][cell.block] * float(inputs.probability[cell.outlook])
        busy += pool.erlangs * hours
        there += pool.replicas * hours
    rounded = 1.0 + max(pool.rounded for pool in pools)
    checks.same("headroom.pools", (*place, "cells"), row.cells, len(cells))
    checks.same("headroom.pools", (*place, "wait limit"), row.wait_limit_s is None, limit is None)
    for name, published, own in (
        ("burst_ratio", row.burst_ratio, inputs.workloads[row.workload].burst_ratio or 1.0),
        ("wait_limit_s", row.wait_limit_s or 0.0, limit or 0.0),
        ("shortest_service_s", row.shortest_service_s, min(pool.wait.service_s for pool in pools)),
        ("longest_service_s", row.longest_service_s, max(pool.wait.service_s for pool in pools)),
        ("smallest_replicas", row.smallest_replicas, min(pool.replicas for pool in pools)),
        ("largest_replicas", row.largest_replicas, max(pool.replicas for pool in pools)),
        ("lowest_usable_share", row.lowest_usable_share, min(pool.usable_share for pool in pools)),
        ("highest_usable_share", row.highest_usable_share, max(pool.usable_share for pool in pools)),
        ("usable_share", row.usable_share, busy / there if there else 0.0),
    ):
        checks.close("headroom.pools", (*place, name), published, own, name, rounded=rounded)


def _check_rounds(plan: Plan, found: HeadroomFound, checks: Checks) -> None:
    """What rounds and bounds say about each other."""
    ends: tuple[tuple[bool, str, str], ...] = (
        (1 <= found.rounds <= MOST_ROUNDS, f"{found.rounds} rounds", f"1 to {MOST_ROUNDS} are made"),
        (found.settled == (not found.left), f"settled: {found.settled}", f"{len(found.left)} cells left"),
        (
            plan.stop_reason is not StopReason.HEADROOM_ROUNDS or plan.status is Status.FEASIBLE,
            plan.stop_reason.value,
            plan.status.value,
        ),
    )
    for holds, left, right in ends:
        checks.true("headroom.rounds", ("headroom",), holds, left=left, operator="but", right=right)
    rounded = money_tolerance(plan) / 1e-9
    usd = ("headroom.bounds", ("headroom",))
    checks.at_most(*usd, plan.bound_usd, found.widest_usd, "usd", rounded=rounded)
    checks.at_most(*usd, found.shares_bound_usd, plan.incumbent_usd, "usd", rounded=rounded)
    if found.rounds == 1:
        checks.close(*usd, found.widest_usd, plan.incumbent_usd, "usd", rounded=rounded)
        checks.close(*usd, found.shares_bound_usd, plan.bound_usd, "usd", rounded=rounded)
