"""Words, features and scores, with the model that the layer ships."""

import time
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.classifier import classify, model
from porchlight.domain.phrases import features_of, share_known, words_of
from porchlight.domain.status import Status, SubStatus

FILE = resources.files("porchlight").joinpath("data", "phrases.model")

OBVIOUS = {
    Status.PRE_TRANSIT: [
        "Shipping label created",
        "Die Sendung wurde vom Absender elektronisch angekündigt",
        "Étiquette créée par l'expéditeur",
    ],
    Status.IN_TRANSIT: [
        "Arrived at sorting hub",
        "Departed FedEx location MEMPHIS, TN",
        "Paket hat das Paketzentrum verlassen",
        "Votre colis est en cours d'acheminement",
        "Il pacco è arrivato al centro di smistamento",
        "Salió del centro logístico",
        "Zending is gesorteerd",
        "Objeto em trânsito",
        "Released from customs",
    ],
    Status.OUT_FOR_DELIVERY: [
        "Out for delivery",
        "OUT FOR DELIVERY 05/03/2026 08:14 AUSTIN TX",
        "Die Sendung wurde in das Zustellfahrzeug geladen",
        "In Zustellung",
        "En cours de livraison",
        "En reparto",
        "In consegna",
        "De bezorger is onderweg met je pakket",
        "Objeto saiu para entrega",
    ],
    Status.DELIVERED: [
        "Delivered",
        "Sendung wurde zugestellt",
        "Votre colis a été livré",
        "Paquete entregado al destinatario",
        "Consegnato",
        "Pakket is bezorgd",
        "Objeto entregue ao destinatário",
        "Left with neighbour",
    ],
    Status.AVAILABLE_FOR_PICKUP: [
        "Ready for pickup at the post office",
        "Ihr Paket liegt zur Abholung bereit",
        "Votre colis est disponible au point relais",
        "Disponible para recoger en oficina",
        "Pronto per il ritiro",
        "Je pakket ligt klaar bij een afhaalpunt",
    ],
    Status.DELIVERY_ATTEMPTED: [
        "Delivery attempt failed",
        "Zustellung erfolglos",
        "Empfänger nicht angetroffen",
        "Destinataire absent, avis de passage",
        "Destinatario ausente",
        "Bezorgpoging mislukt",
        "Tentativa de entrega falhada",
    ],
    Status.EXCEPTION: ["Package damaged", "Adresse incorrecte", "Annahme verweigert", "Retenido en aduana"],
    Status.RETURN_TO_SENDER: ["Returning to sender", "Rücksendung an den Absender", "Retour à l'expéditeur en cours"],
    Status.RETURNED: ["Delivered to sender", "Returned to sender", "Entregado al remitente"],
    Status.CANCELLED: ["Shipment cancelled by sender"],
}

NOT_DELIVERED = [
    "Not delivered",
    "Could not be delivered",
    "Parcel has not been delivered",
    "Will be delivered tomorrow",
    "Delivery failed",
    "Undeliverable",
    "Delivered to sender",
    "Delivered to parcel shop, ready for collection",
    "Handed over to carrier",
    "Being returned to sender",
    "Konnte nicht zugestellt werden",
    "Wird morgen zugestellt",
    "Nicht zugestellt",
    "N'a pas pu être livré",
    "Le colis n'a pas été livré",
    "Sera livré demain",
    "No entregado",
    "No ha podido ser entregado",
    "Non consegnato",
    "Sarà consegnato domani",
    "Niet bezorgd",
    "Wordt morgen bezorgd",
    "Não foi entregue",
    "Será entregue amanhã",
]

NOTHING = [
    "",
    "   \t ",
    "1Z999AA10123456784",
    "0034 555 010 020",
    "2026-03-05 14:22:10",
    "!!! ??? ---",
    "qwx zzkrp vvlto blub",
    "221b Quarry Lane, Upper Wexmoor",
    "Hauptstr. 7, 99999 Neudorf",
    "שלום עולם",
    "Добрый день",
    "\x00\ud800",
]

SENTENCES = st.text(max_size=600)


@pytest.mark.parametrize(
    ("text", "status"), [(text, status) for status, texts in OBVIOUS.items() for text in texts], ids=str
)
def test_obvious_phrase_is_read(text: str, status: Status) -> None:
    assert classify(text).status is status


