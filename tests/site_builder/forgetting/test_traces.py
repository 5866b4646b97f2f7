"""A person's traces in the texts of a site, as each kind of file writes them."""

import json

import pytest

from site_builder.forgetting.traces import Traces
from site_builder.forgetting.unnaming import cleared_text

TRACES = Traces("acme", "7", ("Bartholomew O'Neill", "bart@acme.example"), "user-1")


@pytest.mark.parametrize(("page", "said"), [
    ("<td>Bartholomew O&#39;Neill</td>", "<td>user-1</td>"),
    ("<text>Bartholomew…</text>", "<text>user-1</text>"),
    ("<text>Bart…</text>", "<text>Bart…</text>"),
    ('<i aria-label="of BARTHOLOMEW O&#39;NEILL &amp; all">x</i>', '<i aria-label="of user-1 &amp; all">x</i>'),
    ("<bdi>7</bdi><td>7</td><bdi>17</bdi>", "<bdi>user-1</bdi><td>7</td><bdi>17</bdi>"),
    ("<p>&lt;bart@acme.example&gt;</p>", "<p>&lt;user-1&gt;</p>"),
])  # fmt: skip
def test_pages_lose_the_name_however_it_is_written(page: str, said: str) -> None:
    assert TRACES.html(page) == said


def test_texts_of_any_kind_lose_every_escaping() -> None:
    for text in ("bart%40acme.example", "Bartholomew+O%27Neill", "Bartholomew O&#39;Neill", "bartholomew o'neill"):
        assert TRACES.escaped(f"<{text}>") == "<user-1>"
    umlaut = Traces("acme", "7", ("Zoë 😀 Quux",), "user-1")
    assert umlaut.escaped('"Zo\\u00eb \\ud83d\\ude00 Quux"') == '"user-1"'


def test_a_name_of_a_script_without_blanks_stands_within_words() -> None:
    assert Traces("acme", "7", ("張偉",), "user-1").text("給張偉的報告") == "給user-1的報告"


def test_a_row_of_another_tenant_keeps_its_namesake() -> None:
    table = "rank,tenant_id,user_id,user_name\r\n1,acme,7,Bartholomew O'Neill\r\n2,zeta,7,Bartholomew O'Neill\r\n"
    assert cleared_text(".csv", table, TRACES, {"zeta", "Zeta Ltd"}) == (
        b"rank,tenant_id,user_id,user_name\r\n1,acme,user-1,user-1\r\n2,zeta,7,Bartholomew O'Neill\r\n")  # fmt: skip
    page = "<tr><td>{}</td><td>Bartholomew O&#39;Neill</td></tr>"
    cleared = cleared_text(".html", page.format("Acme") + page.format("Zeta Ltd"), TRACES, {"zeta", "Zeta Ltd"})
    assert cleared == ("<tr><td>Acme</td><td>user-1</td></tr>" + page.format("Zeta Ltd")).encode()


def test_an_id_that_is_a_number_is_one_where_people_stand() -> None:
    table = "tenant_id,scope,scope_id,credits\nacme,user,7,7\nacme,team,7,7\nzeta,user,7,7\n"
    said = "tenant_id,scope,scope_id,credits\nacme,user,user-1,7\nacme,team,7,7\nzeta,user,7,7\n"
    assert cleared_text(".csv", table, TRACES, {"zeta"}) == said.encode()
    document = {"credits": "7", "columns": ["tenant_id", "user_id", "credits"]}
    rows = [["acme", "7", "7"], ["zeta", "7", "7"]]
    said = {**document, "rows": [["acme", "user-1", "7"], ["zeta", "7", "7"]]}
    cleared = cleared_text(".json", json.dumps({**document, "rows": rows}), TRACES, {"zeta"})
    assert cleared is not None and json.loads(cleared) == said


def test_what_names_nobody_is_not_touched() -> None:
    for ending, text in ((".csv", 'a,"b"\nc,d\n'), (".json", '{"a":1}'), (".html", "<p>7.5 &#39;x&#39;</p>")):
        assert cleared_text(ending, text, TRACES, set()) is None
