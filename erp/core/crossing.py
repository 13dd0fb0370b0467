"""The one way from the event loop to synchronous code.

Its pool of threads is as large as the connection pool, so that no thread waits for a connection.
"""

import asyncio
import contextvars
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from erp.core.settings import get_settings

P = ParamSpec("P")
T = TypeVar("T")


@functools.cache
def _pool() -> ThreadPoolExecutor:
    """Made on first use: the server forks its workers after importing the product."""
    return ThreadPoolExecutor(get_settings().pool_size, thread_name_prefix="services")


async def off_the_loop(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking function in the pool and wait for its answer without blocking others."""
    here = contextvars.copy_context()
    call = functools.partial(here.run, functools.partial(function, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_pool(), call)
