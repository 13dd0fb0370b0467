"""`python -m erp call` and `actions`."""

from typing import Annotated

import typer

_REFUSED = 1
_MISUSED = 2


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(call)
    app.command()(actions)


def call(
    name: Annotated[str, typer.Argument(help="Action, such as inventory.stock_by_lot.")],
    given: Annotated[str, typer.Argument(help="Its input as JSON.")] = "{}",
    tenant: Annotated[str, typer.Option(help="Slug; may be left out where there is one.")] = "",
    as_login: Annotated[str, typer.Option("--as", help="Act as this member.")] = "",
    confirm: Annotated[
        list[str] | None, typer.Option(help="Code of a refusal to override.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the effects only.")] = False,
) -> None:
    """Run a command or query and print its answer as JSON.

    Without --as it acts as the product itself, with every permission. A refusal prints a
    JSON document on standard error and ends with 1; bad usage ends with 2.
    """
    from erp.terminal import calling  # noqa: PLC0415  other commands stay small

    codes = tuple(confirm or ())
    try:
        text = calling.answer(name, given, tenant, as_login, codes, is_preview=dry_run)
    except calling.Refused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(_REFUSED) from None
    except calling.Misused as misuse:
        typer.echo(str(misuse), err=True)
        raise typer.Exit(_MISUSED) from None
    typer.echo(text)


def actions(
    wanted: Annotated[str, typer.Argument(help="Only those whose name holds this.")] = "",
) -> None:
    """List every command and query with its permission and REST address."""
    from erp.terminal import calling  # noqa: PLC0415  other commands stay small

    for line in calling.described_actions(wanted):
        typer.echo(line)
