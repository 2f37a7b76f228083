"""What the project believes about itself: its lists are complete, its documents true, its imports light."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("catalog", "contracts", "scenarios", "optimizer", "reports")
SLOW = ("pandas", "pyomo", "highspy", "openpyxl", "xlsxwriter", "tsam", "rich", "scipy", "sklearn", "pyarrow")
MOST_LINES, MOST_TEST_LINES = 400, 600
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NOTES = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def modules() -> list[Path]:
    return sorted(path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py"))


def texts() -> Iterator[Path]:
    """Every text file of the project: its packages, tests, documents, and what stands beside them."""
    folders = [ROOT / name for name in (*PACKAGES, "tests", "docs", ".ci")]
    candidates = [path for folder in folders for path in folder.rglob("*")] + list(ROOT.glob("*"))
    binary = {".xlsx", ".gz", ".png", ".pyc", ".svg"}
    for path in sorted(candidates):
        if path.is_file() and path.suffix not in binary and "__pycache__" not in path.parts:
            yield path


def loaded_by(statement: str) -> set[str]:
    """The top-level modules in memory after a statement in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def names_of(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ ;\[]", requirement)[0] for requirement in requirements}


def imported_names(path: Path) -> Iterator[str]:
    """Every module and name that a file imports, dotted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_command_line_answers_before_anything_slow_is_loaded() -> None:
    assert not loaded_by("import reports.cli") & set(SLOW)


@pytest.mark.parametrize("package", [*PACKAGES, "contracts.terms", "reports.sheets"])
def test_naming_a_package_loads_nothing_slow(package: str) -> None:
    assert not loaded_by(f"import {package}") & set(SLOW)


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = import_module("reports.cli").main.commands
    assert commands
    assert [name for name in commands if f"siliconmix {name}" not in readme] == []


def test_every_command_says_what_it_is_for() -> None:
    commands = import_module("reports.cli").main.commands
    assert [name for name, command in commands.items() if not command.help] == []


def test_every_family_of_rules_is_listed() -> None:
    families = import_module("optimizer.families")
    written = {path.stem for path in (ROOT / "optimizer" / "families").glob("[a-z]*.py")}
    assert {family.__name__.rpartition(".")[2] for family in families.FAMILIES} == written


def test_every_family_of_rules_states_its_formulas() -> None:
    for family in import_module("optimizer.families").FAMILIES:
        assert "symbol" in family.__doc__, f"{family.__name__} has no symbol table"


def test_the_auditor_knows_of_the_optimizer_only_the_plan() -> None:
    parts = ["binding", "changes", "contingencies", "contracts", "footprint", "headroom", "sensitivity"]
    parts += ["splits", "unit_cost", "why"]
    known = ("optimizer.plan.", *(f"optimizer.plan_{part}." for part in parts), "optimizer.audit.")
    borrowed = [
        f"{path.name}: {name}"
        for path in (ROOT / "optimizer" / "audit").rglob("*.py")
        for name in imported_names(path)
        if name.startswith("optimizer.") and not name.startswith(known)
    ]
    assert borrowed == []


def test_the_auditor_borrows_no_bill() -> None:
    borrowed = [
        f"{path.name}: {name}"
        for path in (ROOT / "optimizer" / "audit").rglob("*.py")
        for name in imported_names(path)
        if name.endswith("_bill") or name.startswith("contracts.billing")
    ]
    assert borrowed == []


def test_every_path_that_a_document_names_is_there() -> None:
    named = re.compile(r"`([\w.-]+/[\w./-]*)`")
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        paths = set(named.findall(document.read_text(encoding="utf-8")))
        here = {path for path in paths if path.split("/")[0] in (*PACKAGES, "tests", "docs", ".ci")}
        assert [path for path in here if not (ROOT / path).exists()] == [], document.name


def test_every_link_of_a_document_leads_to_a_file() -> None:
    link = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        targets = [target for target in link.findall(document.read_text(encoding="utf-8")) if "://" not in target]
        assert [target for target in targets if not (document.parent / target).exists()] == [], document.name


def test_decision_notes_are_numbered_without_a_gap() -> None:
    assert [note.name[:4] for note in NOTES] == [f"{number:04d}" for number in range(1, len(NOTES) + 1)]
    for note in NOTES:
        assert note.read_text(encoding="utf-8").startswith(f"# {note.name[:4]} ")


def test_every_dependency_has_its_reason() -> None:
    note = next(note for note in NOTES if "dependencies" in note.name).read_text(encoding="utf-8")
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    needed, developing = names_of(project["dependencies"]), names_of(extras["dev"])
    optional = names_of(extras["cluster"])
    reasons = re.findall(r"^\| ([a-z.]+)(?: \(extra `[a-z]+`\))? \|(?! why)", note, flags=re.MULTILINE)
    assert set(reasons) == needed | optional
    assert [name for name in developing if name not in note] == []


def test_every_dependency_is_used() -> None:
    used = {name for path in modules() for name in imported_names(path)}
    for name in names_of(PYPROJECT["project"]["dependencies"]):
        assert any(module.startswith(name) for module in used), f"{name} is never imported"


def test_no_module_is_longer_than_a_sitting() -> None:
    for path in modules():
        place = path.relative_to(ROOT)
        most = MOST_TEST_LINES if place.parts[0] == "tests" else MOST_LINES
        assert path.read_text(encoding="utf-8").count("\n") <= most, f"{place} has more than {most} lines"


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"(?<![\w.~-])/(?:work|tmp|root|home|Users)/|\.\./shared", id="a path of one machine"),
        pytest.param(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b", id="work left for later"),
    ],
)
def test_no_file_carries(pattern: str) -> None:
    search = re.compile(pattern).search
    found = [path.relative_to(ROOT) for path in texts() if search(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.long
def test_the_wheel_carries_the_data_and_not_the_tests(tmp_path: Path) -> None:
    source = tmp_path / "source"
    leave = shutil.ignore_patterns(".*", "out", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, source, ignore=leave)
    offline = ["--no-deps", "--no-build-isolation", "--no-index"]
    build = [sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", tmp_path, source]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    folders = (source / "catalog" / "bundled", source / "scenarios" / "examples")
    data = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert data
    assert {str(path.relative_to(source)) for path in data} <= inside
    assert not any(name.startswith("tests/") for name in inside)
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    assert {name.partition("/")[0] for name in inside if not name.startswith("siliconmix-")} == set(PACKAGES)
