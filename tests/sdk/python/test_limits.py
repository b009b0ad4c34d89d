"""Limits: exact under a race, shared by the keys of an account, in tokens, and across a restart."""

import asyncio
import contextlib
import re
import time

import httpx
import openai
import pytest

from expect import envelope, limits, raised
from reading import chat_body, post
from support import fresh_minute, say


def chat(server, key, text="hello", **more):
    return post(server, key.secret, "/chat/completions", chat_body(text, **more))


def exhaust(server, key, requests=10):
    assert [chat(server, key).status_code for _ in range(requests)] == [200] * requests


def race(server, *keys, each):
    """`each` requests at once with every key: (key, status, headers) of all of them."""

    async def one(key, client):
        try:
            response = await client.chat.completions.with_raw_response.create(model="sandbox-small", messages=say("race"))
            return key, response.status_code, response.headers
        except openai.RateLimitError as error:
            return key, error.status_code, error.response.headers

    async def everyone():
        async with contextlib.AsyncExitStack() as stack:
            clients = [(key, await stack.enter_async_context(server.async_client(key.secret, timeout=60))) for key in keys]
            return await asyncio.gather(*[one(key, client) for _ in range(each) for key, client in clients])

    return asyncio.run(everyone())


def test_two_hundred_parallel_requests_on_a_free_key_admit_exactly_ten(server):
    key = server.key("free")
    fresh_minute()
    responses = race(server, key, each=200)
    statuses = [status for _, status, _ in responses]
    assert (statuses.count(200), statuses.count(429)) == (10, 190)
    assert len({limits(headers, "chat", 1)[3] for _, _, headers in responses}) == 1, "the race straddled a minute"
    assert max(limits(headers)[2] for _, status, headers in responses if status == 200) == 10
    assert {limits(headers)[:3] for _, status, headers in responses if status == 429} == {(10, 0, 10)}


def test_three_basic_keys_race_for_fifty_each_and_a_hundred_in_all(server):
    first = server.key("basic")
    keys = [first, *(server.key(account=first.account) for _ in range(2))]
    fresh_minute()
    responses = race(server, *keys, each=60)
    admitted = [key for key, status, _ in responses if status == 200]
    assert len(admitted) == 100 and max(admitted.count(key) for key in keys) <= 50


def test_a_basic_key_alone_has_fifty_requests(server):
    key = server.key("basic")
    fresh_minute()
    assert [status for _, status, _ in race(server, key, each=60)].count(200) == 50


def test_two_free_keys_of_one_account_have_ten_requests_in_all(server):
    first = server.key("free")
    second = server.key(account=first.account)
    fresh_minute()
    statuses = [chat(server, key).status_code for _ in range(8) for key in (first, second)]
    assert statuses.count(200) == 10 and statuses[:10] == [200] * 10 and statuses[10:] == [429] * 6


def test_keys_of_other_accounts_are_not_touched(server):
    spent, other = server.key("free"), server.key("free")
    fresh_minute()
    exhaust(server, spent)
    assert chat(server, spent).status_code == 429 and chat(server, other).status_code == 200


def test_over_the_limit_is_429_with_the_seconds_to_wait(server):
    key = server.key("free")
    fresh_minute()
    exhaust(server, key)
    with server.client(key.secret) as client:
        error = raised(
            openai.RateLimitError, lambda: client.chat.completions.create(model="sandbox-small", messages=say("one more"))
        )
    assert (error.status_code, error.type, error.code) == (429, "rate_limit_error", "rate_limit_exceeded")
    headers = error.response.headers
    _, _, _, reset = limits(headers, "chat", 1)
    seconds = int(headers["retry-after"])
    assert 1 <= seconds <= 60 and abs(reset - time.time() - seconds) <= 2
    named = [int(number) for number in re.findall(r"\b(\d+)\s*(?:s\b|seconds?)", error.message)]
    assert named and min(abs(number - seconds) for number in named) <= 1, error.message


def test_refused_requests_do_not_count(server):
    key = server.key("free")
    fresh_minute()
    exhaust(server, key)
    responses = [chat(server, key) for _ in range(5)]
    assert {limits(response.headers)[:3] for response in responses} == {(10, 0, 10)}


