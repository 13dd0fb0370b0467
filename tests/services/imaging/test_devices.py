"""Devices: one name for the broker, whatever tenants call their branches and cameras."""

from dataclasses import replace

import psycopg
import pytest
from pydantic import ValidationError

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services import imaging, platform
from erp.services.imaging.errors import DeviceCodeTaken
from tests.fixtures.clinics import open_clinic

CAMERA = {"code": "CAM01", "name": "Camera"}


def register(ctx: RequestContext, **more: str) -> imaging.DeviceCredential:
    made = platform.run("imaging.register_device", ctx, CAMERA | more).result
    assert isinstance(made, imaging.DeviceCredential)
    return made


def test_two_tenants_may_name_their_branches_and_devices_alike(clinic):
    other = open_clinic("other")
    users = {register(clinic).user, register(other).user}
    assert len(users) == 2
    assert all(user.endswith("_MAIN/CAM01") for user in users)


def test_a_device_keeps_its_code_from_the_branch_it_is_at(clinic):
    register(clinic)
    with pytest.raises(DeviceCodeTaken) as refusal:
        register(clinic)
    assert refusal.value.fields == {"code": "is taken; choose another"}


def test_another_tenants_branch_is_not_known(clinic):
    with pytest.raises(InvalidInput) as refusal:
        register(clinic, branch_id=str(open_clinic("other").branch_id))
    assert "branch_id" in refusal.value.fields


@pytest.mark.parametrize("slug", ["under_score", "Capital", "", "a" * 41])
def test_a_slug_that_would_make_sites_ambiguous_is_refused(environment, slug):
    assert environment
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_tenant_slug"):
        open_clinic(slug, exactly=True)


def test_no_device_has_the_suites_own_name(clinic):
    with pytest.raises(ValidationError, match="the suite's own name"):
        register(clinic, code="host")


def test_uploads_are_opened_for_the_branch_one_works_in(clinic):
    elsewhere = replace(clinic, branch_id=new_id())
    given = {"branch_id": clinic.branch_id, "kind": "upload"}
    with pytest.raises(InvalidInput, match="the branch you work in"):
        platform.run("imaging.open_way_in", elsewhere, given)
    assert platform.run("imaging.open_way_in", clinic, given).result.id
