"""`python -m erp.serving`, with granian's options: web processes that share the product's memory."""

import gc
from functools import cache
from importlib import import_module

from granian.cli import cli
from starlette.types import ASGIApp

from erp.preloading import preload

TARGET = "erp.serving:application"


@cache
def application() -> ASGIApp:
    """Return what is served: made once, before the web processes part from who made it."""
    made: ASGIApp = import_module("erp.erp").app()
    return made


def main() -> None:
    """Make what is served, and serve it."""
    preload("erp.erp")
    import_module("erp.serving").application()
    gc.freeze()
    cli()


if __name__ == "__main__":
    main()
