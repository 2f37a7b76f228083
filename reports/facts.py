"""A plan sorted for the sheets: who is in it, what is routed where, and which ids cannot stand side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from catalog.offerings import Offering
from catalog.records import Sourced
from catalog.serving import Refusal
from contracts.calendar import Month
from contracts.clauses import Rights
from contracts.terms.api import ApiOffer
from contracts.terms.common import ContractTerms, Nature
from contracts.terms.held import HeldContract
from contracts.terms.ordering import OrderedTerms
from contracts.terms.reserved import Reserved
from contracts.terms.split import Split
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.futures import Futures
from optimizer.plan import CostLine, Order, Placement, Plan, Totals
from reports.split_roles import points_of_splits, roles_of_splits
from scenarios.policy import Grouping
from scenarios.scenario import Scenario

KINDS_OF_TOKENS = ("Uncached input", "Cached input", "Output")
"""As the headers of their quantities and prices begin."""
BY_THE_TOKEN = "(by the token)"
"""What carries tokens that no unit carries."""
ALL_OUTLOOKS = "(all)"
"""The outlook of what is the same in all of them; no id can be written like this."""
IN_HOUSE = "(in-house)"
"""The offering of what no provider bills: migration work."""


def paid_for(row: CostLine) -> str:
    """The offering of a line; where there is none its payee, in parentheses, as no id can be written."""
    return row.offering or alone(row.payee)


def alone(payee: str) -> str:
    """What stands in place of an offering where a payee is paid for no single one."""
    return f"({payee})"


class AlikeIds(ValueError):
    """Two ids that a spreadsheet takes for one, because it does not look at case."""


class Route(NamedTuple):
    """Where a workload is served."""

    offering: str
    workload: str
    pool: str
    block: str


@dataclass(frozen=True)
class Facts:
    """What several sheets need to know about a plan."""

    plan: Plan

    def __post_init__(self) -> None:
        for what, ids in self._ids_by_kind():
            _refuse_alike(what, ids)

    def _ids_by_kind(self) -> Iterable[tuple[str, list[str]]]:
        scenario = self.scenario
        commitments = [o.order for o in self.plan.orders] + [h.held for h in scenario.held_contracts]
        yield "offerings", [row.offering for row in scenario.catalog.offerings]
        bought = [c.contract for c in scenario.contracts] + [c.contract for c in scenario.spend_commitments]
        bought += [row.api for row in scenario.api_offers] + [row.contract for row in scenario.provisioned]
        yield "contracts", bought + [h.held for h in scenario.held_contracts]
        yield "workloads", [row.workload for row in scenario.workloads]
        yield "orders and held contracts", commitments
        providers = {row.provider for row in scenario.catalog.offerings}
        yield "providers", sorted(providers | {row.provider for row in scenario.api_offers})
        yield "load blocks", [row.block for row in scenario.blocks.blocks]
        yield "outlooks", [row.outlook for row in scenario.outlooks]
        yield "agreements", [row.agreement for row in scenario.agreements]
        yield "credits", [row.credit for row in scenario.credits]
        yield "migrations", [row.migration for row in scenario.migrations]
        yield "tags", [row.tag for row in scenario.tags]

    @property
    def scenario(self) -> Scenario:
        """The inputs."""
        return self.plan.scenario

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """The months of the horizon."""
        return self.scenario.horizon.months

    @cached_property
    def probability(self) -> dict[str, float]:
        """Probability of each outlook."""
        return {row.outlook: row.probability for row in self.scenario.outlooks}

    @cached_property
    def several(self) -> bool:
        """Whether there is more than one outlook, so that figures are expected values."""
        return len(self.scenario.outlooks) > 1

    @cached_property
    def futures(self) -> Futures:
        """What is different in each outlook."""
        return Futures(self.scenario)

    @cached_property
    def totals_in(self) -> dict[str, Totals]:
        """What the plan says of each outlook alone; nothing with a single one."""
        return {row.outlook: row.totals for row in self.plan.by_outlook}

    @cached_property
    def signed_now(self) -> tuple[Order, ...]:
        """Orders that are signed whatever comes, soonest deadline first."""
        return self._orders(lambda o: o.outlook is None or not self.several)

    @cached_property
    def signed_later(self) -> tuple[Order, ...]:
        """Orders that are signed only if their outlook comes."""
        return self._orders(lambda o: o.outlook is not None and self.several)

    def _orders(self, which: Callable[[Order], bool]) -> tuple[Order, ...]:
        return tuple(sorted(filter(which, self.plan.orders), key=lambda o: (o.order_by, o.order)))

    @cached_property
    def take_or_pay(self) -> dict[str, TakeOrPay]:
        """Take-or-pay terms that could be bought, by contract."""
        return {c.contract: c for c in self.contracts if isinstance(c, TakeOrPay)}

    @cached_property
    def kinds_ordered(self) -> dict[str, str]:
        """Purchase kind of every contract that something is ordered under, by contract."""
        ordered = {order.contract for order in self.plan.orders}
        return {c.contract: str(c.kind) for c in self.scenario.contracts if c.contract in ordered}

    def ordered_as(self, kind: str) -> frozenset[str]:
        """Contracts of one kind under which something is ordered."""
        return frozenset(contract for contract, word in self.kinds_ordered.items() if word == kind)

    @cached_property
    def by_the_node(self) -> tuple[str, ...]:
        """Kinds of order other than reserved and take-or-pay that this plan has: blocks and hardware."""
        return tuple(sorted(set(self.kinds_ordered.values()) - {"reserved", "take_or_pay"}))

    @cached_property
    def has_take_or_pay(self) -> bool:
        """Whether something is ordered under take-or-pay."""
        return any(o.contract in self.take_or_pay for o in self.plan.orders)

    @cached_property
    def has_agreed(self) -> bool:
        """Whether an agreement is signed or in force, or credits are had."""
        return bool(self.plan.agreements or self.plan.credits)

    @cached_property
    def moving(self) -> dict[str, OrderedTerms]:
        """Terms of orders of this plan whose price moves with the years or with the on-demand price, by contract."""
        ordered = {order.contract for order in self.plan.orders}
        return {
            c.contract: c
            for c in self.contracts
            if isinstance(c, Reserved | TakeOrPay) and c.contract in ordered
            if c.escalator_share_per_year or _favoured(c)
        }

    def moves_by_unit(self, contract: str) -> bool:
        """Whether what a unit of a take-or-pay minimum costs moves: that of a node-hour does, a dollar does not."""
        return contract in self.moving and contract in self.take_or_pay and self.take_or_pay[contract].unit != "usd"

    @cached_property
    def tells_capex(self) -> bool:
        """Whether capital and operating expenditure are told apart: where there is a migration or a budget."""
        return bool(self.plan.migrations or self.scenario.policy.budgets)

    @cached_property
    def offerings(self) -> tuple[Offering, ...]:
        """All offerings: those in the plan first, each part by id. Calc sheets rely on that order."""
        return tuple(
            sorted(self.scenario.catalog.offerings, key=lambda o: (o.offering not in self._active, o.offering))
        )

    @cached_property
    def _active(self) -> frozenset[str]:
        plan = self.plan
        active = {
            *(order.offering for order in plan.orders),
            *(usage.offering for usage in plan.usages),
            *(placement.offering for placement in (*plan.placements, *roles_of_splits(self.plan))),
            *(held.offering for held in self.held),
            *(used.to_offering for used in plan.rights if used.to_offering is not None),
        }
        return frozenset(active) or frozenset(sorted(o.offering for o in self.scenario.catalog.offerings)[:1])

    @cached_property
    def in_plan(self) -> tuple[str, ...]:
        """Offerings that are held, ordered or used, in order."""
        return tuple(o.offering for o in self.offerings if o.offering in self._active)

    @cached_property
    def held(self) -> tuple[HeldContract, ...]:
        """Held contracts that serve the horizon or later."""
        first = self.scenario.horizon.first
        serving = (h for h in self.scenario.held_contracts if h.end > first or h.is_of(self.scenario.horizon))
        return tuple(sorted(serving, key=lambda h: h.held))

    @cached_property
    def have_rights(self) -> bool:
        """Whether any contract considered or held carries a right to leave, to swap or to stay."""
        carrying: list[Rights] = [*self.scenario.reserved, *self.held]
        return any(row.has_rights for row in carrying)

    @cached_property
    def contracts(self) -> tuple[ContractTerms, ...]:
        """All contract terms that could be bought, by offering and id."""
        return tuple(sorted(self.scenario.contracts, key=lambda c: (c.offering, c.contract)))

    @cached_property
    def providers(self) -> tuple[str, ...]:
        """Providers of offerings in the plan, then the others."""
        active = {self.provider(o) for o in self.in_plan} | {row.provider for row in self.apis} | set(self.paid_alone)
        every = {o.provider for o in self.offerings} | {row.provider for row in self.scenario.api_offers}
        return (*sorted(active), *sorted(every - active))

    @cached_property
    def workloads(self) -> tuple[str, ...]:
        """Workloads by id."""
        return tuple(sorted(row.workload for row in self.scenario.workloads))

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """Load blocks in the order of the model."""
        return tuple(row.block for row in self.scenario.blocks.blocks)

    def provider(self, offering: str) -> str:
        """The provider of an offering."""
        return self.scenario.catalog.offering[offering].provider

    @cached_property
    def paid_alone(self) -> tuple[str, ...]:
        """Providers that are paid for no single offering: commitments of money, agreements, credits, tokens."""
        lines = (row for row in self.plan.cost_lines if row.nature.is_cash and row.offering is None)
        return tuple(sorted({row.payee for row in lines if paid_for(row) != IN_HOUSE}))

    @cached_property
    def apis(self) -> tuple[ApiOffer, ...]:
        """API offers that serve something in the plan, by id."""
        taken = {row.api for row in self.plan.api_placements}
        return tuple(row for row in sorted(self.scenario.api_offers, key=lambda row: row.api) if row.api in taken)

    def geography_of(self, offer: ApiOffer) -> str:
        """The geography of an API offer's region."""
        return self.scenario.catalog.region[offer.region].geography

    @cached_property
    def token_parts(self) -> dict[str, str]:
        """Which kind of tokens a line of an API is for: lines of a month stand in the order of the kinds."""
        together: dict[tuple[str, str | None, Month], list[str]] = defaultdict(list)
        for row in self.plan.cost_lines:
            if row.nature is Nature.API_USAGE:
                together[row.source, row.outlook, row.service_first].append(row.line)
        return {
            line: kind
            for place, lines in together.items()
            for line, kind in zip(lines, self._kinds_of_tokens(place, len(lines)), strict=True)
        }

    def _kinds_of_tokens(self, place: tuple[str, str | None, Month], lines: int) -> tuple[str, ...]:
        """Kinds of which there are some; with two lines, input is all cached or not at all."""
        if lines != 2:
            return KINDS_OF_TOKENS[-lines:]
        hits = {row.workload: row.cache_hit_share for row in self.scenario.workloads}
        here = (r for r in self.plan.api_placements if (r.api, r.outlook, r.month) == place and r.contract is None)
        cached = all(hits[row.workload] == 1 for row in here)
        return (KINDS_OF_TOKENS[1 if cached else 0], KINDS_OF_TOKENS[2])

    def group_of(self, offering: str, by: Grouping) -> str:
        """The group of an offering under a concentration rule."""
        catalog = self.scenario.catalog
        row = catalog.offering[offering]
        chip = catalog.accelerator_of(row)
        return {
            Grouping.PROVIDER: row.provider,
            Grouping.CHIP_VENDOR: chip.chip_vendor,
            Grouping.STACK: chip.stack,
            Grouping.FAMILY: chip.family,
            Grouping.GEOGRAPHY: catalog.geography(row),
        }[by]

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every offering, workload, pool and block that carries something in some month."""
        return tuple(sorted({route for route, _ in self.routed_tok_per_s}, key=self._route_order))

    def _route_order(self, route: Route) -> Any:
        return (*route[:3], self.blocks.index(route.block))

    @cached_property
    def routed_tok_per_s(self) -> dict[tuple[Route, Month], float]:
        """Accepted tokens/s by route and month, weighted over outlooks, size classes together."""
        return self._routed(lambda p: p.accepted_tok_per_s)

    @cached_property
    def routed_nodes(self) -> dict[tuple[Route, Month], float]:
        """Nodes kept busy by route and month, weighted over outlooks."""
        return self._routed(lambda p: p.nodes)

    def _routed(self, amount: Callable[[Placement], float]) -> dict[tuple[Route, Month], float]:
        sums: dict[tuple[Route, Month], float] = defaultdict(float)
        for p in (*self.plan.placements, *roles_of_splits(self.plan)):
            route = Route(p.offering, p.workload, p.pool.value, p.block)
            sums[route, p.month] += amount(p) * self.probability[p.outlook]
        return dict(sums)

    @cached_property
    def split(self) -> dict[str, Split]:
        """Splits by id."""
        return {row.split: row for row in sorted(self.scenario.splits, key=lambda row: row.split)}

    @cached_property
    def pools(self) -> tuple[tuple[str, str], ...]:
        """Offerings in the plan with the pools that they use; every one has a base pool."""
        spot = {(u.offering, "spot") for u in self.plan.usages if u.contract in self._spot_contracts}
        spot |= {(route.offering, "spot") for route in self.routes if route.pool == "spot"}
        return tuple(sorted({(o, "base") for o in self.in_plan} | spot))

    @cached_property
    def _spot_contracts(self) -> frozenset[str]:
        return frozenset(c.contract for c in self.scenario.spot)

    @cached_property
    def refusals_of(self) -> dict[str, list[Refusal]]:
        """Refusals by offering."""
        found: dict[str, list[Refusal]] = defaultdict(list)
        for refusal in self.plan.refusals:
            found[refusal.offering].append(refusal)
        return dict(found)

    @cached_property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Every source text with its licence, once, in order."""
        return tuple(sorted({(row.source, row.licence) for row in self.sourced}))

    @cached_property
    def sourced(self) -> tuple[Sourced, ...]:
        """The rows whose source a reader may want: nodes, contracts, and the points and claims that are used."""
        catalog = self.scenario.catalog
        used = {point for row in self.plan.goodput for point in row.serving.points}
        used |= points_of_splits(self.plan)
        claims = {row.serving.claim for row in self.plan.goodput}
        points = (point for point in catalog.goodput_points if point.point in used)
        claimed = (claim for claim in catalog.claims if claim.claim in claims)
        scenario = self.scenario
        stated = (*scenario.migrations, *scenario.covered_rates, *scenario.agreement_tiers, *scenario.credits)
        named = (*scenario.api_offers, *scenario.provisioned, *scenario.splits, *scenario.column_yields)
        return (*self.offerings, *self.contracts, *self.held, *points, *claimed, *stated, *named)

    @cached_property
    def _source_number(self) -> dict[tuple[str, str], int]:
        return {source: number for number, source in enumerate(self.sources, start=1)}

    def source_of(self, row: Sourced) -> str:
        """The short name of a row's source on the sheet Sources."""
        return f"S{self._source_number[row.source, row.licence]:03d}"

    def why_not(self, offering: str) -> str:
        """The first reason why an offering serves nothing; empty for one in the plan."""
        if offering in self._active:
            return ""
        refused = self.refusals_of.get(offering, [])
        if len(refused) == len(self.scenario.size_classes):
            return refused[0].text
        if refused:
            return f"not in this plan; in part it could not be: {refused[0].text}"
        return "could serve, but is not part of this plan"


def _favoured(terms: OrderedTerms) -> bool:
    return isinstance(terms, Reserved) and terms.most_favoured_of is not None


def _refuse_alike(what: str, ids: list[str]) -> None:
    seen: dict[str, str] = {}
    for name in ids:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise AlikeIds(
                f"the {what} {other!r} and {name!r} differ only in case; a spreadsheet takes them for one:"
                " rename one of them in the inputs"
            )
