"""Spot: cheap nodes that lose work to interruptions, within an assumed depth and a share cap.

    stay_in_the_depth[k,t,b,s]:  nodes[k,t,b,s]  <=  spot_depth_nodes[k,t,s]
    cap_the_spot_share[w,t,s]:
        sum over c, spot pools, b of part[w,c,t,b,s] * (route[w,c,o,spot,t,b,s]
            + sum over splits x and pools p, d of which one is spot of by_split[w,c,x,p,d,t,b,s])
            <=  spot_share_cap[w] * sum over c, b of part[w,c,t,b,s] * (sum over pools of route[w,c,o,pool,t,b,s]
                + sum over APIs of by_token[w,c,a,t,b,s] + sum over provisioned contracts of by_unit[w,c,k,t,b,s]
                + sum over splits x and pools p, d of by_split[w,c,x,p,d,t,b,s])

    offered:  productive_share[k] * nodes[k,t,b,s] to the spot pool of the offering
    charged:  nodes[k,t,b,s] * hours[t,b] * (1 + startup_uplift_share[k]) * price_usd_per_node_hour[k,t,s]

symbol               | V or P | explanation
by_token, by_unit    | V      | shares of the class's demand that are served by the token
by_split             | V      | shares of the class's demand that are served by a split, on spot if either role is
nodes[k,t,b,s]       | V      | running spot nodes, productive or lost to recovery
part[w,c,t,b,s]      | P      | share of the workload's tokens of the month that fall on class and block
productive_share[k]  | P      | 1 - interruptions per node-hour * recovery hours
spot_share_cap[w]    | P      | the workload's own cap or the policy's; no row where it is 1
"""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pyomo.environ as pyo

from contracts.terms.spot import spot_bill
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.plan import Pool
from optimizer.problem import ClassKey, PoolKey, Problem
from optimizer.supply import Moment, Supply

SENTENCES = {
    "stay_in_the_depth": "spot depth of {0} used up",
    "cap_the_spot_share": "spot share of {0} at its cap",
}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare the nodes, offer and charge them, hold depth and share cap."""
    block.nodes = pyo.Var(
        [
            (k, t, b, s)
            for k in problem.spot
            for t in problem.month_indices
            for b in problem.blocks
            if problem.hours[t, b]
            for s in problem.outlooks
        ],
        domain=lambda _, k, *rest: (
            pyo.NonNegativeIntegers if problem.spot[k].whole_nodes else pyo.NonNegativeReals
        ),
    )
    for (k, t, b, s), nodes in block.nodes.items():
        terms = problem.spot[k]
        hours = problem.hours[t, b]
        supply.offer(Moment(PoolKey(terms.offering, Pool.SPOT), t, b, s), (terms.productive_share, nodes))
        supply.run(terms.offering, t, b, s, (1.0, nodes))
        ledger.charge_bill(
            spot_bill(problem.spot_in[k, t, s], {problem.months[t]: Decimal(1)}),
            bills=hours,
            offering=terms.offering,
            source=k,
            variable=nodes,
            node_hours=[(t, hours)],
            outlook=s,
            probability=problem.probability[s],
        )

    def stay_in_the_depth(_: Any, k: str, t: int, b: str, s: str) -> Any:
        return linear([(1.0, block.nodes[k, t, b, s])]) <= problem.spot_depth_nodes(k, t, s)

    block.stay_in_the_depth = pyo.Constraint(list(block.nodes), rule=stay_in_the_depth)
    _cap_the_shares(block, problem, decide)


def spot_share_cap(problem: Problem, workload: str) -> float:
    """The workload's own cap, or the policy's."""
    own = problem.workload[workload].spot_share_cap
    return problem.scenario.policy.spot_share_cap if own is None else own


def _cap_the_shares(block: Any, problem: Problem, decide: Decisions) -> None:
    month_tokens: dict[tuple[str, int, str], float] = defaultdict(float)
    for (key, t, b, s), rate in problem.tok_per_s.items():
        month_tokens[key.workload, t, s] += rate * problem.hours[t, b]

    def part(w: str, c: str, t: int, b: str, s: str) -> float:
        return problem.tok_per_s[ClassKey(w, c), t, b, s] * problem.hours[t, b] / month_tokens[w, t, s]

    rows: dict[tuple[str, int, str], list[Term]] = defaultdict(list)
    for (w, c, _, pool, t, b, s), route in decide.route.items():
        weight = (1.0 if pool == Pool.SPOT.value else 0.0) - spot_share_cap(problem, w)
        rows[w, t, s].append((weight * part(w, c, t, b, s), route))
    for (w, c, _, t, b, s), share in (*decide.by_token.items(), *decide.by_unit.items()):
        rows[w, t, s].append((-spot_share_cap(problem, w) * part(w, c, t, b, s), share))
    for route, share in decide.split_routes:
        (w, c), t, b, s = route.moment
        weight = (1.0 if route.is_on_spot else 0.0) - spot_share_cap(problem, w)
        rows[w, t, s].append((weight * part(w, c, t, b, s), share))
    capped = [
        (w, t, s)
        for (w, t, s), terms in rows.items()
        if spot_share_cap(problem, w) < 1.0 and any(coefficient > 0 for coefficient, _ in terms)
    ]

    def cap_the_spot_share(_: Any, w: str, t: int, s: str) -> Any:
        return linear(rows[w, t, s]) <= 0.0

    block.cap_the_spot_share = pyo.Constraint(capped, rule=cap_the_spot_share)
