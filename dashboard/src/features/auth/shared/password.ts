// The server's rules for passwords, so that a person sees them while typing. The server has the last word, and also a list of
// passwords that are tried first.

import { maxLengthOf } from "@/api/limits";

export const PASSWORD_CHARS_MIN = 12;
export const PASSWORD_CHARS_MAX = maxLengthOf("SignUpRequest", "password");
const DIFFERENT_CHARS_MIN = 5;
const NAME_CHARS_MIN = 4;

export type PasswordRule = "length" | "email" | "pattern";
export type PasswordStrength = "weak" | "fair" | "good" | "strong";

export const PASSWORD_RULES: PasswordRule[] = ["length", "email", "pattern"];

/** The rules that the password breaks. */
export function brokenRules(password: string, email: string): PasswordRule[] {
  const chars = [...password];
  const broken: PasswordRule[] = [];
  if (chars.length < PASSWORD_CHARS_MIN || chars.length > PASSWORD_CHARS_MAX) broken.push("length");
  if (isTakenFromEmail(password.toLowerCase(), email.trim().toLowerCase())) broken.push("email");
  if (isPattern([...password.toLowerCase()])) broken.push("pattern");
  return broken;
}

export function isAcceptable(password: string, email: string): boolean {
  return brokenRules(password, email).length === 0;
}

/** How long it would take to guess, in four steps: above all its length, then how varied it is. */
export function strengthOf(password: string, email: string): PasswordStrength {
  if (!isAcceptable(password, email)) return "weak";
  const kinds = [/\p{Ll}|\p{Lo}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) =>
    kind.test(password),
  ).length;
  const score = [...password].length + 2 * kinds;
  if (score >= 24) return "strong";
  return score >= 18 ? "good" : "fair";
}

function isTakenFromEmail(plain: string, email: string): boolean {
  if (email === "" || plain === "") return false;
  if (plain.includes(email)) return true;
  const name = email.split("@")[0] ?? "";
  if (name.length < NAME_CHARS_MIN || !plain.startsWith(name)) return false;
  return !/\p{L}/u.test(plain.slice(name.length));
}

function isPattern(chars: string[]): boolean {
  if (new Set(chars).size < DIFFERENT_CHARS_MIN) return true;
  const codes = chars.map((char) => char.codePointAt(0) ?? 0);
  const isRun = (step: number) =>
    codes.every((code, index) => index === 0 || code - (codes[index - 1] ?? 0) === step);
  return isRun(1) || isRun(-1);
}
