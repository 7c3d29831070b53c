"""Building a process without the garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def building() -> Iterator[None]:
    """Collect nothing while the process imports and builds what it keeps; never look through that again.

    Modules, routes and validators are half a million objects that live as long as the process. The collector
    would go through them several times at the start (a fifth of it), and at every full round later on, for
    100 ms and more in which no request is answered.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
