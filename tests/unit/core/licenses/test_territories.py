"""Territory expressions against a plain model of sets, and the traps of country codes."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.licenses.errors import UnknownTerritory
from omnisonic.core.licenses.territories import parse_territory
from omnisonic.core.licenses.territory_groups import GROUPS
from omnisonic.core.licenses.territory_names import NUMBERS
from omnisonic.core.licenses.territory_sets import (
    WORLD,
    bits_of_numbers,
    from_multirange,
    intersection,
    ranges_of,
    to_multirange,
    to_numbers,
)
from omnisonic.core.licenses.territory_words import count_countries, describe, readable, remarks

NAMES: dict[str, set[int]] = {code: {number} for code, number in NUMBERS.items()} | {
    group.name: {NUMBERS[code] for code in group.members} for group in GROUPS
}
NAMES["WORLD"] = set(range(1, 2000))


def numbers_of(expression: str | None) -> set[int]:
    return set(to_numbers(parse_territory(expression).ranges))


@pytest.mark.parametrize("expressions", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_expressions_equal_a_plain_model_of_sets(expressions: int) -> None:
    chance = random.Random(3166)
    names = sorted(NAMES)
    compared = 0
    for _ in range(expressions):
        picked = [(chance.choice(["+", "+", "-"]), chance.choice(names)) for _ in range(chance.randint(1, 9))]
        if chance.random() < 0.3:
            picked[0] = ("+", "WORLD")
        model: set[int] = set(range(1, 2000)) if picked[0][0] == "-" else set()
        for sign, name in picked:
            model = model - NAMES[name] if sign == "-" else model | NAMES[name]
        text = " ".join(f"{sign} {name}" for sign, name in picked).removeprefix("+ ")
        if not model:
            with pytest.raises(UnknownTerritory, match="leaves no country"):
                parse_territory(text)
            continue
        territory = parse_territory(text)
        assert to_numbers(territory.ranges) == model, text
        again = parse_territory(territory.text)
        assert (again.text, again.ranges) == (territory.text, territory.ranges), text
        compared += 1
    assert compared > expressions * 0.9


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (None, None),
        ("", None),
        ("World", None),
        ("worldwide", None),
        ("2136", None),
        ("World, US", None),
        ("usa", "US"),
        ("U.S.A.", "US"),
        ("840; 124", "CA, US"),
        ("US CA MX", "CA, MX, US"),
        ("US/CA|MX", "CA, MX, US"),
        ("UK", "GB"),
        ("EU + UK", "EU, GB"),
        ("2WL-US", "WORLD - US"),
        ("world except US", "WORLD - US"),
        ("except Japan", "WORLD - JP"),
        ("EUROPE - CH", "EUROPE - CH"),
        ("2120 - 756", "EUROPE - CH"),
        ("Europe – Switzerland", "EUROPE - CH"),
        ("World (excl. US & Canada), Canada", "WORLD - US"),
        ("2WL - EUROPE + FR", "WORLD - EUROPE + FR"),
        ("EUROPE - FR - DE + FR", "EUROPE - DE"),
        ("FR, EUROPE, DE", "EUROPE"),
        ("Guinea-Bissau, Timor-Leste", "GW, TL"),
        ("Bosnia and Herzegovina and Trinidad & Tobago", "BA, TT"),
        ("Congo, Democratic Republic of the, FR", "CD, FR"),
        ("Falkland Islands (Malvinas)", "FK"),
        ("Côte d'Ivoire", "CI"),
        ("cote d’ivoire", "CI"),
        ("AD AND FR", "AD, FR"),
        ("Germany\nAustria", "AT, DE"),
    ],
)
def test_canonical_text(expression: str | None, text: str | None) -> None:
    assert parse_territory(expression).text == text


@pytest.mark.parametrize(
    ("expression", "part", "advice"),
    [
        ("Untied States, CA", "Untied States", "United States (US)"),
        ("FR, Germny", "Germny", "Germany (DE)"),
        ("XQ - US", "XQ", "Write a country"),
        ("Korea", "Korea", "KR for South Korea"),
        ("England", "England", "GB"),
        ("ROW", "ROW", "other licenses"),
        ("America", "America", "AMERICAS"),
        ("AN", "AN", "BQ, CW, SX"),
        ("EMEA", "EMEA", "no agreed members"),
        ("@@", "@@", "Write a country"),
        ("日本", "日本", "Write a country"),
        ("3000", "3000", "Write a country"),
    ],
)
def test_an_unknown_part_is_named_with_what_to_write(expression: str, part: str, advice: str) -> None:
    with pytest.raises(UnknownTerritory) as refused:
        parse_territory(expression)
    assert f"“{part}”" in refused.value.detail
    assert advice in refused.value.detail
    assert refused.value.errors[0].field == "territory"


@pytest.mark.parametrize("expression", ["US - US", "EUROPE - EUROPE", "FR - WORLD"])
def test_an_expression_without_countries_is_refused(expression: str) -> None:
    with pytest.raises(UnknownTerritory, match="leaves no country"):
        parse_territory(expression)


def test_an_endless_expression_is_refused() -> None:
    with pytest.raises(UnknownTerritory, match="1000 characters"):
        parse_territory("US, " * 400)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(expression: str) -> None:
    try:
        territory = parse_territory(expression)
    except UnknownTerritory:
        return
    assert to_numbers(territory.ranges)
    assert parse_territory(territory.text).ranges == territory.ranges


@given(st.sets(st.integers(1, 1999)), st.sets(st.integers(1, 1999)))
def test_ranges_are_the_set_and_survive_the_database_form(one: set[int], other: set[int]) -> None:
    ranges = ranges_of(bits_of_numbers(one))
    assert to_numbers(ranges) == one
    assert all(low < high for low, high in ranges)
    assert all(left[1] < right[0] for left, right in pairwise(ranges))
    assert from_multirange(to_multirange(ranges)) == ranges
    assert to_numbers(intersection(ranges, ranges_of(bits_of_numbers(other)))) == one & other


def test_the_world_holds_countries_that_do_not_exist_yet() -> None:
    assert parse_territory(None).ranges == WORLD
    assert 1999 in numbers_of("world except US")


def test_us_is_without_puerto_rico_and_says_so() -> None:
    assert numbers_of("US") == {840}
    assert "Puerto Rico" in remarks(parse_territory("US"))[0]
    assert remarks(parse_territory("US, PR, AS, GU, MP, UM, VI")) == []
    assert remarks(parse_territory("EUROPE - GB"))[1:] == []


def test_every_group_has_members_of_its_own_name() -> None:
    by_name = {group.name: set(group.members) for group in GROUPS}
    assert len(by_name) == len(GROUPS)
    assert by_name["EU"] < by_name["EEA"]
    assert len(by_name["EU"]) == 27
    assert len(by_name["EEA"]) == 30
    assert {"GB", "CH", "RU", "UA"} <= by_name["EUROPE"]
    assert not {"TR", "CY", "US"} & by_name["EUROPE"]
    assert by_name["LATIN AMERICA"] <= by_name["AMERICAS"]
    numbers = {group.tis_number: group.name for group in GROUPS if group.tis_number}
    assert [numbers[n] for n in (2100, 2120, 2125, 2130)] == ["AFRICA", "EUROPE", "MIDDLE EAST", "OCEANIA"]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (None, "Worldwide"),
        ("WORLD - US", "World except United States"),
        ("EUROPE - CH, NO", "Europe except Switzerland and Norway"),
        ("EU, GB", "The EU and United Kingdom"),
        ("WORLD - EUROPE + FR", "World except Europe plus France"),
        ("FR DE IT ES PT NL", "Germany, Spain, France and 3 more"),
    ],
)
def test_readable(expression: str | None, words: str) -> None:
    assert readable(parse_territory(expression)) == words


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (None, "Worldwide"),
        ("WORLD - US - CA", "World except Canada and United States"),
        ("NORTH AMERICA", "North America"),
        ("US, MX, CA", "North America"),
        ("US", "United States"),
    ],
)
def test_any_set_is_described(expression: str | None, words: str) -> None:
    assert describe(parse_territory(expression).ranges) == words


def test_countries_are_counted() -> None:
    assert count_countries(parse_territory("EU, GB")) == 28
    assert count_countries(parse_territory(None)) == len(NUMBERS)
