"""Every run draws the same examples, and says in one line what it could not check."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from optimizer.solve import Session

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

WITHOUT_LIBREOFFICE = "LibreOffice is not here"


@pytest.fixture(scope="session", autouse=True)
def _interrupts_are_heard() -> None:
    """Ctrl-C means the same however the tests were begun: a shell that begins them in the background has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _solvers_wait_for_the_next_session() -> Iterator[None]:
    """A solver process that a session has done with serves the next one: to begin one takes longer than a small plan.

    Not where a question was left without an answer, or a stop was asked for: that process could still speak of it.
    """
    idle: list[subprocess.Popen[bytes]] = []
    unanswered: set[Session] = set()
    begin, ask, end = Session._running, Session._ask, Session.end

    def running(self: Session) -> "subprocess.Popen[bytes]":
        if self._process is None and idle:
            self._process = idle.pop()
        return begin(self)

    def asked(self: Session, *question: Any) -> Any:
        unanswered.add(self)
        answer = ask(self, *question)
        unanswered.discard(self)
        return answer

    def ended(self: Session) -> None:
        process = self._process
        if process is not None and self not in unanswered and not self.stopped_by_user and process.poll() is None:
            idle.append(process)
            self._process = None
        unanswered.discard(self)
        end(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "_running", running)
        patch.setattr(Session, "_ask", asked)
        patch.setattr(Session, "end", ended)
        yield
    for process in idle:
        with Session() as last:
            last._process = process


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what recalculates workbooks where there is nothing to recalculate them with."""
    if shutil.which("soffice") is not None:
        return
    for item in items:
        if item.get_closest_marker("libreoffice"):
            item.add_marker(pytest.mark.skip(reason=WITHOUT_LIBREOFFICE))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for all tests that did not run for want of LibreOffice."""
    skipped = terminalreporter.stats.get("skipped", [])
    missed = sum(WITHOUT_LIBREOFFICE in str(report.longrepr) for report in skipped)
    if missed:
        terminalreporter.write_line(f"{WITHOUT_LIBREOFFICE}: {missed} tests that recalculate workbooks did not run.")
