"""Seen without solving: what is held already breaks a rule by itself, and no right of its terms can change that.

Held contracts with a right to terminate, swap or renew are left out of sums that bound from below, and stop the checks
of averages: what becomes of them is the model's to find out.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.held import HeldContract, held_bill
from optimizer.diagnosing.checks.citing import row_cited, rule_cited
from optimizer.diagnosing.checks.serving import HAIR
from optimizer.diagnosing.records import CitedInput, SeenBefore
from optimizer.families.budget import windows
from optimizer.problem import Problem
from scenarios.policy import OutstandingCap, RemainingTermCap, Spending

Rows = list[HeldContract]


def held_alone(problem: Problem) -> Iterator[SeenBefore]:
    """Every rule that what is held breaks by itself, once, of the first month in which it does."""
    yield from _budgets(problem)
    yield from _outstanding(problem)
    yield from _remaining_terms(problem)
    yield from _expiries(problem)


def _budgets(problem: Problem) -> Iterator[SeenBefore]:
    """Cash for held contracts; credits and agreements may lower it, and then nothing is said."""
    scenario = problem.scenario
    if scenario.agreements or scenario.credits:
        return
    fixed = _fixed(problem)
    for budget in scenario.policy.budgets:
        if budget.spending is Spending.CAPEX:
            continue
        for window in windows(problem, budget).values():
            months = {problem.months[t] for t in window.months}
            paid = _paid(problem, fixed, months.__contains__)
            if paid > Decimal(repr(window.limit_usd)) * (1 + Decimal(repr(HAIR))):
                first, last = min(months), max(months)
                span = str(first) if first == last else f"{first} to {last}"
                whole = f" (its part of {budget.limit_usd:,} USD)" if window.limit_usd != budget.limit_usd else ""
                yield SeenBefore(
                    check="held_above_budget",
                    words=(
                        f"budget {budget.budget} allows {window.limit_usd:,.2f} USD{whole} in {span}; held contracts"
                        f" alone are paid {paid:,.2f} USD"
                    ),
                    mend=f"a limit of at least {budget.limit_usd * paid / Decimal(repr(window.limit_usd)):,.2f} USD"
                    if window.limit_usd
                    else f"a limit of at least {paid:,.2f} USD for those months",
                    inputs=(rule_cited(scenario.policy, "budgets", budget, "limit_usd"), *_cited(fixed)),
                )
                break


def _outstanding(problem: Problem) -> Iterator[SeenBefore]:
    policy = problem.scenario.policy
    for rule in policy.outstanding:
        for provider, rows in _by_provider(problem, rule, _fixed(problem)):
            for month in problem.months:
                if not rule.holds_in(month):
                    continue
                left = _paid(problem, rows, month.__lt__)
                if left > rule.limit_usd * (1 + Decimal(repr(HAIR))):
                    yield SeenBefore(
                        check="held_above_outstanding",
                        words=(
                            f"outstanding {rule.rule} allows {rule.limit_usd:,.2f} USD to {provider}; after {month}"
                            f" {left:,.2f} USD are still to be paid under held contracts alone"
                        ),
                        mend=f"a limit of at least {left:,.2f} USD, or a first_month after {month}",
                        inputs=(rule_cited(policy, "outstanding", rule, "limit_usd"), *_cited(rows)),
                    )
                    break


def _remaining_terms(problem: Problem) -> Iterator[SeenBefore]:
    policy = problem.scenario.policy
    for rule in policy.remaining_terms:
        for month in _months_of_held_alone(problem):
            if not rule.holds_in(month):
                continue
            for provider, rows in _by_provider(problem, rule, _there(problem, month)):
                weight = sum(_worth(problem, row) for row in rows)
                months = sum(_worth(problem, row) * (row.end - month) for row in rows)
                if weight and months / weight > rule.limit_months * (1 + HAIR):
                    yield SeenBefore(
                        check="held_above_remaining_term",
                        words=(
                            f"remaining term {rule.rule} allows {rule.limit_months:g} months on average with"
                            f" {provider}; in {month}, before a new order can be there, what is held has"
                            f" {months / weight:.4g} left"
                        ),
                        mend=f"a limit of at least {months / weight:.4g} months, or a first_month after {month}",
                        inputs=(rule_cited(policy, "remaining_terms", rule, "limit_months"), *_cited(rows)),
                    )
                    break
            else:
                continue
            break


def _expiries(problem: Problem) -> Iterator[SeenBefore]:
    policy = problem.scenario.policy
    for rule in policy.expiries:
        for month in _months_of_held_alone(problem):
            if not rule.holds_in(month) or month.number % 3 != 1:
                continue
            rows = _there(problem, month)
            weight = sum(_worth(problem, row) for row in rows)
            ending = sum(_worth(problem, row) for row in rows if row.end - month <= 3)
            if weight and ending / weight > rule.cap_share + HAIR:
                yield SeenBefore(
                    check="held_above_expiry",
                    words=(
                        f"expiry {rule.rule} allows {rule.cap_share:.1%} to end in a quarter; of what is held when the"
                        f" quarter from {month} begins, before a new order can be there, {ending / weight:.1%} does"
                    ),
                    mend=f"a cap of at least {ending / weight:.1%}, or a first_month after {month}",
                    inputs=(rule_cited(policy, "expiries", rule, "cap_share"), *_cited(rows)),
                )
                break


def _fixed(problem: Problem) -> Rows:
    """Held contracts that stay what they are."""
    return [row for row in problem.held.values() if row.terminable_after_months is None and row.swap_to is None]


def _there(problem: Problem, month: Month) -> Rows:
    return [row for row in problem.held.values() if row.start <= month < row.end]


def _months_of_held_alone(problem: Problem) -> Iterator[Month]:
    """The first months, as long as nothing but what is held can serve under commitment and nothing of it can change."""
    if any(row.has_rights for row in problem.held.values()):
        return
    calendar = problem.calendar
    starts = [key.start + calendar.delay(key, s) for key in calendar.keys for s in calendar.outlooks_of(key)]
    starts += [t for k in problem.dated.terms for t, _, _ in problem.dated.served(k)]
    yield from problem.months[: min(starts, default=len(problem.months))]


def _by_provider(problem: Problem, rule: OutstandingCap | RemainingTermCap, rows: Rows) -> Iterator[tuple[str, Rows]]:
    """The providers that a rule is about, in words, with their rows."""
    if not rule.provider:
        yield "all providers together", rows
        return
    for provider in sorted({problem.offering[row.offering].provider for row in rows}):
        if rule.provider in ("*", provider):
            yield provider, [row for row in rows if problem.offering[row.offering].provider == provider]


def _paid(problem: Problem, rows: Rows, counts: Callable[[Month], bool]) -> Decimal:
    """Exact, as the model counts it: to the cent, a limit that is kept could look broken."""
    lines = (line for row in rows for line in held_bill(row, problem.scenario.horizon))
    return sum((line.exact_usd for line in lines if counts(line.paid_month)), Decimal(0))


def _worth(problem: Problem, row: HeldContract) -> float:
    return row.nodes * float(problem.offering[row.offering].list_price_usd_per_node_hour)


def _cited(rows: Rows) -> tuple[CitedInput, ...]:
    return tuple(row_cited("held_contracts", row.held) for row in rows)
