"""A catalog from the drop to the file of refused rows, in the browser."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import sign_in, watch_console

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROWS = 400
DROP = """([content, name]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([content], name, { type: "text/csv" }));
  const place = document.querySelector('[data-testid="import-drop"]');
  for (const kind of ["dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
  }
}"""


def catalog() -> str:
    lines = ["ISRC Code;Track Title;Interpreter;Length (mm:ss);Primary Genre"]
    lines += [f"GBAYC24{n:05};Song {n};Mara Lind;3:{n % 60:02};Pop" for n in range(ROWS)]
    lines += ["GBAYC2499999;;Mara Lind;3:00;Pop", "nonsense;=1+1;Mara Lind;3:00;Pop"]
    return "\n".join(lines) + "\n"


def test_from_the_drop_to_the_errors_file(page: Page) -> None:
    complaints = watch_console(page)
    sign_in(page, "label@example.org", then="/imports")
    expect(page.get_by_test_id("no-imports")).to_be_visible()
    page.evaluate(DROP, [catalog(), "autumn.csv"])

    expect(page.get_by_test_id("import-preview")).to_contain_text("separated by semicolon")
    expect(page.get_by_test_id("import-missing")).to_contain_text("Artist")
    expect(page.get_by_test_id("import-start")).to_be_disabled()
    page.get_by_label("Meaning of Interpreter").select_option("artist")
    expect(page.get_by_test_id("import-sample")).to_contain_text("200 can be taken")
    page.get_by_test_id("import-start").click()

    row = page.get_by_test_id("import-row")
    expect(row.get_by_test_id("import-status")).to_have_text("Done", timeout=30_000)
    expect(row.get_by_test_id("import-accepted")).to_have_text(str(ROWS))
    expect(row.get_by_test_id("import-rejected")).to_have_text("2")
    with page.expect_download() as download:
        row.get_by_test_id("import-errors").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["row"], line["column"], line["code"]) for line in lines] == [
        ("402", "Track Title", "required"),
        ("403", "ISRC Code", "bad-isrc"),
    ]

    page.evaluate(DROP, [catalog(), "autumn.csv"])
    page.get_by_label("Meaning of Interpreter").select_option("artist")
    page.get_by_test_id("import-start").click()
    expect(page.get_by_test_id("import-repeated")).to_contain_text("before")
    expect(page.get_by_test_id("import-row")).to_have_count(1)
    extra = ";".join(f"Note {number}" for number in range(9))
    wide = f"ISRC;Title;Artist;{extra}\nGBAYC2400001;Song;Mara{';x' * 9}\n"
    page.evaluate(DROP, [wide, "wide.csv"])
    fold = page.get_by_test_id("import-all-columns")
    expect(fold).to_have_text("Show 9 columns left out")
    expect(page.get_by_test_id("column-none")).to_have_count(0)
    fold.click()
    expect(page.get_by_test_id("column-none")).to_have_count(9)
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.click()
    expect(page.get_by_test_id("column-none")).to_have_count(0)
    # Chromium reports an aborted navigation for a download; nothing else may be said.
    assert [line for line in complaints if "net::ERR_ABORTED" not in line] == []
