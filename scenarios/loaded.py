"""A scenario that has been read, and where everything in it was typed."""

from dataclasses import dataclass

from catalog.findings import Finding, Location
from catalog.loading import Key, key_part
from scenarios.loading_tables import SCENARIO_FILE
from scenarios.scenario import Scenario


@dataclass(frozen=True)
class Places:
    """Where each row of a table and each key of scenario.yaml was typed."""

    _rows: dict[str, dict[Key, Location]]
    _lines: dict[str, int]

    def of(self, table: str, *key: object) -> Location | None:
        """The place of a row, by the values of its key columns; None if there is no such row."""
        return self._rows.get(table, {}).get(tuple(map(key_part, key)))

    def setting(self, key_path: str) -> Location | None:
        """The place of a key of scenario.yaml, such as policy.contingencies[0].name; None if it is not there."""
        line = self._lines.get(key_path)
        return None if line is None else Location(SCENARIO_FILE, line=line, key_path=key_path)


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario that can be planned, and what is worth knowing about how it was written."""

    scenario: Scenario
    places: Places
    warnings: tuple[Finding, ...]
