"""Status, incumbent, bound, gap and the identity of the inputs."""

from decimal import Decimal
from math import isfinite

from optimizer.audit.checks import FLOW_TOLERANCE, Checks
from optimizer.plan import Plan, Status, StopReason
from scenarios.scenario import InputFile

GAP_TOLERANCE = 1e-9
"""Absolute, on a fraction: the gap is a quotient of two floats."""
HALF_A_CENT = 0.005


def check_proof(plan: Plan, objective: Decimal, checks: Checks) -> None:
    """What the plan says about how good it is."""
    if not all(isfinite(value) for value in (plan.incumbent_usd, plan.bound_usd, plan.gap)):
        return
    own = float(objective)
    checks.close("proof.incumbent", ("plan",), plan.incumbent_usd, own, "usd", rounded=HALF_A_CENT / 1e-9)
    allowed = money_tolerance(plan)
    difference = plan.incumbent_usd - plan.bound_usd
    checks.true(
        "proof.bound",
        ("plan",),
        difference >= -allowed,
        left=plan.bound_usd,
        operator="<=",
        right=plan.incumbent_usd,
        unit="usd",
    )
    _check_gap(plan, difference, checks)
    _check_status(plan, difference, allowed, checks)


def money_tolerance(plan: Plan) -> float:
    """1e-6 of the incumbent, and half a cent per line: the solver's objective is not rounded by line."""
    return FLOW_TOLERANCE * abs(plan.incumbent_usd) + HALF_A_CENT * (1 + len(plan.cost_lines))


def _check_gap(plan: Plan, difference: float, checks: Checks) -> None:
    """A bound a rounding above the incumbent may be told as gap 0."""
    gap = difference / plan.incumbent_usd if plan.incumbent_usd else 0.0
    closest = min((gap, max(0.0, gap)), key=lambda value: abs(value - plan.gap))
    checks.true(
        "proof.gap",
        ("plan",),
        abs(plan.gap - closest) <= GAP_TOLERANCE,
        left=plan.gap,
        operator="=",
        right=gap,
    )


def _check_status(plan: Plan, difference: float, allowed: float, checks: Checks) -> None:
    asked = max(plan.asked_gap_share * abs(plan.incumbent_usd), plan.asked_gap_usd)
    proven = plan.status is Status.WITHIN_GAP
    checks.true(
        "proof.status",
        ("plan",),
        difference <= asked + allowed if proven else difference > asked - allowed,
        left=f"{plan.status.value}, difference {difference:.2f}",
        operator="but",
        right=f"asked {asked:.2f}",
        unit="usd",
    )
    if plan.stop_reason is StopReason.GAP_REACHED:
        checks.true(
            "proof.stop_reason",
            ("plan",),
            proven,
            left=plan.stop_reason.value,
            operator="but",
            right=plan.status.value,
        )


def check_identity(plan: Plan, fingerprint: str, input_files: tuple[InputFile, ...], checks: Checks) -> None:
    """The plan belongs to these inputs: same fingerprint, same files with the same hashes."""
    checks.same("identity.fingerprint", ("plan",), plan.fingerprint, fingerprint)
    stated = sorted((file.name, file.sha256) for file in plan.input_hashes)
    read = sorted((file.name, file.sha256) for file in input_files)
    checks.same("identity.input_hashes", ("plan",), stated, read)
