"""Who is served and keeps which nodes busy, and the nodes that are there (docs/decisions/0032)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.spot import Spot
from optimizer.audit.by_token import gross_tokens
from optimizer.audit.cost_ledger import User
from optimizer.audit.cost_lines import RECURRING, UPFRONT, moments
from optimizer.audit.cost_pools import Pool, Pools, When
from optimizer.audit.figures import Inputs, hours_between, productive_part
from optimizer.audit.serving import ServingBook
from optimizer.audit.splits import busy_roles
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine
from optimizer.plan import Pool as PlanPool

Monthly = dict[tuple[Nature, str, str | None], set[str | None]]
"""Outlooks in which something is paid month by month, by nature, contract and order."""


@dataclass
class Served:
    """Accepted tokens by user, in millions."""

    mtok: dict[User, float] = field(default_factory=lambda: defaultdict(float))
    """Expected over the outlooks."""
    mtok_in: dict[str, dict[User, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    """In each outlook."""

    def add(self, inputs: Inputs, user: User, outlook: str, month: Month, block: str, tok_per_s: float) -> None:
        """Count the tokens of a block."""
        mtok = tok_per_s * 3600.0 * inputs.block_hours[month][block] / 1e6
        self.mtok[user] += float(inputs.probability[outlook]) * mtok
        self.mtok_in[outlook][user] += mtok


def place_users(inputs: Inputs, stated: Statements, book: ServingBook, pools: Pools) -> Served:
    """Put who keeps nodes busy into the pools; who is served how much is returned."""
    served = Served()
    for row in stated.placements:
        user = User(row.workload, row.size_class, "offering", row.offering)
        served.add(inputs, user, row.outlook, row.month, row.block, row.accepted_tok_per_s)
        figures = book.figures((row.workload, row.size_class, row.offering))
        seconds = figures.node_seconds if figures else 0.0
        per_tok = inputs.nodes_per_tok_per_s(
            inputs.workloads[row.workload],
            inputs.classes[row.workload, row.size_class],
            row.offering,
            inputs.node_seconds(seconds, row.outlook, row.offering, row.month),
        )
        at_work = min(row.nodes, row.accepted_tok_per_s * per_tok * inputs.run.usable_share)
        pool = Pool("spot" if row.pool is PlanPool.SPOT else "base", row.offering)
        _use(pools, pool, When(row.outlook, row.month), row.block, user, row.nodes, at_work)
    for split in stated.bought.split_placements:
        user = User(split.workload, split.size_class, "split", split.split)
        served.add(inputs, user, split.outlook, split.month, split.block, split.accepted_tok_per_s)
        for role in busy_roles(inputs, split):
            pool = Pool("spot" if role.pool is PlanPool.SPOT else "base", role.offering)
            at_work = role.nodes * inputs.run.usable_share
            _use(pools, pool, When(split.outlook, split.month), split.block, user, role.nodes, at_work)
    for token in stated.bought.api_placements:
        user = User(token.workload, token.size_class, "api", token.api)
        served.add(inputs, user, token.outlook, token.month, token.block, token.accepted_tok_per_s)
        if token.contract is not None:
            terms = inputs.provisioned[token.contract]
            gross = gross_tokens(inputs.workloads[token.workload], inputs.classes[token.workload, token.size_class])
            per_tok = gross.uncached / terms.input_tok_per_s_per_unit
            per_tok += gross.output / terms.output_tok_per_s_per_unit
            units = token.accepted_tok_per_s * per_tok
            when = When(token.outlook, token.month)
            _use(pools, Pool("units", token.contract), when, token.block, user, units, units)
    return served


def _use(pools: Pools, pool: Pool, when: When, block: str, user: User, busy: float, at_work: float) -> None:
    use = pools.at(pool, when).users[block][user]
    use.busy += busy
    use.at_work += at_work


def place_nodes(inputs: Inputs, stated: Statements, pools: Pools) -> None:
    """Put the nodes that are there into the pools: used by the hour, and under contract."""
    monthly = _paid_monthly(stated.lines)
    for row in stated.usages:
        terms = inputs.terms[row.contract]
        kind, productive = ("spot", productive_part(terms)) if isinstance(terms, Spot) else ("base", 1.0)
        at = pools.at(Pool(kind, row.offering), When(row.outlook, row.month))
        at.by_use[row.block] += row.nodes * productive
    for line in stated.lines:
        service = hours_between(line.service_first, line.service_end)
        for when in moments(inputs, line):
            under_contract = _contract_pool(line, when.outlook, monthly)
            if under_contract is not None:
                nodes = float(line.quantity) * (1.0 if line.nature is Nature.OWNED_CAPEX else 1.0 / service)
                pools.at(under_contract, when).under_contract += nodes


def _paid_monthly(lines: Iterable[CostLine]) -> Monthly:
    outlooks: Monthly = defaultdict(set)
    for line in lines:
        if line.nature in RECURRING:
            outlooks[line.nature, line.source, line.order].add(line.outlook)
    return outlooks


def _contract_pool(line: CostLine, outlook: str, paid_monthly: Monthly) -> Pool | None:
    """Where the line says how many nodes are under contract."""
    if line.nature is Nature.PROVISIONED_RECURRING:
        return Pool("units", line.source)
    if line.offering is None:
        return None
    recurring = UPFRONT.get(line.nature)
    is_only = False
    if recurring is not None:
        monthly = paid_monthly.get((recurring, line.source, line.order), set())
        is_only = not monthly if line.order is not None else not monthly & {outlook, None}
    if line.nature in (*RECURRING, Nature.CAPACITY_BLOCK, Nature.OWNED_CAPEX) or is_only:
        return Pool("base", line.offering)
    return None
