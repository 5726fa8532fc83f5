"""Catalog files of any length with the dirt of real ones, the same for every run."""

from __future__ import annotations

import csv
import random
from pathlib import Path

HEADER = ("isrc", "title", "artist", "duration", "released_at", "genre")
ADJECTIVES = ("Golden", "Silent", "Broken", "Electric", "Midnight", "Paper")
ADJECTIVES += ("Velvet", "Hollow", "Distant", "Crimson", "Frozen", "Gentle")
NOUNS = ("River", "City", "Heart", "Shadow", "Mirror", "Signal")
NOUNS += ("Garden", "Ocean", "Winter", "Engine", "Letter", "Harbor")
GENRES = ("Rock", "Pop", "Hip-Hop", "Electronic", "Jazz", "Folk", "Classical", "R&B")
COUNTRIES = ("US", "GB", "DE", "FR")
BAD_SHARE = 0.02
GUEST_SHARE = 0.1
ARTISTS = 20_000


def write_catalog(path: Path, rows: int, *, seed: int = 7) -> int:
    """Write a CSV of about 100 bytes a row; returns how many rows have a wrong ISRC."""
    chance = random.Random(seed)
    bad = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            isrc = _isrc(chance, number)
            if chance.random() < BAD_SHARE:
                isrc, bad = isrc[:-2], bad + 1
            writer.writerow(
                (
                    isrc,
                    f"{_name(chance)} of the {_name(chance)} {number}",
                    _artist(chance),
                    chance.randrange(60, 600),
                    _day(chance),
                    chance.choice(GENRES),
                )
            )
    return bad


def _isrc(chance: random.Random, number: int) -> str:
    country, registrant = chance.choice(COUNTRIES), f"{chance.choice('ABC')}{number % 97:02}"
    return f"{country}{registrant}{number // 100_000 % 26:02}{number % 100_000:05}"


def _day(chance: random.Random) -> str:
    return f"{chance.randrange(1960, 2026)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"


def _artist(chance: random.Random) -> str:
    artist = f"{chance.randrange(ARTISTS // 144)} {_name(chance)}"
    return f"{artist} feat. {_name(chance)}" if chance.random() < GUEST_SHARE else artist


def _name(chance: random.Random) -> str:
    return f"{chance.choice(ADJECTIVES)} {chance.choice(NOUNS)}"
