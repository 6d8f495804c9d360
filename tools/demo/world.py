"""The week's orders from other stores, with other carriers, and with carriers that contradict each other or themselves.

Read a line as those of `week.py`.
"""

from tools.demo import shop, stories
from tools.demo.orders import Order, Packing, Parcel
from tools.demo.shop_clock import at
from tools.demo.stores import bigcommerce, woocommerce
from tools.demo.wares import (
    BASKET,
    BULBS,
    CANDLE,
    DUVET,
    FULL,
    LAMP,
    LANTERN,
    NAPKINS,
    THROW,
    TOWELS,
    one,
    packed,
    parcel,
    person,
)

CONTRADICTED, RECYCLED, IN_TURN, AGGREGATED, UNHEARD = 1051, 1052, 1049, 1050, 1056

# fmt: off
WORLD = (
    Order(1041, "Canada Post answers in XML", person("Elodie Tremblay", "fr-CA"), "Vancouver", (LAMP, BULBS),
          one("canada_post", 1041), shop.usual, FULL),
    Order(1042, "La Poste names no place", person("Hélène Garnier", "fr-FR", address="helene.garnier@mail.example"),
          "Nantes", (THROW,), one("la_poste", 1042, stories.NEXT_DAY), shop.usual, FULL),
    Order(1043, "PostNL writes the day first", person("Joris Vermeer", "nl-NL"), "Utrecht", (LANTERN,),
          one("postnl", 1043, stories.NEXT_DAY), shop.usual, FULL),
    Order(1044, "Royal Mail", person("Imogen Hartley", "en-GB"), "York", (NAPKINS, CANDLE),
          one("royal_mail", 1044, stories.NEXT_DAY), shop.usual, FULL),
    Order(1045, "Purolator speaks SOAP, and names no day", person("Declan Fraser", "en-CA"), "Calgary", (DUVET,),
          one("purolator", 1045, stories.EVENING), shop.usual, FULL),
    Order(1046, "Correios: Portuguese, Brasília's time", person("Beatriz Moura", "pt-BR"), "Recife", (BASKET,),
          one("correios_br", 1046), shop.usual, FULL),
    Order(1047, "GLS", person("Anneke Behrens", "de-DE"), "Bremen", (TOWELS, CANDLE),
          one("gls", 1047, stories.NEXT_DAY), shop.usual, FULL),
    Order(1048, "DHL Express", person("Omar Nasser", "ar-AE"), "Dubai", (LAMP,),
          one("dhl_express", 1048, stories.NEXT_DAY), shop.usual, FULL),
    Order(IN_TURN, "no carrier named: who may it be? asked in turn", person("Saskia de Wit", "nl-NL"), "Utrecht",
          (THROW, BULBS), (Packing("", (parcel("dhl_unified", 1049),)),), shop.usual, FULL),
    Order(AGGREGATED, "only AfterShip knows it: registered, pushed", person("Corentin Leroy", "fr-FR"), "Lyon",
          (LANTERN,), (Packing("Yanwen", (Parcel("UG100000050YP", "aftership", stories.NEXT_DAY, "yanwen"),)),),
          shop.usual, FULL),
    Order(CONTRADICTED, "17TRACK says delivered, UPS does not", person("Rowena Stark"), "Madison", (DUVET, NAPKINS),
          (packed("ups", parcel("ups", 1051, others=(("17track", stories.FALSE_DELIVERY),))),), shop.usual, FULL),
    Order(RECYCLED, "a number that was another parcel's in July", person("Tobias Wren"), "Savannah", (BASKET, LAMP),
          one("ups", 1052, stories.RECYCLED), shop.usual, FULL),
    Order(1053, "bought in WooCommerce", person("Fenna Bakker", "nl-NL"), "Utrecht", (CANDLE, TOWELS),
          one("postnl", 1053, stories.NEXT_DAY), woocommerce.usual, FULL, store="woocommerce"),
    Order(1054, "WooCommerce names it, the stack reads it", person("Callum Reid", "en-GB"), "York", (LAMP, THROW),
          one("royal_mail", 1054, stories.NEXT_DAY), woocommerce.usual, FULL, store="woocommerce", fulfilments=True),
    Order(1055, "BigCommerce names it, the stack reads it", person("Delia Marsh"), "Portland", (BULBS, LANTERN),
          one("usps", 1055), bigcommerce.usual, FULL, store="bigcommerce"),
    Order(UNHEARD, "BigCommerce's webhooks get lost: found by reading", person("Ambrose Tully"), "Austin", (BASKET,),
          one("fedex", 1056), bigcommerce.unheard, FULL, store="bigcommerce"),
    Order(1057, "ShipEngine pushes what OnTrac does", person("Noemi Alvarez", "es-US"), "Austin", (NAPKINS,),
          (Packing("OnTrac", (Parcel("D10000001057000", "shipengine", stories.GROUND, "ontrac"),),
           hour=at("Mon", "12:00")),), shop.usual, FULL),
)
# fmt: on
