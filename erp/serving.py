"""`python -m erp.serving`, with granian's options: web processes that share the product's memory.

The product is imported once, before the processes part, so that a second one costs what it
changes and not another copy.
"""

import gc
import importlib

from granian.cli import cli


def main() -> None:
    """Import the product and serve it."""
    importlib.import_module("erp.erp")
    gc.collect()
    gc.freeze()
    cli()


if __name__ == "__main__":
    main()
