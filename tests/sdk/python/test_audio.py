"""`POST /v1/audio/…` through the official client."""

import openai
import pytest

SPEAKER, LISTENER = "sandbox-speech", "sandbox-transcription"


@pytest.fixture(scope="module")
def sound(client):
    return client.audio.speech.create(model=SPEAKER, voice="alloy", input="one two three four").content


def listen(client, sound, **more):
    return client.audio.transcriptions.create(model=LISTENER, file=("a.wav", sound), **more)


def test_a_text_is_spoken_and_its_characters_are_paid_for(client, sound):
    assert sound[:4] == b"RIFF" and len(sound) == 44 + 2 * 16_000
    raw = client.audio.speech.with_raw_response.create(model=SPEAKER, voice="alloy", input="hi", response_format="pcm")
    assert raw.headers["content-type"] == "audio/pcm" and raw.headers["x-ratelimit-resource"] == "speech"


def test_speech_is_read_as_it_comes(client):
    speech = client.audio.speech.with_streaming_response
    with speech.create(model=SPEAKER, voice="alloy", input="a b c d e f") as response:
        assert sum(len(part) for part in response.iter_bytes(4_096)) == 44 + 3 * 16_000


def test_a_recording_is_written_down(client, sound):
    transcript = listen(client, sound)
    assert len(transcript.text.split()) == 4 and transcript.usage.seconds == 2


def test_a_verbose_transcript_has_its_length(client, sound):
    assert listen(client, sound, response_format="verbose_json").duration == 2


@pytest.mark.parametrize(("form", "begin"), [("text", ""), ("srt", "1\n"), ("vtt", "WEBVTT")])
def test_text_and_subtitles_come_as_they_are(client, sound, form, begin):
    text = listen(client, sound, response_format=form)
    assert isinstance(text, str) and text.startswith(begin) and text.strip()


def test_a_transcript_is_streamed(client, sound):
    events = list(listen(client, sound, stream=True))
    text = "".join(event.delta for event in events if event.type == "transcript.text.delta")
    assert events[-1].type == "transcript.text.done" and events[-1].text == text


def test_a_recording_is_translated(client, sound):
    assert client.audio.translations.create(model=LISTENER, file=("a.wav", sound)).text


def test_a_file_that_is_no_recording_is_refused(client):
    with pytest.raises(openai.BadRequestError) as refused:
        listen(client, b"%PDF-1.7")
    assert refused.value.param == "file"
