"""The recorder of checks: how often each rule was looked at, how tight it was, and what breaks it."""

from collections import Counter
from decimal import Decimal
from typing import TypeAlias

from optimizer.audit.rules import RULES
from optimizer.plan import AuditFinding, AuditRule, AuditVerdict

FLOW_TOLERANCE = 1e-6
"""Relative tolerance of flows (tokens, nodes): they come from a solver in floating point."""
ROUNDING = 1e-9
"""Absolute floor for each rounded figure in a comparison: the plan states nine decimals."""
FINDINGS_PER_RULE = 50
"""A rule broken everywhere is told by its first cases and a count."""

Place: TypeAlias = tuple[object, ...]


class Checks:
    """Collects the outcome of every check; a rule that is never called has had nothing to check."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._broken: Counter[str] = Counter()
        self._slack: dict[str, float] = {}
        self._findings: list[AuditFinding] = []

    def true(
        self,
        rule: str,
        place: Place,
        holds: bool,
        *,
        left: object,
        operator: str,
        right: object,
        unit: str = "",
    ) -> bool:
        """Count one check of a statement; what it compares is only written down when it fails."""
        self._counts[rule] += 1
        if not holds:
            self._fail(rule, place, left, operator, right, "", unit)
        return holds

    def same(self, rule: str, place: Place, left: object, right: object, unit: str = "") -> bool:
        """Both sides must be equal exactly."""
        self._counts[rule] += 1
        if left != right:
            self._fail(rule, place, left, "=", right, _difference(left, right), unit)
            return False
        return True

    def close(self, rule: str, place: Place, left: float, right: float, unit: str, *, rounded: float = 1.0) -> bool:
        """Both sides must be equal within the tolerance of flows; `rounded` counts rounded figures."""
        self._counts[rule] += 1
        if not abs(left - right) <= tolerance(left, right, rounded):
            self._fail(rule, place, left, "=", right, _difference(left, right), unit)
            return False
        return True

    def within(self, rule: str, place: Place, left: Decimal, right: Decimal, unit: str, *, allowed: Decimal) -> bool:
        """Both sides must be equal within an absolute tolerance that the rule states."""
        self._counts[rule] += 1
        if not (left.is_finite() and right.is_finite() and abs(left - right) <= allowed):
            self._fail(rule, place, left, "=", right, left - right, unit)
            return False
        return True

    def at_most_usd(
        self, rule: str, place: Place, left: Decimal, right: Decimal, *, allowed: Decimal = Decimal(0)
    ) -> bool:
        """The left side must not exceed the right by more than an absolute amount that the rule states."""
        self._counts[rule] += 1
        self._tighten(rule, float(left), float(right))
        if not (left.is_finite() and right.is_finite() and left <= right + allowed):
            self._fail(rule, place, left, "<=", right, left - right, "usd")
            return False
        return True

    def at_most(self, rule: str, place: Place, left: float, right: float, unit: str, *, rounded: float = 1.0) -> bool:
        """The left side must not exceed the right, within the tolerance of flows."""
        self._counts[rule] += 1
        self._tighten(rule, left, right)
        if not left <= right + tolerance(left, right, rounded):
            self._fail(rule, place, left, "<=", right, left - right, unit)
            return False
        return True

    def _tighten(self, rule: str, left: float, right: float) -> None:
        """Keep the smallest (right - left) / larger side of the rule's inequalities."""
        scale = max(abs(left), abs(right))
        if scale > 0:
            slack = (right - left) / scale
            if slack < self._slack.get(rule, float("inf")):
                self._slack[rule] = slack

    def _fail(
        self, rule: str, place: Place, left: object, operator: str, right: object, excess: object, unit: str
    ) -> None:
        self._broken[rule] += 1
        if self._broken[rule] > FINDINGS_PER_RULE:
            return
        self._findings.append(
            AuditFinding(
                rule=rule,
                place=_words(", ".join(str(part) for part in place)),
                left=_words(_text(left)),
                operator=operator,
                right=_words(_text(right)),
                excess=_words(_text(excess)),
                unit=unit,
            )
        )

    def verdict(self) -> AuditVerdict:
        """PASS when nothing was found; rules without a case are named apart."""
        unknown = sorted(set(self._counts) - set(RULES))
        if unknown:
            raise KeyError(f"rules that are not listed: {unknown}")
        return AuditVerdict(
            verdict="FAIL" if self._findings else "PASS",
            findings=tuple(self._findings) + self._remainders(),
            rules=tuple(
                AuditRule(rule=rule, checks=self._counts[rule], smallest_slack=self._slack.get(rule))
                for rule in RULES
                if self._counts[rule]
            ),
            nothing_to_check=tuple(rule for rule in RULES if not self._counts[rule]),
        )

    def _remainders(self) -> tuple[AuditFinding, ...]:
        return tuple(
            AuditFinding(
                rule=rule,
                place="further places",
                left=str(count),
                operator="<=",
                right="0",
                excess=str(count - FINDINGS_PER_RULE),
                unit="findings not listed",
            )
            for rule, count in sorted(self._broken.items())
            if count > FINDINGS_PER_RULE
        )


def tolerance(left: float, right: float, rounded: float) -> float:
    """1e-6 of the larger side, and 1e-9 for each rounded figure that entered."""
    return FLOW_TOLERANCE * max(abs(left), abs(right)) + ROUNDING * max(rounded, 1.0)


def _difference(left: object, right: object) -> object:
    if isinstance(left, Decimal | int) and isinstance(right, Decimal | int):
        return left - right
    if isinstance(left, float | int) and isinstance(right, float | int):
        return left - right
    return ""


def _text(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _words(text: str) -> str:
    return text if len(text) <= 500 else text[:497] + "..."
