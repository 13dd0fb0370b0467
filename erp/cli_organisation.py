"""`python -m erp organisation`."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(organisation)


def organisation(  # noqa: PLR0913, PLR0917  one per thing an organisation has
    name: Annotated[str, typer.Option(prompt="Name", help="As on invoices.")],
    gstin: Annotated[
        str,
        typer.Option(prompt="GSTIN (empty if not registered)", help="Empty: not registered."),
    ],
    address: Annotated[str, typer.Option(prompt="Street and number", help="Of the first branch.")],
    city: Annotated[str, typer.Option(prompt="City", help="Of the first branch.")],
    pin: Annotated[str, typer.Option(prompt="PIN code", help="Six digits.")],
    owner: Annotated[
        str,
        typer.Option(prompt="Owner's login", help="Such as an e-mail address."),
    ],
    owner_name: Annotated[str, typer.Option(prompt="Owner's name", help="As others see it.")],
    state: Annotated[
        str, typer.Option(help="GST code of the state, such as 27; the GSTIN's if there is one.")
    ] = "",
    phone: Annotated[str, typer.Option(help="Printed on invoices.")] = "",
    drug_licence: Annotated[str, typer.Option(help="Printed on invoices.")] = "",
    upi: Annotated[str, typer.Option(help="Address for UPI payments, such as shop@bank.")] = "",
    code: Annotated[str, typer.Option(help="Short name for programs; made of the name.")] = "",
) -> None:
    """Make an organisation of your own: its first branch, books, GST rates, a store, a till, an owner.

    What is not given is asked for. Ends with 1 and makes nothing if something is wrong with it; run
    again after a breakdown it goes on where it stopped.
    """
    from erp.terminal import organising  # noqa: PLC0415  other commands stay small

    if not gstin.strip() and not state:
        state = typer.prompt("GST code of the state, such as 27")
    wanted = organising.Wanted(
        name=name,
        code=code,
        gstin=gstin,
        state=state,
        address=address,
        city=city,
        pin=pin,
        phone=phone,
        drug_licence=drug_licence,
        upi=upi,
        owner=owner,
        owner_name=owner_name,
    )
    try:
        lines = organising.organise(wanted)
    except organising.Refused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None
    for line in lines:
        typer.echo(line)
