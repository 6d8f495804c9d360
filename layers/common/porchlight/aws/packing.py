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

_SECOND = _FIRST + (
    b'{"version":1,"sent":[{"at":"2026-","order_id":"","message_id":"","touchpoint":"","purpose":"marketing","channel"'
    b':"sms"}]}"outcome":"delay","decided_at":"2026-","until":"2026-","into":"","variant":"","audience":"merchant","pu'
    b'rpose":"marketing","urgent":true,"due_at":"2026-{"guard":"one_message","outcome":"merge","sentence":"told in the'
    b' message order_confirmed#order"}{"guard":"shadow","outcome":"shadow","sentence":"would have been sent; this jour'
    b'ney only watches"}{"guard":"switched_on","outcome":"drop","sentence":"this touchpoint is switched off"}{"guard":'
    b'"order_stands","outcome":"drop","sentence":"the order was cancelled"}{"guard":"condition","outcome":"drop","sent'
    b'ence":"this order does not meet: parcel.sub_status{"guard":"reachable","outcome":"drop","sentence":"the order ha'
    b's no address for these channels"}{"guard":"fresh","outcome":"drop","sentence":"this happened 3 days ago; it is t'
    b'old for 24 hours"}{"guard":"still_true","outcome":"drop","sentence":"overtaken: the parcel is delivered by now"}'
    b'"sentence":"overtaken: no longer so when its time came"{"guard":"consent","outcome":"drop","sentence":"no consen'
    b't to marketing by email"}"sentence":"the shopper no longer wants marketing messages by email"{"guard":"suppresse'
    b'd","outcome":"drop","sentence":"nothing is sent to this address: {"guard":"quiet_band","outcome":"drop","sentenc'
    b'e":" is still within the promised 2026-{"guard":"worth_telling","outcome":"drop","sentence":"not worth it now: 0'
    b'.10 = the news +0.40, 3 messages in a day -0.30, never opens -0.10, 0.20 needed"}{"guard":"review_hold","outcome'
    b'":"delay","sentence":"{"guard":"frequency_cap","outcome":"delay","sentence":"2 marketing messages in 7 days, 2 a'
    b't most","until":"2026-{"guard":"quiet_hours","outcome":"delay","sentence":"quiet hours there until Monday 08:00"'
    b',"until":"2026-{"guard":"merge_window","outcome":"delay","sentence":"waits for other parcels of this order until'
    b' 10:00 UTC","until":"2026-{"decision_id":"review_request#all_arrived","touchpoint":"all_arrived","occurrence":""'
    b',"trigger":"order_placed","rule_version":"","outcome":"drop","decided_at":"2026-{"decision_id":"out_for_delivery'
    b'#1Z","touchpoint":"out_for_delivery","occurrence":"1Z","trigger":"out_for_delivery","rule_version":"","outcome":'
    b'"send","decided_at":"2026-01-01T00:00:00.000000Z","happened_at":"2026-01-01T00:00:00Z","channel":"email","tracki'
    b'ng_number":"1Z","facts":{"order":"#","items":"1","parcel":"1Z","status":"in_transit","sub_status":"none"},"verdi'
    b'cts":[{"guard":"switched_on","sentence":"this touchpoint is on"},{"guard":"order_stands","sentence":"the order s'
    b'tands"},{"guard":"condition","sentence":"this order meets its condition"},{"guard":"condition","sentence":"it is'
    b' for every order"},{"guard":"reachable","sentence":"the shop can be reached by email"},{"guard":"reachable","sen'
    b'tence":"the shopper can be reached by email"},{"guard":"fresh","sentence":"this happened 0 minutes ago"},{"guard'
    b'":"still_true","sentence":"nothing newer has overtaken it"},{"guard":"consent","sentence":"the shopper agreed to'
    b' marketing by email"},{"guard":"consent","sentence":"a message about their own order needs no further consent"},'
    b'{"guard":"suppressed","sentence":"the address takes messages"},{"guard":"quiet_band","sentence":"the promised da'
    b'y is left"},{"guard":"quiet_band","sentence":"no day has moved"},{"guard":"worth_telling","sentence":"worth 0.60'
    b' = the news +0.70, 1 messages in a day -0.10, looks and reads +0.10"},{"guard":"hold_out","sentence":"not held o'
    b'ut of this"},{"guard":"held_by_hand","sentence":"nobody holds it"},{"guard":"review_hold","sentence":"no review '
    b'is asked for"},{"guard":"frequency_cap","sentence":"urgent news is told in any case"},{"guard":"frequency_cap","'
    b'sentence":"fewer messages lately than the cap"},{"guard":"quiet_hours","sentence":"an hour at which one may writ'
    b'e"},{"guard":"quiet_hours","sentence":"told at any hour"},{"guard":"best_hour","sentence":"not kept for a better'
    b' hour"},{"guard":"merge_window","sentence":"waited for other parcels long enough"},{"guard":"merge_window","sent'
    b'ence":"no other parcel to wait for"}],"tells":["out_for_delivery#1Z"]}'
)

