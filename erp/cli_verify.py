"""`python -m erp verify` and `replay`."""

from typing import Annotated

import typer

from erp.core.errors import DomainError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(verify)
    app.command()(replay)


def verify(
    objects: Annotated[
        int,
        typer.Option(min=0, help="Read so many kept objects of each tenant back first."),
    ] = 0,
) -> None:
    """Prove every invariant over every tenant, and name the first row that breaks one.

    With --objects, kept bytes are read back and hashed, those first that nobody read for longest:
    a number above all there are reads every one. Ends with 1 if any is broken.
    """
    from erp.terminal import proving  # noqa: PLC0415  other commands stay small

    verdicts = proving.verify(objects)
    for line in proving.report(verdicts):
        typer.echo(line)
    if not all(verdict.holds for verdict in verdicts):
        raise typer.Exit(1)


def replay(
    subscriber: Annotated[str, typer.Argument(help="Name in jobs/subscriptions.py.")],
) -> None:
    """Deliver every past event to a subscriber again; the relay and the workers do the rest."""
    from erp.terminal import proving  # noqa: PLC0415  other commands stay small

    try:
        due = proving.replay(subscriber)
    except DomainError as refusal:
        typer.echo(refusal.message, err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{due} deliveries are due.")
