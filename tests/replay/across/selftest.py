"""The comparison passes what is right, and notices each fault that is planted in it."""

from dataclasses import replace

from usage import Tokens

from . import compare, exceptions
from .conversation import LANGUAGES, Call, Said

RIGHT = Said(text="Yes.", thoughts="hm", calls=[Call("call_1", "add", '{"a":1.50}')], finish="calls", usage=Tokens(10, 7, 2, 3), written=1)
FAULTS = {
    "a text that lacks its end": {"text": "Yes"},
    "a text twice": {"text": "Yes.Yes."},
    "thoughts left out": {"thoughts": ""},
    "a call left out": {"calls": []},
    "a call twice": {"calls": RIGHT.calls * 2},
    "another name": {"calls": [Call("call_1", "sub", '{"a":1.50}')]},
    "a number written otherwise": {"calls": [Call("call_1", "add", '{"a":1.5}')]},
    "another id": {"calls": [Call("call_2", "add", '{"a":1.50}')]},
    "no id": {"calls": [Call("", "add", '{"a":1.50}')]},
    "another end": {"finish": "length"},
    "no count": {"usage": None},
    "input left out": {"usage": Tokens(8, 7, 2, 3)},
    "reasoning left out of the output": {"usage": Tokens(10, 4, 2, 3)},
    "another count of the cache": {"usage": Tokens(10, 7, 0, 3)},
    "another count of the reasoning": {"usage": Tokens(10, 7, 2, 0)},
}


def check():
    for client in LANGUAGES:
        found = compare.differences(RIGHT, RIGHT, client, False)
        assert not found, f"what is right is not taken in {client}: {found}"
        for name, fault in FAULTS.items():
            assert compare.differences(RIGHT, replace(RIGHT, **fault), client, False), f"not noticed in {client}: {name}"
    for one in exceptions.load():
        assert one["kind"] and one["differs"] and len(one["reason"]) > 20, one
