"""One processor for a model: what fits or forecasts runs in one thread of the numerical libraries.

Belongs here: the limit. Does not: how many models work at once (the executor's).
"""

import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController

_P = ParamSpec("_P")
_R = TypeVar("_R")


def one_thread(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """`function`, with BLAS and OpenMP held to one thread while it runs.

    Models of several variables work at once, and threads that wait on each other's cores turned a fit of half
    a second into a minute. On cores that nobody else wants it is faster too: these matrices are narrow, and a
    thread that joins in waits more than it works.
    """

    @wraps(function)
    def limited(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with _libraries(len(sys.modules)).limit(limits=1):
            return function(*args, **kwargs)

    return limited


@lru_cache(maxsize=1)
def _libraries(_modules: int) -> ThreadpoolController:
    """The numerical libraries that are loaded. To look for them reads all that the process has mapped, some
    milliseconds each time; what loads another one has imported a module."""
    return ThreadpoolController()
