"""Importing the product once, before processes part from each other: they share what it takes."""

import gc
from importlib import import_module

from sqlalchemy.orm import configure_mappers

from erp.adapters.object_storage import read_protocol


def preload(*modules: str) -> None:
    """Import modules and make what their first use would make in each process again.

    What is made here stays, so looking for garbage meanwhile only costs: a quarter of the time.
    """
    gc.disable()
    for module in modules:
        import_module(module)
    configure_mappers()
    read_protocol()
    gc.freeze()
    gc.enable()


def interface() -> tuple[str, ...]:
    """Name what `erp.erp` is made of; itself it reads the environment, which each program has its own of."""
    routes: tuple[str, ...] = import_module("erp.pages").ROUTES
    return "erp.serving", "erp.api.application", "erp.state.guard", "erp.state.live", *routes
