"""Countries by every name and code that license texts use. Codes: ISO 3166-1; names on pages: our own."""

from __future__ import annotations

import unicodedata

from iso3166 import countries

NUMBERS = {country.alpha2: int(country.numeric) for country in countries}
CODES = {number: code for code, number in NUMBERS.items()}

# How people say what ISO 3166-1 writes in full; the rest keep their ISO name.
SHORT_NAMES = {
    "BO": "Bolivia",
    "BQ": "Bonaire, Sint Eustatius and Saba",
    "BN": "Brunei",
    "CD": "DR Congo",
    "CI": "Côte d’Ivoire",
    "CZ": "Czechia",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "GB": "United Kingdom",
    "IR": "Iran",
    "KP": "North Korea",
    "KR": "South Korea",
    "LA": "Laos",
    "MD": "Moldova",
    "MF": "Saint Martin",
    "MK": "North Macedonia",
    "PS": "Palestine",
    "RU": "Russia",
    "SH": "Saint Helena",
    "SX": "Sint Maarten",
    "SY": "Syria",
    "TR": "Türkiye",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "US": "United States",
    "VA": "Vatican City",
    "VE": "Venezuela",
    "VG": "British Virgin Islands",
    "VI": "US Virgin Islands",
    "VN": "Vietnam",
}
OTHER_NAMES = {
    "AE": ("UAE",),
    "BA": ("Bosnia",),
    "CD": ("Democratic Republic of Congo", "Congo Kinshasa", "Zaire"),
    "CG": ("Republic of the Congo", "Congo Brazzaville"),
    "CI": ("Ivory Coast", "Cote d'Ivoire"),
    "CN": ("Mainland China", "PR China", "People's Republic of China"),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic",),
    "DE": ("Deutschland",),
    "ES": ("España",),
    "FK": ("Malvinas",),
    "GB": ("UK", "U.K.", "Great Britain", "Britain", "UKM"),
    "GR": ("EL",),  # the European Union's own code
    "HK": ("Hong Kong SAR",),
    "IE": ("Eire", "Republic of Ireland"),
    "KN": ("St Kitts and Nevis", "St. Kitts & Nevis"),
    "LC": ("St Lucia", "St. Lucia"),
    "MK": ("Macedonia", "FYROM"),
    "MM": ("Burma",),
    "MO": ("Macau", "Macao SAR"),
    "NL": ("Holland", "The Netherlands"),
    "PH": ("The Philippines",),
    "RU": ("Russian Federation",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey",),
    "TW": ("Taiwan, Province of China", "Chinese Taipei"),
    "US": ("U.S.", "U.S.A.", "United States of America", "The United States"),
    "VA": ("Holy See", "Vatican"),
    "VC": ("St Vincent and the Grenadines", "St. Vincent & the Grenadines"),
    "VN": ("Viet Nam",),
    "XK": ("Kosovo", "XKX"),
}
# ISO 3166-1 numbers these apart from the state they belong to, so the state alone does not include them.
# (TIS says so of 840 and Puerto Rico itself; many contracts mean both when they say "US".)
APART = {
    "AU": ("CC", "CX", "HM", "NF"),
    "CN": ("HK", "MO"),
    "DK": ("FO", "GL"),
    "FI": ("AX",),
    "FR": ("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"),
    "GB": ("AI", "BM", "FK", "GG", "GI", "GS", "IM", "IO", "JE", "KY", "MS", "PN", "SH", "TC", "VG"),
    "NL": ("AW", "BQ", "CW", "SX"),
    "NO": ("BV", "SJ"),
    "NZ": ("CK", "NU", "TK"),
    "US": ("PR", "AS", "GU", "MP", "UM", "VI"),
}
# Texts that name no set of countries; the value says what to write instead.
REFUSED = {
    "america": "“America” can mean the United States or two continents: write US or AMERICAS.",
    "korea": "Write KR for South Korea, KP for North Korea, or both.",
    "virgin islands": "Write VG for the British or VI for the US Virgin Islands.",
    "england": "Licenses go by countries: write GB for the whole United Kingdom.",
    "scotland": "Licenses go by countries: write GB for the whole United Kingdom.",
    "wales": "Licenses go by countries: write GB for the whole United Kingdom.",
    "northern ireland": "Licenses go by countries: write GB for the whole United Kingdom.",
    "rest of world": "“Rest of world” depends on other licenses: write WORLD minus what they cover.",
    "row": "“Rest of world” depends on other licenses: write WORLD minus what they cover.",
    "emea": "EMEA has no agreed members: write EUROPE, MIDDLE EAST, AFRICA, or the countries meant.",
    "apac": "APAC has no agreed members: write ASIA, OCEANIA, or the countries meant.",
    "asia pacific": "Asia-Pacific has no agreed members: write ASIA, OCEANIA, or the countries meant.",
    "mena": "MENA has no agreed members: write MIDDLE EAST, NORTH AFRICA, or the countries meant.",
    "yugoslavia": "Yugoslavia ended: write its successors, BA, HR, ME, MK, RS, SI.",
    "yu": "Yugoslavia ended: write its successors, BA, HR, ME, MK, RS, SI.",
    "serbia and montenegro": "It became two states: write RS, ME.",
    "ussr": "The Soviet Union ended: write the successors that are meant.",
    "su": "The Soviet Union ended: write the successors that are meant.",
    "czechoslovakia": "It became two states: write CZ, SK.",
    "cs": "CS was Czechoslovakia, then Serbia and Montenegro: write CZ, SK or RS, ME.",
    "netherlands antilles": "They were dissolved in 2010: write BQ, CW, SX.",
    "an": "AN (Netherlands Antilles) was dissolved in 2010: write BQ, CW, SX.",
}


def name_of(number: int) -> str:
    """The country's name on pages, or its number where ISO 3166-1 knows none."""
    code = CODES.get(number)
    if code is None:
        return f"{number:03}"
    return SHORT_NAMES.get(code) or countries.get(code).name


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name for comparison: no case, no accents, no punctuation, `&` is `and`."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    kept = "".join(mark for mark in plain if mark not in ".'’`")
    return tuple("".join(mark if mark.isalnum() else " " for mark in kept).split())


def country_names() -> dict[tuple[str, ...], int]:
    """Every code and name, as `words_of`, with the country's number."""
    found: dict[tuple[str, ...], int] = {}
    for country in countries:
        number = int(country.numeric)
        names = (country.name, SHORT_NAMES.get(country.alpha2, ""), *OTHER_NAMES.get(country.alpha2, ()))
        codes = (country.alpha2, country.alpha3, country.numeric, str(number))
        for name in filter(None, (*names, *codes)):
            found.setdefault(words_of(name), number)
    del found[("and",)]  # Andorra's alpha-3 is a word of every list: AD, 020 and the name remain
    return found
