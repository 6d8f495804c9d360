"""What the template tells the functions, read once: the only reader of the environment.

One set of names for all functions; which of them a function may use is for its role to say.
"""

import os
from functools import cache

from porchlight.domain.model import StrictValue


class Settings(StrictValue):
    """Environment of every function; each field is an upper-case variable of the template.

    Attributes:
        secrets_path: Prefix of the connections' parameters, e.g. `/porchlight/<stack>`.
        page_url: Address of the tracking page, without a trailing slash.
        retention_days: How long an order is kept after its last change.
    """

    orders_table: str
    customers_table: str
    connections_table: str
    updates_queue_url: str
    polling_queue_url: str
    messages_queue_url: str
    stores_queue_url: str
    data_bucket: str
    secrets_path: str
    link_key_arn: str
    sender_address: str
    mail_configuration_set: str
    page_url: str
    retention_days: int


@cache
def settings() -> Settings:
    """The settings of this process."""
    names = Settings.model_fields
    return Settings.model_validate({name: os.environ[name.upper()] for name in names if name.upper() in os.environ})
