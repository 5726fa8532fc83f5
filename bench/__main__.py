"""`python -m bench NAME [--quick]`: measure, print a table, then one line of JSON per figure and peer."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

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
    "ledger",
)


def main() -> None:
    """Run the benchmarks named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=[*NAMES, "all"])
    parser.add_argument("--quick", action="store_true", help="smaller work, done in 45 s")
    parser.add_argument(
        "--events", type=Path, metavar="FILE", help="ledger: usage as JSON Lines instead of made up"
    )
    chosen = parser.parse_args()
    if chosen.events and chosen.name != "ledger":
        parser.error("--events belongs to `ledger`")
    figures: list[Figure] = []
    for name in NAMES if chosen.name == "all" else [chosen.name]:
        benchmark = import_module(f"bench.{MODULES.get(name, name)}")
        figures += benchmark.run(chosen.quick, **({"events_file": chosen.events} if chosen.events else {}))
    print(as_table(figures))
    for figure in figures:
        print(as_json(figure))


if __name__ == "__main__":
    main()
