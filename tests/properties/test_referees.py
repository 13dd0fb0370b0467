"""Every referee turns red when what it guards is broken, and only then."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.settings import get_settings
from erp.services import platform
from erp.services.platform import verifying
from tests.factories import DOMAINS
from tests.fixtures.databases import copy_template
from tests.properties.judged_shop import traded
from tests.properties.sabotages import SABOTAGE

assert DOMAINS


@pytest.fixture(scope="module")
def court(stack, environment, worker_number) -> Iterator[Engine]:
    """A superuser's engine on a database that a shop has traded in."""
    assert environment
    name = f"court_{worker_number}"
    copy_template(stack, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(get_settings(), "database_url", stack.postgres.url(name))
        db.dispose()
        traded()
    db.dispose()
    engine = create_engine(db.driver_url(stack.postgres.url(name)))
    yield engine
    engine.dispose()


def judged(engine: Engine, code: str, sabotage: str = "") -> platform.Verdict:
    """Return a referee's verdict after a sabotage that is undone again."""
    with Session(engine) as session:
        db.execute(session, "set local session_replication_role = replica")
        db.raw(session).execute(sabotage.encode())
        return verifying._judge(session, verifying._REFEREES[code])


def test_every_referee_has_its_sabotage_here():
    assert verifying._REFEREES.keys() == SABOTAGE.keys()


@pytest.mark.parametrize("code", SABOTAGE)
def test_a_referee_holds_on_sound_data_and_sees_the_damage(court, code):
    sound = judged(court, code)
    assert sound.holds, sound.offender
    assert sound.examined > 0
    assert not judged(court, code, SABOTAGE[code]).holds
