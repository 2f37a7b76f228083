"""Which column of a trace is which, by name alone; two for one purpose, or none, are refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.findings import Code, Finding, Location, shown

TIMESTAMP, INPUT, OUTPUT, CACHED, WORKLOAD = (
    "timestamp",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "workload",
)
KINDS = ("image_tokens", "audio_tokens", "video_tokens")
"""Tokens of a prompt that are not text and not contained in its input tokens."""
REQUIRED = (TIMESTAMP, INPUT, OUTPUT)
NAMES: Mapping[str, tuple[str, ...]] = {
    TIMESTAMP: (TIMESTAMP,),
    INPUT: (INPUT, "ContextTokens", "prompt_tokens", "Request tokens"),
    OUTPUT: (OUTPUT, "GeneratedTokens", "completion_tokens", "Response tokens"),
    CACHED: (CACHED, "cached_input_tokens"),
    **{kind: (kind,) for kind in KINDS},
    WORKLOAD: (WORKLOAD,),
}
"""Under which names, whatever their case, each column is known; the first is ours."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read."""

    role: str
    """Our name for what it holds."""
    index: int
    """Its place in the file, from 0."""
    name: str
    """Its name in the file."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file that are read, and the names of those that are not."""

    columns: tuple[Column, ...]
    unread: tuple[str, ...]


def read_header(file: str, names: Sequence[str], findings: list[Finding]) -> Header:
    """Sort the columns of a file by purpose; findings for purposes without a column, or with two."""
    role_of = {name.casefold(): role for role, known in NAMES.items() for name in known}
    columns = [
        Column(role, index, name)
        for index, name in enumerate(names)
        if (role := role_of.get(name.strip().casefold())) is not None
    ]
    read = {column.index for column in columns}
    findings += _missing(file, names, columns)
    findings += _twice(file, columns)
    return Header(tuple(columns), tuple(name for index, name in enumerate(names) if index not in read))


def _missing(file: str, names: Sequence[str], columns: Sequence[Column]) -> Iterator[Finding]:
    there = {column.role for column in columns}
    others = next((word for mark, word in _SEPARATORS.items() if len(names) == 1 and mark in names[0]), None)
    if others is not None:
        hint = "save the file with commas between the cells"
        yield Finding(Code.SEPARATOR, Location(file, 1), f"cells separated by {others}", "commas", hint)
        return
    for role in REQUIRED:
        if role not in there:
            expected = f"a column {' or '.join(NAMES[role])}"
            hint = f"name the column that holds it {role}"
            found = f"the columns {', '.join(shown(name) for name in names[:12])}"
            yield Finding(Code.MISSING_COLUMN, Location(file, 1, role), found, expected, hint)


_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def _twice(file: str, columns: Sequence[Column]) -> Iterator[Finding]:
    for role in NAMES:
        names = [column.name for column in columns if column.role == role]
        if len(names) > 1:
            found = f"{len(names)} columns for it: {', '.join(map(shown, names))}"
            hint = "leave the right one and rename or delete the others; none is preferred"
            yield Finding(Code.REPEATED_COLUMN, Location(file, 1, role), found, "one column", hint)
