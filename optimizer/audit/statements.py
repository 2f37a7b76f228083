"""What the plan states, sifted: only records whose ids exist and whose numbers are finite go on."""

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from contracts.calendar import Month
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.bought import Bought, has_model, is_split, sift_bought
from optimizer.audit.checks import Checks, Place
from optimizer.audit.figures import Inputs
from optimizer.audit.sieve import Sieve
from optimizer.plan import (
    ContingencyApi,
    ContingencyCase,
    ContingencyPlacement,
    CostLine,
    EmergencyUse,
    Goodput,
    MigrationStart,
    Order,
    Placement,
    Plan,
    Shortfall,
    Usage,
)
from optimizer.plan_changes import OrderChange
from optimizer.plan_contracts import RightUsed, TakeOrPayWindow
from optimizer.plan_footprint import FootprintMonth, SovereigntyMonth
from optimizer.plan_splits import ContingencySplit


@dataclass(frozen=True)
class Statements:
    """The records of a plan that can be reasoned about."""

    orders: tuple[Order, ...]
    usages: tuple[Usage, ...]
    placements: tuple[Placement, ...]
    shortfalls: tuple[Shortfall, ...]
    goodput: tuple[Goodput, ...]
    cases: tuple[ContingencyCase, ...]
    lines: tuple[CostLine, ...]
    migrations: tuple[MigrationStart, ...]
    windows: tuple[TakeOrPayWindow, ...]
    rights: tuple[RightUsed, ...]
    mean_orders: tuple[Order, ...]
    """What the plan for the mean of the outlooks would order."""
    bought: Bought
    changes: tuple[OrderChange, ...]
    footprint: tuple[FootprintMonth, ...]
    sovereignty: tuple[SovereigntyMonth, ...]


def sift(inputs: Inputs, plan: Plan, checks: Checks) -> Statements:
    """Check ids, uniqueness, sign and finiteness of everything stated; keep what is sound."""
    known = _Known(inputs)
    sieve = Sieve(checks)
    contingencies = {c.contingency for c in inputs.policy.contingencies}
    for refusal in plan.refusals:
        known_pair = known.pair(refusal.workload, refusal.size_class, refusal.offering)
        sieve.known(("refusal", refusal.workload, refusal.size_class, refusal.offering), known_pair)
    sieve.unique("refusal", plan.refusals, lambda r: (r.workload, r.size_class, r.offering))
    _check_plan_figures(plan, checks)
    orders = sieve.keep("order", plan.orders, lambda r: r.order, known.order)
    reserved = {row.order for row in orders if isinstance(inputs.terms[row.contract], Reserved)}
    return Statements(
        orders=orders,
        usages=sieve.keep("usage", plan.usages, usage_place, known.usage),
        placements=sieve.keep("placement", plan.placements, placement_place, known.placement),
        shortfalls=sieve.keep("shortfall", plan.shortfalls, shortfall_place, known.shortfall),
        goodput=sieve.keep(
            "goodput",
            plan.goodput,
            lambda r: (r.workload, r.size_class, r.offering, r.contingency or "normal"),
            lambda r: (
                known.pair(r.workload, r.size_class, r.offering)
                and (r.contingency is None or r.contingency in contingencies)
            ),
        ),
        cases=_sift_cases(plan, known, sieve, contingencies),
        lines=sieve.keep(
            "cost line",
            plan.cost_lines,
            lambda r: r.line,
            known.line,
        ),
        migrations=sieve.keep("migration", plan.migrations, lambda r: (r.migration, r.start, r.outlook), known.begun),
        windows=sieve.keep(
            "take-or-pay window", plan.take_or_pay, lambda r: (r.outlook, r.order, r.first), known.window
        ),
        rights=sieve.keep("right", plan.rights, right_place, lambda r: known.right(r, reserved)),
        mean_orders=sieve.keep(
            "mean order", plan.knowing.mean_orders if plan.knowing else (), lambda r: r.order, known.order
        ),
        bought=sift_bought(inputs, plan, sieve),
        changes=sieve.keep(
            "change of an order", plan.changes_of_orders, lambda r: (r.contract, r.start), known.compared
        ),
        footprint=sieve.keep("footprint", plan.footprint, lambda r: (r.outlook, r.month, r.offering), known.footprint),
        sovereignty=sieve.keep(
            "index", plan.sovereignty, lambda r: (r.outlook, r.month), lambda r: known.outlook_month(r.outlook, r.month)
        ),
    )


def usage_place(row: Usage) -> tuple[Hashable, ...]:
    """What is used, and when."""
    return row.outlook, row.contract, row.order, row.month, row.block


def right_place(row: RightUsed) -> tuple[Hashable, ...]:
    """Which right of what, from when on."""
    return row.right.value, row.order, row.held, row.outlook, row.month, row.renewals


def placement_place(row: Placement) -> tuple[Hashable, ...]:
    """Where a placement is."""
    return row.outlook, row.month, row.block, row.workload, row.size_class, row.offering, row.pool.value


def shortfall_place(row: Shortfall) -> tuple[Hashable, ...]:
    """Where a shortfall is."""
    return row.outlook, row.month, row.block, row.workload, row.size_class


def case_place(case: ContingencyCase) -> Place:
    """Which contingency is meant, and when."""
    return case.contingency, case.outlook, case.month, case.block


