"""Groups of territories as data: who belongs to what today.

Numbers, codes and members: CISAC Territory Information System (hierarchy, members whose membership has not
ended). Where ISO 3166-1 numbers a dependent territory that TIS counts within its state, the continents
(Africa, Americas, Asia, Europe, Oceania, South America), the Caribbean and Latin America follow the
regions of UN M49, of which the TIS continents are a part. Membership that changed since: EEA 30 states
(efta.int), ASEAN with Timor-Leste (2025), Commonwealth with Rwanda, Gabon and Togo, the euro with Bulgaria.
A license keeps the members of the day it was written; a later change of a group does not change it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """A named set of countries: TIS number and code where TIS has the group, members as ISO alpha-2."""

    name: str
    tis_number: int | None
    tis_code: str
    members: tuple[str, ...]
    other_names: tuple[str, ...] = ()


def _group(name: str, tis_number: int | None, tis_code: str, members: str, other_names: str = "") -> Group:
    return Group(
        name, tis_number, tis_code, tuple(members.split()), tuple(filter(None, other_names.split("|")))
    )


GROUPS = (
    _group(
        "AFRICA",
        2100,
        "2AF",
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML "
        "MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW",
    ),
    _group(
        "AMERICAS",
        2101,
        "2AM",
        "AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN HT "
        "JM KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI",
        "the americas",
    ),
    _group(
        "AMERICAN CONTINENT",
        2102,
        "2AC",
        "AR BO BR BZ CA CL CO CR EC GT GY HN MX NI PA PE PY SR SV US UY VE",
    ),
    _group(
        "ANTILLES",
        2103,
        "2AN",
        "AG BB CU DM DO GD HT JM KN LC PR TT VC",
    ),
    _group(
        "APEC",
        2104,
        "2AP",
        "AU BN CA CL CN HK ID JP KR MO MX MY NZ PE PG PH PR RU SG TH TW US VN",
        "apec countries",
    ),
    _group(
        "ASEAN",
        2105,
        "2AE",
        "BN ID KH LA MM MY PH SG TH TL VN",
        "asean countries",
    ),
    _group(
        "ASIA",
        2106,
        "2AS",
        "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV "
        "MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
    ),
    _group(
        "AUSTRALASIA",
        2107,
        "2AA",
        "AU FJ NC NZ SB VU",
    ),
    _group(
        "BALKANS",
        2108,
        "2BA",
        "AL BA BG GR HR ME MK RO RS SI",
    ),
    _group(
        "BALTIC STATES",
        2109,
        "2BS",
        "EE LT LV",
        "baltics",
    ),
    _group(
        "BENELUX",
        2110,
        "2BE",
        "BE LU NL",
    ),
    _group(
        "BRITISH ISLES",
        2111,
        "2BI",
        "GB GG IE IM JE",
    ),
    _group(
        "BRITISH WEST INDIES",
        2112,
        "2BW",
        "AG BB BS DM GD JM KN LC TT VC",
    ),
    _group(
        "CENTRAL AMERICA",
        2113,
        "2CA",
        "BZ CR GT HN NI PA SV",
    ),
    _group(
        "COMMONWEALTH",
        2114,
        "2CO",
        "AG AU BB BD BN BS BW BZ CA CM CY DM FJ GA GB GD GH GM GY IN JM KE KI KN LC LK LS MT MU MV MW MY "
        "MZ NA NG NR NZ PG PK RW SB SC SG SL SZ TG TO TT TV TZ UG VC VU WS ZA ZM",
        "commonwealth of nations",
    ),
    _group(
        "CIS",
        2118,
        "2CI",
        "AM AZ BY KG KZ MD RU TJ TM UZ",
        "commonwealth of independent states",
    ),
    _group(
        "EASTERN EUROPE",
        2119,
        "2EE",
        "AL BG BY CZ EE HU LT LV MD PL RO RU SK UA",
    ),
    _group(
        "EUROPE",
        2120,
        "2EU",
        "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV "
        "MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK",
    ),
    _group(
        "EEA",
        2121,
        "2EM",
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK",
        "european economic area",
    ),
    _group(
        "EUROPEAN CONTINENT",
        2122,
        "2EC",
        "AD AL AT BA BE BG BY CH CZ DE DK EE ES FI FR GR HR HU IT LI LT LU LV MC MD ME MK NL NO PL PT RO "
        "RS RU SE SI SK SM UA VA",
        "continental europe",
    ),
    _group(
        "EU",
        2123,
        "2EN",
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
        "european union|2ey|european economic community|eec",
    ),
    _group(
        "EUROZONE",
        None,
        "",
        "AT BE BG CY DE EE ES FI FR GR IE IT LT LU LV MT NL PT SI SK",
        "euro area",
    ),
    _group(
        "GSA",
        2124,
        "2GC",
        "AT CH DE",
        "gsa countries|gas|g.s.a.|dach",
    ),
    _group(
        "MIDDLE EAST",
        2125,
        "2ME",
        "AE AF BD BH BT IN IQ IR JO KW LK MN MV NP OM PK QA SA YE",
    ),
    _group(
        "NAFTA",
        2126,
        "2NT",
        "CA MX PR US",
        "nafta countries",
    ),
    _group(
        "NORDIC COUNTRIES",
        2127,
        "2NC",
        "AX DK FI FO GL IS NO SE",
        "nordics|nordic",
    ),
    _group(
        "NORTH AFRICA",
        2128,
        "2NF",
        "DZ EG LY MA TN",
    ),
    _group(
        "NORTH AMERICA",
        2129,
        "2NA",
        "CA MX US",
    ),
    _group(
        "OCEANIA",
        2130,
        "2OC",
        "AQ AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
    ),
    _group(
        "SCANDINAVIA",
        2131,
        "2SC",
        "DK NO SE",
    ),
    _group(
        "SOUTH AMERICA",
        2132,
        "2SA",
        "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE",
    ),
    _group(
        "SOUTH EAST ASIA",
        2133,
        "2SE",
        "BN ID KH LA MM MY PH SG TH TL VN",
        "southeast asia|south eastern asia",
    ),
    _group(
        "WEST INDIES",
        2134,
        "2WI",
        "AG BB BS CU DM DO GD HT JM KN LC PR TT VC",
    ),
    _group(
        "CARIBBEAN",
        None,
        "",
        "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI",
        "the caribbean",
    ),
    _group(
        "LATIN AMERICA",
        None,
        "",
        "AG AI AR AW BB BL BO BQ BR BS BV BZ CL CO CR CU CW DM DO EC FK GD GF GP GS GT GY HN HT JM KN KY "
        "LC MF MQ MS MX NI PA PE PR PY SR SV SX TC TT UY VC VE VG VI",
        "latam|latin america and the caribbean",
    ),
)
