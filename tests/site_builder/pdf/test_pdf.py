"""PDFs: tagged, archival, complete, the same every time, and harmless whatever the names."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import html5lib
import pytest
from pypdf import PdfReader

from site_builder.build import build_site
from site_builder.charts.draw import draw, paint
from site_builder.charts.printed import in_one_font, in_plain_letters, standalone
from site_builder.charts.specs import Rank, Ranking
from site_builder.files.links import broken_links
from site_builder.pdf.parts import EDITIONS
from site_builder.pdf.text import breakable, printable
from site_builder.pdf.typesetting import pages_in
from site_builder.style import palette

WEEK, MONTH = "acme/weekly/2026-W06", "acme/monthly/2026-02"
HOSTILE = (
    '#let x = read("/etc/passwd"); #panic("x") *bold* _it_ $x^2$ `raw` @ref <label> \\u{41} // gone',
    "N" * 10_000,
    "\u202eright to left\u202c \u2066 עברית عربي",
    "nul\x01bell\x07 private \ue000 none \ufdd0 mark \ufeff 日本語 🎉 \U0001f9d1",
    "Z" + "\u0301" * 200,
    '"; ]\\"} </script> & <b>',
    "\n\r\t \u2028 ",
    # Typst cannot lead these back to text.
    "\u100b\ub377 \ufffd\U0001e01c q\u0301",
)


def squeezed(text: str) -> str:
    """Text without the blanks and breaks that layout puts into it or takes away."""
    return re.sub(r"[\s\u200b\u2068\u2069]", "", text)


def words(pdf: Path) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(pdf).pages))


def texts(page: Path, css_class: str) -> list[str]:
    """The text of every element of a class of an HTML page."""
    root = html5lib.parse(page.read_text("utf-8"), namespaceHTMLElements=False)
    return ["".join(node.itertext()) for node in root.iter() if css_class in (node.get("class") or "").split()]


def elements(node: Any) -> Iterator[Any]:
    """A structure tree's elements below `node`, itself included."""
    yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        each = kid.get_object()
        if isinstance(each, dict) and "/S" in each:
            yield from elements(each)


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Nothing is typeset in the process of the tests: it forks workers.
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=Path(__file__).parents[3], env={"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}, capture_output=True, text=True,
    )  # fmt: skip


def test_weeks_and_months_have_one_that_page_and_manifest_name(small_site: Path) -> None:
    found = {path.parent.relative_to(small_site).as_posix() for path in small_site.glob("*/*/*/report.pdf")}
    reports = {path.parent.relative_to(small_site).as_posix() for path in small_site.glob("*/*/*/report.json")}
    always = {report for report in reports if report.split("/")[1] in ("weekly", "monthly", "custom")}
    # Longer periods have one once they are over.
    assert always <= found and len(found) > 25 and not any("/daily/" in report for report in found)
    assert "acme/billing/2026-01-09" in found and "acme/yearly/2026" not in found
    listed = {entry["path"] for entry in json.loads((small_site / "manifest.json").read_text("utf-8"))["files"]}
    for report in reports:
        assert ('href="report.pdf"' in (small_site / report / "index.html").read_text("utf-8")) == (report in found)
        assert (f"{report}/report.pdf" in listed) == (report in found)


def test_they_have_two_to_four_pages(small_site: Path) -> None:
    for path in small_site.glob("*/*/*/report.pdf"):
        number = len(PdfReader(path).pages)
        assert 2 <= number <= 4 and number == pages_in(path.read_bytes()), path


def test_they_are_tagged_archival_and_say_what_they_are(small_site: Path) -> None:
    reader = PdfReader(small_site / MONTH / "report.pdf")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_data().decode("utf-8")
    for name, value in {"pdfuaid:part": "1", "pdfaid:part": "3", "pdfaid:conformance": "A"}.items():
        assert re.search(rf'{name}(?:>|="){value}\b', metadata), name
    assert reader.metadata is not None
    assert reader.metadata.title == "February 2026 · Quokka Ltd · usage report"
    assert reader.metadata.author == "Tallybook"
    assert reader.metadata.creation_date is not None and reader.metadata.creation_date.date() == date(2026, 2, 28)


def test_every_chart_is_described(small_site: Path) -> None:
    tree = PdfReader(small_site / MONTH / "report.pdf").trailer["/Root"]["/StructTreeRoot"]
    described = [str(element["/Alt"]) for element in elements(tree) if element.get("/S") == "/Figure"]
    assert len(described) > 3 and all(described)
    assert any(text.startswith("Credits added up by day. ") for text in described)
    assert any("MODEL-1 (2×): " in text for text in described)


