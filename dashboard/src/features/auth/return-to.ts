/** Where to go after signing in: a path of ours, never another site. */
export function safeReturnPath(value: string | undefined): string {
  if (value === undefined || !value.startsWith("/")) return "/";
  // The browser reads `\` as `/` and drops control characters, so `/\evil.example` would be another host.
  if (/^\/[/\\]/.test(value) || hasControlCharacter(value)) return "/";
  const path = value.split(/[?#]/)[0];
  return path === "/sign-in" || path === "/sign-up" ? "/" : value;
}

function hasControlCharacter(value: string): boolean {
  return [...value].some((char) => char.charCodeAt(0) < 0x20 || char.charCodeAt(0) === 0x7f);
}
