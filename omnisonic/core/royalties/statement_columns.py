"""Which column of a usage statement means what: headers as services, distributors and societies name them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from omnisonic.core.imports.headers import HEADERS, Field, fold_header
from omnisonic.core.money import EXPONENTS
from omnisonic.core.royalties.usage_errors import UsageColumnsMissing
from omnisonic.platform.errors import FieldError

HEADER_SEARCH_ROWS = 40
_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")


class UsageField(StrEnum):
    """What a row of a usage statement can say."""

    ISRC = "isrc"
    TITLE = "title"
    ARTIST = "artist"
    TERRITORY = "territory"
    START = "start"
    END = "end"
    PERIOD = "period"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    CURRENCY = "currency"
    USAGE_TYPE = "usage_type"


# Without case, marks and spaces, best first: what is paid on comes before what the service took in.
_FORMS: dict[UsageField, str] = {
    UsageField.TERRITORY: """
        territory territorycode country countrycode countryofsale countryofusage salecountry saleterritory
        countryregion region land territoire pays
    """,
    UsageField.START: """
        start startdate periodstart periodfrom from fromdate datefrom begindate begin usagestartdate
        salesstartdate reportingperiodstart startofperiod
    """,
    UsageField.END: """
        end enddate periodend periodto to todate dateto until usageenddate salesenddate reportingperiodend
        endofperiod
    """,
    UsageField.PERIOD: """
        period salesperiod saleperiod reportingperiod usageperiod statementperiod accountingperiod month
        salesmonth salemonth usagemonth reportingmonth reportmonth date saledate salesdate usagedate
        transactiondate occurredat day
    """,
    UsageField.QUANTITY: """
        quantity qty units streams plays usages usagecount usagequantity numberofstreams numberofusages
        totalunits totalplays netquantity unitssold salesquantity totalstreams count menge quantite
    """,
    UsageField.AMOUNT: """
        amount royaltyamount royalty royalties netroyalty amountpayable payableamount netpayable netamount
        netrevenue netearnings earnings payable totalearned teamroyalty rightsholderrevenue revenue betrag
        montant amountdue totalamount total
    """,
    UsageField.CURRENCY: """
        currency currencycode royaltycurrency amountcurrency currencyofpayment paymentcurrency
        payablecurrency salecurrency currencyofreporting waehrung wahrung devise
    """,
    UsageField.USAGE_TYPE: """
        usagetype usetype use salestype saletype transactiontype distributiontype typeofuse usage
    """,
}
_NAMES: dict[UsageField, tuple[str, ...]] = {
    UsageField.ISRC: HEADERS[Field.ISRC],
    UsageField.TITLE: HEADERS[Field.TITLE],
    UsageField.ARTIST: HEADERS[Field.ARTIST],
} | {field: tuple(names.split()) for field, names in _FORMS.items()}


@dataclass(frozen=True)
class Columns:
    """Where each field stands in a row, the file's own names, and a currency named in the amount's header."""

    at: dict[UsageField, int]
    names: tuple[str, ...]
    currency: str | None

    def name_of(self, field: UsageField) -> str:
        """The file's own name of a field, or the field's where it has no column."""
        place = self.at.get(field)
        return self.names[place][:64] if place is not None else str(field)


def find_columns(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[int, Columns]:
    """The number of the header row among the first rows, and its columns. Raises `UsageColumnsMissing`."""
    best = max(rows[:HEADER_SEARCH_ROWS], key=lambda row: len(_recognize(row[1])), default=None)
    if best is None:
        raise UsageColumnsMissing("There is no row in this file. Export the statement again.")
    number, cells = best
    columns = Columns(_recognize(cells), tuple(" ".join(cell.split()) for cell in cells), None)
    place = columns.at.get(UsageField.AMOUNT)
    if UsageField.CURRENCY not in columns.at and place is not None:
        columns = Columns(columns.at, columns.names, _currency_in(columns.names[place]))
    _require(columns)
    return number, columns


def _recognize(cells: Sequence[str]) -> dict[UsageField, int]:
    found: dict[UsageField, int] = {}
    forms = ([fold_header(cell) for cell in cells], [fold_header(_BRACKETS.sub("", cell)) for cell in cells])
    for field, names in _NAMES.items():
        taken = set(found.values())
        places = (
            place
            for folded in forms
            for name in names
            for place, form in enumerate(folded)
            if form == name and place not in taken
        )
        place = next(places, None)
        if place is not None:
            found[field] = place
    return found


def _currency_in(header: str) -> str | None:
    words = [word.strip().upper() for word in _BRACKETS.findall(header)]
    return next((word for word in words if word in EXPONENTS), None)


def _require(columns: Columns) -> None:
    at = columns.at
    missing = [str(one) for one in (UsageField.QUANTITY, UsageField.AMOUNT) if one not in at]
    if UsageField.ISRC not in at and UsageField.TITLE not in at:
        missing.append("isrc")
    if UsageField.CURRENCY not in at and columns.currency is None:
        missing.append("currency")
    if not at.keys() & {UsageField.PERIOD, UsageField.START, UsageField.END}:
        missing.append("period")
    if missing:
        shown = ", ".join(f"“{name}”" for name in columns.names[:12] if name) or "none"
        raise UsageColumnsMissing(
            f"This statement needs a column for {' and '.join(missing)}. Columns in this file: {shown}.",
            errors=[FieldError(one, "required", "There is no column for this.") for one in missing],
        )
