"""What the week's orders are made of: people, goods, parcels with numbers as each carrier writes them."""

from tools.demo import stories
from tools.demo.orders import PACKED, Packing, Parcel, Person
from tools.demo.stories import Story

FULL = ("order_confirmed", "shipped", "out_for_delivery", "delivered")
CONFIRMED, SHIPPED, OUT, DELIVERED = FULL
NEW_NUMBER = "new_number"

LAMP, LANTERN, DUVET = "Brass reading lamp", "Paper lantern / Large", "Linen duvet cover / Oat, King"
NAPKINS, THROW, BULBS = "Linen napkins, set of four / Clay", "Wool throw / Moss", "Filament bulbs, set of three"
BASKET, TOWELS, CANDLE = "Willow basket", "Waffle towels / Sand", "Beeswax candles"

_CARRIERS = {  # what the store calls it, how it writes its numbers
    "ups": ("UPS", "1Z54F78A0300{:06}"),
    "fedex": ("FedEx", "794600{:06}"),
    "usps": ("USPS", "9400111899223100{:06}"),
    "dhl_unified": ("DHL Parcel", "3SLAMP00{:06}"),
    "dhl_express": ("DHL Express", "5300{:06}"),
    "canada_post": ("Canada Post", "7035114477{:06}"),
    "purolator": ("Purolator", "329004{:06}"),
    "la_poste": ("Colissimo", "6A00000{:06}"),
    "postnl": ("PostNL", "3SRCHL00{:06}"),
    "royal_mail": ("Royal Mail", "RN1{:06}50GB"),
    "gls": ("GLS", "99000{:06}"),
    "correios_br": ("Correios Brazil", "AA1{:06}50BR"),
}


def person(name: str, locale: str = "en-US", *, address: str | None = None) -> Person:
    """Somebody, with an address made from the name unless another is given."""
    first, _, last = name.partition(" ")
    plain = f"{first}.{last}".lower().replace(" ", ".").replace("'", "")
    return Person(first, last, f"{plain}@mail.example" if address is None else address, locale)


def parcel(
    carrier: str, number: int, story: Story = stories.GROUND, others: tuple[tuple[str, Story], ...] = ()
) -> Parcel:
    """A parcel; `number` has four to five digits."""
    return Parcel(_CARRIERS[carrier][1].format(number), carrier, story, others=others)


def packed(carrier: str, *parcels: Parcel, hour: float = PACKED, lines: tuple[int, ...] = (0, 1, 2)) -> Packing:
    """One fulfilment with a simulated carrier."""
    return Packing(_CARRIERS[carrier][0], parcels, lines, hour)


def one(carrier: str, number: int, story: Story = stories.GROUND, hour: float = PACKED) -> tuple[Packing, ...]:
    """A single parcel."""
    return (packed(carrier, parcel(carrier, number, story), hour=hour),)
