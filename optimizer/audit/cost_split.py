"""The effective cost once more in parts: from the plan's lines to size classes on columns (docs/decisions/0032)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.spot import Spot
from optimizer.audit.by_token import gross_tokens
from optimizer.audit.cost_ledger import IDLE, NOBODY, Booked, Cell, Ledger, User
from optimizer.audit.cost_pools import Pool, Pools, When
from optimizer.audit.due import NOT_CASH
from optimizer.audit.dues_of_tokens import list_price
from optimizer.audit.figures import Inputs, hours_between, productive_part
from optimizer.audit.serving import ServingBook
from optimizer.audit.splits import busy_roles, stacks_of
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine, Usage
from optimizer.plan import Pool as PlanPool
from optimizer.plan_contracts import ApiPlacement, Coverage

ACCELERATOR, NETWORK, POWER, ENGINEERING = "accelerator", "network", "power_or_overhead", "engineering"
BY_USE = (
    Nature.ON_DEMAND_USAGE,
    Nature.SPOT_USAGE,
    Nature.TAKE_OR_PAY_USAGE,
    Nature.VOLUME_USAGE,
    Nature.SPEND_COMMITMENT_COVERED,
)
RECURRING = (
    Nature.HELD_RECURRING,
    Nature.RESERVED_RECURRING,
    Nature.SWAPPED_RECURRING,
    Nature.RENEWED_RECURRING,
)
UPFRONT = {Nature.HELD_UPFRONT: Nature.HELD_RECURRING, Nature.RESERVED_UPFRONT: Nature.RESERVED_RECURRING}
BY_HOURS = (
    *RECURRING,
    *UPFRONT,
    Nature.CAPACITY_BLOCK,
    Nature.OWNED_CAPEX,
    Nature.OWNED_RESIDUAL,
    Nature.OWNED_UPKEEP,
    Nature.OWNED_POWER,
)
FOR_NO_USE = (Nature.TAKE_OR_PAY_TRUE_UP, Nature.TAKE_OR_PAY_MAKE_UP, Nature.TERMINATION_FEE)
COMMITTED = (Nature.SPEND_COMMITMENT_UPFRONT, Nature.SPEND_COMMITMENT_RECURRING)
MIGRATION = (Nature.MIGRATION_ENGINEERING, Nature.MIGRATION_CAPITALISED, Nature.MIGRATION_UPKEEP)
OF_PROVIDERS = (Nature.AGREEMENT_DISCOUNT, Nature.CREDIT_USE, Nature.CREDIT_PURCHASE, Nature.AGREEMENT_SHORTFALL)


Alike = tuple[Nature, str, str | None, str | None, str | None, Month]


def _alike(line: CostLine) -> Alike:
    return line.nature, line.source, line.order, line.outlook, line.offering, line.service_first


class CostSplit:
    """Works out every cell; floats are good for far less than a cent."""

    def __init__(self, inputs: Inputs, stated: Statements, book: ServingBook) -> None:
        self._inputs = inputs
        self._stated = stated
        self._book = book
        self._ledger = Ledger(inputs)
        self._pools = Pools(inputs)
        self.mtok: dict[User, float] = defaultdict(float)
        """Accepted tokens, in millions, expected."""
        self._mtok_in: dict[str, dict[User, float]] = defaultdict(lambda: defaultdict(float))
        self._place_users()
        self._place_nodes()

    def cells(self) -> Mapping[Cell, float]:
        """Dollars by user and part; headroom apart from what else is idle."""
        later: list[CostLine] = []
        covering = {row.contract for row in self._stated.bought.coverage}
        for line in self._stated.lines:
            if line.nature in OF_PROVIDERS or (line.nature in COMMITTED and line.source not in covering):
                later.append(line)
            elif line.nature not in NOT_CASH:
                self._book_line(line)
        self._pools.book(self._ledger)
        before = [(line, *row) for line in later for row in self._amounts(line)]
        weighed = [(line, when, usd, self._weights(line, when)) for line, when, usd in before]
        for line, when, usd, weights in weighed:
            self._book_weighed(line, when, usd, weights)
        return self._ledger.cells

    # Who is served, and what is there

    def _place_users(self) -> None:
        inputs = self._inputs
        for row in self._stated.placements:
            user = User(row.workload, row.size_class, "offering", row.offering)
            self._serve(user, row.outlook, row.month, row.block, row.accepted_tok_per_s)
            figures = self._book.figures((row.workload, row.size_class, row.offering))
            seconds = figures.node_seconds if figures else 0.0
            per_tok = inputs.nodes_per_tok_per_s(
                inputs.workloads[row.workload],
                inputs.classes[row.workload, row.size_class],
                row.offering,
                inputs.node_seconds(seconds, row.outlook, row.offering, row.month),
            )
            at_work = min(row.nodes, row.accepted_tok_per_s * per_tok * inputs.run.usable_share)
            pool = Pool("spot" if row.pool is PlanPool.SPOT else "base", row.offering)
            self._use(pool, When(row.outlook, row.month), row.block, user, row.nodes, at_work)
        for split in self._stated.bought.split_placements:
            user = User(split.workload, split.size_class, "split", split.split)
            self._serve(user, split.outlook, split.month, split.block, split.accepted_tok_per_s)
            for role in busy_roles(inputs, split):
                pool = Pool("spot" if role.pool is PlanPool.SPOT else "base", role.offering)
                at_work = role.nodes * inputs.run.usable_share
                self._use(pool, When(split.outlook, split.month), split.block, user, role.nodes, at_work)
        for token in self._stated.bought.api_placements:
            user = User(token.workload, token.size_class, "api", token.api)
            self._serve(user, token.outlook, token.month, token.block, token.accepted_tok_per_s)
            if token.contract is not None:
                terms = inputs.provisioned[token.contract]
                gross = gross_tokens(inputs.workloads[token.workload], inputs.classes[token.workload, token.size_class])
                per_tok = gross.uncached / terms.input_tok_per_s_per_unit
                per_tok += gross.output / terms.output_tok_per_s_per_unit
                units = token.accepted_tok_per_s * per_tok
                when = When(token.outlook, token.month)
                self._use(Pool("units", token.contract), when, token.block, user, units, units)

    def _serve(self, user: User, outlook: str, month: Month, block: str, tok_per_s: float) -> None:
        mtok = tok_per_s * 3600.0 * self._inputs.block_hours[month][block] / 1e6
        self.mtok[user] += float(self._inputs.probability[outlook]) * mtok
        self._mtok_in[outlook][user] += mtok

    def _use(self, pool: Pool, when: When, block: str, user: User, busy: float, at_work: float) -> None:
        use = self._pools.at(pool, when).users[block][user]
        use.busy += busy
        use.at_work += at_work

    def _place_nodes(self) -> None:
        for row in self._stated.usages:
            terms = self._inputs.terms[row.contract]
            is_spot = isinstance(terms, Spot)
            nodes = row.nodes * productive_part(terms) if isinstance(terms, Spot) else row.nodes
            pool = Pool("spot" if is_spot else "base", row.offering)
            self._pools.at(pool, When(row.outlook, row.month)).by_use[row.block] += nodes
        for line in self._stated.lines:
            service = hours_between(line.service_first, line.service_end)
            for when in self._moments(line):
                under_contract = self._contract_pool(line, when.outlook)
                if under_contract is not None:
                    nodes = float(line.quantity) * (1.0 if line.nature is Nature.OWNED_CAPEX else 1.0 / service)
                    self._pools.at(under_contract, when).under_contract += nodes

    @cached_property
    def _monthly(self) -> dict[tuple[Nature, str, str | None], set[str | None]]:
        """Outlooks in which something is paid month by month."""
        outlooks: dict[tuple[Nature, str, str | None], set[str | None]] = defaultdict(set)
        for line in self._stated.lines:
            if line.nature in RECURRING:
                outlooks[line.nature, line.source, line.order].add(line.outlook)
        return outlooks

    def _contract_pool(self, line: CostLine, outlook: str) -> Pool | None:
        """Where the line says how many nodes are under contract."""
        if line.nature is Nature.PROVISIONED_RECURRING:
            return Pool("units", line.source)
        if line.offering is None:
            return None
        recurring = UPFRONT.get(line.nature)
        is_only = False
        if recurring is not None:
            monthly = self._monthly.get((recurring, line.source, line.order), set())
            is_only = not monthly if line.order is not None else not monthly & {outlook, None}
        if line.nature in (*RECURRING, Nature.CAPACITY_BLOCK, Nature.OWNED_CAPEX) or is_only:
            return Pool("base", line.offering)
        return None

    # Lines

    def _moments(self, line: CostLine) -> Iterator[When]:
        outlooks = self._inputs.probability if line.outlook is None else (line.outlook,)
        for outlook in outlooks:
            for month in self._inputs.months:
                if line.service_first <= month < line.service_end:
                    yield When(outlook, month)

    def _amounts(self, line: CostLine) -> Iterator[tuple[When, float]]:
        service = hours_between(line.service_first, line.service_end)
        for when in self._moments(line):
            weight = float(self._inputs.probability[when.outlook])
            yield when, weight * float(line.amount_usd) * self._inputs.hours[when.month] / service

    def _book_line(self, line: CostLine) -> None:
        for when, usd in self._amounts(line):
            booked = Booked.of(line, when.outlook, when.month)
            if line.nature in BY_USE:
                self._by_use(line, when, booked, usd)
            elif line.nature in BY_HOURS and line.offering is not None:
                part = POWER if line.nature in (Nature.OWNED_UPKEEP, Nature.OWNED_POWER) else ACCELERATOR
                self._pools.spread(Pool("base", line.offering), when, (booked, part), usd)
            elif line.nature is Nature.PROVISIONED_RECURRING:
                self._pools.spread(Pool("units", line.source), when, (booked, ACCELERATOR), usd)
            elif line.nature in FOR_NO_USE and line.offering is not None:
                self._pools.at(Pool("base", line.offering), when).apart[booked, IDLE] += usd
            elif line.nature in COMMITTED:
                self._committed(line, when, booked, usd)
            elif line.nature is Nature.API_USAGE:
                self._among(booked, ACCELERATOR, usd, self._api_usd(line.source, when))
            elif line.nature is Nature.KV_TRANSFER:
                self._among(booked, NETWORK, usd, self._gb(line.source, when))
            elif line.nature in MIGRATION:
                self._engineering(line, booked, usd)

    def _among(self, booked: Booked, part: str, usd: float, weights: Mapping[User, float]) -> None:
        total = sum(weights.values())
        for user, weight in weights.items():
            self._ledger.book_served(booked, user, part, usd * weight / total)

    @cached_property
    def _by_token(self) -> dict[tuple[str, str, Month], list[ApiPlacement]]:
        """What is paid by the token, by API, outlook and month."""
        rows: dict[tuple[str, str, Month], list[ApiPlacement]] = defaultdict(list)
        for row in self._stated.bought.api_placements:
            if row.contract is None:
                rows[row.api, row.outlook, row.month].append(row)
        return rows

    def _api_usd(self, api: str, when: When) -> dict[User, float]:
        sums: dict[User, float] = defaultdict(float)
        for row, usd in list_price(self._inputs, self._by_token.get((api, when.outlook, when.month), ())):
            sums[User(row.workload, row.size_class, "api", api)] += float(usd)
        return sums

    def _gb(self, split: str, when: When) -> dict[User, float]:
        sums: dict[User, float] = defaultdict(float)
        for row in self._stated.bought.split_placements:
            if (row.split, row.outlook, row.month) == (split, when.outlook, when.month):
                workload, requests = (
                    self._inputs.workloads[row.workload],
                    self._inputs.classes[row.workload, row.size_class],
                )
                attempts = 1.0 / requests.output_tokens / workload.accepted_share / (1.0 - workload.retry_share)
                tokens = row.accepted_tok_per_s * self._inputs.block_hours[row.month][row.block]
                sums[User(row.workload, row.size_class, "split", split)] += tokens * attempts * requests.input_tokens
        return sums

    def _engineering(self, line: CostLine, booked: Booked, usd: float) -> None:
        migration = self._inputs.migrations[line.source]
        served = self.mtok if line.outlook is None else self._mtok_in[line.outlook]
        weights = {
            user: mtok
            for user, mtok in served.items()
            if user.workload is not None
            and self._inputs.workloads[user.workload].model == migration.model
            and migration.stack in self._stacks(user)
        }
        total = sum(weights.values())
        if not total:
            self._ledger.book(booked, NOBODY, ENGINEERING, usd)
        for user, mtok in weights.items():
            self._ledger.book(booked, user, ENGINEERING, usd * mtok / total if total else 0.0)

    def _stacks(self, user: User) -> frozenset[str]:
        if user.column is None or user.kind == "api":
            return frozenset()
        if user.kind == "split":
            return stacks_of(self._inputs, user.column)
        return frozenset({self._inputs.stack(user.column)})

    # Use by the hour

    @cached_property
    def _used(self) -> dict[tuple[str, str, str | None], list[Usage]]:
        """Use by outlook, contract and order."""
        rows: dict[tuple[str, str, str | None], list[Usage]] = defaultdict(list)
        for row in self._stated.usages:
            rows[row.outlook, row.contract, row.order].append(row)
        return rows

    @cached_property
    def _covered(self) -> dict[tuple[str, str, str], list[Coverage]]:
        """Covered use by outlook, commitment and offering."""
        rows: dict[tuple[str, str, str], list[Coverage]] = defaultdict(list)
        for row in self._stated.bought.coverage:
            rows[row.outlook, row.contract, self._inputs.terms[row.covers].offering].append(row)
        return rows

    @cached_property
    def _quantities(self) -> dict[Alike, float]:
        """Quantities of lines by the hour that are told apart by nothing but their price."""
        sums: dict[Alike, float] = defaultdict(float)
        for line in self._stated.lines:
            if line.nature in BY_USE:
                sums[_alike(line)] += float(line.quantity)
        return sums

    def _rows_of(self, line: CostLine, outlook: str) -> dict[Month, dict[str, float]]:
        """Node-hours that a line is for, by month and block."""
        hours: dict[Month, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        rows: Sequence[Usage | Coverage]
        if line.nature is Nature.SPEND_COMMITMENT_COVERED:
            rows = self._covered.get((outlook, line.source, line.offering or ""), ())
        else:
            rows = self._used.get((outlook, line.source, line.order), ())
        for row in rows:
            if line.service_first <= row.month < line.service_end:
                hours[row.month][row.block] += row.nodes * self._inputs.block_hours[row.month][row.block]
        return hours

    def _by_use(self, line: CostLine, when: When, booked: Booked, usd: float) -> None:
        assert line.offering is not None
        rows = self._rows_of(line, when.outlook)
        quantity = self._quantities[_alike(line)]
        used = sum(sum(blocks.values()) for blocks in rows.values())
        apart = 1.0 - used / quantity if quantity else 0.0
        is_spot = isinstance(self._inputs.terms.get(line.source), Spot)
        pool = Pool("spot" if is_spot else "base", line.offering)
        self._pools.at(pool, when).apart[booked, ACCELERATOR] += usd * apart
        self._to_blocks(pool, when, booked, usd * (1.0 - apart), rows.get(when.month, {}))

    def _to_blocks(self, pool: Pool, when: When, booked: Booked, usd: float, hours: Mapping[str, float]) -> None:
        total = sum(hours.values())
        if not total:
            self._pools.spread(pool, when, (booked, ACCELERATOR), usd)
        for block, of_block in hours.items():
            if total:
                self._pools.at(pool, when).cost[block][booked, ACCELERATOR] += usd * of_block / total

    # Spend commitments

    def _covered_usd(self, contract: str, when: When) -> dict[str, dict[str, float]]:
        """Dollars an on-demand contract takes of a commitment in a month, start-up uplift included, by block."""
        usd: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for row in self._stated.bought.coverage:
            if (row.contract, row.outlook, row.month) == (contract, when.outlook, when.month):
                hours = self._inputs.block_hours[row.month][row.block]
                rate = float(self._inputs.covered_rates[contract, row.covers]) * (1.0 + self._uplift(row.covers))
                usd[row.covers][row.block] += row.nodes * hours * rate
        return usd

    def _uplift(self, contract: str) -> float:
        return float(getattr(self._inputs.terms[contract], "startup_uplift_share", 0.0))

    def _committed(self, line: CostLine, when: When, booked: Booked, usd: float) -> None:
        taken = self._covered_usd(line.source, when)
        there = sum(
            float(row.usd_per_hour) * self._inputs.hours[when.month]
            for row in self._stated.bought.committed
            if row.contract == line.source and row.outlook in (None, when.outlook) and row.start <= when.month < row.end
        )
        rest = usd
        for contract, blocks in taken.items():
            pool = Pool("base", self._inputs.terms[contract].offering)
            own = usd * sum(blocks.values()) / there
            served = own / (1.0 + self._uplift(contract))
            self._to_blocks(pool, when, booked, served, blocks)
            self._pools.at(pool, when).apart[booked, ACCELERATOR] += own - served
            rest -= own
        weights = {name: sum(blocks.values()) for name, blocks in taken.items()} or self._ever_covered(line.source)
        total = sum(weights.values())
        for contract, weight in weights.items():
            pool = Pool("base", self._inputs.terms[contract].offering)
            self._pools.at(pool, when).apart[booked, ACCELERATOR] += rest * weight / total

    def _ever_covered(self, contract: str) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for outlook, weight in self._inputs.probability.items():
            for month in self._inputs.months:
                for name, blocks in self._covered_usd(contract, When(outlook, month)).items():
                    sums[name] += float(weight) * sum(blocks.values())
        return sums

    # What a provider is paid, or gives, for no offering

    def _weights(self, line: CostLine, when: When) -> Mapping[Cell, float]:
        agreement, credit = self._inputs.agreements.get(line.source), self._inputs.credits.get(line.source)
        eligible = agreement.eligible if agreement else credit.eligible if credit else ()
        return self._ledger.weights(Booked.of(line, when.outlook, when.month), eligible)

    def _book_weighed(self, line: CostLine, when: When, usd: float, weights: Mapping[Cell, float]) -> None:
        booked = Booked.of(line, when.outlook, when.month)
        is_idle = line.nature is Nature.AGREEMENT_SHORTFALL or line.nature in COMMITTED
        total = sum(weights.values())
        if not weights:
            self._ledger.book(booked, NOBODY, IDLE if is_idle else ACCELERATOR, usd)
        for (user, part), weight in weights.items():
            self._ledger.book(booked, user, IDLE if is_idle else part, usd * weight / total)
