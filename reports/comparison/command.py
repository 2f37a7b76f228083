"""What `siliconmix compare` does: audit every plan file, compare those that pass, write the workbook, tell."""

from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path

from optimizer.audit import audit_plan
from optimizer.comparing.bridge import Alone
from optimizer.comparing.comparison import Outcome, Tried, compare
from optimizer.comparing.inputs_differ import differing_inputs
from optimizer.plan import Plan
from optimizer.plan_file import PlanRejected, read_plan
from optimizer.run import AuditFailed
from reports.audit_words import verdict_in_words
from reports.change_words import changed_in_words
from reports.comparison.publishing import write_book
from reports.comparison.telling import tell_comparison
from reports.exits import Exit
from reports.publishing import PLAN_JSON
from reports.telling import faults_told, teller


def compare_files(base_path: Path, variant_paths: Sequence[Path], out: Path, *, as_json: bool) -> Exit:
    """Compare published plans; those that fail their audit are named, and the rest goes on."""
    with faults_told("compare", teller(as_json=as_json)) as outcome:
        base_name, *names = names_of([base_path, *variant_paths])
        base = audited_file(base_path)
        tried = [_tried(name, path, base) for name, path in zip(names, variant_paths, strict=True)]
        comparison = compare(base_name, base, tried)
        write_book(comparison, out)
        outcome.exit = tell_comparison(comparison, "compare", (out,), {}, as_json=as_json)
    return outcome.exit


def audited_file(path: Path) -> Plan:
    """The plan in a file with a verdict of its own; raises PlanRejected or AuditFailed."""
    plan = read_plan(path)
    verdict = audit_plan(plan)
    if verdict.verdict != "PASS":
        raise AuditFailed(verdict)
    return plan.model_copy(update={"audit": verdict})


def names_of(paths: Sequence[Path]) -> list[str]:
    """A name for each plan: its file's, or its folder's where it is called plan.json; none twice.

    >>> names_of([Path("base/plan.json"), Path("cheap/plan.json"), Path("plans/b.json"), Path("other/B.json")])
    ['base', 'cheap', 'b', 'B-2']
    """
    names: list[str] = []
    for path in paths:
        name = path.absolute().parent.name if path.name == PLAN_JSON else path.stem
        taken = {other.casefold() for other in names}
        numbered = (f"{name}-{number}" for number in count(2))
        names.append(next(free for free in chain([name], numbered) if free.casefold() not in taken))
    return names


def _tried(name: str, path: Path, base: Plan) -> Tried:
    try:
        plan = audited_file(path)
    except PlanRejected as rejected:
        return Tried(name, (), Outcome.REJECTED, reasons=(str(rejected),))
    except AuditFailed as failed:
        return Tried(name, (), Outcome.REJECTED, reasons=(f"{path}: {verdict_in_words(failed.verdict)}",))
    changes = differing_inputs(base.scenario, plan.scenario)
    alone = (Alone(changed_in_words(changes[0]), plan),) if len(changes) == 1 else ()
    return Tried(name, changes, Outcome.SOLVED, plan, alone=alone)
