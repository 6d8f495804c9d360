"""Fill the tracking page: brand and API base into its slots, and the policy that runs its own script and style only.

The content security policy stands in the page (`<meta http-equiv>`), so that page and policy are of one version,
whichever of template and page is published first. After an edit of the inline script or style run
`python -m tools.tracking_page`; a test fails until it is done.
"""

import base64
import hashlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parent.parent / "web" / "tracking" / "index.html"
BRAND_FIELDS = (
    "name",
    "logo_url",
    "color",
    "color_dark",
    "shop_url",
    "support_url",
    "support_email",
    "default_locale",
)
"""What the page shows of `config/brand.yaml`; the rest of it is about mails."""

_BRAND = '<script type="application/json" id="brand">{}</script>'
_API = '<meta name="porchlight-api" content="">'
_POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*(">)')


def filled(page: str, brand: Mapping[str, object], api_base: str = "") -> str:
    """The page of one shop.

    Args:
        page: `web/tracking/index.html` as it lies in the repository.
        brand: Fields of `config/brand.yaml`; `BRAND_FIELDS` are taken.
        api_base: Root of the API without a slash at the end; empty where page and API have one host.
    """
    shown = {field: brand[field] for field in BRAND_FIELDS if brand.get(field)}
    slot = json.dumps(shown, ensure_ascii=False).replace("<", "\\u003c")
    page = _once(page, _BRAND, _BRAND.replace("{}", slot))
    if api_base:
        page = _once(page, _API, _API.replace('""', f'"{api_base}"'))
    return with_policy(page, "/".join(api_base.split("/")[:3]))


def policy(page: str, api_origin: str = "") -> str:
    """Only this page's inline script and style run. `api_origin` is empty where page and API have one host."""
    script = _digests(page, r"<script>(.*?)</script>")
    style = _digests(page, r"<style>(.*?)</style>")
    connect = f"'self' {api_origin}".strip()
    return (
        f"default-src 'none'; script-src {script}; style-src {style}; img-src https: data:; connect-src {connect}; "
        "form-action 'none'; base-uri 'none'"
    )


def with_policy(page: str, api_origin: str = "") -> str:
    """The page with its policy filled in."""
    words = policy(page, api_origin)
    return _POLICY.sub(lambda match: match[1] + words + match[2], page, count=1)


def _once(page: str, slot: str, value: str) -> str:
    if page.count(slot) != 1:
        message = f"the page has no empty slot {slot}"
        raise ValueError(message)
    return page.replace(slot, value)


def _digests(page: str, tag: str) -> str:
    bodies = re.findall(tag, page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def main() -> int:
    """Write the policy into the page."""
    PAGE.write_text(with_policy(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
