// A browser's own description, as people would say it.

export interface Agent {
  browser: string;
  system: string | null;
  kind: "desktop" | "mobile" | "program";
}

const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOpera\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bMicroMessenger\//, "WeChat"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** `null` when there is nothing to say. A program's name is its own word: show it as untrusted text. */
export function describeAgent(agent: string): Agent | null {
  const text = agent.trim();
  if (text === "") return null;
  const browser = BROWSERS.find(([pattern]) => pattern.test(text))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
  if (browser === undefined) {
    return {
      browser: text.split(/[\s/]/)[0]?.slice(0, 40) || text.slice(0, 40),
      system: null,
      kind: "program",
    };
  }
  const isMobile = /\bMobile\b|\biPhone\b|\biPad\b|\bAndroid\b/.test(text);
  return { browser, system, kind: isMobile ? "mobile" : "desktop" };
}
