"""What of a plan an offer takes, in the variables of the model: orders, use, spend and tokens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.costing import SECONDS_PER_HOUR, TOKENS_PER_MTOK
from optimizer.keys import ClassKey
from optimizer.linear import Term, scaled
from optimizer.model import Model
from optimizer.plan import Pool
from optimizer.problem import Problem
from optimizer.split_routes import role_nodes


@dataclass(frozen=True)
class Taken:
    """What an offer takes of a whole: its terms; terms and constant of the whole."""

    part: list[Term]
    whole: list[Term]
    whole_constant: float


def variables_of(model: Model, contract: str) -> Iterator[Any]:
    """Every variable by which an offer is ordered, rented, bought or used."""
    for component, place in _components(model):
        for index, variable in component.items():
            if (index[place] if isinstance(index, tuple) else index) == contract:
                yield variable


def beginning(model: Model, migration: str) -> Iterator[Any]:
    """Every variable by which a migration is begun."""
    return (variable for (name, _, _), variable in model.decide.begin.items() if name == migration)


def _components(model: Model) -> Iterator[tuple[Any, int]]:
    """Variables with the place of the offer in their index."""
    decide, blocks = model.decide, model.pyomo
    for component in (decide.order_lots, decide.sign, decide.course, decide.swapped, decide.bought, decide.tier):
        yield component, 0
    yield decide.by_token, 2
    yield decide.by_unit, 2
    yield blocks.on_demand.nodes, 0
    yield blocks.spot.nodes, 0
    yield blocks.volume.nodes, 0
    yield blocks.volume.part, 0
    yield blocks.volume.reached, 0
    yield blocks.take_or_pay.take, 0
    yield blocks.take_or_pay.true_up, 0
    yield blocks.take_or_pay.make_up, 0
    yield blocks.spend_commitment.steps, 0
    yield blocks.spend_commitment.sign, 0
    yield blocks.spend_commitment.covered, 0
    yield blocks.provisioned.steps, 0
    yield blocks.provisioned.sign, 0


def ordering(problem: Problem, model: Model, contract: str) -> list[Term]:
    """How much of an offer is used: orders (a sign or at least one lot each), expected node-hours, or expected Mtok.

    No terms where it cannot be used, and for what is no offer: held contracts and credits.
    """
    for sold, nodes in (
        (problem.on_demand, model.pyomo.on_demand.nodes),
        (problem.spot, model.pyomo.spot.nodes),
        (problem.volume, model.pyomo.volume.nodes),
    ):
        if contract in sold:
            return [
                (problem.probability[s] * problem.hours[t, b], variable)
                for (k, t, b, s), variable in nodes.items()
                if k == contract
            ]
    if contract in problem.token_offers.offer:
        return [
            (problem.probability[s] * _tokens(problem, ClassKey(w, c), t, b, s) / TOKENS_PER_MTOK, share)
            for (w, c, api, t, b, s), share in model.decide.by_token.items()
            if api == contract
        ]
    return [(1.0, variable) for variable in _signed(model, contract)]


def _signed(model: Model, contract: str) -> Iterator[Any]:
    """What is at least 1 in any plan with an order: the sign of an order with a minimum, else its size."""
    spend, units = model.pyomo.spend_commitment, model.pyomo.provisioned
    orders = (
        (model.decide.sign, model.decide.order_lots),
        (spend.sign, spend.steps),
        (units.sign, units.steps),
    )
    for signs, sizes in orders:
        chosen = dict(sizes.items()) | dict(signs.items())
        yield from (variable for key, variable in chosen.items() if key[0] == contract)
    for choices in (model.decide.bought, model.decide.tier):
        yield from (variable for key, variable in choices.items() if key[0] == contract)


def spending(problem: Problem, model: Model, contract: str) -> Taken:
    """Expected effective cost in the horizon: of the lines whose source the offer is, and of all.

    A charge is the offer's when its variable is, as in the cost lines of a plan.
    """
    own = {id(variable) for variable in variables_of(model, contract)}
    part: list[Term] = []
    whole: list[Term] = []
    whole_constant = 0.0
    for charge in model.ledger.charges:
        if not charge.nature.is_cash:
            continue
        weight = 1.0 if charge.outlook is None else problem.probability[charge.outlook]
        usd = weight * sum(amount for _, amount in charge.effective_usd)
        if charge.variable is None:
            whole_constant += usd
            continue
        whole.append((usd, charge.variable))
        if id(charge.variable) in own:
            part.append((usd, charge.variable))
    return Taken(part, whole, whole_constant)


def tokens(problem: Problem, model: Model, contract: str, workload: str) -> Taken:
    """Expected accepted tokens of a workload: those that the offer's capacity serves, and all that are served."""
    part: list[Term] = []
    whole: list[Term] = []
    for (w, c, o, pool, t, b, s), route in model.decide.route.items():
        if w == workload:
            term = problem.probability[s] * _tokens(problem, ClassKey(w, c), t, b, s), route
            whole.append(term)
            if (o, pool) == serving_pool(problem, contract):
                part.append(term)
    for shares in (model.decide.by_token, model.decide.by_unit):
        for (w, c, name, t, b, s), share in shares.items():
            if w == workload:
                term = problem.probability[s] * _tokens(problem, ClassKey(w, c), t, b, s), share
                whole.append(term)
                if name == contract:
                    part.append(term)
    for at, share in model.decide.split_routes:
        if at.workload == workload:
            rate = _tokens(problem, *at.moment)
            whole.append((problem.probability[at.outlook] * rate, share))
            pools = [(role.pool.offering, role.pool.pool.value) for role in role_nodes(problem, at)]
            if serving_pool(problem, contract) in pools:
                part.append(whole[-1])
    billions = 1.0 / (1000 * TOKENS_PER_MTOK)
    return Taken(scaled(billions, part), scaled(billions, whole), 0.0)


def serving_pool(problem: Problem, contract: str) -> tuple[str, str] | None:
    """Offering and pool for which an offer sells nodes; None for what sells no nodes."""
    if contract in problem.spot:
        return problem.spot[contract].offering, Pool.SPOT.value
    terms = next((row for row in problem.scenario.contracts if row.contract == contract), None)
    return None if terms is None else (terms.offering, Pool.BASE.value)


def _tokens(problem: Problem, key: ClassKey, t: int, b: str, s: str) -> float:
    return problem.tok_per_s[key, t, b, s] * problem.hours[t, b] * SECONDS_PER_HOUR
