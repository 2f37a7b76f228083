"""Trace files: what is read is read alike from every format, what is wrong is named by row, nothing is guessed."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pytest

from catalog.findings import Code, Finding, InputRejected
from scenarios.traces import Trace, chunks, read_trace
from scenarios.traces.columns import NAMES
from scenarios.traces.slips import MOST_NAMED
from tests.tracing import HEADER, MONDAY, a_file

BUNDLED = Path(__file__).resolve().parent.parent / "catalog" / "bundled"
FIRST = "2026-03-02T00:00:00Z,100,50"


def refused(path: Path) -> tuple[Finding, ...]:
    with pytest.raises(InputRejected) as rejected:
        read_trace(path)
    return rejected.value.findings


def codes(trace: Trace) -> list[Code]:
    return [warning.code for warning in trace.warnings]


def test_the_azure_traces_are_read_as_they_are() -> None:
    """19,366 rows; the first at 18:15:46.6805900, the last at 19:14:08.4025270."""
    trace = read_trace(BUNDLED / "azure_llm_2023_conv.csv.gz")
    assert len(trace) == 19366
    assert trace.start == datetime(2023, 11, 16, 18, 15, 46, 680590, UTC)
    assert (trace.input_tokens[0], trace.output_tokens[-1]) == (374, 183)
    assert trace.seconds[-1] == pytest.approx(3501.721937, abs=1e-9)
    assert codes(trace) == [Code.NO_ZONE]


def test_a_file_says_the_same_plain_packed_and_as_parquet(tmp_path: Path) -> None:
    header = f"{HEADER},cached_tokens,workload"
    plain = a_file(tmp_path, f"{FIRST},10,chat", "2026-03-02T00:00:01.5Z,7,3,0,code", header=header)
    packed, columnar = tmp_path / "trace.csv.gz", tmp_path / "trace.parquet"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    parquet.write_table(arrow_csv.read_csv(plain), columnar)
    for trace in map(read_trace, (plain, packed, columnar)):
        assert (trace.start, trace.seconds.tolist()) == (MONDAY, [0.0, 1.5])
        assert (trace.input_tokens.tolist(), trace.output_tokens.tolist()) == ([100, 7], [50, 3])
        assert trace.cached_tokens is not None
        assert trace.workload is not None
        assert (trace.cached_tokens.tolist(), trace.workload.tolist()) == ([10, 0], ["chat", "code"])
        assert trace.warnings == ()


@pytest.mark.parametrize(("role", "expected"), [("input_tokens", 100), ("output_tokens", 50), ("cached_tokens", 7)])
def test_every_known_name_of_a_column_is_read(tmp_path: Path, role: str, expected: int) -> None:
    for name in NAMES[role]:
        header = ["timestamp", "input_tokens", "output_tokens", "cached_tokens"]
        header[header.index(role)] = name.upper()
        trace = read_trace(a_file(tmp_path, f"{FIRST},7", header=",".join(header)))
        assert getattr(trace, role).tolist() == [expected]


def test_chunks_are_one_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 64 bytes hold one or two rows each; a slip in the last one has its own row number."""
    monkeypatch.setattr(chunks, "_BLOCK_BYTES", 64)
    rows = [f"2026-03-02T00:00:{second:02d}Z,{second + 1},2" for second in range(60)]
    trace = read_trace(a_file(tmp_path, *rows))
    assert trace.input_tokens.tolist() == list(range(1, 61))
    (finding,) = refused(a_file(tmp_path, *rows, "2026-03-02T00:01:00Z,x,2"))
    assert (finding.where.row, finding.found) == (62, '"x"')


