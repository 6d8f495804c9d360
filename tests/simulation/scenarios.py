"""What happens to an order: each scenario tells the shop, the carriers and the mail provider what to do, and when."""

from collections.abc import Callable
from datetime import timedelta

from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.limits import Cap, Caps, Limits
from porchlight.domain.purposes import Purpose

from tests import payloads
from tests.fakes import Parcel, Scan
from tests.fakes.shops import BIG, WOO, Sold
from tests.simulation.world import START, World

type Scenario = Callable[[World], None]

M, H = timedelta(minutes=1), timedelta(hours=1)
POLLED = "1Z999AA10123456784"


def order_confirmed(world: World) -> None:
    """An order, one mail."""
    world.shop(0 * M, "orders/create", payloads.order(START))


def fulfilment_before_its_order(world: World) -> None:
    """F11: packing and scans come before anybody knows whose they are."""
    packed = payloads.fulfilment(START, "EV1", company="Evri")
    world.shop(0 * M, "fulfillments/create", packed)
    world.aggregator(5 * M, payloads.tracker("EV1", (START + 4 * M, "in_transit"), event_id="e1"))
    world.shop(12 * M, "orders/create", payloads.order(START - M, fulfilments=(packed,)))
    scans = ((START + 4 * M, "in_transit"), (START + 8 * H, "delivered"))
    world.aggregator(8 * H, payloads.tracker("EV1", *scans, event_id="e2"))


def scan_parked_before_its_fulfilment(world: World) -> None:
    """A scan of a number that no order has claimed yet."""
    world.aggregator(0 * M, payloads.tracker("EV1", (START - M, "in_transit"), event_id="e1"))
    world.shop(2 * M, "orders/create", payloads.order(START - H))
    world.shop(3 * M, "fulfillments/create", payloads.fulfilment(START - 2 * M, "EV1", company="Evri"))
    scans = ((START - M, "in_transit"), (START + 6 * H, "out_for_delivery"), (START + 8 * H, "delivered"))
    world.aggregator(8 * H, payloads.tracker("EV1", *scans, event_id="e2"))


def scan_and_fulfilment_in_one_second(world: World) -> None:
    """Whether the scan is parked or learned, the order must know it in the end."""
    world.shop(0 * M, "orders/create", payloads.order(START - H))
    world.shop(5 * M, "fulfillments/create", payloads.fulfilment(START + 4 * M, "EV1", company="Evri"))
    second = timedelta(seconds=1)
    world.aggregator(5 * M - second, payloads.tracker("EV1", (START + 4 * M, "in_transit"), event_id="e1"))
    world.aggregator(5 * M + second, payloads.tracker("EV1", (START + 5 * M - M, "pre_transit"), event_id="e0"))
    world.aggregator(8 * H, payloads.tracker("EV1", (START + 8 * H, "delivered"), event_id="e2"))


def three_parcels_that_move_together(world: World) -> None:
    """One order, three parcels, within minutes of each other."""
    numbers = ("EV1", "EV2", "EV3")
    world.shop(0 * M, "orders/create", payloads.order(START, lines=3))
    for index, number in enumerate(numbers):
        packed = payloads.fulfilment(
            START + index * M, number, fulfilment_id=9001 + index, lines=(index,), company="Evri"
        )
        world.shop((5 + index) * M, "fulfillments/create", packed)
        moved = (START + (30 + 4 * index) * M, "in_transit")
        loaded = (START + 22 * H, "out_for_delivery")
        arrived = (START + 26 * H + 3 * index * M, "delivered")
        world.aggregator((30 + 4 * index) * M, payloads.tracker(number, moved, event_id=f"m{index}"))
        world.aggregator(22 * H + index * M, payloads.tracker(number, moved, loaded, event_id=f"o{index}"))
        world.aggregator(26 * H + 3 * index * M, payloads.tracker(number, moved, loaded, arrived, event_id=f"a{index}"))


def hint_wakes_a_poll(world: World) -> None:
    """Invariant 9: an alert that proves nothing makes us ask; the answer counts."""
    world.site.parcels[POLLED] = Parcel([Scan(START + H, "OR"), Scan(START + 7 * H, "OT", "O")])
    world.site.parcels[POLLED].scans.append(Scan(START + 9 * H, "FS", "D"))
    _packed_with_ups(world)
    world.alert(9 * H + M, POLLED)
    world.alert(9 * H + 2 * M, "1ZNOBODY")


