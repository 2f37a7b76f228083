"""`siliconmix whatif` as an analyst uses it: named changes of the small example, planned and compared."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.audit import audit_plan
from optimizer.comparing.comparison import Comparison
from optimizer.living.living import Answer, LivingModel
from optimizer.plan_file import read_plan
from reports.answers import Failure
from reports.comparison.answer import ComparisonAnswer
from tests.comparing_cases import left_open
from tests.specs.running import Fleet, Run, contents, siliconmix

PRICE = "contracts.south-reserved-3m.price_usd_per_node_hour"
CHEAPER = f"{PRICE}=16"
"""Four nodes are reserved for the 2,160 hours of three months: 2 USD less an hour save 17,280 USD."""
MANY = """
variants:
  - variant: cheaper
    reason: what we ask for
    changes:
      - {set: contracts.south-reserved-3m.price_usd_per_node_hour, to: 16}
  - variant: wrong-path
    changes:
      - {set: contracts.south-reserved-4m.price_usd_per_node_hour, to: 16}
  - variant: impossible
    changes:
      - {set: "policy.concentration[0].cap_share", to: 0.4}
  - variant: busier
    changes:
      - {set: "demand.chat/*.accepted_requests_per_s", to: "*1.5"}
  - variant: cheaper-and-busier
    of: [cheaper, busier]
"""

Asked = Callable[..., Run]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def asked(fleet: Fleet, out: Path) -> Asked:
    return lambda *words: siliconmix("whatif", fleet.folder, "--out", out, *words)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A file of variants, two of which have no plan."""
    folder = tmp_path_factory.mktemp("many")
    assert siliconmix("init", folder / "fleet").exit == 0
    (folder / "many.yaml").write_text(MANY, encoding="utf-8")
    words = ("--changes", folder / "many.yaml", "--out", folder / "out")
    return siliconmix("whatif", folder / "fleet", *words), folder / "out"


def comparison_in(folder: Path) -> Comparison:
    return Comparison.model_validate_json((folder / "comparison.json").read_bytes())


def test_a_lower_price_is_told_with_what_is_proven_of_it(asked: Asked, fleet: Fleet, out: Path) -> None:
    before = contents(fleet.folder)
    run = asked("--set", CHEAPER)
    said = " ".join(run.out.split())
    assert run.exit == 0
    assert "base 405,473" in said
    assert "what-if 388,193 -17,280 -4.3%" in said
    assert "what-if: 17,280 USD cheaper, proven to the dollar" in said
    assert f"Changed {PRICE}: 18 -> 16 (contracts.csv, row 5)" in said
    assert "To sign the same" in said
    assert f"Along {PRICE} (base: 18)" in run.out
    assert "8,640 USD a unit" in said
    assert sorted(path.name for path in out.iterdir()) == ["comparison.json", "comparison.xlsx", "plans"]
    assert contents(fleet.folder) == before


def test_every_plan_is_published_and_can_be_opened(many: tuple[Run, Path], tmp_path: Path) -> None:
    _, out = many
    files = sorted((out / "plans").iterdir(), key=lambda path: path.stem)
    assert [path.stem for path in files] == ["base", "busier", "cheaper", "cheaper-and-busier"]
    assert {audit_plan(read_plan(path)).verdict for path in files} == {"PASS"}
    assert siliconmix("report", out / "plans" / "cheaper.json", "--out", tmp_path / "plan.xlsx").exit == 0


def test_what_has_no_plan_is_named_with_its_reason_and_the_rest_goes_on(many: tuple[Run, Path]) -> None:
    run, out = many
    assert run.exit == 9
    assert "wrong-path is rejected" in run.err
    assert "did you mean south-reserved-3m" in run.err.replace('"', "").casefold()
    assert "wrong-path: REJECTED" in run.out
    assert "impossible: IMPOSSIBLE" in run.out
    assert "cap no-provider-above-70" in run.out
    found = {one.name: one for one in comparison_in(out).variants}
    assert {name: one.outcome.value for name, one in found.items()} == {
        "cheaper": "solved",
        "wrong-path": "rejected",
        "impossible": "impossible",
        "busier": "solved",
        "cheaper-and-busier": "solved",
    }
    assert all(found[name].reasons for name in ("wrong-path", "impossible"))


def test_changes_of_a_variant_are_bridged_and_what_they_do_together_is_said(many: tuple[Run, Path]) -> None:
    """Six nodes are reserved then, four of them at the base's demand: 2 x 2 USD x 2,160 hours more are saved."""
    _, out = many
    found = {one.name: one for one in comparison_in(out).variants}
    both = found["cheaper-and-busier"].against
    assert both is not None
    assert both.by_change is not None
    price, demand, joint = both.by_change.steps
    assert (price.what, price.usd) == (CHEAPER, -17280)
    assert demand.what == "demand.chat/*.accepted_requests_per_s=*1.5"
    assert (joint.what, joint.usd) == ("joint effect", -8640)
    assert both.by_change.start_usd + price.usd + demand.usd + joint.usd == both.by_change.end_usd


def test_a_study_without_bridges_has_none(asked: Asked, out: Path) -> None:
    assert asked("--set", CHEAPER, "--set", "run.usable_share=0.85", "--no-bridge").exit == 0
    (one,) = comparison_in(out).variants
    assert one.against is not None
    assert one.against.by_change is None


