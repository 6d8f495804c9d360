"""The Universal Postal Union's events of an international item (EMSEVT), which posts pass on to each other.

UPU standards M17 and M40, and the list of events in the EDI guide. "Outward" is the country of the sender, "inward"
that of the recipient; between two posts an item goes through "offices of exchange". Not a plug-in.
"""

from porchlight.domain.codes import Reading, by_code
from porchlight.domain.status import Status, SubStatus

STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "EMA",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "EMB EMJ EDD",  # outward, in transit; sorting centre
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "EMC EMK EMF EDE",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "EMD",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "EMG",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "EXA EDB",  # export, import
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "EXC EDC",  # returned from customs
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "EDG",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "EDH",
        (Status.DELIVERED, SubStatus.NONE): "EMI",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "EMH",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "EXB EME",
        (Status.EXCEPTION, SubStatus.HELD): "EXD EDA EDF",  # at an office of exchange, at the delivery depot
        (Status.EXCEPTION, SubStatus.NONE): "EXX EDX",  # export or import ended for good
    }
)
