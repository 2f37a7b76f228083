"""Among plans of the same cost: the fewest idle node-hours, the least paid use, the fewest changes of what was
approved, then by id (decision 0013).

The lists are minimised in turn by a second solve that may not cost more; never by a small term in the objective.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.model import Model
from optimizer.problem import ClassKey, Problem
from optimizer.solve import Session, Solved
from optimizer.solve_arrays import Compiled
from optimizer.solve_protocol import SolveStatus
from optimizer.split_routes import role_nodes

COST_SLACK = 1e-9
"""What the second solve may cost more, as a share: the solver's own rounding, not a cent."""

NODE_TOK_PER_S = 1000.0
"""About what a node serves: it puts tokens beside node-hours."""

Floats = NDArray[np.float64]


def preferred(session: Session, problem: Problem, model: Model, compiled: Compiled, solved: Solved) -> Solved:
    """The plan of the same cost that is to be had; the one at hand where the second solve comes to nothing."""
    whole = np.flatnonzero(compiled.arrays.integer).astype(np.int32)
    limit = solved.objective + COST_SLACK * abs(solved.objective)
    reply = session.break_ties(whole, np.rint(solved.values[whole]), limit, preferences(problem, model, compiled))
    if reply.status is not SolveStatus.OPTIMAL or reply.values is None or reply.objective is None:
        return solved
    values = reply.values.copy()
    values[whole] = np.rint(values[whole])
    return replace(solved, values=values, objective=reply.objective)


def preferences(problem: Problem, model: Model, compiled: Compiled) -> tuple[Floats, ...]:
    """What is minimised in turn, one vector over the columns each."""
    place = {id(variable): column for column, variable in enumerate(compiled.columns)}
    lists = _idle, _paid_use, _changes, _by_offering, _by_contract
    return tuple(_vector(terms(problem, model), place) for terms in lists)


def _vector(terms: Iterable[tuple[float, Any]], place: dict[int, int]) -> Floats:
    vector = np.zeros(len(place))
    for amount, variable in terms:
        column = place.get(id(variable))
        if column is not None:
            vector[column] += amount
    largest = float(np.abs(vector).max(initial=0.0))
    return vector / largest if largest else vector


def _held_or_rented(problem: Problem, model: Model) -> Iterable[tuple[str, float, Any]]:
    """Offering, expected node-hours and variable of everything that is held or rented."""
    for charge in model.ledger.charges:
        if charge.variable is not None and charge.node_hours and charge.offering is not None:
            weight = problem.probability[charge.outlook] if charge.outlook else 1.0
            yield charge.offering, weight * sum(hours for _, hours in charge.node_hours), charge.variable


def _busy(problem: Problem, model: Model) -> Iterable[tuple[tuple[str, ...], float, Any]]:
    """Index, expected node-hours and variable of every route, to an offering or a split."""
    for index, route in model.decide.route.items():
        w, c, o, _, t, b, s = index
        nodes = problem.busy_nodes(ClassKey(w, c), o, t, b, s)
        yield (w, c, o), problem.probability[s] * problem.hours[t, b] * nodes, route
    for at, share in model.decide.split_routes:
        nodes = sum(role.nodes for role in role_nodes(problem, at))
        yield (*at.key, at.split), problem.probability[at.outlook] * problem.hours[at.month, at.block] * nodes, share


def _idle(problem: Problem, model: Model) -> Iterable[tuple[float, Any]]:
    """Node-hours held or rented, less those that serve."""
    for _, node_hours, variable in _held_or_rented(problem, model):
        yield node_hours, variable
    for _, node_hours, route in _busy(problem, model):
        yield -node_hours, route


def _paid_use(problem: Problem, model: Model) -> Iterable[tuple[float, Any]]:
    """Node-hours used under take-or-pay: nothing is run for the minimum's sake alone."""
    for (_, _, t, b, s), take in model.pyomo.take_or_pay.take.items():
        yield problem.probability[s] * problem.hours[t, b], take


def _changes(problem: Problem, model: Model) -> Iterable[tuple[float, Any]]:
    """Dollars of orders that differ from what was approved; nothing where nothing was approved."""
    changed = model.pyomo.stability.changed_usd.expr
    return zip(changed.linear_coefs, changed.linear_vars, strict=True) if problem.scenario.approved_orders else ()


def _by_offering(problem: Problem, model: Model) -> Iterable[tuple[float, Any]]:
    """Offerings, and pairs of class and offering or split, by their ids: what comes first is preferred."""
    rank = {o: (i + 1) / len(problem.offering) for i, o in enumerate(problem.offering)}
    pairs = sorted({index for index, _, _ in _busy(problem, model)})
    pair_rank = {index: (i + 1) / len(pairs) for i, index in enumerate(pairs)}
    for offering, node_hours, variable in _held_or_rented(problem, model):
        yield rank[offering] * node_hours, variable
    for index, node_hours, route in _busy(problem, model):
        yield pair_rank[index] * node_hours, route
    yield from _tokens_by_id(problem, model)


def _tokens_by_id(problem: Problem, model: Model) -> Iterable[tuple[float, Any]]:
    """API offers, and then provisioned contracts, by their ids."""
    shares = (*model.decide.by_token.items(), *model.decide.by_unit.items())
    names = [*problem.token_offers.offer, *problem.token_offers.provisioned]
    rank = {name: (i + 1) / len(names) for i, name in enumerate(names)}
    for (w, c, name, t, b, s), share in shares:
        tokens = problem.tok_per_s[ClassKey(w, c), t, b, s] * problem.hours[t, b]
        yield problem.probability[s] * rank[name] * tokens / NODE_TOK_PER_S, share


def _by_contract(problem: Problem, model: Model) -> Iterable[tuple[float, Any]]:
    """Contracts by their ids; the variables of orders and of nodes by the hour name theirs first."""
    bought = [(variable.index()[0], hours, variable) for _, hours, variable in _held_or_rented(problem, model)]
    contracts = sorted({contract for contract, _, _ in bought})
    rank = {contract: (i + 1) / len(contracts) for i, contract in enumerate(contracts)}
    for contract, node_hours, variable in bought:
        yield rank[contract] * node_hours, variable
