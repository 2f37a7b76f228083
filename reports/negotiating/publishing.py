"""A negotiation on disk: negotiation.json and negotiation.xlsx, whole files, put in place together."""

import tempfile
from pathlib import Path

from optimizer.negotiating.records import Negotiation
from reports.layout import Unwritable
from reports.negotiating.book import write_negotiation
from reports.publishing import STAGING, NotWritable, exchange, writing
from reports.whole_files import write_whole

DATA, BOOK = "negotiation.json", "negotiation.xlsx"


def refuse_what_is_in_the_way(folder: Path) -> None:
    """NotWritable where a folder has a name that is to be written."""
    for name in (DATA, BOOK):
        if (folder / name).is_dir():
            raise NotWritable(f"{folder / name} is a folder; a file of that name is to be written. Move it away")


def publish_negotiation(found: Negotiation, folder: Path) -> tuple[Path, Path]:
    """Write both files: made whole beside the old pair, then put in place together. Raises NotWritable."""
    published = folder / DATA, folder / BOOK
    with writing(folder), tempfile.TemporaryDirectory(dir=folder, prefix=STAGING) as name:
        made = Path(name) / DATA, Path(name) / BOOK
        write_whole(made[0], found.model_dump_json(indent=1) + "\n")
        try:
            write_negotiation(found, made[1])
        except Unwritable as refused:
            raise NotWritable(f"{BOOK} cannot be made: {refused}") from refused
        made[1].chmod(0o644)
        exchange(made, published, Path(name))
    return published
