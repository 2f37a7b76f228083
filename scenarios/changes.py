"""A what-if as data: named changes of inputs. They are applied to what was read, never to files (decision 0021)."""

from enum import StrEnum

from pydantic import Field

from catalog.records import Id, Record, Text


class Verb(StrEnum):
    """What a change does to its place."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"


class Given(Record):
    """A cell of a row that is added."""

    column: Text
    value: Text


class Change(Record):
    """One change, as it was asked for.

    `path` is table.key.column, table.key (for a row that is added or taken out) or a key of scenario.yaml such as
    policy.unknown_stock_nodes; parts of a key are joined by a slash, and * stands for any text in it.
    """

    verb: Verb
    path: Text
    value: Text = ""
    """What is set: a value, or one with + or - before it and perhaps % behind it, or *1.5; blank: nothing."""
    like: Text = ""
    """Key of the row that an added row is a copy of; blank: of none."""
    cells: tuple[Given, ...] = ()
    """Cells of an added row that differ from those of `like`."""

    def __str__(self) -> str:
        if self.verb is Verb.SET:
            return f"{self.path}={self.value}"
        words = [self.verb.value, self.path]
        if self.like:
            words += ["like", self.like]
        if self.cells:
            words += ["with", ", ".join(f"{cell.column}={cell.value}" for cell in self.cells)]
        return " ".join(words)


class ChangeMade(Record):
    """One input that was changed: what it was, and what it is."""

    path: Text
    """The place, without wildcards."""
    before: Text | None
    """The text in its place; None where there was no such row or key."""
    after: Text | None
    """None where the row was taken out."""
    place: Text = ""
    """File with row or line of what was typed; blank for what was added."""


class Variant(Record):
    """A named set of changes, applied in order to the inputs of a scenario."""

    name: Id
    changes: tuple[Change, ...] = Field(min_length=1)
    reason: Text = ""
