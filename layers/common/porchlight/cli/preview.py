"""`preview`: the mails as shoppers get them, about an invented order, with the brand of `config/brand.yaml`.

Writes `<touchpoint>[-several].<locale>.html` and `.txt` to a folder and prints one JSON object that lists them.
"""

import argparse
import json
from pathlib import Path

from porchlight.cli import CommandError, Subparsers
from porchlight.cli._sample_orders import sample
from porchlight.cli._sample_scenes import SCENES
from porchlight.config import read_config
from porchlight.domain.brand import Brand
from porchlight.rendering import render
from porchlight.texts import languages

CHANNEL = "email"


def add_parser(subparsers: Subparsers) -> None:
    """Add `preview`."""
    parser = subparsers.add_parser("preview", help="write the mails of an invented order to files")
    parser.add_argument("touchpoint", choices=[*SCENES, "all"], help="which mail, or all of them")
    parser.add_argument("--locale", default="en", help=f"language, or all; spoken: {', '.join(languages())}")
    parser.add_argument("--brand", default="config/brand.yaml", help="the shop's brand file")
    parser.add_argument("--out", default="preview", help="folder to write to")


def run(args: argparse.Namespace) -> int:
    """Write the files. Raises `PorchlightError` when the brand file or a template is wrong."""
    brand = _brand(Path(args.brand))
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    touchpoints = list(SCENES) if args.touchpoint == "all" else [args.touchpoint]
    locales = languages() if args.locale == "all" else (args.locale,)
    written = [path for one in touchpoints for locale in locales for path in _write(one, locale, brand, out)]
    print(json.dumps({"written": written}))
    return 0


def _brand(file: Path) -> Brand:
    try:
        return read_config(file, Brand)
    except ExceptionGroup as wrong:
        raise CommandError("; ".join(str(one) for one in wrong.exceptions)) from wrong


def _write(touchpoint: str, locale: str, brand: Brand, out: Path) -> list[str]:
    written = []
    for parcels in SCENES[touchpoint].parcels:
        suffix = "-several" if parcels > 1 else ""
        mail = render(CHANNEL, sample(touchpoint, brand, locale, parcels=parcels))
        stem = f"{touchpoint}{suffix}.{locale}"
        (out / f"{stem}.html").write_text(mail.html, "utf-8")
        (out / f"{stem}.txt").write_text(f"{mail.subject}\n\n{mail.text}", "utf-8")
        written += [str(out / f"{stem}.html"), str(out / f"{stem}.txt")]
    return written
