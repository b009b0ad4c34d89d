"""Sends every exchange through one gateway and collects what came of it."""

import asyncio
import tempfile
from dataclasses import dataclass, field

import arrival
import cuts
import http1
import judge
import planted
from catalogue import catalogue
from gateway import Gateway
from provider import Provider

AT_ONCE = 8
RESPONSE_SECONDS = 60
# Bytes of a response up to which faults are planted in it; longer ones are of the same kinds.
PLANTED_IN_MAX = 16384


@dataclass
class Verdict:
    exchange: object
    # What differed, by the way in which the response was fed.
    runs: dict = field(default_factory=dict)
    planted: int = 0

    def add(self, way, outcome, model, key):
        """Judge a run. A response that passes is spoiled and judged again, so that no verdict is empty."""
        if isinstance(outcome, str):
            self.runs[way] = [outcome]
            return
        found = judge.differences(self.exchange, model, outcome, key)
        if not found and not self.runs and len(outcome.response.body) <= PLANTED_IN_MAX:
            missed, self.planted = planted.unnoticed(self.exchange, model, outcome, key)
            found = [f"the replayer does not notice a planted fault: {name}" for name in missed]
        self.runs[way] = found

    @property
    def differences(self):
        """Each once, after the first way of feeding that showed it."""
        found = {}
        for way, differences in self.runs.items():
            for one in differences:
                found.setdefault(one, way)
        return [f"[{way}] {one}" for one, way in found.items()]

    @property
    def is_passed(self):
        return bool(self.runs) and not self.differences


async def replay(exchanges, binary):
    verdicts = [Verdict(exchange) for exchange in exchanges]
    providers = {f"x{number}": await Provider(exchange).start() for number, exchange in enumerate(exchanges)}
    with tempfile.TemporaryDirectory(prefix="yunxin-replay-", ignore_cleanup_errors=True) as folder:
        gateway = Gateway(binary, folder, catalogue(providers))
        try:
            await gateway.start()
            places = asyncio.Semaphore(AT_ONCE)

            async def one(verdict, id):
                async with places:
                    for way, pieces in cuts.of(verdict.exchange).items():
                        verdict.add(way, await run(gateway, providers[id], id, pieces), id, gateway.key)

            await asyncio.gather(*(one(verdict, id) for verdict, id in zip(verdicts, providers)))
        finally:
            gateway.stop()
            for provider in providers.values():
                provider.stop()
    return verdicts


async def run(gateway, provider, model, pieces):
    """One outcome, or in words why there is none."""
    provider.pieces, provider.arrived = pieces, []
    exchange = provider.exchange
    try:
        response = await asyncio.wait_for(gateway.ask(exchange.endpoint, arrival.sent(exchange, model)), RESPONSE_SECONDS)
        receipt = await gateway.receipt(response.headers.get("x-request-id", "none"))
    except http1.Broken as broken:
        return f"the gateway's response broke: {broken}"
    except TimeoutError:  # an OSError too, and said in its own words
        return f"the gateway did not respond within {RESPONSE_SECONDS} s"
    except LookupError as missing:
        return f"there is no receipt: {missing}"
    except OSError as error:
        return f"the gateway is not there: {error}"
    return judge.Outcome(provider.arrived, response, receipt)
