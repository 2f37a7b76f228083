"""Faults of one line in the families, calendars and bills: each is caught, and by whom is said.

`AUDIT`: the auditor refuses the plan. `LEDGER`: the bills do not add up to what the model was charged. `COST`: only a
cost worked out by hand or by enumeration tells; the plan is in order but for being too dear.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import pytest

from contracts.terms.take_or_pay import settlement_line, windows
from optimizer import costing, futures, order_bills
from optimizer.families import budget, fallback, migration, take_or_pay
from optimizer.faults import Impossible, SolverFault
from optimizer.ledger import Ledger
from optimizer.migration_calendar import MigrationCalendar
from optimizer.order_calendar import OrderCalendar, starts_on_the_lattice
from optimizer.run import AuditFailed
from scenarios.migrations import engineering_bill, upkeep_bill
from scenarios.scenario import Scenario
from tests import faulty_cases as cases
from tests.mutants import plant
from tests.proving import objective, planned

Case = Callable[[], Scenario]


class By(StrEnum):
    """Who catches a fault."""

    AUDIT = "audit"
    LEDGER = "ledger"
    COST = "cost"


COST_BY_HAND: dict[Case, float | None] = {
    cases.two_months_of_three: 1416 * 6 + 744 * 20,
    cases.ramped_minimum: (148.8 + 180) * 6,
    cases.window_cut_by_the_horizon: 360 * 6,
    cases.carried_on: 744 * 6,
    cases.nothing_to_carry_on: 600 * 6,
    cases.made_up: 300 * 6 + (672 - 300) * 6,
    cases.nothing_to_make_up: 744 * 6 + 300 * 6,
    cases.owed_after_the_horizon: 1416 * 6 + 300 * 6,
    cases.more_load_than_is_ordered: 1416 * 6 + 708 * 20,
    cases.uncertain_use: (580 * 6 + 708 * 6) / 2,
    cases.late_delivery: (1416 * 6 + 744 * 20 + 672 * 6) / 2,
    cases.told_in_february: 1416 * 6 + 672 * 6 / 2,
    cases.two_months_of_work: 1416 * 10 + 1000.01 + 744 * 5 + 100,
    cases.half_after_the_gate: 744 * 10 + 100 + 2 * 100 + 1416 / 2 * (5 + 10),
    cases.gate_that_may_fail: 744 * 10 + 1000 + (672 * 5 + 100 + 672 * 10) / 2,
    cases.event_after_the_gate: None,
    cases.one_at_a_time: 2 * (744 * 10 + 1000 + 744 * 5) + 672 * (5 + 10),
    cases.february_cannot_be_paid: None,
    cases.rent_cannot_be_paid: None,
    cases.held_nodes_are_paid_first: 1416 * 5 + 1416 * 6,
}
"""USD; None where no plan exists."""


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which function, which text reads how, and the case that shows it."""

    what: str
    place: Any
    right: str
    wrong: str
    case: Case
    caught: By


