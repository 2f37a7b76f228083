"""Comparisons on disk: the workbook alone, or with its plans; whole files, put in place together."""

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from optimizer.comparing.comparison import Comparison
from optimizer.plan import Plan
from optimizer.plan_file import write_plan
from reports.comparison.book import write_comparison
from reports.publishing import STAGING, NotWritable, exchange, making_workbook, refuse_folders_in_the_way, writing
from reports.whole_files import write_whole

BOOK, DATA, PLANS = "comparison.xlsx", "comparison.json", "plans"


def write_book(comparison: Comparison, path: Path) -> None:
    """Write comparison.xlsx; the old file stays until the new one is whole."""
    with writing(path), making_workbook(path):
        write_comparison(comparison, path)


def refuse_what_is_in_the_way(folder: Path) -> None:
    """NotWritable where a name that is to be written is taken by something of another kind."""
    refuse_folders_in_the_way(folder, BOOK, DATA)
    if (folder / PLANS).exists() and not (folder / PLANS).is_dir():
        raise NotWritable(f"{folder / PLANS} is a file; a folder of that name is to be written. Move it away")


def publish_comparison(comparison: Comparison, plans: Iterable[tuple[str, Plan]], folder: Path) -> tuple[Path, ...]:
    """Write comparison.xlsx, comparison.json and plans/NAME.json, all made whole before the first is put in place.

    Plans of the comparison that was there before are taken away, any other file stays.
    """
    before = _plans_of_before(folder)
    with writing(folder), tempfile.TemporaryDirectory(dir=folder, prefix=STAGING) as name:
        staging = Path(name)
        published = [folder / BOOK, folder / DATA]
        write_book(comparison, staging / BOOK)
        write_whole(staging / DATA, comparison.model_dump_json(indent=1) + "\n")
        made = [staging / BOOK, staging / DATA]
        (staging / PLANS).mkdir()
        for plan_name, plan in plans:
            made.append(staging / PLANS / f"{plan_name}.json")
            write_plan(plan, made[-1])
            published.append(folder / PLANS / made[-1].name)
        (folder / PLANS).mkdir(exist_ok=True)
        exchange(made, published, staging)
        _take_away(before, published)
    return tuple(published)


def _plans_of_before(folder: Path) -> list[Path]:
    """The plan files of the comparison in the folder, by what it says of itself."""
    with suppress(OSError, ValidationError):
        old = Comparison.model_validate_json((folder / DATA).read_bytes())
        names = [old.base_name, *(one.name for one, _ in old.solved())]
        return [folder / PLANS / f"{name}.json" for name in names if Path(name).name == name]
    return []


def _take_away(before: Sequence[Path], published: Sequence[Path]) -> None:
    for old in before:
        if old not in published:
            old.unlink(missing_ok=True)