_THIRD = _SECOND + (
    b'"guard":"channel_health","outcome":"delay","sentence":""guard":"text_limit","outcome":"delay","sentence":"3 '
    b'texts in a day about this order, 3 at most","until":"2026-"guard":"digest","outcome":"delay","sentence":"wai'
    b'ts for news of this shopper\'s other orders until 10:30 UTC","until":"2026-"guard":"digest","sentence":"waite'
    b'd for news of other orders long enough","until":"2026-"guard":"one_message","outcome":"merge","sentence":"go'
    b'es with the mail about order #1001 of the same shopper"}"also":[""verdicts":[{"guard":"order_stands","senten'
    b'ce":"the order stands"},{"guard":"condition","sentence":"it is for every order"},{"guard":"reachable","sente'
    b'nce":"the shop can be reached by email"},{"guard":"fresh","sentence":"this happened 0 minutes ago"},{"guard"'
    b':"still_true","sentence":"nothing newer has overtaken it"},{"guard":"storm","sentence":"no storm holds it"},'
    b'{"guard":"channel_health","sentence":"the channel takes messages"},{"guard":"merge_window","sentence":"no ot'
    b'her parcel to wait for"}],"tells":[""frequency_cap","sentence":"urgent news is told in any case"},{"guard":"'
    b'text_limit","sentence":"not a text message"},{"guard":"quiet_hours","sentence":"told at any hour"},{"guard":'
    b'"best_hour","sentence":"not kept for a better hour"},{"guard":"merge_window","sentence":"no other parcel to '
    b'wait for"},{"guard":"digest","sentence":"not kept for news of other orders"}],"urgent":true,"tells":["{"deci'
    b'sion_id":"delivered#1Z","touchpoint":"delivered","occurrence":"1Z","trigger":"first_movement","rule_version"'
    b':"","outcome":"send","decided_at":"2026-","happened_at":"2026-","channel":"email","tracking_number":"1Z","fa'
    b'cts":{"parcel":"1Z","status":"in_transit","sub_status":"none"},"verdicts":[{"guard":"order_stands","sentence'
    b'":"the order stands"},{"guard":"condition","sentence":"it is for every order"},{"guard":"reachable","sentenc'
    b'e":"the shopper can be reached by email"},{"guard":"fresh","sentence":"this happened 0 minutes ago"},{"guard'
    b'":"still_true","sentence":"nothing newer has overtaken it"},{"guard":"consent","sentence":"a message about t'
    b'heir own order needs no further consent"},{"guard":"suppressed","sentence":"the address takes messages"},{"g'
    b'uard":"quiet_band","sentence":"no day has moved"},{"guard":"worth_telling","sentence":"worth 0.60 = the news'
    b' +0.70, 1 messages in a day -0.10"},{"guard":"hold_out","sentence":"not held out of this"},{"guard":"not_bou'
    b'ght_again","sentence":"it is not about a supply"},{"guard":"not_answered","sentence":"it asks no survey"},{"'
    b'guard":"runs_low","sentence":"it is not about a supply"},{"guard":"storm","sentence":"no storm holds it"},{"'
    b'guard":"channel_health","sentence":"the channel takes messages"},{"guard":"held_by_hand","sentence":"nobody '
    b'holds it"},{"guard":"review_hold","sentence":"no review is asked for"},{"guard":"frequency_cap","sentence":"'
    b'fewer messages lately than the cap"},{"guard":"text_limit","sentence":"not a text message"},{"guard":"quiet_'
    b'hours","sentence":"told at any hour"},{"guard":"best_hour","sentence":"not kept for a better hour"},{"guard"'
    b':"merge_window","sentence":"no other parcel to wait for"},{"guard":"digest","sentence":"no other order of th'
    b'is shopper is under way"}],"tells":["'
)

_DICTIONARIES = {b"\x01": _FIRST, b"\x02": _SECOND, b"\x03": _THIRD}
_NEWEST = max(_DICTIONARIES)


def packed(text: str) -> bytes:
    """Text as small bytes."""
    press = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS, zdict=_DICTIONARIES[_NEWEST])
    return _NEWEST + press.compress(text.encode()) + press.flush()


def unpacked(raw: bytes) -> str:
    """The reverse of `packed`, with whichever dictionary it was packed."""
    press = zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=_DICTIONARIES[raw[:1]])
    return press.decompress(raw[1:]).decode()
