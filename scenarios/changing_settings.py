"""Changes of scenario.yaml: keys set and taken out, items of lists added and taken out (docs/decisions/0021)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.findings import Code, Location, did_you_mean, shown
from catalog.reading_fields import Kind, Shape, fields_of
from catalog.reading_values import LIST_SEPARATOR, Unfit
from catalog.reading_yaml import Mapping, Node, Scalar, Sequence
from catalog.records import Record
from scenarios.change_log import ChangeLog
from scenarios.changes import Change, Verb
from scenarios.changing_values import changed_text
from scenarios.loading_tables import SCENARIO_FILE, ScenarioFile

ANY = "*"
_PATH = re.compile(r"[^.\[\]]+(\[[^\[\]]+\])*(\.[^.\[\]]+(\[[^\[\]]+\])*)*")
_STEPS = re.compile(r"\.?([^.\[\]]+)|\[([^\[\]]*)\]")


@dataclass(frozen=True)
class _Here:
    """A place in the tree: its path, its line, and the steps that are still to go."""

    path: str
    line: int
    steps: tuple[str, ...]
    """Keys as they are, items of lists in brackets."""

    def on(self, step: str, line: int) -> "_Here":
        """One step further in."""
        between = "" if step.startswith("[") or not self.path else "."
        return _Here(f"{self.path}{between}{step}", line, self.steps[1:])

    @property
    def where(self) -> Location:
        """The place as findings name it."""
        return Location(SCENARIO_FILE, line=self.line, key_path=self.path)


class _Refused(Exception):
    """The change cannot be made and has been reported."""


class ChangedSettings:
    """scenario.yaml while changes are made of it, each to what the one before left."""

    def __init__(self, tree: Mapping, log: ChangeLog) -> None:
        self.tree = tree
        self._log = log

    def apply(self, change: Change) -> None:
        """Make a change; what cannot be made is reported to the log and leaves the tree as it is."""
        steps = tuple(key or f"[{item}]" for key, item in _STEPS.findall(change.path))
        try:
            if not _PATH.fullmatch(change.path):
                hint = "write keys with dots between them, and items of lists in brackets: KEY.KEY[0].KEY"
                raise self._refused(change, Code.NO_SUCH_PATH, shown(change.path), f"a path in {SCENARIO_FILE}", hint)
            self.tree = self._in_mapping(change, self.tree, ScenarioFile, _Here("", self.tree.line, steps))
        except _Refused:
            return

    def _in_mapping(self, change: Change, node: Mapping, record: type[Record], here: _Here) -> Mapping:
        entries, lines = dict(node.entries), dict(node.lines)
        fields = fields_of(record)
        for key in self._keys(change, node, tuple(fields), here):
            there = here.on(key, node.lines.get(key, node.line))
            after = self._in_value(change, node.entries.get(key), fields[key].shape, there)
            if after is None:
                entries.pop(key, None)
                lines.pop(key, None)
            else:
                entries[key], lines[key] = after, there.line
        return Mapping(entries, lines, node.line)

    def _keys(self, change: Change, node: Mapping, known: tuple[str, ...], here: _Here) -> list[str]:
        step = here.steps[0]
        if step in known:
            return [step]
        if fitting := [key for key in node.entries if key in known and _fits(step, key)]:
            return fitting
        code = Code.NOTHING_MATCHES if ANY in step else Code.NO_SUCH_PATH
        expected = f"a key of {here.path or SCENARIO_FILE}"
        raise self._refused(change, code, shown(step), expected, did_you_mean(step, known))

    def _in_value(self, change: Change, node: Node | None, shape: Shape, here: _Here) -> Node | None:
        """What stands in a place after the change; None where nothing does any more."""
        if not here.steps:
            return self._changed(change, node, shape, here)
        if isinstance(node, Scalar) and node.text is None:
            node = None  # a key with nothing behind it is read as one that is not stated
        if shape.kind is Kind.RECORD and not here.steps[0].startswith("["):
            if node is not None and not isinstance(node, Mapping):
                return node
            made = self._in_mapping(change, node or Mapping({}, {}, here.line), shape.python, here)
            return made if node is not None or any(map(_says_something, made.entries.values())) else None
        if shape.kind is Kind.LIST and shape.item is not None and here.steps[0].startswith("["):
            node = node or Sequence((), here.line)
            return self._in_list(change, node, shape.item, here) if isinstance(node, Sequence) else node
        hint = {
            Kind.RECORD: f"write {here.path}.KEY",
            Kind.LIST: f"name an item by its number or name: {here.path}[0]",
        }.get(shape.kind, f"leave out what stands behind {here.path}")
        raise self._refused(change, Code.NO_SUCH_PATH, shown(change.path), f"a path through {here.path}", hint)

    def _in_list(self, change: Change, node: Sequence, shape: Shape, here: _Here) -> Sequence:
        if change.verb is Verb.ADD and len(here.steps) == 1:
            return self._with_item(change, node, shape, here)
        chosen = set(self._items(change, node, shape, here.steps[0][1:-1], here.path))
        items = [
            self._in_value(change, item, shape, here.on(f"[{number}]", item.line)) if number in chosen else item
            for number, item in enumerate(node.items)
        ]
        return Sequence(tuple(item for item in items if item is not None), node.line)

    def _items(self, change: Change, node: Sequence, shape: Shape, step: str, path: str) -> list[int]:
        """Numbers of the items that a step names, by number, by name, or with *."""
        names = [_name_of(item, shape) for item in node.items]
        if step.isdigit() and int(step) < len(names):
            return [int(step)]
        if fitting := [number for number, name in enumerate(names) if name == step or _fits(step, name)]:
            return fitting
        code = Code.NOTHING_MATCHES if ANY in step else Code.NO_SUCH_PATH
        expected = f"the number (0 for the first) or the name of an item of {path}"
        raise self._refused(change, code, shown(f"[{step}]"), expected, did_you_mean(step, filter(None, names)))

    def _with_item(self, change: Change, node: Sequence, shape: Shape, here: _Here) -> Sequence:
        name = here.steps[0][1:-1]
        if not name or name.isdigit() or ANY in name:
            hint = f"write the name of the new item: {here.path}[NAME]"
            raise self._refused(change, Code.NO_SUCH_PATH, shown(change.path), "a name for the new item", hint)
        if name in {_name_of(item, shape) for item in node.items}:
            hint = "set its keys, take it out before, or give the new item another name"
            raise self._refused(change, Code.ALREADY_THERE, shown(name), f"a name that is new in {here.path}", hint)
        there = here.on(f"[{len(node.items)}]", node.line)
        item = self._new_item(change, node, shape, name, there)
        self._log.add(change, there.path, "; ".join(_words(item)), there.where)
        return Sequence((*node.items, item), node.line)

    def _new_item(self, change: Change, node: Sequence, shape: Shape, name: str, there: _Here) -> Node:
        if shape.kind is not Kind.RECORD:
            return Scalar(name, node.line)
        begun: Node = Mapping({}, {}, node.line)
        if change.like:
            like = change.like.removeprefix(f"{there.path.rpartition('[')[0]}[").removesuffix("]")
            begun = node.items[self._items(change, node, shape, like, there.path.rpartition("[")[0])[0]]
        assert isinstance(begun, Mapping)
        naming = _naming(shape.python)
        entries = {**begun.entries, naming: Scalar(name, node.line)}
        item = Mapping(entries, {**begun.lines, naming: node.line}, node.line)
        scratch = ChangeLog(findings=self._log.findings)
        for cell in change.cells:
            stated = Change(verb=Verb.SET, path=f"{change.path}.{cell.column}", value=cell.value)
            steps = _Here(there.path, there.line, (cell.column,))
            item = ChangedSettings(item, scratch)._in_mapping(stated, item, shape.python, steps)
        return item

    def _changed(self, change: Change, node: Node | None, shape: Shape, here: _Here) -> Node | None:
        if change.verb is Verb.ADD:
            hint = f"write {here.path}={change.value or 'VALUE'}; what is added is an item of a list: PATH[NAME]"
            raise self._refused(change, Code.NO_SUCH_PATH, shown(change.path), "a list to add to", hint)
        if change.verb is Verb.REMOVE:
            self._take_out(change, node, shape, here)
            return None
        if shape.kind is Kind.RECORD or (shape.item is not None and shape.item.kind is Kind.RECORD):
            hint = f"name one of its keys; siliconmix paths SCENARIO {here.path} lists them"
            raise self._refused(change, Code.NO_SUCH_PATH, shown(here.path), "the path of a single value", hint)
        before = None if node is None else text_of(node)
        try:
            after = changed_text(before or "", change.value, shape)
        except Unfit as unfit:
            self._log.refuse_unfit(change, here.path, unfit)
            raise _Refused from None
        self._log.put(change, here.path, before, after, here.where)
        return _node(after, shape, here.line)

    def _take_out(self, change: Change, node: Node | None, shape: Shape, here: _Here) -> None:
        if node is None:
            expected, hint = "a key that is stated", "leave the change out: there is nothing to take out"
            raise self._refused(change, Code.NO_SUCH_PATH, shown(here.path), expected, hint)
        self._log.take_out(change, here.path, _name_of(node, shape), "; ".join(_words(node)), here.where)

    def _refused(self, change: Change, code: Code, found: str, expected: str, hint: str) -> _Refused:
        self._log.refuse(change, code, found, expected, hint)
        return _Refused()


def _says_something(node: Node) -> bool:
    """Whether a key of a record that was not there states anything: one left blank does not begin the record."""
    return not (isinstance(node, Scalar) and node.text is None)


def _fits(pattern: str, name: str) -> bool:
    return ANY in pattern and re.fullmatch(re.escape(pattern).replace(re.escape(ANY), ".*"), name) is not None


def _naming(record: type[Record]) -> str:
    """The key that names an item: the first that must be stated, for months in which a rule holds come before it."""
    fields = fields_of(record)
    return next((name for name, each in fields.items() if each.required), next(iter(fields)))


def _name_of(node: Node, shape: Shape) -> str:
    """What an item is called: the value of the first key that it must have, or the item itself."""
    if isinstance(node, Mapping) and shape.kind is Kind.RECORD:
        named = node.entries.get(_naming(shape.python))
        return text_of(named) if named is not None else ""
    return text_of(node)


def text_of(node: Node) -> str:
    """A single value as it was typed; a list as it would stand in one cell."""
    if isinstance(node, Scalar):
        return node.text or ""
    return f"{LIST_SEPARATOR} ".join(_words(node))


def _words(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.text or ""
    elif isinstance(node, Sequence):
        yield from (text_of(item) for item in node.items)
    else:
        yield from (f"{key}: {text_of(value)}" for key, value in node.entries.items())


def _node(text: str, shape: Shape, line: int) -> Node:
    if shape.kind is not Kind.LIST:
        return Scalar(text or None, line)
    items = text.split(LIST_SEPARATOR) if text else []
    return Sequence(tuple(Scalar(item.strip() or None, line) for item in items), line)
