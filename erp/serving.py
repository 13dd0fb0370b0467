"""`python -m erp.serving`, with granian's options: web processes that share the product's memory."""

from granian.cli import cli

from erp.preloading import preload


def main() -> None:
    """Import the product and serve it."""
    preload("erp.erp")
    cli()


if __name__ == "__main__":
    main()
