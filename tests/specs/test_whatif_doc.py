"""docs/what-if.md shows what `siliconmix whatif` says of the small example."""

import re
from pathlib import Path

from tests.specs.running import Fleet, siliconmix

DOCUMENT = (Path(__file__).parents[2] / "docs" / "what-if.md").read_text(encoding="utf-8")


def test_the_screen_in_the_document_is_that_of_the_example(fleet: Fleet, tmp_path: Path) -> None:
    (shown,) = re.findall(r"```text\n(small: .*?)```", DOCUMENT, flags=re.DOTALL)
    words = ("--changes", fleet.folder / "variants.yaml", "--out", tmp_path / "study")
    run = siliconmix("whatif", fleet.folder, *words)
    assert run.exit == 0
    rest = run.out
    for part in shown.split("...\n"):
        assert part in rest
        rest = rest.partition(part)[2]
