"""Far more than a provider takes, nine tenths of it from the lowest tier: who is served, who waits, who is shed."""

import asyncio
import time
from zlib import crc32

from load import Client, arrivals, jain, merged, percentile, run
from provider import Provider
from report import by_second
from server import MODEL, Server, deployment, folder, provider

TIERS = {"free": 0.9, "basic": 0.06, "pro": 0.03, "enterprise": 0.01}
ACCOUNTS = {"free": 6, "basic": 2, "pro": 2, "enterprise": 1}


async def start(binary, name, at_once, seconds):
    one = await Provider(seconds, at_once).start()
    server = Server(binary, name, provider("p", one.port) + MODEL + deployment("p"))
    clients = {tier: [Client(f"{tier}-{number}", server.key(tier)) for number in range(count)] for tier, count in ACCOUNTS.items()}
    server.without_limits()
    return one, server, clients


def plan(clients, per_second, seconds):
    """Each tier's share of the load, alike for each of its accounts."""
    plans = []
    for tier, share in TIERS.items():
        for number, client in enumerate(clients[tier]):
            rate = per_second * share / len(clients[tier])
            plans.append((client, arrivals(rate, seconds, crc32(f"{tier}{number}".encode()))))
    return merged(*plans)


def of(outcomes, tier):
    return [one for one in outcomes if one.client.startswith(tier)]


def good(outcomes):
    return [one for one in outcomes if one.status == 200 and one.is_whole]


async def main(report, binary, at_once, seconds, duration, latency_ms_max):
    """Holds what has to be so, line by line. Without a bound on the latency, times are shown and hold nothing."""
    hold = report.hold

    def hold_time(is_so, text):
        if latency_ms_max is None:
            report.note(text)
        else:
            hold(is_so, text)

    with folder() as name:
        one, server, clients = await start(binary, name, at_once, seconds)
        capacity = at_once / seconds
        with server.running():
            idle = await run(server.port, merged((clients["enterprise"][0], arrivals(capacity / 20, 3, 1))))
            usual = percentile([one.seconds for one in idle], 99)
            goodput = {}
            for factor in (1, 5, 10):
                refused, sent, begun = one.refused, len(one.times), time.monotonic()
                outcomes = await run(server.port, plan(clients, capacity * factor, duration))
                took = time.monotonic() - begun
                goodput[factor] = len(good(outcomes)) / took
                report.section(f"{factor} x capacity: {len(outcomes)} requests in {took:.0f} s, {len(good(outcomes))} served")
                tell(report, outcomes, factor)
                if factor > 1:
                    judge(hold, outcomes, duration, capacity)
                    late = percentile([one.seconds for one in of(outcomes, "enterprise")], 99)
                    most = usual + (latency_ms_max or 0) / 1e3
                    hold_time(late <= most, f"99th percentile of enterprise {late * 1e3:.0f} ms, {usual * 1e3:.0f} ms when idle")
                    refused, sent = one.refused - refused, len(one.times) - sent
                    hold(refused * 10 < sent, f"the provider refused {refused} of {sent}")
            after = await run(server.port, merged((clients["basic"][0], arrivals(capacity / 4, 7, 2))))
            behind = [one.seconds for one in after if one.arrived > 5]
            late = percentile(behind, 99) if behind else 60.0
        hold(goodput[10] >= 0.9 * max(goodput.values()), f"goodput at 10 x is {goodput[10]:.0f}/s of at most {max(goodput.values()):.0f}/s")
        hold_time(late <= 1.5 * usual + 0.05, f"99th percentile {late * 1e3:.0f} ms five seconds behind the load, {usual * 1e3:.0f} ms before it")


def tell(report, outcomes, factor):
    """The row of each tier, and its curves."""
    served, slow = {}, {}
    for tier in TIERS:
        own = of(outcomes, tier)
        seconds = [one.seconds for one in good(own)]
        report.row(**{
            "load": f"{factor} x", "tier": tier, "requests": len(own), "served": len(good(own)),
            "p50 ms": f"{percentile(seconds, 50) * 1e3:.0f}", "p99 ms": f"{percentile(seconds, 99) * 1e3:.0f}",
        })
        served[tier] = by_second(own, lambda ones: len(good(ones)))
        slow[tier] = by_second(good(own), lambda ones: percentile([one.seconds for one in ones], 99) * 1e3)
    report.plot(f"served-{factor}x", f"Served at {factor} x capacity", "1/s", served)
    report.plot(f"p99-{factor}x", f"99th percentile of what is served at {factor} x capacity", "ms", slow)


def judge(hold, outcomes, duration, capacity):
    enterprise = of(outcomes, "enterprise")
    failed = [one for one in enterprise if one.status != 200]
    hold(not failed, f"{len(failed)} of {len(enterprise)} enterprise requests failed: {failed[:2]}")
    free = of(outcomes, "free")
    share = len(good(free)) / (capacity * duration)
    hold(share >= 0.05, f"free is served {share:.0%} of the capacity")
    names = {one.client for one in free}
    served = [sum(one.client == name for one in good(free)) for name in sorted(names)]
    hold(jain(served) >= 0.95, f"Jain's index {jain(served):.3f} between {len(served)} equal accounts")
    shed = [one for one in outcomes if one.status != 200]
    hold(all(one.status == 503 and "x-yunxin-shed-reason" in one.headers for one in shed), f"{len(shed)} requests were shed, each with its reason")
    hold(all(1 <= int(one.headers.get("retry-after", 0)) <= 20 for one in shed), "each is told how long to wait")
