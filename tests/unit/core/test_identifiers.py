"""Identifiers: published examples, their traps, and what must hold for every value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.identifiers import (
    Normalized,
    Oddity,
    Problem,
    Scheme,
    explain,
    format_identifier,
    format_isrc,
    ipi_check_digits,
    isni_check_character,
    normalize,
    normalize_ipi,
    normalize_ipi_base,
    normalize_isni,
    normalize_isrc,
    normalize_iswc,
    weighted_check_digit,
)

DIGITS = "0123456789"
ISRCS = st.from_regex(r"\A[A-Z]{2}[A-Z0-9]{3}[0-9]{7}\Z")
NINE_DIGITS = st.text(DIGITS, min_size=9, max_size=9)
ISWCS = NINE_DIGITS.map(lambda digits: f"T{digits}{weighted_check_digit(digits, 1)}")
IPIS = NINE_DIGITS.filter(lambda digits: digits != "0" * 9).map(lambda d: f"{d}{ipi_check_digits(d):02}")
ISNIS = st.text(DIGITS, min_size=15, max_size=15).map(lambda digits: digits + isni_check_character(digits))


@pytest.mark.parametrize("code", ["GBAYC1700598", "USWB11700001", "JPTO09405080", "TCAEW2013100"])
def test_a_valid_isrc_is_taken_without_a_warning(code: str) -> None:
    assert normalize_isrc(code, year=2026) == Normalized(code)


@pytest.mark.parametrize(
    "text",
    [
        "GB-AYC-17-00598",
        "ISRC GB-AYC-17-00598",
        "isrc: gb-ayc-17-00598",
        " gbayc1700598\u00a0",
        "GB‐AYC–17—00598",
        "ＧＢＡＹＣ１７００５９８",
        "\ufeffGBAYC1700598\u200b",
    ],
)
def test_an_isrc_may_come_with_what_documents_put_around_it(text: str) -> None:
    assert normalize_isrc(text) == Normalized("GBAYC1700598")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.EMPTY),
        ("  -- ", Problem.EMPTY),
        ("ISRC", Problem.LENGTH),
        ("GBAYC170059", Problem.LENGTH),
        ("GBAYC17005981", Problem.LENGTH),
        ("ISRC GBAYC17005981", Problem.LENGTH),
        ("GBAYC17O0598", Problem.LOOK_ALIKE),
        ("GBAYCI700598", Problem.LOOK_ALIKE),
        ("1BAYC1700598", Problem.FORMAT),
        ("ßAYC1700598", Problem.FORMAT),
        ("GBAYC17005९8", Problem.FORMAT),
        ("G" * 5000, Problem.LENGTH),
    ],
)
def test_what_is_no_isrc_is_refused_with_its_reason(text: str, problem: Problem) -> None:
    assert normalize_isrc(text) == Normalized(None, problem)


def test_an_unknown_prefix_and_a_coming_year_are_only_warned_about() -> None:
    assert normalize_isrc("AA6Q72000047").warnings == (Oddity.UNKNOWN_PREFIX,)
    assert normalize_isrc("QRAYC1700598").warnings == ()
    assert normalize_isrc("GBAYC2700598", year=2026).warnings == (Oddity.FUTURE_YEAR,)
    assert normalize_isrc("GBAYC8600598", year=2026).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        *("T-000.000.001-0", "T-034.524.680-1", "T-003.074.958-6", "T-702.152.911-5", "T-101.763.836-5"),
        *("T-010.068.558-2", "T-101.914.232-4", "T-910.986.678-6", "T-123.456.789-4"),
        *("T-034.524.680.1", "T0345246801", "t 034 524 680 1", "ISWC T-034.524.680-1", "iswc:T0345246801"),
    ],
)
def test_a_valid_iswc_is_compacted(text: str) -> None:
    value = normalize_iswc(text).value
    assert value is not None
    assert value[0] == "T"
    assert value[1:] == "".join(mark for mark in text if mark in DIGITS)


@pytest.mark.parametrize("text", ["T-345.246.800-1", "T-070.246.800-1", "T-500.000.001-0", "T-123.321.002-0"])
def test_an_iswc_with_a_wrong_digit_is_refused(text: str) -> None:
    assert normalize_iswc(text) == Normalized(None, Problem.CHECK_DIGIT)


@pytest.mark.parametrize("text", ["T-034.524.680-5", "T-000.000.001-8"])
def test_the_check_digit_of_an_iswc_is_not_luhn(text: str) -> None:
    assert normalize_iswc(text).problem is Problem.CHECK_DIGIT


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0345246801", Problem.LENGTH),
        ("X0345246801", Problem.FORMAT),
        ("TO345246801", Problem.LOOK_ALIKE),
        ("", Problem.EMPTY),
    ],
)
def test_what_is_no_iswc_is_refused(text: str, problem: Problem) -> None:
    assert normalize_iswc(text).problem is problem


@pytest.mark.parametrize(
    "number",
    [
        *("00014107338", "00284373936", "00262168177", "00151894163", "00145958831", "00274373649"),
        *("00052210040", "00000000199", "00000000297", "00000000395", "00000000493", "00000000591"),
    ],
)
def test_a_valid_ipi_is_padded_and_taken(number: str) -> None:
    assert normalize_ipi(number) == Normalized(number)
    assert normalize_ipi(number.lstrip("0")) == Normalized(number)
    assert normalize_ipi(f"IPI {number[:5]} {number[5:]}") == Normalized(number)


@pytest.mark.parametrize("number", ["00407982341", "00021205713", "00854632549"])
def test_an_ipi_with_a_wrong_digit_is_refused(number: str) -> None:
    assert normalize_ipi(number).problem is Problem.CHECK_DIGIT


def test_an_ipi_of_zeros_means_unknown() -> None:
    assert normalize_ipi("00000000000") == Normalized(None, None, (Oddity.UNKNOWN_PARTY,))
    assert normalize_ipi("000000000") == Normalized(None, None, (Oddity.UNKNOWN_PARTY,))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("123456789012", Problem.LENGTH),
        ("12", Problem.LENGTH),
        ("O0014107338", Problem.LOOK_ALIKE),
        ("abc", Problem.FORMAT),
    ],
)
def test_what_is_no_ipi_is_refused(text: str, problem: Problem) -> None:
    assert normalize_ipi(text).problem is problem


def test_an_ipi_base_number_has_its_own_start() -> None:
    assert normalize_ipi_base("I-123456789-3") == Normalized("I1234567893")
    assert normalize_ipi_base("I-123456789-4").problem is Problem.CHECK_DIGIT
    assert normalize_ipi_base("I-12345678-3").problem is Problem.LENGTH


@pytest.mark.parametrize(
    "text",
    [
        *("000000012146438X", "000000012281955X", "0000000121032683", "0000000106750994", "0000000114559647"),
        *("0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X", "0000 0001 2146 438x"),
        *("ISNI 0000 0001 2146 438X", "https://isni.org/isni/000000012146438X"),
        *("http://www.isni.org/000000012146438X", "https://orcid.org/0000-0002-1825-0097"),
    ],
)
def test_a_valid_isni_is_compacted(text: str) -> None:
    found = normalize_isni(text)
    assert found.problem is None
    assert found.value == "".join(mark for mark in text.upper() if mark in DIGITS + "X")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0000000106750995", Problem.CHECK_DIGIT),
        ("00000001067509", Problem.LENGTH),
        ("00000001067509AA", Problem.FORMAT),
    ],
)
def test_what_is_no_isni_is_refused(text: str, problem: Problem) -> None:
    assert normalize_isni(text).problem is problem


@given(st.sampled_from(Scheme), st.text(max_size=60))
def test_normalization_is_idempotent_and_never_raises(scheme: Scheme, text: str) -> None:
    first = normalize(scheme, text)
    assert first.value is None or first.problem is None
    if first.value is not None:
        assert normalize(scheme, first.value).value == first.value
    if first.problem is not None:
        assert explain(scheme, first.problem)


@given(
    st.one_of(
        st.tuples(st.just(Scheme.ISRC), ISRCS),
        st.tuples(st.just(Scheme.ISWC), ISWCS),
        st.tuples(st.just(Scheme.IPI), IPIS),
        st.tuples(st.just(Scheme.ISNI), ISNIS),
    )
)
def test_what_is_written_for_people_reads_back(pair: tuple[Scheme, str]) -> None:
    scheme, value = pair
    assert normalize(scheme, format_identifier(scheme, value)).value == value
    assert normalize(scheme, f" {scheme.upper()} {value.lower()} ").value == value


def _wrong_digits(value: str, places: range) -> list[str]:
    return [
        value[:place] + digit + value[place + 1 :]
        for place in places
        for digit in DIGITS
        if digit != value[place]
    ]


@given(IPIS)
def test_every_wrong_digit_of_an_ipi_is_found(value: str) -> None:
    assert all(normalize_ipi(wrong).value is None for wrong in _wrong_digits(value, range(11)))


@given(ISNIS)
def test_every_wrong_digit_of_an_isni_is_found(value: str) -> None:
    assert all(
        normalize_isni(wrong).problem is Problem.CHECK_DIGIT for wrong in _wrong_digits(value, range(15))
    )


@given(ISWCS)
def test_every_wrong_check_digit_of_an_iswc_is_found(value: str) -> None:
    assert all(
        normalize_iswc(wrong).problem is Problem.CHECK_DIGIT for wrong in _wrong_digits(value, range(10, 11))
    )


def test_an_isrc_is_shown_in_its_four_parts() -> None:
    assert format_isrc("GBAYC1700598") == "GB-AYC-17-00598"
    assert format_identifier("iswc", "T0345246801") == "T-034.524.680-1"
    assert format_identifier("isni", "000000012146438X") == "0000 0001 2146 438X"
    assert format_identifier("other", "as-it-is") == "as-it-is"
