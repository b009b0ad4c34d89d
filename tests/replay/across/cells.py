"""Every recording asked for in the languages of clients, whole and streamed, and what came of each cell."""

import asyncio
import tempfile
from dataclasses import dataclass, field

import cuts
import http1
import wire
from gateway import CREDENTIAL, Gateway
from provider import Provider

from . import arrived, compare, failures, requests, said, sdks, shape
from .providers import catalogue

AT_ONCE = 8
RESPONSE_SECONDS = 60
FORMS = {"whole": False, "streamed": True}


@dataclass
class Cell:
    recording: object
    client: str
    form: str
    differences: list = field(default_factory=list)
    # The exception of the list that covers all differences.
    exception: dict | None = None

    @property
    def is_streamed(self):
        return FORMS[self.form]

    @property
    def is_same(self):
        return self.recording.language == self.client

    @property
    def name(self):
        return f"{self.recording.name} in {self.client}, {self.form}"


def every(recordings, clients):
    """Every cell, with the place of its recording."""
    return [(place, Cell(recording, client, form)) for place, recording in enumerate(recordings) for client in clients for form in FORMS]


def is_sampled(place, cell):
    """One form of each recording in each language, so that neighbours take turns."""
    return cell.is_streamed == bool((place + len(cell.client)) % 2)


async def ask(recordings, binary, clients, is_quick=False):
    """The cells, in the order of the recordings."""
    providers = {f"x{number}": await Provider(recording).start() for number, recording in enumerate(recordings)}
    cells = [cell for place, cell in every(recordings, clients) if not is_quick or is_sampled(place, cell)]
    with tempfile.TemporaryDirectory(prefix="yunxin-across-", ignore_cleanup_errors=True) as folder:
        gateway = Gateway(binary, folder, catalogue(providers))
        try:
            await gateway.start()
            places = asyncio.Semaphore(AT_ONCE)

            async def all_of(id, provider):
                async with places:
                    for cell in cells:
                        if cell.recording is provider.exchange:
                            cell.differences = await one(gateway, provider, id, cell)

            await asyncio.gather(*(all_of(id, provider) for id, provider in providers.items()))
        finally:
            gateway.stop()
            for provider in providers.values():
                provider.stop()
    return cells


async def one(gateway, provider, model, cell):
    recording = cell.recording
    provider.pieces, provider.arrived = fed(recording), []
    path = requests.path(cell.client, model, cell.is_streamed)
    try:
        body = requests.body(recording, cell.client, model, cell.is_streamed)
        asking = http1.call(gateway.port, "POST", path, requests.headers(cell.client, gateway.key), body)
        response = await asyncio.wait_for(asking, RESPONSE_SECONDS)
    except http1.Broken as broken:
        return [f"the gateway's response broke: {broken}"]
    except TimeoutError:
        return [f"the gateway did not respond within {RESPONSE_SECONDS} s"]
    found = arrival(provider.arrived, gateway.key)
    try:
        if provider.arrived and response.status == 200 and not cell.is_same:
            dropped = response.headers.get("x-yunxin-dropped-params", "").split(", ")
            found += arrived.differences(cell.client, body, recording, provider.arrived[0].body, dropped)
        return found + differences(cell, response)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        return [*found, f"the response cannot be read: {type(error).__name__}: {error}: {requests.shown(response.body)}"]


def fed(recording):
    """A stream comes as it was cut when it was recorded, or at random places."""
    if not recording.is_streamed:
        return [recording.bytes]
    return cuts.recorded(recording.bytes, recording.pieces) if recording.pieces else cuts.seeded(recording.bytes, recording.name)


def arrival(arrived, key):
    if len(arrived) > 1:
        return [f"the provider was asked {len(arrived)} times"]
    for request in arrived:
        said = " ".join(request.headers.values()) + request.start
        if key in said or key.encode() in request.body:
            return ["the customer's key reached the provider"]
        if CREDENTIAL not in said:
            return ["the provider did not get its credential"]
    return []


def differences(cell, response):
    recording = cell.recording
    if failures.is_one(recording):
        return failures.differences(cell, response)
    if response.status != 200:
        return [f"the status is {response.status}: {requests.shown(response.body)}"]
    kind = response.headers.get("content-type", "")
    if cell.is_streamed != kind.startswith("text/event-stream"):
        return [f"the response is labelled {kind!r}"]
    told = said.stream(cell.client, response.body) if cell.is_streamed else said.whole(cell.client, wire.load(response.body.decode()))
    if told.error:
        return [f"the response is an error: {wire.short(told.error)}"]
    found = compare.differences(recording.said, told, cell.client, cell.is_same)
    if cell.is_same:
        return found
    found += shape.problems(cell.client, response.body) if cell.is_streamed else []
    return found + sdks.problems(cell.client, cell.is_streamed, response.body, told)
