// An invite leads through sign-up or sign-in, perhaps at a provider's site, and back: its token waits in this tab meanwhile.

const KEY = "yunxin-invite";

export function keepInvite(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Storage may be switched off; the invite's link then has to be opened again after signing in.
  }
}

export function keptInvite(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function forgetInvite(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
