"""The split: every cost line of a plan to those who bear it, and the rows that are published."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property

from contracts.money import exact
from contracts.terms.agreement import Charge
from optimizer.net_cost.bookings import (
    NO_COLUMN,
    NOTHING,
    Account,
    Bookings,
    Cell,
    Moment,
    User,
    shared,
)
from optimizer.net_cost.cents import MILLIONTH, cents_of, millionths_of
from optimizer.net_cost.included import column_parts
from optimizer.net_cost.natures import BEGINS, Rule
from optimizer.net_cost.node_costs import CommitmentCosts, NodeCosts
from optimizer.net_cost.pools import Pools
from optimizer.net_cost.stated import TOKENS_PER_MTOK, Stated
from optimizer.net_cost.tagged import tagged_costs
from optimizer.net_cost.token_costs import at_own_prices, owner_shares
from optimizer.plan import CostLine, Plan
from optimizer.plan_unit_cost import CostParts, Part, UnitCost, UnitCostRow

DIGITS = 50
"""Shares are quotients; so many digits keep what they lose far below a cent."""
NOBODY = User(None, None, NO_COLUMN)

Owners = Mapping[tuple[str, Moment], Mapping[User, Decimal]]
"""By API or split, month and outlook: in which shares its users bear what is paid."""


def unit_cost(plan: Plan) -> UnitCost:
    """The plan's effective cost in nine parts, by workload, size class and column (docs/decisions/0032)."""
    with localcontext(prec=DIGITS):
        return _Split(Stated(plan)).published()


