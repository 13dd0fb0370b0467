"""The command line: `python -m erp`. Every module `erp/cli_*.py` adds its own commands."""

import importlib
import os
import pkgutil
import sys
import tempfile

import typer

import erp

app = typer.Typer(
    name="erp",
    help="Run and look after Vantage ERP.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def root() -> None:
    """Run and look after Vantage ERP."""


@app.command()
def up() -> None:
    """Start everything that is not configured elsewhere, and serve on one port."""
    from erp.embedded import frontend, launch, process  # noqa: PLC0415  other commands stay fast

    try:
        launch.up(say)
    except (
        launch.CannotStartError,
        frontend.FrontendBuildError,
        process.ServiceFailedError,
    ) as error:
        typer.echo(f"Cannot start: {error}", err=True)
        raise typer.Exit(1) from error


@app.command()
def serve(name: str) -> None:
    """Become one process of the product: web, worker, relay, listener, dicom, or its object store."""
    from erp.core.settings import get_settings  # noqa: PLC0415
    from erp.embedded import object_storage  # noqa: PLC0415
    from erp.embedded.programs import product_programs  # noqa: PLC0415

    if name == object_storage.ObjectStorage.name:
        try:
            object_storage.become_store(get_settings())
        except object_storage.StoreNotSetUp as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
    table = {program.name: program for program in product_programs(get_settings())}
    if name not in table:
        raise typer.BadParameter(f"Choose one of: {', '.join([*table, 'objects'])}.")
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="erp-metrics-"))
    os.environ.update(table[name].environment)
    os.execv(sys.executable, [sys.executable, *table[name].arguments])  # noqa: S606  our own table


@app.command()
def migrate() -> None:
    """Bring the configured database to the current shape."""
    from erp.core import migrations  # noqa: PLC0415
    from erp.core.settings import get_settings  # noqa: PLC0415
    from erp.embedded.beside import use_running_stack  # noqa: PLC0415

    use_running_stack()
    try:
        migrations.upgrade(get_settings().database_url)
    except migrations.CannotMigrateError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    say("The database is up to date.")


@app.command()
def seed() -> None:
    """Fill an empty database with the demo tenants and print their logins."""
    from erp import seed as demo  # noqa: PLC0415
    from erp.embedded.beside import use_running_stack  # noqa: PLC0415

    use_running_stack()
    for line in demo.run(say):
        say(line)


@app.command()
def build() -> None:
    """Build the frontend if its sources changed."""
    from erp.core.settings import get_settings  # noqa: PLC0415
    from erp.embedded import frontend, programs  # noqa: PLC0415

    log = get_settings().data_dir / "log" / "frontend.log"
    built = frontend.build_if_changed(programs.PROJECT, log, say)
    say("The frontend is built." if built else "The frontend is up to date.")


def say(line: str) -> None:
    """Print one line of progress at once, even into a pipe."""
    typer.echo(line)
    sys.stdout.flush()


def main() -> None:
    """Collect the commands of every `erp/cli_*.py` and run the one that was asked for.

    Each such module has a function `register(app: typer.Typer) -> None`.
    """
    for module in pkgutil.iter_modules(erp.__path__):
        if module.name.startswith("cli_"):
            importlib.import_module(f"erp.{module.name}").register(app)
    app()