def test_a_request_refused_for_another_reason_is_answered_for_that_reason(server):
    """A wrong model on a spent key is still a wrong model, or a 429: never a 200 and never counted."""
    key = server.key("free")
    fresh_minute()
    exhaust(server, key)
    response = chat(server, key, model="no-such-model")
    assert response.status_code in (404, 429)
    assert limits(response.headers)[:3] == (10, 0, 10)


def test_a_stream_over_the_limit_is_a_plain_429(server):
    key = server.key("free")
    fresh_minute()
    exhaust(server, key)
    response = chat(server, key, stream=True)
    assert response.status_code == 429 and envelope(response)["code"] == "rate_limit_exceeded"


def test_reads_still_response_when_the_requests_are_spent(server):
    key = server.key("free")
    fresh_minute()
    exhaust(server, key)
    with server.client(key.secret) as client:
        assert list(client.models.list())


def test_tokens_per_minute_are_limited(server):
    key = server.key("free")
    fresh_minute()
    responses = []
    while len(responses) < 9 and (not responses or responses[-1].status_code == 200):
        responses.append(chat(server, key, "word " * 9_000, max_tokens=10))
        time.sleep(0.1)  # the difference between the estimate and the truth comes back after the response
    *admitted, last = responses
    assert last.status_code == 429 and envelope(last)["code"] == "rate_limit_exceeded"
    assert 3 <= len(admitted) <= 4, "40,000 tokens are four prompts of 9,004"
    left = [int(response.headers["x-ratelimit-remaining-tokens"]) for response in admitted]
    assert left == sorted(left, reverse=True) and left[0] < 40_000
    limit, remaining, used, _ = limits(last.headers)
    assert (limit, used) == (10, len(admitted)) and remaining > 0, "requests are what the plain headers tell"
    assert int(last.headers["retry-after"]) >= 1 and re.search(r"\d", last.json()["error"]["message"])


def test_a_request_larger_than_the_whole_token_limit_is_not_an_endless_429(server):
    response = chat(server, server.key("free"), "word " * 60_000, max_tokens=10)
    assert 400 <= response.status_code < 500 and response.status_code != 429
    assert "40" in envelope(response)["message"].replace(",", ""), "the message does not say the limit"


@pytest.fixture
def five_a_day(installation):
    """A gateway whose Free tier has five requests a day, set through the operator's door."""
    installation.start()
    installation.stop()
    assert installation.sql("SELECT requests_per_day FROM tiers WHERE id = 'free'") == [(500,)]
    installation.sql("UPDATE tiers SET requests_per_day = 5 WHERE id = 'free'")
    return installation.start()


def test_the_day_limit_holds_across_a_restart(five_a_day):
    fresh_minute()
    server, key = five_a_day, five_a_day.key("free")
    exhaust(server, key, 3)
    server.stop()
    server.start()
    responses = [chat(server, key) for _ in range(4)]
    assert [response.status_code for response in responses] == [200, 200, 429, 429]
    assert [limits(response.headers)[:3] for response in responses] == [(5, 1, 4), (5, 0, 5), (5, 0, 5), (5, 0, 5)]
    refused = responses[-1]
    assert limits(refused.headers)[3] % 86_400 == 0, "the day ends at midnight UTC"
    assert abs(int(refused.headers["retry-after"]) - (86_400 - time.time() % 86_400)) <= 2
    assert envelope(refused)["code"] == "rate_limit_exceeded"


def test_a_client_does_not_try_again_when_the_day_is_used_up(five_a_day):
    if time.time() % 86_400 > 86_400 - 90:
        time.sleep(90)  # The day is about to end, and with it the limit.
    fresh_minute()
    key = five_a_day.key("free")
    exhaust(five_a_day, key, 5)
    sent = []
    counting = httpx.Client(event_hooks={"request": [sent.append]})
    with five_a_day.client(key.secret, max_retries=3, http_client=counting) as client:
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(model="sandbox-small", messages=say("once more"))
    assert caught.value.response.headers["x-should-retry"] == "false" and len(sent) == 1
    assert re.search(r"Please try again in \d+ s", caught.value.message)