@dataclass(frozen=True)
class _Split:
    """The lines of one plan and who bears them."""

    stated: Stated

    def published(self) -> UnitCost:
        """Rows in whole cents, and what the price of each column includes."""
        cells = self.cells
        users = sorted({cell.user for cell in cells} | set(self._tokens), key=lambda user: user.order)
        places = [(user, part) for user in users for part in Part]
        exact_usd = [_of_part(cells, user, part) for user, part in places]
        usd = dict(zip(places, cents_of(exact_usd, self.stated.plan.totals.effective_usd), strict=True))
        mtok = millionths_of(
            [self._tokens.get(user, NOTHING) / TOKENS_PER_MTOK for user in users],
            self.stated.plan.totals.served_mtok,
        )
        every = [self._row(user, usd, tokens) for user, tokens in zip(users, mtok, strict=True)]
        rows = tuple(row for row in every if any(usd for _, usd in row.by_part) or row.accepted_mtok)
        return UnitCost(
            rows=rows,
            tags=tagged_costs(self.stated.plan.scenario, rows),
            columns=column_parts(self.stated.plan, cells),
        )

    def _row(self, user: User, usd: Mapping[tuple[User, Part], Decimal], mtok: Decimal) -> UnitCostRow:
        parts = CostParts.made_of({part: usd[user, part] for part in Part})
        headroom = self.cells.get(Cell(user, Part.IDLE_CAPACITY, is_headroom=True), NOTHING)
        (headroom_usd,) = cents_of([headroom])
        return UnitCostRow(
            **parts.model_dump(),
            workload=user.workload,
            size_class=user.size_class,
            offering=user.column.offering,
            api=user.column.api,
            split=user.column.split,
            headroom_usd=headroom_usd,
            accepted_mtok=mtok,
            accepted_requests=self._requests(user, mtok),
        )

    def _requests(self, user: User, mtok: Decimal) -> Decimal:
        if user.workload is None or user.size_class is None:
            return NOTHING
        size = self.stated.size_class[user.workload, user.size_class]
        return (mtok * TOKENS_PER_MTOK / exact(size.output_tokens)).quantize(MILLIONTH)

    @property
    def _tokens(self) -> Mapping[User, Decimal]:
        """Accepted output tokens of each user, expected over the outlooks."""
        return self._tokens_in[None]

    @cached_property
    def _tokens_in(self) -> Mapping[str | None, Mapping[User, Decimal]]:
        """The same of each outlook, by its probability; None: of all."""
        found: dict[str | None, dict[User, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for (user, moment), tokens in self.stated.accepted_tok.items():
            if tokens:
                for outlook in (None, moment.outlook):
                    found[outlook][user] += tokens * self.stated.probability[moment.outlook]
        return found

    @cached_property
    def cells(self) -> Mapping[Cell, Decimal]:
        """Every cell with its exact amount."""
        first, then = Bookings(), Bookings()
        without_use = self._book_each(first)
        for line in self._of(Rule.PROVIDER, Rule.PROVIDER_FOR_NO_USE):
            for moment, usd in self.stated.moments(line):
                account = self.stated.account(line, moment)
                for cell, share in shared(usd, self._charged(first, account, self._eligible(line))):
                    then.book(account, _bearing(cell, BEGINS[line.nature].rule), share)
        for account, usd in without_use:
            for cell, share in shared(usd, self._charged(first, account, frozenset())):
                then.book(account, _bearing(cell, Rule.PROVIDER_FOR_NO_USE), share)
        sums: dict[Cell, Decimal] = defaultdict(Decimal)
        for bookings in (first, then):
            for cell, usd in bookings.cells().items():
                sums[cell] += usd
        return sums

    def _of(self, *rules: Rule) -> Iterator[CostLine]:
        return (line for line in self.stated.plan.cost_lines if BEGINS[line.nature].rule in rules)

    def _book_each(self, bookings: Bookings) -> list[tuple[Account, Decimal]]:
        """Book every line that finds its bearers by itself; commitments that cover nothing are returned."""
        nodes = NodeCosts(self.stated, Pools(self.stated), bookings)
        commitments = CommitmentCosts(self.stated, nodes)
        for line in self._of(Rule.NODES_BY_HOURS, Rule.NODES_BY_USE, Rule.COVERED, Rule.FOR_NO_USE):
            nodes.book(line)
        for line in self._of(Rule.TOKENS):
            self._book_among(line, self._token_owners, bookings)
        for line in self._of(Rule.TRANSFER):
            self._book_among(line, self._movers, bookings)
        for line in self._of(Rule.ENGINEERING):
            self._book_engineering(line, bookings)
        return [left for line in self._of(Rule.COMMITMENT) for left in commitments.book(line)]

    @cached_property
    def _token_owners(self) -> Owners:
        """Of tokens, by what each user's own would cost."""
        return {place: owner_shares(usd) for place, usd in at_own_prices(self.stated).items()}

    @cached_property
    def _movers(self) -> Owners:
        """Of cache that moves, by what each user of the split moves."""
        return {place: owner_shares(gb) for place, gb in self.stated.moved.items()}

    def _book_among(self, line: CostLine, owners: Owners, bookings: Bookings) -> None:
        """Book a line to those who own what it is for; what is for attempts that fail is failed."""
        part = BEGINS[line.nature].part
        for moment, usd in self.stated.moments(line):
            account = self.stated.account(line, moment)
            for user, share in owners[line.source, moment].items():
                bookings.book_served(account, Cell(user, part), usd * share, self.stated.yield_share(user))

    def _book_engineering(self, line: CostLine, bookings: Bookings) -> None:
        """Work on a model and stack, by the tokens that the model is served there over the horizon."""
        scenario = self.stated.plan.scenario
        migration = next(row for row in scenario.migrations if row.migration == line.source)

        def is_served_there(user: User) -> bool:
            offerings = self._offerings(user)
            if not offerings or self.stated.workload[str(user.workload)].model != migration.model:
                return False
            chips = (scenario.catalog.accelerator_of(scenario.catalog.offering[o]) for o in offerings)
            return any(chip.stack == migration.stack for chip in chips)

        tokens_of = self._tokens_in[line.outlook]
        served = {user: tokens for user, tokens in tokens_of.items() if is_served_there(user)}
        served = served or {NOBODY: Decimal(1)}
        weights = {Cell(user, Part.ENGINEERING): tokens for user, tokens in served.items()}
        for moment, usd in self.stated.moments(line):
            for cell, share in shared(usd, weights):
                bookings.book(self.stated.account(line, moment), cell, share)

    def _offerings(self, user: User) -> tuple[str, ...]:
        """What serves a user: one offering, or both of a split."""
        if user.column.split is not None:
            row = self.stated.split[user.column.split]
            return row.prefill_offering, row.decode_offering
        return () if user.column.offering is None else (user.column.offering,)

    def _eligible(self, line: CostLine) -> frozenset[Charge]:
        """Charges that a line of an agreement or a credit refers to."""
        scenario = self.stated.plan.scenario
        agreements = (row.eligible for row in scenario.agreements if row.agreement == line.source)
        credits = (row.eligible for row in scenario.credits if row.credit == line.source)
        return frozenset(charge for eligible in (*agreements, *credits) for charge in eligible)

    def _charged(self, bookings: Bookings, account: Account, eligible: frozenset[Charge]) -> Mapping[Cell, Decimal]:
        """What the payee charges: what is eligible in the month, else all of the month, else all; else nobody."""
        narrowing: Iterable[Callable[[Account], bool]] = (
            lambda other: (other.payee, other.moment) == (account.payee, account.moment) and other.charge in eligible,
            lambda other: (other.payee, other.moment) == (account.payee, account.moment),
            lambda other: other.payee == account.payee,
        )
        for which in narrowing:
            weights = bookings.weights(which)
            if sum(weights.values(), NOTHING) > 0:
                return weights
        return {Cell(NOBODY, Part.ACCELERATOR): Decimal(1)}


def _bearing(cell: Cell, rule: Rule) -> Cell:
    """Where a share of what a provider is paid alone is booked."""
    return Cell(cell.user, Part.IDLE_CAPACITY) if rule is Rule.PROVIDER_FOR_NO_USE else cell


def _of_part(cells: Mapping[Cell, Decimal], user: User, part: Part) -> Decimal:
    return cells.get(Cell(user, part), NOTHING) + cells.get(Cell(user, part, is_headroom=True), NOTHING)