class _Known:
    """Which ids exist, and which belong together."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._months = set(inputs.months)
        self._blocks = set(inputs.blocks)

    def outlook(self, outlook: str) -> bool:
        return outlook in self._inputs.probability

    def outlook_or_none(self, outlook: str | None) -> bool:
        return outlook is None or self.outlook(outlook)

    def offering(self, offering: str) -> bool:
        return offering in self._inputs.offerings

    def moment(self, outlook: str, month: Month, block: str) -> bool:
        return outlook in self._inputs.probability and month in self._months and block in self._blocks

    def outlook_month(self, outlook: str, month: Month) -> bool:
        return outlook in self._inputs.probability and month in self._months

    def footprint(self, row: FootprintMonth) -> bool:
        return self.outlook_month(row.outlook, row.month) and self.offering(row.offering)

    def pair(self, workload: str, size_class: str, offering: str) -> bool:
        return (workload, size_class) in self._inputs.classes and offering in self._inputs.offerings

    def order(self, row: Order) -> bool:
        terms = self._inputs.terms.get(row.contract)
        is_ordered = isinstance(terms, Reserved | TakeOrPay | Owned | CapacityBlock) and terms.offering == row.offering
        return is_ordered and self.outlook_or_none(row.outlook)

    def begun(self, row: MigrationStart) -> bool:
        migration = self._inputs.migrations.get(row.migration)
        if migration is None or (migration.model, migration.stack) != (row.model, row.stack):
            return False
        return self.outlook_or_none(row.outlook)

    def window(self, row: TakeOrPayWindow) -> bool:
        return self.outlook(row.outlook) and isinstance(self._inputs.terms.get(row.contract), TakeOrPay)

    def right(self, row: RightUsed, reserved: set[str]) -> bool:
        """Of an order under reserved terms or of a held contract, to an offering that exists."""
        of_order = row.held is None and row.order in reserved
        of_held = row.order is None and row.held in self._inputs.held
        is_placed = row.to_offering is None or self.offering(row.to_offering)
        return (of_order or of_held) and is_placed and self.outlook_or_none(row.outlook)

    def usage(self, row: Usage) -> bool:
        return (
            row.contract in self._inputs.terms
            and row.offering in self._inputs.offerings
            and self.moment(row.outlook, row.month, row.block)
        )

    def split(self, row: ContingencySplit) -> bool:
        return is_split(self._inputs, row)

    def api(self, row: ContingencyApi) -> bool:
        return has_model(self._inputs, row)

    def compared(self, row: OrderChange) -> bool:
        """Of terms that are ordered, with nodes or without."""
        terms = self._inputs.terms.get(row.contract)
        is_ordered = isinstance(terms, Reserved | TakeOrPay | Owned | CapacityBlock)
        return is_ordered or row.contract in {**self._inputs.spend_commitments, **self._inputs.provisioned}

    def placement(self, row: Placement) -> bool:
        return self.moment(row.outlook, row.month, row.block) and self.pair(row.workload, row.size_class, row.offering)

    def line(self, row: CostLine) -> bool:
        """The outlook is known, and the service has an hour at least."""
        return row.service_first < row.service_end and self.outlook_or_none(row.outlook)

    def shortfall(self, row: Shortfall) -> bool:
        classes = self._inputs.classes
        return (row.workload, row.size_class) in classes and self.moment(row.outlook, row.month, row.block)


def _sift_cases(plan: Plan, known: _Known, sieve: Sieve, contingencies: set[str]) -> tuple[ContingencyCase, ...]:
    kept = []
    for case in plan.contingencies:
        exists = case.contingency in contingencies and known.moment(case.outlook, case.month, case.block)
        if sieve.known(case_place(case), exists):
            kept.append(_sift_case(case, known, sieve))
    return tuple(kept)


def _sift_case(case: ContingencyCase, known: _Known, sieve: Sieve) -> ContingencyCase:
    at = " ".join(str(part) for part in case_place(case))

    def placement_known(row: ContingencyPlacement) -> bool:
        return known.pair(row.workload, row.size_class, row.offering)

    def emergency_known(row: EmergencyUse) -> bool:
        return known.offering(row.offering)

    return ContingencyCase(
        contingency=case.contingency,
        outlook=case.outlook,
        month=case.month,
        block=case.block,
        placements=sieve.keep(at, case.placements, lambda r: (r.workload, r.size_class, r.offering), placement_known),
        emergency=sieve.keep(at, case.emergency, lambda r: r.offering, emergency_known),
        split_placements=sieve.keep(
            f"{at} by a split", case.split_placements, lambda r: (r.workload, r.size_class, r.split), known.split
        ),
        api_placements=sieve.keep(
            f"{at} by an API", case.api_placements, lambda r: (r.workload, r.size_class, r.api), known.api
        ),
    )


def _check_plan_figures(plan: Plan, checks: Checks) -> None:
    figures: list[tuple[str, float | Decimal | None]] = [
        ("incumbent_usd", plan.incumbent_usd),
        ("bound_usd", plan.bound_usd),
        ("gap", plan.gap),
        ("asked_gap_share", plan.asked_gap_share),
        ("asked_gap_usd", plan.asked_gap_usd),
    ]
    figures += list(plan.totals)
    figures += [(f"{row.outlook} {name}", value) for row in plan.by_outlook for name, value in row.totals]
    figures += _figures_of_knowing(plan)
    figures += [
        (f"goodput {row.workload} {row.offering} {name}", value)
        for row in plan.goodput
        for name, value in row.serving
        if isinstance(value, float)
    ]
    for name, value in figures:
        if value is not None:
            checks.true("records.finite", (name,), isfinite(value), left=value, operator="is", right="finite")


def _figures_of_knowing(plan: Plan) -> list[tuple[str, float | Decimal | None]]:
    if plan.knowing is None:
        return []
    brackets = {
        "perfect_information": plan.knowing.perfect_information,
        "stochastic_solution": plan.knowing.stochastic_solution,
    }
    return [
        (f"knowing {at} {name}", value)
        for at, row in (*brackets.items(), *((row.outlook, row) for row in plan.knowing.outlooks))
        if row is not None
        for name, value in row
        if isinstance(value, float | Decimal)
    ]
