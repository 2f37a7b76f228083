"""Every run draws the same examples, and says in one line what it could not check."""

import shutil

import pytest
from hypothesis import settings

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

WITHOUT_LIBREOFFICE = "LibreOffice is not here"


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
