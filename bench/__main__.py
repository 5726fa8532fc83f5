"""`python -m bench NAME [--quick]`: measure, print a table, then one line of JSON per figure and peer."""

from __future__ import annotations

import argparse
from importlib import import_module

from bench.report import Figure, as_json, as_table

MODULES = {"import": "imports"}  # a word that Python keeps for itself
NAMES = (
    "mixdown",
    "media",
    "rooms",
    "import",
    "licenses",
    "graphql",
    "subscriptions",
    "startup",
    "feeds",
    "tagging",
    "analytics",
)


def main() -> None:
    """Run the benchmarks named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=[*NAMES, "all"])
    parser.add_argument("--quick", action="store_true", help="smaller work, done in 45 s")
    chosen = parser.parse_args()
    figures: list[Figure] = []
    for name in NAMES if chosen.name == "all" else [chosen.name]:
        figures += import_module(f"bench.{MODULES.get(name, name)}").run(chosen.quick)
    print(as_table(figures))
    for figure in figures:
        print(as_json(figure))


if __name__ == "__main__":
    main()
