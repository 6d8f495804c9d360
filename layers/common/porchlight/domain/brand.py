"""How a shop presents itself to its shoppers: `config/brand.yaml` after it was checked.

Every text may end in a mail header or in HTML, so each field admits only what is harmless there.
"""

from typing import Annotated

from pydantic import Field

from porchlight.domain.model import StrictValue
from porchlight.domain.orders import Person

Line = Annotated[str, Field(min_length=1, max_length=64, pattern=r'^[^\x00-\x1f\x7f<>"]+$')]
"""One line that may stand in a mail header."""
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
"""A colour as `#rrggbb`."""
HttpsUrl = Annotated[str, Field(max_length=500, pattern=r'^https://[^\s<>"\']+$')]
OptionalUrl = Annotated[str, Field(max_length=500, pattern=r'^(https://[^\s<>"\']+)?$')]
OptionalEmail = Annotated[
    str, Field(max_length=254, pattern=r"^([\x21-\x3f\x41-\x7e]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+)?$")
]
LanguageTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]

_LUMINANCE_OF_EQUAL_CONTRAST = 0.179
"""At this luminance black and white text are equally readable (WCAG 2 contrast formula)."""


class Brand(StrictValue):
    """A shop's name, looks and ways to be reached.

    Attributes:
        name: What shoppers call the shop.
        sender_name: What stands in the inbox; the address itself is a parameter of the deployment.
        reply_to: Where answers go; empty when nobody reads answers, and then no text asks for one.
        logo_url: Shown 32 pixels high; empty shows the name instead.
        color: Buttons and progress in a light mail.
        color_dark: The same in dark mode; `None` uses `color`.
        alerts_to: Where messages for the merchant go; empty when nobody wants them.
        postal_address: One line per line of the address; the law of many countries asks for it.
        survey_url: Where who answered the survey may tell more; empty asks for no more.
        review_url: Where a review is written; empty leads to the shop, as for the next three.
        guide_url: First steps with a product.
        rewards_url: What a returning shopper gets.
        referral_url: Where a shop is recommended.
        default_locale: For shoppers whose language the store does not tell or we do not speak.
    """

    name: Line
    sender_name: Line
    shop_url: HttpsUrl
    reply_to: OptionalEmail = ""
    logo_url: OptionalUrl = ""
    color: Color = "#1f5f4a"
    color_dark: Color | None = None
    support_url: OptionalUrl = ""
    support_email: OptionalEmail = ""
    alerts_to: OptionalEmail = ""
    postal_address: tuple[Line, ...] = ()
    review_url: OptionalUrl = ""
    survey_url: OptionalUrl = ""
    guide_url: OptionalUrl = ""
    rewards_url: OptionalUrl = ""
    referral_url: OptionalUrl = ""
    default_locale: LanguageTag = "en"

    @property
    def merchant(self) -> Person:
        """Who gets the messages for the merchant."""
        return Person(first_name=self.name, email=self.alerts_to, locale=self.default_locale)

    @property
    def on_color(self) -> str:
        """Black or white, whichever reads better on `color`."""
        return _readable_on(self.color)

    @property
    def dark_color(self) -> str:
        """The brand's colour in dark mode."""
        return self.color_dark or self.color

    @property
    def on_dark_color(self) -> str:
        """Black or white, whichever reads better on `dark_color`."""
        return _readable_on(self.dark_color)


def _readable_on(color: str) -> str:
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if luminance < _LUMINANCE_OF_EQUAL_CONTRAST else "#111111"


def _linear(channel: float) -> float:
    low_end = 0.04045
    return channel / 12.92 if channel <= low_end else float(((channel + 0.055) / 1.055) ** 2.4)
