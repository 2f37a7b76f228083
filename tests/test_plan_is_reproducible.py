"""The same inputs give the same plan, whatever the order of their rows, and nothing leaves the machine."""

import json
import os
import socket
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pydantic import BaseModel

from catalog.records import Record
from optimizer.plan import Plan
from scenarios.scenario import Scenario
from tests.loading_folder import Folder
from tests.proving import planned
from tests.random_fleets import a_random_fleet, limited
from tests.tied_folder import migrating, shuffled, tied

ORDERED_FIELDS = {"hours_of_week"}
INPUTS = {"scenario", "fingerprint"}
"""What a plan repeats of its inputs, in the order in which they were given."""


def rows_shuffled(record: Any, draw: Random) -> Any:
    """The record with the rows of every list in another order, all the way down."""
    fields: dict[str, Any] = {}
    for name in type(record).model_fields:
        value = getattr(record, name)
        if isinstance(value, tuple) and value and isinstance(value[0], Record | BaseModel):
            rows = [rows_shuffled(row, draw) for row in value]
            draw.shuffle(rows)
            fields[name] = tuple(rows)
        elif isinstance(value, tuple) and name not in ORDERED_FIELDS:
            fields[name] = tuple(sorted(value, reverse=True))
        elif isinstance(value, Record):
            fields[name] = rows_shuffled(value, draw)
    return record.model_copy(update=fields)


def rich() -> Scenario:
    """A random fleet with a fallback, a cap and a minimum order."""
    pair, other = limited("fallback", 2), limited("share of spend", 2)
    assert pair is not None
    assert other is not None
    scenario = pair.limited.scenario
    caps = other.limited.scenario.policy.concentration
    policy = scenario.policy.model_copy(
        update={"concentration": (*caps, caps[0].model_copy(update={"rule": "zz", "cap_share": 0.9}))}
    )
    return scenario.model_copy(update={"policy": policy})


def without_inputs(plan: Plan) -> str:
    return plan.model_dump_json(exclude=INPUTS)


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert planned(rich()).model_dump_json() == planned(rich()).model_dump_json()


@pytest.mark.parametrize("order", range(3))
def test_the_order_of_rows_gives_the_same_bytes(order: int) -> None:
    other = rows_shuffled(rich(), Random(order))
    assert other != rich()
    assert without_inputs(planned(other)) == without_inputs(planned(rich()))


FOLDERS = (Folder, tied, migrating)


@cache
def plan_of(make: Callable[[Path], Folder]) -> Plan:
    with TemporaryDirectory() as place:
        return planned(make(Path(place)).load().scenario)


@pytest.mark.parametrize("make", FOLDERS)
def test_the_same_files_give_the_same_bytes(make: Callable[[Path], Folder], tmp_path: Path) -> None:
    again = planned(make(tmp_path).load().scenario)
    assert again.model_dump_json() == plan_of(make).model_dump_json()


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("make", FOLDERS)
def test_rows_in_another_order_change_nothing_but_the_hashes_of_the_files(
    make: Callable[[Path], Folder], order: int, tmp_path: Path
) -> None:
    """The hashes stand in the plan and in the scenario that it repeats; the fingerprint of the scenario stays."""
    other = planned(shuffled(make(tmp_path), Random(order)).load().scenario)
    one = plan_of(make)
    assert {row.name for row in other.input_hashes} == {row.name for row in one.input_hashes}
    assert other.input_hashes != one.input_hashes
    hashes: Any = {"input_hashes": True, "scenario": {"input_files"}}
    assert other.model_dump_json(exclude=hashes) == one.model_dump_json(exclude=hashes)


def test_among_twins_the_offering_whose_id_comes_first_is_taken() -> None:
    """south-twin is offered on the same terms as south-asic."""
    plan = plan_of(tied)
    assert {order.offering for order in plan.orders} == {"south-asic"}
    assert "south-twin" not in {usage.offering for usage in plan.usages}


def test_a_plan_reads_back_as_it_was_written() -> None:
    plan = planned(a_random_fleet(1))
    text = plan.model_dump_json()
    assert Plan.model_validate_json(text).model_dump_json() == text
    assert json.loads(text)["format"] == "siliconmix-plan-1"


NO_SOCKETS = """
import socket

class NoSocket(socket.socket):
    def __init__(self, *args, **kwargs):
        raise RuntimeError("a socket was opened")

socket.socket = NoSocket
"""


def test_nothing_is_sent_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Sockets are blocked here and, by a module that Python imports at its start, in the solver's process."""
    (tmp_path / "sitecustomize.py").write_text(NO_SOCKETS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))

    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert planned(a_random_fleet(1)).audit is not None
