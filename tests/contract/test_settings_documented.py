"""Code, example and documentation name the same settings; the references are what the code says."""

from __future__ import annotations

import re

import pytest

from omnisonic.platform.errors import error_catalog
from omnisonic.platform.settings import Settings
from scripts import reference

READ = re.compile(r"os\.(?:environ(?:\.get)?[\[(]|getenv\()[\"']([A-Z][A-Z0-9_]+)[\"']")
# Set by a supervisor or by Reflex itself, never by an operator.
INTERNAL = {"REFLEX_WEB_WORKDIR", "OMNISONIC_ENV", "PATH", "PYTHONPATH", "HOME"}


def known() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def test_the_example_lists_every_setting_once() -> None:
    text = (reference.ROOT / ".env.example").read_text(encoding="utf-8")
    listed = re.findall(r"^#?([A-Z][A-Z0-9_]*)=", text, re.MULTILINE)
    assert sorted(listed) == sorted(known())


def test_the_documentation_lists_every_setting_once() -> None:
    text = (reference.ROOT / "docs/operations/settings.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", text, re.MULTILINE)
    assert sorted(listed) == sorted(known())


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_nothing_is_read_past_the_settings() -> None:
    read: dict[str, str] = {}
    for folder in ("omnisonic", "workers"):
        for file in (reference.ROOT / folder).rglob("*.py"):
            if not {"embedded", "client"} & set(file.parts):  # a partner's program has its own variables
                read |= dict.fromkeys(READ.findall(file.read_text(encoding="utf-8")), file.name)
    assert {name: file for name, file in read.items() if name not in known() | INTERNAL} == {}


@pytest.mark.parametrize("name", sorted(reference.FILES))
def test_the_committed_reference_is_what_the_code_says(name: str) -> None:
    written = (reference.ROOT / name).read_text(encoding="utf-8")
    assert written == reference.FILES[name](), f"{name} is out of date: run `make reference`"


def test_every_error_is_documented_and_advises() -> None:
    reference.import_everything()
    text = (reference.ROOT / "docs/api/errors.md").read_text(encoding="utf-8")
    for slug, kind in error_catalog().items():
        assert f"| `{slug}` |" in text.replace(f'<a id="{slug}"></a>', ""), slug
        assert re.fullmatch(r"[a-z][a-z0-9-]*", slug)
        assert kind.advice.endswith("."), slug
        assert kind.status >= 400
