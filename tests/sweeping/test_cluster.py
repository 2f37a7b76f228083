"""A real scheduler with one worker, all in this process: what is told as it is found, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from optimizer.plan_solver import Versions
from optimizer.sweeping.cluster import SCRATCH, RemoteWorkers, refuse_other_versions
from optimizer.sweeping.faults import ClusterUnusable
from optimizer.sweeping.hands import OneByOne
from optimizer.sweeping.results import same_answer
from optimizer.sweeping.sweep import Listeners, sweep
from reports.publishing import output_folder
from tests.sweeping.test_sweep import CAP, task

distributed = pytest.importorskip("distributed")


def a_station(workers: int) -> Any:
    """A scheduler and its workers, as threads of this process."""
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
    )


def test_a_worker_tells_every_point_as_soon_as_it_is_known(tmp_path: Path) -> None:
    """Nine points in two runs: they come one by one, and are those that one process finds."""
    asked = task(f"{CAP}=0.5..0.9/9")
    told: list[int] = []
    with a_station(1) as station:
        hands = RemoteWorkers(station.scheduler_address)
        there = sweep(asked, tmp_path / "there.jsonl", hands, Listeners(point=told.append))
    here = sweep(asked, tmp_path / "here.jsonl", OneByOne())
    assert told == [0, *range(1, 10)]
    assert there.missing == there.lost == ()
    assert all(same_answer(one, other) for one, other in zip(there.results, here.results, strict=True))


def test_a_worker_of_another_version_is_refused_by_name() -> None:
    here = Versions(siliconmix="1.2", python="3.11.7", pyomo="6.10.1", highspy="1.15.1")
    refuse_other_versions(here, here, "tcp://host:1")
    other = here.model_copy(update={"pyomo": "6.9", "highspy": "1.14"})
    with pytest.raises(ClusterUnusable, match=r"worker tcp://host:1 .* pyomo 6\.9 there, 6\.10\.1 here, highspy 1\.14"):
        refuse_other_versions(here, other, "tcp://host:1")


def test_a_scheduler_without_workers_is_said_so() -> None:
    with a_station(0) as station:
        idle = RemoteWorkers(station.scheduler_address, join_s=0.2)
        said = r"no worker has joined .* start one: dask worker tcp://"
        with pytest.raises(ClusterUnusable, match=said), idle.crew(1):
            pass


def test_no_scheduler_is_said_so() -> None:
    nobody = RemoteWorkers("tcp://127.0.0.1:9", connect_s=1)
    with pytest.raises(ClusterUnusable, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"), nobody.crew(1):
        pass


def test_what_workers_of_a_killed_sweep_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / f"{SCRATCH}killed" / "worker").mkdir(parents=True)
    with output_folder(tmp_path) as folder:
        assert [path.name for path in folder.iterdir()] == [".siliconmix.lock"]