def polls_with_news(world: World) -> None:
    """A parcel that only polls tell about."""
    scans = [Scan(START + H, "OR"), Scan(START + 5 * H, "DP"), Scan(START + 22 * H, "OT", "O")]
    world.site.parcels[POLLED] = Parcel([*scans, Scan(START + 26 * H, "FS", "D")])
    _packed_with_ups(world)


def polls_that_fail(world: World) -> None:
    """The carrier is out of order for six hours."""
    world.site.parcels[POLLED] = Parcel([Scan(START + H, "OR"), Scan(START + 12 * H, "FS", "D")])
    world.outage = (START + 2 * M, START + 6 * H)
    _packed_with_ups(world)


def five_parcels_and_a_small_budget(world: World) -> None:
    """F28: all are due at once, the account may call four times an hour."""
    numbers = [f"1Z999AA1012345678{index}" for index in range(5)]
    for index, number in enumerate(numbers):
        world.site.parcels[number] = Parcel([Scan(START - H, "OR"), Scan(START + (2 + index) * H, "FS", "D")])
    world.shop(0 * M, "orders/create", payloads.order(START - 2 * H))
    world.shop(M, "fulfillments/create", payloads.fulfilment(START - H, *numbers))
    world.alert(6 * H + 30 * M, numbers[0])


def merge_window_ended_by_its_timer(world: World) -> None:
    """One parcel moves, the other is packed a day later: the first must not wait for it."""
    world.shop(0 * M, "orders/create", payloads.order(START, lines=2))
    world.shop(5 * M, "fulfillments/create", payloads.fulfilment(START + 4 * M, "EV1", company="Evri"))
    first = (START + H, "in_transit")
    world.aggregator(H, payloads.tracker("EV1", first, event_id="e1"))
    late = payloads.fulfilment(START + 24 * H, "EV2", fulfilment_id=9002, lines=(1,), company="Evri")
    world.shop(24 * H, "fulfillments/create", late)
    for index, number in enumerate(("EV1", "EV2")):
        scans = (*((first,) if not index else ()), (START + 30 * H, "in_transit"), (START + 50 * H, "delivered"))
        world.aggregator(50 * H, payloads.tracker(number, *scans, event_id=f"d{index}"))


def mail_that_bounces(world: World) -> None:
    """The first mail bounces for good: nothing more goes there."""
    world.bouncing[payloads.EMAIL] = "Bounce"
    _delivered_by_push(world, first_scan=4 * H)


def mail_that_bounces_softly(world: World) -> None:
    """F44: three soft bounces stop mail for a month."""
    world.bouncing[payloads.EMAIL] = "SoftBounce"
    _delivered_by_push(world, first_scan=4 * H)


def suppressed_between_decision_and_sending(world: World) -> None:
    """F43: a complaint about one order's mail while another order's is on its way."""
    world.shop(0 * M, "orders/create", payloads.order(START, order_id=1001))
    world.shop(10 * M, "orders/create", payloads.order(START + 10 * M, order_id=1002))

    def complain() -> None:
        if world.provider.mails:
            mail = world.provider.mails[0]
            said = payloads.complained(mail.call.to)
            body = payloads.mail_event("Complaint", mail.provider_id, mail.call.tags, mail.call.to, world.now, **said)
            world.feedback.accept(body)

    world.later(10 * M, complain)
    world.shop(20 * M, "orders/create", payloads.order(START + 20 * M, order_id=1003))


def cancelled_while_its_mail_is_on_its_way(world: World) -> None:
    """F48: the order is cancelled within the second in which its confirmation is sent."""
    world.shop(0 * M, "orders/create", payloads.order(START))
    gone = payloads.order(START, updated_at=START + M, cancelled_at=START + M)
    world.shop(timedelta(seconds=1), "orders/cancelled", gone)


def number_replaced(world: World) -> None:
    """F11: the shop prints a new label; the old number stops, its history stays."""
    world.shop(0 * M, "orders/create", payloads.order(START))
    world.shop(5 * M, "fulfillments/create", payloads.fulfilment(START + 4 * M, "EV1", company="Evri"))
    world.aggregator(H, payloads.tracker("EV1", (START + H, "pre_transit"), event_id="old"))
    replaced = payloads.fulfilment(START + 4 * M, "EV2", company="Evri", updated_at=START + 2 * H)
    world.shop(2 * H, "fulfillments/update", replaced)
    world.aggregator(
        3 * H, payloads.tracker("EV1", (START + H, "pre_transit"), (START + 3 * H, "cancelled"), event_id="x")
    )
    scans = ((START + 4 * H, "in_transit"), (START + 9 * H, "delivered"))
    world.aggregator(9 * H, payloads.tracker("EV2", *scans, event_id="new"))


