"""Every contingency again: what survives, the floors, the nodes left and what may be leaned on."""

from collections import defaultdict

from optimizer.audit.by_token import Rates, reason_against
from optimizer.audit.capacity import check_nodes
from optimizer.audit.checks import Checks, Place
from optimizer.audit.events import (
    Survivors,
    checked_blocks,
    judged_outlooks,
    months_in_production,
    own_floors,
    survivors_of,
)
from optimizer.audit.figures import Inputs
from optimizer.audit.gates import Gates, Routed
from optimizer.audit.serving import ServingBook
from optimizer.audit.splits import busy_after_event, stacks_of
from optimizer.audit.statements import Statements, case_place
from optimizer.plan import ContingencyCase
from scenarios.policy import Lost


def check_contingencies(inputs: Inputs, stated: Statements, book: ServingBook, checks: Checks) -> None:
    """Every event in its outlooks, every month and chosen block, from the inputs and the orders."""
    cases: dict[Place, list[ContingencyCase]] = defaultdict(list)
    for case in stated.cases:
        cases[case_place(case)].append(case)
    due: set[Place] = set()
    for event in inputs.policy.contingencies:
        left = survivors_of(inputs, stated, event)
        judge = _Judge(inputs, stated, left, book, checks)
        for outlook in judged_outlooks(inputs, event):
            for month in inputs.months:
                for block in checked_blocks(inputs, event, month):
                    place: Place = (event.contingency, outlook, month, block)
                    due.add(place)
                    found = cases.get(place, [])
                    checks.true(
                        "contingency.complete",
                        place,
                        len(found) == 1,
                        left=len(found),
                        operator="=",
                        right=1,
                        unit="cases",
                    )
                    for case in found:
                        judge.check(case)
    for place in cases.keys() - due:
        checks.true("contingency.complete", place, False, left="a case", operator="but", right="none is due")


