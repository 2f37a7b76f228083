"""Faults in the nine parts of cost: sums, parts, who bears what, tokens and tags."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from catalog.records import Record
from optimizer.plan import Plan
from optimizer.plan_unit_cost import Part, UnitCostRow
from tests.audit_lines import usd
from tests.audit_planting import fault
from tests.audit_unit_cost_plans import (
    split_clauses_plan,
    split_hardware_plan,
    split_providers_plan,
    split_rich_plan,
    split_spending_plan,
    split_tokens_plan,
    tagged_plan,
)


def split(plan: Plan, **changes: Any) -> Plan:
    """The split of cost changed."""
    assert plan.unit_cost is not None
    return plan.model_copy(update={"unit_cost": plan.unit_cost.model_copy(update=changes)})


def changed(rows: Sequence[Record], index: int, **changes: Any) -> tuple[Record, ...]:
    return tuple(row.model_copy(update=changes) if i == index else row for i, row in enumerate(rows))


def with_row(plan: Plan, index: int, **changes: Any) -> Plan:
    assert plan.unit_cost is not None
    return split(plan, rows=changed(plan.unit_cost.rows, index, **changes))


def with_tag(plan: Plan, index: int, **changes: Any) -> Plan:
    assert plan.unit_cost is not None
    return split(plan, tags=changed(plan.unit_cost.tags, index, **changes))


def with_column(plan: Plan, index: int, **changes: Any) -> Plan:
    assert plan.unit_cost is not None
    return split(plan, columns=changed(plan.unit_cost.columns, index, **changes))


def row_of(plan: Plan, index: int) -> UnitCostRow:
    assert plan.unit_cost is not None
    return plan.unit_cost.rows[index]


def row_with(plan: Plan, field: str) -> int:
    """The row that has most of a part."""
    assert plan.unit_cost is not None
    rows = plan.unit_cost.rows
    index = max(range(len(rows)), key=lambda i: getattr(rows[i], field))
    assert getattr(rows[index], field) > 1
    return index


def moved(plan: Plan, index: int, source: str, target: str, amount: str = "1.00") -> Plan:
    """Dollars of a row told under another part."""
    row = row_of(plan, index)
    return with_row(
        plan, index, **{source: getattr(row, source) - usd(amount), target: getattr(row, target) + usd(amount)}
    )


def called(plan: Plan, source: str, target: str, amount: str = "1.00") -> Plan:
    """Dollars told under another part, in the row that has most of theirs."""
    return moved(plan, row_with(plan, source), source, target, amount)


def borne_by_the_other(plan: Plan, amount: str) -> Plan:
    """Dollars of the first row told in the second."""
    one, other = row_of(plan, 0), row_of(plan, 1)
    lighter = with_row(plan, 0, accelerator_usd=one.accelerator_usd - usd(amount))
    return with_row(lighter, 1, accelerator_usd=other.accelerator_usd + usd(amount))


@fault("unit_cost.total", split_rich_plan)
def parts_a_cent_below_the_plan(plan: Plan) -> Plan:
    return with_row(plan, 0, accelerator_usd=row_of(plan, 0).accelerator_usd - usd("0.01"))


@fault("unit_cost.cents", split_rich_plan)
def a_part_in_tenths_of_a_cent(plan: Plan) -> Plan:
    return moved(plan, 0, "accelerator_usd", "idle_capacity_usd", "0.001")


@fault("unit_cost.rows", tagged_plan)
def one_row_told_as_two(plan: Plan) -> Plan:
    half = row_of(plan, 0).model_copy(update={"accelerator_usd": row_of(plan, 0).accelerator_usd / 2})
    return split(plan, rows=(half, half))


@fault("unit_cost.cells", tagged_plan)
def idle_where_nothing_is(plan: Plan) -> Plan:
    return moved(plan, 0, "accelerator_usd", "idle_capacity_usd")


@fault("unit_cost.cells", split_rich_plan)
def idle_capacity_called_accelerator(plan: Plan) -> Plan:
    return called(plan, "idle_capacity_usd", "accelerator_usd")


@fault("unit_cost.cells", split_rich_plan)
def failed_requests_called_idle(plan: Plan) -> Plan:
    return called(plan, "failed_requests_usd", "idle_capacity_usd")


@fault("unit_cost.cells", split_rich_plan)
def another_headroom(plan: Plan) -> Plan:
    index = row_with(plan, "headroom_usd")
    return with_row(plan, index, headroom_usd=row_of(plan, index).headroom_usd - usd("0.05"))


@fault("unit_cost.cells", split_rich_plan)
def one_class_bears_what_another_uses(plan: Plan) -> Plan:
    return borne_by_the_other(plan, "5.00")


@fault("unit_cost.cells", split_rich_plan)
def a_row_that_is_not_told(plan: Plan) -> Plan:
    assert plan.unit_cost is not None
    return split(plan, rows=plan.unit_cost.rows[1:])


@fault("unit_cost.cells", split_hardware_plan)
def power_hidden_in_the_accelerator(plan: Plan) -> Plan:
    return called(plan, "power_or_overhead_usd", "accelerator_usd")


@fault("unit_cost.cells", split_providers_plan)
def a_discount_that_one_column_keeps(plan: Plan) -> Plan:
    return borne_by_the_other(plan, "0.05")


@fault("unit_cost.cells", split_spending_plan)
def a_commitment_that_is_not_used_called_accelerator(plan: Plan) -> Plan:
    return called(plan, "idle_capacity_usd", "accelerator_usd")


@fault("unit_cost.cells", split_spending_plan)
def dollars_committed_that_are_not_told(plan: Plan) -> Plan:
    return plan.model_copy(update={"committed_spend": ()})


@fault("unit_cost.cells", split_clauses_plan)
def a_minimum_that_is_not_reached_called_accelerator(plan: Plan) -> Plan:
    return called(plan, "idle_capacity_usd", "accelerator_usd", "1000.00")


@fault("unit_cost.cells", split_tokens_plan)
def failed_tokens_of_an_api_called_accelerator(plan: Plan) -> Plan:
    return called(plan, "failed_requests_usd", "accelerator_usd")


@fault("unit_cost.columns", tagged_plan)
def orchestration_that_nobody_states_called_included(plan: Plan) -> Plan:
    assert plan.unit_cost is not None
    (column,) = plan.unit_cost.columns
    return with_column(plan, 0, included=(*column.included, *column.not_stated), not_stated=())


@fault("unit_cost.columns", split_hardware_plan)
def power_of_owned_nodes_called_included(plan: Plan) -> Plan:
    assert plan.unit_cost is not None
    index = next(i for i, row in enumerate(plan.unit_cost.columns) if row.offering == "node-b")
    included = (*plan.unit_cost.columns[index].included, Part.POWER_OR_OVERHEAD)
    return with_column(plan, index, included=included)


@fault("unit_cost.columns", tagged_plan)
def a_column_of_which_nothing_is_told(plan: Plan) -> Plan:
    return split(plan, columns=())


@fault("unit_cost.columns", tagged_plan)
def a_column_that_there_is_not(plan: Plan) -> Plan:
    return with_column(plan, 0, offering="node-z")


@fault("unit_cost.tokens", tagged_plan)
def gross_tokens_told_as_accepted(plan: Plan) -> Plan:
    return with_row(plan, 0, accepted_mtok=Decimal("5098.6"))


@fault("unit_cost.tokens", tagged_plan)
def a_request_for_every_token(plan: Plan) -> Plan:
    return with_row(plan, 0, accepted_requests=Decimal("5097600000"))


@fault("unit_cost.tags", tagged_plan)
def tags_that_do_not_add_up(plan: Plan) -> Plan:
    return with_tag(plan, 0, accelerator_usd=usd("2973.59"))


@fault("unit_cost.tags", tagged_plan)
def a_tag_that_bears_less_than_its_share(plan: Plan) -> Plan:
    return with_tag(with_tag(plan, 0, accelerator_usd=usd("2000.00")), 1, accelerator_usd=usd("7912.00"))


@fault("unit_cost.tags", tagged_plan)
def headroom_of_a_tag_where_none_is_kept(plan: Plan) -> Plan:
    return with_tag(plan, 0, headroom_usd=usd("1.00"))


@fault("unit_cost.tags", tagged_plan)
def tokens_of_one_tag_counted_for_the_other(plan: Plan) -> Plan:
    return with_tag(with_tag(plan, 0, accepted_mtok=usd("1000")), 1, accepted_mtok=usd("4097.6"))


@fault("unit_cost.tags", tagged_plan)
def requests_of_a_tag_told_as_none(plan: Plan) -> Plan:
    return with_tag(plan, 0, accepted_requests=usd("0"))


@fault("unit_cost.tags", tagged_plan)
def a_tag_with_another_share_than_is_typed(plan: Plan) -> Plan:
    return with_tag(plan, 0, token_share=0.5)


@fault("unit_cost.tags", tagged_plan)
def a_rest_that_is_not_told(plan: Plan) -> Plan:
    assert plan.unit_cost is not None
    return split(plan, tags=plan.unit_cost.tags[:1])
