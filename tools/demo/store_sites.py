"""The simulated stores that are read: which orders they hold by now, behind an account with its own key and limit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType

from porchlight.plugins import STORES

from tools.demo.accounts import Account
from tools.demo.carriers import REFUSED, TOO_MANY
from tools.demo.orders import Order
from tools.demo.shop_clock import Clock
from tools.demo.stores import bigcommerce, woocommerce
from tools.demo.stores.bought import Bought
from tools.demo.vendor_api import Call, Entry, Reply

READ: dict[str, ModuleType] = {module.CODE: module for module in (woocommerce, bigcommerce)}


@dataclass(slots=True)
class StoreSites:
    """The stores and the shop's accounts with them."""

    orders: tuple[Order, ...]
    clock: Clock
    accounts: dict[str, Account] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code in READ:
            self.accounts[code] = Account(f"{code}-key", f"{code}-secret", STORES.get(code).budget, 0, [])

    def answer(self, code: str, call: Call) -> Reply:
        """What the store answers."""
        entry: Entry = READ[code].ENTRY
        answer: Callable[[Call, Iterable[Bought]], Reply] = READ[code].answer
        account, now = self.accounts[code], self.clock.now
        if not account.admit(now):
            return TOO_MANY
        if not account.lets_in(call, entry, now):
            return REFUSED
        hour = self.clock.hour
        held = [order for order in self.orders if order.store == code and order.placed <= hour]
        return answer(call, [Bought(order, hour, self.clock.moment) for order in held])
