"""Which rules of the scenario a baseline breaks, each with its worst place in words.

    stock            nodes under new contracts       > stock_nodes            in a month
    quota            nodes on demand                 > quota_nodes            in a month and block
    order sizes      nodes of an order               not lots, < minimum, > maximum
    share caps       share of a group                > cap_share              in a window
    share floors     share of a group                < floor_share            in a window
    lock-in          outstanding, remaining terms, what expires, sources      in a month or quarter
    sovereignty      index of the fleet              < index_at_least         in a window
    power            draw of a group                 > limit_mw               in a month and block
    carbon           emissions                       > limit_t_co2e           in a window
    budgets          cash paid                       > limit                  in a window
    stability        value or number of orders       > changed_..._at_most    against what was approved
    contingencies    what is left carries less than the floor                 in a month and block

SLOs, start windows, lead times, spot depth and spot caps are kept by every baseline and need no check.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from contracts.money import to_cents
from optimizer.baselines.answering import STOPPED, Answer
from optimizer.baselines.excess import Excess, in_outlook, worst
from optimizer.baselines.footprint import beyond_the_footprint
from optimizer.baselines.lock_in import bound_too_much
from optimizer.baselines.rerouting import routed_within_caps
from optimizer.baselines.survival import Survival, WorstCase
from optimizer.extract_changes import changes_of_orders
from optimizer.families import budget
from optimizer.model import Model
from optimizer.nodes_there import new_nodes
from optimizer.plan import Baseline
from optimizer.problem import Problem
from optimizer.shares import Holding, ShareRule, holdings
from optimizer.solve_arrays import Compiled
from scenarios.policy import ShareFloor


class Judge:
    """Holds the rules of the scenario against what a baseline bought."""

    def __init__(self, problem: Problem, model: Model, compiled: Compiled) -> None:
        self._problem = problem
        self._survival = Survival(problem, model, compiled)

    def baseline(self, name: str, note: str, answer: Answer) -> Baseline:
        """The answer with the rules that it breaks; one that breaks none bears its expected emergencies."""
        breaks = self._supply_and_caps(answer)
        try:
            events = self._survival.worst_cases(answer)
            breaks.extend(_event_words(self._problem, event) for event in events)
            if not breaks:
                answer = _with_emergencies(answer, self._survival.emergencies_usd(answer))
        except STOPPED as stopped:
            breaks.append(f"contingencies: not decided ({stopped})")
        return answer.as_baseline(name, note).model_copy(update={"breaks": tuple(breaks)})

    def _supply_and_caps(self, answer: Answer) -> list[str]:
        """What is broken however the same cost is routed."""
        problem, model = self._problem, answer.question.model
        policy = problem.scenario.policy
        by_share: tuple[ShareRule, ...] = (*policy.concentration, *policy.share_floors)
        held = list(holdings(problem, model.decide, model.ledger, by_share))
        if worst(_caps(problem, held, answer)):
            answer = routed_within_caps(answer, held)
        supply = (*_stock(problem, answer), *_quota(problem, answer), *_sizes(problem, answer))
        spent = (*_budgets(problem, answer), *_stability(problem, answer))
        bound = (*bound_too_much(problem, answer), *beyond_the_footprint(problem, answer))
        rules = (*_caps(problem, held, answer), *bound, *spent)
        return [*worst(supply), *worst(rules)]


def _stock(problem: Problem, answer: Answer) -> Iterator[Excess]:
    active = new_nodes(answer.question.problem, answer.decided.orders, answer.decided.rights)
    for (o, t, s), nodes in sorted(active.items()):
        stock = problem.stock_nodes(o)
        where = f"{problem.months[t]}{in_outlook(problem, s)}"
        words = f"stock of {o}: {nodes:,} nodes ordered, {stock:,} in stock ({where})"
        yield Excess(f"stock {o}", nodes - stock, words)


def _quota(problem: Problem, answer: Answer) -> Iterator[Excess]:
    used: dict[tuple[str, str, str, str], float] = defaultdict(float)
    for usage in answer.decided.usages:
        if usage.contract in problem.on_demand or usage.contract in problem.volume:
            used[usage.offering, str(usage.month), usage.block, usage.outlook] += usage.nodes
    for (o, month, block, outlook), nodes in sorted(used.items()):
        quota = problem.quota_nodes(o)
        where = f"{month}, {block}{in_outlook(problem, outlook)}"
        words = f"quota of {o}: {nodes:,.2f} nodes on demand, {quota:,} allowed ({where})"
        yield Excess(f"quota {o}", nodes - quota, words)


def _sizes(problem: Problem, answer: Answer) -> Iterator[Excess]:
    for order in answer.decided.orders:
        terms = problem.ordered.get(order.contract)
        if terms is None:
            continue  # a block comes in its sizes only
        least, most = terms.minimum_order_nodes, terms.maximum_order_nodes
        odd = order.nodes % terms.lot_nodes
        said = f"order of {order.contract}: {order.nodes:,} nodes"
        when = f"({order.start})"
        yield Excess(f"minimum {order.contract}", least - order.nodes, f"{said}, at least {least:,} allowed {when}")
        if most is not None:
            yield Excess(f"maximum {order.contract}", order.nodes - most, f"{said}, at most {most:,} allowed {when}")
        yield Excess(f"lot {order.contract}", odd, f"{said}, sold in lots of {terms.lot_nodes:,} {when}")


def _caps(problem: Problem, held: Iterable[Holding], answer: Answer) -> Iterator[Excess]:
    for group in held:
        yield Excess(f"share {group.rule.rule}", group.over(answer.value), _share_words(problem, group, answer))


def _share_words(problem: Problem, held: Holding, answer: Answer) -> str:
    kind, asked = ("floor", "asked for") if isinstance(held.rule, ShareFloor) else ("cap", "allowed")
    share = held.share(answer.value) or 0.0
    where = f"{held.window}{in_outlook(problem, held.outlook)}"
    return (
        f"{kind} {held.rule.rule}: {held.group} has {share:.2%} of {held.rule.measure},"
        f" {held.bound:.2%} {asked} ({where})"
    )


def _budgets(problem: Problem, answer: Answer) -> Iterator[Excess]:
    for row in budget.spending(problem, answer.question.model.ledger):
        spent = row.constant_usd + sum(usd * answer.value(variable) for usd, variable in row.terms)
        where = f"{row.first_month}{in_outlook(problem, row.outlook)}"
        words = f"budget {row.budget}: {spent:,.0f} USD, {row.limit_usd:,.0f} allowed in the window from {where}"
        yield Excess(f"budget {row.budget}", (spent - row.limit_usd) / max(row.limit_usd, 1.0), words)


def _stability(problem: Problem, answer: Answer) -> Iterator[Excess]:
    stability, bought = problem.scenario.policy.stability, answer.decided
    if stability is None:
        return
    changes = changes_of_orders(problem, bought.orders, bought.committed_spend, bought.provisioned)
    most_usd, most = stability.changed_usd_at_most, stability.changed_orders_at_most
    if most_usd is not None:
        usd = sum((change.changed_usd for change in changes), Decimal(0))
        words = f"stability: orders worth {usd:,.0f} USD are not as approved, {most_usd:,.0f} allowed"
        yield Excess("stability in value", float((usd - most_usd) / max(most_usd, Decimal(1))), words)
    if most is not None:
        count = sum(change.is_changed for change in changes)
        words = f"stability: {count:,} orders are not as approved, {most:,} allowed"
        yield Excess("stability in number", count - most, words)


def _event_words(problem: Problem, worst: WorstCase) -> str:
    event = problem.contingencies[worst.contingency]
    where = f"{problem.months[worst.month]}, {worst.block}{in_outlook(problem, worst.outlook)}"
    if event.floors:
        return f"after {worst.contingency}: {worst.kept_share:.2%} of every floor can be kept at once ({where})"
    carried = worst.kept_share * event.floor_share
    return (
        f"after {worst.contingency}: {carried:.2%} of every workload can be served at once,"
        f" floor {event.floor_share:.2%} ({where})"
    )


def _with_emergencies(answer: Answer, expected_usd: float) -> Answer:
    """Emergencies are part of what a plan minimises, so of what is compared with it, too."""
    expected = to_cents(Decimal(expected_usd))
    summed = answer.totals.model_copy(
        update={
            "objective_usd": answer.totals.objective_usd + expected,
            "emergency_expected_usd": expected,
        }
    )
    return replace(answer, totals=summed, bound_usd=answer.bound_usd + float(expected))
