"""Checks of a difference: bridges close, lists tie, every order has a cause; calculated, never typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.comparing.buying import Way
from optimizer.differing.diff import OrderMove, PlanDiff
from optimizer.differing.moves import ORDERS
from reports.comparison.bridges import BridgeSheet
from reports.comparison.buy_diff import BuyRow
from reports.comparison.checks import write_checks
from reports.comparison.compare import CHECKED, EFFECTIVE, OBJECTIVE, CompareSheet
from reports.differing.inputs import InputRow
from reports.formulas import ONE, Expr, Where
from reports.functions import count_where, filled, quoted, sum_where, total
from reports.records import Records
from reports.sheets.check import Check


@dataclass(frozen=True)
class Written:
    """The sheets that the checks look at."""

    orders: Records[OrderMove]
    inputs: Records[InputRow]
    money: CompareSheet
    by_group: BridgeSheet
    by_part: BridgeSheet
    buy: Records[BuyRow]


def checks_sheet(diff: PlanDiff, written: Written) -> tuple[Records[Check], Expr]:
    """The list of checks and the name of the master check."""
    checks = [*_plans(diff, written), *_bridges(written), *_orders(diff, written), *_lists(diff, written)]
    return write_checks(checks, "Checks: does this difference agree with its plans and with itself?")


def _plans(diff: PlanDiff, written: Written) -> Iterator[Check]:
    money, comparison = written.money, diff.comparison
    audited = count_where(Where(money.row(CHECKED), ">=", ONE))
    yield Check("Plans that the audit has passed", audited, money.plans, "plans", "a plan was not recomputed")
    proofs = [(comparison.base_name, comparison.base), *((one.name, a.proof) for one, a in comparison.solved())]
    for plan, (name, proof) in enumerate(proofs):
        text = f"Objective of {name} = what its plan states"
        meaning = "the figures are of another plan than the proof"
        yield Check(text, money.at(OBJECTIVE, plan), proof.incumbent_usd, "USD", meaning)


def _bridges(written: Written) -> Iterator[Check]:
    for sheet, words in ((written.by_group, "by inputs"), (written.by_part, "by parts")):
        for closing in sheet.closings:
            end = written.money.at(OBJECTIVE, closing.variant)
            yield Check(f"Bridge {words} closes", closing.reached, end, "USD", "a step is missing, or stands twice")


def _orders(diff: PlanDiff, written: Written) -> Iterator[Check]:
    moved = len(diff.moves)
    yield Check("Orders that moved", filled(written.orders.column("Contract")), moved, "orders", "an order is missing")
    yield Check("Orders with a cause", filled(written.orders.column("Cause")), moved, "orders", "a cause is missing")
    meaning = "an order that moved is on no line of the buy lists, or on two"
    for way, status in dict.fromkeys((row.change.way, row.change.status) for row in written.buy.rows):
        if way in ORDERS and status != "same":
            here, there = (_cost(records, way, status) for records in (written.orders, written.buy))
            yield Check(f"{way.value}, {status}: Orders cost as much more as Buy_Diff", here, there, "USD", meaning)


def _cost(records: Records[Any], way: Way, status: str) -> Expr:
    """What the lines of a way and status cost more."""
    return sum_where(
        records.column("Costs more USD"),
        Where(records.column("Way"), "=", quoted(way.value)),
        Where(records.column("Status"), "=", quoted(status)),
    )


def _lists(diff: PlanDiff, written: Written) -> Iterator[Check]:
    lines = sum(len(group.changes) for group in diff.groups)
    paths = filled(written.inputs.column("Path"))
    yield Check("Inputs that differ", paths, lines, "inputs", "an input is missing")
    ((one, _),) = diff.comparison.solved()
    for header, plan, name in (("Base USD", 0, diff.comparison.base_name), ("Variant USD", 1, one.name)):
        text, meaning = f"Buy lists: lines of {name} = its effective cost", "a cost is on no line, or on two"
        yield Check(text, total(written.buy.column(header)), written.money.at(EFFECTIVE, plan), "USD", meaning)
