"""Writes the reference files that are made from the code; `make reference` runs it, a test compares."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Callable, Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

import graph_service
import omnisonic
import workers
from graph_service.reference import render_graphql
from graph_service.schema import render_sdl
from omnisonic.api import create_api
from omnisonic.platform.errors import error_catalog
from omnisonic.platform.settings import DEVELOPMENT_SECRET, Settings

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = {
    "omnisonic_env": "Where it runs",
    "database_url": "Database and Redis",
    "clickhouse_host": "Analytics",
    "auth_url": "Sign-in",
    "storage_type": "Object storage and uploads",
    "export_worker_concurrency": "Exports",
    "smtp_host": "Mail",
    "fetch_allowed_private_hosts": "Outgoing requests and observation",
}
PAGES = {"omnisonic", "pages", "page", "components", "state", "guard", "ui", "player"}
SKIPPED = PAGES | {"__main__", "embedded"}
SETTINGS_INTRO = """# Settings

Every setting is an environment variable, or a line of `.env` in the folder where the process starts.
A wrong value stops the start and names the variable. Written by `make reference` from
`omnisonic/platform/settings.py`.
"""
SETTINGS_HEAD = "| variable | default | accepts | meaning |\n|---|---|---|---|\n"
ENV_INTRO = """# Every setting with its default; copy to `.env` and uncomment what you change.
# `make run` sets the addresses of the servers it starts, so on one machine nothing is needed here.
# Meaning and limits: docs/operations/settings.md
"""
ERRORS_INTRO = """# Errors

Every refusal of the REST API is an RFC 9457 problem, `application/problem+json`:

```json
{"type": "/problems/invalid-fields", "title": "Some fields need another value", "status": 422,
 "detail": "Each entry of `errors` names a field and what it accepts.", "instance": "/api/sessions",
 "correlationId": "0197…", "errors": [{"field": "name", "code": "required", "message": "This is required."}]}
```

`type` names the kind and is the address of a page that explains it. `correlationId` is also in the header
`X-Request-Id` and in the logs of every process that took part. `errors` lists wrong fields. A conflict
carries the present row in `current`. `Retry-After` says in seconds when to come back, with 429 beside
`RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`. Something that does not exist and something
that is not yours get the same 404.

Written by `make reference` from the error classes.

| slug | status | title | what to do |
|---|---|---|---|
"""


def render_settings() -> str:
    """`docs/operations/settings.md`."""
    lines = [SETTINGS_INTRO]
    for name, field in Settings.model_fields.items():
        if name in SECTIONS:
            lines.append(
                f"\n## {SECTIONS[name]}\n\n| variable | default | accepts | meaning |\n|---|---|---|---|\n"
            )
        aliases = [f"`{alias.upper()}`" for alias in _names(name, field)[1:]]
        meaning = f"{field.description}{' Also read as ' + ', '.join(aliases) + '.' if aliases else ''}"
        default = _default(field)
        shown = f"`{default}`" if default else "–"
        lines.append(f"| `{name.upper()}` | {shown} | {_accepts(field)} | {meaning} |\n")
    return "".join(lines)


def render_env_example() -> str:
    """`.env.example`."""
    lines = [ENV_INTRO]
    for name, field in Settings.model_fields.items():
        if name in SECTIONS:
            lines.append(f"\n# --- {SECTIONS[name]}\n")
        lines.append(f"# {field.description}\n#{name.upper()}={_default(field)}\n")
    return "".join(lines)


def render_errors() -> str:
    """`docs/api/errors.md`."""
    import_everything()
    rows = [
        f'| <a id="{slug}"></a>`{slug}` | {kind.status} | {kind.title} | {kind.advice} |\n'
        for slug, kind in error_catalog().items()
    ]
    return ERRORS_INTRO + "".join(rows)


def render_openapi() -> str:
    """`docs/api/openapi.json`."""
    return json.dumps(create_api().openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


FILES: dict[str, Callable[[], str]] = {
    "docs/operations/settings.md": render_settings,
    ".env.example": render_env_example,
    "docs/api/errors.md": render_errors,
    "docs/api/openapi.json": render_openapi,
    "docs/api/schema.graphql": render_sdl,
    "docs/api/graphql.md": render_graphql,
}


def import_everything() -> None:
    """Load each module that starts without Reflex, so that every error and job has been declared."""
    for name in _module_names():
        import_module(name)


def _module_names() -> Iterator[str]:
    for package in (omnisonic, workers, graph_service):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not SKIPPED & set(module.name.split(".")[1:]):
                yield module.name


def _names(name: str, field: FieldInfo) -> list[str]:
    return [str(choice) for choice in getattr(field.validation_alias, "choices", [name])]


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None or value == DEVELOPMENT_SECRET:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, list) else str(value)


def _accepts(field: FieldInfo) -> str:
    kind = _without_none(field.annotation)
    if get_origin(kind) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{choice.value}`" for choice in kind)
    if kind is bool:
        return "`true`, `false`"
    if kind is int:
        return f"whole number{_bounds(field)}"
    if kind is Path:
        return "path"
    return "comma-separated list" if get_origin(kind) is list else "text"


def _bounds(field: FieldInfo) -> str:
    least = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), None)
    most = next((rule.le for rule in field.metadata if hasattr(rule, "le")), None)
    if least is not None and most is not None:
        return f", {least} to {most}"
    return f", {least} or more" if least is not None else ""


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in {Union, UnionType}:
        return next(choice for choice in get_args(annotation) if choice is not type(None))
    return annotation


def main() -> None:
    """Write all files."""
    for name, render in FILES.items():
        target = ROOT / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(render(), encoding="utf-8")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
