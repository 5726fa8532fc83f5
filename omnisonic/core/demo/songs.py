"""What the demo catalog says. Every name is invented; the ISRCs have no country of issue."""

from __future__ import annotations

from dataclasses import dataclass, field

from omnisonic.core.catalog.models import RightsType

ISRC_PREFIX = "ZZOMN"


@dataclass(frozen=True)
class Part:
    """Someone's share of a work, in percent; `right` none counts for every right."""

    name: str
    role: str
    percent: str
    right: RightsType | None = None


@dataclass(frozen=True)
class Take:
    """A recording: the artist as credited, its length, the days since its release."""

    artist: str
    seconds: int
    age_days: int
    title: str = ""


@dataclass(frozen=True)
class Grant:
    """A license; it began `since_days` ago and ends in `left_days` (never, when none)."""

    licensee: str
    right: RightsType
    territory: str | None
    since_days: int
    left_days: int | None
    exclusive: bool = True


@dataclass(frozen=True)
class Song:
    """A work with what belongs to it. `former` are the shares until a year ago."""

    title: str
    genres: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    takes: tuple[Take, ...] = ()
    grants: tuple[Grant, ...] = ()
    former: tuple[Part, ...] = ()
    description: str | None = None
    has_iswc: bool = True


MECHANICAL, PERFORMANCE = RightsType.MECHANICAL, RightsType.PERFORMANCE
SYNC, MASTER = RightsType.SYNCHRONIZATION, RightsType.MASTER


@dataclass(frozen=True)
class Person:
    """A writer or a company with a number in the register."""

    name: str
    ipi_digits: str
    roles: tuple[str, ...] = field(default=("composer",))


PEOPLE = (
    Person("Mira Solheim", "000417201", ("composer", "lyricist")),
    Person("Jonas Ek", "000417202", ("composer",)),
    Person("Amara Okonjo", "000417203", ("composer", "performer")),
    Person("Lantern Street Music", "000417204", ("publisher",)),
)
SONGS = (
    Song(
        "Low Tide Letters",
        ("Indie folk", "Singer-songwriter"),
        (Part("Mira Solheim", "composer-lyricist", "50"), Part("Jonas Ek", "composer", "50")),
        (
            Take("Mira Solheim", 215, 410),
            Take("Mira Solheim feat. Jonas Ek", 248, 120, "Low Tide Letters (Live)"),
        ),
        (
            Grant("Northlight Pictures", SYNC, "Europe", 200, 20),
            Grant("Blue Door Records", MASTER, None, 400, None),
            Grant("Harbor Radio Network", PERFORMANCE, "US, CA", 90, 640, exclusive=False),
        ),
        description="Written on the ferry between Bergen and Newcastle.",
    ),
    Song(
        "Paper Satellites",
        ("Synth-pop",),
        (
            Part("Amara Okonjo", "composer-lyricist", "33.3333"),
            Part("Jonas Ek", "composer", "33.3333"),
            Part("Tomás Rey", "composer", "33.3333"),
        ),
        (Take("Amara Okonjo", 198, 300),),
        (Grant("Kite Games", SYNC, None, 30, 335, exclusive=False),),
    ),
    Song(
        "Glass Orchard",
        ("Electronic", "Ambient"),
        (
            Part("Amara Okonjo", "composer", "60"),
            Part("Lantern Street Music", "publisher", "25"),
            Part("Tomás Rey", "composer", "30"),
        ),
        (Take("Amara Okonjo & The Quiet Engine", 341, 77),),
        description="Two agreements claim more than there is; the writers are talking.",
    ),
    Song(
        "Harbor Lights at Four",
        ("Jazz",),
        (Part("Nils Aurell", "composer", "65"), Part("Hana Ito", "arranger", "20")),
        (Take("Nils Aurell Trio", 402, 900),),
        description="The lyricist of the second verse has not been found yet.",
    ),
    Song(
        "Second Winter",
        ("Indie folk",),
        (
            Part("Mira Solheim", "composer-lyricist", "50", PERFORMANCE),
            Part("Lantern Street Music", "publisher", "50", PERFORMANCE),
            Part("Mira Solheim", "composer-lyricist", "75", MECHANICAL),
            Part("Lantern Street Music", "publisher", "25", MECHANICAL),
        ),
        (Take("Mira Solheim", 187, 60),),
        (Grant("Blue Door Records", MECHANICAL, "Europe", 60, 300),),
    ),
    Song(
        "Slow Machines",
        ("Electronic",),
        (Part("Jonas Ek", "composer", "70"), Part("Hana Ito", "composer", "30")),
        (Take("Jonas Ek", 263, 500), Take("Jonas Ek", 411, 90, "Slow Machines (Long Night Mix)")),
        former=(Part("Jonas Ek", "composer", "100"),),
    ),
    Song(
        "السماء فوق المدينة",
        ("Arabic pop",),
        (Part("ليلى حداد", "composer-lyricist", "80"), Part("Tomás Rey", "arranger", "20")),
        (Take("ليلى حداد", 229, 45),),
    ),
    Song(
        "Copper Rain",
        ("Rock",),
        (
            Part("Tomás Rey", "composer-lyricist", "40"),
            Part("Nils Aurell", "composer", "40"),
            Part("Lantern Street Music", "publisher", "20"),
        ),
        (Take("Tomás Rey feat. Amara Okonjo", 231, 700),),
        (Grant("Fieldnote Films", SYNC, "DE, AT, CH", 300, 65), Grant("Kite Games", SYNC, "Asia", 100, 500)),
    ),
    Song(
        "夜行列車",
        ("City pop",),
        (Part("Hana Ito", "composer-lyricist", "100"),),
        (Take("Hana Ito", 254, 220),),
        (Grant("Sunroom Television", SYNC, "JP", 150, 10),),
    ),
    Song("Field Recording No. 7", ("Ambient",), takes=(Take("The Quiet Engine", 612, 15),), has_iswc=False),
    Song(
        "Low Tide Letter",
        ("Indie folk",),
        (Part("Mira Solheim", "composer-lyricist", "100"),),
        has_iswc=False,
        description="Probably the first registration of “Low Tide Letters”.",
    ),
    Song(
        "Northbound",
        ("Singer-songwriter",),
        (Part("Jonas Ek", "composer-lyricist", "100"),),
        (Take("Jonas Ek", 176, 1200), Take("Mira Solheim", 203, 33)),
    ),
    Song(
        "Lanterns for the Long Way Home",
        ("Choral", "Classical"),
        (Part("Amara Okonjo", "composer", "50"), Part("Hana Ito", "lyricist", "50")),
        has_iswc=False,
        description="Commissioned for the winter concert; no recording yet.",
    ),
)
