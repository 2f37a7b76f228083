"""Foreseen faults as records: each with its exit code, its kind, and one message that says what to do."""

from pathlib import Path
from typing import Literal

from catalog.findings import InputRejected
from optimizer.diagnosing.words import HEADING, message_of
from optimizer.faults import Disagreement, Impossible, NoPlan, SolverFault
from optimizer.negotiating.offers import CannotNegotiate
from optimizer.plan_file import PlanRejected
from optimizer.replaying.faults import CannotReplay
from optimizer.run import AuditFailed
from optimizer.sweeping.faults import SweepRefused
from reports.answers import Failure, exit_code, input_findings
from reports.audit_words import verdict_in_words
from reports.console_findings import render_findings
from reports.exits import Exit
from reports.kept_model import keep_model
from reports.publishing import NotWritable

Command = Literal["plan", "report", "audit", "whatif", "compare", "sweep", "negotiate", "explain", "replay", "diff"]

FORESEEN = (
    InputRejected,
    PlanRejected,
    Impossible,
    NoPlan,
    AuditFailed,
    SolverFault,
    NotWritable,
    SweepRefused,
    CannotNegotiate,
    CannotReplay,
    KeyboardInterrupt,
)
"""What a command may meet and turn into a failure; anything else is a fault of the program."""


def failure_of(error: BaseException, command: Command, keep_in: Path = Path()) -> Failure:
    """The failure that a foreseen fault is; `keep_in`: where a model that is to be looked at goes."""
    match error:
        case InputRejected():
            return Failure(
                command=command,
                exit=exit_code(Exit.BAD_INPUT),
                kind="inputs_rejected",
                message=render_findings(error.findings, as_json=False),
                findings=input_findings(error.findings),
            )
        case PlanRejected():
            return Failure(command=command, exit=exit_code(Exit.BAD_INPUT), kind="plan_rejected", message=str(error))
        case Impossible():
            return Failure(
                command=command,
                exit=exit_code(Exit.IMPOSSIBLE),
                kind="impossible",
                message=_impossible(error),
                reasons=error.reasons,
                why=error.why,
            )
        case AuditFailed():
            return Failure(
                command=command,
                exit=exit_code(Exit.AUDIT_FAILED),
                kind="audit_failed",
                message=f"{verdict_in_words(error.verdict)}\nNothing is published.",
                audit_findings=error.verdict.findings,
            )
        case SweepRefused():
            return Failure(command=command, exit=exit_code(Exit.BAD_INPUT), kind="sweep_refused", message=str(error))
        case CannotNegotiate():
            code = exit_code(Exit.BAD_INPUT)
            return Failure(command=command, exit=code, kind="cannot_negotiate", message=str(error))
        case CannotReplay():
            code = exit_code(Exit.BAD_INPUT)
            return Failure(command=command, exit=code, kind="cannot_replay", message=str(error))
        case NotWritable():
            return Failure(command=command, exit=exit_code(Exit.NOT_WRITABLE), kind="not_writable", message=str(error))
        case Disagreement():
            kept = keep_model(error.arrays, keep_in)
            where = "could not be written" if kept is None else f"is kept in {kept}"
            return Failure(
                command=command,
                exit=exit_code(Exit.SOLVER_FAULT),
                kind="solver_fault",
                message=f"Solver: {error}. Nothing is published; the model {where}.",
                model_file=None if kept is None else str(kept),
            )
        case SolverFault():
            return Failure(
                command=command,
                exit=exit_code(Exit.SOLVER_FAULT),
                kind="solver_fault",
                message=f"Solver: {error}. Nothing is published.",
            )
        case _:
            return _stopped(error, command)


def _impossible(error: Impossible) -> str:
    if error.why is not None:
        return message_of(error.why)
    return "\n".join((HEADING, *(f"  - {reason}" for reason in error.reasons)))


def _stopped(error: BaseException, command: Command) -> Failure:
    """Stopped by the clock or by a person."""
    if isinstance(error, NoPlan) and not error.interrupted:
        return Failure(
            command=command,
            exit=exit_code(Exit.NO_PLAN),
            kind="no_plan",
            message=(
                "The time limit came before any plan was found; nothing is published. Mend: a higher --time-limit."
            ),
        )
    when = "before any plan was found" if isinstance(error, NoPlan) else "before there was a plan"
    return Failure(
        command=command,
        exit=exit_code(Exit.INTERRUPTED),
        kind="interrupted",
        message=f"Interrupted {when}; nothing is published.",
    )
