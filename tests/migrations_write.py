"""`python -m tests.migrations_write NAME`: write the migration that the changed models need.

Works on a scratch PostgreSQL of its own. Read the result before it is committed: it knows
nothing of rights, triggers and data.
"""

import shutil
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from erp.embedded import EmbeddedStack
from erp.embedded.programs import PROJECT
from tests.fixtures.product import run_erp
from tests.fixtures.servers import own_settings, scratch_directory


def main() -> int:
    """Migrate an empty database, compare it with the models and write the difference."""
    if len(sys.argv) != 2 or not sys.argv[1].isidentifier():
        sys.stderr.write("Name the migration: make migration NAME=price_list\n")
        return 2
    directory = scratch_directory()
    stack = EmbeddedStack(directory, own_settings(), durable=False)
    stack.postgres.start()
    try:
        run_erp(stack.environment(), "migrate")
        written = write_migration(stack.postgres.url(), sys.argv[1])
    finally:
        stack.stop()
        shutil.rmtree(directory)
    sys.stdout.write(f"Wrote {written}\n")
    sys.stdout.write(
        "Now add `select sec.protect(...)` for every new table; see CONTRIBUTING.md.\n"
    )
    return 0


def write_migration(database_url: str, name: str) -> Path:
    """Write what the models have and the migrated database lacks; return the new file."""
    config = Config(PROJECT / "alembic.ini")
    config.set_main_option("script_location", str(PROJECT / "alembic"))
    config.attributes["database_url"] = database_url
    head = ScriptDirectory.from_config(config).get_current_head() or "0"
    made = command.revision(config, name, autogenerate=True, rev_id=f"{int(head) + 1:04d}")
    assert made is not None
    assert not isinstance(made, list)
    return Path(made.path).relative_to(PROJECT)


if __name__ == "__main__":
    sys.exit(main())
