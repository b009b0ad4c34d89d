"""JSON whose numbers stay as they were written, and server-sent events."""

import json
from dataclasses import dataclass

DONE = "[DONE]"


@dataclass(frozen=True)
class Number:
    """A JSON number by its text: 1.0 is not 1, and no digit is lost in a float."""

    text: str

    @property
    def whole(self):
        """The integer that it is, `12.0` included; None for a real fraction."""
        value = float(self.text)
        return int(value) if value == value and value not in (float("inf"), float("-inf")) and value % 1 == 0 else None


class Twice(ValueError):
    """A member is in an object twice, so readers would disagree about its value."""


def unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise Twice(f"member twice: {next(name for name in names if names.count(name) > 1)}")
    return members


def load(text):
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number, object_pairs_hook=unique)


def dump(value):
    """The text of what `load` gave, numbers as they were."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{dump(name)}:{dump(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    if isinstance(value, str):
        # Half of a surrogate pair cannot be UTF-8; it stays an escape.
        return json.dumps(value, ensure_ascii=any("\ud800" <= letter <= "\udfff" for letter in value))
    return json.dumps(value)


@dataclass(frozen=True)
class Event:
    name: str
    data: str

    @property
    def json(self):
        """The object that it carries; None for `[DONE]` and what is no object."""
        try:
            value = load(self.data)
        except (Twice, ValueError):
            return None
        return value if isinstance(value, dict) else None


def events(text):
    """The events of a stream. Lines end in CR LF, LF or CR; a last event without its empty line counts."""
    found, name, data = [], "", []
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        field, _, value = line.partition(":")
        if line == "":
            if data:
                found.append(Event(name, "\n".join(data)))
            name, data = "", []
        elif field == "data":
            data.append(value.removeprefix(" ").strip())
        elif field == "event":
            name = value.strip()
    return found


def difference(wanted, got, path=""):
    """The first place where two values differ, in words; None where they are equal."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name in [*wanted, *(name for name in got if name not in wanted)]:
            here = f"{path}.{name}" if path else name
            if name not in got:
                return f"{here} is missing (recorded: {short(wanted[name])})"
            if name not in wanted:
                return f"{here} was not recorded: {short(got[name])}"
            if found := difference(wanted[name], got[name], here):
                return found
        return None
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        return next((found for i, pair in enumerate(zip(wanted, got)) if (found := difference(*pair, f"{path}[{i}]"))), None)
    return None if same(wanted, got) else f"{path or 'the value'} is {short(got)}, recorded: {short(wanted)}"


def same(wanted, got):
    return type(wanted) is type(got) and wanted == got


def short(value, length=160):
    text = value if isinstance(value, str) else dump(value)
    return text if len(text) <= length else f"{text[:length]}…"


def dump_plain(value):
    """As `dump`, for values whose numbers are Python's."""
    return json.dumps(value, ensure_ascii=False)
