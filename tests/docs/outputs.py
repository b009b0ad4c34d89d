"""Whether what a sample printed is what its page says that it prints."""

import json
import re

# Values of these fields are the same at every run, so that they are compared and not only there.
COMPARED = ("object", "type", "code", "role", "model", "finish_reason", "param")


def difference(kind, expected, printed):
    """Why not, in words; None when it is."""
    return json_difference(expected, printed) if kind == "json" else text_difference(expected, printed)


def text_difference(expected, printed):
    """`…` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("…"))
    if re.fullmatch(pattern, printed.strip(), re.DOTALL):
        return None
    return f"the page says that it prints\n{expected.strip()}\nand it printed\n{printed.strip()}"


def json_difference(expected, printed):
    try:
        actual = json.loads(printed)
    except ValueError:
        return f"it printed no JSON:\n{printed.strip()}"
    why = "; ".join(missing(json.loads(expected), actual, "$"))
    return f"{why}, in\n{printed.strip()}" if why else None


def missing(expected, actual, path):
    """What the page shows and the response lacks. Of a list the first items are compared."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield f"{path} is no object"
            return
        for name, value in expected.items():
            if name not in actual:
                yield f"{path}.{name} is not there"
            elif name in COMPARED and not isinstance(value, (dict, list)) and value != actual[name]:
                yield f"{path}.{name} is {actual[name]!r} and not {value!r}"
            else:
                yield from missing(value, actual[name], f"{path}.{name}")
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) < len(expected):
            yield f"{path} has fewer than {len(expected)} items"
            return
        for index, value in enumerate(expected):
            yield from missing(value, actual[index], f"{path}[{index}]")
