"""The week: forty orders, from the usual to the odd.

Read a line as: number, what it shows, who, where to, what, how it travels, how the store tells it, what is sent.
"""

from tools.demo import shop, stories
from tools.demo.orders import PACKED, Order, Packing, Parcel, Person
from tools.demo.shop_clock import at
from tools.demo.stories import Story

FULL = ("order_confirmed", "shipped", "out_for_delivery", "delivered")
CONFIRMED, SHIPPED, OUT, DELIVERED = FULL

_COMPANY = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl_unified": "DHL Parcel"}
_PREFIX = {"ups": "1Z54F78A0300", "fedex": "794600", "usps": "9400111899223100", "dhl_unified": "3SLAMP00"}


def parcel(carrier: str, number: int, story: Story = stories.GROUND) -> Parcel:
    """A parcel with a number as that carrier writes them; `number` has four to five digits."""
    return Parcel(f"{_PREFIX[carrier]}{number:06}", carrier, story)


def packed(carrier: str, *parcels: Parcel, hour: float = PACKED, lines: tuple[int, ...] = (0, 1, 2)) -> Packing:
    """One fulfilment with a simulated carrier."""
    return Packing(_COMPANY[carrier], parcels, lines, hour)


def one(carrier: str, number: int, story: Story = stories.GROUND, hour: float = PACKED) -> tuple[Packing, ...]:
    """A single parcel."""
    return (packed(carrier, parcel(carrier, number, story), hour=hour),)


def _person(name: str, locale: str = "en-US", *, address: str | None = None) -> Person:
    first, _, last = name.partition(" ")
    plain = f"{first}.{last}".lower().replace(" ", ".").replace("'", "")
    return Person(first, last, f"{plain}@mail.example" if address is None else address, locale)


LAMP, LANTERN, DUVET = "Brass reading lamp", "Paper lantern / Large", "Linen duvet cover / Oat, King"
NAPKINS, THROW, BULBS = "Linen napkins, set of four / Clay", "Wool throw / Moss", "Filament bulbs, set of three"
BASKET, TOWELS, CANDLE = "Willow basket", "Waffle towels / Sand", "Beeswax candles"