def test_they_carry_the_csvs_of_their_report(small_site: Path) -> None:
    for report in (WEEK, MONTH):
        attached = PdfReader(small_site / report / "report.pdf").attachments
        assert dict(attached.items()) == {
            path.name: [path.read_bytes()] for path in (small_site / report / "data").iterdir()
        }


@pytest.mark.parametrize("report", [WEEK, MONTH, "all/monthly/2026-02", "x.-.41cme/weekly/2026-W07"])
def test_they_say_what_the_page_says(small_site: Path, report: str) -> None:
    said = words(small_site / report / "report.pdf")
    page = small_site / report / "index.html"
    document = json.loads((small_site / report / "report.json").read_text("utf-8"))
    figures = [*texts(page, "tile-value"), *texts(page, "delta"), *texts(page, "before")]
    assert len(figures) > 20
    parts = [part for part in EDITIONS[document["edition"]] if part.card in document["cards"] and not part.is_optional]
    printed = [part.card for part in parts]
    titles = [document["cards"][card]["title"] for card in ["kpis", *printed]]
    notes = [document["cards"][card]["note"] for card in ["kpis", *(part.card for part in parts if part.has_note)]]
    for text in [document["headline"], *figures, *titles, *notes]:
        assert squeezed(printable(text)) in said, text
    for part in EDITIONS[document["edition"]]:
        card = document["cards"].get(part.card, {"columns": []})
        assert set(part.columns) <= set(card["columns"]) or not card["columns"], part


def test_the_same_bytes_come_from_another_process(small_marts: Path, small_site: Path, tmp_path: Path) -> None:
    made = run(
        "import sys; from pathlib import Path; from datetime import date; from site_builder.build import build_site\n"
        "build_site(Path(sys.argv[1]), Path(sys.argv[2]), first=date(2026, 2, 4), last=date(2026, 2, 4), workers=1)",
        str(small_marts), str(tmp_path),
    )  # fmt: skip
    assert (made.returncode, made.stderr) == (0, "")
    for report in (WEEK, MONTH, "all/weekly/2026-W06"):
        assert (tmp_path / report / "report.pdf").read_bytes() == (small_site / report / "report.pdf").read_bytes()


def test_hostile_names_stay_text_and_on_four_pages(small_marts: Path, tmp_path: Path) -> None:
    marts = Path(shutil.copy(small_marts, tmp_path / "w.duckdb"))
    with duckdb.connect(str(marts)) as con:
        for name in ("tenant", "team", "user", "item", "model"):
            con.execute(
                f"update marts.dim_{name}s set {name}_name = "
                f"list_extract(?::varchar[], (1 + hash({name}_id) % ?)::int)",
                [list(HOSTILE), len(HOSTILE)],
            )
        con.execute("update marts.dim_users set user_name = ? where user_id = 'user-3'", [HOSTILE[0]])
        family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
        con.execute("update marts.dim_tenants set tenant_name = ? where tenant_id = 'acme'", [family])
        con.execute("update marts.mart_job_daily set job_id = ?, last_error = ?", [family, f"1\ufe0f\u20e3 {family}"])
    build_site(marts, tmp_path / "site", first=date(2026, 2, 2), last=date(2026, 2, 2))
    made = list((tmp_path / "site").glob("*/*/*/report.pdf"))
    assert len(made) == 9
    for path in made:
        assert 2 <= len(PdfReader(path).pages) <= 4
    assert squeezed('#let x = read("/etc/passwd"); #panic("x")')[:20] in words(tmp_path / "site" / MONTH / "report.pdf")


def test_no_name_is_too_hard_to_typeset_and_each_is_shown_as_far_as_the_font_goes() -> None:
    made = run("from tests.site_builder.pdf import typeset_names; typeset_names.main()")
    assert (made.returncode, made.stderr) == (0, "")
    told, *faults, repeated = made.stdout.splitlines()
    well, _, every = told.partition(" of ")
    assert (well, faults, repeated) == (every, [], "same") and int(every) > 400


def test_a_period_without_usage_has_two_pages_and_says_so(small_marts: Path, tmp_path: Path) -> None:
    day = date(2026, 2, 19)
    build_site(small_marts, tmp_path, first=day, last=day, pdf=("daily",))
    said = words(tmp_path / "acme/daily/2026-02-19/report.pdf")
    for text in ("No usage on Thursday, 19 February 2026", "Page 1 of 2", "Page 2 of 2"):
        assert squeezed(text) in said


