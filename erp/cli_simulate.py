"""`python -m erp simulate ...`."""

import typer

from erp.simulate import cli


def register(app: typer.Typer) -> None:
    """Add the simulations to the command line."""
    app.add_typer(cli.app, name="simulate")
