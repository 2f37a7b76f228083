"""Which files a scenario is read from: those of its folder, and bundled tables that it names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from catalog.findings import Code, Finding, InputRejected, Location, did_you_mean, shown
from catalog.reading_records import TreeReader
from catalog.reading_text import ReadText, Source, read_text
from catalog.reading_yaml import YAML_LIMIT_BYTES
from scenarios.loading_tables import BUNDLED_FOLDER, BUNDLED_PREFIX, OPTIONAL, SCENARIO_FILE, SPECS

_NO_TABLES = rf"{re.escape(SCENARIO_FILE)}|variants(\.[a-z0-9-]+)?\.yaml"
"""What may stand beside the tables; variants are read by the commands that are told to."""
_TAG = r"(\.[a-z0-9-]+)?\.csv"


@dataclass(frozen=True)
class TableTexts:
    """The texts of the files of one table, and what is wrong with files that could not be read."""

    texts: tuple[ReadText, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Files:
    """The texts of a folder, read once."""

    document: ReadText | None
    """scenario.yaml."""
    tables: Mapping[str, TableTexts]
    """By name, the tables that the folder has."""
    findings: tuple[Finding, ...]
    """What is wrong with the folder and with scenario.yaml as a file."""


def read_files(folder: Path) -> Files:
    """All files of a scenario folder; InputRejected if there is no such folder."""
    if not folder.is_dir():
        hint = "name a folder that holds scenario.yaml; siliconmix init DIR writes an example"
        raise InputRejected([Finding(Code.NO_FILE, Location(folder.name), "no such folder", "a scenario folder", hint)])
    findings = list(_unknown_files(folder))
    document = read_text(Source(folder / SCENARIO_FILE, SCENARIO_FILE), findings, limit_bytes=YAML_LIMIT_BYTES)
    tables = {
        name: _texts_of([Source(path, path.name) for path in paths])
        for name in SPECS
        if (paths := list(_files_of(name, folder)))
    }
    return Files(document, tables, tuple(findings))


def _texts_of(sources: Sequence[Source]) -> TableTexts:
    findings: list[Finding] = []
    texts = [read_text(source, findings) for source in sources]
    return TableTexts(tuple(text for text in texts if text is not None), tuple(findings))


def _files_of(name: str, folder: Path) -> Iterator[Path]:
    """`table.csv` and `table.<tag>.csv`, sorted by name."""
    pattern = re.compile(re.escape(name) + _TAG)
    return (path for path in sorted(folder.glob("*.csv")) if pattern.fullmatch(path.name))


@cache
def _bundled_texts(name: str) -> TableTexts:
    return _texts_of([Source(path, BUNDLED_PREFIX + path.name) for path in _files_of(name, BUNDLED_FOLDER)])


@cache
def _bundled_names() -> tuple[str, ...]:
    return tuple(name for name in SPECS if any(_files_of(name, BUNDLED_FOLDER)))


def chosen_texts(
    files: Files, reader: TreeReader, findings: list[Finding], warnings: list[Finding]
) -> dict[str, TableTexts]:
    """The texts of every table that there is: `table.csv` takes the place of a bundled table that scenario.yaml names.

    Files with a tag add to it, whichever it is.
    """
    bundled: Sequence[str] = reader.values.get("bundled_tables", ())
    is_listed = bool(reader.lines) and ("bundled_tables" in reader.values) == ("bundled_tables" in reader.lines)
    findings += _what_is_not_bundled(bundled, reader)
    warnings += _bundled_in_vain(bundled, files, reader)
    chosen = {}
    for name in SPECS:
        if name in files.tables:
            own, adds = files.tables[name], name in bundled and name in _bundled_names()
            chosen[name] = _together(_bundled_texts(name), own) if adds and not _is_whole(name, own) else own
        elif name in bundled and name in _bundled_names():
            chosen[name] = _bundled_texts(name)
        elif name not in OPTIONAL and (is_listed or name not in _bundled_names()):
            findings.append(_absent(name))
    return chosen


def _bundled_in_vain(bundled: Sequence[str], files: Files, reader: TreeReader) -> Iterator[Finding]:
    for number, name in enumerate(bundled):
        if name in files.tables and _is_whole(name, files.tables[name]):
            found = f"{name}.csv in the folder"
            hint = f"delete {name} from bundled_tables; the folder's own table is used and the bundled one is not"
            where = reader.where(f"bundled_tables[{number}]")
            yield Finding(Code.BUNDLED_UNUSED, where, found, "the table in one place", hint)


def _is_whole(name: str, own: TableTexts) -> bool:
    """Whether the folder has the table itself, not only additions to it."""
    return any(text.name == f"{name}.csv" for text in own.texts)


def _together(bundled: TableTexts, own: TableTexts) -> TableTexts:
    return TableTexts((*bundled.texts, *own.texts), (*bundled.findings, *own.findings))


def _absent(name: str) -> Finding:
    hint = f"write {name}.csv"
    if name in _bundled_names():
        hint += f", or list {name} under bundled_tables in {SCENARIO_FILE}"
    return Finding(Code.NO_TABLE, Location(f"{name}.csv"), "no such table", "the table in the folder", hint)


def _what_is_not_bundled(bundled: Sequence[str], reader: TreeReader) -> Iterator[Finding]:
    names = _bundled_names()
    for number, name in enumerate(bundled):
        if name not in names:
            where = reader.where(f"bundled_tables[{number}]")
            expected = "a table that ships with the program"
            yield Finding(Code.NOT_BUNDLED, where, shown(name), expected, did_you_mean(name, names))


def _unknown_files(folder: Path) -> Iterator[Finding]:
    """A table under a wrong name would be left out in silence."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file() or re.fullmatch(_NO_TABLES, path.name):
            continue
        suffix = path.suffix.casefold()
        is_table = any(re.fullmatch(re.escape(name) + _TAG, path.name) for name in SPECS)
        if suffix in (".yaml", ".yml") or (suffix == ".csv" and not is_table):
            known = [SCENARIO_FILE] if suffix != ".csv" else [f"{name}.csv" for name in SPECS]
            hint = f"{did_you_mean(path.name, known)} Otherwise move it out of the folder"
            where = Location(path.name)
            expected = "table.csv or table.tag.csv"
            yield Finding(Code.UNKNOWN_FILE, where, "a file that is no table", expected, hint)