def number_replaced_while_both_are_polled(world: World) -> None:
    """A second label for the same box: the first number is asked about no more, the second is, and the shopper hears."""
    old, new = "1Z999AA10123456700", POLLED
    world.site.parcels[new] = Parcel([Scan(START + 8 * H, "OR"), Scan(START + 26 * H, "FS", "D")])
    world.shop(0 * M, "orders/create", payloads.order(START))
    world.shop(M, "fulfillments/create", payloads.fulfilment(START, old))
    renamed = payloads.fulfilment(START, new, updated_at=START + 3 * H)
    world.shop(3 * H, "fulfillments/update", renamed)


def aggregator_that_copies_and_contradicts(world: World) -> None:
    """EasyPost repeats UPS's scans, says delivered too early, and is not believed until UPS says so as well."""
    scans = [Scan(START + H, "OR"), Scan(START + 20 * H, "DP"), Scan(START + 50 * H, "FS", "D")]
    world.site.parcels[POLLED] = Parcel(scans)
    _packed_with_ups(world)
    copied = (START + H, "in_transit")
    world.aggregator(2 * H, payloads.tracker(POLLED, copied, event_id="c1", carrier="UPS"))
    early = (START + 12 * H, "delivered")
    world.aggregator(30 * H, payloads.tracker(POLLED, copied, early, event_id="c2", carrier="UPS"))


def store_that_is_read(world: World) -> None:
    """Two shops are connected: old orders, and new ones that no webhook tells, whole in one and named in the other."""
    world.connect_store("woocommerce/shop", shop=WOO, consumer_key="ck", consumer_secret="cs")
    world.connect_store("bigcommerce/shop", store_hash="abc", access_token="token")
    world.read_stores_until = START + 35 * M
    old, new = START - timedelta(days=60), START + 20 * M
    world.shops.orders = {3001: Sold(old, old, host=WOO), 3002: Sold(old, old, host=BIG)}
    world.shops.orders |= {4001: Sold(new, new, POLLED, host=WOO), 4002: Sold(new, new, host=BIG)}
    world.site.parcels[POLLED] = Parcel([Scan(START + 2 * H, "OR"), Scan(START + 9 * H, "FS", "D")])


def life_of_eight_events_out_of_order(world: World) -> None:
    """F20: the same eight events, shuffled and partly repeated."""
    world.shop(0 * M, "orders/create", payloads.order(START - 40 * H))
    world.shop(M, "fulfillments/create", payloads.fulfilment(START - 39 * H, "EV1", company="Evri"))
    statuses = ("pre_transit", *("in_transit",) * 4, "out_for_delivery", "failure", "delivered")
    scans = [(START + index * 4 * H, status) for index, status in enumerate(statuses)]
    order = [*range(len(scans)), 2, 5, 7]
    world.rng.shuffle(order)
    for place, index in enumerate(order):
        one = payloads.tracker("EV1", scans[index], event_id=f"e{index}")
        world.aggregator(30 * H + place * timedelta(seconds=20), one)


def later_day_then_silence(world: World) -> None:
    """The carrier names a later day, then nobody scans the parcel for five days."""
    world.shop(0 * M, "orders/create", payloads.order(START))
    world.shop(M, "fulfillments/create", payloads.fulfilment(START, "EV1", company="Evri"))
    first, last = (START + H, "in_transit"), (START + 140 * H, "delivered")
    world.aggregator(H, payloads.tracker("EV1", first, event_id="e1", day="2026-06-03"))
    world.aggregator(4 * H, payloads.tracker("EV1", first, event_id="e2", day="2026-06-05"))
    world.aggregator(140 * H, payloads.tracker("EV1", first, last, event_id="e3"))


def shop_whose_clock_is_ahead(world: World) -> None:
    """F31: the order says it was placed in seven minutes."""
    world.shop(0 * M, "orders/create", payloads.order(START + 7 * M))


def poison_among_the_good(world: World) -> None:
    """F15: a body that nobody can read does not harm its neighbours."""
    for index in range(4):
        world.shop(0 * M, "orders/create", payloads.order(START, order_id=2001 + index))
    broken: payloads.Json = {"id": [], "created_at": "never"}
    world.poison.add(payloads.as_bytes(broken))
    world.shop(0 * M, "orders/create", broken)


