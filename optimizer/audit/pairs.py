"""The plan's serving figures and refusals against those recomputed."""

from math import isclose

from catalog.serving import RefusalReason, Serving
from optimizer.audit.checks import FLOW_TOLERANCE, Checks, Place
from optimizer.audit.configurations import Figures
from optimizer.audit.figures import Inputs
from optimizer.audit.serving import Factors, Pair, ServingBook
from optimizer.audit.statements import Statements
from optimizer.plan import Plan


def relaxations(inputs: Inputs) -> dict[str | None, Factors]:
    """Factors on the TTFT and TPOT limits in normal operation (None) and in each contingency."""
    factors: dict[str | None, Factors] = {None: (1.0, 1.0)}
    for event in inputs.policy.contingencies:
        factors[event.contingency] = (event.ttft_factor, event.tpot_factor)
    return factors


def check_figures(inputs: Inputs, stated: Statements, book: ServingBook, checks: Checks) -> None:
    """Every serving figure in the plan is one that the inputs give."""
    factors = relaxations(inputs)
    for row in stated.goodput:
        place: Place = ("goodput", row.workload, row.size_class, row.offering, row.contingency or "normal")
        answer = book.answer((row.workload, row.size_class, row.offering), factors[row.contingency])
        if not checks.true(
            "serving.figures",
            place,
            bool(answer.choices),
            left="figures stated",
            operator="but",
            right="refused: " + " or ".join(sorted(answer.reasons)),
        ):
            continue
        fewest = min((differences(row.serving, choice) for choice in answer.choices), key=len)
        checks.true(
            "serving.figures",
            place,
            not fewest,
            left="; ".join(f"{name} {found}" for name, found, _ in fewest),
            operator="=",
            right="; ".join(f"{name} {expected}" for name, _, expected in fewest),
        )


Difference = tuple[str, object, object]
"""A figure that differs: its name, as it is stated, as it is recomputed."""


def differences(serving: Serving, figures: Figures) -> list[Difference]:
    """What tells stated figures from those recomputed."""
    law = figures.law
    exact: list[Difference] = [
        ("precision", serving.precision, figures.precision),
        ("engine", serving.engine, figures.engine),
        ("accelerators_per_replica", serving.accelerators_per_replica, figures.accelerators_per_replica),
        ("evidence", serving.evidence.value, figures.grade.value),
        ("claim", serving.claim, figures.claim),
        ("points", sorted(serving.points), sorted(law.points)),
    ]
    numbers: list[tuple[str, float | None, float | None]] = [
        ("node_seconds_per_attempt", serving.node_seconds_per_attempt, figures.node_seconds),
        ("haircut_share", serving.haircut_share, figures.haircut),
        ("percentile_factor", serving.percentile_factor, law.factor),
        ("ttft_ms", serving.ttft_ms, law.ttft_ms),
        ("tpot_ms", serving.tpot_ms, law.tpot_ms),
        ("quality_score", serving.quality_score, figures.quality_score),
    ]
    return [row for row in exact if row[1] != row[2]] + [
        (name, found, expected) for name, found, expected in numbers if not equal(found, expected)
    ]


def equal(found: float | None, expected: float | None) -> bool:
    """Within the tolerance of flows, or both not stated."""
    if found is None or expected is None:
        return found is expected
    return isclose(found, expected, rel_tol=FLOW_TOLERANCE)


def check_refusals(inputs: Inputs, plan: Plan, book: ServingBook, checks: Checks) -> None:
    """Every pair is refused or able to serve, never both, never neither."""
    refused = {(r.workload, r.size_class, r.offering): r for r in plan.refusals}
    for workload, size_class in inputs.classes:
        for offering in inputs.offerings:
            pair = (workload, size_class, offering)
            due = _reasons(inputs, book, pair)
            refusal = refused.get(pair)
            checks.true(
                "serving.refused",
                pair,
                bool(due) == (refusal is not None),
                left=f"refused: {refusal.reason.value}" if refusal else "not refused",
                operator="but",
                right=" or ".join(sorted(due)) or "able to serve",
            )
            if refusal is not None and due:
                checks.true(
                    "serving.refusal_reason",
                    pair,
                    refusal.reason in due,
                    left=refusal.reason.value,
                    operator="in",
                    right=" or ".join(sorted(due)),
                )


def _reasons(inputs: Inputs, book: ServingBook, pair: Pair) -> frozenset[RefusalReason]:
    """The reasons that a refusal of the pair may name; empty when it can serve."""
    if pair[2] not in inputs.can_be_had:
        return frozenset({RefusalReason.NO_TERMS})
    return book.answer(pair).reasons
