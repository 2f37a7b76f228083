"""A file of named variants -> the changes of each; everything wrong with the file is said at once, with its line.

variants:
  - variant: cheaper
    reason: what we ask for
    changes:
      - {set: contracts.acme-3y.price_usd_per_node_hour, to: -10%}
      - {remove: contracts.acme-1y}
      - {add: contracts.acme-4y, like: acme-3y, with: {term_months: 48}}
  - variant: cheaper-and-less
    of: [cheaper, less-demand]
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.findings import Code, Finding, InputRejected, Location, did_you_mean, shown
from catalog.reading_text import Source, read_text
from catalog.reading_yaml import YAML_LIMIT_BYTES, Node, Scalar, read_yaml
from catalog.reading_yaml import Mapping as Tree
from catalog.reading_yaml import Sequence as Items
from catalog.records import ID_PATTERN, TEXT_LIMIT
from scenarios.changes import Change, Given, Variant, Verb

_BESIDE = {Verb.SET: ("to",), Verb.ADD: ("like", "with"), Verb.REMOVE: ()}
"""Keys of a change beside its verb."""


def read_variants(file: Path) -> tuple[Variant, ...]:
    """The variants of a file in its order, each with the changes of those that it is built from before its own.

    InputRejected with every finding unless the whole file can be used.
    """
    findings: list[Finding] = []
    text = read_text(Source(file, file.name), findings, limit_bytes=YAML_LIMIT_BYTES)
    tree = None if text is None else read_yaml(text, findings)
    stated = () if tree is None else _Reader(file.name, findings).variants(tree)
    known = {one.name: one for one in reversed(stated)}
    for one in stated:
        findings += _wrong_parts(one, known)
    if findings:
        raise InputRejected(findings)
    return tuple(
        Variant(name=one.name, changes=tuple(c for part in _parts(one, known) for c in part.changes), reason=one.reason)
        for one in stated
    )


@dataclass(frozen=True)
class _Stated:
    """A variant as it is written."""

    name: str
    reason: str
    of: tuple[str, ...]
    changes: tuple[Change, ...]
    where: Location


def _parts(one: _Stated, known: Mapping[str, _Stated]) -> list[_Stated]:
    """A variant behind all that it is built from, each of these once."""
    found: dict[str, _Stated] = {}
    for name in one.of:
        found |= {part.name: part for part in _parts(known[name], known) if part.name not in found}
    return [*found.values(), one]


def _wrong_parts(one: _Stated, known: Mapping[str, _Stated]) -> list[Finding]:
    """What is wrong with the parts of a variant that can be read by itself."""
    findings = []
    if known[one.name] is not one:
        found, expected = f"{shown(one.name)} again", "a name of its own for each variant"
        findings.append(Finding(Code.REPEATED, one.where, found, expected, "rename one of them"))
    for name in one.of:
        if name not in known:
            hint = did_you_mean(name, set(known) - {one.name})
            findings.append(Finding(Code.REFERENCE, one.where, shown(name), "the name of a variant of this file", hint))
    if circle := _circle(one, known, (one.name,)):
        hint = "take one of them out of the list `of` of another"
        found = " is built from ".join(circle)
        findings.append(Finding(Code.CIRCLE, one.where, found, "variants that do not contain themselves", hint))
    if not one.of and not one.changes:
        findings.append(Finding(Code.BLANK, one.where, "no change", "changes, or of", "say what is different"))
    return findings


def _circle(one: _Stated, known: Mapping[str, _Stated], way: tuple[str, ...]) -> tuple[str, ...]:
    """The way from a variant back to itself; empty if there is none."""
    for name in one.of:
        if name == way[0]:
            return (*way, name)
        if name in known and name not in way and (found := _circle(known[name], known, (*way, name))):
            return found
    return ()


class _Reader:
    """Reads the file strictly: what is doubtful is refused with its line."""

    def __init__(self, file: str, findings: list[Finding]) -> None:
        self._file, self._findings = file, findings

    def variants(self, tree: Tree) -> tuple[_Stated, ...]:
        """The variants that can be read."""
        entries = self._entries(tree, "", ("variants",), ("variants",))
        found = [self._variant(item, f"variants[{n}]") for n, item in enumerate(self._items(entries, "variants", ""))]
        return tuple(one for one in found if one is not None)

    def _variant(self, node: Node, path: str) -> _Stated | None:
        entries = self._entries(node, path, ("variant", "reason", "of", "changes"), ("variant",))
        name = self._id(entries, "variant", path)
        of = [self._text(item, f"{path}.of[{n}]") for n, item in enumerate(self._items(entries, "of", path))]
        changes = [
            self._change(item, f"{path}.changes[{n}]")
            for n, item in enumerate(self._items(entries, "changes", path))
        ]
        reason = self._text(entries["reason"], f"{path}.reason") if "reason" in entries else ""
        if name is None:
            return None
        where = Location(self._file, line=node.line, key_path=path, subject=name)
        return _Stated(name, reason, tuple(of), tuple(change for change in changes if change is not None), where)

    def _change(self, node: Node, path: str) -> Change | None:
        if not isinstance(node, Tree):
            self._refuse_shape(node, path, "a mapping with set and to, with remove, or with add")
            return None
        verbs = [verb for verb in Verb if verb in node.entries]
        if len(verbs) != 1:
            found = " and ".join(verbs) or (shown(next(iter(node.entries))) if node.entries else "nothing")
            hint = "say what is done to which path"
            self._refuse(Code.MISSING_KEY, node, path, found, "one of: set, add, remove", hint)
            return None
        verb = verbs[0]
        needed = (verb, "to") if verb is Verb.SET else (verb,)
        entries = self._entries(node, path, (verb, *_BESIDE[verb]), needed)
        target = self._text(entries[verb], f"{path}.{verb}") if verb in entries else ""
        value = self._text(entries["to"], f"{path}.to") if "to" in entries else ""
        like = self._text(entries["like"], f"{path}.like") if "like" in entries else ""
        cells = self._cells(entries["with"], f"{path}.with") if "with" in entries else ()
        if not target:
            hint = "siliconmix paths SCENARIO lists them"
            self._refuse(Code.BLANK, node, f"{path}.{verb}", "nothing", "a path", hint)
            return None
        return Change(verb=verb, path=target, value=value, like=like, cells=cells)

    def _cells(self, node: Node, path: str) -> tuple[Given, ...]:
        if not isinstance(node, Tree):
            self._refuse_shape(node, path, "a mapping (column: value)")
            return ()
        return tuple(Given(column=key, value=self._text(value, f"{path}.{key}")) for key, value in node.entries.items())

    def _entries(self, node: Node, path: str, known: Sequence[str], needed: Collection[str]) -> Mapping[str, Node]:
        """The known keys of a mapping; others, and those that are missing, are reported."""
        if not isinstance(node, Tree):
            self._refuse_shape(node, path, f"a mapping with {', '.join(known)}")
            return {}
        for key, value in node.entries.items():
            if key not in known:
                hint = did_you_mean(key, known)
                self._refuse(Code.UNKNOWN_KEY, value, _below(path, key), shown(key), "a key that exists there", hint)
        for key in needed:
            if key not in node.entries:
                hint = "add the key; it has no default"
                self._refuse(Code.MISSING_KEY, node, _below(path, key), "nothing", "the key", hint)
        return {key: value for key, value in node.entries.items() if key in known}

    def _items(self, entries: Mapping[str, Node], key: str, path: str) -> tuple[Node, ...]:
        node = entries.get(key)
        if node is None or isinstance(node, Items):
            return () if node is None else node.items
        self._refuse_shape(node, _below(path, key), "a list (- item)")
        return ()

    def _id(self, entries: Mapping[str, Node], key: str, path: str) -> str | None:
        if key not in entries:
            return None
        text = self._text(entries[key], f"{path}.{key}")
        if re.fullmatch(ID_PATTERN.strip("^$"), text):
            return text
        expected = "a name of 1 to 64 characters [A-Za-z0-9._-] that begins with a letter or digit"
        self._refuse(Code.ID, entries[key], f"{path}.{key}", shown(text), expected, "give it such a name")
        return None

    def _text(self, node: Node, path: str) -> str:
        """A single value; blank for null."""
        if not isinstance(node, Scalar):
            self._refuse_shape(node, path, "a single value")
            return ""
        if node.text is not None and len(node.text) > TEXT_LIMIT:
            expected = f"at most {TEXT_LIMIT} characters"
            self._refuse(Code.LONG_TEXT, node, path, shown(node.text), expected, "shorten it")
            return ""
        return (node.text or "").strip()

    def _refuse_shape(self, node: Node, path: str, expected: str) -> None:
        found = {Scalar: "a single value", Items: "a list", Tree: "a mapping"}[type(node)]
        self._refuse(Code.SHAPE, node, path, found, expected, "write it in that form; see docs/what-if.md")

    def _refuse(self, code: Code, node: Node, path: str, found: str, expected: str, hint: str) -> None:
        where = Location(self._file, line=node.line, key_path=path or None)
        self._findings.append(Finding(code, where, found, expected, hint))


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
