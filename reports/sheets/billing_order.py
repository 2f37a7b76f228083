"""Billing_Order: what the provider's own order of covering use takes off the bill, beside what the plan takes off."""

from __future__ import annotations

from optimizer.billing_order import MonthBilled, billed_in_order
from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import ZERO, Expr, Where
from reports.functions import looked_up, quoted, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.charges import PART_COVERED
from reports.sheets.inputs import Inputs

MORE = "Expected to be billed more USD"


def billing_order_sheet(facts: Facts, inputs: Inputs, payments: Records[CostLine]) -> Records[MonthBilled]:
    """One line per outlook and month with something to cover."""
    plan = facts.plan

    def planned(_: MonthBilled, at: Line) -> Expr:
        return ZERO - sum_where(
            payments.column("Amount USD"),
            Where(payments.column("Part"), "=", quoted(PART_COVERED)),
            Where(payments.column("Service from"), "=", at["Month"]),
            Where(payments.column("Outlook"), "=", at["Outlook"]),
        )

    calc, cents = Kind.CALC, Fmt.CENTS
    return write_records(
        Grid("Billing_Order", "decisions"),
        "tblBilling",
        [
            Field("Outlook", lambda r, _: r.outlook),
            Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.DATE),
            Field("Taken off in the plan USD", planned, calc, cents),
            Field("Taken off in the order of billing USD", lambda r, _: r.in_order_usd, Kind.DECISION, cents),
            Field(
                "Billed more USD",
                lambda _, at: at["Taken off in the plan USD"] - at["Taken off in the order of billing USD"],
                calc,
                cents,
            ),
            Field(
                "Probability",
                lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
                Kind.LINK,
                Fmt.SHARE,
            ),
            Field(MORE, lambda _, at: at["Billed more USD"] * at["Probability"], calc, cents, total=True),
        ],
        billed_in_order(plan.scenario, plan.usages, plan.committed_spend, plan.coverage),
        "Billing order: what the provider's own order of covering use would bill",
        "A provider covers every hour's use with plans for one kind of instance first, then with flexible ones, the"
        " highest saving first. Where that takes off less than the plan does, the invoice is higher by the difference.",
    )
