"""A plan under clauses of price and payment, worked by hand in two outlooks."""

from datetime import date
from decimal import Decimal
from typing import Any

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import CostLine, Goodput, Order, OutlookTotals, Placement, Plan, Pool, Totals, Usage
from optimizer.plan_contracts import TakeOrPayWindow
from tests.audit_clauses import AFTER, DEAR, DULL, clauses_scenario
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, one_size, usd

APR = Month(2027, 4)
RESERVED, TAKEN = "res-a 2027-01", "top-a 2027-01"
HOURS = {JAN + i: hours for i, hours in enumerate((744, 672, 744, 720, 744, 720, 744, 744, 720, 744, 720, 744, 744))}
"""Of the thirteen months of service, the last of them January 2028; together 9,504."""


def clauses_plan() -> Plan:
    """One reserved node, a tenth of a node on demand, and take-or-pay that is never used, in two outlooks of one half.

    *On demand.* 8 EUR at 1.25 are 10 USD; in the dear outlook 13. 74.4 h and 67.2 h: 744 and 672, or 967.20 and 873.60.
    Net 30 days after 31 January and after 28 February: both are paid in March, after the horizon.

    *Reserved.* 6 USD, a quarter upfront: 9,504 h * 1.5 = 14,256. No dearer than half of on demand: 5 in the dull
    outlook, 6.50 in the dear one, where the price is 6 in the first year and 6.60, so 6.50, in the thirteenth month.
    The price of on demand in February holds from then on; that it falls to a tenth in March is not known. Three
    quarters are 3.75, 4.50 and 4.875. In advance and net 31 days: every month is paid in the next.

    *Take-or-pay.* 100 node-hours a month at 5 USD, in the thirteenth month at 4.50. January and February are paid
    unused, 500 each, due on the last day: net 45 days is 17 March and 14 April. Eleven months are owed after the
    horizon, due on the first: 45 days later is the next month.

    *Totals.* Inside: 2,124 of the upfront, 1,416 h at 3.75 or 4.50: 5,310 or 6,372; on demand 1,416 or 1,840.80;
    1,000 unused: 9,850 or 11,336.80. Beyond: 12,132 upfront, 8,088 h at 3.75: 30,330, or 7,344 at 4.50 and 744 at
    4.875: 36,675; owed 5,450: 47,912 or 54,257, weighed one half. Cash of the horizon: upfront and January, 2,790 or
    3,348: 17,046 or 17,604. At list price 1.1 * 1,416 * 10; served 1,100 tok/s * 1,416 h.
    """
    pair: dict[str, Any] = {"workload": "chat", "size_class": "all", "offering": "node-a"}
    return a_plan(
        clauses_scenario(),
        _totals("36135.65", "10593.40", "17325.00", "51084.50", "1.889195"),
        orders=(_order("res-a", RESERVED), _order("top-a", TAKEN)),
        usages=tuple(
            Usage(outlook=u, block="all", contract="od-a", offering="node-a", month=month, nodes=0.1)
            for u in (DULL, DEAR)
            for month in (JAN, FEB)
        ),
        placements=tuple(
            Placement(**pair, outlook=u, block="all", month=m, pool=Pool.BASE, accepted_tok_per_s=1100.0, nodes=1.1)
            for u in (DULL, DEAR)
            for m in (JAN, FEB)
        ),
        take_or_pay=tuple(_window(outlook, month) for outlook in (DULL, DEAR) for month in (JAN, FEB)),
        cost_lines=_lines(),
        goodput=(Goodput(**pair, serving=one_size("a")),),
        by_outlook=(
            OutlookTotals(
                outlook=DULL,
                probability=0.5,
                totals=_totals("33806.00", "9850.00", "17046.00", "47912.00", "1.756620"),
            ),
            OutlookTotals(
                outlook=DEAR,
                probability=0.5,
                totals=_totals("38465.30", "11336.80", "17604.00", "54257.00", "2.021771"),
            ),
        ),
    )


def _totals(objective: str, effective: str, cash: str, beyond: str, per_mtok: str) -> Totals:
    return Totals(
        objective_usd=usd(objective),
        effective_usd=usd(effective),
        cash_usd=usd(cash),
        capex_usd=usd(0),
        beyond_horizon_usd=usd(beyond),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=usd("15576.00"),
        served_mtok=usd("5607.36"),
        usd_per_mtok=usd(per_mtok),
    )


def _order(contract: str, order: str) -> Order:
    return Order(
        order=order,
        contract=contract,
        offering="node-a",
        nodes=1,
        start=JAN,
        end=AFTER,
        order_by=date(2027, 1, 1),
    )


def _window(outlook: str, month: Month) -> TakeOrPayWindow:
    nothing = dict.fromkeys(("used", "carried_in", "made_up", "carried_out", "bank_out"), Decimal(0))
    return TakeOrPayWindow(
        outlook=outlook,
        order=TAKEN,
        contract="top-a",
        first=month,
        end=month + 1,
        unit="node_hour",
        minimum=usd(100),
        true_up=usd(100),
        **nothing,
    )


def _lines() -> tuple[CostLine, ...]:
    rows = (
        line(Nature.RESERVED_UPFRONT, "res-a", (JAN, AFTER), "9504", "1.5", "14256.00", order=RESERVED),
        *_recurring(DULL, "3.75", "3.75"),
        *_recurring(DEAR, "4.5", "4.875"),
        *_of_use(DULL, "10", ("744.00", "672.00")),
        *_of_use(DEAR, "13", ("967.20", "873.60")),
        *(_unused(outlook, *months) for outlook in (DULL, DEAR) for months in ((JAN, MAR), (FEB, APR))),
        *(_owed(month, "5", "500.00") for month in list(HOURS)[2:12]),
        _owed(Month(2028, 1), "4.5", "450.00"),
    )
    return tuple(row.model_copy(update={"line": f"{i:02d}-{row.source}"}) for i, row in enumerate(rows))


def _recurring(outlook: str, price: str, at_last: str) -> list[CostLine]:
    nature = Nature.RESERVED_RECURRING
    rows = []
    for month, hours in HOURS.items():
        own = usd(at_last if month + 1 == AFTER else price)
        amount = str((hours * own).quantize(Decimal("0.01")))
        where: dict[str, Any] = {"order": RESERVED, "outlook": outlook, "paid_month": month + 1}
        rows.append(line(nature, "res-a", (month, month + 1), str(hours), str(own), amount, **where))
    return rows


def _of_use(outlook: str, price: str, amounts: tuple[str, str]) -> list[CostLine]:
    of: dict[str, Any] = {"outlook": outlook, "paid_month": MAR}
    return [
        line(Nature.ON_DEMAND_USAGE, "od-a", (JAN, FEB), "74.4", price, amounts[0], **of),
        line(Nature.ON_DEMAND_USAGE, "od-a", (FEB, MAR), "67.2", price, amounts[1], **of),
    ]


def _unused(outlook: str, month: Month, paid: Month) -> CostLine:
    of: dict[str, Any] = {"outlook": outlook, "order": TAKEN, "paid_month": paid}
    return line(Nature.TAKE_OR_PAY_TRUE_UP, "top-a", (month, month + 1), "100", "5", "500.00", **of)


def _owed(month: Month, price: str, amount: str) -> CostLine:
    of: dict[str, Any] = {"outlook": None, "order": TAKEN, "paid_month": month + 1}
    return line(Nature.TAKE_OR_PAY_OBLIGATION, "top-a", (month, month + 1), "100", price, amount, **of)