def test_daily_ones_are_made_on_request_and_from_then_on_kept_up(small_marts: Path, tmp_path: Path) -> None:
    marts, site = Path(shutil.copy(small_marts, tmp_path / "w.duckdb")), tmp_path / "site"
    with duckdb.connect(str(marts)) as con:
        con.execute(
            "delete from marts.mart_tenant_daily where tenant_id <> 'acme' "
            "or usage_date not between '2026-02-02' and '2026-02-04'"
        )
    build_site(marts, site)
    made = build_site(marts, site, changed={}, pdf=("daily",)).reports
    daily = {path.relative_to(site).as_posix() for path in site.glob("*/daily/*/report.pdf")}
    assert len(daily) == len(made) == 6
    assert build_site(marts, site, changed={}).reports == ()
    before = {path: (site / path).read_bytes() for path in daily}
    with duckdb.connect(str(marts)) as con:
        con.execute("update marts.mart_tenant_daily set requests = requests + 1 where usage_date = '2026-02-04'")
    build_site(marts, site)
    rewritten = {path for path in daily if (site / path).read_bytes() != before[path]}
    assert rewritten == {"acme/daily/2026-02-04/report.pdf", "all/daily/2026-02-04/report.pdf"}
    assert broken_links(site) == []


def test_a_process_that_has_typeset_forks_no_workers_that_would_wait_for_ever(
    small_marts: Path, small_site: Path, tmp_path: Path
) -> None:
    made = run(
        "import multiprocessing, sys; from pathlib import Path; from datetime import date\n"
        "from site_builder.build import build_site\n"
        "from site_builder.pdf import forking; forking.start()\n"
        "build_site(Path(sys.argv[1]), Path(sys.argv[2]), first=date(2026, 2, 2), last=date(2026, 2, 8))\n"
        "child = multiprocessing.get_context('fork').Process(target=forking.start); child.start(); child.join()\n"
        "print(child.exitcode)",
        str(small_marts), str(tmp_path),
    )  # fmt: skip
    assert made.stdout == "1\n" and "forked from one that had typeset" in made.stderr
    assert (tmp_path / WEEK / "report.pdf").read_bytes() == (small_site / WEEK / "report.pdf").read_bytes()


def test_printed_charts_are_those_of_the_page_in_colours_of_their_own() -> None:
    chart = Ranking("Users", "2", [Rank("Party 🎉 <b>", 5, "5"), Rank("日本", 3, "3", "note")])
    svg = standalone(paint(chart, 392), palette.light())
    root = ElementTree.fromstring(svg)
    shapes = [node.get("d") for node in root.iter("{http://www.w3.org/2000/svg}path")]
    page = ElementTree.fromstring(f"<div>{draw(chart, 'x', is_wide=False)}</div>")
    assert len(shapes) == len(list(page[0].iter("path")))
    assert ".c1{fill:#1673a5}" in svg and "xlink" not in svg and "var(" not in svg
    assert ">Party \ufffd &lt;b&gt;<" in svg and ">\ufffd\ufffd<" in svg


def test_what_the_font_lacks_is_marked_where_nothing_else_helps() -> None:
    assert in_one_font("<b>Łódź</b> 日 q\u0301 e\u0301") == "<b>Łódź</b> \ufffd q é"
    assert in_one_font("a\u200db\u2068c\u200bd\u00ad") == "abc\u200bd"
    assert in_plain_letters("Łódź – Κως 1\u202f000") == "Łódź – \ufffd\ufffd\ufffd 1\u202f000"


def test_text_that_pdf_a_refuses_is_marked() -> None:
    assert printable("a\x00b\ud800c\ue000d\ufeffe\ufdd0f") == "\ufffd".join("abcdef")
    plain = "".join(map(chr, range(0x20, 0x7F)))
    assert printable(plain) == plain and printable(f"{plain}é") == f"{plain}é", "read or not, it is the same"
    assert printable("x" + 4 * "\u0301") == "x" + 2 * "\u0301"
    assert printable("1\ufe0f\u20e3 日\u20e3") == "1\ufe0f\ufffd 日\u20e3"
    assert printable("\U0001f468\u200d\U0001f469 عر\u200dب") == "\U0001f468\U0001f469 عر\u200dب"
    assert breakable("short " + "x" * 30) == f"short {'x' * 12}\u200b{'x' * 12}\u200b{'x' * 6}"
