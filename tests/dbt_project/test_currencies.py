"""The list of currencies against the one that Babel keeps, and the default against that of the load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.loading.directory.tables import TENANTS

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "currencies.sql"


def test_every_legal_tender_is_known_and_nothing_else() -> None:
    territories = pytest.importorskip("babel.core").get_global("territory_currencies")
    tender = {code for each in territories.values() for code, _, end, is_tender in each if is_tender and end is None}
    listed = re.search(r"known_currencies\(\) -%\}(.*?)\.split", MACROS.read_text("utf-8"), re.DOTALL)
    assert listed and set(re.findall("[A-Z]{3}", listed[1])) == tender


def test_the_load_and_the_models_have_one_default_currency() -> None:
    stated = re.search(r"default_currency\(\) -%\}\s*'([A-Z]{3})'", MACROS.read_text("utf-8"))
    [column] = [column for column in TENANTS.columns if column.name == "currency"]
    assert stated and stated[1] == column.default
