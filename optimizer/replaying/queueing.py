"""One queue and so many equal replicas, first come first served: how long each attempt waits.

One server is one replica (docs/decisions/0033); the clock and the queue are simpy's.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.resources.resource import Request

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Queued:
    """What became of the attempts of one group."""

    wait_s: Floats
    """In the order of arrival."""
    busy_s: float
    """Of all replicas together."""
    longest_queue: int


def queued(arrival_s: Sequence[float], service_s: Sequence[float], replicas: int) -> Queued:
    """Serve attempts that arrive at ascending moments; the queue starts empty.

    >>> two_at_once = queued([0.0, 0.0, 1.0], [2.0, 2.0, 2.0], replicas=1)
    >>> two_at_once.wait_s.tolist(), two_at_once.longest_queue
    ([0.0, 2.0, 3.0], 2)
    """
    clock = simpy.Environment()
    servers = simpy.Resource(clock, capacity=replicas)
    wait_s = np.zeros(len(arrival_s))
    longest = 0

    def begin(index: int, turn: Request, _: simpy.Event) -> None:
        wait_s[index] = clock.now - arrival_s[index]
        clock.timeout(service_s[index]).callbacks.append(partial(end, turn))

    def end(turn: Request, _: simpy.Event) -> None:
        servers.release(turn)

    def arriving() -> Generator[simpy.Event, Any, None]:
        nonlocal longest
        for index, moment in enumerate(arrival_s):
            if moment > clock.now:
                yield clock.timeout(moment - clock.now)
            turn = servers.request()
            longest = max(longest, len(servers.queue))
            turn.callbacks.append(partial(begin, index, turn))

    clock.process(arriving())
    clock.run()
    return Queued(wait_s, float(sum(service_s)), longest)
