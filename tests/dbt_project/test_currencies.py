"""The list of currencies against the one that Babel keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "currencies.sql"


def test_every_legal_tender_is_known_and_nothing_else() -> None:
    territories = pytest.importorskip("babel.core").get_global("territory_currencies")
    tender = {code for each in territories.values() for code, _, end, is_tender in each if is_tender and end is None}
    listed = re.search(r"known_currencies\(\) -%\}(.*?)\.split", MACROS.read_text("utf-8"), re.DOTALL)
    assert listed and set(re.findall("[A-Z]{3}", listed[1])) == tender
