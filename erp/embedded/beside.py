"""Commands beside a running product: they find its servers without being told."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from erp.core.settings import get_settings
from erp.embedded.launch import only_instance
from erp.embedded.stack import KEPT, EmbeddedStack


def use_running_stack() -> None:
    """Fill what the settings leave open with the embedded servers that run, and their secret key.

    Each address counts for itself, as for `make run`: beside a database of your own, the other
    servers are found too. Where nothing was ever embedded, nothing is made. Ends the program
    with a sentence where no database is configured and none runs here.
    """
    settings = get_settings()
    if settings.database_url and not (settings.data_dir / KEPT).exists():
        return
    stack = EmbeddedStack(settings.data_dir, settings)
    running = [service for service in stack.services if service.is_running()]
    if not settings.database_url and stack.postgres not in running:
        sys.exit("There is no database: start the product with `make run`, or set DATABASE_URL.")
    _tell(stack, stack.environment(running))


@contextmanager
def some_stack() -> Iterator[None]:
    """Use the running servers as above; where there is no database at all, start our own meanwhile.

    Raises:
        CannotStartError: `make run` is starting or stopping on the same data.
        ServiceFailedError: A server did not start.
    """
    settings = get_settings()
    stack = EmbeddedStack(settings.data_dir, settings)
    if settings.database_url or stack.postgres.is_running():
        use_running_stack()
        yield
        return
    with only_instance(settings.data_dir), stack:
        _tell(stack, stack.environment())
        yield


def _tell(stack: EmbeddedStack, found: dict[str, str]) -> None:
    os.environ.update(found, DATA_DIR=str(stack.data_dir))
    get_settings.cache_clear()