def many_orders_of_one_shopper(world: World) -> None:
    """Ten orders within two minutes and narrow caps; one of them is delivered the same day."""
    patient: dict[str, object] = {"fresh_for": 96 * H}
    limits = Limits(caps=Caps(service=Cap(per_day=3, per_week=8)))
    world.journey_is(limits=limits, order_confirmed=patient, shipped=patient, delivered=patient)
    for index in range(10):
        placed = index * timedelta(seconds=10)
        world.shop(placed, "orders/create", payloads.order(START + placed, order_id=4001 + index))
    world.shop(5 * M, "fulfillments/create", payloads.fulfilment(START, "EV1", order_id=4001, company="Evri"))
    scans = []
    for hours, status in ((4, "in_transit"), (9, "out_for_delivery"), (10, "delivered")):
        scans.append((START + hours * H, status))
        world.aggregator(hours * H, payloads.tracker("EV1", *scans, event_id=f"e{hours}"))


def offers_to_one_shopper(world: World) -> None:
    """Six orders at night and by day; four agree to offers, and one of these changes its mind."""
    offer = Touchpoint(id="cross_sell", trigger=Trigger.ORDER_PLACED, purpose=Purpose.MARKETING, fresh_for=96 * H)
    quiet: dict[str, object] = {"enabled": False}
    limits = Limits(caps=Caps(marketing=Cap(per_day=2, per_week=3)))
    world.journey_is(offer, limits=limits, order_confirmed=quiet)
    for index, placed in enumerate((0 * H, 0 * H, 6 * H, 6 * H, 6 * H, 6 * H)):
        agreed = index not in {1, 2}
        body = payloads.order(START + placed, order_id=4001 + index, accepts_marketing=agreed)
        world.shop(placed, "orders/create", body)
    refused = payloads.order(START + 6 * H, order_id=4004, updated_at=START + 6 * H + M)
    world.shop(6 * H + M, "orders/updated", refused)


def orders_that_move_together(world: World) -> None:
    """Three orders of one shopper, packed at once; their parcels move and arrive within minutes of each other.

    The second is cancelled after its parcel has moved, the third comes in two parcels.
    """
    for index, parcels in enumerate((("EV1",), ("EV2",), ("EV3", "EV4"))):
        order_id = 4001 + index
        world.shop(0 * M, "orders/create", payloads.order(START, order_id=order_id))
        packed = payloads.fulfilment(START, *parcels, order_id=order_id, company="Evri")
        world.shop((1 + index) * M, "fulfillments/create", packed)
    for index, parcel in enumerate(("EV1", "EV2", "EV3", "EV4")):
        scans = []
        for hours, status in ((4, "in_transit"), (30, "delivered")):
            happened = hours * H + index * 6 * M
            scans.append((START + happened, status))
            world.aggregator(happened, payloads.tracker(parcel, *scans, event_id=f"{parcel}{hours}"))
    cancelled = payloads.order(START, order_id=4002, cancelled_at=START + 4 * H + 10 * M)
    world.shop(4 * H + 10 * M, "orders/updated", cancelled)


def _packed_with_ups(world: World) -> None:
    world.shop(0 * M, "orders/create", payloads.order(START))
    world.shop(M, "fulfillments/create", payloads.fulfilment(START, POLLED))


def _delivered_by_push(world: World, first_scan: timedelta) -> None:
    world.shop(0 * M, "orders/create", payloads.order(START))
    world.shop(M, "fulfillments/create", payloads.fulfilment(START, "EV1", company="Evri"))
    scans = []
    for index, status in enumerate(("in_transit", "out_for_delivery", "delivered")):
        happened = first_scan * (1 + 2 * index)
        scans.append((START + happened, status))
        world.aggregator(happened, payloads.tracker("EV1", *scans, event_id=f"e{index}"))


SCENARIOS: tuple[Scenario, ...] = (
    order_confirmed,
    fulfilment_before_its_order,
    scan_parked_before_its_fulfilment,
    scan_and_fulfilment_in_one_second,
    three_parcels_that_move_together,
    hint_wakes_a_poll,
    polls_with_news,
    polls_that_fail,
    five_parcels_and_a_small_budget,
    merge_window_ended_by_its_timer,
    mail_that_bounces,
    mail_that_bounces_softly,
    suppressed_between_decision_and_sending,
    cancelled_while_its_mail_is_on_its_way,
    number_replaced,
    number_replaced_while_both_are_polled,
    aggregator_that_copies_and_contradicts,
    store_that_is_read,
    life_of_eight_events_out_of_order,
    later_day_then_silence,
    shop_whose_clock_is_ahead,
    poison_among_the_good,
    many_orders_of_one_shopper,
    offers_to_one_shopper,
    orders_that_move_together,
)
BY_NAME = {scenario.__name__: scenario for scenario in SCENARIOS}
