"""What the outlets write about: events with a headline in two wordings and a few sentences.

Braces are slots. `artist` is who it is about, `song` one of their titles, `other` somebody who appears beside
them; the rest is drawn from `COLORS`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """A kind of news; the second headline is so different that it counts as a story of its own."""

    headline: str
    rewrite: str
    text: str
    weight: int = 2


@dataclass(frozen=True)
class Act:
    """Somebody of the demo catalog with the songs that they perform or wrote, and how often they are news."""

    name: str
    songs: tuple[str, ...]
    beside: tuple[str, ...]
    weight: int = 2


ACTS = (
    Act("Mira Solheim", ("Low Tide Letters", "Second Winter", "Northbound"), ("Jonas Ek", "Amara Okonjo"), 4),
    Act(
        "Amara Okonjo",
        ("Paper Satellites", "Glass Orchard", "Copper Rain"),
        ("Tomás Rey", "The Quiet Engine"),
        5,
    ),
    Act("Jonas Ek", ("Slow Machines", "Northbound"), ("Mira Solheim", "Hana Ito"), 3),
    Act("Tomás Rey", ("Copper Rain", "Paper Satellites"), ("Amara Okonjo", "Nils Aurell"), 3),
    Act("Nils Aurell", ("Harbor Lights at Four", "Copper Rain"), ("Hana Ito", "Tomás Rey"), 2),
    Act("Hana Ito", ("夜行列車", "Slow Machines"), ("Nils Aurell", "Jonas Ek"), 3),
    Act("The Quiet Engine", ("Glass Orchard", "Field Recording No. 7"), ("Amara Okonjo",), 2),
)
COLORS = {
    "city": ("Bergen", "Newcastle", "Lagos", "Lisbon", "Malmö", "Osaka", "Leipzig", "Glasgow"),
    "venue": ("the Old Customs House", "Kulturhuset", "the Lantern Hall", "Sala Azul", "the Corn Exchange"),
    "festival": ("Skerry Festival", "Northern Rooms", "Parkbühne Days", "Low Country Weekend"),
    "station": ("Harbor Radio", "Radio Nord", "Night Service FM"),
    "film": ("The Ferryman’s Daughter", "Eleven Rooms", "A Map of Rain"),
    "number": ("two", "three", "five", "seven"),
    "million": ("2", "5", "10", "25"),
}
EVENTS = (
    Event(
        "{artist} announces {number}-date autumn tour with a first stop in {city}",
        "Tickets for {artist} in {city}: when they go on sale and what they cost",
        "The singer {artist} will play {number} concerts, beginning at {venue} in {city}. The set is "
        "built around "
        "“{song}”, and {other} joins as a guest on the first night. Tickets go on sale on Friday.",
        4,
    ),
    Event(
        "{artist} shares video for new version of “{song}”",
        "Watch: “{song}” by {artist} gets a quiet, slow second life",
        "{artist} has released a new recording of “{song}”, made in one take in {city}. The single "
        "was mixed by "
        "{other}. “I wanted to hear what was left when the drums were gone,” {artist} said.",
        4,
    ),
    Event(
        "“{song}” by {artist} passes {million} million streams",
        "How {artist} got {million} million plays without a label push",
        "The song “{song}” by {artist} has been streamed more than {million} million times. It "
        "entered the chart "
        "of {station} last week, two years after the album came out.",
        3,
    ),
    Event(
        "{artist} joins the line-up of {festival}",
        "{festival} adds {number} names, {artist} among them",
        "{festival} has announced further acts: {artist} plays the main stage on Saturday, {other} opens the "
        "evening. It is the first festival set of {artist} this year.",
        3,
    ),
    Event(
        "Review: {artist} at {venue}, {city}",
        "A night in {city} that {artist} will find hard to repeat",
        "Nothing in the first half hour prepared the audience at {venue} for the end. {artist} "
        "played “{song}” "
        "alone at the piano, then brought {other} on stage for the encore. The best concert of the month.",
        3,
    ),
    Event(
        "{artist} signs worldwide publishing agreement with Lantern Street Music",
        "Lantern Street Music takes over the catalog of {artist}",
        "Lantern Street Music will administer the works of {artist}, among them “{song}”. The "
        "agreement covers "
        "mechanical, performance and synchronization rights. Terms were not disclosed.",
        1,
    ),
    Event(
        "“{song}” by {artist} to close the film {film}",
        "The song over the credits of {film} is by {artist}",
        "The makers of {film} have licensed “{song}” by {artist} for the final scene. The music "
        "supervisor had "
        "heard {other} play it on {station}. The film opens in spring.",
        2,
    ),
    Event(
        "Interview: {artist} on “{song}”, long winters and working with {other}",
        "“I never finish a song before the last minute”: a talk with {artist}",
        "We met {artist} in {city}, a week after the album was done. We spoke about writing "
        "“{song}”, about {other}, "
        "and about the year in which nothing came. “Most of it was waiting,” {artist} says.",
        2,
    ),
)
# Of these nobody is in the catalog, or no music is meant by words that are titles there.
ASIDES = (
    (
        "Velvet Cartographers announce debut album",
        "The duo Velvet Cartographers will release their first album in May. The single “Coastline” "
        "is out now.",
        3,
    ),
    (
        "Ines Marlowe returns with “Salt and Static”",
        "Singer Ines Marlowe has shared “Salt and Static”, her first single in four years, from an "
        "album due in spring.",
        3,
    ),
    (
        "Northbound trains are delayed after a storm",
        "Passengers wait for hours as northbound services between the coast and the capital stand still.",
        2,
    ),
    (
        "A second winter without snow worries ski resorts",
        "For the second winter in a row the lifts stand still. Hotels count empty rooms.",
        2,
    ),
    (
        "Copper prices rise as rain floods mines",
        "Copper rose by three percent after heavy rain stopped work at two mines.",
        1,
    ),
    (
        "City council votes on longer opening hours for small venues",
        "Small concert venues may stay open until two in the morning, the council of {city} has decided.",
        2,
    ),
    (
        "Collecting societies report higher income from streaming",
        "Income from streaming rose again last year, say three collecting societies. Radio stayed level.",
        2,
    ),
    (
        "Vinyl plant in {city} doubles its capacity",
        "A pressing plant in {city} has bought {number} new presses. Waiting times should fall to six weeks.",
        1,
    ),
    (
        "Low tide reveals wreck near {city}",
        "An unusually low tide has laid bare the ribs of a freighter that was lost in 1911.",
        1,
    ),
)
BURST_ACT = ACTS[0]
BURST = (
    Event(
        "Mira Solheim wins the Northern Song Prize for “Low Tide Letters”",
        "A song from a ferry takes the biggest prize of the north: Mira Solheim wins",
        "Mira Solheim has won the Northern Song Prize for “Low Tide Letters”, which she wrote with "
        "Jonas Ek. The "
        "jury praised “a song that leaves room for the sea”. The prize was given in Bergen on Friday night.",
    ),
    Event(
        "Mira Solheim dedicates her prize to the crew of the night ferry",
        "Speech of the night: why Mira Solheim thanked a ferry crew",
        "In her speech Mira Solheim thanked the crew of the ferry on which “Low Tide Letters” was "
        "begun. Jonas Ek "
        "stood beside her. The singer then played the song without a microphone.",
    ),
    Event(
        "“Low Tide Letters” climbs charts after the win of Mira Solheim",
        "Streams of Mira Solheim rise tenfold over night",
        "“Low Tide Letters” by Mira Solheim was streamed ten times as often as on the day before. "
        "{station} plays "
        "the live recording with Jonas Ek every hour.",
    ),
)
