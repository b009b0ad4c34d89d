// Who called, from the User-Agent header: a client's own text, so nothing here is trusted, only made readable.

const LENGTH_MAX = 48;

interface Known {
  pattern: RegExp;
  name: string;
}

/** The first that matches names the client; the group is its version. */
const LIBRARIES: Known[] = [
  { pattern: /^OpenAI\/Python ([\w.]+)/, name: "OpenAI Python" },
  { pattern: /^AsyncOpenAI\/Python ([\w.]+)/, name: "OpenAI Python" },
  { pattern: /^OpenAI\/JS ([\w.]+)/, name: "OpenAI Node" },
  { pattern: /^OpenAI\/Go ([\w.]+)/, name: "OpenAI Go" },
  { pattern: /^OpenAI\/Java ([\w.]+)/, name: "OpenAI Java" },
  { pattern: /^ai-sdk\/[\w-]+\/([\w.]+)/, name: "Vercel AI SDK" },
  { pattern: /^langchain[\w-]*\/([\w.]+)/i, name: "LangChain" },
  { pattern: /^litellm\/([\w.]+)/i, name: "LiteLLM" },
  { pattern: /^curl\/([\w.]+)/, name: "curl" },
  { pattern: /^Wget\/([\w.]+)/, name: "Wget" },
  { pattern: /^HTTPie\/([\w.]+)/, name: "HTTPie" },
  { pattern: /^PostmanRuntime\/([\w.]+)/, name: "Postman" },
  { pattern: /^insomnia\/([\w.]+)/i, name: "Insomnia" },
  { pattern: /^python-requests\/([\w.]+)/, name: "Python requests" },
  { pattern: /^python-httpx\/([\w.]+)/, name: "Python httpx" },
  { pattern: /aiohttp\/([\w.]+)/, name: "Python aiohttp" },
  { pattern: /^Python-urllib\/([\w.]+)/, name: "Python urllib" },
  { pattern: /^Go-http-client\/([\w.]+)/, name: "Go HTTP client" },
  { pattern: /^axios\/([\w.]+)/, name: "axios" },
  { pattern: /^(?:node-fetch|undici|node)(?:\/([\w.]+))?/, name: "Node.js" },
  { pattern: /^okhttp\/([\w.]+)/, name: "OkHttp" },
  { pattern: /^Apache-HttpClient\/([\w.]+)/, name: "Apache HttpClient" },
  { pattern: /^Java(?:-http-client)?\/([\w.]+)/, name: "Java HTTP client" },
  { pattern: /^reqwest\/([\w.]+)/, name: "Rust reqwest" },
];

const BROWSERS: Known[] = [
  { pattern: /\bEdg(?:A|iOS)?\/(\d+)/, name: "Edge" },
  { pattern: /\b(?:OPR|Opera)\/(\d+)/, name: "Opera" },
  { pattern: /\bSamsungBrowser\/(\d+)/, name: "Samsung Internet" },
  { pattern: /\bMicroMessenger\/(\d+)/, name: "WeChat" },
  { pattern: /\b(?:Firefox|FxiOS)\/(\d+)/, name: "Firefox" },
  { pattern: /(?:Chrome|CriOS)\/(\d+)/, name: "Chrome" },
  { pattern: /\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//, name: "Safari" },
  { pattern: /\bSafari\//, name: "Safari" },
];

const SYSTEMS: Known[] = [
  { pattern: /\biPhone\b/, name: "iPhone" },
  { pattern: /\biPad\b/, name: "iPad" },
  { pattern: /\bAndroid\b/, name: "Android" },
  { pattern: /\bWindows\b/, name: "Windows" },
  { pattern: /\bMac OS X\b|\bMacintosh\b/, name: "macOS" },
  { pattern: /\bCrOS\b/, name: "ChromeOS" },
  { pattern: /\bLinux\b/, name: "Linux" },
];

export interface Agent {
  /** A browser, or what a program calls itself. */
  name: string;
  system: string | null;
  kind: "desktop" | "mobile" | "program";
}

/** As `clientName`, with the system it runs on, for people who look for their own device. */
export function describeAgent(agent: string): Agent | null {
  const name = clientName(agent);
  if (name === null) return null;
  const browser = BROWSERS.find(({ pattern }) => agent.startsWith("Mozilla/") && pattern.test(agent))?.name;
  if (browser === undefined) return { name, system: null, kind: "program" };
  const system = SYSTEMS.find(({ pattern }) => pattern.test(agent))?.name ?? null;
  const isMobile = /\bMobile\b|\biPhone\b|\biPad\b|\bAndroid\b/.test(agent);
  return { name: browser, system, kind: isMobile ? "mobile" : "desktop" };
}

/** A readable name of the client; `null` when it sent none. */
export function clientName(agent: string | null | undefined): string | null {
  const text = agent?.trim() ?? "";
  if (text === "") return null;
  const isBrowser = text.startsWith("Mozilla/");
  for (const { pattern, name } of isBrowser ? BROWSERS : LIBRARIES) {
    const match = pattern.exec(text);
    if (match) return match[1] ? `${name} ${match[1]}` : name;
  }
  const product = /^([\w.-]+)\/([\w.-]+)/.exec(text);
  if (product && !isBrowser) return shortened(`${product[1]} ${product[2]}`);
  return shortened(text);
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= LENGTH_MAX ? text : `${characters.slice(0, LENGTH_MAX - 1).join("")}…`;
}
