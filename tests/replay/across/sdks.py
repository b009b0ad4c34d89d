"""The official SDKs as readers: the schema of their types, and their own accumulation of a stream."""

import functools
import sys

import wire
from wire import DONE

try:
    import anthropic
    import google.genai
    import openai
    import pydantic
    from openai import ContentFilterFinishReasonError, LengthFinishReasonError
except ImportError:
    openai = None

BASE = "http://replayed"


def are_here():
    return openai is not None


def problems(client, is_streamed, data, told):
    """What the SDK of the language does not take, or reads otherwise than `told`."""
    if not are_here():
        return []
    try:
        schema(client, is_streamed, data)
    except pydantic.ValidationError as error:
        one = error.errors()[0]
        return [f"it is not of the official schema: {'.'.join(map(str, one['loc']))}: {one['msg']} ({error.error_count()} in all)"]
    try:
        text, calls = read(client, is_streamed, data)
    except Exception as error:  # whatever an SDK throws
        return [f"the official SDK does not read it: {type(error).__name__}: {str(error)[:200]}"]
    found = []
    if text != told.text:
        found.append(f"the official SDK reads the text {wire.short(text)!r}")
    if calls != [call.name for call in told.calls]:
        found.append(f"the official SDK reads the calls {calls}")
    return found


def schema(client, is_streamed, data):
    types = SCHEMAS[client]()
    if not is_streamed:
        types[0].validate_json(data)
        return
    for event in wire.events(data.decode()):
        if event.data != DONE:
            types[1].validate_json(event.data)


def of_openai():
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

    return pydantic.TypeAdapter(ChatCompletion), pydantic.TypeAdapter(ChatCompletionChunk)


def of_responses():
    from openai.types.responses import Response, ResponseStreamEvent

    return pydantic.TypeAdapter(Response), pydantic.TypeAdapter(ResponseStreamEvent)


def of_anthropic():
    from anthropic.types import Message, RawMessageStreamEvent

    return pydantic.TypeAdapter(Message), pydantic.TypeAdapter(RawMessageStreamEvent)


def of_gemini():
    from google.genai.types import GenerateContentResponse

    return (pydantic.TypeAdapter(GenerateContentResponse),) * 2


SCHEMAS = {
    "openai": functools.cache(of_openai),
    "responses": functools.cache(of_responses),
    "anthropic": functools.cache(of_anthropic),
    "gemini": functools.cache(of_gemini),
}


class Current:
    """The bytes that the transports of all clients respond with."""

    kind = "application/json"
    data = b""


def transport(library):
    """A transport of an HTTP library that responds with the bytes of the moment."""
    return library.MockTransport(lambda _: library.Response(200, headers={"content-type": Current.kind}, content=Current.data))


def client_of(sdk, kind):
    library = sys.modules[sdk.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0]]
    return kind(api_key="x", base_url=BASE, http_client=library.Client(transport=transport(library)), max_retries=0)


# A client is dear to make, so that each is made once.
@functools.cache
def openai_client():
    return client_of(openai, openai.OpenAI)


@functools.cache
def anthropic_client():
    return client_of(anthropic, anthropic.Anthropic)


@functools.cache
def gemini_client():
    options = google.genai.types.HttpOptions(base_url=BASE, client_args={"transport": transport(sys.modules["httpx"])})
    return google.genai.Client(api_key="x", http_options=options)


ASKED = [{"role": "user", "content": "x"}]


def read_openai(is_streamed):
    client = openai_client()
    if not is_streamed:
        message = client.chat.completions.create(model="m", messages=ASKED).choices[0].message
    else:
        with client.chat.completions.stream(model="m", messages=ASKED) as stream:
            try:
                stream.until_done()
            except (LengthFinishReasonError, ContentFilterFinishReasonError):
                pass  # How the SDK reads these two ends.
            message = stream.current_completion_snapshot.choices[0].message
    return message.content or "", [(call.function if call.type == "function" else call.custom).name for call in message.tool_calls or []]


def read_responses(is_streamed):
    client = openai_client()
    if not is_streamed:
        response = client.responses.create(model="m", input="x")
    else:
        with client.responses.stream(model="m", input="x") as stream:
            for event in stream:
                if event.type in ("response.completed", "response.incomplete"):
                    response = event.response
    return response.output_text, [item.name for item in response.output if item.type in ("function_call", "custom_tool_call")]


def read_anthropic(is_streamed):
    client = anthropic_client()
    asked = {"model": "m", "max_tokens": 9, "messages": ASKED}
    if not is_streamed:
        message = client.messages.create(**asked)
    else:
        with client.messages.stream(**asked) as stream:
            message = stream.get_final_message()
    return "".join(block.text for block in message.content if block.type == "text"), [block.name for block in message.content if block.type == "tool_use"]


def read_gemini(is_streamed):
    models = gemini_client().models
    chunks = list(models.generate_content_stream(model="m", contents="x")) if is_streamed else [models.generate_content(model="m", contents="x")]
    parts = [part for chunk in chunks for candidate in chunk.candidates or [] for part in (candidate.content.parts if candidate.content else None) or []]
    text = "".join(part.text for part in parts if part.text and not part.thought)
    return text, [part.function_call.name for part in parts if part.function_call]


READERS = {"openai": read_openai, "responses": read_responses, "anthropic": read_anthropic, "gemini": read_gemini}


def read(client, is_streamed, data):
    """The text and the names of the calls, as the SDK reads them."""
    Current.kind, Current.data = "text/event-stream" if is_streamed else "application/json", data
    return READERS[client](is_streamed)
