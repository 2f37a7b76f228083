"""Solver values of what is served by the token -> placements and orders of units."""

from collections import defaultdict
from typing import Any, NamedTuple

from optimizer.extract_usage import NOISE, Values, order_name, rounded
from optimizer.keys import ClassKey, ClassMoment
from optimizer.model import Model
from optimizer.plan_contracts import ApiPlacement, ProvisionedOrder
from optimizer.problem import Problem


class Token(NamedTuple):
    """An API offer, and the provisioned contract that carries it; no contract where it is paid by the token."""

    api: str
    contract: str | None


def token_shares(problem: Problem, model: Model, value: Values) -> dict[ClassMoment, dict[Token, float]]:
    """Shares of each class's demand that are served by the token, as the solver has them."""
    found: dict[ClassMoment, dict[Token, float]] = defaultdict(dict)

    def keep(index: Any, token: Token, variable: Any) -> None:
        w, c, _, t, b, s = index
        share = value(variable)
        if share > NOISE:
            found[ClassKey(w, c), t, b, s][token] = share

    for index, variable in model.decide.by_token.items():
        keep(index, Token(index[2], None), variable)
    for index, variable in model.decide.by_unit.items():
        keep(index, Token(problem.token_offers.provisioned[index[2]].api, index[2]), variable)
    return dict(found)


def api_placement(problem: Problem, moment: ClassMoment, token: Token, tok_per_s: float) -> ApiPlacement:
    """What is served so at a moment, as it is published."""
    key, t, b, s = moment
    return ApiPlacement(
        outlook=s,
        month=problem.months[t],
        block=b,
        workload=key.workload,
        size_class=key.size_class,
        api=token.api,
        contract=token.contract,
        accepted_tok_per_s=rounded(tok_per_s),
    )


def provisioned_orders(problem: Problem, model: Model, value: Values) -> tuple[ProvisionedOrder, ...]:
    """Orders of units, soonest deadline first."""
    orders = []
    for key, variable in zip(problem.token_offers.orders.keys, model.pyomo.provisioned.steps.values(), strict=True):
        steps = round(value(variable))
        if steps == 0:
            continue
        terms = problem.token_offers.provisioned[key.contract]
        start = problem.months[key.start]
        orders.append(
            ProvisionedOrder(
                order=order_name(key.contract, start, key.future),
                contract=key.contract,
                units=steps * terms.step_units,
                start=start,
                end=start + terms.term_months,
                order_by=problem.token_offers.orders.order_by(key.contract, start),
                outlook=key.future or None,
            )
        )
    return tuple(sorted(orders, key=lambda o: (o.order_by, o.start, o.order)))
