"""`python -m erp up`: from nothing to a running product, in one process that watches it."""

import fcntl
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path

import psutil

from erp.core.settings import Settings, get_settings
from erp.embedded.credentials import is_free
from erp.embedded.frontend import build_if_changed
from erp.embedded.process import Service
from erp.embedded.programs import PROJECT, Program, ProgramProcess, product_programs
from erp.embedded.stack import EmbeddedStack
from erp.embedded.supervisor import Supervisor

Report = Callable[[str], None]


class CannotStartError(RuntimeError):
    """Something outside stands in the way; the message says what to do."""


def up(report: Report) -> None:
    """Start everything, watch it until SIGINT or SIGTERM, stop it in reverse order.

    Embedded servers replace the ones the settings leave open. Data stays in the data
    directory, so that the next start takes seconds.

    Raises:
        CannotStartError: Another instance runs, a port is taken, or the database is newer.
        ServiceFailedError: A server or program did not start.
        FrontendBuildError: The frontend could not be built.
    """
    settings = get_settings()
    end = threading.Event()
    with only_instance(settings.data_dir), ended_by_signals(end):
        _stop(_processes(settings.data_dir, product_programs(settings)))
        _require_free_ports(settings)
        stack = EmbeddedStack(settings.data_dir, settings, report=report)
        with stack:
            os.environ.update(stack.environment(), DATA_DIR=str(stack.data_dir))
            get_settings.cache_clear()
            logins = _prepare_apart(report)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_emptied(settings.data_dir / "metrics"))
            serve(
                stack.services, product_programs(settings), settings.data_dir, report, end, logins
            )


def prepare(report: Report) -> list[str]:
    """Migrate the database, seed an empty one and build the frontend; return the demo logins.

    Raises:
        CannotStartError: The database is newer than this version.
        FrontendBuildError: The frontend could not be built.
    """
    from erp import seed  # noqa: PLC0415  the process that watches stays small without them
    from erp.core import migrations  # noqa: PLC0415

    settings = get_settings()
    report("Migrating the database")
    try:
        migrations.upgrade(settings.database_url)
    except migrations.CannotMigrateError as error:
        raise CannotStartError(str(error)) from error
    logins = seed.run(report)
    build_if_changed(PROJECT, settings.data_dir / "log" / "frontend.log", report)
    return logins


def _prepare_apart(report: Report) -> list[str]:
    """Prepare in a process that ends, and gives its memory and connections back."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as apart:
        return apart.submit(prepare, report).result()


def serve(
    servers: Sequence[Service],
    programs: Sequence[Program],
    data_dir: Path,
    report: Report,
    end: threading.Event,
    logins: Sequence[str] = (),
) -> None:
    """Start the programs and watch them and the servers until `end` is set."""
    processes = _processes(data_dir, programs)
    with ExitStack() as running:
        running.callback(report, "Stopped; the data stays in " + str(data_dir))
        running.callback(_stop, processes)
        for process in processes:
            if end.is_set():
                return
            report(f"Starting {process.name}")
            process.start()
        _announce(report, logins)
        Supervisor([*servers, *processes], report).run(end)
        report("Stopping")


@contextmanager
def only_instance(data_dir: Path) -> Iterator[None]:
    """Refuse to run twice on one data directory."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStartError(f"{data_dir} is in use by a running instance.") from error
        yield


@contextmanager
def ended_by_signals(end: threading.Event) -> Iterator[None]:
    """Set `end` on SIGINT or SIGTERM; a second one breaks off where we are."""
    numbers = (signal.SIGINT, signal.SIGTERM)

    def note(_number: int, _frame: object) -> None:
        if end.is_set():
            raise KeyboardInterrupt
        end.set()

    before = [signal.signal(number, note) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _processes(data_dir: Path, programs: Sequence[Program]) -> list[ProgramProcess]:
    return [ProgramProcess(data_dir, program) for program in programs]


def _stop(processes: Sequence[ProgramProcess]) -> None:
    for process in reversed(processes):
        process.stop()


def _emptied(folder: Path) -> Path:
    """Make the folder where processes share their metrics; those of ended ones are void."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder.absolute()


def _require_free_ports(settings: Settings) -> None:
    if not is_free(settings.web_port):
        message = f"Port {settings.web_port} is taken. Choose another one: WEB_PORT=8080 make run"
        raise CannotStartError(message)
    if settings.dicom_port and not is_free(settings.dicom_port):
        message = (
            f"Port {settings.dicom_port}, for DICOM, is taken. Choose another one, or 0 for none"
        )
        raise CannotStartError(f"{message}: DICOM_PORT=11113 make run")


def _announce(report: Report, logins: Sequence[str]) -> None:
    settings = get_settings()
    seconds = time.time() - psutil.Process().create_time()
    report(f"Ready after {seconds:.0f} s: {settings.public_url}")
    for line in logins:
        report(f"  {line}")
    report(f"Logs: {settings.data_dir / 'log'}. Ctrl-C stops everything.")
