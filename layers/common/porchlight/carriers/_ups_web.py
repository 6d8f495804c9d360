"""What ups.com's tracking page is answered, turned into the form of UPS's Track API so that one parser reads both.

In: JSON with `trackDetails`, one entry a number. Out: one package of the API each; a number that UPS does not know has
the error code of the API. Scans have the same activity codes, and sometimes a milestone, which is a key of UPS's texts.
The clocks are formatted for the reader's language; only the GMT beside them is read. Not a plug-in.
"""

from datetime import UTC, datetime

from porchlight.carriers._payload import Text
from porchlight.carriers._tree import Many, Vendor, at
from porchlight.domain.codes import Reading, by_code
from porchlight.domain.status import Status, SubStatus

MILESTONE_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "orderReceived readyForShpmt returnLabelCreated",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "pkpUpAttempted secondPkpUpAttempted finalPkpUpAttempted",
        (Status.CANCELLED, SubStatus.NONE): "shipmentVoided pkpUpCanceled",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "weHaveYourPkg collected pickedUpByUPS dropoffAccessPoint",
        (Status.IN_TRANSIT, SubStatus.NONE): "inTransit shipped",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "clearedCustoms clearedImprtCustoms",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "tenderedToUPSDeliveryAgent",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "addressChangeRequested addressChangeRequestCompleted",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "outForDelivery",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): (
            "pkgIsReadyForPickup deliveredToUAP pkgReadyForPickupAP pkgIsAvailForPickup awaitingCustomerpickup"
            " delToUPSLoc"
        ),
        (Status.DELIVERED, SubStatus.NONE): (
            "delivered pkgIsDel shipmentIsDelivered uspsTrackingDeliveredMsg1 uspsDeliveredMsg"
        ),
        (Status.DELIVERED, SubStatus.COLLECTED): "customerPickUp rfidConfirmedPickUp",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): (
            "delAttpted secondryDeliveryAttempted fnlDelAttpted finalDeliveryAttempt postOfficeAttemptedDelivery"
        ),
        (Status.EXCEPTION, SubStatus.NONE): "investigationOpened",
        (Status.EXCEPTION, SubStatus.HELD): "packageHalted",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "shipmentClearencePending",
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "incompleteDocumentationReceived",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "returned retnToSender",
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "deliveryRefused",
    }
)
_PREFIX, _UNKNOWN_NUMBER = "cms.stapp.", "504"


class _Scan(Vendor):
    code: Text = at("actCode")
    words: Text = at("activityScan")
    milestone: Text = at("milestoneName.nameKey")
    day: Text = at("gmtDate")
    clock: Text = at("gmtTime")
    offset: Text = at("gmtOffset")

    def form(self) -> dict[str, object]:
        milestone = self.milestone.removeprefix(_PREFIX)
        status = {"code": self.code, "type": milestone, "description": self.words}
        return {"status": status, "gmtDate": self.day, "gmtTime": self.clock} | self._local()

    def _local(self) -> dict[str, object]:
        try:
            moment = datetime.fromisoformat(f"{self.day}T{self.clock}+00:00")
            zone = datetime.fromisoformat(f"{self.day}T{self.clock}{self.offset}").tzinfo
            local = moment.astimezone(zone or UTC)
        except (ValueError, OverflowError):
            return {}
        return {"date": f"{local:%Y%m%d}", "time": f"{local:%H%M%S}"}


class Detail(Vendor):
    """One number's entry."""

    number: Text = at("trackingNumber", "requestedTrackingNumber")
    error: Text = at("errorCode")
    type: Text = at("packageStatusType")
    status: Text = at("packageStatusCode")
    milestone: Text = at("currentMilestone.nameKey")
    day: Text = at("sdd")
    start: Text = at("sdst")
    end: Text = at("sdt")
    scans: Many[_Scan] = at("shipmentProgressActivities", default=())

    @property
    def is_unknown(self) -> bool:
        """Whether UPS knows no such number."""
        return self.error == _UNKNOWN_NUMBER

    def form(self) -> dict[str, object]:
        """As a package of the Track API."""
        milestone = self.milestone.removeprefix(_PREFIX)
        return {
            "trackingNumber": self.number,
            "currentStatus": {"type": milestone or self.type, "code": self.status},
            "activity": [scan.form() for scan in self.scans],
            "scheduledDeliveryDate": self.day,
            "deliveryTime": {"startTime": self.start, "endTime": self.end},
        }
