"""`python -m bench`: load a shop into a stack of its own and measure it."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import (
    bare,
    books,
    devices,
    dicomweb,
    events,
    offline_till,
    peers,
    prices,
    returns,
    stock,
    till,
    viewer,
    wide,
    workloads,
)
from bench.loading import Shop, load_shop
from bench.measuring import Figure, memory_mb
from erp.core import db, migrations
from erp.core.settings import Settings, get_settings
from erp.embedded import EmbeddedStack
from erp.embedded.credentials import free_port
from erp.embedded.programs import ProgramProcess, product_programs


def main() -> None:
    """Measure every workload; `--sales N` shortens the history."""
    wanted = _wanted()
    with temporary_stack() as (stack, settings):
        if _one_thing(wanted, settings):
            return
        shop = load_shop()
        if wanted.returns:
            print_all(returns.return_figures(stack.postgres.url(), shop))
            return
        address = f"http://127.0.0.1:{settings.web_port}"
        with programs(settings) as seconds:
            if wanted.books:
                books.load_lines(stack.postgres.url(), shop, wanted.lines)
                print_all(books.measured(address, shop, wanted.lines))
                return
            if wanted.stock:
                _stock_figures(stack, address, shop, wanted.moves)
                return
            codes = till.barcodes(shop)
            with till.browser_window() as window:
                print_all(till.till_figures(window, address, codes))
                print_all(offline_till.offline_figures(window, address, codes))
            if wanted.till:
                return
            workloads.start_up(seconds).print_line()
            workloads.settled()
            print_memory("W6 memory idle")
            workloads.one_till(address, shop, 500).print_line()
            workloads.four_tills(address, shop, 500).print_line()
            print_all(workloads.reads(address, shop, ", 1,000 sales"))
            events.list_event(address).print_line()
            workloads.four_tills(
                address, shop, wanted.sales - 1_000, "W7 history being made"
            ).print_line()
            print_memory("W6 memory under load")
            label = f", {wanted.sales:,} sales"
            workloads.one_till(address, shop, 500, f"W7 sale, 1 client{label}").print_line()
            print_all(workloads.reads(address, shop, label))
            bills = f" of {wanted.sales // len(shop.shifts):,} bills"
            print_all(workloads.shift_closings(address, shop, bills))
            _stock_figures(stack, address, shop, wanted.moves)
            books.load_lines(stack.postgres.url(), shop, wanted.lines)
            print_all(books.measured(address, shop, wanted.lines))
            print_all(dicomweb.dicomweb_figures(address, 100, 400))
        print_all([*bare.bare_sale(shop), bare.signed_context(shop), *wide.wide_catalogue()])
        print_all(returns.return_figures(stack.postgres.url(), shop))
        print_all(prices.price_figures(shop))  # last, as its 50,000 rules stay


def _stock_figures(stack: EmbeddedStack, address: str, shop: Shop, moves: int) -> None:
    heavy = stock.load_moves(stack.postgres.url(), shop, moves)
    print_all(stock.measured(address, shop, heavy, moves))


def _one_thing(wanted: argparse.Namespace, settings: Settings) -> bool:
    """Measure the one thing of imaging that was asked for; tell whether one was."""
    if wanted.peers:
        print_all(peers.peer_figures(settings, 400, 800))
        print_all(devices.device_figures(settings, 100, 200))
    if wanted.web or wanted.viewer:
        with programs(settings):
            address = f"http://127.0.0.1:{settings.web_port}"
            if wanted.web:
                print_all(dicomweb.dicomweb_figures(address, 100, 400))
            else:
                print_all(viewer.viewer_figures(address))
                print_memory("W21 memory of servers and programs, DICOM's among them")
    return bool(wanted.peers or wanted.web or wanted.viewer)


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("--sales", type=int, default=20_000, help="sales in the long history")
    parser.add_argument("--moves", type=int, default=1_000_000, help="moves of stock at the end")
    parser.add_argument(
        "--till", action="store_true", help="the till in a browser alone (W14, W15)"
    )
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the journal (W16)")
    parser.add_argument("--stock", action="store_true", help="stock's moves alone (W11)")
    parser.add_argument("--books", action="store_true", help="the reports of the books alone (W16)")
    parser.add_argument("--returns", action="store_true", help="a month's GST return alone (W17)")
    parser.add_argument("--web", action="store_true", help="DICOMweb next to Orthanc alone (W19)")
    parser.add_argument(
        "--peers", action="store_true", help="C-STORE and MQTT by real senders alone (W18, W20)"
    )
    parser.add_argument("--viewer", action="store_true", help="the viewer in a browser alone (W21)")
    return parser.parse_args()


@contextmanager
def temporary_stack() -> Iterator[tuple[EmbeddedStack, Settings]]:
    """Run an embedded stack with a migrated database in a directory that goes with it."""
    home = Path(tempfile.mkdtemp(prefix="vantage-bench-"))
    home.chmod(0o711)  # the database's own user must reach its folder
    port = free_port()
    os.environ |= {"WEB_PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    os.environ["DATA_DIR"] = str(home)
    try:
        with EmbeddedStack(home, Settings(), report=_tell) as stack:
            os.environ.update(stack.environment())
            get_settings.cache_clear()
            migrations.upgrade(get_settings().database_url)
            yield stack, get_settings()
            db.dispose()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def programs(settings: Settings) -> Iterator[float]:
    """Run the product's processes and yield the seconds they took to answer."""
    with ExitStack() as running:
        started = time.monotonic()
        for program in product_programs(settings):
            process = ProgramProcess(settings.data_dir, program)
            running.callback(process.stop)
            process.start()
        yield time.monotonic() - started


def print_all(lines: Iterable[Figure]) -> None:
    """Print each figure as soon as it is taken."""
    for line in lines:
        line.print_line()


def print_memory(workload: str) -> None:
    """Print the memory of servers and programs together, without what serves this process alone.

    It took no time to speak of.
    """
    db.dispose()
    Figure(workload, 1, 0.0, 0.0, 0.0, round(memory_mb())).print_line()


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
