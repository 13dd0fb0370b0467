"""Which device speaks on which topic, and for which tenant."""

import threading
import time
from typing import Final
from uuid import UUID

from erp.core import db
from erp.services import imaging

REFRESH_SECONDS: Final = 2.0
MISS_SECONDS: Final = 0.25


class Directory:
    """The devices as the database knows them, re-read every few seconds and on a miss.

    A message's tenant follows from here alone: from the pair of site and device in its
    topic, which the broker lets only that device use.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._accounts: dict[tuple[str, str], imaging.DeviceAccount] = {}
        self._read_at = 0.0

    def find(self, site: str, code: str) -> imaging.DeviceAccount | None:
        """Return the active device of a topic, or nothing.

        Raises:
            Unavailable: The database is away.
        """
        age = time.monotonic() - self._read_at
        if age > REFRESH_SECONDS or ((site, code) not in self._accounts and age > MISS_SECONDS):
            self.refresh()
        account = self._accounts.get((site, code))
        return account if account is not None and account.is_active else None

    def sites(self) -> set[tuple[UUID, str]]:
        """Return the tenants with active devices, with each of their sites."""
        with self._guard:
            return {(a.tenant_id, a.site) for a in self._accounts.values() if a.is_active}

    def refresh(self) -> list[imaging.DeviceAccount]:
        """Read all devices again and return them.

        Raises:
            Unavailable: The database is away.
        """
        with db.ops_session() as session:
            accounts = imaging.list_device_accounts(session)
        with self._guard:
            self._accounts = {(account.site, account.code): account for account in accounts}
            self._read_at = time.monotonic()
        return accounts
