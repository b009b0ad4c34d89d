"""Three deployments, each with a fault of its own: what reaches clients, and what is asked of what is dead."""

import asyncio

from load import Client, arrivals, merged, percentile, run
from provider import Provider
from report import by_second
from server import MODEL, Server, deployment, folder, provider

NAMES = ("hangs", "bursts", "breaks")
SECONDS = 0.02
SETTINGS = "[upstream]\nfirst_byte_timeout_ms = 1000\ngap_timeout_ms = 1000\n"
# Work may be begun again after a timeout: without it every first request at what hangs is an error by design.
MODEL_HERE = f"{MODEL}retry_after_timeout = true\n"


# Both together are within the budget of retries, a tenth of the requests, when what hangs is left out.
def bursts(number, now):
    """A fifth of a second of every four."""
    return "500" if now % 4 < 0.2 else None


def breaks(number, _):
    return "break" if number % 10 == 9 else None


FAULTS = {"hangs": lambda number, now: "hang", "bursts": bursts, "breaks": breaks}


async def one(binary, faults, requests, per_second):
    """The outcomes of a run, its providers by name, and the usage events that it left."""
    providers = {name: await Provider(SECONDS, fault=faults.get(name, lambda number, now: None)).start() for name in NAMES}
    catalogue = "".join(provider(name, one.port) for name, one in providers.items())
    catalogue += MODEL_HERE + "".join(map(deployment, NAMES))
    with folder() as name:
        server = Server(binary, name, catalogue, SETTINGS)
        client = Client("all", server.key("enterprise"))
        with server.running():
            plan = merged((client, arrivals(per_second, requests / per_second, 7)))
            outcomes = await run(server.port, plan, streamed=True)
            events = await settled(server, len(plan))
    return outcomes, providers, events


async def settled(server, count):
    """The usage events: how many, and how many attempts they tell of."""
    for _ in range(100):
        with server.database() as database:
            events, attempts = database.execute(
                "SELECT COUNT(*), COALESCE(SUM(json_array_length(detail, '$.attempts')), 0) FROM usage_events"
            ).fetchone()
        if events >= count:
            break
        await asyncio.sleep(0.1)
    return events, attempts


async def main(report, binary, requests, per_second, factor):
    """Holds what has to be so, line by line."""
    healthy, _, _ = await one(binary, {}, requests, per_second)
    outcomes, providers, (events, attempts) = await one(binary, FAULTS, requests, per_second)
    hold = report.hold
    failed = [one for one in outcomes if one.status != 200 or not one.is_whole]
    early = [one for one in failed if int(one.headers.get("x-yunxin-attempts", 0)) < len(NAMES)]
    hold(not early, f"{len(early)} of {len(outcomes)} requests failed where a deployment was left: {early[:2]}")
    hold(len(failed) * 50 < len(outcomes), f"{len(failed)} failed at every deployment")
    twice = [name for one in providers.values() for name, times in one.served.items() if times > 1]
    served = [name for one in providers.values() for name in one.served]
    hold(len(served) == len(set(served)) and not twice, f"{len(served) - len(set(served))} requests were answered twice")
    hold(events == len(outcomes), f"{events} usage events for {len(outcomes)} requests")
    sent = sum(len(one.times) for one in providers.values())
    hold(attempts == sent, f"{attempts} attempts on receipts, {sent} at the providers")
    begun = sorted(time for one in providers.values() for time in one.times)
    later = begun[min(50, len(begun) - 1)] + 2
    dead = sum(time > later for time in providers["hangs"].times)
    hold(dead < len(outcomes) / 100, f"{dead} of {len(outcomes)} first attempts at the dead deployment behind the first")
    # Until the first timeouts nothing is known of what hangs.
    usual, now = (percentile([one.seconds for one in run if one.arrived > 3], 99) for run in (healthy, outcomes))
    times = f"99th percentile {now * 1e3:.0f} ms behind the third second, {usual * 1e3:.0f} ms when all are well"
    if factor is None:
        report.note(times)
    else:
        hold(now <= factor * usual, times)
    for name, run in (("all are well", healthy), ("each fails in its way", outcomes)):
        seconds = [one.seconds for one in run]
        report.row(**{
            "run": name, "requests": len(run), "errors": sum(one.status != 200 or not one.is_whole for one in run),
            "p50 ms": f"{percentile(seconds, 50) * 1e3:.0f}", "p99 ms": f"{percentile(seconds, 99) * 1e3:.0f}",
        })
    slow = lambda ones: percentile([one.seconds for one in ones], 99) * 1e3
    report.plot("p99", "99th percentile by second", "ms", {"all well": by_second(healthy, slow), "failing": by_second(outcomes, slow)})
