"""A model about which the solver contradicts itself, kept as a file that any solver can read."""

import hashlib
from contextlib import suppress
from pathlib import Path

from optimizer.arrays import Arrays
from optimizer.model_file import mps_text
from reports.whole_files import write_whole


def keep_model(arrays: Arrays, folder: Path) -> Path | None:
    """Write the model into a folder, under a name of its own; None where that cannot be."""
    text = mps_text(arrays)
    path = folder / f"disagreement-{hashlib.sha256(text.encode()).hexdigest()[:12]}.mps"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
        return path
    return None
