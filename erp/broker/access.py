"""Who may connect to the embedded broker, and which topics they may use."""

import hmac
from dataclasses import dataclass
from pathlib import Path

from amqtt.contexts import Action, BaseContext
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

DEVICE_WRITES = frozenset({"state", "event", "offer", "chunk", "done", "res"})
DEVICE_READS = frozenset({"grant", "receipt", "settle", "cmd"})
BRANCH_DEPTH = 4


class PasswordFile(BaseAuthPlugin):
    """Checks user and password against a file that may change while the broker runs."""

    @dataclass
    class Config:
        """Where the lines of `user:argon2 hash` are."""

        path: str = ""

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._hasher = PasswordHasher()
        self._known: dict[tuple[str, str], str] = {}

    async def authenticate(self, *, session: Session) -> bool:
        """Accept a known user with the right password; there are no anonymous clients."""
        user, password = session.username or "", session.password or ""
        wanted = self._hash_of(user)
        if wanted is None:
            return False
        remembered = self._known.get((user, wanted))
        if remembered is not None:
            return hmac.compare_digest(remembered.encode(), password.encode())
        try:
            self._hasher.verify(wanted, password)
        except (VerificationError, InvalidHashError):
            return False
        self._known[user, wanted] = password
        return True

    def _hash_of(self, user: str) -> str | None:
        path = Path(self.config.path)
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            name, _, hashed = line.partition(":")
            if name == user:
                return hashed
        return None


class DeviceBranches(BaseTopicPlugin):
    """Keeps each device in `vis/v1/site/device`; the backend may use everything."""

    @dataclass
    class Config:
        """The user name of the backend."""

        backend: str = ""

    async def topic_filtering(
        self,
        *,
        session: Session | None = None,
        topic: str | None = None,
        action: Action | None = None,
    ) -> bool:
        """Answer for one publish, subscribe or delivery."""
        user = session.username if session else None
        if not user or not topic:
            return False
        if user == self.config.backend:
            return True
        return may_use(user, topic, writes=action is Action.PUBLISH)


def is_device(user: str) -> bool:
    """Tell whether a user is a device, `site/device`; the backend is none."""
    return "/" in user


def may_use(device: str, topic: str, *, writes: bool) -> bool:
    """Tell whether a device (`site/device`) may publish to, or read, a topic or filter.

    The same rules for mosquitto are in `deploy/mosquitto/acl`.
    """
    site, _, name = device.partition("/")
    levels = topic.split("/")
    if not writes and levels == ["vis", "v1", site, "host", "state"]:
        return True
    own = levels[:BRANCH_DEPTH] == ["vis", "v1", site, name] and "/" not in name
    verbs = DEVICE_WRITES if writes else DEVICE_READS
    return own and len(levels) > BRANCH_DEPTH and levels[BRANCH_DEPTH] in verbs