# fmt: off
_USUAL = (
    Order(1001, "the usual: UPS", _person("Harper Ellison"), "Asheville", (LAMP, BULBS), one("ups", 1001), shop.usual,
          FULL),
    Order(1002, "FedEx pushes too: told once", _person("Miles Okafor"), "Madison", (LANTERN,), one("fedex", 1002),
          shop.usual, FULL),
    Order(1003, "the usual: USPS", _person("June Castellano"), "Portland", (NAPKINS, CANDLE), one("usps", 1003),
          shop.usual, FULL),
    Order(1004, "German, DHL, next day", _person("Lena Brandt", "de-DE"), "Freiburg", (DUVET,),
          one("dhl_unified", 1004, stories.NEXT_DAY), shop.usual, FULL),
    Order(1005, "French", _person("Camille Moreau", "fr-FR"), "Lyon", (THROW, CANDLE),
          one("dhl_unified", 1005, stories.NEXT_DAY), shop.usual, FULL),
    Order(1006, "Spanish", _person("Lucía Herrera", "es-ES", address="lucia.herrera@mail.example"), "Sevilla",
          (BASKET,), one("dhl_unified", 1006, stories.NEXT_DAY), shop.usual, FULL),
    Order(1007, "Japanese: no such texts, so the shop's language",
          _person("結衣 小林", "ja-JP", address="yui.kobayashi@mail.example"), "Austin", (LANTERN, BULBS),
          one("ups", 1007), shop.usual, FULL),
    Order(1008, "Arabic, right to left", _person("ليلى الحداد", "ar-AE", address="layla.haddad@mail.example"),
          "Dubai", (LAMP,), one("fedex", 1008), shop.usual, FULL),
    Order(1009, "two parcels move together: one mail each", _person("Theo Lindqvist"), "Savannah", (DUVET, TOWELS),
          (packed("ups", parcel("ups", 10091), parcel("ups", 10092)),), shop.usual, FULL),
    Order(1010, "three parcels, the third a day later", _person("Priya Raman"), "Austin", (DUVET, THROW, BASKET),
          (packed("fedex", parcel("fedex", 10101), lines=(0,)), packed("fedex", parcel("fedex", 10102), lines=(1,)),
           packed("fedex", parcel("fedex", 10103, stories.GROUND_LATER), lines=(2,))),
          shop.usual, (*FULL, OUT, DELIVERED)),
    Order(1011, "packed on two days", _person("Owen Fairbanks"), "Portland", (LAMP, TOWELS), (packed("usps",
          parcel("usps", 10111), lines=(0,)), packed("ups", parcel("ups", 10112, stories.TUESDAY_START),
          hour=at("Tue", "10:00"), lines=(1,))), shop.usual, (*FULL, SHIPPED, OUT, DELIVERED)),
    Order(1012, "every webhook three times", _person("Rosa Delgado"), "Madison", (NAPKINS,), one("usps", 1012),
          shop.repeated, FULL),
    Order(1013, "the packing is told before the order", _person("Felix Aronson"), "Asheville", (CANDLE, TOWELS),
          one("usps", 1013), shop.order_last, FULL),
    Order(1014, "webhooks in the wrong order", _person("Nadia Petrov"), "Savannah", (LANTERN,), one("ups", 1014),
          shop.backwards, FULL),
    Order(1015, "scans before the packing is known", _person("Amelia Thornbury", "en-GB"), "Halifax", (THROW,),
          (Packing("Royal Mail", (Parcel("RN100000015GB", "easypost", stories.GROUND),), hour=at("Mon", "16:50")),),
          shop.usual, FULL),
    Order(1016, "address problem, then solved", _person("Grant Whitlow"), "Madison", (BASKET, NAPKINS),
          one("ups", 1016, stories.ADDRESS), shop.usual, (*FULL, "exception")),
    Order(1017, "no scan for four days", _person("Ivy Nakamura"), "Portland", (LAMP,),
          one("fedex", 1017, stories.STALL), shop.usual, (*FULL, "stalled")),
    Order(1018, "lost by the carrier", _person("Dorian Webb"), "Austin", (DUVET,), one("ups", 1018, stories.LOST),
          shop.usual, (CONFIRMED, SHIPPED, "exception")),
    Order(1019, "collected at a shop", _person("Celeste Armand"), "Asheville", (TOWELS, CANDLE),
          one("ups", 1019, stories.PICKUP), shop.usual, (*FULL, "ready_for_pickup")),
    Order(1020, "nobody home, again the next day", _person("Hugo Baptiste"), "Savannah", (THROW,),
          one("usps", 1020, stories.ATTEMPTED), shop.usual, (*FULL, OUT, "delivery_attempted")),
)