@pytest.mark.parametrize(
    ("row", "code", "column", "found"),
    [
        ("2026-03-02T00:00:01Z,-4,5", Code.RANGE, "input_tokens", "-4"),
        ("2026-03-02T00:00:01Z,4.5,5", Code.NOT_WHOLE, "input_tokens", '"4.5"'),
        ("2026-03-02T00:00:01Z,4,", Code.BLANK, "output_tokens", "a blank cell"),
        ("2026-03-02T00:00:01Z,4,20000000", Code.HUGE, "output_tokens", "20000000"),
        ("yesterday,4,5", Code.TIME, "timestamp", '"yesterday"'),
        ("2026-03-02,4,5", Code.TIME, "timestamp", '"2026-03-02"'),
        ("2026-02-30T00:00:01Z,4,5", Code.TIME, "timestamp", '"2026-02-30T00:00:01Z"'),
        (",4,5", Code.BLANK, "timestamp", "a blank cell"),
        ("2026-03-02T00:00:01,4,5", Code.ZONES, "timestamp", '"2026-03-02T00:00:01", without a zone'),
        ("86401,4,5", Code.ZONES, "timestamp", '"86401", a number of seconds'),
        ("2026-03-02T00:00:01Z,4", Code.RAGGED, "", "2 cells"),
        ("2026-03-02T00:00:01Z,4,5,6", Code.RAGGED, "", "4 cells"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(tmp_path: Path, row: str, code: Code, column: str, found: str) -> None:
    (finding,) = refused(a_file(tmp_path, FIRST, row, FIRST))
    assert (finding.code, finding.where.row, finding.where.column, finding.found) == (code, 3, column, found)
    assert finding.expected
    assert finding.hint


@pytest.mark.parametrize(
    ("row", "code"), [("2026-03-02T00:00:00Z,0x1F,3", Code.NOT_WHOLE), ("1850-03-02T00:00:00Z,1,3", Code.TIME)]
)
def test_a_bad_cell_is_as_bad_beside_good_ones(tmp_path: Path, row: str, code: Code) -> None:
    """A chunk without another bad cell is converted at once, which must not let more pass."""
    with pytest.raises(InputRejected) as rejected:
        read_trace(a_file(tmp_path, row))
    assert [(finding.where.row, finding.code) for finding in rejected.value.findings] == [(2, code)]


def test_everything_wrong_is_told_in_one_run(tmp_path: Path) -> None:
    path = a_file(tmp_path, FIRST, "soon,4,5", "2026-03-02T00:00:01Z,4", "2026-03-02T00:00:01Z,-4,x")
    found = {(f.where.row, f.where.column, f.code) for f in refused(path)}
    assert found == {
        (3, "timestamp", Code.TIME),
        (4, "", Code.RAGGED),
        (5, "input_tokens", Code.RANGE),
        (5, "output_tokens", Code.NOT_WHOLE),
    }


def test_a_column_that_is_wrong_throughout_does_not_bury_the_others(tmp_path: Path) -> None:
    rows = [f"2026-03-02T00:00:01Z,-1,{'x' if number == 90 else 1}" for number in range(100)]
    findings = refused(a_file(tmp_path, *rows))
    assert len(findings) == MOST_NAMED + 1 + 1
    assert [f.found for f in findings if "more rows" in f.found] == ["80 more rows like it, which are not named here"]


def test_a_request_has_a_prompt_and_no_more_of_it_cached(tmp_path: Path) -> None:
    header = f"{HEADER},cached_tokens"
    rows = ["2026-03-02T00:00:00Z,0,5,0", "2026-03-02T00:00:00Z,4,5,5"]
    no_prompt, cached = refused(a_file(tmp_path, *rows, header=header))
    assert (no_prompt.code, no_prompt.where.row) == (Code.RANGE, 2)
    assert (cached.code, cached.where.row, cached.found) == (Code.CONTRADICTION, 3, "5 cached of 4 input tokens")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.EMPTY),
        (b"\n", Code.EMPTY),
        (b"timestamp,input_tokens,output_tokens\n", Code.NO_ROWS),
        (b"timestamp,input_tokens,output_tokens\n\n\n", Code.NO_ROWS),
        (b"timestamp,input_tokens\n1,2\n", Code.MISSING_COLUMN),
        (b"timestamp,input_tokens,output_tokens,prompt_tokens\n1,2,3,4\n", Code.REPEATED_COLUMN),
        (b"timestamp;input_tokens;output_tokens\n1;2;3\n", Code.SEPARATOR),
        (b"timestamp,input_tokens,output_tokens\r1,2,3\r", Code.LINE_ENDS),
        ("timestamp,input_tokens,output_tokens\n1,2,3\n".encode("utf-16"), Code.ENCODING),
        (b"timestamp,input_tokens,output_tokens,workload\n1,2,3,caf\xe9\n", Code.ENCODING),
        (b"PK\x03\x04 and so on", Code.NOT_TEXT),
        (b"\x1f\x8b and so on", Code.UNREADABLE),
        (gzip.compress(b"timestamp,input_tokens,output_tokens\n1,2,3\n" * 99, mtime=0)[:-20], Code.UNREADABLE),
        (b"PAR1 and so on", Code.UNREADABLE),
    ],
    ids=str,
)
def test_what_is_no_trace_is_refused_by_name(tmp_path: Path, content: bytes, code: Code) -> None:
    path = tmp_path / "trace.csv"
    path.write_bytes(content)
    assert {finding.code for finding in refused(path)} == {code}


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert [f.code for f in refused(tmp_path / "trace.csv")] == [Code.NO_FILE]
    assert [f.code for f in refused(tmp_path)] == [Code.UNREADABLE]


