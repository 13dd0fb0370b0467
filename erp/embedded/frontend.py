"""Builds the browser's part of the product when its sources changed, and only then."""

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from erp.embedded.credentials import locked

SOURCES = (
    "rxconfig.py",
    "requirements.txt",
    "erp/erp.py",
    "erp/pages",
    "erp/components",
    "erp/state",
    "assets",
)
LOCK = ("reflex.lock/package-lock.json",)
WANTED = "reflex.lock/package.json"
DERIVED = ("assets/external",)
BUILT = Path(".web/build/client")
TAIL_CHARACTERS = 3000


class FrontendBuildError(RuntimeError):
    """The frontend could not be built; the message holds the end of its output."""


def digest_of(project: Path, names: Sequence[str]) -> str:
    """Return a digest of these files and folders, whatever their dates."""
    digest = hashlib.sha256(sys.version.encode())
    for path in _files(project, names):
        digest.update(str(path.relative_to(project)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build_if_changed(project: Path, log: Path, report: Callable[[str], None]) -> bool:
    """Build the frontend unless the one at hand was built from the same sources.

    Holds a lock, so that two processes never build in the same place at once.

    Raises:
        FrontendBuildError: The build failed; the previous one is gone.
    """
    mark = project / BUILT / ".sources"
    with locked(project / ".data" / "frontend.lock"):
        sources = digest_of(project, SOURCES)
        if mark.exists() and mark.read_text() == sources + digest_of(project, LOCK):
            return False
        report("Building the frontend (once per change; one to three minutes)")
        mark.unlink(missing_ok=True)
        with _unmoved(project / WANTED):
            _build(project, log)
        mark.write_text(sources + digest_of(project, LOCK))  # the build may write the lock
        return True


@contextmanager
def _unmoved(path: Path) -> Iterator[None]:
    """Keep the text of a JSON file whose parts are merely written in another order.

    Reflex does so at the first build of a checkout, which would show as a change.
    """
    before = path.read_text() if path.exists() else ""
    yield
    after = path.read_text() if path.exists() else ""
    if before and after and json.loads(before) == json.loads(after):
        path.write_text(before)


def build_environment() -> dict[str, str]:
    """Return an environment in which Reflex finds the Node of the wheel and downloads no other."""
    scripts = sysconfig.get_path("scripts")
    return dict(os.environ) | {
        "PATH": scripts + os.pathsep + os.environ.get("PATH", ""),
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }


def _build(project: Path, log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with log.open("wb") as output:
        done = subprocess.run(  # noqa: S603  the command is our own
            command,
            cwd=project,
            env=build_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode or not (project / BUILT).is_dir():
        reason = _reason_in(log.read_text(errors="replace"))
        raise FrontendBuildError(f"The frontend could not be built.\n{reason}\n(log: {log})")


def _reason_in(output: str) -> str:
    """Return npm's own errors, which hundreds of lines of its diary follow; else the end."""
    errors = [line for line in output.splitlines() if line.startswith("npm error")]
    return "\n".join(errors) if errors else output[-TAIL_CHARACTERS:]


def _files(project: Path, names: Sequence[str]) -> Iterator[Path]:
    derived = tuple(project / name for name in DERIVED)
    for name in names:
        root = project / name
        found = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in found:
            is_ours = path.is_file() and "__pycache__" not in path.parts
            if is_ours and not any(path.is_relative_to(folder) for folder in derived):
                yield path
