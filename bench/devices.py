"""MQTT devices: offer, PUT and receipt of each object, over the embedded broker and store (W20)."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, Final
from urllib.parse import quote, urlsplit

from bench.loading import tenant
from bench.measuring import Figure, figure, side_by_side
from erp.adapters.mqtt import Broker
from erp.core.context import RequestContext
from erp.core.settings import Settings
from erp.embedded.programs import ProgramProcess, product_programs
from erp.services import platform
from erp.simulate.device import DeviceOptions, SimulatedDevice, open_spool

DEVICES: Final = (1, 4)
TRIES: Final = 60


@dataclass(frozen=True, slots=True)
class Sender:
    """A device and its disk; a process of its own can be given one."""

    url: str
    spool: Path
    site: str
    code: str

    def run(self, count: int, edge: int, stop_after: int | None = None) -> list[float]:
        """Deliver one session; return how long each receipt took after the one before."""
        stamps = [perf_counter()]
        options = DeviceOptions(self.site, self.code, count=count, edge=edge, stop_after=stop_after)
        disk = open_spool(self.spool, self.site, self.code)
        broker = Broker.from_url(self.url)
        SimulatedDevice(broker, disk, options, lambda _: stamps.append(perf_counter())).run()
        return [(later - earlier) * 1000 for earlier, later in pairwise(stamps)]


def device_figures(settings: Settings, count_512: int, count_128: int) -> Iterator[Figure]:
    """Deliver sets of 512 x 512 and 128 x 128 objects from one and from four devices."""
    ctx = tenant("devices", "27ZZZFZ0004Z1ZS")
    [program] = [one for one in product_programs(settings) if one.name == "listener"]
    listener = ProgramProcess(settings.data_dir, program)
    with tempfile.TemporaryDirectory(prefix="devices-") as folder:
        senders = [
            _sender(settings, ctx, f"CAM{number}", Path(folder)) for number in range(max(DEVICES))
        ]
        listener.start()
        try:
            for sender in senders:
                _let_in(sender)
            for edge, count in ((512, count_512), (128, count_128)):
                for devices in DEVICES:
                    yield _delivered(senders[:devices], count // devices, edge)
        finally:
            listener.stop()


def _sender(settings: Settings, ctx: RequestContext, code: str, spool: Path) -> Sender:
    made: Any = platform.run("imaging.register_device", ctx, {"code": code, "name": code}).result
    login = f"{quote(made.user, safe='')}:{made.password.get_secret_value()}"
    place = urlsplit(settings.mqtt_url).netloc.rpartition("@")[2]
    return Sender(f"mqtt://{login}@{place}", spool, made.user.partition("/")[0], code)


def _let_in(sender: Sender) -> None:
    """Wait until the listener has told the broker of a device, and deliver its first object."""
    for _ in range(TRIES):
        try:
            sender.run(1, 16)
        except OSError:
            sleep(0.5)
        else:
            return
    raise RuntimeError("The broker does not let the device in.")


def _delivered(senders: list[Sender], count: int, edge: int) -> Figure:
    """Measure from connecting to the settlement; what is sent was acquired before."""
    for sender in senders:
        sender.run(count, edge, stop_after=0)
    times, seconds = side_by_side(Sender.run, [(sender, count, edge) for sender in senders])
    name = f"W20 MQTT, {edge}x{edge}x16, {len(senders)} devices"
    taken = figure(name, times, seconds)
    size = edge * edge * 2 * len(times) / seconds / 1e6
    return Figure(name, taken.n, taken.p50_ms, taken.p95_ms, taken.throughput, round(size, 1))
