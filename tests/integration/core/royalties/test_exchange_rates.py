"""Exchange rates: all or nothing, never changed, the newest on or before a day by preference of sources."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from fastapi.testclient import TestClient

from omnisonic.core.royalties import exchange_rates
from omnisonic.core.royalties.errors import NoExchangeRate, RatesFileRefused
from omnisonic.core.royalties.exchange_rates_newest import newest_rates
from omnisonic.core.royalties.exchange_rates_schemas import RateDraft, RatesSaved
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields
from omnisonic.platform.pagination import Page
from tests.integration.core.royalties.books import count

ROUTE = "/api/royalties/exchange-rates"
FILE = b"""day,base,quote,rate,source
2026-03-01,EUR,USD,1.05,ECB
2026-03-31,EUR,USD,1.0842,ECB
2026-03-30,EUR,USD,1.08,Fed
2026-03-31,GBP,EUR,1.17,
"""


def upload(actor: Actor, content: bytes, source: str | None = "Bank of England") -> RatesSaved:
    with unit_of_work() as uow:
        return exchange_rates.upload_rates(uow, actor, content=content, source=source)


def test_a_file_is_taken_as_a_whole_or_not_at_all(curator: Actor, mara: Actor) -> None:
    saved = upload(curator, FILE)
    assert (saved.added, saved.unchanged) == (4, 0)
    saved = upload(curator, FILE + b"2026-03-02,EUR,USD,1.06,ECB\n")
    assert (saved.added, saved.unchanged) == (1, 4)
    with read_session() as session:
        newest = [(one.base, one.source, str(one.day)) for one in newest_rates(session)]
    of_bank = ("GBP", "Bank of England", "2026-03-31")
    assert newest == [("EUR", "ECB", "2026-03-31"), ("EUR", "Fed", "2026-03-30"), of_bank]

    bad = FILE + b"2026-03-31,EUR,USD,1.09,ECB\n2026-02-30,EUR,EUR,0,ECB\n,XTS,USD,1,ECB\n"
    with pytest.raises(RatesFileRefused) as refused:
        upload(curator, bad)
    assert [(one.field, one.code) for one in refused.value.errors] == [
        ("rows.6.rate", "other-rate"),
        ("rows.7.quote", "same"),
        ("rows.7.rate", "bad-rate"),
        ("rows.7.day", "bad-date"),
        ("rows.8.base", "not-payable"),
        ("rows.8.day", "bad-date"),
    ]
    with pytest.raises(RatesFileRefused) as refused:  # what stands there is not changed
        upload(curator, FILE.replace(b"1.0842", b"1.0843").replace(b"1.17", b"1.18"))
    assert [one.field for one in refused.value.errors] == ["rows.3.rate", "rows.5.rate"]
    comma = FILE + b"2026-03-31,GBP,USD,1,25,ECB\n"  # never read as a rate of 1 from “25”
    header = b"day,base,quote,rate,source\n"
    for wrong in (b"base,quote,rate\nEUR,USD,1\n", header, comma, FILE + b'"open\n'):
        with pytest.raises(RatesFileRefused):
            upload(curator, wrong)
    with pytest.raises(Forbidden):
        upload(mara, FILE)
    assert count("fx_rates") == 5


def test_the_newest_rate_on_or_before_the_day_counts(curator: Actor) -> None:
    upload(curator, FILE)
    with read_session() as session:

        def rate(
            day: int, *sources: str, base: str = "EUR", quote: str = "USD", inverse: bool = False
        ) -> str:
            found = exchange_rates.get_rate(
                session,
                base=base,
                quote=quote,
                day=date(2026, 3, day),
                sources=sources,
                allow_inverse=inverse,
            )
            assert found.is_inverse is inverse
            return f"{found.stated.rate:.4f} {found.stated.source} {found.stated.day.day}"

        assert rate(29) == "1.0500 ECB 1"
        assert rate(30) == "1.0800 Fed 30"
        assert rate(31) == "1.0842 ECB 31"
        assert rate(31, "Fed", "ECB") == "1.0800 Fed 30"
        assert rate(29, "Fed", "ECB") == "1.0500 ECB 1"
        assert rate(31, base="USD", quote="EUR", inverse=True) == "1.0842 ECB 31"
        for base, quote in (("USD", "EUR"), ("EUR", "GBP")):
            with pytest.raises(NoExchangeRate):
                rate(31, base=base, quote=quote)
        with pytest.raises(NoExchangeRate):
            rate(29, "Fed")


def test_over_rest(curator: Actor, mara: Actor, client_of: Callable[[Actor], TestClient]) -> None:
    boss, member = client_of(curator), client_of(mara)
    draft = {"base": "EUR", "quote": "USD", "day": "2026-03-31", "rate": "1.0842", "source": "ECB"}
    key = {"Idempotency-Key": "rates-1"}
    for _ in range(2):
        answer = boss.post(ROUTE, json={"rates": [draft]}, headers=key)
        assert (answer.status_code, answer.json()) == (201, {"added": 1, "unchanged": 0})
    assert boss.post(ROUTE, json={"rates": [draft | {"rate": "2"}]}, headers=key).status_code == 409
    wrong = boss.post(ROUTE, json={"rates": [draft | {"rate": "2"}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "rates.0.rate")
    answer = boss.post(f"{ROUTE}/file", content=FILE, params={"source": "BoE"})
    assert (answer.status_code, answer.json()) == (201, {"added": 3, "unchanged": 1})
    assert boss.post(f"{ROUTE}/file", content=b"x,y\n1,2\n").json()["type"] == "/problems/rates-file"
    assert boss.post(f"{ROUTE}/file", content=b"x" * (1 << 20) + b"y").status_code == 413
    assert member.post(ROUTE, json={"rates": [draft]}).status_code == 403
    assert member.post(f"{ROUTE}/file", content=FILE).status_code == 403
    nothing = member.get(ROUTE, params={"source": "E\0B"})  # which no text in the database holds
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (422, "source")
    first = member.get(ROUTE, params={"base": "EUR", "limit": 2}).json()
    second = member.get(ROUTE, params={"base": "EUR", "limit": 2, "cursor": first["nextCursor"]}).json()
    assert (len(first["rates"]), len(second["rates"]), second["nextCursor"]) == (2, 1, None)
    assert {one["rate"] for one in first["rates"] + second["rates"]} == {"1.0842", "1.05", "1.08"}


def test_a_single_rate_that_is_wrong_is_named(curator: Actor) -> None:
    draft = RateDraft(base="EUR", quote="USD", day="2999-01-01", rate="1", source="")
    with pytest.raises(InvalidFields) as refused, unit_of_work() as uow:
        exchange_rates.add_rates(uow, curator, drafts=[draft])
    assert [one.field for one in refused.value.errors] == ["rates.0.day", "rates.0.source"]
    with read_session() as session:
        assert exchange_rates.list_rates(session, curator, page=Page()).rates == []
