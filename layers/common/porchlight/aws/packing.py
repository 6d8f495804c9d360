"""JSON as small bytes: compressed against a dictionary of what our items always say.

Write units are counted per kilobyte of the whole item, and a young order is mostly field names; the dictionary brings
a usual order below one kilobyte. The first byte names the dictionary. A dictionary is never edited once something was
stored with it: add the next one, and keep reading the old.
"""

import zlib

_FIRST = (
    b'"verdicts":[{"guard":"switched_on","sentence":"this touchpoint is on"},{"guard":"order_stands","sentence":'
    b'"the order stands"},{"guard":"reachable","sentence":"the shopper can be reached by email"},{"guard":"fresh",'
    b'"sentence":"this happened 0 minutes ago"},{"guard":"still_true","sentence":"nothing newer has overtaken it"},'
    b'{"guard":"merge_window","sentence":"no other parcel to wait for"}],"tells":["order_confirmed#order"]}'
    b'{"decision_id":"shipped#1Z","touchpoint":"delivered","occurrence":"","trigger":"first_movement","rule_version":"",'
    b'"outcome":"send","decided_at":"2026-","happened_at":"2026-","channel":"email","tracking_number":"","facts":'
    b'{"parcel":"","status":"out_for_delivery","sub_status":"none","estimate":"2026-"},'
    b'"untracked","cancelled":true,"gift":true,"test":true,"tags":[""],"marketing_consent":true,"currency":"USD","total":"'
    b'{"order_id":"","store":"shopify","connection":"","vendor_order_id":"","order":{"vendor_order_id":"","number":"#",'
    b'"updated_at":"2026-","placed_at":"2026-","shopper":{"first_name":"","last_name":"","email":"@example.com","phone":"+1",'
    b'"locale":"en-US"},"recipient":{"first_name":"","last_name":"","email":"","phone":"","locale":""},"destination":'
    b'{"city":"","region":"","postal_code":"","country":"US"},"items":[{"line_id":"","title":"","variant":"","sku":"",'
    b'"quantity":2,"image_url":"https://cdn.shopify.com/","product_url":"https://","ships":false}]},"fulfilments":[{'
    b'"fulfilment_id":"","updated_at":"2026-","created_at":"2026-","parcels":[{"tracking_number":"","carrier":"usps",'
    b'"carrier_name":"USPS","tracking_url":"https://"}],"items":[{"line_id":"","quantity":2}]}],"shipments":[{'
    b'"tracking_number":"","carrier":"fedex","events":[{"source":"easypost","status":"pre_transit","sub_status":'
    b'"label_created","occurred_at":"2026-01-01T00:00:00Z","local_time":"2026-01-01T00:00:00-05:00","time_quality":'
    b'"assumed_zone","code":"","description":"Arrived at Facility","place":{"city":"","region":"","postal_code":"",'
    b'"country":"DE"}},{"source":"dhl_unified","status":"exception","sub_status":"processed_at_facility","occurred_at":"202'
    b'6-","local_time":"2026-","time_quality":"date_only","code":"","description":"Departed from Facility",'
    b'"place":{"city":"",'
    b'"country":"US"}},{"source":"fedex","status":"in_transit","sub_status":"departed_facility","occurred_at":"2026-",'
    b'"time_quality":"exact","code":"AR","description":"Out For Delivery Today","place":{"city":"","region":"CA",'
    b'"postal_code":"","country":"US"}},{"source":"ups","status":"in_transit","sub_status":"arrived_at_facility",'
    b'"occurred_at":"2026-","local_time":"2026-","time_quality":"exact","code":"DP","description":"Delivered","place":'
    b'{"city":"","region":"","country":"US"}}],"reports":[{"source":"ups","reported_at":"2026-","status":"delivered",'
    b'"estimate":{"day":"2026-","window_start":"09:00","window_end":"18:00"}}],"first_said":{"delivered.none":"2026-",'
    b'"out_for_delivery.none":"2026-","in_transit.at_local_depot":"2026-","in_transit.accepted":"2026-"},"first_estimate":'
    b'{"source":"ups","reported_at":"2026-","status":"in_transit","estimate":{"day":"2026-"}}}]}'
)

_DICTIONARIES = {b"\x01": _FIRST}
_NEWEST = max(_DICTIONARIES)


def packed(text: str) -> bytes:
    """Text as small bytes."""
    press = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS, zdict=_DICTIONARIES[_NEWEST])
    return _NEWEST + press.compress(text.encode()) + press.flush()


def unpacked(raw: bytes) -> str:
    """The reverse of `packed`, with whichever dictionary it was packed."""
    press = zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=_DICTIONARIES[raw[:1]])
    return press.decompress(raw[1:]).decode()
