"""Capacity month by month, the nodes that placements keep busy, and demand met."""

from collections import defaultdict

from contracts.calendar import Month
from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import VolumePriced
from optimizer.audit.by_token import tokens_by_token
from optimizer.audit.checks import Checks, Place
from optimizer.audit.deliveries import Active, active_nodes
from optimizer.audit.figures import Inputs, productive_part
from optimizer.audit.serving import ServingBook
from optimizer.audit.splits import busy_roles, split_tokens
from optimizer.audit.statements import Statements, placement_place
from optimizer.plan import ContingencyPlacement, Placement, Pool
from scenarios.scenario import HeadroomMethod

Moment = tuple[str, Month, str]


def check_placements(inputs: Inputs, stated: Statements, book: ServingBook, checks: Checks) -> None:
    """Each placement: it may be there, its figures are stated, and it keeps the right nodes busy."""
    has_figures = {(g.workload, g.size_class, g.offering) for g in stated.goodput if g.contingency is None}
    for row in stated.placements:
        place = placement_place(row)
        pair = (row.workload, row.size_class, row.offering)
        checks.true(
            "serving.stated",
            place,
            pair in has_figures,
            left="serving figures",
            operator="are",
            right="in the plan",
        )
        figures = book.figures(pair)
        if not checks.true(
            "serving.allowed",
            place,
            figures is not None,
            left="placed",
            operator="is",
            right=book.words(pair),
        ):
            continue
        assert figures is not None
        per_tok = inputs.nodes_per_tok_per_s(
            inputs.workloads[row.workload],
            inputs.classes[row.workload, row.size_class],
            row.offering,
            inputs.node_seconds(figures.node_seconds, row.outlook, row.offering, row.month),
        )
        check_nodes(inputs, "placement.nodes", place, row, per_tok, checks)


def check_nodes(
    inputs: Inputs, rule: str, place: Place, row: Placement | ContingencyPlacement, per_tok: float, checks: Checks
) -> None:
    """A placement keeps the right nodes busy: with derived headroom, no fewer than at the largest usable share."""
    needed, rounded = row.accepted_tok_per_s * per_tok, 1 + per_tok
    if inputs.run.headroom.method is HeadroomMethod.STATED:
        checks.close(rule, place, row.nodes, needed, "nodes", rounded=rounded)
    else:
        checks.at_most(rule, place, needed, row.nodes, "nodes", rounded=rounded)


