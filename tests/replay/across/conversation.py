"""A conversation in no language: what a recording asks for, and what it says."""

from dataclasses import dataclass, field

LANGUAGES = ("openai", "responses", "anthropic", "gemini")
# The languages of recordings that hold conversations.
PROTOCOLS = {
    "openai-chat": "openai",
    "mistral-chat": "openai",
    "openai-responses": "responses",
    "anthropic-messages": "anthropic",
    "gemini": "gemini",
    "bedrock-converse": "bedrock",
    "cohere-chat": "cohere",
    "ollama": "ollama",
}


@dataclass
class Part:
    """A piece of a turn. `kind` is text, image, file, audio, call, result or thought."""

    kind: str
    text: str = ""
    url: str | None = None
    data: str | None = None
    media_type: str | None = None
    id: str = ""
    name: str = ""
    parts: list = field(default_factory=list)
    is_error: bool = False
    # The proof of a thought, and the language of its maker.
    proof: tuple | None = None


@dataclass
class Turn:
    role: str
    parts: list


@dataclass
class Asked:
    """A request. `left_out` names what the recording has beyond what languages share."""

    system: list = field(default_factory=list)
    turns: list = field(default_factory=list)
    tools: list = field(default_factory=list)
    # auto, none, required, or ("tool", name)
    choice: object = None
    parallel: bool | None = None
    # "json", or a schema with its name
    output: object = None
    limit: object = None
    temperature: object = None
    top_p: object = None
    stop: list = field(default_factory=list)
    effort: str | None = None
    budget: object = None
    left_out: list = field(default_factory=list)

    def add(self, role, parts):
        """Neighbours of one role are one turn; instructions before every turn are the system's."""
        parts = [part for part in parts if part is not None]
        if role == "system" and not self.turns:
            self.system += [part.text for part in parts]
        elif self.turns and self.turns[-1].role == role:
            self.turns[-1].parts += parts
        elif parts:
            self.turns.append(Turn(role, parts))


@dataclass
class Call:
    id: str
    name: str
    arguments: str
    is_custom: bool = False


@dataclass
class Said:
    """A response. `usage` is a `usage.Tokens`, or None where nothing was counted."""

    text: str = ""
    thoughts: str = ""
    refusal: str = ""
    calls: list = field(default_factory=list)
    finish: str | None = None
    usage: object = None
    written: int | None = None
    error: object = None

    @property
    def is_anything(self):
        return bool(self.text or self.thoughts or self.refusal or self.calls)
