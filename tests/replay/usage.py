"""What a recording says of its tokens, read without the product, and whether the receipt says the same."""

from dataclasses import dataclass

from wire import Number

PROVIDER, ESTIMATE = "upstream", "estimate"


@dataclass(frozen=True)
class Tokens:
    """The provider's own count. None where it does not say: the output beside a sum alone, the reasoning in the output."""

    input: int
    output: int | None
    cached: int
    reasoning: int | None


def counted(exchange):
    """The tokens of the last usage of the recording; None where it has none."""
    found = None
    for body in bodies(exchange):
        for usage in usages(body):
            found = tokens(usage) or found
    return found


def bodies(exchange):
    if exchange.stream is None:
        return [exchange.response] if isinstance(exchange.response, dict) else []
    return [event.json for event in exchange.events if event.json is not None]


def usages(body):
    """Groq keeps it in `x_groq`, Moonshot in a choice, everybody else at the top. The top is the last word."""
    choices = [choice for choice in body.get("choices") or [] if isinstance(choice, dict)]
    places = [*choices, body.get("x_groq") or {}, body]
    return [place["usage"] for place in places if isinstance(place, dict) and isinstance(place.get("usage"), dict)]


def tokens(usage):
    """None where neither the classes nor their sum are there."""
    prompt = number(usage, "prompt_tokens", "input_tokens")
    completion = number(usage, "completion_tokens", "output_tokens")
    total = number(usage, "total_tokens")
    if prompt is None and completion is None:
        return None if total is None else Tokens(total, None, 0, None)
    if prompt is None:
        prompt = (total or completion) - completion
    if completion is None:
        completion = (total or prompt) - prompt
    reasoning = detail(usage, "completion", "reasoning_tokens")
    prompt, output, reasoning = whole(usage, prompt, completion, total, reasoning)
    cached = detail(usage, "prompt", "cached_tokens") or number(usage, "prompt_cache_hit_tokens", "cache_read_input_tokens") or 0
    return Tokens(prompt, output, min(cached, prompt), reasoning)


def whole(usage, prompt, completion, total, reasoning):
    """The input with its audio, the output with its reasoning: the parts that some providers leave out of their sums."""
    rest = max((total or 0) - prompt - completion, 0)
    audio = detail(usage, "prompt", "audio_tokens") or 0
    if rest and rest == audio:  # Mistral: 11 + 375 of audio + 15 = 401
        return prompt + audio, completion, reasoning
    if rest:  # xAI: 436 + 68 + 148 of reasoning = 652; Gemini's OpenAI dialect names the rest nowhere
        return prompt, completion + rest, reasoning
    if reasoning and reasoning > completion:  # Vercel's Gemini: 28 + 5 = 33 beside 48 of reasoning, and all 53 are in its `cost`
        return prompt, completion + reasoning, reasoning
    return prompt, completion, reasoning


def detail(usage, side, name):
    """A part of one side, wherever its provider puts it."""
    others = {"prompt": "input", "completion": "output"}
    for place in (f"{side}_tokens_details", f"{others[side]}_tokens_details", f"{side}_token_details"):
        if isinstance(usage.get(place), dict) and (value := number(usage[place], name)) is not None:
            return value
    return number(usage, name)


def number(members, *names):
    for name in names:
        value = members.get(name)
        if isinstance(value, Number) and value.whole is not None:
            return value.whole
    return None


def differences(exchange, receipt, is_free, said):
    """What the receipt has otherwise. `said` is true where the response has any text, thought or call."""
    if is_free:
        return [f"a refusal cost {receipt['charge_nanos']} nano-dollars"] if receipt["charge_nanos"] else []
    wanted = counted(exchange)
    if wanted is not None and wanted.output is None:
        if exchange.protocol != "openai-embeddings":
            return sum_differences(wanted.input, receipt)
        wanted = Tokens(wanted.input, 0, 0, None)
    return estimate_differences(exchange, receipt, said) if wanted is None else count_differences(wanted, receipt)


def count_differences(wanted, receipt):
    if wanted.input == wanted.output == 0 and receipt["counted_by"] == ESTIMATE:
        # Voyage: a count of nothing for a text is no count.
        return [] if receipt["input_tokens"] else ["the estimate of the input is zero"]
    found = []
    if receipt["counted_by"] != PROVIDER:
        found.append(f"counted by {receipt['counted_by']}, though the recording has the provider's count")
    for name in ("input", "output", "cached", "reasoning"):
        value, got = getattr(wanted, name), receipt[f"{name}_tokens"]
        if value is not None and got != value:
            found.append(f"{name} tokens metered: {got}, recorded: {value}")
    if wanted.reasoning is None and receipt["reasoning_tokens"] > receipt["output_tokens"]:
        found.append("more reasoning than output was metered")
    return found


def sum_differences(total, receipt):
    """A chat that says its sum alone: how it divides is an estimate, what it adds up to is not."""
    got = receipt["input_tokens"] + receipt["output_tokens"]
    return [] if got == total else [f"tokens metered in all: {got}, recorded: {total}"]


def estimate_differences(exchange, receipt, said):
    """No count was recorded, so that it can only be an estimate: said to be one, and not zero."""
    found = []
    if receipt["counted_by"] != ESTIMATE:
        found.append(f"counted by {receipt['counted_by']}, though the recording has no count")
    if receipt["input_tokens"] == 0:
        found.append("the estimate of the input is zero")
    if said and exchange.protocol != "openai-embeddings" and receipt["output_tokens"] == 0:
        found.append("the estimate of the output is zero, though something was said")
    return found
