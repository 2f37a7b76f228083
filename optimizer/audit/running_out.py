"""When commitments run out: the weighed months they have left, and what of them ends within a quarter."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.calendar import Month
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.held import HeldContract
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from optimizer.audit.checks import Checks
from optimizer.audit.courses import RightsBook
from optimizer.audit.deliveries import deliveries
from optimizer.audit.figures import Inputs
from optimizer.audit.owing import Exit, ways_out
from optimizer.audit.shares import months_of
from optimizer.audit.statements import Statements
from optimizer.plan_contracts import Right, RightUsed
from scenarios.policy import RemainingTermCap

MONTHS_OF_A_QUARTER = 3
EVERY = "*"


@dataclass(frozen=True)
class Bound:
    """Nodes of an offering that serve under a commitment for some months, and when their course ends."""

    offering: str
    nodes: int
    first: Month
    until: Month
    """First month in which they no longer serve there."""
    end: Month
    """First month after their course: of the term, of its renewal, or where they leave."""
    exits: tuple[Exit, ...] = ()
    """Ways out that are still open to them."""
    renewed: "Renewed | None" = None

    def serves(self, month: Month) -> bool:
        """Whether the nodes are there in a month."""
        return self.first <= month < self.until

    def months_left(self, month: Month) -> int:
        """Seen from the first day of a month: to the end, or to the first exit that can still be declared."""
        end, exits = self.end, self.exits
        if self.renewed is not None:
            if self.renewed.is_declared(month):
                exits = ()
            else:
                end = self.renewed.plain_end
        ways = [way.month for way in exits if way.month >= month and way.notice_by >= month.first_day]
        return min([end, *ways]) - month


@dataclass(frozen=True)
class Renewed:
    """What a renewal is before it is declared: the plain term."""

    plain_end: Month
    notice_days: int
    promised_end: Month

    def is_declared(self, month: Month) -> bool:
        """On the first day of a month."""
        return (month.first_day - self.promised_end.first_day).days >= -self.notice_days


@dataclass(frozen=True)
class Commitment:
    """A reserved order as it is delivered in an outlook, or a held contract."""

    terms: Reserved | HeldContract
    offering: str
    nodes: int
    promised_end: Month
    start: Month
    end: Month
    exits: tuple[Exit, ...]
    rights: tuple[RightUsed, ...]

    def courses(self) -> Iterator[Bound]:
        """Where its nodes are, each until its course ends."""
        plain = self.nodes
        for row in self.rights:
            plain -= row.nodes
            if row.right is Right.RENEW:
                end = self.end + row.renewals * (self.terms.renewal_months or 0)
                renewed = Renewed(self.end, self.terms.renewal_notice_days, self.promised_end)
                yield Bound(self.offering, row.nodes, self.start, end, end, self.exits, renewed)
                continue
            leaves = min(max(row.month, self.start), self.end)
            if row.right is Right.TERMINATE:
                yield Bound(self.offering, row.nodes, self.start, leaves, leaves, self.exits)
            elif row.to_offering is not None:
                yield Bound(self.offering, row.nodes, self.start, leaves, self.end)
                yield Bound(row.to_offering, row.to_nodes, leaves, self.end, self.end)
        yield Bound(self.offering, plain, self.start, self.end, self.end, self.exits)


def bound_nodes(inputs: Inputs, stated: Statements, outlook: str) -> Iterator[Bound]:
    """Nodes under reserved, take-or-pay, block and held contracts; owned ones are bound to nobody."""
    book = RightsBook(stated)
    for delivered in deliveries(inputs, stated):
        terms, order = delivered.terms, delivered.order
        if delivered.outlook != outlook or isinstance(terms, Owned):
            continue
        if isinstance(terms, Reserved):
            promised = (order.start, order.start + terms.term_months)
            span = (delivered.start, delivered.end)
            exits = tuple(ways_out(inputs, terms, promised, delivered=span, nodes=order.nodes))
            yield from Commitment(
                terms, order.offering, order.nodes, promised[1], *span, exits, delivered.rights
            ).courses()
        else:
            assert isinstance(terms, CapacityBlock) or not delivered.rights, "sifted"
            yield Bound(order.offering, order.nodes, delivered.start, delivered.end, delivered.end)
    for held in inputs.held.values():
        span = (held.start, held.end)
        exits = tuple(ways_out(inputs, held, span, delivered=span, nodes=held.nodes))
        rights = book.of(outlook, held=held.held)
        yield from Commitment(held, held.offering, held.nodes, held.end, *span, exits, rights).courses()


def check_running_out(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Remaining terms on the first day of every month, and expiries of every quarter, in every outlook."""
    policy = inputs.policy
    if not policy.remaining_terms and not policy.expiries:
        return
    for outlook in inputs.probability:
        found = tuple(bound_nodes(inputs, stated, outlook))
        for cap in policy.remaining_terms:
            for month in months_of(inputs, cap):
                _check_terms(inputs, cap, (outlook, month), found, checks)
        for expiry in policy.expiries:
            for month in months_of(inputs, expiry):
                if month.number % MONTHS_OF_A_QUARTER == 1:
                    ends = range(1, MONTHS_OF_A_QUARTER + 1)
                    there = _worth(inputs, (row for row in found if row.serves(month)))
                    ending = _worth(inputs, (row for row in found if row.serves(month) and row.end - month in ends))
                    if there > 0:
                        checks.at_most(
                            "policy.expiries",
                            (expiry.rule, outlook, f"{month.year} Q{month.number // MONTHS_OF_A_QUARTER + 1}"),
                            ending,
                            expiry.cap_share * there,
                            "usd/h list",
                        )


def _price(inputs: Inputs, row: Bound) -> float:
    return row.nodes * float(inputs.offerings[row.offering].list_price_usd_per_node_hour)


def _worth(inputs: Inputs, rows: Iterator[Bound]) -> float:
    return sum(_price(inputs, row) for row in rows)


def _check_terms(
    inputs: Inputs, cap: RemainingTermCap, when: tuple[str, Month], found: tuple[Bound, ...], checks: Checks
) -> None:
    """The weighed months of a provider's nodes, or of all; where nothing serves there is nothing to weigh."""
    outlook, month = when
    groups: dict[str, list[Bound]] = defaultdict(list)
    for row in found:
        provider = inputs.offerings[row.offering].provider
        if row.serves(month) and cap.provider in ("", EVERY, provider):
            groups[provider if cap.provider else "all"].append(row)
    for provider, rows in groups.items():
        there = _worth(inputs, iter(rows))
        if there > 0:
            checks.at_most(
                "policy.remaining_term",
                (cap.rule, provider, outlook, month),
                sum(row.months_left(month) * _price(inputs, row) for row in rows),
                cap.limit_months * there,
                "usd/h list x months",
            )
