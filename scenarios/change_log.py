"""What a set of changes did: inputs before and after, changes that cannot be made, and who put a value where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from catalog.findings import Code, Finding, Location, shown
from catalog.reading_values import Unfit
from catalog.records import TEXT_LIMIT
from scenarios.changes import Change, ChangeMade


@dataclass
class ChangeLog:
    """Is filled while changes are made, in order."""

    findings: list[Finding] = field(default_factory=list)
    """Changes that cannot be made."""
    warnings: list[Finding] = field(default_factory=list)
    """Changes that do less than may be meant."""
    _made: dict[str, ChangeMade] = field(default_factory=dict)
    _author: dict[Location, Change] = field(default_factory=dict)
    """By cell or row, without the subject."""
    _author_of_key: dict[str, Change] = field(default_factory=dict)
    """By the path of a key of scenario.yaml."""
    _took_out: dict[str, Change] = field(default_factory=dict)
    """By the key of a row that is gone, as findings show it."""

    @property
    def made(self) -> tuple[ChangeMade, ...]:
        """Every input that is not what it was, in the order in which they were first touched."""
        return tuple(made for made in self._made.values() if made.before != made.after)

    def refuse(self, change: Change, code: Code, found: str, expected: str, hint: str) -> None:
        """A change that cannot be made."""
        self.findings.append(Finding(code, Location(f"change {change}"), found, expected, hint))

    def refuse_unfit(self, change: Change, path: str, unfit: Unfit) -> None:
        """A value that makes no sense where it should go."""
        found = unfit.found or shown(change.value)
        found = found if path == change.path else f"{found}, at {path}"
        self.refuse(change, unfit.code, found, unfit.expected, unfit.hint)

    def pass_over(self, change: Change, paths: Sequence[str]) -> None:
        """A relative change with * leaves cells blank that are blank."""
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        found, expected = f"nothing to count from at {paths[0]}{more}", "a value everywhere, or that they stay blank"
        hint = "set these by a change of their own, if they are meant"
        self.warnings.append(Finding(Code.PASSED_OVER, Location(f"change {change}"), found, expected, hint))

    def put(self, change: Change, path: str, before: str | None, after: str | None, where: Location | None) -> None:
        """An input has changed; of several changes of one input the first and the last count."""
        earlier = self._made.get(path)
        place = "" if where is None else str(replace(where, column=None, subject=None, key_path=None))
        self._made[path] = ChangeMade(
            path=path,
            before=_short(before) if earlier is None else earlier.before,
            after=_short(after),
            place=place if earlier is None else earlier.place,
        )
        if where is not None and where.key_path:
            self._author_of_key[where.key_path] = change
        elif where is not None:
            self._author[replace(where, subject=None)] = change

    def add(self, change: Change, path: str, after: str, where: Location) -> None:
        """A row or item that was not there; it stands in no file."""
        self.put(change, path, None, after, where)
        self._made[path] = self._made[path].model_copy(update={"place": ""})

    def take_out(self, change: Change, path: str, name: str, before: str | None, where: Location | None) -> None:
        """A row or key is gone, and with it what was changed of it."""
        below = (f"{path}.", f"{path}[")
        self._made = {known: made for known, made in self._made.items() if not known.startswith(below)}
        self.put(change, path, before, None, where)
        self._took_out[shown(name)] = change

    def with_authors(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings; those of a value that a change put there, or of a name that it took away, name the change."""
        return [replace(finding, change=self._author_of(finding)) for finding in findings]

    def _author_of(self, finding: Finding) -> str:
        """The change in words; blank if the value was typed in the file."""
        where = replace(finding.where, subject=None)
        author = self._author.get(where) or self._author.get(replace(where, column=None))
        if where.row is not None and where.column is None:  # values of the row contradict each other
            of_row = [change for cell, change in self._author.items() if replace(cell, column=None) == where]
            author = author or (of_row[-1] if of_row else None)
        for path, change in self._author_of_key.items():
            if f"{where.key_path}.".startswith((f"{path}.", f"{path}[")):
                author = change
        author = author or self._took_out.get(finding.found)
        return "" if author is None else str(author)


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 3]}..."
