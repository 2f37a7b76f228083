"""An audit's verdict in words, and what tells a plan's inputs from the files in a folder."""

from collections.abc import Iterator

from optimizer.audit import audit_against_files
from optimizer.audit.rules import RULES
from optimizer.plan import AuditFinding, AuditVerdict, Plan
from scenarios.scenario import Scenario

FILES = "identity.input_hashes"
_MISSING = "no such file"


def against_files(plan: Plan, verdict: AuditVerdict, scenario: Scenario) -> AuditVerdict:
    """The verdict with a finding for every file that is not the one the plan was made from."""
    others = [finding for finding in audit_against_files(plan, scenario) if finding.rule != FILES]
    findings = (*verdict.findings, *_files_that_differ(plan, scenario), *others)
    return verdict.model_copy(update={"findings": findings, "verdict": "FAIL" if findings else "PASS"})


def _files_that_differ(plan: Plan, scenario: Scenario) -> Iterator[AuditFinding]:
    planned = {file.name: file.sha256 for file in plan.input_hashes}
    read = {file.name: file.sha256 for file in scenario.input_files}
    for name in sorted(planned.keys() | read.keys()):
        left, right = planned.get(name, _MISSING), read.get(name, _MISSING)
        if left != right:
            yield AuditFinding(rule=FILES, place=name, left=left, operator="=", right=right, excess="", unit="sha256")


def verdict_in_words(verdict: AuditVerdict) -> str:
    """The verdict and its findings."""
    return "\n".join([f"Audit: {verdict.verdict}", *(_finding_in_words(finding) for finding in verdict.findings)])


def describe_audit(verdict: AuditVerdict) -> str:
    """The verdict in lines: findings, what was checked, what there was nothing to check for."""
    lines = [verdict_in_words(verdict)]
    lines.append(f"Checked: {sum(rule.checks for rule in verdict.rules):,} checks of {len(verdict.rules)} rules")
    lines += [
        f"  {rule.rule}: {rule.checks:,}"
        + (f", smallest slack {rule.smallest_slack:.2%}" if rule.smallest_slack is not None else "")
        for rule in verdict.rules
    ]
    if verdict.nothing_to_check:
        lines.append(f"Nothing to check for: {', '.join(verdict.nothing_to_check)}")
    return "\n".join(lines)


def _finding_in_words(finding: AuditFinding) -> str:
    by = f" by {finding.excess} {finding.unit}".rstrip() if finding.excess else ""
    return (
        f"  {finding.rule}: {RULES.get(finding.rule, '')}\n"
        f"      {finding.place}: {finding.left} {finding.operator} {finding.right} does not hold{by}"
    )