def test_more_rows_than_the_limit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "ROW_LIMIT", 2)
    assert [f.code for f in refused(a_file(tmp_path, FIRST, FIRST, FIRST))] == [Code.TOO_MANY_ROWS]


def test_blank_lines_are_no_rows_and_keep_their_numbers(tmp_path: Path) -> None:
    (finding,) = refused(a_file(tmp_path, FIRST, "", "2026-03-02T00:00:01Z,-4,5", ""))
    assert finding.where.row == 4


def test_a_prompt_in_quotes_may_have_commas_and_lines(tmp_path: Path) -> None:
    """A row is a row as a spreadsheet counts, however many lines it has."""
    header = f"{HEADER},prompt"
    (finding,) = refused(a_file(tmp_path, f'{FIRST},"one,\ntwo"', "2026-03-02T00:00:01Z,-4,5,three", header=header))
    assert (finding.code, finding.where.row) == (Code.RANGE, 3)


def test_columns_of_a_parquet_file_that_hold_no_values_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "trace.parquet"
    parquet.write_table(pa.table({"timestamp": [[1], [2]], "input_tokens": [1, 2], "output_tokens": [1, 2]}), path)
    assert [finding.code for finding in refused(path)] == [Code.UNREADABLE]
    parquet.write_table(pa.table({"timestamp": [1, 2], "input_tokens": [[1], [2]], "output_tokens": [1, 2]}), path)
    assert {finding.code for finding in refused(path)} == {Code.NOT_WHOLE}


def test_null_cells_of_a_parquet_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "trace.parquet"
    moments = pa.array([MONDAY, None], pa.timestamp("us", "UTC"))
    parquet.write_table(pa.table({"timestamp": moments, "input_tokens": [1.0, 2.5], "output_tokens": [1, None]}), path)
    found = {(f.where.row, f.where.column, f.code) for f in refused(path)}
    assert found == {
        (2, "timestamp", Code.BLANK),
        (2, "input_tokens", Code.NOT_WHOLE),
        (2, "output_tokens", Code.BLANK),
    }


def test_times_without_a_zone_are_utc_unless_the_offset_is_stated(tmp_path: Path) -> None:
    path = a_file(tmp_path, "2026-03-02 09:00:00,4,5")
    said_nothing, stated = read_trace(path), read_trace(path, utc_offset=timedelta(hours=9))
    assert (said_nothing.start, codes(said_nothing)) == (MONDAY + timedelta(hours=9), [Code.NO_ZONE])
    assert (stated.start, codes(stated)) == (MONDAY, [])