FAULTS = (
    Fault(
        "no order starts in the first month",
        starts_on_the_lattice,
        "if base <= month <= last",
        "if base < month <= last",
        cases.two_months_of_three,
        By.COST,
    ),
    Fault(
        "no gate is in the last month",
        MigrationCalendar.keys,
        "u + row.lead_months < len(months)",
        "u + row.lead_months < len(months) - 1",
        cases.gate_that_may_fail,
        By.COST,
    ),
    Fault(
        "a migration serves in no outlook if it fails in one",
        MigrationCalendar._openings,
        "for s in passing:",
        "for s in passing if passing == list(self.outlooks_of(key)) else ():",
        cases.gate_that_may_fail,
        By.COST,
    ),
    Fault(
        "a term lasts a month more",
        OrderCalendar._served,
        "first + self.ordered[key.contract].term_months, count",
        "first + self.ordered[key.contract].term_months + 1, count",
        cases.two_months_of_three,
        By.AUDIT,
    ),
    Fault(
        "the ramp of a minimum is a month ahead",
        windows,
        "terms.ramp_share(month - start)",
        "terms.ramp_share(month - start + 1)",
        cases.ramped_minimum,
        By.AUDIT,
    ),
    Fault(
        "a window cut by the horizon counts by its months and not by their ramp",
        windows,
        "Window(first, end, minimum * terms",
        "Window(first, end, (end - first) * terms",
        cases.window_cut_by_the_horizon,
        By.AUDIT,
    ),
    Fault(
        "a true-up is paid in the first month of its window",
        settlement_line,
        "window.last",
        "window.first",
        cases.window_cut_by_the_horizon,
        By.AUDIT,
    ),
    Fault(
        "what was carried on is lost",
        take_or_pay._pay_the_minimum,
        "terms.append((1.0, block.carry[_place(order, order.windows[i - 1])]))",
        "pass",
        cases.carried_on,
        By.LEDGER,
    ),
    Fault(
        "what is carried on also stays, and counts in the window itself",
        take_or_pay._pay_the_minimum,
        "terms.append((-1.0, block.carry[k, u, v, s]))",
        "terms.append((1.0, block.carry[k, u, v, s]))",
        cases.nothing_to_carry_on,
        By.LEDGER,
    ),
    Fault(
        "use is made up before anything was paid for it",
        take_or_pay._draw_on_the_bank,
        "for window in order.windows[:i]]",
        "for window in order.windows]",
        cases.nothing_to_make_up,
        By.LEDGER,
    ),
    Fault(
        "a make-up is charged instead of credited",
        settlement_line,
        "sign = -1 if",
        "sign = 1 if",
        cases.made_up,
        By.LEDGER,
    ),
    Fault(
        "one node more is used than was ordered",
        take_or_pay._use_what_is_ordered,
        "ordered]) <= 0.0",
        "ordered]) <= 1.0",
        cases.more_load_than_is_ordered,
        By.LEDGER,
    ),
    Fault(
        "the minimum after the horizon is not charged",
        take_or_pay._charge_obligations,
        "obligation_bill(terms, 1, start",
        "obligation_bill(terms, 0, start",
        cases.owed_after_the_horizon,
        By.LEDGER,
    ),
    Fault(
        "use is charged without the probability of its outlook",
        take_or_pay._charge_use,
        "chance = problem.probability[order.outlook]",
        "chance = 1.0",
        cases.uncertain_use,
        By.LEDGER,
    ),
    Fault(
        "a late order is charged as if it were on time",
        order_bills.reserved_bills,
        "start = calendar.delivered(key, first)",
        "start = problem.months[key.start]",
        cases.late_delivery,
        By.AUDIT,
    ),
    Fault(
        "a late order is there on time",
        OrderCalendar.delay,
        "return self.futures.delay_months(outlook, self.scenario.horizon.months[key.start], names)",
        "return 0",
        cases.late_delivery,
        By.AUDIT,
    ),
    Fault(
        "an effect holds from the month after its first",
        futures.Futures._values,
        "(row.first_month or first) <= month",
        "(row.first_month or first) < month",
        cases.told_in_february,
        By.AUDIT,
    ),
    Fault(
        "an order signed on the day of the reveal does not wait for it",
        OrderCalendar.waits,
        "day >= reveal.first_day",
        "day > reveal.first_day",
        cases.told_in_february,
        By.AUDIT,
    ),
    Fault(
        "a gate is passed a month early",
        MigrationCalendar.gate,
        "self.migration[key.migration].lead_months",
        "self.migration[key.migration].lead_months - 1",
        cases.two_months_of_work,
        By.AUDIT,
    ),
    Fault(
        "a gate opens everything at once",
        migration._wait_for_the_gate,
        "[(-share, begin)",
        "[(-1.0, begin)",
        cases.half_after_the_gate,
        By.AUDIT,
    ),
    Fault(
        "work done twice opens twice as much",
        migration.build,
        "for key in there]) <= 1.0",
        "for key in there]) <= 2.0",
        cases.half_after_the_gate,
        By.AUDIT,
    ),
    Fault(
        "an event opens a gate to everything",
        fallback._wait_for_the_gate,
        "[(-share, decide",
        "[(-1.0, decide",
        cases.event_after_the_gate,
        By.AUDIT,
    ),
    Fault(
        "a gate is passed where it fails",
        futures.Futures.passes,
        "return all(",
        "return True or all(",
        cases.gate_that_may_fail,
        By.AUDIT,
    ),
    Fault(
        "one migration more is at work",
        migration._few_at_once,
        "linear(busy[t, s]) <= limit",
        "linear(busy[t, s]) <= limit + 1",
        cases.one_at_a_time,
        By.AUDIT,
    ),
    Fault(
        "the last part of the work is not what is left",
        engineering_bill,
        "unit_price_usd=rest if month == months[-1] else migration.part_usd",
        "unit_price_usd=migration.part_usd",
        cases.two_months_of_work,
        By.AUDIT,
    ),
    Fault(
        "upkeep ends a month early",
        upkeep_bill,
        "months_between(gate, end)",
        "months_between(gate, end + -1)",
        cases.two_months_of_work,
        By.AUDIT,
    ),
    Fault(
        "upkeep is billed in the outlook that fails, too",
        costing._migrations,
        "problem.migrations.upkeep_outlooks(key)",
        "(None,)",
        cases.gate_that_may_fail,
        By.LEDGER,
    ),
    Fault(
        "a budget counts what payments are worth today",
        Ledger._valued,
        "+= float(line.exact_usd)\n",
        "+= float(line.exact_usd * self._valuation.discount_factor(line.paid_month))\n",
        cases.february_cannot_be_paid,
        By.AUDIT,
    ),
    Fault(
        "a budget forgets the last month",
        budget.windows,
        "enumerate(problem.months)",
        "enumerate(problem.months[:-1])",
        cases.february_cannot_be_paid,
        By.AUDIT,
    ),
    Fault(
        "a budget forgets what is paid in one outlook only",
        Ledger.cash,
        "c.outlook in (None, outlook)",
        "c.outlook is None",
        cases.rent_cannot_be_paid,
        By.AUDIT,
    ),
    Fault(
        "a budget forgets held contracts",
        budget._paid,
        "constant += paid",
        "constant += 0 * paid",
        cases.held_nodes_are_paid_first,
        By.AUDIT,
    ),
)


@cache
def cost(case: Case) -> float | None:
    """What the optimizer says without a fault; None where it says that no plan exists."""
    try:
        return float(objective(planned(case())))
    except Impossible:
        return None


def caught(case: Case) -> By | None:
    """Who finds something wrong with the plan as the optimizer makes it now."""
    try:
        found = float(objective(planned(case())))
    except AuditFailed:
        return By.AUDIT
    except SolverFault:
        return By.LEDGER
    except Impossible:
        return None if COST_BY_HAND[case] is None else By.COST
    return None if found == pytest.approx(COST_BY_HAND[case]) else By.COST


@pytest.mark.parametrize("case", [pytest.param(case, id=case.__name__) for case in COST_BY_HAND])
def test_without_a_fault_the_case_costs_what_was_worked_out_by_hand(case: Case) -> None:
    assert cost(case) == pytest.approx(COST_BY_HAND[case])


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.what) for fault in FAULTS])
def test_a_planted_fault_is_caught(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, fault.place, fault.right, fault.wrong)
    assert caught(fault.case) is fault.caught
