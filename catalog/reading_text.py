"""Bytes -> text: UTF-8 only, whatever else a file turns out to be is refused by name."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from catalog.findings import Code, Finding, Location

FILE_LIMIT_BYTES = 20 * 1024 * 1024
_SAVE_AS = "save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8')"
_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive, probably a workbook (.xlsx or .ods)"),
    (b"\xd0\xcf\x11\xe0", "an old .xls or a password-protected workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
)
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
"""Control characters and characters without a width; tab and line ends apart."""


@dataclass(frozen=True)
class Source:
    """A file to read, and the name under which findings speak of it."""

    path: Path
    name: str


@dataclass(frozen=True)
class ReadText:
    """The text of a file and the hash of its bytes."""

    name: str
    text: str
    sha256: str


def read_text(source: Source, findings: list[Finding], *, limit_bytes: int = FILE_LIMIT_BYTES) -> ReadText | None:
    """The text of a file without its byte order mark; None, with a finding, if it cannot be read."""
    where = Location(source.name)
    try:
        size = source.path.stat().st_size
        content = source.path.read_bytes() if size <= limit_bytes else b""
    except FileNotFoundError:
        findings.append(Finding(Code.NO_FILE, where, "no such file", "a file", f"write {source.name}"))
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = "check what it is and who may read it"
        findings.append(Finding(Code.UNREADABLE, where, reason, "a readable file", hint))
        return None
    if size > limit_bytes:
        expected = f"at most {limit_bytes:,} bytes"
        hint = "leave out rows that are not planned"
        findings.append(Finding(Code.FILE_TOO_LARGE, where, f"{size:,} bytes", expected, hint))
        return None
    text = _decoded(content, where, findings)
    return None if text is None else ReadText(source.name, text, hashlib.sha256(content).hexdigest())


def _decoded(content: bytes, where: Location, findings: list[Finding]) -> str | None:
    refusal = other_than_utf8(content, where) or _not_utf8(content, where)
    if refusal is not None:
        findings.append(refusal)
        return None
    text = content.decode("utf-8-sig")
    if not text.strip():
        findings.append(Finding(Code.EMPTY, where, "an empty file", "content", "fill it or delete it"))
        return None
    if "\r" in text and "\n" not in text:
        hint = "save the file with LF or CRLF line ends"
        findings.append(Finding(Code.LINE_ENDS, where, "line ends CR only", "line ends LF or CRLF", hint))
        return None
    return text


def other_than_utf8(content: bytes, where: Location) -> Finding | None:
    """A finding if the first bytes of a file are those of something else than UTF-8 text."""
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return Finding(Code.ENCODING, where, f"{name} text", "UTF-8 text", _SAVE_AS)
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            return Finding(Code.NOT_TEXT, where, name, "plain text", "export the table as CSV (UTF-8)")
    if content.count(0) * 4 > len(content):
        return Finding(Code.ENCODING, where, "many NUL bytes, as in UTF-16 text", "UTF-8 text", _SAVE_AS)
    return None


def _not_utf8(content: bytes, where: Location) -> Finding | None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{content[error.start]:02X} at offset {error.start}"
        place = Location(where.file, line=line)
        return Finding(Code.ENCODING, place, found, "UTF-8 text", f"{_SAVE_AS}; it looks like Latin-1 or Windows-1252")
    return None


def unseen_characters(text: str) -> str:
    """The first few control and invisible characters of a text by code point; empty if there is none.

    >>> unseen_characters("a" + chr(0x202E) + "b")
    'U+202E'
    """
    if text.isascii() and text.isprintable():
        return ""
    return ", ".join(dict.fromkeys(f"U+{ord(c):04X}" for c in UNSEEN.findall(text)[:5]))
