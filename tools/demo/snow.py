"""The week's storm: twelve parcels by one carrier to one country stand still from Monday to Saturday.

On Friday the stack looks at one of the orders, as it does four business days after every order. It finds the lane,
tells its shopper of the storm, and calls the others. On Friday evening each has had no scan for four business
days; these single alerts wait, and are overtaken when the parcels move again on Saturday.
"""

from tools.demo import shop, stories
from tools.demo.orders import Order
from tools.demo.stories import Story, scans
from tools.demo.wares import BASKET, BULBS, CANDLE, CONFIRMED, DELIVERED, FULL, LAMP, LANTERN, OUT, SHIPPED, one, person

FIRST = 1058
PAIR = (FIRST, FIRST + 1)
"""Of one shopper: whichever is looked at first tells of the storm, and the other holds back."""
STORM, STALLED = "storm", "stalled"
LANE = "usps-US"
_THAW = scans("Sat 03:15 arrived 1", "Sat 13:10 out 2", "Sat 18:25 delivered 2")
_SNOWED_IN_FIRST = Story(
    scans("Mon 12:05 label 0", "Mon 15:20 accepted 0", "Mon 19:40 departed 0") + _THAW, stories.STALL.estimates
)
"""Its own alert is due before those of the others."""
_SNOWED_IN = Story(
    scans("Mon 12:05 label 0", "Mon 15:20 accepted 0", "Mon 22:10 departed 0") + _THAW, stories.STALL.estimates
)
_OTHERS = (
    ("Opal Hendry", "Madison", LAMP),
    ("Curtis Yarrow", "Portland", CANDLE),
    ("Mabel Osei", "Savannah", LANTERN),
    ("Ludo Ferris", "Austin", BULBS),
    ("Inga Solberg", "Asheville", BASKET),
    ("Wes Calloway", "Madison", CANDLE),
    ("Dina Rahimi", "Portland", LAMP),
    ("Otis Pell", "Savannah", BULBS),
    ("Hana Kubo", "Austin", LANTERN),
    ("Fay Winslow", "Asheville", CANDLE),
)
_TOLD = shop.order_last
"""Their packing is known when the order is, so that nobody looks on Friday whether they are packed."""
_SHOPPER = person("Vera Lockhart")

SNOW: tuple[Order, ...] = (
    Order(
        FIRST,
        "a lane stands still: its look finds the storm",
        _SHOPPER,
        "Asheville",
        (LANTERN,),
        one("usps", FIRST, _SNOWED_IN_FIRST),
        shop.usual,
        (*FULL, STORM),
        (STALLED,),
    ),
    Order(
        FIRST + 1,
        "the same shopper is told of it once",
        _SHOPPER,
        "Asheville",
        (CANDLE,),
        one("usps", FIRST + 1, _SNOWED_IN),
        _TOLD,
        (CONFIRMED, SHIPPED, OUT, DELIVERED),
        (STALLED, STORM),
    ),
    *(
        Order(
            FIRST + 2 + index,
            "in the same storm: one mail, no single alert",
            person(name),
            town,
            (goods,),
            one("usps", FIRST + 2 + index, _SNOWED_IN),
            _TOLD,
            (*FULL, STORM),
            (STALLED,),
        )
        for index, (name, town, goods) in enumerate(_OTHERS)
    ),
)
