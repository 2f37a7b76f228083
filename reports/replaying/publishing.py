"""A replay on disk: replay.json and replay.xlsx, whole files, put in place together."""

import tempfile
from pathlib import Path

from optimizer.replaying.records import Replay
from reports.publishing import STAGING, exchange, making_workbook, writing
from reports.replaying.book import write_replay
from reports.whole_files import write_whole

DATA, BOOK = "replay.json", "replay.xlsx"


def publish_replay(found: Replay, folder: Path) -> tuple[Path, Path]:
    """Write both files: made whole beside the old pair, then put in place together. Raises NotWritable."""
    published = folder / DATA, folder / BOOK
    with writing(folder), tempfile.TemporaryDirectory(dir=folder, prefix=STAGING) as name:
        made = Path(name) / DATA, Path(name) / BOOK
        write_whole(made[0], found.model_dump_json(indent=1) + "\n")
        with making_workbook(made[1]):
            write_replay(found, made[1])
        exchange(made, published, Path(name))
    return published
