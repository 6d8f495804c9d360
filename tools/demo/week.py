"""The week: orders from the usual to the odd.

Read a line as: number, what it shows, who, where to, what, how it travels, how the store tells it, what is sent.
"""

from tools.demo import shop, stories
from tools.demo.orders import Order, Packing, Parcel
from tools.demo.shop_clock import at
from tools.demo.snow import SNOW
from tools.demo.wares import (
    BASKET,
    BULBS,
    CANDLE,
    CONFIRMED,
    DELIVERED,
    DUVET,
    FULL,
    LAMP,
    LANTERN,
    NAPKINS,
    NEW_NUMBER,
    OUT,
    SHIPPED,
    THROW,
    TOWELS,
    one,
    packed,
    parcel,
    person,
)
from tools.demo.world import WORLD

# fmt: off
_USUAL = (
    Order(1001, "the usual: UPS", person("Harper Ellison"), "Asheville", (LAMP, BULBS), one("ups", 1001), shop.usual,
          FULL),
    Order(1002, "FedEx pushes too: told once", person("Miles Okafor"), "Madison", (LANTERN,), one("fedex", 1002),
          shop.usual, FULL),
    Order(1003, "the usual: USPS", person("June Castellano"), "Portland", (NAPKINS, CANDLE), one("usps", 1003),
          shop.usual, FULL),
    Order(1004, "German, DHL, next day", person("Lena Brandt", "de-DE"), "Freiburg", (DUVET,),
          one("dhl_unified", 1004, stories.NEXT_DAY), shop.usual, FULL),
    Order(1005, "French", person("Camille Moreau", "fr-FR"), "Lyon", (THROW, CANDLE),
          one("dhl_unified", 1005, stories.NEXT_DAY), shop.usual, FULL),
    Order(1006, "Spanish", person("Lucía Herrera", "es-ES", address="lucia.herrera@mail.example"), "Sevilla",
          (BASKET,), one("dhl_unified", 1006, stories.NEXT_DAY), shop.usual, FULL),
    Order(1007, "Japanese: no such texts, so the shop's language",
          person("結衣 小林", "ja-JP", address="yui.kobayashi@mail.example"), "Austin", (LANTERN, BULBS),
          one("ups", 1007), shop.usual, FULL),
    Order(1008, "Arabic, right to left", person("ليلى الحداد", "ar-AE", address="layla.haddad@mail.example"),
          "Dubai", (LAMP,), one("fedex", 1008), shop.usual, FULL),
    Order(1009, "two parcels move together: one mail each", person("Theo Lindqvist"), "Savannah", (DUVET, TOWELS),
          (packed("ups", parcel("ups", 10091), parcel("ups", 10092)),), shop.usual, FULL),
    Order(1010, "three parcels, the third a day later", person("Priya Raman"), "Austin", (DUVET, THROW, BASKET),
          (packed("fedex", parcel("fedex", 10101), lines=(0,)), packed("fedex", parcel("fedex", 10102), lines=(1,)),
           packed("fedex", parcel("fedex", 10103, stories.GROUND_LATER), lines=(2,))),
          shop.usual, (*FULL, OUT, DELIVERED)),
    Order(1011, "packed on two days", person("Owen Fairbanks"), "Portland", (LAMP, TOWELS), (packed("usps",
          parcel("usps", 10111), lines=(0,)), packed("ups", parcel("ups", 10112, stories.TUESDAY_START),
          hour=at("Tue", "10:00"), lines=(1,))), shop.usual, (*FULL, SHIPPED, OUT, DELIVERED)),
    Order(1012, "every webhook three times", person("Rosa Delgado"), "Madison", (NAPKINS,), one("usps", 1012),
          shop.repeated, FULL),
    Order(1013, "the packing is told before the order", person("Felix Aronson"), "Asheville", (CANDLE, TOWELS),
          one("usps", 1013), shop.order_last, FULL),
    Order(1014, "webhooks in the wrong order", person("Nadia Petrov"), "Savannah", (LANTERN,), one("ups", 1014),
          shop.backwards, FULL),
    Order(1015, "scans before the packing is known", person("Amelia Thornbury", "en-GB"), "York", (THROW,),
          (Packing("Royal Mail", (Parcel("RN100000015GB", "easypost", stories.GROUND, "royal_mail"),),
           hour=at("Mon", "16:50")),),
          shop.usual, FULL),
    Order(1016, "address problem, then solved", person("Grant Whitlow"), "Madison", (BASKET, NAPKINS),
          one("ups", 1016, stories.ADDRESS), shop.usual, (*FULL, "address_problem")),
    Order(1017, "in the van, told too late; then no scan for days", person("Ivy Nakamura"), "Portland", (LAMP,),
          one("fedex", 1017, stories.STALL), shop.usual, (*FULL, "stalled"), (OUT,)),
    Order(1018, "lost by the carrier", person("Dorian Webb"), "Austin", (DUVET,), one("ups", 1018, stories.LOST),
          shop.usual, (CONFIRMED, SHIPPED, "lost")),
    Order(1019, "collected at a shop", person("Celeste Armand"), "Asheville", (TOWELS, CANDLE),
          one("ups", 1019, stories.PICKUP), shop.usual, (*FULL, "ready_for_pickup")),
    Order(1020, "nobody home, again the next day", person("Hugo Baptiste"), "Savannah", (THROW,),
          one("usps", 1020, stories.ATTEMPTED), shop.usual, (*FULL, OUT, "delivery_attempted")),
)