def test_zones_that_are_all_stated_are_moved_to_utc_and_named(tmp_path: Path) -> None:
    """05:30 in India, 19:00 of the day before in New York, and midnight in London are one moment."""
    rows = ["2026-03-02T05:30+05:30,1,1", "2026-03-01T19:00-0500,2,1", "2026-03-02T00:00Z,3,1"]
    trace = read_trace(a_file(tmp_path, *rows))
    assert (trace.start, trace.seconds.tolist()) == (MONDAY, [0.0, 0.0, 0.0])
    assert [str(w.found) for w in trace.warnings] == ["3 zones: +05:30 (1), -0500 (1), Z (1)"]
    same = read_trace(a_file(tmp_path, "2026-03-02T00:00+00:00,1,1", "2026-03-02T00:00Z,3,1"))
    assert same.warnings == ()


def test_seconds_have_a_date_only_if_it_is_stated(tmp_path: Path) -> None:
    path = a_file(tmp_path, "86400.5,1,1", "86401.25,1,1")
    said_nothing, stated = read_trace(path), read_trace(path, second_0=MONDAY)
    assert (said_nothing.start, said_nothing.seconds.tolist(), codes(said_nothing)) == (None, [0, 0.75], [Code.NO_DATE])
    assert (stated.start, codes(stated)) == (MONDAY + timedelta(days=1, seconds=0.5), [])


def test_rows_out_of_order_are_sorted_and_named(tmp_path: Path) -> None:
    rows = [f"2026-03-02T00:00:0{second}Z,{number},1" for number, second in ((1, 1), (2, 3), (3, 2), (4, 3))]
    trace = read_trace(a_file(tmp_path, *rows))
    assert trace.input_tokens.tolist() == [1, 3, 2, 4]
    assert trace.seconds.tolist() == [0, 1, 2, 2]
    (warning,) = trace.warnings
    assert (warning.code, warning.where.row) == (Code.UNSORTED, 4)
    assert warning.found.startswith("1 row earlier")


def test_a_month_of_gaps_is_one_named_run(tmp_path: Path) -> None:
    """The hour of the first row and that of the last have requests; 31 days less one hour between them have none."""
    trace = read_trace(a_file(tmp_path, "2026-03-02T00:59Z,4,5", "2026-04-02T00:01Z,4,5"))
    (gap,) = trace.warnings
    assert (gap.code, gap.found) == (Code.GAP, "no request for 743 hours from 2026-03-02 01:00 UTC")


def test_embeddings_are_said_to_have_no_output(tmp_path: Path) -> None:
    trace = read_trace(a_file(tmp_path, FIRST, "2026-03-02T00:00:01Z,300,0"))
    (warning,) = trace.warnings
    assert warning.code is Code.NO_OUTPUT
    assert warning.found.startswith("1 of 2 requests with 0 output tokens")
    assert trace.output_tokens.tolist() == [50, 0]


def test_tokens_of_other_kinds_are_prefilled_like_text(tmp_path: Path) -> None:
    """A picture alone is a prompt; text and picture are added up."""
    rows = ["2026-03-02T00:00:00Z,0,5,576", "2026-03-02T00:00:00Z,20,5,1152"]
    trace = read_trace(a_file(tmp_path, *rows, header=f"{HEADER},image_tokens"))
    assert trace.input_tokens.tolist() == [576, 1172]
    (warning,) = trace.warnings
    assert (warning.code, warning.found) == (Code.OTHER_TOKENS, "1,728 image tokens added to the input")


def test_columns_that_are_not_read_are_named(tmp_path: Path) -> None:
    (warning,) = read_trace(a_file(tmp_path, f"{FIRST},1", header=f"{HEADER},tenant")).warnings
    assert (warning.code, warning.found) == (Code.UNREAD, 'the columns "tenant"')


def test_some_of_the_requests_count_their_own_seconds(tmp_path: Path) -> None:
    trace = read_trace(a_file(tmp_path, FIRST, "2026-03-02T00:00:10Z,4,5", "2026-03-02T00:00:12Z,6,7"))
    some = trace.chosen(np.array([False, True, True]))
    assert (some.start, some.seconds.tolist()) == (MONDAY + timedelta(seconds=10), [0, 2])
    assert some.input_tokens.tolist() == [4, 6]
