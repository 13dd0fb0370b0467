"""`python -m erp backup` and `restore`."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(help="Folder of the backup.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(folder: Folder) -> None:
    """Write the whole database and every stored object into a new folder.

    Keep SECRET_KEY apart: after a restore under another one, everybody signs in anew.
    """
    from erp.terminal import keeping  # noqa: PLC0415  other commands stay small

    try:
        objects = keeping.backup(folder)
    except keeping.Failed as failure:
        typer.echo(str(failure), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Backed up the database and {objects} objects into {folder}.")


def restore(folder: Folder) -> None:
    """Bring an empty database and object store to the state of a backup, then prove it."""
    from erp.terminal import keeping  # noqa: PLC0415  other commands stay small

    try:
        made_at = keeping.restore(folder)
    except keeping.Failed as failure:
        typer.echo(str(failure), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Restored the backup of {made_at}; every promise holds.")
