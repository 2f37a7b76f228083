"""Rights beside the worked plan: late orders, ends at the edge of the horizon, and identities."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit import audit_plan
from optimizer.audit.checks import Checks
from optimizer.audit.courses import Course, stays
from optimizer.audit.deliveries import active_nodes
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import sift
from optimizer.plan import Plan
from optimizer.plan_contracts import Right, RightUsed
from scenarios.outlooks import Effect, OutlookEffect
from tests import builders as make
from tests.audit_due import due
from tests.audit_faults_of_rights import CALM_LEAVES, LEAVES, SWAPS, right, with_held
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_planting import on, without
from tests.audit_right_plans import FIRST, SECOND, rights_plan
from tests.audit_rights import APR, CALM, MAY, STORM


def rules_broken(plan: Plan) -> set[str]:
    return {finding.rule for finding in audit_plan(plan).findings}


def late(plan: Plan) -> Plan:
    """In the storm node-a comes a month late."""
    effect = OutlookEffect(outlook=STORM, effect=Effect.DELIVERY_DELAY, value=1)
    return on(plan, outlook_effects=(*plan.scenario.outlook_effects, effect))


def test_a_late_order_ends_late_and_is_swapped_when_it_was_declared() -> None:
    """res-b serves January to April, in the storm February to May; swapped with February in both."""
    lines = due(late(rights_plan()), Nature.SWAPPED_RECURRING)
    months = {
        outlook: [line.service_first for line in lines if line.order == SECOND and line.outlook == outlook]
        for outlook in (CALM, STORM)
    }
    assert months == {CALM: [FEB, MAR, APR], STORM: [FEB, MAR, APR, MAY]}


def test_a_late_order_is_renewed_from_its_late_end_on() -> None:
    lines = due(late(rights_plan()), Nature.RENEWED_RECURRING)
    assert [line.service_first for line in lines if line.order == FIRST] == [MAY, MAY + 1]


def test_the_fee_of_a_late_order_is_for_the_hours_to_its_late_end() -> None:
    """Left with March in an outlook in which it ends with April instead of March: 1,464 h."""
    plan = right(late(rights_plan()), CALM_LEAVES, outlook=STORM)
    (fee,) = (line for line in due(plan, Nature.TERMINATION_FEE) if line.order == FIRST)
    assert (fee.quantity, fee.service_first, fee.unit_price) == (Decimal(1464), FEB, usd("1.125"))


def test_a_fee_for_leaving_with_the_first_month_is_not_sunk() -> None:
    """Left with January: it is owed for January and February, and paid in January."""
    plan = right(with_held(rights_plan(), termination_notice_days=31), LEAVES, month=JAN)
    (fee,) = (line for line in due(plan, Nature.TERMINATION_FEE) if line.source == "held-a")
    assert (fee.paid, fee.service_first, fee.service_end, fee.quantity) == (JAN, JAN, FEB, Decimal(1416))


def test_a_held_contract_that_ends_with_the_horizons_first_day_can_be_renewed() -> None:
    """It has no other line, and its renewal serves."""
    ended = with_held(rights_plan(), end=JAN, terminable_after_months=1, swap_after_months=1)
    plan = without(ended, "rights", LEAVES, SWAPS)
    plan = plan.model_copy(update={"rights": (plan.rights[0].model_copy(update={"month": JAN}), *plan.rights[1:])})
    held = [line for line in due(plan, *Nature) if line.source == "held-a"]
    assert [(line.nature, line.service_first) for line in held] == [
        (Nature.RENEWED_RECURRING, JAN),
        (Nature.RENEWED_RECURRING, FEB),
    ]
    inputs = Inputs(plan.scenario)
    active = active_nodes(inputs, sift(inputs, plan, Checks()))
    assert [sum(row.nodes for row in active[CALM, month] if row.source == "held-a") for month in (JAN, FEB, MAR)] == [
        1,
        1,
        0,
    ]


def test_what_can_still_be_refused_needs_no_right() -> None:
    """With 30 days the last day to refuse is 30 January: staying and leaving are both open."""
    open_end = without(with_held(rights_plan(), renewal_notice_days=30), "rights", 2)
    assert "rights.forced" not in rules_broken(open_end)


def test_a_held_contract_with_rights_of_one_outlook_is_billed_for_each() -> None:
    plan = right(rights_plan(), LEAVES, outlook=CALM)
    lines = [line for line in due(plan, *Nature) if line.source == "held-a"]
    assert {line.outlook for line in lines} == {CALM, STORM}
    february = {line.outlook: line.quantity for line in lines if line.service_first == FEB and line.unit_price == 5}
    assert february == {CALM: Decimal(672), STORM: Decimal(1344)}


@st.composite
def courses(draw: st.DrawFn) -> tuple[int, tuple[RightUsed, ...]]:
    """Some nodes for January to May, and rights of some of them."""
    parts = draw(st.lists(st.tuples(st.sampled_from(Right), st.integers(1, 5), st.integers(1, 4)), max_size=4))
    rows = tuple(
        RightUsed(
            right=kind,
            held="held-a",
            nodes=nodes,
            month=JAN + 5 if kind is Right.RENEW else JAN + months,
            notice_by=make.AS_OF,
            renewals=1 if kind is Right.RENEW else 0,
            to_offering="node-b" if kind is Right.SWAP else None,
            to_nodes=2 * nodes if kind is Right.SWAP else 0,
        )
        for kind, nodes, months in parts
    )
    return sum(row.nodes for row in rows) + draw(st.integers(0, 3)), rows


@given(case=courses())
def test_every_node_is_somewhere_or_has_left(case: tuple[int, tuple[RightUsed, ...]]) -> None:
    nodes, rights = case
    terms = make.a_reserved(term_months=5, renewal_months=3)
    there = tuple(stays("node-a", nodes, (JAN, JAN + 5), terms, rights))

    def serving(course: Course, month: Month) -> int:
        return sum(stay.nodes for stay in there if stay.course is course and stay.serves(month))

    for month in (JAN + i for i in range(5)):
        gone = sum(row.nodes for row in rights if row.right is Right.TERMINATE and row.month <= month)
        assert serving(Course.PLAIN, month) + serving(Course.SWAPPED, month) // 2 + gone == nodes
    renewed = sum(row.nodes for row in rights if row.right is Right.RENEW)
    assert [serving(Course.RENEWED, JAN + i) for i in (4, 5, 7, 8)] == [0, renewed, renewed, 0]
