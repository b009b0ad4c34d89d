"""Overload in other shapes: one account with giant prompts, a provider that slows, a provider that is cut and comes back."""

import asyncio

from load import arrivals, jain, merged, run
from priority import good, of, plan, start
from report import by_second
from server import folder

GIANT = "word " * 20_000
SLOWER = 10


async def giant_prompts(report, binary, at_once, seconds, duration):
    """One of the equal accounts asks with 100 kB each time: it has the same tokens as the others, so fewer requests."""
    with folder() as name:
        _, server, clients = await start(binary, name, at_once, seconds)
        giant = clients["free"][0]
        giant.content = GIANT
        with server.running():
            outcomes = await run(server.port, plan(clients, at_once / seconds * 5, duration))
    counts = {client.name: sum(one.client == client.name for one in good(of(outcomes, "free"))) for client in clients["free"]}
    others = [count for client, count in counts.items() if client != giant.name]
    report.section("giant prompts from one of the equal accounts")
    report.hold(jain(others) >= 0.9, f"Jain's index {jain(others):.3f} between the others")
    report.hold(counts[giant.name] <= min(others), f"{counts[giant.name]} requests with giant prompts served, at least {min(others)} of each other account")
    enterprise = of(outcomes, "enterprise")
    report.hold(all(one.status == 200 for one in enterprise), f"{len(enterprise)} enterprise requests are served")


async def slower_provider(report, binary, at_once, seconds, duration):
    """The provider takes ten times as long for the middle third."""
    with folder() as name:
        one, server, clients = await start(binary, name, at_once, seconds)
        with server.running():
            load = asyncio.create_task(run(server.port, plan(clients, at_once / seconds, duration * 3)))
            await asyncio.sleep(duration)
            one.seconds = seconds * SLOWER
            await asyncio.sleep(duration)
            one.seconds = seconds
            outcomes = await load
    report.section(f"a provider that is {SLOWER} times as slow for {duration} s")
    enterprise = of(outcomes, "enterprise")
    failed = [one for one in enterprise if one.status != 200]
    report.hold(len(failed) * 20 <= len(enterprise), f"{len(failed)} of {len(enterprise)} enterprise requests failed")
    late = [one for one in outcomes if one.arrived > duration * 2.6]
    report.hold(len(good(late)) * 10 >= len(late) * 7, f"{len(good(late))} of {len(late)} requests are served once it is well again")
    report.plot("slower", "Served, while the provider is ten times as slow", "1/s", {"served": by_second(outcomes, lambda ones: len(good(ones)))})


async def cut_provider(report, binary, at_once, seconds, cut_seconds):
    """The provider takes connections and says nothing, and comes back to all who wait."""
    with folder() as name:
        one, server, clients = await start(binary, name, at_once, seconds)
        before, after = cut_seconds / 4, cut_seconds / 2
        with server.running():
            load = asyncio.create_task(run(server.port, plan(clients, at_once / seconds, before + cut_seconds + after)))
            await asyncio.sleep(before)
            one.is_cut = True
            await asyncio.sleep(cut_seconds)
            one.is_cut, one.refused, sent = False, 0, len(one.times)
            outcomes = await load
            sent = len(one.times) - sent
    report.section(f"a provider that is cut for {cut_seconds} s and comes back")
    late = [one for one in outcomes if one.arrived > before + cut_seconds + after / 2]
    report.hold(len(good(late)) * 10 >= len(late) * 7, f"{len(good(late))} of {len(late)} requests are served once it is back")
    report.hold(one.refused * 5 <= sent, f"it refused {one.refused} of {sent} when it came back")
    report.plot("cut", "Served, while the provider is cut", "1/s", {"served": by_second(outcomes, lambda ones: len(good(ones)))})


async def crowd(report, binary, at_once, seconds, connections):
    """One account with very many connections that do nothing, beside others that ask."""
    with folder() as name:
        _, server, clients = await start(binary, name, at_once, seconds)
        with server.running():
            idle = await asyncio.gather(*(open_idle(server.port) for _ in range(connections)))
            asked = merged((clients["pro"][0], arrivals(at_once / seconds / 4, 5, 3)))
            outcomes = await run(server.port, asked)
            for writer in filter(None, idle):
                writer.close()
    report.section(f"{connections} connections that do nothing")
    failed = [one for one in outcomes if one.status != 200]
    report.hold(not failed, f"{len(failed)} of {len(outcomes)} requests beside them failed: {failed[:2]}")


async def open_idle(port):
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return None
    return writer
