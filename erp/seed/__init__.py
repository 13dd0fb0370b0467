"""Demo tenants for an empty database: two of them, so that isolation is exercised everywhere."""

import json
from collections.abc import Callable
from pathlib import Path

from erp.core import db
from erp.core.settings import get_settings
from erp.core.telemetry import configure_logging
from erp.seed.demo import DemoTenant, seed_tenants

Report = Callable[[str], None]


def run(report: Report) -> list[str]:
    """Fill a database that has no tenant, and return one line per demo login.

    Passwords and PINs are made at random and kept, readable by the owner alone, beside the
    data; a database that has tenants is left as it is.
    """
    if not _is_empty():
        return _kept_logins()
    configure_logging("WARNING")  # thousands of commands, and somebody waits before the terminal
    report("Filling the database with two demo tenants")
    lines = [line for tenant in seed_tenants(report) for line in _logins(tenant)]
    _keep(lines)
    return lines


def _is_empty() -> bool:
    with db.ops_session() as session:
        return db.fetch_one(session, "select 1 from tenant limit 1") is None


def _logins(tenant: DemoTenant) -> list[str]:
    return [
        f"{tenant.name}: {login.role_title:<18} {login.login}  {login.password}"
        + (f"  PIN {login.pin}" if login.pin else "")
        for login in tenant.logins
    ]


def _path() -> Path:
    return get_settings().data_dir / "demo-logins.json"


def _keep(lines: list[str]) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(lines, indent=1), encoding="utf-8")


def _kept_logins() -> list[str]:
    path = _path()
    if not path.exists():
        return []
    kept: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return kept
