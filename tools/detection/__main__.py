"""`python -m tools.detection FOLDER`: hold our detection against published test numbers.

The folder has `couriers/*.json` (number types with valid and invalid test numbers, as tracking_number_data publishes
them) and, optionally, `detect_cases.jsonl` (`number`, `carrier`, `match`). A table and every miss go to standard
output; its last line is one JSON object. Exit status 1: a valid number was missed or an invalid one accepted.
`python -m tools.detection --formats` prints the table of formats that docs/detection.md shows.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.detection import detect
from porchlight.domain.number_formats import FORMATS, HINT, PRINTED, Format

from tools.detection.cases import Case, cases_of

OURS = {
    "amazon": {"amazon_shipping"},
    "correios_brazil": {"correios_br"},
    "dhlexpress": {"dhl_express"},
    "dhlgm": {"dhl_ecommerce_us"},
    "fed_ex": {"fedex"},
    "lasership": {"ontrac"},
    "nova_poshta_shopping": {"nova_poshta"},
}
"""Published names that are not ours; LaserShip is OnTrac since 2023."""


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.detection", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", help="holds couriers/*.json and detect_cases.jsonl")
    parser.add_argument("--formats", action="store_true", help="print the table of formats instead")
    arguments = parser.parse_args()
    if arguments.formats:
        print(table())
        return 0
    if arguments.folder is None or not (arguments.folder / "couriers").is_dir():
        print("no folder with couriers/*.json", file=sys.stderr)
        return 2
    told = report(cases_of(arguments.folder))
    print(json.dumps(told))
    return 0 if told["clean"] else 1


def report(cases: list[Case]) -> dict[str, object]:
    """Print the table and the misses; the figures for the last line."""
    begun = time.perf_counter()
    found = {case: {one.carrier for one in detect(case.number)} for case in cases}
    seconds = time.perf_counter() - begun
    wrong = [case for case in cases if _is_right(case, found[case]) is False]
    per_courier = {courier: _counts(courier, cases, wrong) for courier in sorted({case.courier for case in cases})}
    for courier, counts in per_courier.items():
        print(f"{courier:24}", *(f"{name} {count:4}" for name, count in counts.items()), sep="  ")
    for case in wrong:
        print(f"wrong: {case.courier} {case.number!r} expected {case.match}, got {sorted(found[case])}")
    unknown = [case for case in cases if case.published and not case.match and found[case]]
    for case in unknown:
        print(f"invalid, yet fits others: {case.courier} {case.number!r}: {sorted(found[case])}")
    published = [case for case in wrong if case.published]
    return {
        "numbers": len(cases),
        "microseconds": round(seconds / max(len(cases), 1) * 1e6),
        "valid_missed": sum(case.match for case in published),
        "invalid_accepted": sum(not case.match for case in published),
        "invalid_fits_others": len(unknown),
        "libraries_disagree": len(wrong) - len(published),
        "clean": not published,
        "couriers": per_courier,
    }


def _is_right(case: Case, found: set[str]) -> bool:
    if not case.courier:
        return not found
    return bool(found) is case.match if case.courier == "s10" else _is_among(case.courier, found) is case.match


def _is_among(courier: str, found: set[str]) -> bool:
    wanted = OURS.get(courier) or {courier, carrier_named(courier)}
    return any(one in wanted or (courier == "dhl" and one.startswith("dhl_")) for one in found)


def _counts(courier: str, cases: list[Case], wrong: list[Case]) -> dict[str, int]:
    def count(some: list[Case], *, match: bool) -> int:
        return sum(case.courier == courier and case.match is match for case in some)

    valid, invalid = count(cases, match=True), count(cases, match=False)
    return {
        "valid": valid,
        "found": valid - count(wrong, match=True),
        "invalid": invalid,
        "accepted": count(wrong, match=False),
    }


def table() -> str:
    """The formats as Markdown."""
    head = "| format | pattern | check digit | carriers | only with |\n|---|---|---|---|---|"
    return "\n".join([head, *(_row(one) for one in (*FORMATS, *PRINTED))])


def _row(row: Format) -> str:
    check = row.check.__name__ if row.check else ""
    carriers = ", ".join(f"{carrier} {confidence}" for carrier, confidence in row.carriers.items())
    only = "the store's word" if row.only == HINT else row.only
    pattern = row.pattern.replace("|", r"\|")
    return f"| {row.name} | `{pattern}` | {check} | {carriers} | {only} |"


if __name__ == "__main__":
    sys.exit(main())