class _Judge:
    """Checks the cases of one contingency."""

    def __init__(self, inputs: Inputs, stated: Statements, left: Survivors, book: ServingBook, checks: Checks) -> None:
        self._inputs = inputs
        self._left = left
        self._book = book
        self._checks = checks
        self._gates = Gates(inputs, stated)
        self._factors = (left.event.ttft_factor, left.event.tpot_factor)
        self._floors = own_floors(left.event)
        self._production = months_in_production(inputs, left.event)
        wanted = {left.event.contingency} | ({None} if self._factors == (1.0, 1.0) else set())
        self._stated = {(g.workload, g.size_class, g.offering) for g in stated.goodput if g.contingency in wanted}

    def check(self, case: ContingencyCase) -> None:
        place = case_place(case)
        self._check_routing(case, place)
        self._check_apis(case, place)
        self._check_gates(case, place)
        self._check_floors(case, place)
        self._check_capacity(case, place)
        self._check_emergency(case, place)

    def _check_survivor(self, place: Place, name: str) -> None:
        """An offering, or an API."""
        self._checks.true(
            "contingency.survivors",
            place,
            name in self._left.offerings or name in self._left.apis,
            left=name,
            operator="is",
            right=f"lost with {self._left.event.lost.value} {self._left.event.name}",
        )

    def _check_routing(self, case: ContingencyCase, place: Place) -> None:
        for row in case.placements:
            pair = (row.workload, row.size_class, row.offering)
            where: Place = (*place, *pair)
            self._check_survivor(where, row.offering)
            self._checks.true(
                "contingency.stated",
                where,
                pair in self._stated,
                left="serving figures",
                operator="are",
                right="in the plan",
            )
            figures = self._book.figures(pair, self._factors)
            self._checks.true(
                "contingency.allowed",
                where,
                figures is not None,
                left="placed",
                operator="but",
                right=self._book.words(pair, self._factors),
            )
            if figures is None:
                continue
            per_tok = self._inputs.nodes_per_tok_per_s(
                self._inputs.workloads[row.workload],
                self._inputs.classes[pair[:2]],
                row.offering,
                self._inputs.node_seconds(figures.node_seconds, case.outlook, row.offering, case.month),
            )
            check_nodes(self._inputs, "contingency.nodes", where, row, per_tok, self._checks)

    def _check_gates(self, case: ContingencyCase, place: Place) -> None:
        routed: Routed = defaultdict(list)
        for row in case.placements:
            routed[row.workload, row.size_class, self._inputs.stack(row.offering)].append(row.accepted_tok_per_s)
        for split in case.split_placements:
            for stack in stacks_of(self._inputs, split.split):
                routed[split.workload, split.size_class, stack].append(split.accepted_tok_per_s)
        moment = (case.outlook, case.month, case.block)
        carried = {key: rates for key, rates in routed.items() if key[2] not in self._production}
        self._gates.check(moment, carried, ("contingency.gate", "contingency.ramp"), place, self._checks)
        for stack, months in self._production.items():
            young = {key: rates for key, rates in routed.items() if key[2] == stack}
            rules = ("contingency.young_stack", "contingency.ramp")
            self._gates.check(moment, young, rules, place, self._checks, months_in_production=months)

    def _check_apis(self, case: ContingencyCase, place: Place) -> None:
        """APIs that are left, for what they may serve at the relaxed limits, up to a share of both rate limits."""
        rates = Rates(self._inputs)
        for row in case.api_placements:
            where: Place = (*place, row.workload, row.size_class, row.api)
            self._check_survivor(where, row.api)
            api = self._inputs.api_offers[row.api]
            fault = reason_against(self._inputs, row.workload, row.size_class, api, self._factors)
            self._checks.true(
                "contingency.api_allowed",
                where,
                fault is None,
                left="placed",
                operator="but",
                right=f"refused: {fault or ''}",
            )
            rates.add(row.api, row.workload, row.size_class, row.accepted_tok_per_s)
        share = self._left.event.api_share
        for name, kind, rate, limit, rounded in rates.compared():
            at: Place = (*place, name, kind)
            self._checks.at_most("contingency.api_limits", at, rate, share * limit, "tok/s", rounded=rounded)

    def _check_floors(self, case: ContingencyCase, place: Place) -> None:
        routed: dict[tuple[str, str], list[float]] = defaultdict(list)
        for row in case.placements:
            routed[row.workload, row.size_class].append(row.accepted_tok_per_s)
        for split in case.split_placements:
            routed[split.workload, split.size_class].append(split.accepted_tok_per_s)
        for by_token in case.api_placements:
            routed[by_token.workload, by_token.size_class].append(by_token.accepted_tok_per_s)
        for key in self._inputs.classes:
            asked = self._inputs.class_rates[case.outlook, *key, case.month, case.block]
            parts = routed.get(key, [])
            own = self._floors.get(key[0])
            self._checks.at_most(
                "contingency.floor" if own is None else "contingency.own_floor",
                (*place, *key),
                (self._left.event.floor_share if own is None else own) * asked,
                sum(parts),
                "tok/s",
                rounded=len(parts),
            )

    def _check_capacity(self, case: ContingencyCase, place: Place) -> None:
        busy: dict[str, list[float]] = defaultdict(list)
        for row in case.placements:
            busy[row.offering].append(row.nodes)
        for role in busy_after_event(self._inputs, case):
            self._check_survivor((*place, role.offering), role.offering)
            busy[role.offering].append(role.nodes)
        leaned = {e.offering: e.on_demand_nodes + e.not_firm_nodes for e in case.emergency}
        is_delivery = self._left.event.lost is Lost.DELIVERY
        rule = "contingency.delivered" if is_delivery else "contingency.capacity"
        for offering, nodes in busy.items():
            there = self._left.firm.get((case.outlook, offering, case.month), 0.0) + leaned.get(offering, 0.0)
            self._checks.at_most(rule, (*place, offering), sum(nodes), there, "nodes", rounded=len(nodes) + 2)

    def _check_emergency(self, case: ContingencyCase, place: Place) -> None:
        offerings = self._inputs.offerings
        leaned_usd = 0.0
        for use in case.emergency:
            where: Place = (*place, use.offering)
            offering = offerings[use.offering]
            self._check_survivor(where, use.offering)
            quota = self._inputs.quota(offering) or 0
            limit = quota * offering.on_demand_confidence if self._left.on_demand.get(use.offering) else 0.0
            self._checks.at_most("contingency.on_demand_limit", where, use.on_demand_nodes, limit, "nodes")
            not_firm = self._left.not_firm.get((case.outlook, use.offering, case.month), 0.0)
            self._checks.at_most(
                "contingency.not_firm_limit",
                where,
                use.not_firm_nodes,
                not_firm * offering.on_demand_confidence,
                "nodes",
            )
            price = float(offering.list_price_usd_per_node_hour)
            leaned_usd += (use.on_demand_nodes + use.not_firm_nodes) * price
        prices = {name: float(row.list_price_usd_per_node_hour) for name, row in offerings.items()}
        busy = [(row.nodes, row.offering) for row in case.placements]
        busy += [(role.nodes, role.offering) for role in busy_after_event(self._inputs, case)]
        busy_usd = sum(nodes * prices[offering] for nodes, offering in busy)
        dearest = max([1.0, *(prices[offering] for _, offering in busy)])
        if busy or case.emergency:
            self._checks.at_most(
                "contingency.emergency_share",
                place,
                leaned_usd,
                self._inputs.policy.emergency_share * busy_usd,
                "usd/h list",
                rounded=dearest * (len(busy) + len(case.emergency)),
            )
