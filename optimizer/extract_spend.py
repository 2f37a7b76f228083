"""Solver values of spend commitments -> what is signed, and which use in the plan it covers."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal

from contracts.terms.spend_commitment import charged_usd_per_node_hour
from optimizer.extract_usage import NOISE, Values, order_name
from optimizer.model import Model
from optimizer.plan import QUANTITY_DECIMALS, Usage
from optimizer.plan_contracts import CommittedSpend, Coverage
from optimizer.problem import Problem

SMALLEST = Decimal(1).scaleb(-QUANTITY_DECIMALS)
HAIR = Decimal("1e-6")
"""What the solver may leave uncovered, as a share, although there is use and money for it."""


def committed_spend(problem: Problem, model: Model, value: Values) -> tuple[CommittedSpend, ...]:
    """Every commitment to sign, soonest deadline first."""
    found = []
    for key, variable in model.pyomo.spend_commitment.steps.items():
        steps = round(value(variable))
        if steps == 0:
            continue
        contract, u, future = key
        terms, start = problem.spend.terms[contract], problem.months[u]
        found.append(
            CommittedSpend(
                order=order_name(contract, start, future),
                contract=contract,
                usd_per_hour=steps * terms.step_usd_per_hour,
                start=start,
                end=start + terms.term_months,
                order_by=problem.spend.order_by(contract, start),
                outlook=future or None,
            )
        )
    return tuple(sorted(found, key=lambda row: (row.order_by, row.start, row.order)))


def coverage(
    problem: Problem, model: Model, value: Values, committed: Iterable[CommittedSpend], usages: Iterable[Usage]
) -> tuple[Coverage, ...]:
    """What is covered, within the published use and dollars to the last digit."""
    uncovered: dict[tuple[str, int, str, str], Decimal] = defaultdict(Decimal)
    for usage in usages:
        if usage.contract in problem.on_demand:
            t = problem.scenario.horizon.index(usage.month)
            uncovered[usage.contract, t, usage.block, usage.outlook] += Decimal(repr(usage.nodes))
    dollars = _dollars(problem, committed)
    unspent: dict[tuple[str, int, str, str], Decimal] = {}
    found = []
    for (k, c, t, b, s), variable in model.pyomo.spend_commitment.covered.items():
        wanted = value(variable)
        if wanted <= NOISE:
            continue
        left = unspent.setdefault((k, t, b, s), dollars[k, t, s])
        charged = charged_usd_per_node_hour(problem.spend.rates[k, c], problem.on_demand[c])
        most = min(uncovered[c, t, b, s], left / charged)
        nodes = _close_to(Decimal(repr(wanted)), most).quantize(SMALLEST, ROUND_DOWN)
        if nodes <= 0:
            continue
        uncovered[c, t, b, s] -= nodes
        unspent[k, t, b, s] = left - nodes * charged
        month = problem.months[t]
        found.append(Coverage(outlook=s, contract=k, covers=c, month=month, block=b, nodes=float(nodes)))
    return tuple(found)


def _close_to(wanted: Decimal, most: Decimal) -> Decimal:
    """What the solver wants, lifted to what there is where only its tolerance is between them."""
    return most if most - wanted <= HAIR * max(Decimal(1), most) else wanted


def _dollars(problem: Problem, committed: Iterable[CommittedSpend]) -> dict[tuple[str, int, str], Decimal]:
    """Dollars an hour under each contract by month and outlook."""
    index = problem.scenario.horizon.index
    found: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    for row in committed:
        for s in (row.outlook,) if row.outlook else problem.outlooks:
            for t in range(index(row.start), min(index(row.end), len(problem.months))):
                found[row.contract, t, s] += row.usd_per_hour
    return found
