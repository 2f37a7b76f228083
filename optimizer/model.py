"""Build the Pyomo model of a problem from the families."""

from dataclasses import dataclass
from decimal import InvalidOperation
from math import floor, isfinite, log10, sqrt
from typing import Any

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from optimizer.decisions import Decisions, decide
from optimizer.families import FAMILIES, Family
from optimizer.faults import NotFinite
from optimizer.ledger import Ledger
from optimizer.linear import linear
from optimizer.problem import Problem
from optimizer.supply import Supply


@dataclass(frozen=True)
class Model:
    """The Pyomo model with what its families left behind."""

    pyomo: Any
    decide: Decisions
    supply: Supply
    ledger: Ledger
    money_scale_usd: float
    smallest: dict[str, float]
    """Smallest order of each contract, in lots or steps."""


def build_model(problem: Problem, kept_scale_usd: float | None = None) -> Model:
    """Declare the decisions, let every family build its block, and minimise what the ledger holds.

    `kept_scale_usd` is the money scale of a model like this one; it is kept while it is no more than ten times off.
    """
    with PauseGC():
        model = pyo.ConcreteModel(name=problem.scenario.scenario)
        decisions = decide(model, problem)
        supply = Supply()
        ledger = Ledger(problem.scenario.valuation, problem.offering)
        for family in FAMILIES:
            block = pyo.Block(concrete=True)
            model.add_component(family_name(family), block)
            _build(family, block, problem, decisions, supply, ledger)
        scale = money_scale(ledger)
        if kept_scale_usd is not None and 0.1 <= kept_scale_usd / scale <= 10.0:
            scale = kept_scale_usd
        terms, constant = ledger.objective_terms(scale)
        model.cost = pyo.Objective(expr=linear(terms, constant), sense=pyo.minimize)
    smallest = {k: terms.minimum_order_nodes / terms.lot_nodes for k, terms in problem.ordered.items()}
    smallest |= {k: float(terms.fewest_steps) for k, terms in problem.spend.terms.items()}
    smallest |= {k: float(terms.fewest_steps) for k, terms in problem.token_offers.provisioned.items()}
    return Model(model, decisions, supply, ledger, scale, smallest)


def _build(
    family: Family, block: Any, problem: Problem, decisions: Decisions, supply: Supply, ledger: Ledger
) -> None:
    try:
        family.build(block, problem, decisions, supply, ledger)
    except InvalidOperation:
        raise NotFinite(f"a price of the family {family_name(family)} is not a finite number") from None


def family_name(family: Family) -> str:
    """The family's name: that of its module."""
    return family.__name__.rpartition(".")[2]


def money_scale(ledger: Ledger) -> float:
    """The power of ten that puts the middle (geometric) of the objective's coefficients between 1 and 10."""
    amounts = [abs(c.objective_usd) for c in ledger.charges if c.variable is not None and c.objective_usd]
    if not amounts:
        return 1.0
    if not all(isfinite(amount) for amount in amounts):
        raise NotFinite("a cost of the model is not a finite number")
    return float(10.0 ** floor(log10(sqrt(min(amounts) * max(amounts)))))
