"""Starts what the settings leave open and says where it is."""

from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Self

from erp.core.settings import Settings
from erp.embedded.credentials import Credentials, is_free, locked
from erp.embedded.mqtt_broker import MqttBroker
from erp.embedded.object_storage import ObjectStorage
from erp.embedded.postgres import Postgres
from erp.embedded.process import Service
from erp.embedded.redis_server import RedisServer

KEPT = "secrets.json"
"""File of a data directory that keeps the generated secrets and ports."""


def _silent(_line: str) -> None:
    return None


class EmbeddedStack:
    """Every server whose address is empty in the settings, started in order.

    Data, logs, pid files and generated secrets live in `data_dir`; starting again reuses
    them, so addresses and passwords stay. Leaving the context stops the servers in reverse
    order. Services may be started, stopped and killed one by one.

    Args:
        data_dir: Directory of this stack.
        settings: Decides which servers are needed.
        durable: False trades PostgreSQL's safety against power loss for speed.
        report: Receives one line of progress per server.
    """

    def __init__(
        self,
        data_dir: Path,
        settings: Settings | None = None,
        *,
        durable: bool = True,
        report: Callable[[str], None] = _silent,
    ) -> None:
        settings = settings or Settings()
        self.data_dir = data_dir.absolute()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.credentials = Credentials(self.data_dir / KEPT)
        self.postgres = Postgres(self.data_dir, self.credentials, durable=durable)
        self.redis = RedisServer(self.data_dir, self.credentials)
        self.objects = ObjectStorage(self.data_dir, self.credentials, settings.s3_bucket)
        self.mqtt = MqttBroker(self.data_dir, self.credentials)
        self._settings = settings
        self._report = report

    @property
    def services(self) -> list[Service]:
        """The servers this stack is responsible for, in starting order."""
        chosen: list[tuple[str, Service]] = [
            (self._settings.database_url, self.postgres),
            (self._settings.redis_url, self.redis),
            (self._settings.s3_endpoint_url, self.objects),
            (self._settings.mqtt_url, self.mqtt),
        ]
        return [service for url, service in chosen if not url]

    def start(self) -> None:
        """Start every needed server that is not running; only one process at a time does."""
        with locked(self.data_dir / "start.lock"):
            for service in self.services:
                self._start(service)

    def stop(self) -> None:
        """Stop every server of this stack, last one first."""
        for service in reversed(self.services):
            service.stop()

    def environment(self, among: Collection[Service] | None = None) -> dict[str, str]:
        """Return the addresses and secrets of what this stack runs, as environment variables.

        Args:
            among: Only these servers; without it, all that this stack is responsible for.
        """
        running = self.services if among is None else among
        found: dict[str, str] = {}
        if self.postgres in running:
            found["DATABASE_URL"] = self.postgres.url()
        if self.redis in running:
            found["REDIS_URL"] = self.redis.url()
        if self.objects in running:
            found |= self.objects.environment()
        if self.mqtt in running:
            found["MQTT_URL"] = self.mqtt.url()
        if not self._settings.secret_key.get_secret_value():
            found["SECRET_KEY"] = self.credentials.secret("secret_key")
        return found

    def _start(self, service: Service) -> None:
        if not service.is_running() and not is_free(self.credentials.port(service.name)):
            self.credentials.renew_port(service.name)
        self._report(f"Starting {service.name}")
        service.start()

    def __enter__(self) -> Self:
        """Start the stack; what did start is stopped again if one server fails."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop the stack."""
        self.stop()
