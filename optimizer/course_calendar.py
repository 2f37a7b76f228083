"""Which nodes may leave, be swapped or stay, when, and for which outlooks it is decided (docs/decisions/0015)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from contracts.calendar import Month
from contracts.courses import Commitment, recurring_from, renewed_until, termination_bill
from contracts.terms.held import HeldContract, held_bill
from contracts.terms.reserved import Reserved
from optimizer.order_calendar import ALL_FUTURES, OrderCalendar, OrderKey
from optimizer.plan_contracts import Right
from scenarios.policy import ShareMeasure
from scenarios.scenario import Scenario

_Changes = dict[tuple[str, int, str], tuple[tuple[int, "CourseKey"], ...]]

HELD = ""
"""In place of the future for which an order is made, for what is held."""


class Source(NamedTuple):
    """An order that could be made, or a held contract: id, first month of service (index), and future of the order."""

    name: str
    start: int
    ordered_for: str


class CourseKey(NamedTuple):
    """A course that nodes of an order or of a held contract could take instead of the plain term.

    `month` is the index of `RightUsed.month`: the first month that is different.
    """

    name: str
    start: int
    month: int
    renewals: int
    ordered_for: str
    right: Right
    future: str

    @property
    def source(self) -> Source:
        """The order or held contract."""
        return Source(self.name, self.start, self.ordered_for)


@dataclass(frozen=True)
class CourseCalendar:
    """All courses that could be taken; `held` has the contracts that serve the horizon, `reserved` all terms."""

    scenario: Scenario
    orders: OrderCalendar
    reserved: dict[str, Reserved]
    held: dict[str, HeldContract]

    def terms(self, source: Source) -> Commitment:
        """The terms that carry the rights."""
        return self.held.get(source.name) or self.reserved[source.name]

    def order(self, source: Source) -> OrderKey | None:
        """The order; None for what is held."""
        return None if source.name in self.held else OrderKey(*source)

    def start(self, source: Source) -> Month:
        """First month of service as promised."""
        return self.scenario.horizon.first + source.start

    def end(self, source: Source) -> Month:
        """First month that is no longer served, as promised."""
        terms = self.terms(source)
        return terms.end if isinstance(terms, HeldContract) else self.start(source) + terms.term_months

    def delay(self, source: Source, outlook: str) -> int:
        """Months by which the order is late in an outlook."""
        order = self.order(source)
        return 0 if order is None else self.orders.delay(order, outlook)

    def delivered_end(self, source: Source, outlook: str) -> Month:
        """First month that is no longer served in an outlook."""
        return self.end(source) + self.delay(source, outlook)

    def outlooks_of(self, key: CourseKey) -> tuple[str, ...]:
        """Outlooks in which the course is taken."""
        return self.orders.outlooks if key.future == ALL_FUTURES else (key.future,)

    def source_outlooks(self, source: Source) -> tuple[str, ...]:
        """Outlooks in which the order or the held contract exists."""
        order = self.order(source)
        return self.orders.outlooks if order is None else self.orders.outlooks_of(order)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Everything that carries rights: held contracts, then orders."""
        first = self.scenario.horizon.first
        held = (Source(name, row.start - first, HELD) for name, row in self.held.items() if row.has_rights)
        made = (Source(*key) for key in self.orders.keys if self._has_rights(key.contract))
        return (*held, *made)

    def _has_rights(self, contract: str) -> bool:
        return contract in self.reserved and self.reserved[contract].has_rights

    def notice_by(self, source: Source, right: Right, month: Month) -> date:
        """Last day to declare a right."""
        terms = self.terms(source)
        if right is Right.SWAP:
            assert terms.swap_to is not None
            days = self.scenario.catalog.offering[terms.swap_to].lead_time_days
        else:
            days = terms.termination_notice_days if right is Right.TERMINATE else terms.renewal_notice_days
        return month.first_day - timedelta(days=days)

    def must_renew(self, source: Source) -> bool:
        """Whether nodes that neither leave nor are swapped are renewed at least once: the day to refuse is past."""
        terms, end = self.terms(source), self.end(source)
        if not terms.auto_renews or end not in self.scenario.horizon:
            return False
        return self.notice_by(source, Right.RENEW, end) < self.scenario.run.order_date

    @cached_property
    def keys(self) -> tuple[CourseKey, ...]:
        """Every course that could be taken and could help, by source, right and month."""
        return tuple(key for key in self._possible if self._could_help(key))

    @cached_property
    def _possible(self) -> tuple[CourseKey, ...]:
        return tuple(key for source in self.sources for key in self._keys(source))

    def _keys(self, source: Source) -> Iterator[CourseKey]:
        terms = self.terms(source)
        for right, month, renewals in self._changes(source, terms):
            day = self.notice_by(source, right, month)
            past = day < self.scenario.run.order_date
            if past and not (right is Right.RENEW and self.must_renew(source)):
                continue
            index = self.scenario.horizon.index(month)
            futures = self.orders.decided_for(day) if source.ordered_for == ALL_FUTURES else (source.ordered_for,)
            for future in futures:
                key = CourseKey(source.name, source.start, index, renewals, source.ordered_for, right, future)
                if not self._comes_too_early(key):
                    yield key

    def _changes(self, source: Source, terms: Commitment) -> Iterator[tuple[Right, Month, int]]:
        horizon, start, end = self.scenario.horizon, self.start(source), self.end(source)
        first = horizon.first if isinstance(terms, HeldContract) else horizon.first + 1
        if terms.terminable_after_months is not None:
            for month in _months(max(first, start + terms.terminable_after_months), min(end, horizon.end + 1)):
                yield Right.TERMINATE, month, 0
        if terms.swap_after_months is not None:
            for month in _months(max(first, start + terms.swap_after_months), min(end, horizon.end)):
                yield Right.SWAP, month, 0
        if terms.renewal_months is not None and end in horizon:  # one more that begins after the horizon only costs
            for renewals in range(1, terms.renewals_at_most + 1):
                if renewed_until(terms, end, renewals - 1) < horizon.end:
                    yield Right.RENEW, end, renewals

    def _comes_too_early(self, key: CourseKey) -> bool:
        """Whether nodes would leave before an outlook has delivered them."""
        late = max(self.delay(key.source, s) for s in self.outlooks_of(key))
        return key.right is not Right.RENEW and key.month < key.start + late

    def _could_help(self, key: CourseKey) -> bool:
        """False for leaving what is held where that saves nothing: it would only cost, and lose nodes.

        Fewer nodes can help to keep a rule of the policy, and leaving is a way out of a renewal. Orders take up stock,
        and leaving makes room for others.
        """
        terms = self.held.get(key.name)
        if key.right is not Right.TERMINATE or terms is None or self.must_renew(key.source):
            return True
        policy, horizon = self.scenario.policy, self.scenario.horizon
        measures = {cap.measure for cap in policy.concentration} | {floor.measure for floor in policy.share_floors}
        if measures - {ShareMeasure.TOKENS}:
            return True
        if policy.budgets or policy.remaining_terms or policy.expiries:
            return True
        if policy.sovereignty or policy.power or policy.carbon or policy.carbon_price_usd_per_t:
            return True
        month = horizon.first + key.month
        saved = recurring_from(held_bill(terms, horizon), month)
        fee = termination_bill(terms, terms.nodes, month, terms.end, horizon)
        value = self.scenario.valuation.objective_usd
        return sum(value(line.payment(line.exact_usd)) for line in saved) > sum(
            value(line.payment(line.exact_usd)) for line in fee
        )

    @cached_property
    def by_source(self) -> dict[Source, tuple[CourseKey, ...]]:
        """Courses of every order and held contract that has any."""
        found: dict[Source, list[CourseKey]] = {}
        for key in self.keys:
            found.setdefault(key.source, []).append(key)
        return {source: tuple(keys) for source, keys in found.items()}

    def months_away(self, key: CourseKey, outlook: str) -> range:
        """Months (indices) of the horizon in which nodes that left or were swapped would have served."""
        end = self.scenario.horizon.index(self.delivered_end(key.source, outlook))
        return range(key.month, min(end, self._count)) if key.right is not Right.RENEW else range(0)

    def months_more(self, key: CourseKey, outlook: str) -> range:
        """Months (indices) of the horizon in which renewed nodes serve."""
        if key.right is not Right.RENEW:
            return range(0)
        end = self.delivered_end(key.source, outlook)
        until = renewed_until(self.terms(key.source), end, key.renewals)
        first = self.scenario.horizon.index(end)
        return range(first, min(self.scenario.horizon.index(until), self._count))

    @property
    def _count(self) -> int:
        return len(self.scenario.horizon.months)

    @cached_property
    def _changed(self) -> _Changes:
        return self._changes_by(self.keys)

    def _changes_by(self, keys: Iterable[CourseKey]) -> _Changes:
        found: dict[tuple[str, int, str], list[tuple[int, CourseKey]]] = {}
        for key in keys:
            for s in self.outlooks_of(key):
                for t in self.months_away(key, s):
                    found.setdefault((key.name, t, s), []).append((-1, key))
                for t in self.months_more(key, s):
                    found.setdefault((key.name, t, s), []).append((1, key))
        return {place: tuple(changes) for place, changes in found.items()}

    def changes(self, name: str, t: int, outlook: str) -> tuple[tuple[int, CourseKey], ...]:
        """What courses do to the nodes of a contract or held contract: -1 for those away, 1 for those renewed."""
        return self._changed.get((name, t, outlook), ())

    @cached_property
    def swaps(self) -> tuple[CourseKey, ...]:
        """Courses that move nodes to another offering."""
        return tuple(key for key in self.keys if key.right is Right.SWAP)

    @cached_property
    def _swapped_in(self) -> dict[tuple[str, int, str], tuple[CourseKey, ...]]:
        found: dict[tuple[str, int, str], list[CourseKey]] = {}
        for key in self.swaps:
            offering = self.terms(key.source).swap_to
            assert offering is not None
            for s in self.outlooks_of(key):
                for t in self.months_away(key, s):
                    found.setdefault((offering, t, s), []).append(key)
        return {place: tuple(keys) for place, keys in found.items()}

    def swapped_in(self, offering: str, t: int, outlook: str) -> tuple[CourseKey, ...]:
        """Swaps whose nodes serve on an offering in a month and outlook."""
        return self._swapped_in.get((offering, t, outlook), ())

    @cached_property
    def like(self) -> dict[tuple[str, int, str], str]:
        """For what has rights, by month and outlook: the first outlook in which the same could be there.

        Absent where nothing serves. The same whatever the policy, so that models with and without its rules have the
        same variables.
        """
        first: dict[tuple[object, ...], str] = {}
        found: dict[tuple[str, int, str], str] = {}
        changes = self._changes_by(self._possible)
        for name in sorted({source.name for source in self.sources}):
            for t in range(self._count):
                for s in self.orders.outlooks:
                    there = (*self.plain(name, t, s), *changes.get((name, t, s), ()))
                    if there:
                        found[name, t, s] = first.setdefault((name, t, there), s)
        return found

    def plain(self, name: str, t: int, outlook: str) -> tuple[object, ...]:
        """Orders, or the held contract, whose plain term serves a month."""
        held = self.held.get(name)
        if held is None:
            return self.orders.active_orders(name, t, outlook)
        return (name,) if held.start <= self.scenario.horizon.first + t < held.end else ()


def _months(first: Month, end: Month) -> Iterator[Month]:
    return (first + i for i in range(max(0, end - first)))
