"""Each simulated vendor's answers, read by its plug-in, tell the story again: an independent check of both."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import pytest
from porchlight.domain.errors import InvalidSignatureError, UnknownParcelError
from porchlight.domain.exchange import ParcelQuery, WebhookRequest
from porchlight.domain.status import Status
from porchlight.domain.times import TimeQuality
from porchlight.plugins import CARRIERS

from tools.demo.accounts import Account
from tools.demo.formats import FORMATS
from tools.demo.journey import Journey
from tools.demo.routes import route_to
from tools.demo.stories import Scan, Story, Word
from tools.demo.vendor_api import Call, Sending

MEANING = {
    Word.LABEL: Status.PRE_TRANSIT,
    Word.ACCEPTED: Status.IN_TRANSIT,
    Word.DEPARTED: Status.IN_TRANSIT,
    Word.ARRIVED: Status.IN_TRANSIT,
    Word.DEPOT: Status.IN_TRANSIT,
    Word.OUT: Status.OUT_FOR_DELIVERY,
    Word.DELIVERED: Status.DELIVERED,
    Word.ATTEMPTED: Status.DELIVERY_ATTEMPTED,
    Word.READY: Status.AVAILABLE_FOR_PICKUP,
    Word.COLLECTED: Status.DELIVERED,
    Word.ADDRESS: Status.EXCEPTION,
    Word.REFUSED: Status.EXCEPTION,
    Word.LOST: Status.EXCEPTION,
    Word.RETURNING: Status.RETURN_TO_SENDER,
    Word.RETURNED: Status.RETURNED,
    Word.STRANGE: Status.UNKNOWN,
}
BACK = (Word.RETURNING, Word.RETURNED)
LAST = (Word.OUT, Word.DELIVERED)
HOME = {
    "canada_post": "Vancouver",
    "correios_br": "Recife",
    "dhl_express": "Dubai",
    "dhl_unified": "Freiburg",
    "gls": "Bremen",
    "la_poste": "Nantes",
    "postnl": "Utrecht",
    "purolator": "Calgary",
    "royal_mail": "York",
}
MOVER = {"easypost": "canada_post", "aftership": "yanwen", "17track": "ups", "shipengine": "ontrac"}
TELLS_NOTHING = {"shipengine"}
"""Answers about a number it does not know as about one without scans."""
NUMBER = "DEMO1234567890"
WINTER, SUMMER = datetime(2026, 1, 12, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)
ESTIMATED_DAY = 3
CODES = sorted(FORMATS)
PUSHING = [code for code in CODES if FORMATS[code].push]
REGISTERED = [code for code in CODES if FORMATS[code].registration]


def story_of(vendor):
    """Everything a vendor can say of a parcel that goes forth, ended by a delivery."""
    return story(*[word for word in Word if word in vendor.words and word not in (*LAST, *BACK)], *LAST)


def way_back(vendor):
    """What it can say of one that comes back."""
    return story(Word.ACCEPTED, *[word for word in BACK if word in vendor.words])


def story(*words):
    """Seven and a half hours between the scans."""
    scans = tuple(Scan(7.53 * place + 1, word, place % 3) for place, word in enumerate(words))
    return Story(scans, ((0, ESTIMATED_DAY),))


def journey_of(code, start=WINTER, *, story_of=story_of):
    story = story_of(FORMATS[code])
    route = route_to(HOME.get(code, "Madison"))
    return Journey(NUMBER, story, route, start, story.scans[-1].hour + 1, MOVER.get(code, code))


def moment_of(journey, scan):
    return journey.when(scan).replace(microsecond=0)


def read(code, reply, at):
    return CARRIERS.get(code).parse_tracking(reply.body, received_at=at)


def assert_tells(update, code, journey):
    vendor = FORMATS[code]
    scans = sorted(journey.told(vendor.silent), key=lambda scan: scan.hour)
    events = sorted(update.events, key=lambda event: event.occurred_at)
    assert [event.occurred_at for event in events] == [moment_of(journey, scan) for scan in scans]
    assert [event.status for event in events] == [MEANING[scan.word] for scan in scans]
    for event, scan in zip(events, scans, strict=True):
        assert event.time_quality in {TimeQuality.EXACT, TimeQuality.ASSUMED_ZONE}
        assert placed(event.place) == expected_place(vendor, journey.where(scan))
    assert update.tracking_number == NUMBER
    assert update.carrier == journey.mover
    assert update.status is MEANING[scans[-1].word]
    day = (journey.start + timedelta(days=ESTIMATED_DAY)).date() if vendor.estimates else None
    assert (update.estimate.day if update.estimate else None) == day


def placed(place):
    return place.city.casefold(), place.region, place.postal_code, place.country


def expected_place(vendor, town):
    parts = {"city": town.name.casefold(), "region": town.region, "postal_code": town.postcode}
    parts["country"] = town.country
    return tuple(parts[part] if part in vendor.places else "" for part in ("city", "region", "postal_code", "country"))


def test_at_least_a_dozen_vendors_speak():
    assert len(CODES) >= 12
    assert set(CODES) <= set(CARRIERS.codes())


@pytest.mark.parametrize("start", [WINTER, SUMMER], ids=["winter", "summer"])
@pytest.mark.parametrize("code", CODES)
def test_the_plug_in_reads_a_story_back_from_an_answer(code, start):
    journey = journey_of(code, start)
    [update] = read(code, FORMATS[code].tell(journey), start + timedelta(hours=journey.hour))
    assert_tells(update, code, journey)


@pytest.mark.parametrize("code", [code for code in CODES if FORMATS[code].words.intersection(BACK)])
def test_the_plug_in_reads_the_way_back(code):
    journey = journey_of(code, story_of=way_back)
    [update] = read(code, FORMATS[code].tell(journey), WINTER + timedelta(hours=journey.hour))
    assert_tells(update, code, journey)


@pytest.mark.parametrize("code", PUSHING)
def test_the_plug_in_accepts_a_push_and_reads_the_story_back(code):
    push, plugin, journey = FORMATS[code].push, CARRIERS.get(code), journey_of(code)
    now = WINTER + timedelta(hours=journey.hour)
    path = f"/webhooks/carriers/{code}/main"
    body, headers = push.write(journey, Sending(path, now))
    request = WebhookRequest(
        headers={name.lower(): text for name, text in headers.items()}, body=body, path=path, received_at=now
    )
    plugin.verify_webhook(request, (push.secret(),))
    [update] = plugin.parse_webhook(request)
    assert_tells(update, code, journey)
    with pytest.raises(InvalidSignatureError):
        plugin.verify_webhook(request.model_copy(update={"body": body.replace(b"DEMO", b"OMED")}), (push.secret(),))


@pytest.mark.parametrize("code", CODES)
def test_a_number_that_a_vendor_does_not_know_is_news_of_no_parcel(code):
    reply = FORMATS[code].unknown(NUMBER)
    if code in TELLS_NOTHING:
        [update] = read(code, reply, WINTER)
        assert (update.status, update.events) == (Status.UNKNOWN, ())
    elif reply.status == HTTPStatus.OK:
        with pytest.raises(UnknownParcelError):
            read(code, reply, WINTER)
    else:
        assert reply.status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("code", CODES)
def test_a_vendor_finds_the_number_in_the_plug_ins_own_call(code):
    plugin, vendor = CARRIERS.get(code), FORMATS[code]
    account = Account("the-id", "the-secret", plugin.budget, 3600, [])
    credentials = {"base_url": f"http://localhost/{code}", **account.credentials(vendor.entry)}
    assert set(plugin.credential_fields) <= set(credentials)
    query = ParcelQuery(tracking_number=NUMBER, carrier=MOVER.get(code, code), asked_at=WINTER)
    request = plugin.tracking_request(query, credentials, account.issue(WINTER))
    call = call_of(code, request)
    assert vendor.asked(call) == NUMBER
    assert account.lets_in(call, vendor.entry, WINTER)
    assert not account.lets_in(replace(call, headers={}), vendor.entry, WINTER)
    assert (plugin.token_request(credentials) is not None) == bool(vendor.entry.token_path)
    if token := plugin.token_request(credentials):
        call = call_of(code, token)
        assert call.path == vendor.entry.token_path
        answer = account.sell(call, vendor.entry, WINTER)
        assert answer is not None
        assert plugin.parse_token(answer.body).expires_in == vendor.entry.token_seconds


@pytest.mark.parametrize("code", REGISTERED)
def test_a_registration_is_told_from_a_question(code):
    plugin, vendor = CARRIERS.get(code), FORMATS[code]
    credentials = {"base_url": f"http://localhost/{code}", "api_key": "the-secret"}
    query = ParcelQuery(tracking_number=NUMBER, carrier=MOVER[code], asked_at=WINTER)
    asked = call_of(code, plugin.tracking_request(query, credentials, ""))
    registered = call_of(code, plugin.registration_request(query, credentials, ""))
    assert (vendor.registration.is_one(asked), vendor.registration.is_one(registered)) == (False, True)
    assert vendor.asked(registered) == NUMBER
    body = vendor.registration.confirm(replace(journey_of(code), story=Story(()))).body
    updates = plugin.parse_tracking(body, received_at=WINTER) if body else []
    assert [(one.tracking_number, one.status) for one in updates] in ([], [(NUMBER, Status.UNKNOWN)])


def call_of(code, request):
    split = urlsplit(request.url)
    path = split.path.removeprefix(f"/{code}")
    headers = {name.lower(): text for name, text in request.headers.items()}
    return Call(request.method, path, parse_qs(split.query), headers, request.body or b"")
