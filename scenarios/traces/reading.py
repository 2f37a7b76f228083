"""A trace file -> requests in order of arrival, or everything that is wrong with its rows at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.findings import Code, Finding, InputRejected, Location, counted, shown
from scenarios.traces.chunks import Chunk, opened
from scenarios.traces.columns import CACHED, INPUT, KINDS, OUTPUT, TIMESTAMP, WORKLOAD, Header
from scenarios.traces.hours import gap_findings
from scenarios.traces.records import Trace
from scenarios.traces.slips import Slip, Slips
from scenarios.traces.times import TimeKind, Times
from scenarios.traces.values import ROW_HINT, UNREADABLE, read_names, read_tokens

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


def read_trace(
    path: Path,
    *,
    utc_offset: timedelta = timedelta(0),
    second_0: datetime | None = None,
    on_rows: Callable[[int], None] | None = None,
) -> Trace:
    """The requests of a CSV, CSV.gz or Parquet file by time; InputRejected, with every bad row, if any is bad.

    `utc_offset` is that of times without a zone; `second_0` the moment (with a zone) from which a file counts that
    states seconds only; `on_rows` is told after every chunk how many rows were read. Whatever is assumed, moved or
    missing is named in the trace's warnings.
    """
    with opened(path) as (header, chunks, slips):
        read = _Read(header, Times(slips))
        for chunk in chunks:
            read.take(chunk)
            if on_rows is not None:
                on_rows(sum(map(len, read.rows)))
    read.refuse_what_is_wrong()
    return _trace(read, utc_offset, second_0)


@dataclass(slots=True)
class _Read:
    """The columns of a file, chunk after chunk."""

    header: Header
    times: Times
    moments: list[NDArray[np.int64]] = field(default_factory=list)
    rows: list[NDArray[np.int64]] = field(default_factory=list)
    tokens: dict[str, list[NDArray[np.int64]]] = field(default_factory=dict)
    names: list[pa.Array] = field(default_factory=list)

    @property
    def slips(self) -> Slips:
        return self.times.slips

    @property
    def file(self) -> str:
        return self.slips.file

    def take(self, chunk: Chunk) -> None:
        """Convert a chunk and keep its columns; what cannot be read becomes a slip."""
        chunk = chunk.without_blank_rows()
        if not len(chunk.rows):
            return
        self.rows.append(chunk.rows)
        self.moments.append(self.times.read(chunk))
        token_roles = [role for role in chunk.columns if role in (INPUT, OUTPUT, CACHED, *KINDS)]
        tokens = {role: read_tokens(chunk, role, self.slips) for role in token_roles}
        self.slips.add(_contradictions(chunk, tokens))
        for role, column in tokens.items():
            self.tokens.setdefault(role, []).append(column)
        if WORKLOAD in chunk.columns:
            self.names.append(read_names(chunk, WORKLOAD, self.slips))

    def refuse_what_is_wrong(self) -> None:
        findings = self.slips.findings()
        if not self.rows and not findings:
            hint = "check the export; a trace has a row for each request"
            findings.append(Finding(Code.NO_ROWS, Location(self.file), "a header and no rows", "requests", hint))
        if findings:
            raise InputRejected(findings)


def _contradictions(chunk: Chunk, tokens: Mapping[str, NDArray[np.int64]]) -> Iterator[Slip]:
    """Requests without any prompt, and such with more cached than prompt tokens."""
    unreadable = np.any([column == UNREADABLE for column in tokens.values()], axis=0)
    prompt = _prompt(tokens)
    for index in np.flatnonzero((prompt == 0) & ~unreadable).tolist():
        found = f"a request without {' or '.join(_readable(role) for role in (INPUT, *KINDS) if role in tokens)}"
        hint = "every request has a prompt: give the tokens of the kind it has (text, image, audio, video)"
        yield Slip(Code.RANGE, int(chunk.rows[index]), INPUT, found, "at least 1 prompt token", hint)
    if CACHED in tokens:
        for index in np.flatnonzero((tokens[CACHED] > prompt) & ~unreadable).tolist():
            found = f"{tokens[CACHED][index]} cached of {prompt[index]} input tokens"
            yield Slip(Code.CONTRADICTION, int(chunk.rows[index]), CACHED, found, "at most all of them", ROW_HINT)


def _readable(role: str) -> str:
    return role.replace("_", " ")


def _prompt(tokens: Mapping[str, NDArray[np.int64]]) -> NDArray[np.int64]:
    prompt = tokens[INPUT].copy()
    for kind in KINDS:
        if kind in tokens:
            prompt += tokens[kind]
    return prompt


def _trace(read: _Read, utc_offset: timedelta, second_0: datetime | None) -> Trace:
    moments = np.concatenate(read.moments)
    tokens = {role: np.concatenate(columns) for role, columns in read.tokens.items()}
    names = _names(read.names)
    warnings = [*_about_times(read, utc_offset, second_0), *_about_tokens(read.file, tokens), *_unread(read)]
    if (moments[1:] < moments[:-1]).any():
        warnings.append(_unsorted(read.file, moments, np.concatenate(read.rows)))
        order = np.argsort(moments, kind="stable")
        moments = moments[order]
        tokens = {role: column[order] for role, column in tokens.items()}
        names = None if names is None else names[order]
    trace = Trace(
        source=read.file,
        seconds=(moments - moments[0]) / 1e9,
        input_tokens=_prompt(tokens),
        output_tokens=tokens[OUTPUT],
        cached_tokens=tokens.get(CACHED),
        workload=names,
        start=_start(read.times.kind, int(moments[0]), utc_offset, second_0),
        warnings=tuple(warnings),
    )
    return trace.with_warnings(gap_findings(trace))


def _names(parts: Sequence[pa.Array]) -> NDArray[np.str_] | None:
    if not parts:
        return None
    coded = pa.chunked_array(parts).combine_chunks().dictionary_encode()
    known = np.array(coded.dictionary.to_pylist(), dtype=np.str_)
    names: NDArray[np.str_] = known[coded.indices.to_numpy(zero_copy_only=False)]
    return names


def _start(kind: TimeKind | None, first_ns: int, utc_offset: timedelta, second_0: datetime | None) -> datetime | None:
    after = first_ns // 1000 * _US
    if kind is TimeKind.SECONDS:
        return None if second_0 is None else second_0.astimezone(UTC) + after
    return _EPOCH + after - (utc_offset if kind is TimeKind.LOCAL else timedelta(0))


def _about_times(read: _Read, utc_offset: timedelta, second_0: datetime | None) -> Iterator[Finding]:
    where = Location(read.file, column=TIMESTAMP)
    if read.times.kind is TimeKind.LOCAL and not utc_offset:
        hint = "if they are local times, state their offset from UTC (--utc-offset +09:00)"
        yield Finding(Code.NO_ZONE, where, "times without a zone, read as UTC", "a zone in every time", hint)
    if read.times.kind is TimeKind.SECONDS and second_0 is None:
        found = "seconds from a moment that the file does not state"
        hint = "state the moment of second 0 (--second-0 2026-03-02T00:00Z); until then there is no hour of the week"
        yield Finding(Code.NO_DATE, where, found, "a date and time", hint)
    zones = {_as_offset(zone) for zone in read.times.zones}
    if len(zones) > 1:
        found = f"{len(zones)} zones: " + ", ".join(f"{zone} ({n:,})" for zone, n in sorted(read.times.zones.items()))
        hint = "nothing, if each is right; all are moved to UTC"
        yield Finding(Code.SEVERAL_ZONES, where, found, "times in one zone", hint)


def _as_offset(zone: str) -> str:
    """+05:30, +0530 and Z alike.

    >>> _as_offset("Z"), _as_offset("+0530"), _as_offset("-08"), _as_offset("UTC")
    ('+0000', '+0530', '-0800', '+0000')
    """
    return "+0000" if zone in ("Z", "UTC") else zone.replace(":", "").ljust(5, "0")


def _about_tokens(file: str, tokens: Mapping[str, NDArray[np.int64]]) -> Iterator[Finding]:
    without = int(np.count_nonzero(tokens[OUTPUT] == 0))
    if without:
        total = len(tokens[OUTPUT])
        found = f"{without:,} of {total:,} requests with 0 output tokens (embeddings, classes, or cancelled answers)"
        hint = "nothing, if that is so: in size classes each counts as one output token, its one result"
        yield Finding(Code.NO_OUTPUT, Location(file, column=OUTPUT), found, "answers of at least 1 token", hint)
    kinds = {kind: int(tokens[kind].sum()) for kind in KINDS if kind in tokens}
    if kinds:
        found = ", ".join(f"{count:,} {_readable(kind)}" for kind, count in kinds.items()) + " added to the input"
        hint = f"nothing, if {INPUT} does not contain them; if it does, delete their columns"
        yield Finding(Code.OTHER_TOKENS, Location(file, column=INPUT), found, "prompts of text", hint)


def _unread(read: _Read) -> Iterator[Finding]:
    if read.header.unread:
        found = ", ".join(shown(name) for name in read.header.unread)
        hint = "nothing, unless one of them should be read: then give it the name of docs/traces.md"
        yield Finding(Code.UNREAD, Location(read.file, 1), f"the columns {found}", "columns that are read", hint)


def _unsorted(file: str, moments: NDArray[np.int64], rows: NDArray[np.int64]) -> Finding:
    late = moments < np.maximum.accumulate(moments)
    first = int(rows[np.flatnonzero(late)[0]])
    found = f"{counted(int(late.sum()), 'row')} earlier than a row before, the first of them this one"
    hint = "nothing, if the times are right; the rows are put in order of time"
    return Finding(Code.UNSORTED, Location(file, first, TIMESTAMP), found, "rows in order of time", hint)
