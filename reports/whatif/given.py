"""Variants as the command line gives them: one of its own options, and those of a file."""

import re
from dataclasses import dataclass
from pathlib import Path

import click

from catalog.records import ID_PATTERN
from scenarios.changes import Change, Variant
from scenarios.inputs import read_variants


@dataclass(frozen=True)
class Given:
    """Changes that make one variant together, and a file of more."""

    name: str
    """What the variant of the command line is called."""
    changes: tuple[Change, ...] = ()
    file: Path | None = None

    def variants(self) -> tuple[Variant, ...]:
        """All of them; InputRejected for a wrong file, a usage error where there is none or two are called alike."""
        if not re.fullmatch(ID_PATTERN, self.name):
            raise click.BadParameter(f"{self.name!r} is no name: letters, digits, . _ and -", param_hint="--name")
        found = (*self._own(), *(() if self.file is None else read_variants(self.file)))
        if not found:
            raise click.UsageError("nothing is changed: give --set, --add or --remove, or a file with --changes")
        _refuse_alike(found)
        return found

    def _own(self) -> tuple[Variant, ...]:
        return (Variant(name=self.name, changes=self.changes),) if self.changes else ()


def _refuse_alike(variants: tuple[Variant, ...]) -> None:
    """Files and sheets do not tell capitals apart."""
    seen: dict[str, str] = {}
    for variant in variants:
        other = seen.get(variant.name.casefold())
        if other is not None:
            raise click.UsageError(f"two variants are called {other} and {variant.name}; rename one of them")
        seen[variant.name.casefold()] = variant.name
