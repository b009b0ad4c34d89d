"""`/v1/files` and `/v1/batches` through the official client."""

import json

import openai
import pytest
from support import eventually, sandbox

CHAT = "/v1/chat/completions"
OVER = ("completed", "failed", "expired", "cancelled")


def line(name, text="Hello", **more):
    body = {"model": "sandbox-small", "messages": [{"role": "user", "content": text}], "max_tokens": 10, **more}
    return json.dumps({"custom_id": name, "method": "POST", "url": CHAT, "body": body})


def upload(client, lines):
    return client.files.create(purpose="batch", file=("requests.jsonl", "\n".join(lines).encode()))


def begin(client, lines, **more):
    file = upload(client, lines)
    return client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h", **more)


def ended(client, batch, seconds=30):
    def is_over():
        seen = client.batches.retrieve(batch.id)
        return seen if seen.status in OVER else None

    found = eventually(is_over, seconds)
    assert found, client.batches.retrieve(batch.id)
    return found


def results(client, file):
    return [json.loads(one) for one in client.files.content(file).text.splitlines()]


def test_a_file_is_created_listed_read_and_deleted(client):
    content = line("one").encode()
    file = client.files.create(purpose="batch", file=("requests.jsonl", content))
    assert (file.object, file.bytes, file.filename, file.purpose) == ("file", len(content), "requests.jsonl", "batch")
    assert client.files.retrieve(file.id) == file
    assert file.id in [one.id for one in client.files.list(limit=1)]
    assert client.files.content(file.id).read() == content
    assert client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file.id)


def test_a_file_can_be_asked_to_be_kept_for_less(client):
    after = {"anchor": "created_at", "seconds": 3600}
    file = client.files.create(purpose="batch", file=("a.jsonl", b"{}"), expires_after=after)
    assert file.expires_at == file.created_at + 3600


def test_a_file_of_several_megabytes_comes_back_as_it_went(client):
    content = (line("x" * 100, "word " * 200) + "\n").encode() * 5000
    assert len(content) > 5_000_000
    file = client.files.create(purpose="batch", file=("large.jsonl", content))
    assert client.files.content(file.id).read() == content


def test_a_file_that_is_no_json_lines_is_refused_with_its_line(client):
    with pytest.raises(openai.BadRequestError) as refused:
        upload(client, [line("one"), "no json"])
    assert refused.value.code == "invalid_file" and "line 2" in str(refused.value)
    with pytest.raises(openai.BadRequestError) as refused:
        client.files.create(purpose="fine-tune", file=("a.jsonl", b"{}"))
    assert refused.value.param == "purpose"


def test_a_batch_runs_and_leaves_its_results(client):
    batch = begin(client, [line(f"r-{number}") for number in range(20)], metadata={"job": "nightly"})
    assert batch.object == "batch" and batch.status == "validating" and batch.metadata == {"job": "nightly"}
    batch = ended(client, batch)
    assert batch.status == "completed" and batch.errors is None and batch.error_file_id is None
    assert batch.request_counts.total == batch.request_counts.completed == 20
    found = results(client, batch.output_file_id)
    assert {one["custom_id"] for one in found} == {f"r-{number}" for number in range(20)}
    assert all(one["response"]["body"]["object"] == "chat.completion" for one in found)
    assert batch.id in [one.id for one in client.batches.list(limit=5)]


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("/v1/embeddings", {"model": "sandbox-embedding", "input": "a text"}),
        ("/v1/completions", {"model": "sandbox-small", "prompt": "Once", "max_tokens": 5}),
        ("/v1/responses", {"model": "sandbox-small", "input": "Hello", "max_output_tokens": 16}),
        ("/v1/moderations", {"model": "sandbox-moderation", "input": "a nice day"}),
    ],
)
def test_a_batch_serves_each_endpoint(client, endpoint, body):
    text = json.dumps({"custom_id": "one", "method": "POST", "url": endpoint, "body": body})
    file = upload(client, [text])
    batch = client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h")
    batch = ended(client, batch)
    assert batch.status == "completed" and batch.request_counts.completed == 1, batch
    (found,) = results(client, batch.output_file_id)
    assert found["response"]["status_code"] == 200


def test_lines_that_fail_are_in_the_error_file(client):
    batch = begin(client, [line("good"), line("bad", sandbox(status=400))])
    batch = ended(client, batch)
    assert batch.status == "completed" and (batch.request_counts.completed, batch.request_counts.failed) == (1, 1)
    (bad,) = results(client, batch.error_file_id)
    assert bad["custom_id"] == "bad" and bad["response"]["status_code"] == 400


def test_a_batch_of_faults_says_where_they_are(client):
    batch = ended(client, begin(client, [line("a"), line("a"), line("b", model="no-such-model")]))
    assert batch.status == "failed" and batch.output_file_id is None
    assert [(fault.line, fault.code) for fault in batch.errors.data] == [
        (2, "duplicate_custom_id"),
        (3, "invalid_model"),
    ]


def test_a_batch_is_cancelled(client):
    batch = begin(client, [line(f"r-{number}", sandbox(slow_headers_ms=60_000)) for number in range(4)])
    eventually(lambda: client.batches.retrieve(batch.id).status == "in_progress")
    assert client.batches.cancel(batch.id).status == "cancelling"
    batch = ended(client, batch, seconds=10)
    assert batch.status == "cancelled" and batch.cancelled_at
    assert {one["error"]["code"] for one in results(client, batch.error_file_id)} == {"batch_cancelled"}


def test_another_account_sees_neither_files_nor_batches(server, client):
    batch = begin(client, [line("one")])
    with server.client(server.key("enterprise").secret) as other:
        for ask in (other.files.retrieve, other.files.content, other.files.delete):
            with pytest.raises(openai.NotFoundError):
                ask(batch.input_file_id)
        for ask in (other.batches.retrieve, other.batches.cancel):
            with pytest.raises(openai.NotFoundError):
                ask(batch.id)
        with pytest.raises(openai.BadRequestError):
            other.batches.create(input_file_id=batch.input_file_id, endpoint=CHAT, completion_window="24h")


def test_a_server_that_is_killed_in_the_middle_loses_no_line_and_charges_none_twice(installation):
    installation.start("--demo")
    secret = installation.key("enterprise").secret
    count = 60
    with installation.client(secret) as client:
        batch = begin(client, [line(f"r-{number}", sandbox(slow_headers_ms=150)) for number in range(count)])
        for kill_at in (5, 25):
            eventually(lambda at=kill_at: client.batches.retrieve(batch.id).request_counts.completed >= at, 20)
            installation.kill()
            installation.start("--demo")
            client = installation.client(secret)
        batch = ended(client, batch, seconds=60)
        assert batch.status == "completed" and batch.request_counts.completed == count, batch
        found = results(client, batch.output_file_id)
        assert len(found) == len({one["custom_id"] for one in found}) == count
    installation.stop()
    requests, lines = charged(installation)
    assert requests == lines == count, (requests, lines)


def charged(installation):
    """Completed requests in the ledger of usage, and how many different ones they are."""
    rows = installation.sql("SELECT request_id FROM usage_events WHERE end_reason = 'completed'")
    return len(rows), len({row[0] for row in rows})
