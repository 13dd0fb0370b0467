"""`python -m erp simulate device`: a device on the command line."""

import json
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit, urlunsplit

import typer

from erp.core.settings import Settings, get_settings
from erp.simulate.faults import Fault
from erp.simulate.kinds import Kind

app = typer.Typer(help="Simulate the outside world.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Simulate the outside world."""


@app.command("device")
def simulate_device(  # noqa: PLR0913, PLR0917  one option per choice
    site: Annotated[
        str, typer.Option(help="The tenant's slug, an underscore and the branch code.")
    ],
    device: Annotated[str, typer.Option(help="Code of the device.")],
    patient_id: Annotated[str, typer.Option(help="Patient identifier.")] = "P-1001",
    patient_name: Annotated[str, typer.Option(help="Family^Given.")] = "Rao^Asha",
    source: Annotated[Kind, typer.Option(help="What it acquires.")] = Kind.CT,
    protocol: Annotated[str, typer.Option(help="What it calls that; empty: the source.")] = "",
    count: Annotated[int, typer.Option(min=1, max=2000, help="Number of objects.")] = 20,
    edge: Annotated[
        int, typer.Option(min=16, max=2048, help="Rows and columns of generated images.")
    ] = 512,
    fault: Annotated[list[Fault] | None, typer.Option(help="What goes wrong on purpose.")] = None,
    chunks: Annotated[bool, typer.Option(help="Send over MQTT only, without HTTP.")] = False,  # noqa: FBT002
    stop_after: Annotated[int | None, typer.Option(help="Break off after so many.")] = None,
    spool: Annotated[Path | None, typer.Option(help="Directory of the device's disk.")] = None,
    mqtt_url: Annotated[str, typer.Option(help="Broker; empty: the suite's own.")] = "",
) -> None:
    """Acquire one session and deliver it through the real broker and object store.

    Exits with 1 when the suite does not answer; run the same command again to resume.
    """
    from erp.adapters.mqtt import Broker  # noqa: PLC0415  other commands stay small
    from erp.embedded.beside import use_running_stack  # noqa: PLC0415  as above
    from erp.simulate.delivery import GaveUp  # noqa: PLC0415  as above
    from erp.simulate.device import (  # noqa: PLC0415  as above
        DeviceOptions,
        SimulatedDevice,
        open_spool,
    )

    if not (mqtt_url or get_settings().mqtt_url):
        use_running_stack()
    settings = get_settings()
    options = DeviceOptions(
        site=site,
        device=device,
        patient_id=patient_id,
        patient_name=patient_name,
        kind=source,
        protocol=protocol,
        count=count,
        edge=edge,
        faults=frozenset(fault or []),
        stop_after=stop_after,
        modes=("chunk",) if chunks else ("put", "chunk"),
    )
    disk = open_spool(spool or settings.data_dir / "simulate", site, device)
    broker = Broker.from_url(mqtt_url or _own_account(settings, f"{site}/{device}"))
    try:
        outcome = SimulatedDevice(broker, disk, options, typer.echo).run()
    except (GaveUp, OSError) as error:
        typer.echo(f"Not delivered: {error}", err=True)
        raise typer.Exit(1) from error
    counts = ", ".join(f"{number} {status}" for status, number in outcome.receipts.items())
    state = "settled" if outcome.is_settled else "not settled yet"
    typer.echo(f"Session {outcome.session_id}: {counts or 'nothing received'}; {state}.")


@app.command("portal")
def simulate_portal(
    gstin: Annotated[list[str], typer.Option(help="Registrations that it knows.")],
    port: Annotated[int, typer.Option(help="Where it answers.")] = 8095,
    key: Annotated[Path, typer.Option(help="File its public key is written to.")] = Path(
        ".data/portal-key.pem"
    ),
) -> None:
    """Answer as the portals of e-invoices and way bills do, until interrupted.

    Prints the settings with which the suite uses it.
    """
    from erp.simulate.invoice_portal import (  # noqa: PLC0415  other commands stay small
        SimulatedPortal,
    )

    portal = SimulatedPortal(port)
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_bytes(portal.public_key())
    users = {one: {"user": "demo", "password": "demo"} for one in gstin}
    typer.echo(f"EINVOICE_URL={portal.url}")
    typer.echo(f"EINVOICE_USERS='{json.dumps(users)}'")
    typer.echo(f"EINVOICE_PUBLIC_KEY={key.resolve()}")
    portal.server.serve_forever()


@app.command("payments")
def simulate_payments(
    port: Annotated[int, typer.Option(help="Where it answers.")] = 8096,
) -> None:
    """Answer as Razorpay and Stripe do, until interrupted; opening a link pays it.

    Prints the settings with which the suite uses it. Any keys of the right shape are let in.
    """
    from erp.simulate.payment_gateway import (  # noqa: PLC0415  other commands stay small
        SimulatedGateway,
    )

    gateway = SimulatedGateway(port)
    gateway.books.pay_url = f"{gateway.url}/pay"
    typer.echo(f"RAZORPAY_URL={gateway.url}")
    typer.echo(f"STRIPE_URL={gateway.url}")
    gateway.server.serve_forever()


def _own_account(settings: Settings, user: str) -> str:
    """Return the broker's address with a demo device's own account, where it has one."""
    path = settings.data_dir / "demo-devices.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if user not in known:
        return settings.mqtt_url
    parts = urlsplit(settings.mqtt_url)
    login = f"{quote(user, safe='')}:{quote(known[user], safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}"))
