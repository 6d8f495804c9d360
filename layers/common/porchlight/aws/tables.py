"""Every adapter over the orders table by one import, for the function that needs them all."""

from porchlight.aws.desk import DynamoDesk
from porchlight.aws.lanes import DynamoLanes
from porchlight.aws.orders import DynamoOrders
from porchlight.aws.privacy import DynamoPrivacy
from porchlight.aws.schedule import DynamoSchedule

__all__ = ["DynamoDesk", "DynamoLanes", "DynamoOrders", "DynamoPrivacy", "DynamoSchedule"]
