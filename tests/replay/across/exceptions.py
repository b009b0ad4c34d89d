"""The one list of what cannot be told across languages: kinds, each with its reason."""

import json
import re
from pathlib import Path

LIST = Path(__file__).with_name("exceptions.json")
# The greatest share of the cells that may be excepted.
SHARE_MAX = 0.03


def load():
    return json.loads(LIST.read_text())


def apply(cells, known):
    """Marks the cells all of whose differences one exception covers."""
    for cell in cells:
        if cell.differences:
            cell.exception = next((one for one in known if covers(one, cell)), None)


def covers(exception, cell):
    return (
        cell.recording.language in exception.get("upstream", [cell.recording.language])
        and cell.client in exception.get("clients", [cell.client])
        and cell.is_same == exception.get("same", False)
        and all(re.search(exception["differs"], one) for one in cell.differences)
    )
