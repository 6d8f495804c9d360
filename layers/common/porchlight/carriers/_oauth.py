"""OAuth 2 client credentials; see `porchlight/access.py`."""

from porchlight.access import base_url, basic_request, form_request, read_token

__all__ = ["base_url", "basic_request", "form_request", "read_token"]
