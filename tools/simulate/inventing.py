"""`python -m tools.simulate.inventing`: writes orders.csv, a small invented history for who has none of their own.

Nobody's orders: every number is drawn here, with one seed. Most come in time, one in eight late, a few never, and some
are never handed over.
"""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

ORDERS, SEED = 300, 7
FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
LATE, ARRIVES, LEAVES, SECOND_SELLER = 0.07, 0.98, 0.99, 0.1
COLUMNS = (
    "order_id",
    "purchased_at",
    "handed_to_carrier_at",
    "delivered_at",
    "promised_date",
    "n_items",
    "n_sellers",
    "review_score",
    "review_creation_date",
)


def invented() -> str:
    """The file's text; always the same."""
    rng = Random(SEED)  # noqa: S311 a simulation
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for number in range(1, ORDERS + 1):
        writer.writerow(_row(number, rng))
    return text.getvalue()


def _row(number: int, rng: Random) -> dict[str, str | int]:
    purchased = FIRST_DAY + rng.random() * 150 * DAY
    handed_over = purchased + min(rng.lognormvariate(0.8, 0.7), 12) * DAY
    usual = rng.choice((2, 4, 8))  # near, far, very far
    promised = (purchased + (usual * 1.5 + 5) * DAY).date()
    delivered = handed_over + max(0.6, rng.gauss(usual, usual / 4)) * DAY
    fate = rng.random()
    if fate < LATE:
        delivered += (usual * 0.5 + 2 + rng.expovariate(1 / 5)) * DAY
    row: dict[str, str | int] = {
        "order_id": f"invented-{number:03}",
        "purchased_at": _text(purchased),
        "promised_date": promised.isoformat(),
        "n_items": rng.choice((1, 1, 1, 1, 2, 3)),
        "n_sellers": 1,
    }
    if fate < LEAVES:
        row["handed_to_carrier_at"] = _text(handed_over)
    if fate < ARRIVES:
        row["delivered_at"] = _text(delivered)
    if row["n_items"] != 1 and rng.random() < SECOND_SELLER:
        row["n_sellers"] = 2
    return row


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


if __name__ == "__main__":
    Path(__file__).with_name("orders.csv").write_text(invented(), encoding="utf-8")