_ODD = (
    Order(1021, "two days later than promised", person("Sabine Keller", "de-DE"), "Madison", (LAMP, LANTERN),
          one("fedex", 1021, stories.NEW_DATE), shop.usual, (*FULL, "delayed")),
    Order(1022, "refused at the door, goes back", person("Walter Simms"), "Austin", (BASKET,),
          one("ups", 1022, stories.RETURN), shop.usual,
          (CONFIRMED, SHIPPED, OUT, "exception", "returning", "returned")),
    Order(1023, "cancelled before it was packed", person("Nora Quill"), "Portland", (BULBS,), (), shop.cancelled,
          (CONFIRMED, "cancelled")),
    Order(1024, "cancelled, and told in the wrong order", person("Emmett Vance"), "Asheville", (NAPKINS,), (),
          shop.cancelled_first, ("cancelled",), (CONFIRMED,)),
    Order(1025, "a gift: receiver and shopper differ", person("Sofia Marchetti", "it-IT"), "Torino", (CANDLE, THROW),
          one("dhl_unified", 1025, stories.NEXT_DAY), shop.usual, FULL, receiver=("Bruno", "Galli")),
    Order(1026, "EasyPost and Canada Post tell the same: once", person("Maeve MacKinnon", "en-CA"), "Halifax",
          (LANTERN, BULBS), (Packing("Canada Post", (Parcel("LM100000026CA", "easypost", stories.GROUND, "canada_post",
          (("canada_post", stories.GROUND),)),)),), shop.usual, FULL),
    Order(1027, "the address bounces: no further mail",
          person("Gus Harlan", address="gus.harlan@no-such-host.example"), "Madison", (LAMP,), one("ups", 1027),
          shop.usual, (CONFIRMED,), (SHIPPED, OUT, DELIVERED), mailbox="bounces"),
    Order(1028, "marks a mail as spam: no further mail", person("Beatrix Cole"), "Savannah", (TOWELS,),
          one("fedex", 1028), shop.usual, (CONFIRMED, SHIPPED), (OUT, DELIVERED), mailbox="complains"),
    Order(1029, "left no e-mail address", person("Ruth Abara", address=""), "Austin", (CANDLE,), one("usps", 1029),
          shop.usual, (), FULL),
    Order(1030, "a download: nothing to ship", person("Colm Brady", "en-IE"), "Lyon", ("~Lamp care guide (PDF)",),
          (), shop.usual, (CONFIRMED,)),
    Order(1031, "a letter without a number", person("Greta Holm"), "Portland", (NAPKINS,), (Packing("", ()),),
          shop.usual, (CONFIRMED, SHIPPED)),
    Order(1032, "the label was replaced: a new number", person("Silas Monroe"), "Asheville", (LANTERN,),
          (packed("ups", parcel("ups", 10321, stories.NEVER_USED)), packed("ups", parcel("ups", 10322))),
          shop.relabelled, (*FULL, NEW_NUMBER)),
    Order(1033, "unpacked and packed again", person("Tessa Varga"), "Madison", (THROW, BULBS),
          (packed("ups", parcel("ups", 10331, stories.NEVER_USED)), packed("fedex", parcel("fedex", 10332))),
          shop.repacked, (*FULL, NEW_NUMBER)),
    Order(1034, "a scan code nobody knows: on the mapping desk", person("Alden Price"), "Austin", (DUVET,),
          one("fedex", 1034, stories.UNMAPPED), shop.usual, FULL),
    Order(1035, "a scan that comes hours late", person("Jonas Vogel", "de-AT"), "Freiburg", (LAMP,),
          one("dhl_unified", 1035, stories.LATE_SCAN), shop.usual, FULL),
    Order(1036, "a courier that only the store hears of", person("Marguerite Lavoie", "fr-CA"), "Halifax", (BASKET,),
          (Packing("Harbour Couriers", (Parcel("HC-1036-7", "", stories.NEVER_USED),)),), shop.by_store_events, FULL),
    Order(1037, "UPS hints, the API answers", person("Percy Langdon"), "Asheville", (CANDLE, BULBS),
          one("ups", 1037, stories.NEXT_DAY), shop.usual, FULL),
    Order(1038, "everything a day late: old news is not told", person("Ines Carvalho", "pt-PT"), "Savannah",
          (NAPKINS, TOWELS), one("ups", 1038, stories.NEXT_DAY), shop.a_day_late, (DELIVERED,),
          (CONFIRMED, SHIPPED, OUT)),
    Order(1039, "template code and HTML in the product's name", person("Paolo Ferrero", "it-IT"), "Torino",
          ("Lamp {{ 7*7 }} <script>alert(1)</script>",), one("dhl_unified", 1039, stories.NEXT_DAY), shop.usual,
          FULL),
    Order(1040, "a second order of one shopper, told with #1001", person("Harper Ellison"), "Asheville", (THROW,),
          one("usps", 1040), shop.usual, FULL, placed=at("Mon", "09:05")),
)

# fmt: on
TOGETHER = (1001, 1040)
"""Of one shopper, and under way at the same hours."""
WEEK: tuple[Order, ...] = _USUAL + _ODD + WORLD + SNOW

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
