"""Findings: what is wrong with an input, where it was typed, what was expected, and how to mend it.

Codes are stable: IN-1xx files, IN-2xx tables, IN-3xx values, IN-4xx YAML, IN-5xx references, IN-6xx the
sense of the whole scenario, IN-7xx changes of a what-if, IN-9xx warnings, which do not stop a plan.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

SHOWN_CHARACTERS = 60


class Code(StrEnum):
    """Every kind of finding, with its meaning."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Code":
        """A code and what it means."""
        code = str.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    NO_FILE = "IN-101", "the folder or a file that it must hold is not there"
    NO_TABLE = "IN-102", "a table is neither in the folder nor listed in bundled_tables"
    FILE_TOO_LARGE = "IN-103", "a file is larger than the published limit"
    ENCODING = "IN-104", "a file is not UTF-8"
    NOT_TEXT = "IN-105", "a file is something else than its name says, for example a workbook"
    EMPTY = "IN-106", "a file has nothing in it"
    LINE_ENDS = "IN-107", "a file has the line ends of old Macs (CR only)"
    CHARACTER = "IN-108", "a control character or an invisible one"
    UNKNOWN_FILE = "IN-109", "a CSV or YAML file that is no table of a scenario"
    NOT_BUNDLED = "IN-110", "bundled_tables names a table that is not bundled"
    UNREADABLE = "IN-111", "a file cannot be opened"

    MALFORMED = "IN-201", "quotes or line ends that are not CSV"
    NO_ROWS = "IN-202", "a table with a header and no rows"
    MISSING_COLUMN = "IN-203", "a required column is missing"
    UNKNOWN_COLUMN = "IN-204", "a column that the table does not have"
    REPEATED_COLUMN = "IN-205", "a column that stands twice in the header"
    RAGGED = "IN-206", "a row with more or fewer cells than the header"
    COMMENT = "IN-207", "a comment in a table"
    TOTAL = "IN-208", "a row of totals in a table"
    TOO_MANY_ROWS = "IN-209", "more rows than the published limit"
    TOO_MANY_COLUMNS = "IN-210", "more columns than the published limit"
    LONG_TEXT = "IN-211", "a text longer than the published limit"
    SEPARATOR = "IN-212", "cells separated by something else than commas"
    OTHER_KIND = "IN-213", "a value in a column that this kind of contract does not have"
    REPEATED = "IN-214", "two rows (or list items) with the same key"
    LOOK_ALIKE = "IN-215", "two ids that differ only to a machine"

    BLANK = "IN-301", "a required value is blank or null"
    NUMBER = "IN-302", "not a plain number"
    PERCENT = "IN-303", "a percentage instead of a share"
    AMBIGUOUS = "IN-304", "a number that can be read in two ways, beside one with a decimal comma"
    TINY = "IN-305", "a number below the smallest meaningful value"
    HUGE = "IN-306", "a number above the largest accepted value"
    NOT_WHOLE = "IN-307", "not a whole number"
    DECIMALS = "IN-308", "more decimals than money or an exact rate can have"
    BOOLEAN = "IN-309", "neither true nor false"
    DATE = "IN-310", "not a date written YYYY-MM-DD"
    MONTH = "IN-311", "not a month written YYYY-MM"
    CHOICE = "IN-312", "none of the words that the field can have"
    ID = "IN-313", "not an id"
    RANGE = "IN-314", "a value outside its range"
    CONTRADICTION = "IN-315", "values of one row that contradict each other"
    TIME = "IN-316", "neither a date and time nor a number of seconds"
    ZONES = "IN-317", "times of different kinds in one trace: with a zone, without one, or without a date"

    SYNTAX = "IN-401", "not YAML"
    ALIAS = "IN-402", "an anchor or an alias"
    TAG = "IN-403", "a YAML tag"
    REPEATED_KEY = "IN-404", "a key that stands twice in one mapping"
    TWO_DOCUMENTS = "IN-405", "more than one YAML document"
    UNKNOWN_KEY = "IN-406", "a key that does not exist there"
    MISSING_KEY = "IN-407", "a required key is missing"
    SHAPE = "IN-408", "a list, mapping or single value where another of them belongs"
    DEPTH = "IN-409", "nested deeper than any scenario"

    REFERENCE = "IN-501", "a name that is in no row of the table it refers to"
    NO_POINTS = "IN-502", "a model with no throughput on any accelerator on offer"
    NO_PRECISION = "IN-503", "a model and precision without a row in models"
    STACK = "IN-504", "a point on another stack than its accelerator's"
    NO_GROUP = "IN-505", "a rule that names what no offering has"

    SHARES = "IN-601", "size classes whose shares do not add up to 1"
    NO_CLASSES = "IN-602", "a workload without size classes"
    NO_MONTH = "IN-603", "a workload that does not state every month of the horizon"
    OUTSIDE = "IN-604", "a month outside the horizon"
    HOURS = "IN-605", "an hourly load that is not the 168 hours of a week"
    STOCK = "IN-606", "an unknown stock or quota, and no bound for it in the policy"
    EXPIRED = "IN-607", "a quote that expires before the order date"
    NO_START = "IN-608", "a contract for a term that can start in no month of the horizon"
    MINIMUM = "IN-609", "a minimum order or lot above the stock"
    NO_RULE = "IN-610", "a fictitious row without a pricing rule"
    TWICE_ON_DEMAND = "IN-611", "two on-demand contracts for one offering"
    PROBABILITIES = "IN-612", "outlooks whose probabilities do not add up to 1"
    TWICE_MIGRATED = "IN-613", "two migrations of one model to one stack"
    MOST_FAVOURED = "IN-614", "a most-favoured clause that names no on-demand contract of the same provider"
    COVERS_NOTHING = "IN-620", "a spend commitment without a covered rate"
    NOT_COVERABLE = "IN-621", "a covered rate on what is not on demand, or is of another provider"
    ABOVE_ON_DEMAND = "IN-622", "a covered rate above the on-demand price"
    VOLUME_TIERS = "IN-623", "volume tiers that are none, not from 0 at the contract's price, or rise for all units"
    SWAP = "IN-615", "a swap to the same offering, or to one of another provider"

    NO_FIGURE = "IN-661", "a rule on power or carbon, and an offering whose figures are neither known nor stated"

    TWO_SOURCES = "IN-641", "a workload with rows in demand and in forecast"
    QUANTILES = "IN-642", "quantiles of a forecast that do not rise in some month"
    NO_FACTOR = "IN-643", "a forecast with P50 0 and P90 above it where outlooks are made of the quantiles"
    TOO_MANY_OUTLOOKS = "IN-644", "more uncertain workloads than outlooks can be made of apart"
    OUTLOOKS_TWICE = "IN-645", "outlooks, or demand in them, that are typed and made of forecasts as well"
    OUT_OF_SERVICE = "IN-646", "demand in a month in which the model is not served"
    SAYS_NOTHING = "IN-647", "a row of a forecast before the horizon that does not reach into it"
    TAGGED_TWICE = "IN-651", "tags of a workload whose shares add up to more than 1"

    TIERS = "IN-631", "tiers of an agreement that are none, too many, or not in order"
    TWO_AGREEMENTS = "IN-632", "a month under two agreements of one provider"

    NO_SUCH_PATH = "IN-701", "a change of something that is not there"
    NOTHING_MATCHES = "IN-702", "a change with * that finds nothing"
    NOT_RELATIVE = "IN-703", "a relative value for what is blank, or for what cannot be counted with"
    NO_SIGN = "IN-704", "a percentage without + or -, which could be an amount or a change"
    NOT_WHOLE_ANY_MORE = "IN-705", "a relative value that would leave a part of what is counted in whole numbers"
    ALREADY_THERE = "IN-706", "an added row or item whose key is taken"
    NOT_A_CHANGE = "IN-707", "what was asked for is not written as a change"
    CIRCLE = "IN-708", "variants that are built from each other in a circle"

    HELD_ENDS = "IN-901", "a held contract that serves no month of the horizon"
    BUNDLED_UNUSED = "IN-902", "a bundled table that the folder's own replaces"
    NO_TERMS = "IN-903", "an offering with nothing to buy or hold"
    GATE_TOO_LATE = "IN-904", "a migration that cannot reach its gate within the horizon"
    WORK_OUTSIDE = "IN-905", "a migration whose work can start in no month of the horizon"
    OPENS_NOTHING = "IN-906", "a migration after which no workload could be served on the stack"
    NOTHING_REVEALED = "IN-907", "a reveal month with a single outlook"
    PASSED_OVER = "IN-908", "a change with * and a relative value that passes over blank cells"
    BLOCK_TOO_LATE = "IN-910", "a capacity block that can no longer be signed, or does not begin in the horizon"
    NO_ZONE = "IN-940", "times of a trace without a zone"
    SEVERAL_ZONES = "IN-941", "times of a trace in more than one zone"
    NO_DATE = "IN-942", "times of a trace without a date"
    UNSORTED = "IN-943", "rows of a trace that are not in order of time"
    GAP = "IN-944", "hours in a row without a request"
    NEAR_ZERO = "IN-945", "an hour with nearly no requests"
    NO_OUTPUT = "IN-946", "requests without output tokens"
    OTHER_TOKENS = "IN-947", "prompt tokens that are not text"
    SHORT = "IN-948", "a trace too short to tell the shape of the week or bursts"
    FILLED = "IN-949", "hours of the week that the trace did not see"
    UNREAD = "IN-950", "columns of a trace that are not read"
    QUANTILES_UNUSED = "IN-961", "quantiles of a forecast that no outlook uses"
    CUT_MONTH = "IN-962", "a month that the launch or retirement of a model cuts, planned at its mean"
    NOTHING_UNCERTAIN = "IN-963", "outlooks asked of forecasts that are all certain"
    OVER = "IN-931", "an agreement in force or a credit that has no month in the horizon"

    @property
    def is_warning(self) -> bool:
        """True for what is worth knowing and does not stop a plan."""
        return self.value.startswith("IN-9")


