"""Request traces: read as columns, and turned into size classes, the shape of a week, bursts and cache hits.

docs/decisions/0027 fixes what is read, what is refused and what each number means.
"""

from scenarios.traces.reading import read_trace
from scenarios.traces.records import Trace

__all__ = ["Trace", "read_trace"]
