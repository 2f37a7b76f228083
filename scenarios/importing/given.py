"""What the user says of a file beside the file itself."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalog.findings import Code, Finding, InputRejected, Location
from catalog.records import TEXT_LIMIT
from scenarios.importing.source import Where


@dataclass(frozen=True)
class Given:
    """The options that every kind has."""

    file: Path
    names: Path | None = None
    """A table of names of the source, in the scenario's words."""
    where: Where = ()
    as_of: date | None = None
    """Day on which the figures were true."""
    source: str = ""
    """Where the file comes from; its name where nothing is said."""
    licence: str = ""

    def origin(self, publisher: str = "", *details: str) -> str:
        """Where a row comes from: what the user says, or the publisher and the file; then what tells the row."""
        told = self.source or ", ".join(part for part in (publisher, self.file.name) if part)
        return "; ".join(part for part in (told, *details) if part)[:TEXT_LIMIT]

    def day(self) -> date:
        """The stated day; InputRejected if the file cannot say it and nobody has."""
        if self.as_of is None:
            hint = "add --as-of with the day of the run, or of the price list"
            where = Location(self.file.name)
            raise InputRejected([Finding(Code.BLANK, where, "a file without a date", "--as-of YYYY-MM-DD", hint)])
        return self.as_of
