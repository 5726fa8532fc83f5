"""Words that say what a text is about: music, and what is not music. The lists are in `lexicons/cues.txt`."""

from __future__ import annotations

from omnisonic.insight.tagging.lexicon import sections

_LISTS = sections("cues.txt")
ROLES = _LISTS["ROLES"]  # A person or group that plays: stands beside a name.
MEMBERS = _LISTS["MEMBERS"]  # Stands right behind the name of a group.
OWNED = _LISTS["OWNED"]  # What belongs to a performer: "X's album".
STRONG = _LISTS["STRONG"]  # Says that a text is about music.
WEAK = _LISTS["WEAK"]  # Often found in texts about music, and elsewhere.
TITLE_NOUNS = _LISTS["TITLE_NOUNS"]  # Stands before a title.
COMPOSED = _LISTS["COMPOSED"]  # Speaks of a song as something written.
RECORDED = _LISTS["RECORDED"]  # Speaks of a song as something recorded.
NOT_SONGS = _LISTS["NOT_SONGS"]  # Before a quoted phrase: it is no song.
PERFORM = _LISTS["PERFORM"]  # What performers do.
CREDIT = _LISTS["CREDIT"]  # Introduces a performer.
LINKERS = _LISTS["LINKERS"]  # Between names of an enumeration.
DETERMINERS = _LISTS["DETERMINERS"]  # Before an ordinary word, not before a name.
LOCATIVE = _LISTS["LOCATIVE"]  # Before a place.
AUXILIARIES = _LISTS["AUXILIARIES"]  # Between a name and its verb.
OTHER_ROLES = _LISTS["OTHER_ROLES"]  # People of other trades.
ELSEWHERE = _LISTS["ELSEWHERE"]  # Says that a text is about something else.
MUSIC_OUTLETS = _LISTS["MUSIC_OUTLETS"]  # Registrable domains of outlets that write of music.
SAYING = _LISTS["SAYING"]  # Before words that somebody spoke.

MUSIC = STRONG | ROLES
ANY_MUSIC = MUSIC | WEAK
TOPICAL = ANY_MUSIC | ELSEWHERE
SONGS = STRONG | TITLE_NOUNS
PLAYERS = ROLES | MEMBERS
STAGE = STRONG | {"tour", "dates", "show", "shows", "reunion"}
