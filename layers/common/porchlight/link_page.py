"""The page behind a link of a message: a whole HTML document without script.

It works in every browser and with every screen reader, and its policy forbids everything but its own style and a form
to where it came from. The form goes to the page's own address, so the link's token stands nowhere in it.
"""

import hashlib
from base64 import b64encode
from html import escape

from porchlight.domain.brand import Brand
from porchlight.texts import Texts

_STYLE = """\
:root{color-scheme:light dark}
body{margin:0 auto;max-width:34rem;padding:2rem 1.25rem;font:1.05rem/1.55 system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.2;margin:2rem 0 .75rem}
a{color:inherit}
button{font:inherit;font-weight:600;min-height:2.9rem;padding:.5rem 1.35rem;margin-top:1rem;border:1px solid;\
border-radius:12px;cursor:pointer}
.main{background:%(color)s;color:%(on)s;border-color:%(color)s}
.other{background:none;color:inherit}
"""


def link_page(title: str, body: str, texts: Texts, brand: Brand, more_style: str = "") -> str:
    """The document. `title` is plain text, `body` HTML, `more_style` CSS beyond what every page has."""
    style = _STYLE % {"color": brand.color, "on": brand.on_color} + more_style
    return f"""<!doctype html>
<html lang="{texts.locale}" dir="{texts.direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
<a href="{escape(brand.shop_url)}">{escape(brand.name)}</a>
<main>
<h1>{escape(title)}</h1>
{body}</main>
</body>
</html>
"""


def _policy(style: str) -> str:
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'"
