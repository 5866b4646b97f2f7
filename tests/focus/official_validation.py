"""The sample's FOCUS 1.2 export under the FinOps Foundation's own validator, which needs an environment of its own.

    python -m tests.focus.official_validation ENVIRONMENT

ENVIRONMENT: a virtual environment with focus-validator. Its exit code says nothing of rules, so its JUnit file is read.
A rule may fail only if EXPLAINED says why right data cannot pass it; any other failing rule is exit code 1.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from orchestration.building.build import build
from orchestration.exporting import FORMATS, export_focus
from orchestration.loading.load import load

PROJECT = Path(__file__).resolve().parents[2]
MODEL = "1.2.0.1"
# What is offered, on which rules depend. Not offered: commitment discounts, capacity reservations, regions and zones.
CRITERIA = (
    "ACCOUNT_NAMING_SUPPORTED,BILLING_BASED_ON_PROVISIONED_RESOURCES_SUPPORTED,MULTIPLE_PRICING_CATEGORIES_SUPPORTED,"
    "NEGOTIATED_PRICING_SUPPORTED,PRICING_BILLING_CURRENCY_DIFFERENCES_SUPPORTED,PUBLIC_PRICE_LIST_SUPPORTED,"
    "RESOURCE_TYPE_ASSIGNMENT_SUPPORTED,SUB_ACCOUNT_SUPPORTED,MULTIPLE_SUB_ACCOUNT_TYPES_SUPPORTED,TAGGING_SUPPORTED,"
    "UNIT_PRICING_SUPPORTED,USAGE_MEASUREMENT_SUPPORTED,VIRTUAL_CURRENCY_SUPPORTED"
)
_INVOICE = (
    "one rule asks for NULL and its twin for a value, each in every row: of the two, one always fails, and both, with "
    "what stands on them, where some charges are invoiced and others not"
)
_FEE = (
    "the specification's own example of a fee without credits has EffectiveCost = BilledCost; this asks for 0 on every "
    "Purchase"
)
_TEXT = "texts may be any Unicode, says the specification; this asks for ASCII"
_WHOLE = "fails with a rule on texts below it"
EXPLAINED = {
    "InvoiceId-C-000-O": _INVOICE,
    "InvoiceId-C-003-C": _INVOICE,
    "InvoiceId-C-004-C": _INVOICE,
    "InvoiceId-C-005-C": _INVOICE,
    "EffectiveCost-C-005-C": _FEE,
}


@dataclass(frozen=True)
class Verdict:
    """Rules by outcome; those that failed by name."""

    passed: int
    skipped: int
    failed: tuple[str, ...]


def main() -> int:
    environment = Path(sys.argv[1]).absolute()
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load(str(PROJECT / "raw"), folder / "w.duckdb")
        build(folder / "w.duckdb", folder / "dbt")
        for file_format in FORMATS:
            export_focus(folder / "w.duckdb", folder / f"focus.{file_format}", version="1.2", file_format=file_format)
        explained = EXPLAINED | _rules_on_texts(_rules_folder(environment), folder / "focus.csv")
        for file_format in FORMATS:
            verdict = validate(environment, folder, f"focus.{file_format}")
            print(
                f"FOCUS {MODEL}, {file_format}: {verdict.passed} rules passed, {len(verdict.failed)} failed, "
                f"{verdict.skipped} not looked at by the validator"
            )
            for rule in verdict.failed:
                print(f"  {rule}: {explained.get(rule, 'NOT EXPLAINED')}")
            faults += len(set(verdict.failed) - set(explained))
    if faults:
        print(f"make check-focus: {faults} failing rules that nothing explains", file=sys.stderr)
    return 1 if faults else 0


def validate(environment: Path, folder: Path, file: str) -> Verdict:
    """Run the validator on a file of the folder. Raises where it crashes or writes no result."""
    # It opens this file relative to where it runs, and leaves a log there.
    (folder / "focus_validator" / "rules").mkdir(parents=True, exist_ok=True)
    shutil.copy(_rules_folder(environment) / "currency_codes.csv", folder / "focus_validator" / "rules")
    command = [
        environment / "bin" / "focus-validator",
        "--data-file",
        file,
        "--validate-version",
        MODEL,
        "--block-download",
    ]
    command += ["--applicability-criteria", CRITERIA, "--output-type", "unittest", "--output-destination", "result.xml"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode:
        reason = (ran.stderr.strip() or "no message").splitlines()[-1]
        sys.exit(f"focus-validator exited {ran.returncode} on {file}: {reason}")
    return read_verdict(folder / "result.xml")


def read_verdict(path: Path) -> Verdict:
    """The verdict in a JUnit file."""
    cases = ET.parse(path).getroot().findall(".//testcase")
    failed = sorted(case.get("name", "").split(" ")[0] for case in cases if case.find("failure") is not None)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return Verdict(len(cases) - skipped - len(failed), skipped, tuple(failed))


def _rules_on_texts(rules: Path, exported: Path) -> dict[str, str]:
    """The rules that fail because a text of the export has letters beyond ASCII, which is no fault."""
    with exported.open(encoding="utf-8", newline="") as file:
        columns = {name for row in csv.DictReader(file) for name, value in row.items() if not value.isascii()}
    found = {}
    for name, rule in json.loads((rules / f"model-{MODEL}.json").read_text(encoding="utf-8"))["ModelRules"].items():
        check = rule["ValidationCriteria"]["Requirement"]
        if check.get("CheckFunction") == "FormatString" and check["ColumnName"] in columns:
            found[name] = _TEXT
        elif name.partition("-C-000-")[0] in columns:
            found[name] = _WHOLE
    return found


def _rules_folder(environment: Path) -> Path:
    [folder] = environment.glob("lib/python3.*/site-packages/focus_validator/rules")
    return folder


if __name__ == "__main__":
    sys.exit(main())