_ODD = (
    Order(1021, "two days later than promised", _person("Sabine Keller", "de-DE"), "Madison", (LAMP, LANTERN),
          one("fedex", 1021, stories.NEW_DATE), shop.usual, (*FULL, "delayed")),
    Order(1022, "refused at the door, goes back", _person("Walter Simms"), "Austin", (BASKET,),
          one("ups", 1022, stories.RETURN), shop.usual, (CONFIRMED, SHIPPED, OUT, "exception")),
    Order(1023, "cancelled before it was packed", _person("Nora Quill"), "Portland", (BULBS,), (), shop.cancelled,
          (CONFIRMED,)),
    Order(1024, "cancelled, and told in the wrong order", _person("Emmett Vance"), "Asheville", (NAPKINS,), (),
          shop.cancelled_first, (), (CONFIRMED,)),
    Order(1025, "a gift: receiver and shopper differ", _person("Sofia Marchetti", "it-IT"), "Torino", (CANDLE, THROW),
          one("dhl_unified", 1025, stories.NEXT_DAY), shop.usual, FULL, receiver=("Bruno", "Galli")),
    Order(1026, "EasyPost speaks for Canada Post", _person("Maeve MacKinnon", "en-CA"), "Halifax", (LANTERN, BULBS),
          (Packing("Canada Post", (Parcel("LM100000026CA", "easypost", stories.GROUND),)),), shop.usual, FULL),
    Order(1027, "the address bounces: no further mail",
          _person("Gus Harlan", address="gus.harlan@no-such-host.example"), "Madison", (LAMP,), one("ups", 1027),
          shop.usual, (CONFIRMED,), (SHIPPED, OUT, DELIVERED), mailbox="bounces"),
    Order(1028, "marks a mail as spam: no further mail", _person("Beatrix Cole"), "Savannah", (TOWELS,),
          one("fedex", 1028), shop.usual, (CONFIRMED, SHIPPED), (OUT, DELIVERED), mailbox="complains"),
    Order(1029, "left no e-mail address", _person("Ruth Abara", address=""), "Austin", (CANDLE,), one("usps", 1029),
          shop.usual, (), FULL),
    Order(1030, "a download: nothing to ship", _person("Colm Brady", "en-IE"), "Lyon", ("~Lamp care guide (PDF)",),
          (), shop.usual, (CONFIRMED,)),
    Order(1031, "a letter without a number", _person("Greta Holm"), "Portland", (NAPKINS,), (Packing("", ()),),
          shop.usual, (CONFIRMED, SHIPPED)),
    Order(1032, "the label was replaced", _person("Silas Monroe"), "Asheville", (LANTERN,),
          (packed("ups", parcel("ups", 10321, stories.NEVER_USED)), packed("ups", parcel("ups", 10322))),
          shop.relabelled, FULL),
    Order(1033, "unpacked and packed again", _person("Tessa Varga"), "Madison", (THROW, BULBS),
          (packed("ups", parcel("ups", 10331, stories.NEVER_USED)), packed("fedex", parcel("fedex", 10332))),
          shop.repacked, FULL),
    Order(1034, "a scan code nobody knows", _person("Alden Price"), "Austin", (DUVET,),
          one("fedex", 1034, stories.UNMAPPED), shop.usual, FULL),
    Order(1035, "a scan that comes hours late", _person("Jonas Vogel", "de-AT"), "Freiburg", (LAMP,),
          one("dhl_unified", 1035, stories.LATE_SCAN), shop.usual, FULL),
    Order(1036, "a courier that only the store hears of", _person("Marguerite Lavoie", "fr-CA"), "Halifax", (BASKET,),
          (Packing("Harbour Couriers", (Parcel("HC-1036-7", "", stories.NEVER_USED),)),), shop.by_store_events, FULL),
    Order(1037, "UPS hints, the API answers", _person("Percy Langdon"), "Asheville", (CANDLE, BULBS),
          one("ups", 1037, stories.NEXT_DAY), shop.usual, FULL),
    Order(1038, "everything a day late: old news is not told", _person("Ines Carvalho", "pt-PT"), "Savannah",
          (NAPKINS, TOWELS), one("ups", 1038, stories.NEXT_DAY), shop.a_day_late, (DELIVERED,),
          (CONFIRMED, SHIPPED, OUT)),
    Order(1039, "template code and HTML in the product's name", _person("Paolo Ferrero", "it-IT"), "Torino",
          ("Lamp {{ 7*7 }} <script>alert(1)</script>",), one("dhl_unified", 1039, stories.NEXT_DAY), shop.usual,
          FULL),
    Order(1040, "a shop's second order of one shopper", _person("Harper Ellison"), "Asheville", (THROW,),
          one("usps", 1040), shop.usual, FULL, placed=at("Mon", "09:05")),
)

# fmt: on
WEEK: tuple[Order, ...] = _USUAL + _ODD

STEPS: tuple[float, ...] = tuple(
    at(day, clock)
    for day, clocks in (
        ("Mon", "07:30 09:30 12:30 13:10 17:00 19:30 22:30"),
        ("Tue", "07:00 10:30 11:05 13:30 14:05 17:00 20:05"),
        ("Wed", "07:00 10:30 13:30 14:05 17:00 19:30 20:05"),
        ("Thu", "07:00 10:30 13:30 14:05 17:00 19:30 20:05"),
        ("Fri", "07:00 13:30 14:05 17:00 19:30 20:05 22:30"),
        ("Sat", "07:00 10:30 13:30 14:05 19:30 20:05"),
    )
    for clock in clocks.split()
)
"""The hours the clock is moved to."""
