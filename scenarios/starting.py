"""A first scenario: an example copied into a folder, nothing there ever overwritten."""

from collections.abc import Sequence
from pathlib import Path

EXAMPLES = Path(__file__).parent / "examples"
STARTER = "small"
EXAMPLE_NAMES = (STARTER, "policy", "procurement", "realistic", "stochastic")
"""Worked out by hand; every way of buying; a fleet in three parts of the world; the same in five futures."""


class StartRefused(Exception):
    """Nothing was written: a file of the example is already there, or the folder cannot be written."""


def start_example(directory: Path, *, example: str = STARTER) -> tuple[Path, ...]:
    """Copy a runnable, commented example into a directory; the files written, sorted by name.

    The directory is made if it does not exist. StartRefused, with nothing written, if it already holds any
    of the files.
    """
    sources = sorted(path for path in (EXAMPLES / example).iterdir() if path.is_file())
    taken = [source.name for source in sources if (directory / source.name).exists()]
    if taken:
        raise StartRefused(f"{directory} already holds {', '.join(taken)}; nothing was written. Name a new folder.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return _copied(sources, directory)
    except OSError as error:
        raise StartRefused(f"{directory} cannot be written: {error.strerror}. Name another folder.") from error


def _copied(sources: Sequence[Path], directory: Path) -> tuple[Path, ...]:
    """Write every file anew; if one cannot be written, those already written are removed again."""
    written: list[Path] = []
    try:
        for source in sources:
            target = directory / source.name
            with target.open("xb") as file:
                written.append(target)
                file.write(source.read_bytes())
    except OSError:
        for path in written:
            path.unlink()
        raise
    return tuple(written)
