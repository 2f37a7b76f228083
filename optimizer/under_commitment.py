"""Nodes under commitment, by the course they take: from when to when they serve, when it ends, and who may leave.

Reserved, take-or-pay, capacity blocks and held contracts; owned hardware marries no vendor. Meanings:
docs/decisions/0035.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from contracts.calendar import Month
from contracts.courses import renewed_until
from contracts.outstanding import Delivered, Exit, exits
from contracts.terms.held import HeldContract
from contracts.terms.reserved import Reserved
from optimizer.course_calendar import HELD, CourseKey, Source
from optimizer.decisions import Decisions
from optimizer.linear import Term
from optimizer.plan_contracts import Right
from optimizer.problem import Problem


@dataclass(frozen=True, slots=True)
class Stretch:
    """Nodes that serve on one offering in first <= month < until."""

    offering: str
    terms: tuple[Term, ...]
    constant_nodes: float
    first: Month
    until: Month
    end: Month
    """First month that their course no longer serves, wherever it serves."""
    exits: tuple[Exit, ...] = ()
    plain_end: Month | None = None
    """Of nodes that are renewed: the end that counts until that is declared."""
    declared_on: date | None = None

    def serves(self, month: Month) -> bool:
        """Whether the nodes are there in a month."""
        return self.first <= month < self.until

    def months_left(self, month: Month) -> int:
        """Months that are bound on the first day of a month, of which some exit may spare the rest."""
        day = month.first_day
        if self.declared_on is not None and self.plain_end is not None:
            if day >= self.declared_on:
                return self.end - month
            ends = [self.plain_end]
        else:
            ends = [self.end]
        ends += [exit_.leaves for exit_ in self.exits if exit_.declare_by >= day and exit_.leaves >= month]
        return min(ends) - month


@dataclass(frozen=True, slots=True)
class _Signed:
    """A source: what is there by its plain term, per lot or as a number of nodes."""

    source: Source
    terms: Reserved | HeldContract | None
    """What carries rights; None where there are none."""
    offering: str
    unit_nodes: float
    plain: tuple[Term, ...]
    constant_nodes: float
    served: Delivered


def stretches(problem: Problem, decide: Decisions, outlook: str) -> tuple[Stretch, ...]:
    """All nodes that could be under commitment in an outlook."""
    found: list[Stretch] = []
    for row in _sources(problem, decide, outlook):
        keys = problem.courses.by_source.get(row.source, ())
        keys = tuple(key for key in keys if outlook in problem.courses.outlooks_of(key))
        found += _of_source(problem, decide, row, keys)
    for block in problem.dated.keys:
        if outlook in problem.dated.outlooks_of(block.future):
            dated = problem.dated.terms[block.contract]
            nodes = ((float(block.nodes), decide.bought[block]),)
            found.append(Stretch(dated.offering, nodes, 0.0, dated.start, dated.end, dated.end))
    return tuple(found)


def _sources(problem: Problem, decide: Decisions, outlook: str) -> Iterator[_Signed]:
    first = problem.scenario.horizon.first
    for name, held in problem.held.items():
        source, served = Source(name, held.start - first, HELD), Delivered(held.start, held.end)
        yield _Signed(source, held, held.offering, 1.0, (), float(held.nodes), served)
    for key in problem.calendar.keys:
        if key.contract in problem.owned or outlook not in problem.calendar.outlooks_of(key):
            continue
        terms, start = problem.ordered[key.contract], problem.months[key.start]
        served = Delivered(start, start + terms.term_months, problem.calendar.delay(key, outlook))
        lot = float(terms.lot_nodes)
        carrying = terms if isinstance(terms, Reserved) else None
        plain = ((lot, decide.order_lots[key]),)
        yield _Signed(Source(*key), carrying, terms.offering, lot, plain, 0.0, served)


def _of_source(problem: Problem, decide: Decisions, row: _Signed, keys: Iterable[CourseKey]) -> Iterator[Stretch]:
    """The nodes of a source by the course they take: the plain term is what no other takes."""
    served, lot = row.served, row.unit_nodes
    first, end = served.delivered_start, served.delivered_end
    left = _exits(problem, row)
    other: list[Term] = []
    for key in keys:
        assert row.terms is not None
        taken: tuple[Term, ...] = ((lot, decide.course[key]),)
        other.append((-lot, decide.course[key]))
        month = problem.scenario.horizon.first + key.month
        if key.right is Right.TERMINATE:
            yield Stretch(row.offering, taken, 0.0, first, month, month, left)
        elif key.right is Right.SWAP:
            assert row.terms.swap_to is not None
            yield Stretch(row.offering, taken, 0.0, first, month, end)
            yield Stretch(row.terms.swap_to, ((1.0, decide.swapped[key]),), 0.0, month, end, end)
        else:
            until = renewed_until(row.terms, end, key.renewals)
            declared_on = problem.courses.notice_by(row.source, Right.RENEW, served.end)
            yield Stretch(row.offering, taken, 0.0, first, until, until, left, end, declared_on)
    yield Stretch(row.offering, (*row.plain, *other), row.constant_nodes, first, end, end, left)


def _exits(problem: Problem, row: _Signed) -> tuple[Exit, ...]:
    if row.terms is None:
        return ()
    horizon = problem.scenario.horizon
    first = horizon.first if isinstance(row.terms, HeldContract) else horizon.first + 1
    return exits(row.terms, row.served, first, problem.scenario.run.order_date)


def weighed(rows: Iterable[tuple[float, Stretch]]) -> tuple[list[Term], float]:
    """The sum of nodes, each times its weight: terms and constant."""
    terms: list[Term] = []
    constant = 0.0
    for weight, row in rows:
        terms += [(weight * nodes, variable) for nodes, variable in row.terms if weight]
        constant += weight * row.constant_nodes
    return terms, constant
