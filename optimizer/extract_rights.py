"""Solver values of courses -> the rights used, as published."""

from optimizer.course_calendar import CourseKey
from optimizer.extract_usage import Values, order_name
from optimizer.model import Model
from optimizer.plan_contracts import Right, RightUsed
from optimizer.problem import Problem


def rights_used(problem: Problem, model: Model, value: Values) -> tuple[RightUsed, ...]:
    """Every course that some nodes take, by the last day to declare it."""
    taken = ((key, round(value(model.decide.course[key]))) for key in problem.courses.keys)
    rows = [_used(problem, model, value, key, count) for key, count in taken if count]
    return tuple(sorted(rows, key=lambda row: (row.notice_by, row.month, row.held or "", row.order or "", row.right)))


def _used(problem: Problem, model: Model, value: Values, key: CourseKey, count: int) -> RightUsed:
    source, terms = key.source, problem.courses.terms(key.source)
    order = problem.courses.order(source)
    month = problem.scenario.horizon.first + key.month
    swapped = key.right is Right.SWAP
    return RightUsed(
        right=key.right,
        order=None if order is None else order_name(key.name, problem.courses.start(source), order.future),
        held=key.name if order is None else None,
        outlook=key.future or None,
        nodes=count if order is None else count * problem.reserved[key.name].lot_nodes,
        month=month,
        notice_by=problem.courses.notice_by(source, key.right, month),
        renewals=key.renewals,
        to_offering=terms.swap_to if swapped else None,
        to_nodes=round(value(model.decide.swapped[key])) if swapped else 0,
    )
