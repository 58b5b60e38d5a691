"""What operators copy from agrees with the code: `.env.example`, compose.yaml, the Procfile."""

import re

import pytest
import yaml

from laurels.core.settings import Settings
from tidy.env_example import render_example
from tidy.source import ROOT


def test_env_example_lists_every_setting_with_its_default() -> None:
    assert (ROOT / ".env.example").read_text() == render_example(), "run: .venv/bin/python tests/tidy/env_example.py"


def test_env_example_uncommented_is_read_as_the_defaults() -> None:
    text = (ROOT / ".env.example").read_text()
    values = dict(re.findall(r"^# LAURELS_([A-Z0-9_]+)=(.+)$", text, re.MULTILINE))
    given = {name.lower(): value for name, value in values.items()}
    assert Settings(_env_file=None, **given).model_dump() == Settings(_env_file=None).model_dump()


def test_every_setting_is_explained() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("file", ["compose.yaml", "Dockerfile", "Procfile"])
def test_deployment_sets_only_known_settings(file: str) -> None:
    known = {f"LAURELS_{name.upper()}" for name in Settings.model_fields} | {"LAURELS_PORT"}  # the port is compose's own
    assert set(re.findall(r"\bLAURELS_[A-Z0-9_]+", (ROOT / file).read_text())) - known == set()


def test_compose_runs_a_server_and_a_worker_after_migrating() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert set(services) == {"postgres", "migrate", "server", "worker"}
    for name in ("server", "worker"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_workflow_runs_what_runs_here() -> None:
    steps = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text())["jobs"]["check"]["steps"]
    assert ".ci/run" in [step.get("run") for step in steps]