@pytest.mark.parametrize("text", NOT_DELIVERED)
def test_a_negation_a_promise_or_another_receiver_is_never_delivered(text: str) -> None:
    assert classify(text).status is not Status.DELIVERED


@pytest.mark.parametrize("text", NOTHING)
def test_what_says_nothing_stays_unknown(text: str) -> None:
    guess = classify(text)
    assert (guess.status, guess.sub_status) == (Status.UNKNOWN, SubStatus.NONE)
    assert guess.confidence < 0.9


@pytest.mark.parametrize(
    ("text", "sub_status"),
    [
        ("Held by customs", SubStatus.CUSTOMS_HELD),
        ("Delivered to neighbour", SubStatus.LEFT_WITH_NEIGHBOUR),
        ("Zustellung an Nachbarn", SubStatus.LEFT_WITH_NEIGHBOUR),
        ("Der Empfänger wurde nicht angetroffen", SubStatus.NOBODY_HOME),
        ("Destinataire absent", SubStatus.NOBODY_HOME),
        ("Picked up by courier", SubStatus.ACCEPTED),
        ("Refused by recipient", SubStatus.REFUSED),
        ("Shipment damaged", SubStatus.DAMAGED),
    ],
)
def test_reason_is_read(text: str, sub_status: SubStatus) -> None:
    assert classify(text).sub_status is sub_status


def test_letter_case_accents_numbers_and_blanks_do_not_matter() -> None:
    plain = classify("votre colis a ete livre")
    assert classify("  VOTRE COLIS A ÉTÉ LIVRÉ 12/03/2026 ").status is plain.status
    assert words_of("VOTRE  colis 42AB à été LIVRÉ!") == ["votre", "colis", "a", "ete", "livre"]


def test_carriers_own_name_says_nothing() -> None:
    assert words_of("Departed FedEx location", "fedex") == ["departed", "location"]
    assert words_of("Royal Mail has your item", "royal_mail") == ["has", "your", "item"]
    assert words_of("An DHL übergeben", "dhl_parcel_de") == ["an", "ubergeben"]
    assert classify("Shipment received by Yanwen", "yanwen").confidence >= 0.5


def test_negation_marks_the_words_it_reaches() -> None:
    assert "!delivered" in features_of(words_of("couldn't be delivered"))
    assert "!delivered" not in features_of(words_of("was delivered, no signature"))


def test_share_of_known_words() -> None:
    assert share_known(["a", "b"], {"a"}.__contains__) == 0.5
    assert share_known([], {"a"}.__contains__) == 0.0
    assert share_known(["正在派送"], {"派送"}.__contains__) == 1.0


def test_labelled_wording_is_looked_up_whatever_its_letter_case_and_numbers() -> None:
    assert classify("OUT FOR DELIVERY 12:30").confidence == classify("Out for Delivery").confidence > 0.98


def test_wording_labelled_as_saying_nothing_is_no_guess() -> None:
    assert classify("Information").status is Status.UNKNOWN
    assert classify("Information").confidence < 0.1


def test_confidence_is_told_below_the_threshold_too() -> None:
    guess = classify("delivery station something wrong perhaps")
    assert guess.status is Status.UNKNOWN
    assert 0 < guess.confidence < 1


@given(SENTENCES)
def test_any_text_has_an_answer_and_always_the_same(text: str) -> None:
    guess = classify(text)
    assert 0 <= guess.confidence <= 1
    assert (guess.status is Status.UNKNOWN) <= (guess.sub_status is SubStatus.NONE)
    assert classify(text) == guess


def test_model_is_small() -> None:
    assert len(FILE.read_bytes()) < 1_000_000


def test_a_phrase_takes_less_than_a_millisecond() -> None:
    model()
    phrases = [text for texts in OBVIOUS.values() for text in texts]
    fastest = min(_milliseconds(phrases) for _ in range(5))
    assert fastest / len(phrases) < 1


def _milliseconds(phrases: list[str]) -> float:
    begin = time.process_time()
    for phrase in phrases:
        classify(phrase)
    return (time.process_time() - begin) * 1000
