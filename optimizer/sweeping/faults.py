"""What can stand in the way of a sweep before it begins.

    RuntimeError
      SweepRefused       nothing is worked out; the message says what is wrong and what to do
        WrongAxis          not written as a sweep
        ResultsUnusable    the results file is of another sweep, or is none
        ClusterUnusable    no scheduler, no worker, or workers that would compute otherwise
"""


class SweepRefused(RuntimeError):
    """A sweep that cannot begin."""


class WrongAxis(SweepRefused):
    """A sweep that is not written as one; the message says what is wrong and how it is written."""


class ResultsUnusable(SweepRefused):
    """The results file is of another sweep, or is none; the message says what differs and what to do."""


class ClusterUnusable(SweepRefused):
    """The cluster cannot be reached, or its workers cannot do this; the message says why and what to do."""
