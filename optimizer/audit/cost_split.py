"""The effective cost once more in parts: from the plan's lines to size classes on columns (docs/decisions/0032)."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit.cost_by_hour import CostsByHour
from optimizer.audit.cost_ledger import ACCELERATOR, IDLE, NOBODY, Booked, Cell, Ledger, User
from optimizer.audit.cost_lines import BY_HOURS, BY_USE, COMMITTED, FOR_NO_USE, MIGRATION, OF_PROVIDERS, amounts
from optimizer.audit.cost_pools import Pool, Pools, When
from optimizer.audit.cost_users import place_nodes, place_users
from optimizer.audit.due import NOT_CASH
from optimizer.audit.dues_of_tokens import list_price
from optimizer.audit.figures import Inputs
from optimizer.audit.serving import ServingBook
from optimizer.audit.splits import stacks_of
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine
from optimizer.plan_contracts import ApiPlacement

NETWORK, POWER, ENGINEERING = "network", "power_or_overhead", "engineering"


class CostSplit:
    """Works out every cell; floats are good for far less than a cent."""

    def __init__(self, inputs: Inputs, stated: Statements, book: ServingBook) -> None:
        self._inputs = inputs
        self._stated = stated
        self._ledger = Ledger(inputs)
        self._pools = Pools(inputs)
        self._by_hour = CostsByHour(inputs, stated, self._pools)
        self.served = place_users(inputs, stated, book, self._pools)
        place_nodes(inputs, stated, self._pools)

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
        before = [(line, *row) for line in later for row in amounts(self._inputs, line)]
        weighed = [(line, when, usd, self._weights(line, when)) for line, when, usd in before]
        for line, when, usd, weights in weighed:
            self._book_weighed(line, when, usd, weights)
        return self._ledger.cells

    def _book_line(self, line: CostLine) -> None:
        for when, usd in amounts(self._inputs, line):
            booked = Booked.of(line, when.outlook, when.month)
            if line.nature in BY_USE:
                self._by_hour.book_use(line, when, booked, usd)
            elif line.nature in BY_HOURS and line.offering is not None:
                part = POWER if line.nature in (Nature.OWNED_UPKEEP, Nature.OWNED_POWER) else ACCELERATOR
                self._pools.spread(Pool("base", line.offering), when, (booked, part), usd)
            elif line.nature is Nature.PROVISIONED_RECURRING:
                self._pools.spread(Pool("units", line.source), when, (booked, ACCELERATOR), usd)
            elif line.nature in FOR_NO_USE and line.offering is not None:
                self._pools.at(Pool("base", line.offering), when).apart[booked, IDLE] += usd
            elif line.nature in COMMITTED:
                self._by_hour.book_commitment(line, when, booked, usd)
            elif line.nature is Nature.API_USAGE:
                self._among(booked, ACCELERATOR, usd, self._api_usd(line.source, when))
            elif line.nature is Nature.KV_TRANSFER:
                self._among(booked, NETWORK, usd, self._gb(line.source, when))
            elif line.nature in MIGRATION:
                self._engineering(line, booked, usd)

    def _among(self, booked: Booked, part: str, usd: float, weights: Mapping[User, float]) -> None:
        total = sum(weights.values())
        for user, weight in weights.items():
            self._ledger.book_served(booked, user, part, usd * weight / total if total else usd / len(weights))

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
                workload = self._inputs.workloads[row.workload]
                requests = self._inputs.classes[row.workload, row.size_class]
                attempts = 1.0 / requests.output_tokens / workload.accepted_share / (1.0 - workload.retry_share)
                tokens = row.accepted_tok_per_s * self._inputs.block_hours[row.month][row.block]
                sums[User(row.workload, row.size_class, "split", split)] += tokens * attempts * requests.input_tokens
        return sums

    def _engineering(self, line: CostLine, booked: Booked, usd: float) -> None:
        migration = self._inputs.migrations[line.source]
        served = self.served.mtok if line.outlook is None else self.served.mtok_in[line.outlook]
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
