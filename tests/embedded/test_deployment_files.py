"""The deployment files name processes and settings that exist."""

import re

import pytest
import yaml

from erp.core.settings import Settings
from erp.embedded.programs import PROJECT, product_programs
from tests.fixtures.servers import own_settings

COMPOSE = yaml.safe_load((PROJECT / "deploy/compose.yaml").read_text())
CLUSTER = list(yaml.safe_load_all((PROJECT / "deploy/kubernetes/vantage.yaml").read_text()))
PROGRAMS = [
    program.name
    for program in product_programs(own_settings().model_copy(update={"dicom_port": 11112}))
]
SETTINGS = {name.upper() for name in Settings.model_fields}


def containers():
    for document in CLUSTER:
        spec = document.get("spec", {}).get("template", {}).get("spec", {})
        yield from spec.get("containers", [])


def test_every_process_is_served_by_compose_and_kubernetes():
    served = [service.get("command") for service in COMPOSE["services"].values()]
    in_cluster = [container["args"] for container in containers()]
    for name in PROGRAMS:
        assert ["serve", name] in served
        assert ["serve", name] in in_cluster
    assert ["migrate"] in served
    assert ["migrate"] in in_cluster


@pytest.mark.parametrize("service", ["migrate", "web", "worker", "relay", "listener", "dicom"])
def test_the_product_gets_only_settings_it_knows(service):
    assert set(COMPOSE["services"][service]["environment"]) <= SETTINGS


def test_only_the_migration_knows_the_owners_password():
    for name, service in COMPOSE["services"].items():
        address = service.get("environment", {}).get("DATABASE_URL", "")
        assert ("POSTGRES_PASSWORD" in address) == (name == "migrate")


def test_what_compose_asks_for_is_in_the_example():
    text = (PROJECT / "deploy/compose.yaml").read_text()
    wanted = set(re.findall(r"\$\{(\w+)[:}]", text))
    given = set(re.findall(r"^(\w+)=", (PROJECT / "deploy/.env.example").read_text(), re.MULTILINE))
    assert wanted == given


def test_the_config_map_holds_known_settings_and_no_secret():
    config = next(document for document in CLUSTER if document["kind"] == "ConfigMap")["data"]
    assert set(config) <= SETTINGS
    assert not any("SECRET" in name or "PASSWORD" in name for name in config)
    assert not any("@" in value for value in config.values())
