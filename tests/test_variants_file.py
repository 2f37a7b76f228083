"""A file of variants is read strictly, and each variant is a scenario of its own."""

from pathlib import Path

import pytest

from catalog.findings import Code, Finding, InputRejected
from scenarios.changes import Given, Variant, Verb
from scenarios.inputs import Inputs, read_variants
from scenarios.starting import EXAMPLES

SMALL = EXAMPLES / "small"


def read(folder: Path, text: str) -> tuple[Variant, ...]:
    file = folder / "variants.yaml"
    file.write_text(text, encoding="utf-8")
    return read_variants(file)


def refused(folder: Path, text: str) -> tuple[Finding, ...]:
    with pytest.raises(InputRejected) as rejected:
        read(folder, text)
    return rejected.value.findings


def test_the_variants_of_the_example_are_scenarios_that_can_be_planned() -> None:
    inputs = Inputs.read(SMALL)
    variants = read_variants(SMALL / "variants.yaml")
    fingerprints = {inputs.load(variant.changes).scenario.fingerprint() for variant in variants}
    assert len(fingerprints) == len(variants) == 5
    assert inputs.load().scenario.fingerprint() not in fingerprints


def test_every_kind_of_change_is_read(tmp_path: Path) -> None:
    (variant,) = read(
        tmp_path,
        """
variants:
  - variant: all-kinds
    reason: because
    changes:
      - {set: run.gap_share, to: "*2"}
      - {set: contracts.a.quote, to: }
      - {remove: contracts.b}
      - {add: contracts.c, like: a, with: {term_months: 12, quote: }}
""",
    )
    times, blank, gone, added = variant.changes
    assert variant.reason == "because"
    assert (times.verb, times.path, times.value) == (Verb.SET, "run.gap_share", "*2")
    assert blank.value == ""
    assert str(gone) == "remove contracts.b"
    assert added.cells == (Given(column="term_months", value="12"), Given(column="quote", value=""))


def test_a_variant_of_others_has_their_changes_in_order_and_each_once(tmp_path: Path) -> None:
    variants = read(
        tmp_path,
        """
variants:
  - {variant: all, of: [b, c], changes: [{set: run.seed, to: 4}]}
  - {variant: a, changes: [{set: run.seed, to: 1}]}
  - {variant: b, of: [a], changes: [{set: run.seed, to: 2}]}
  - {variant: c, of: [a], changes: [{set: run.seed, to: 3}]}
""",
    )
    assert [change.value for change in variants[0].changes] == ["1", "2", "3", "4"]


def test_all_that_is_wrong_is_named_with_its_line(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        """variants:
  - variant: a
    reasons: none
    changes:
      - set: run.seed
      - put: run.seed
      - add: contracts.x
        with: [1]
  - variant: a
    of: [d]
  - variant: b
    of: [c]
  - variant: c
    of: [b]
  - variant: not a name
  - variant: nothing
""",
    )
    lines = {(finding.code, finding.where.line) for finding in found}
    assert lines == {
        (Code.UNKNOWN_KEY, 3),
        (Code.MISSING_KEY, 5),
        (Code.MISSING_KEY, 6),
        (Code.SHAPE, 8),
        (Code.REPEATED, 9),
        (Code.REFERENCE, 9),
        (Code.CIRCLE, 11),
        (Code.CIRCLE, 13),
        (Code.ID, 15),
        (Code.BLANK, 16),
    }
    assert any(finding.hint == 'did you mean "reason"?' for finding in found)


@pytest.mark.parametrize(
    "text", ["variants: 3", "variant: a", "- a", "variants: [3]", "variants: [{variant: a, of: b}]"]
)
def test_another_form_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text)


def test_a_star_without_quotes_is_told_apart_from_yaml(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, "variants:\n  - {variant: a, changes: [{set: run.seed, to: *2}]}")
    assert "in quotes" in found.hint
