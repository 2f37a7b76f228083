"""Runs on several workers, through dask.distributed: a local cluster, or the scheduler that is named.

A worker tells each result by an event as soon as it is known, and all of its run again when the run is done: an
event may be lost with its worker, a finished run cannot. Where a worker dies, the scheduler gives its runs to another;
what is told twice is the same. Only this module speaks to dask, and it is imported only where the extra is installed.
"""

import logging
import pickle
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from warnings import catch_warnings, simplefilter

import dask
from distributed import CancelledError, Client, Event, Future, KilledWorker, LocalCluster, get_worker
from distributed.versions import VersionMismatchWarning

from optimizer.living.learned import Learned
from optimizer.plan_making import versions_here
from optimizer.plan_solver import Versions
from optimizer.sweeping.bench import Bench, Take, Task
from optimizer.sweeping.faults import ClusterUnusable
from optimizer.sweeping.grid import Run
from optimizer.sweeping.hands import Crew, LostRun
from optimizer.sweeping.results import PointResult

Lines = tuple[str, ...]
"""Results of a run, each as JSON."""

TOPIC = "siliconmix-sweep"
LOCALHOST = "127.0.0.1"
CONNECT_S = 15
JOIN_S = 120
"""How long to wait for the first worker of a scheduler."""
SCRATCH = ".plan-sweep-"
"""How the folder of local workers begins: as those that the next run into the same folder clears after a kill."""
GONE = (OSError, TimeoutError, RuntimeError)
"""What speaking to a scheduler that is not there any more may raise."""
_IN_EACH_PROCESS = """
import os, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
"""
"""Ctrl-C reaches every process of the terminal: the planning process alone decides what it means, and it alone speaks.
What goes wrong on a worker comes to it as an exception."""


@dataclass(frozen=True)
class Order:
    """What a worker must know to do any run of a sweep; it can be sent."""

    sweep: str
    task: Task
    learned: Learned | None
    versions: Versions


class _Held:
    """The bench of the sweep that this worker process is at; at most one, because each has a solver process."""

    def __init__(self) -> None:
        self._sweep: str | None = None
        self._bench: Bench | None = None

    def bench(self, order: Order) -> Bench:
        """The bench of that sweep; one of another sweep is closed."""
        if self._bench is None or self._sweep != order.sweep:
            self.let_go()
            self._sweep, self._bench = order.sweep, Bench(order.task, order.learned)
        return self._bench

    def let_go(self, sweep: str | None = None) -> None:
        """Close the bench, if it is of that sweep or no sweep is named."""
        if self._bench is not None and sweep in (None, self._sweep):
            self._bench.__exit__(None, None, None)
            self._bench = None


_held = _Held()


def _let_go(sweep: str) -> None:
    """On a worker: the sweep is over."""
    _held.let_go(sweep)


def _order(packed: bytes) -> Order:
    """On a worker: the order, kept there for all runs. It is a task, so that it is made again if that worker dies."""
    order = pickle.loads(packed)
    assert isinstance(order, Order)
    return order


def _work(order: Order, run: Run) -> Lines:
    """On a worker: the results of a run as lines of JSON, each told by an event as soon as it is known."""
    worker, stop = get_worker(), Event(_stop_name(order.sweep))
    refuse_other_versions(order.versions, versions_here(), worker.address)
    lines: list[str] = []

    def tell(result: PointResult) -> None:
        lines.append(result.model_dump_json())
        worker.log_event(TOPIC, [order.sweep, lines[-1]])
        if stop.is_set():
            raise KeyboardInterrupt

    try:
        _held.bench(order).work(run, tell)
    except KeyboardInterrupt:
        _let_go(order.sweep)
    return tuple(lines)


def refuse_other_versions(here: Versions, there: Versions, address: str) -> None:
    """Raise ClusterUnusable, with all that differs, unless a worker computes with the versions of this process."""
    other = [name for name in Versions.model_fields if getattr(there, name) != getattr(here, name)]
    if other:
        told = ", ".join(f"{name} {getattr(there, name)} there, {getattr(here, name)} here" for name in other)
        raise ClusterUnusable(f"worker {address} has other versions: {told}. Answers could differ; install the same")


def _stop_name(sweep: str) -> str:
    return f"{TOPIC}-stop-{sweep}"


