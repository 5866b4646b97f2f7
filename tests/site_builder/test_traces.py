"""A person's traces in the texts of a site, as each kind of file writes them."""

import pytest

from site_builder.forgetting import _cleared
from site_builder.traces import Traces

TRACES = Traces("acme", "7", ("Bartholomew O'Neill", "bart@acme.example"), "user-1")


@pytest.mark.parametrize(("page", "said"), [
    ("<td>Bartholomew O&#39;Neill</td>", "<td>user-1</td>"),
    ("<text>Bartholomew…</text>", "<text>user-1</text>"),
    ("<text>Bart…</text>", "<text>Bart…</text>"),
    ('<i aria-label="of BARTHOLOMEW O&#39;NEILL &amp; all">x</i>', '<i aria-label="of user-1 &amp; all">x</i>'),
    ("<b> 7 </b><b>17</b>", "<b> user-1 </b><b>17</b>"),
    ("<p>&lt;bart@acme.example&gt;</p>", "<p>&lt;user-1&gt;</p>"),
])  # fmt: skip
def test_pages_lose_the_name_however_it_is_written(page: str, said: str) -> None:
    assert TRACES.html(page) == said


def test_texts_of_any_kind_lose_every_escaping() -> None:
    for text in ("bart%40acme.example", "Bartholomew+O%27Neill", "Bartholomew O&#39;Neill", "bartholomew o'neill"):
        assert TRACES.escaped(f"<{text}>") == "<user-1>"
    umlaut = Traces("acme", "7", ("Zoë 😀 Quux",), "user-1")
    assert umlaut.escaped('"Zo\\u00eb \\ud83d\\ude00 Quux"') == '"user-1"'


def test_a_row_of_another_tenant_keeps_its_namesake() -> None:
    table = "rank,tenant_id,user_id,user_name\r\n1,acme,7,Bartholomew O'Neill\r\n2,zeta,7,Bartholomew O'Neill\r\n"
    assert _cleared(".csv", table, TRACES, {"zeta", "Zeta Ltd"}) == (
        b"rank,tenant_id,user_id,user_name\r\n1,acme,user-1,user-1\r\n2,zeta,7,Bartholomew O'Neill\r\n")  # fmt: skip
    page = "<tr><td>{}</td><td>Bartholomew O&#39;Neill</td></tr>"
    cleared = _cleared(".html", page.format("Acme") + page.format("Zeta Ltd"), TRACES, {"zeta", "Zeta Ltd"})
    assert cleared == ("<tr><td>Acme</td><td>user-1</td></tr>" + page.format("Zeta Ltd")).encode()
    document = '{"rows": [["acme", "7", 1.5], ["zeta", "7", 2.5]]}'
    assert _cleared(".json", document, TRACES, {"zeta"}) == b'{"rows": [["acme", "user-1", 1.5], ["zeta", "7", 2.5]]}\n'


def test_what_names_nobody_is_not_touched() -> None:
    for ending, text in ((".csv", 'a,"b"\nc,d\n'), (".json", '{"a":1}'), (".html", "<p>7.5 &#39;x&#39;</p>")):
        assert _cleared(ending, text, TRACES, set()) is None
