"""How a command tells its result: to a person on one screen, or to a program as one JSON document.

Either way results alone go to stdout, and what goes on or goes wrong goes to stderr.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import click

from optimizer.plan import AuditVerdict, Plan
from reports.answers import Failure, plan_answer
from reports.audit_words import describe_audit
from reports.console import show_plan
from reports.exits import Exit
from reports.failures import FORESEEN, Command, failure_of


@dataclass(frozen=True)
class Told:
    """What there is to tell of a plan that is published."""

    command: Literal["plan", "report"]
    plan: Plan
    exit: Exit
    files: Sequence[Path]
    seconds: Mapping[str, float]


class Teller(Protocol):
    """To whom a command speaks."""

    def plan(self, told: Told) -> None:
        """A plan is published."""

    def verdict(self, verdict: AuditVerdict) -> None:
        """A plan is audited."""

    def failure(self, failure: Failure) -> None:
        """There is no result."""


class ToPeople:
    """One screen, and messages that say what to do."""

    def plan(self, told: Told) -> None:
        """The plan, and where it was written."""
        show_plan(told.plan)
        click.echo(f"\nWritten: {' and '.join(map(str, told.files))}")

    def verdict(self, verdict: AuditVerdict) -> None:
        """The verdict with what was checked."""
        click.echo(describe_audit(verdict))

    def failure(self, failure: Failure) -> None:
        """The message, on stderr."""
        print(failure.message, file=sys.stderr)


class ToPrograms:
    """One JSON document on stdout; a failure's message is on stderr, too."""

    def plan(self, told: Told) -> None:
        """The answer as a document."""
        answer = plan_answer(told.plan, command=told.command, code=told.exit, files=told.files, seconds=told.seconds)
        click.echo(answer.model_dump_json(indent=1))

    def verdict(self, verdict: AuditVerdict) -> None:
        """The verdict as a document."""
        click.echo(verdict.model_dump_json(indent=1))

    def failure(self, failure: Failure) -> None:
        """The failure as a document."""
        print(failure.message, file=sys.stderr)
        click.echo(failure.model_dump_json(indent=1))


def teller(*, as_json: bool) -> Teller:
    """Whoever was asked for."""
    return ToPrograms() if as_json else ToPeople()


@dataclass
class Outcome:
    """The exit code of a command, set when it is known."""

    exit: Exit = Exit.PUBLISHED


@contextmanager
def faults_told(command: Command, to: Teller, keep_in: Path = Path()) -> Iterator[Outcome]:
    """Turn every foreseen fault into one clear message and its exit code.

    A model about which the solver contradicts itself is kept in the folder `keep_in`.
    """
    outcome = Outcome()
    try:
        yield outcome
    except FORESEEN as fault:
        failure = failure_of(fault, command, keep_in)
        to.failure(failure)
        outcome.exit = Exit(failure.exit.code)
