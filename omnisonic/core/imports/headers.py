"""Headers that catalog files use, and the fields they stand for."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class Field(StrEnum):
    """What a row of a catalog file can say about a recording."""

    ISRC = "isrc"
    TITLE = "title"
    VERSION = "version"
    ARTIST = "artist"
    DURATION = "duration"
    RELEASED_AT = "released_at"
    GENRE = "genre"
    ISWC = "iswc"
    WORK = "work"
    ARTIST_ISNI = "artist_isni"
    ARTIST_IPI = "artist_ipi"


FIELDS = tuple(Field)
REQUIRED = (Field.ISRC, Field.TITLE, Field.ARTIST)

# Without case, marks and spaces, best first. Forms of distributors, MusicBrainz, DDEX (ERN, BWARM), the MLC
# and streaming services.
_FORMS: dict[Field, str] = {
    Field.ISRC: """
        isrc isrccode isrcs isrcnumber trackisrc recordingisrc soundrecordingisrc assetisrc
        audioisrc externalidsisrc resourceisrc isrcid
    """,
    Field.TITLE: """
        title tracktitle trackname recordingtitle recording songtitle songname track song name
        resourcetitle displaytitle displaytitletext titletext soundrecordingtitle assettitle
        recordingname formaltitle titel titre titulo tracktitlename songtitlename
    """,
    Field.VERSION: """
        version trackversion mixversion titleversion versiontitle recordingversion subtitle
        recordingsubtitle versiontype remixversion mixname disambiguation resourcesubtitle
        recordingversionifapplicable
    """,
    Field.ARTIST: """
        artist artistname artistnames artists artistcredit primaryartist primaryartists mainartist
        displayartist displayartistname displayartistnames trackartist trackartists performer
        performers recordingartist recordingartistname performername albumartist interpret artiste
        artista mainperformer bandname artistappearsas recordingartists trackartistname releaseartistname
        releaseartist albumartistname albumartists contributors
    """,
    Field.DURATION: """
        duration length trackduration tracklength durationms lengthms lengthmmss durationmmss time
        runtime durationseconds lengthseconds playtime recordingduration nominalduration
        trackdurationms durationhhmmss totaltime dauer durationinmillis tracktimemillis lengthinseconds
        durationsec durationseconds durationinseconds durationmillis durationsecs
    """,
    Field.RELEASED_AT: """
        releasedat releasedate firstreleasedate originalreleasedate released datereleased
        releaseyear year albumreleasedate consumerreleasedate digitalreleasedate globalreleasedate
        originalreleaseyear publishedat yearofrecording productionyear dateoffirstrelease
        streamingreleasedate trackreleasedate albumdate albumreleaseyear
    """,
    Field.GENRE: """
        genre genres primarygenre maingenre trackgenre genrename genretext style musicgenre
        genrenames primarygenrename artistgenres
    """,
    Field.ISWC: """
        iswc iswccode iswcs workiswc musicalworkiswc iswcnumber
    """,
    Field.WORK: """
        work worktitle musicalwork musicalworktitle compositiontitle composition workname
        compositionname songworktitle
    """,
    Field.ARTIST_ISNI: """
        artistisni isni displayartistisni performerisni primaryartistisni
    """,
    Field.ARTIST_IPI: """
        artistipi performeripi artistipinamenumber artistipn
    """,
}
HEADERS = {wanted: tuple(names.split()) for wanted, names in _FORMS.items()}
KNOWN_HEADERS = frozenset(name for names in HEADERS.values() for name in names)
_MARKS = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def fold_header(name: str) -> str:
    """A header without case, accents and marks: `Artist Name(s)` → `artistnames`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _MARKS.sub("", plain)
