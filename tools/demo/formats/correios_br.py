"""Correios (Brazil): SRO Rastro, JSON; wall clocks of Brasília throughout.

https://cws.correios.com.br
Its token belongs to a posting card and tells from when to when it lives. A label that was only made is not shown.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import EVERYWHERE, Body, Call, Entry, Format, Reply, in_json

CODES = {
    Word.ACCEPTED: ("PO", "01", "Objeto postado"),
    Word.DEPARTED: ("RO", "01", "Objeto em trânsito - por favor aguarde"),
    Word.ARRIVED: ("RO", "01", "Objeto em trânsito - por favor aguarde"),
    Word.DEPOT: ("BDE", "45", "Objeto recebido na unidade de distribuição"),
    Word.OUT: ("OEC", "01", "Objeto saiu para entrega ao destinatário"),
    Word.DELIVERED: ("BDE", "01", "Objeto entregue ao destinatário"),
    Word.ATTEMPTED: ("BDE", "20", "Carteiro não atendido"),
    Word.READY: ("LDI", "01", "Objeto aguardando retirada no endereço indicado"),
    Word.ADDRESS: ("BDE", "19", "Endereço incorreto"),
    Word.LOST: ("BDE", "09", "Objeto não localizado"),
    Word.RETURNED: ("BDE", "23", "Objeto entregue ao remetente"),
    Word.STRANGE: ("QX", "77", "Revezamento fotônico concluído"),
}
SILENT = frozenset({Word.LABEL})
BRASILIA = ZoneInfo("America/Sao_Paulo")


def _tell(journey: Journey) -> Reply:
    scans = journey.told(SILENT)
    if not scans:
        return _unknown(journey.number)
    parcel = {"codObjeto": journey.number, "eventos": [_event(journey, scan) for scan in scans]}
    if journey.estimate:
        parcel["dtPrevista"] = f"{journey.estimate}T23:59:59"
    return _objects(parcel)


def _event(journey: Journey, scan: Scan) -> Body:
    town = journey.where(scan)
    kind, number, words = CODES[scan.word]
    return {
        "codigo": kind,
        "tipo": number,
        "dtHrCriado": f"{journey.when(scan).astimezone(BRASILIA):%Y-%m-%dT%H:%M:%S}",
        "descricao": words,
        "detalhe": "",
        "unidade": {"tipo": "Unidade de Distribuição", "endereco": {"cidade": town.name.upper(), "uf": town.region}},
    }


def _unknown(number: str) -> Reply:
    message = "SRO-020: Objeto não encontrado na base de dados dos Correios."
    return _objects({"codObjeto": number, "mensagem": message})


def _objects(parcel: Body) -> Reply:
    return in_json({"versao": "2.5.4", "quantidade": 1, "objetos": [parcel], "resultado": "Todos os Eventos"})


def _token(token: str, issued: datetime, seconds: int) -> Body:
    here = issued.astimezone(BRASILIA).replace(tzinfo=None)
    until = here + timedelta(seconds=seconds)
    lived = {"emissao": here.isoformat("T", "seconds"), "expiraEm": until.isoformat("T", "seconds")}
    return {"ambiente": "PRODUCAO", "perfil": "PJ", **lived, "zoneOffset": "-03:00", "token": token}


def _asked(call: Call) -> str:
    return call.last


FORMAT = Format(
    entry=Entry(
        {"username": "{id}", "access_code": "{secret}", "posting_card": "0070000001"},
        {},
        "/token/v1/autentica/cartaopostagem",
        86_400,
        _token,
    ),
    words=frozenset(CODES) | SILENT,
    silent=SILENT,
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=EVERYWHERE,
)