def test_json_is_one_document_and_the_file_holds_the_same(asked: Asked, out: Path) -> None:
    run = asked("--set", CHEAPER, "--name", "cheaper", "--json")
    answer = ComparisonAnswer.model_validate_json(run.out)
    assert (answer.command, answer.exit.code) == ("whatif", run.exit)
    assert answer.comparison == comparison_in(out)
    assert [Path(file).name for file in answer.files] == [
        "comparison.xlsx",
        "comparison.json",
        "base.json",
        "cheaper.json",
    ]


def test_where_every_variant_is_wrong_nothing_is_solved(asked: Asked, out: Path) -> None:
    run = asked("--set", "contracts.nobody.price_usd_per_node_hour=1", "--json")
    failure = Failure.model_validate_json(run.out)
    assert (run.exit, failure.kind) == (2, "inputs_rejected")
    assert "solve ..." not in run.err
    assert contents(out) == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing is changed"),
        (("--set", CHEAPER, "--name", "=1+1"), "is no name"),
        (("--set", "price"), "PATH=VALUE"),
        (("--set", CHEAPER, "--gap", "2"), "--gap"),
    ],
)
def test_wrong_usage_says_what_is_wrong(words: tuple[str, ...], said: str, asked: Asked) -> None:
    run = asked(*words)
    assert run.exit == 2
    assert said in run.err


def test_an_impossible_base_ends_as_a_plan_does(asked: Asked, fleet: Fleet) -> None:
    fleet.change("scenario.yaml", "cap_share: 0.7", "cap_share: 0.4")
    run = asked("--set", CHEAPER)
    assert (run.exit, run.out) == (3, "")


def interrupted_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """The user presses Ctrl-C while the plan of that number is made."""
    answer, asked = LivingModel.answer, iter(range(1, 100))

    def pressed(model: LivingModel, *words: object) -> Answer:
        if next(asked) == number:
            signal.raise_signal(signal.SIGINT)
        return answer(model, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(LivingModel, "answer", pressed)


def test_ctrl_c_publishes_what_is_done(
    asked: Asked, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "many.yaml").write_text(MANY, encoding="utf-8")
    interrupted_at(monkeypatch, 4)
    run = asked("--changes", tmp_path / "many.yaml")
    assert run.exit == 9
    assert {one.name: one.outcome.value for one in comparison_in(out).variants} == {
        "cheaper": "solved",
        "wrong-path": "rejected",
        "impossible": "impossible",
        "busier": "not solved",
        "cheaper-and-busier": "not solved",
    }
    assert "stopped by the user" in run.out
    assert sorted(path.stem for path in (out / "plans").iterdir()) == ["base", "cheaper"]


def test_ctrl_c_before_there_is_a_base_publishes_nothing(
    asked: Asked, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted_at(monkeypatch, 1)
    run = asked("--set", CHEAPER)
    assert (run.exit, run.out) == (130, "")
    assert contents(out) == {}


def test_a_second_study_takes_the_place_of_the_first_and_of_nothing_else(asked: Asked, out: Path) -> None:
    assert asked("--set", CHEAPER, "--name", "first", "--no-bridge").exit == 0
    (out / "plans" / "mine.txt").write_text("mine")
    assert asked("--set", CHEAPER, "--name", "second", "--no-bridge").exit == 0
    assert sorted(path.name for path in (out / "plans").iterdir()) == ["base.json", "mine.txt", "second.json"]


def wide_unless_asked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Plans are left open by 30,000 USD, or by the gap that was asked for, if that is smaller; the gaps asked for."""
    answer, asked = LivingModel.answer, list[float]()

    def opened(model: LivingModel, scenario: object, *words: object) -> Answer:
        found = answer(model, scenario, *words)  # type: ignore[arg-type]
        run = found.plan.scenario.run
        asked.append(run.gap_usd)
        gap = min(30_000.0, run.gap_usd) if run.gap_share == 0 else 30_000.0
        return Answer(left_open(found.plan, gap), found.how, found.elapsed_s)

    monkeypatch.setattr(LivingModel, "answer", opened)
    return asked


def test_what_cannot_be_told_apart_is_said_so_and_solved_closer_on_request(
    asked: Asked, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """17,280 USD between them and 60,000 USD open: solved again to 0.45 of the difference, both have a sign."""
    gaps = wide_unless_asked(monkeypatch)
    run = asked("--set", CHEAPER, "--gap", "0.08")
    assert run.exit == 4
    assert "NOT DISTINGUISHABLE: -17,280 USD as found, between -47,280 USD and 12,720 USD" in run.out
    run = asked("--set", CHEAPER, "--gap", "0.08", "--resolve")
    assert "what-if: 17,280 USD cheaper, between -25,056 USD and -9,504 USD" in run.out
    assert gaps[-2:] == pytest.approx([7776, 7776])


def test_what_stands_in_the_way_is_refused_before_anything_is_solved(asked: Asked, out: Path) -> None:
    out.mkdir()
    (out / "plans").write_text("mine")
    run = asked("--set", CHEAPER)
    assert (run.exit, run.out) == (8, "")
    assert f"{out / 'plans'} is a file" in run.err
    assert "solve ..." not in run.err


def test_variants_that_are_called_alike_are_refused(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(MANY, encoding="utf-8")
    run = asked("--set", CHEAPER, "--name", "Busier", "--changes", tmp_path / "many.yaml")
    assert run.exit == 2
    assert "Busier and busier" in run.err
