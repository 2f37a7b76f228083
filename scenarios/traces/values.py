"""Cells of a chunk -> whole tokens and names; a cell that cannot be read becomes a slip with its row.

A whole chunk is converted at once; only where that fails are its rows looked at one by one.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.findings import Code, shown
from scenarios.traces.chunks import Chunk
from scenarios.traces.slips import Slip, Slips

MOST_TOKENS = 10_000_000
"""More tokens than this in one request are taken for a slip of a column."""
UNREADABLE = np.iinfo(np.int64).min
"""Stands in a column for a cell that is a slip; a trace with such a cell is refused."""
UNDECODED = "\x00"
"""Stands in a column for bytes that are no text, which are a slip already."""
_WHOLE = r"^-?[0-9]{1,15}$"
ROW_HINT = "correct the row, or leave it out and say so"


def as_text(chunk: Chunk, role: str, slips: Slips) -> Any:
    """The cells as Arrow text, or of the type of a Parquet column without nulls; bytes that are no UTF-8 are slips."""
    cells = chunk.columns[role]
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    if cells.null_count:
        cells = cells if pa.types.is_binary(cells.type) else cells.cast(pa.string())
        cells = pc.fill_null(cells, b"" if pa.types.is_binary(cells.type) else "")
    if not pa.types.is_binary(cells.type):
        return cells
    try:
        return cells.cast(pa.string())
    except pa.ArrowInvalid:
        rows = zip(cells.to_pylist(), chunk.rows.tolist(), strict=True)
        return pa.array([_decoded(cell, row, role, slips) for cell, row in rows])


def is_text(cells: Any) -> bool:
    """Whether cells are texts, not values of a Parquet file."""
    return bool(pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type))


def read_tokens(chunk: Chunk, role: str, slips: Slips) -> NDArray[np.int64]:
    """Tokens, whole and 0 to 10,000,000; UNREADABLE in place of what cannot be read."""
    cells = as_text(chunk, role, slips)
    try:
        whole = _all_whole(cells)
    except pa.ArrowInvalid:
        whole = _whole(chunk, role, cells, slips)
    except pa.ArrowNotImplementedError:
        slips.add(slips_where(chunk, role, pa.array([True] * len(cells)), _not_whole(cells)))
        return np.full(len(cells), UNREADABLE)
    tokens: NDArray[np.int64] = whole.to_numpy(zero_copy_only=False)
    outside = ((tokens < 0) & (tokens != UNREADABLE)) | (tokens > MOST_TOKENS)
    if outside.any():
        slips.add(slips_where(chunk, role, pa.array(outside), _outside(tokens)))
        tokens = np.where(outside, UNREADABLE, tokens)
    return tokens


def _all_whole(cells: Any) -> Any:
    if is_text(cells) and any(pc.any(pc.match_substring(cells, x)).as_py() for x in "xX"):
        raise pa.ArrowInvalid("Arrow would read 0x1F as 31")
    return cells.cast(pa.int64())


def read_names(chunk: Chunk, role: str, slips: Slips) -> Any:
    """Names as Arrow text; a blank one is a slip."""
    names = as_text(chunk, role, slips).cast(pa.string())
    blank = pc.equal(pc.utf8_trim_whitespace(names), "")
    if pc.any(blank).as_py():
        slips.add(slips_where(chunk, role, blank, _blank))
    return names


def slips_where(chunk: Chunk, role: str, bad: Any, told: "Callable[[int], Told]") -> Iterator[Slip]:
    """A slip for each row for which `bad` is true, with what `told` says of its place in the chunk."""
    for index in np.flatnonzero(bad.to_numpy(zero_copy_only=False)).tolist():
        code, found, expected, hint = told(index)
        yield Slip(code, int(chunk.rows[index]), role, found, expected, hint)


Told = tuple[Code, str, str, str]


def _blank(index: int) -> Told:
    return Code.BLANK, "a blank cell", "a value in every row", ROW_HINT


def _decoded(cell: bytes, row: int, role: str, slips: Slips) -> str:
    try:
        return cell.decode()
    except UnicodeDecodeError:
        found = f"bytes that are no UTF-8 ({shown(cell.decode('latin-1'))} as Latin-1)"
        slips.add([Slip(Code.ENCODING, row, role, found, "UTF-8 text", "save the file as UTF-8")])
        return UNDECODED


def _whole(chunk: Chunk, role: str, cells: Any, slips: Slips) -> Any:
    """The cells that are whole numbers, and UNREADABLE for the others, each of which is a slip."""
    texts = cells.cast(pa.string())
    good = pc.match_substring_regex(texts, _WHOLE)
    bad = pc.and_(pc.invert(good), pc.not_equal(texts, UNDECODED))
    slips.add(slips_where(chunk, role, bad, _not_whole(texts)))
    return pc.if_else(good, texts, str(UNREADABLE)).cast(pa.int64())


def _not_whole(texts: Any) -> Callable[[int], Told]:
    def told(index: int) -> Told:
        text = str(texts[index].as_py())
        if not text.strip():
            return _blank(index)
        return Code.NOT_WHOLE, shown(text), "a whole number of tokens", ROW_HINT

    return told


def _outside(tokens: NDArray[np.int64]) -> Callable[[int], Told]:
    def told(index: int) -> Told:
        found = str(tokens[index])
        if tokens[index] > MOST_TOKENS:
            return Code.HUGE, found, f"at most {MOST_TOKENS:,} tokens", "check that the columns are the right ones"
        return Code.RANGE, found, "0 or more tokens", ROW_HINT

    return told
