"""The listener: from devices over MQTT into the archive, and back.

    python -m jobs.listeners.mqtt

A message counts as delivered only once its row is committed. Grants go out with the
acknowledgement; receipts, settlements and commands are rows, sent until the broker has them.
Neither needs Redis; whether devices are heard is said there, for pages to show.
"""

import signal
import threading
import time
from typing import Final
from uuid import UUID

import structlog
from paho.mqtt.client import MQTTMessageInfo

from erp.adapters.broker_accounts import Accounts, broker_accounts
from erp.adapters.dicom.object_inspector import object_inspector
from erp.adapters.mqtt import Broker
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import Busy, Unavailable
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.core.telemetry import configure_logging
from erp.services import catalogue_of_actions, identity, imaging, platform
from jobs.listeners.directory import Directory
from jobs.listeners.handling import Handler
from jobs.listeners.lanes import Lanes
from jobs.listeners.presence import Presence
from jobs.listeners.site_line import SiteLine

__all__ = ["Listener", "catalogue_of_actions"]
LANES: Final = 6
TURN_SECONDS: Final = 1.0
SENT_SECONDS: Final = 5.0
FOLLOW_SECONDS: Final = 1.5
_log = structlog.get_logger()


class Listener:
    """Every site's line, the lanes behind them, and the sender of what is due."""

    def __init__(self) -> None:
        self._settings = get_settings()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._accounts: dict[tuple[str, str], tuple[int, bool]] = {}
        self._lines: dict[str, SiteLine] = {}
        self._is_troubled = False
        self._followed_at = 0.0
        storage = object_storage()
        self._directory = Directory()
        intake = imaging.Intake(storage, object_inspector())
        self._presence = Presence(self._heard)
        self._lanes = Lanes(Handler(self._directory, intake, storage), LANES, self._wake.set)

    def run(self) -> None:
        """Listen until told to stop."""
        self._lanes.start()
        self._presence.start()
        _log.info("listener_started")
        while not self._stop.is_set():
            self._turn()
            self._wake.wait(TURN_SECONDS)
            self._wake.clear()
        self._close()

    def stop(self) -> None:
        """End after the messages in progress."""
        self._stop.set()
        self._wake.set()

    def _turn(self) -> None:
        """Look once after devices and due messages; an outage of the database is waited out."""
        try:
            if time.monotonic() - self._followed_at > FOLLOW_SECONDS:
                self._follow_directory()
            self._note_takeovers()
            self._send_due()
        except (Busy, Unavailable) as error:
            if not self._is_troubled:
                _log.warning("listener_troubled", code=error.code)
            self._set_trouble(is_troubled=True)
        else:
            self._set_trouble(is_troubled=False)

    def _set_trouble(self, *, is_troubled: bool) -> None:
        self._is_troubled = is_troubled
        for line in self._lines.values():
            line.set_online(is_online=not is_troubled)

    def _follow_directory(self) -> None:
        accounts = self._directory.refresh()
        self._followed_at = time.monotonic()
        for site in sorted({account.site for account in accounts if account.is_active}):
            if site not in self._lines:
                broker = Broker.from_url(self._settings.mqtt_url)
                self._lines[site] = SiteLine(broker, site, self._lanes)
                self._lines[site].open()
        keeper = broker_accounts(self._settings)
        for account in accounts:
            self._follow_account(keeper, account)

    def _heard(self) -> dict[UUID, bool]:
        """Return for each tenant with devices whether all its sites are heard."""
        heard: dict[UUID, bool] = {}
        for tenant_id, site in self._directory.sites():
            line = self._lines.get(site)
            is_heard = line is not None and line.is_connected and not self._is_troubled
            heard[tenant_id] = heard.get(tenant_id, True) and is_heard
        return heard

    def _follow_account(self, keeper: Accounts, account: imaging.DeviceAccount) -> None:
        """Bring the broker's account in step with the device."""
        key = (account.site, account.code)
        wanted = (account.credential_version, account.is_active)
        if self._accounts.get(key) == wanted:
            return
        if account.is_active:
            password = imaging.device_password(account.device_id, account.credential_version)
            keeper.set_password(account.site, account.code, password)
        else:
            keeper.close(account.site, account.code)
        self._accounts[key] = wanted

    def _note_takeovers(self) -> None:
        """Write down whose session at the broker another connection took over."""
        for line in self._lines.values():
            while line.takeovers:
                device = self._directory.find(line.site, line.takeovers[0])
                if device is not None:
                    ctx = imaging.device_context(device, utc_now(), f"mqtt-{new_id()}")
                    platform.run("imaging.note_takeover", ctx, {"device_id": device.device_id})
                line.takeovers.popleft()

    def _send_due(self) -> None:
        """Send what the broker has not taken yet, and note what it took."""
        with db.ops_session() as session:
            due = imaging.due_messages(session)
        sent = []
        for message in due:
            line = self._lines.get(message.topic.split("/")[2])
            if line is not None and line.is_connected:
                told = line.publish(message.topic, message.payload, retain=message.is_retained)
                sent.append((message, told))
        until = time.monotonic() + SENT_SECONDS
        taken = [message for message, told in sent if _is_taken(told, until)]
        if taken:
            with db.ops_session() as session:
                imaging.mark_sent(session, taken, utc_now())

    def _close(self) -> None:
        self._presence.stop()
        self._lanes.stop()
        for line in self._lines.values():
            line.close()
        _log.info("listener_stopped")


def _is_taken(told: MQTTMessageInfo, until: float) -> bool:
    """Wait until the broker has a message; one whose line broke stays due."""
    try:
        told.wait_for_publish(max(0.0, until - time.monotonic()))
        return told.is_published()
    except (RuntimeError, ValueError):
        return False


def main() -> None:
    """Run the listener as a process; SIGTERM and SIGINT end it."""
    configure_logging()
    identity.check_database()
    listener = Listener()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: listener.stop())
    listener.run()


if __name__ == "__main__":
    main()
