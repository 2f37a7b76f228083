"""Findings as people and programs read them: the first 50 in lines, all of them as JSON."""

import json
from collections import Counter
from collections.abc import Sequence

from catalog.findings import Finding, Location

MOST_SHOWN = 50


def render_findings(findings: Sequence[Finding], *, as_json: bool) -> str:
    """All findings as a JSON list, or the first 50 as text with a count of all."""
    if as_json:
        return json.dumps([finding_as_data(finding) for finding in findings], indent=1)
    if not findings:
        return "No findings."
    lines = [_in_lines(finding) for finding in findings[:MOST_SHOWN]]
    return "\n".join([*lines, _count(findings)])


def finding_as_data(finding: Finding) -> dict[str, str | int | bool]:
    """One finding with only those parts of its place that it has."""
    where = finding.where
    place = {name: getattr(where, name) for name in Location.__dataclass_fields__}
    return {
        "code": finding.code.value,
        "meaning": finding.code.meaning,
        "warning": finding.code.is_warning,
        **{name: value for name, value in place.items() if value is not None},
        "found": finding.found,
        "expected": finding.expected,
        "hint": finding.hint,
        **({"change": finding.change} if finding.change else {}),
    }


def _in_lines(finding: Finding) -> str:
    word = "note " if finding.code.is_warning else ""
    return (
        f"{finding.where}:\n"
        f"    {word}{finding.code.value}: found {finding.found}; expected {finding.expected}.\n"
        f"    {finding.way_out}"
    )


def _count(findings: Sequence[Finding]) -> str:
    """How many findings there are, in how many files, and how many are not shown.

    >>> _count([])
    '0 findings.'
    """
    files = Counter(finding.where.file for finding in findings)
    counted = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
    if len(files) > 1:
        counted += " (" + ", ".join(f"{file}: {count}" for file, count in sorted(files.items())) + ")"
    left = len(findings) - MOST_SHOWN
    return f"{counted}." if left <= 0 else f"{counted}; the first {MOST_SHOWN} are shown, --json shows all."