@dataclass(frozen=True, slots=True)
class Location:
    """The place of a value: a row and column of a table, or a line and key path of a YAML file."""

    file: str
    row: int | None = None
    """Row as a spreadsheet counts it: the header is row 1."""
    column: str | None = None
    subject: str | None = None
    """Key of the row, so that a reader knows which one is meant."""
    line: int | None = None
    key_path: str | None = None
    sheet: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.sheet is not None:
            parts.append(f'sheet "{self.sheet}"')
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        named = self.column or self.key_path or ""
        of = f' of "{self.subject}"' if named else f'"{self.subject}"'
        if what := named + (of if self.subject else ""):
            parts.append(what)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend."""

    code: Code
    where: Location
    found: str
    expected: str
    hint: str
    change: str = ""
    """The change of a what-if that put the value there; blank if it was typed in the file."""

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; expected {self.expected}. {self.way_out} [{self.code.value}]"

    @property
    def way_out(self) -> str:
        """The hint as a sentence, with the change that is to blame."""
        by = f"This comes from the change {self.change}. " if self.change else ""
        return f"{by}Mend: {self.hint}" + ("" if self.hint.endswith((".", "?")) else ".")


class InputRejected(Exception):
    """The input cannot be planned; all findings of the run, sorted by file and row."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = in_order(findings)
        super().__init__("\n".join(map(str, self.findings)))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sorted by file, then row or line; equal findings once."""

    def place(finding: Finding) -> tuple[str, int, str, str]:
        where = finding.where
        return where.file, where.row or where.line or 0, where.column or where.key_path or "", finding.code.value

    return tuple(sorted(dict.fromkeys(findings), key=place))


def shown(text: str) -> str:
    """A value in quotes, short, with everything invisible or foreign spelt as a code point.

    >>> shown("gpu" + chr(0x200B) + "a"), shown("x" * 100)
    ('"gpu<U+200B>a"', '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..." (100 characters)')
    """
    cut = text[:SHOWN_CHARACTERS]
    spelt = "".join(c if " " <= c <= "~" else f"<U+{ord(c):04X}>" for c in cut)
    return f'"{spelt}"' if len(text) <= SHOWN_CHARACTERS else f'"{spelt}..." ({len(text)} characters)'


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "hour"), counted(1200, "hour")
    ('1 hour', '1,200 hours')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest known name as a question, else the known names.

    >>> did_you_mean("max_unit", ["max_units", "price"])
    'did you mean "max_units"?'
    """
    names = sorted(set(known))
    by_fold = {known_name.casefold(): known_name for known_name in names}
    near = get_close_matches(name.strip().casefold(), by_fold, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{by_fold[near[0]]}"?'
    if not names:
        return "there is none to choose from"
    some = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    return f"choose one of: {some}"