def check_pools(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """In every outlook, month and block, busy nodes of each pool fit what is there."""
    busy: dict[tuple[Moment, str, Pool], list[float]] = defaultdict(list)
    for row in stated.placements:
        busy[(row.outlook, row.month, row.block), row.offering, row.pool].append(row.nodes)
    for split in stated.bought.split_placements:
        for role in busy_roles(inputs, split):
            busy[(split.outlook, split.month, split.block), role.offering, role.pool].append(role.nodes)
    by_hour = _nodes_by_hour(inputs, stated)
    committed = {when: _committed(rows, inputs.hours[when[1]]) for when, rows in active_nodes(inputs, stated).items()}
    for (moment, offering, pool), nodes in busy.items():
        there = by_hour.get((moment, offering, pool), 0.0)
        if pool is Pool.BASE:
            there += committed[moment[:2]].get(offering, 0)
        checks.at_most(
            f"capacity.{pool.value}", (*moment, offering), sum(nodes), there, "nodes", rounded=len(nodes) + 1
        )


def _nodes_by_hour(inputs: Inputs, stated: Statements) -> dict[tuple[Moment, str, Pool], float]:
    nodes: dict[tuple[Moment, str, Pool], float] = defaultdict(float)
    for usage in stated.usages:
        terms = inputs.terms[usage.contract]
        moment = (usage.outlook, usage.month, usage.block)
        if isinstance(terms, Spot):
            nodes[moment, terms.offering, Pool.SPOT] += usage.nodes * productive_part(terms)
        elif isinstance(terms, OnDemand | TakeOrPay | VolumePriced):
            nodes[moment, terms.offering, Pool.BASE] += usage.nodes
    return nodes


def _committed(rows: tuple[Active, ...], hours: int) -> dict[str, float]:
    """Nodes that serve used or not, on average over a month; those under take-or-pay serve as they are used."""
    nodes: dict[str, float] = defaultdict(float)
    for row in rows:
        if not row.paid_as_used:
            nodes[row.offering] += row.node_hours(hours) / hours
    return nodes


def check_demand(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Served by nodes or by the token, plus shortfall, is the demand of each class; the shortfall keeps its limit."""
    served: dict[tuple[Moment, str, str], list[float]] = defaultdict(list)
    missed: dict[tuple[Moment, str, str], float] = defaultdict(float)
    for row in stated.placements:
        served[(row.outlook, row.month, row.block), row.workload, row.size_class].append(row.accepted_tok_per_s)
    for token in stated.bought.api_placements:
        moment = (token.outlook, token.month, token.block)
        served[moment, token.workload, token.size_class].append(token.accepted_tok_per_s)
    for split in stated.bought.split_placements:
        moment = (split.outlook, split.month, split.block)
        served[moment, split.workload, split.size_class].append(split.accepted_tok_per_s)
    for gap in stated.shortfalls:
        missed[(gap.outlook, gap.month, gap.block), gap.workload, gap.size_class] += gap.accepted_tok_per_s
    for (outlook, workload, size_class, month, block), asked in inputs.class_rates.items():
        key = ((outlook, month, block), workload, size_class)
        routed = served.get(key, [])
        checks.close(
            "demand.met",
            (outlook, month, block, workload, size_class),
            sum(routed) + missed.get(key, 0.0),
            asked,
            "tok/s",
            rounded=len(routed) + 1,
        )
    for outlook in inputs.probability:
        _check_shortfall_limits(inputs, outlook, missed, checks)


def _check_shortfall_limits(
    inputs: Inputs, outlook: str, missed: dict[tuple[Moment, str, str], float], checks: Checks
) -> None:
    for name, workload in inputs.workloads.items():
        classes = [c.size_class for c in inputs.classes_of[name]]
        for month in inputs.months:
            for block in inputs.blocks:
                gone = sum(missed.get(((outlook, month, block), name, c), 0.0) for c in classes)
                if gone == 0.0:
                    continue
                asked = sum(inputs.class_rates[outlook, name, c, month, block] for c in classes)
                checks.at_most(
                    "demand.shortfall_limit",
                    (outlook, month, block, name),
                    gone,
                    workload.shortfall_limit_share * asked,
                    "tok/s",
                    rounded=len(classes),
                )


def check_spot_share(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Spot tokens of a workload over a month are within the workload's or the policy's cap."""
    total: dict[tuple[str, Month, str], float] = defaultdict(float)
    spot: dict[tuple[str, Month, str], float] = defaultdict(float)
    for row in stated.placements:
        key = (row.outlook, row.month, row.workload)
        tokens = _tokens(inputs, row)
        total[key] += tokens
        if row.pool is Pool.SPOT:
            spot[key] += tokens
    for by_token in stated.bought.api_placements:
        total[by_token.outlook, by_token.month, by_token.workload] += tokens_by_token(inputs, by_token)[0]
    for split in stated.bought.split_placements:
        key = (split.outlook, split.month, split.workload)
        total[key] += split_tokens(inputs, split)
        if Pool.SPOT in (split.prefill_pool, split.decode_pool):
            spot[key] += split_tokens(inputs, split)
    for key, tokens in spot.items():
        own = inputs.workloads[key[2]].spot_share_cap
        cap = inputs.policy.spot_share_cap if own is None else own
        rounded = 3600.0 * inputs.hours[key[1]]
        checks.at_most("policy.spot_share", key, tokens, cap * total[key], "tokens", rounded=rounded)


def _tokens(inputs: Inputs, row: Placement) -> float:
    return row.accepted_tok_per_s * 3600.0 * inputs.block_hours[row.month][row.block]
