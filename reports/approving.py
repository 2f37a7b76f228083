"""`siliconmix import approved`: the orders of an approved plan become approved_orders.csv of a scenario."""

import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click

from catalog.writing_csv import cell, table_text
from contracts.approved import ApprovedOrder
from optimizer.audit import audit_plan
from optimizer.plan import Plan
from optimizer.plan_file import PlanRejected, read_plan
from reports.exits import Exit
from reports.import_command import put_in_place
from reports.publishing import PLAN_JSON, NotWritable
from scenarios.loading_tables import APPROVED_ORDERS, SCENARIO_FILE

TABLE = f"{APPROVED_ORDERS.name}.csv"


@dataclass(frozen=True)
class Approved:
    """The orders that a plan signs whatever comes, and those that it leaves for when the outlook is known."""

    orders: tuple[ApprovedOrder, ...]
    by_outlook: tuple[str, ...]
    """Orders (by name) that are signed in one outlook only."""


def import_approved(path: Path, into: Path, *, as_json: bool) -> Exit:
    """Write approved_orders.csv whole or not at all; in place of the one that was there."""
    try:
        plan = plan_to_approve(path)
        approved = approved_of(plan)
        _refuse_without_orders(path, approved)
        if not (into / SCENARIO_FILE).is_file():
            raise PlanRejected(f"{into} is no scenario: it has no {SCENARIO_FILE}. Mend: name the scenario with --to")
        put_in_place(into, {TABLE: approved_text(approved)})
    except PlanRejected as rejected:
        print(f"{rejected}. Nothing was written", file=sys.stderr)
        return Exit.BAD_INPUT
    except NotWritable as refused:
        print(f"{refused}. Nothing was written", file=sys.stderr)
        return Exit.NOT_WRITABLE
    click.echo(_as_data(into, plan, approved) if as_json else _as_text(into, plan, approved))
    return Exit.PUBLISHED


def plan_to_approve(path: Path) -> Plan:
    """The plan in a file, or in a folder that has plan.json; PlanRejected where it is not what was published."""
    plan = read_plan(path / PLAN_JSON if path.is_dir() else path)
    if plan.scenario.fingerprint() != plan.fingerprint:
        raise PlanRejected(
            f"{path} was altered after it was made: its inputs do not have the fingerprint {plan.fingerprint[:12]} that"
            " it states. Mend: write it again with `siliconmix plan`"
        )
    verdict = audit_plan(plan)
    if verdict.verdict != "PASS":
        raise PlanRejected(
            f"{path} does not pass its audit ({len(verdict.findings)} findings; `siliconmix audit {path}` names them)."
            " Mend: write it again with `siliconmix plan`"
        )
    return plan


def approved_of(plan: Plan) -> Approved:
    """What a plan signs, by contract and start."""
    rows = [(o.order, o.contract, o.start, o.outlook, Decimal(o.nodes)) for o in plan.orders]
    rows += [(o.order, o.contract, o.start, o.outlook, o.usd_per_hour) for o in plan.committed_spend]
    rows += [(o.order, o.contract, o.start, o.outlook, Decimal(o.units)) for o in plan.provisioned]
    orders = [
        ApprovedOrder(contract=contract, start=start, quantity=quantity, plan=plan.fingerprint)
        for _, contract, start, outlook, quantity in rows
        if outlook is None
    ]
    return Approved(
        orders=tuple(sorted(orders, key=lambda order: (order.contract, order.start))),
        by_outlook=tuple(sorted(order for order, _, _, outlook, _ in rows if outlook is not None)),
    )


def approved_text(approved: Approved) -> str:
    """The table as it is written."""
    columns = tuple(ApprovedOrder.model_fields)
    return table_text(columns, ([cell(getattr(order, name)) for name in columns] for order in approved.orders))


def _refuse_without_orders(path: Path, approved: Approved) -> None:
    if approved.orders:
        return
    if approved.by_outlook:
        raise PlanRejected(
            f"{path} orders nothing before the outlook is known: its {len(approved.by_outlook)} orders are signed only"
            " if an outlook comes, and such orders are not compared. There is nothing to approve yet"
        )
    raise PlanRejected(f"{path} orders nothing, so there is nothing to approve; to forget what was, delete {TABLE}")


def _as_data(into: Path, plan: Plan, approved: Approved) -> str:
    data = {
        "written": str(into / TABLE),
        "plan": plan.fingerprint,
        "orders": len(approved.orders),
        "left_out": list(approved.by_outlook),
    }
    return json.dumps(data, indent=1)


def _as_text(into: Path, plan: Plan, approved: Approved) -> str:
    count = len(approved.orders)
    lines = [f"{into / TABLE}: {count} {'order' if count == 1 else 'orders'} of plan {plan.fingerprint[:12]}."]
    if approved.by_outlook:
        left = ", ".join(approved.by_outlook)
        lines.append(f"Left out, because they are signed only if an outlook comes: {left}.")
    lines.append("Next: state policy.stability in scenario.yaml to cap or price changes, and run siliconmix plan.")
    return "\n".join(lines)
