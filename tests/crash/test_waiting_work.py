"""Work that is due while Redis or the object store is away waits, and runs when it is back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import pytest

from erp.adapters.object_storage import object_storage
from erp.embedded import EmbeddedStack
from erp.embedded.programs import Program, ProgramProcess
from erp.services import platform
from tests.crash.places import away, eventually, frozen, own_servers
from tests.dicom.objects import good
from tests.factories import broken_promises, make_shop
from tests.services.imaging.line import Line, make_line

PROGRAMS = {"relay": "jobs.relay", "worker": "jobs.worker"}


@dataclass(frozen=True)
class Clinic:
    """A clinic with a delivered session; the real relay and worker run beside it."""

    stack: EmbeddedStack
    processes: dict[str, ProgramProcess]
    line: Line

    def ask_for_report(self) -> Any:
        """Ask for the session's report and return its id."""
        wanted = {"session_id": self.line.session()["id"]}
        return platform.run("imaging.request_report", self.line.owner, wanted).result.id

    def report(self, report_id: Any) -> dict[str, Any]:
        """Return a report with its delivery and how many files of it are kept."""
        [row] = self.line.rows(
            "select r.status, r.step, r.problem, d.status as delivery, d.attempts, d.last_error,"
            " (select count(*) from stored_document f where f.origin_id = r.session_id"
            "   and f.variant = 'report' and f.id = r.document_id) as files"
            " from imaging_report r left join event e on e.name = 'imaging.report_requested.v1'"
            " and (e.payload ->> 'report_id')::uuid = r.id"
            " left join event_delivery d on d.event_id = e.id where r.id = %s",
            report_id,
        )
        return row

    def end_leases(self) -> None:
        """Let the time pass for which a worker that is dead now has work to itself."""
        with psycopg.connect(self.stack.postgres.url(), autocommit=True) as connection:
            connection.execute(
                "update event_delivery set leased_until = now() where status = 'leased'"
            )

    def is_at(self, report_id: Any, **facts: Any) -> bool:
        """Tell whether a report stands where it is expected to."""
        return facts.items() <= self.report(report_id).items()


@pytest.fixture(scope="module")
def clinic(environment, tmp_path_factory) -> Iterator[Clinic]:
    home = tmp_path_factory.mktemp("work")
    with own_servers(environment) as (stack, found):
        line = make_line(make_shop("clinic").ctx)
        object_storage().ensure_bucket()
        content = good()
        line.start()
        line.deliver(content)
        line.complete(content)
        programs = [Program(name, ("-m", module)) for name, module in PROGRAMS.items()]
        processes = {p.name: ProgramProcess(home, p, found) for p in programs}
        try:
            for name, process in processes.items():
                process.start()
                eventually(partial(_has_started, process, name))
            yield Clinic(stack, processes, line)
        finally:
            for process in processes.values():
                process.stop()


def _has_started(process: ProgramProcess, name: str) -> bool:
    """Tell whether a program is past what it asks of the servers before it works."""
    log = process.log_path
    return log.exists() and f"{name}_started" in log.read_text()


def test_a_report_asked_for_while_redis_is_away_is_made_when_it_is_back(clinic: Clinic):
    with away(clinic.stack.redis):
        asked = clinic.ask_for_report()
        eventually(partial(clinic.is_at, asked, delivery="pending", attempts=0))
    eventually(partial(clinic.is_at, asked, status="done", delivery="done", attempts=1, files=1))
    assert broken_promises() == []


def test_a_report_waits_for_the_object_store_and_says_so(clinic: Clinic):
    with away(clinic.stack.objects):
        asked = clinic.ask_for_report()
        eventually(lambda: bool(clinic.report(asked)["last_error"]))
        waiting = clinic.report(asked)
    assert waiting["step"] == "Waiting for the object store"
    assert (waiting["status"], waiting["files"]) == ("running", 0)
    assert "Traceback" not in waiting["last_error"]
    eventually(partial(clinic.is_at, asked, status="done", delivery="done", files=1))
    assert clinic.report(asked)["attempts"] > 1
    assert broken_promises() == []


def test_a_report_whose_worker_is_killed_is_made_by_the_next(clinic: Clinic):
    """Nobody works while it is asked for; the ring is not lost with the process."""
    clinic.processes["worker"].kill()
    asked = clinic.ask_for_report()
    eventually(partial(clinic.is_at, asked, delivery="pending"))
    clinic.processes["worker"].start()
    eventually(partial(clinic.is_at, asked, status="done", files=1))


def test_a_report_whose_worker_is_killed_in_the_middle_is_made_once_by_the_next(clinic: Clinic):
    """The store is asked for a picture and never answers; the worker dies waiting for it."""
    with frozen(clinic.stack.objects):
        asked = clinic.ask_for_report()
        eventually(partial(clinic.is_at, asked, delivery="leased", step="Image 1 of 1"))
        clinic.processes["worker"].kill()
    assert clinic.is_at(asked, status="running", delivery="leased", attempts=1, files=0)
    clinic.processes["worker"].start()
    clinic.end_leases()
    eventually(partial(clinic.is_at, asked, status="done", delivery="done", attempts=2, files=1))
    assert broken_promises() == []


def test_work_goes_on_by_itself_after_the_database_was_away(clinic: Clinic):
    """Relay and worker outlive it: nobody has to start them again."""
    pids = {name: process.pid for name, process in clinic.processes.items()}
    with away(clinic.stack.postgres):
        pass
    asked = clinic.ask_for_report()
    eventually(partial(clinic.is_at, asked, status="done", files=1))
    assert {name: process.pid for name, process in clinic.processes.items()} == pids