@dataclass(frozen=True)
class LocalWorkers:
    """As many worker processes on this machine, which end with the sweep."""

    workers: int
    scratch: Path
    """Folder for their files, which are taken away."""

    @contextmanager
    def crew(self, runs: int) -> Iterator[Crew]:
        """Start them; no more than there are runs."""
        with TemporaryDirectory(dir=self.scratch, prefix=SCRATCH, ignore_cleanup_errors=True) as folder, _quiet():
            cluster = LocalCluster(
                n_workers=min(self.workers, runs),
                threads_per_worker=1,
                processes=True,
                host=LOCALHOST,
                dashboard_address=None,
                worker_dashboard_address=None,
                scheduler_kwargs={"dashboard_address": f"{LOCALHOST}:0"},  # its web server takes any port that is free
                silence_logs=logging.CRITICAL,
                local_directory=folder,
                memory_limit=None,
                preload=[_IN_EACH_PROCESS],
            )
            with cluster, Client(cluster) as client:
                yield _Clustered(client)


@dataclass(frozen=True)
class RemoteWorkers:
    """The workers of a scheduler that is already there."""

    scheduler: str
    """Its address, such as tcp://host:8786 or tls://host:8786."""
    connect_s: float = CONNECT_S
    join_s: float = JOIN_S

    @contextmanager
    def crew(self, runs: int) -> Iterator[Crew]:
        """Connect, and see that the workers there compute as this process does."""
        with _quiet(), self._client() as client:
            for address, there in client.run(versions_here, on_error="return").items():
                if not isinstance(there, Versions):
                    raise ClusterUnusable(f"worker {address} does not answer: {there}. Is siliconmix installed there?")
                refuse_other_versions(versions_here(), there, address)
            yield _Clustered(client)

    @contextmanager
    def _client(self) -> Iterator[Client]:
        try:
            client = Client(self.scheduler, timeout=self.connect_s)
        except (OSError, ValueError, TypeError) as error:
            raise ClusterUnusable(f"no scheduler answers at {self.scheduler}: {error}") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=self.join_s)
            except TimeoutError:
                raise ClusterUnusable(
                    f"no worker has joined {self.scheduler} within {self.join_s:g} s;"
                    f" start one: dask worker {self.scheduler}"
                ) from None
            yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """What dask says of workers that come and go is not for the reader of a sweep; versions are checked here."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}), catch_warnings():
            simplefilter("ignore", VersionMismatchWarning)
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


@dataclass(frozen=True)
class _Clustered:
    """The workers of a client."""

    client: Client

    def work(self, bench: Bench, runs: Sequence[Run], take: Take) -> tuple[LostRun, ...]:
        """See Crew."""
        return _Sweep(self.client, bench).work(runs, take)


class _Sweep:
    """One sweep on a client."""

    def __init__(self, client: Client, bench: Bench) -> None:
        self._client = client
        self._id = uuid.uuid4().hex[:12]
        self._packed = pickle.dumps(Order(self._id, bench.task.to_send(), bench.learned, versions_here()))
        self._arrived: SimpleQueue[str | Future[Lines]] = SimpleQueue()

    def work(self, runs: Sequence[Run], take: Take) -> tuple[LostRun, ...]:
        """Hand out the runs and take what comes, until all are done or a person stops it."""
        self._client.subscribe_topic(TOPIC, self._heard)
        try:
            lost = tuple(self._taken(self._handed_out(runs), take))
            with suppress(*GONE):
                self._client.run(_let_go, self._id, on_error="ignore")
            return lost
        except BaseException:
            with suppress(*GONE):
                Event(_stop_name(self._id), client=self._client).set()
            raise
        finally:
            with suppress(*GONE):
                self._client.unsubscribe_topic(TOPIC)

    def _handed_out(self, runs: Sequence[Run]) -> dict[Future[Lines], Run]:
        order = self._client.submit(_order, self._packed, pure=False)
        return {
            self._client.submit(_work, order, run, key=f"{TOPIC}-{self._id}-{run.number}", priority=-run.number): run
            for run in runs
        }

    def _heard(self, event: tuple[float, object]) -> None:
        match event[1]:
            case [self._id, str(line)]:
                self._arrived.put(line)

    def _taken(self, given: dict[Future[Lines], Run], take: Take) -> Iterator[LostRun]:
        for future in given:
            future.add_done_callback(self._arrived.put)
        waiting = len(given)
        while waiting:
            arrived = self._arrived.get()
            if isinstance(arrived, Future):
                waiting -= 1
                lines = _lines(arrived)
                if isinstance(lines, str):
                    yield LostRun(given[arrived], lines)
                    continue
            else:
                lines = (arrived,)
            for line in lines:
                take(PointResult.model_validate_json(line))


def _lines(done: Future[Lines]) -> Lines | str:
    """The lines of a finished run, or why it was given up."""
    try:
        lines = done.result()
    except KilledWorker:
        return "the workers that tried it died, one after the other (out of memory?)"
    except CancelledError:
        return "the connection to the scheduler was lost"
    except ImportError as reason:
        raise ClusterUnusable(f"a worker cannot import what it must ({reason}); install siliconmix there") from reason
    return lines
