"""The tool that measures how often a quiet lane would be called a storm: it must see them too."""

from datetime import UTC, datetime, timedelta

from tools.simulate.lanes import Moving, measured

ORDERED = datetime(2017, 3, 6, 9, tzinfo=UTC)


def bought(number: int, days: int, state: str = "SP") -> list[dict[str, str]]:
    """So many orders, one every hour, each so many days on its way."""
    rows = []
    for index in range(number):
        ordered = ORDERED + timedelta(hours=index)
        left, came = ordered + timedelta(hours=12), ordered + timedelta(days=days)
        dates = {"purchased_at": ordered, "handed_to_carrier_at": left, "delivered_at": came, "promised_date": came}
        rows.append({name: f"{at:%Y-%m-%d %H:%M:%S}" for name, at in dates.items()} | {"customer_state": state})
    return rows


def test_a_parcel_tells_of_its_lane_from_its_hand_over_to_its_end() -> None:
    parcel = Moving((ORDERED, ORDERED + timedelta(days=1)), ORDERED + timedelta(days=2))
    assert parcel.row(ORDERED - timedelta(hours=1)) is None
    row = parcel.row(ORDERED + timedelta(hours=30))
    assert row is not None
    assert row.still_since == datetime(2017, 3, 7, 12, tzinfo=UTC)
    assert parcel.row(ORDERED + timedelta(days=2)) is None


def test_the_rarer_the_scans_the_more_parcels_stand_still() -> None:
    often, seldom = (measured(bought(60, 20), gap, 36) for gap in (0.3, 6.0))
    assert often["usual_share"]["0.95"] < seldom["usual_share"]["0.95"]  # type: ignore[index]
    assert seldom["false_incidents"]["0.35"] > often["false_incidents"]["0.35"] == 0  # type: ignore[index]
