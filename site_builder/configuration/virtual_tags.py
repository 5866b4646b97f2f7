"""Virtual tags: what usage counts under by rules of the publisher's own, and whose credits are divided among others."""

import json
from decimal import Decimal
from typing import Any

from site_builder.configuration.settings_file import SettingsFile

NAME = "virtual_tags"
COLUMNS = (
    "tenant_id", "team_id", "user_id", "project_id", "item_id", "item_name", "channel", "model_id", "task_category",
)  # fmt: skip
_WHOLE = Decimal(100)


def read_virtual_tags(file: SettingsFile) -> str:
    """The tags of a file as JSON, in the order of their keys, rules in the order given; what the dbt project reads."""
    tags = [_tag(file, key) for key in sorted(file.table(NAME))]
    return json.dumps(tags, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _tag(file: SettingsFile, key: str) -> dict[str, Any]:
    at = (NAME, key)
    file.only(at, ("rules", "shared", "shares"))
    table = file.table(*at)
    rules = table.get("rules")
    if not isinstance(rules, list) or not rules:
        file.fail(at, f"rules are wanted, one [[{NAME}.{key}.rules]] each")
    shared, shares = _texts(file, at, table, "shared"), _shares(file, at)
    if shares and not shared:
        file.fail((*at, "shares"), "there is nothing to divide: name the values whose credits are, as shared")
    for value in shares:
        if value in shared:
            file.fail((*at, "shares", value), "a value whose credits are divided gets none of them")
    read = [_rule(file, (*at, "rules"), number, rule) for number, rule in enumerate(rules, 1)]
    return {"key": key, "rules": read, "shared": shared, "shares": shares}


def _rule(file: SettingsFile, at: tuple[str, ...], number: int, rule: Any) -> dict[str, Any]:
    """A rule; the file's lines lead to the last of a tag's rules alone, so what is wrong is named by its number."""
    if not isinstance(rule, dict) or not isinstance(rule.get("value"), str) or not rule["value"]:
        file.fail(at, f"rule {number} needs a value, as in value = 'Research'")
    columns = [name for name in rule if name != "value"]
    for name in columns:
        if name not in COLUMNS:
            file.fail(at, f"rule {number}: usage has no {name!r} to go by; it has {', '.join(COLUMNS)}")
    return {"value": rule["value"], "match": {name: _texts(file, at, rule, name) for name in columns}}


def _texts(file: SettingsFile, at: tuple[str, ...], table: dict[str, Any], name: str) -> list[str]:
    given = table.get(name, [])
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        file.fail((*at, name), "a text or a list of texts is wanted")
    if name in table and not texts:
        file.fail((*at, name), "at least one text is wanted")
    return texts


def _shares(file: SettingsFile, at: tuple[str, ...]) -> dict[str, str]:
    """Percent by value; they are all of what is divided, or none are given."""
    shares = {value: file.amount(*at, "shares", value) for value in file.table(*at, "shares")}
    if shares and sum(shares.values()) != _WHOLE:
        file.fail((*at, "shares"), f"the shares add up to {sum(shares.values()):f}, not to 100")
    return {value: f"{share:f}" for value, share in sorted(shares.items())}
