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
from porchlight.rendering import Rendered, render, render_several
from porchlight.texts import languages

CHANNEL = "email"
DIGEST = "digest"
"""The mail about several orders of one shopper."""
_TOLD_TOGETHER = ("shipped", "delivered")


def add_parser(subparsers: Subparsers) -> None:
    """Add `preview`."""
    parser = subparsers.add_parser("preview", help="write the mails of an invented order to files")
    parser.add_argument("touchpoint", choices=[*SCENES, DIGEST, "all"], help="which mail, or all of them")
    parser.add_argument("--locale", default="en", help=f"language, or all; spoken: {', '.join(languages())}")
    parser.add_argument("--brand", default="config/brand.yaml", help="the shop's brand file")
    parser.add_argument("--out", default="preview", help="folder to write to")


def run(args: argparse.Namespace) -> int:
    """Write the files. Raises `PorchlightError` when the brand file or a template is wrong."""
    brand = _brand(Path(args.brand))
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    touchpoints = [*SCENES, DIGEST] if args.touchpoint == "all" else [args.touchpoint]
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
    if touchpoint == DIGEST:
        return _written(f"{touchpoint}.{locale}", digest_sample(brand, locale), out)
    written = []
    for parcels in SCENES[touchpoint].parcels:
        suffix = "-several" if parcels > 1 else ""
        mail = render(CHANNEL, sample(touchpoint, brand, locale, parcels=parcels))
        written += _written(f"{touchpoint}{suffix}.{locale}", mail, out)
    return written


def digest_sample(brand: Brand, locale: str) -> Rendered:
    """News of two invented orders in one mail."""
    told = (sample(touchpoint, brand, locale, parcels=1) for touchpoint in _TOLD_TOGETHER)
    numbered = [one.model_copy(update={"order": f"#{1001 + place}"}) for place, one in enumerate(told)]
    return render_several(CHANNEL, numbered)


def _written(stem: str, mail: Rendered, out: Path) -> list[str]:
    (out / f"{stem}.html").write_text(mail.html, "utf-8")
    (out / f"{stem}.txt").write_text(f"{mail.subject}\n\n{mail.text}", "utf-8")
    return [str(out / f"{stem}.html"), str(out / f"{stem}.txt")]
