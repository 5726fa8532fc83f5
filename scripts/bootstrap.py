#!/usr/bin/env python3
"""Makes `.venv` with the pinned packages; needs nothing but a Python with pip.

Runs before anything is installed, so it uses the standard library only, and it keeps to a syntax that an
old `python3` can still read: that one then hands over to a newer Python, or says what to install.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

MINIMUM = (3, 11)
NEWER_NAMES = ["python3.13", "python3.12", "python3.11", "python3.14"]
UV = "uv==0.13.8"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, ".installed")
LOCK = os.path.join(ROOT, ".venv.lock")


def say(text):
    """Progress for people, on stderr, so that it never mixes with output."""
    print(f"omnisonic: {text}", file=sys.stderr, flush=True)


def hand_over_if_old():
    """Replace this process by a newer Python when this one is too old."""
    if sys.version_info[:2] >= MINIMUM:
        return
    for name in NEWER_NAMES:
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", "import venv"], stderr=subprocess.DEVNULL) == 0:
            os.execv(path, [path, os.path.abspath(__file__), *sys.argv[1:]])  # noqa: S606 (the very same command line)
    sys.exit(
        f"omnisonic needs Python {MINIMUM[0]}.{MINIMUM[1]} or newer; `{sys.executable}` is "
        f"{sys.version.split()[0]}.\nInstall one, or name it: make run PYTHON=/path/to/python3"
    )


def main():
    """Bring `.venv` to the state of the requirements file named on the command line."""
    hand_over_if_old()
    import fcntl  # only here: the hand-over must work wherever Python starts

    requirements = os.path.join(ROOT, sys.argv[1] if len(sys.argv) > 1 else "requirements.txt")
    with open(LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if fingerprint(requirements) not in installed():
            install(requirements)


def fingerprint(requirements):
    """What the environment depends on: the pinned packages and where they were installed."""
    with open(requirements, "rb") as file:
        return hashlib.sha256(file.read() + VENV.encode()).hexdigest()


def installed():
    """Fingerprints that the environment satisfies; none when its Python no longer runs."""
    if not os.path.exists(STAMP) or subprocess.call([python(), "-c", ""]) != 0:
        return []
    with open(STAMP) as file:
        return file.read().split()


def python():
    """The environment's own interpreter."""
    return os.path.join(VENV, "bin", "python")


def install(requirements):
    """Make the environment if needed and install the pins, with uv where it works and pip where not."""
    started = time.monotonic()
    if not usable():
        make_environment()
    say(f"installing the packages of {os.path.basename(requirements)} (a few minutes on a slow line)")
    if not install_with_uv(requirements):
        run([python(), "-m", "pip", "install", "--progress-bar", "off", "-q", "-r", requirements])
    marks = [fingerprint(requirements)]
    if requirements.endswith("requirements-dev.txt"):  # it holds everything of requirements.txt
        marks.append(fingerprint(os.path.join(ROOT, "requirements.txt")))
    with open(STAMP, "w") as file:
        file.write("\n".join(marks) + "\n")
    say(f"packages ready after {time.monotonic() - started:.0f} s")


def usable():
    """Whether the environment exists and its Python is new enough and has pip."""
    check = f"import pip, sys; raise SystemExit(sys.version_info[:2] < {MINIMUM})"
    return (
        os.path.exists(python()) and subprocess.call([python(), "-c", check], stderr=subprocess.DEVNULL) == 0
    )


def make_environment():
    """A fresh `.venv`; explains what is missing where the system's Python comes without venv."""
    say(f"making .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "venv", VENV], stdout=subprocess.DEVNULL) == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    # Debian's python3 has no ensurepip without python3-venv: borrow the outer pip.
    made = subprocess.call([sys.executable, "-m", "venv", "--without-pip", VENV])
    if (
        made == 0
        and subprocess.call([sys.executable, "-m", "pip", "--python", python(), "install", "-q", "pip"]) == 0
    ):
        return
    sys.exit("This Python cannot make environments: install its venv and pip modules (Debian: python3-venv).")


def install_with_uv(requirements):
    """True when uv installed everything; False when pip has to (a mirror that only pip knows of, say)."""
    uv = os.path.join(VENV, "bin", "uv")
    if subprocess.call([python(), "-m", "pip", "install", "--progress-bar", "off", "-q", UV]) != 0:
        return False
    command = [
        uv,
        "pip",
        "install",
        "--system-certs",
        "--compile-bytecode",
        "--python",
        python(),
        "-r",
        requirements,
    ]
    if not sys.stderr.isatty():
        command.append("--no-progress")
    if subprocess.call(command) == 0:
        return True
    say("uv could not install everything; trying pip, which reads its own configuration")
    return False


def run(command):
    """Run a command; stop with its exit status when it fails."""
    status = subprocess.call(command)
    if status != 0:
        sys.exit(f"failed ({status}): {' '.join(command)}")


if __name__ == "__main__":
    main()
