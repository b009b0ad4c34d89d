// People who are there before a test begins: made through the API, then given to a browser by their cookie.

export const PASSWORD = "correct horse battery";
export const COOKIE = "__Host-yunxin-session";

let count = 0;
export const uniqueEmail = (name = "ann") => `${name}-${process.pid}-${++count}@example.test`;

/** The API as our own pages call it, with the cookie of somebody or of nobody. */
export class Person {
  constructor(url, cookie, me) {
    this.url = url;
    this.cookie = cookie;
    this.me = me;
  }

  get email() {
    return this.me.user.email;
  }

  get accountId() {
    return this.me.accounts[0].id;
  }

  /** The address of a page of their account. */
  page(path) {
    return `/a/${this.accountId}/${path}`;
  }

  async send(method, path, body) {
    const headers = { "x-yunxin-request": "dashboard", "sec-fetch-site": "same-origin", origin: this.url };
    if (this.cookie) headers.cookie = `${COOKIE}=${this.cookie}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    return fetch(`${this.url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  }

  /** The body of a response that must be a success. */
  async call(method, path, body) {
    const response = await this.send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  account(method, path, body) {
    return this.call(method, `/accounts/${this.accountId}${path}`, body);
  }

  async createKey(name = "Key", more = {}) {
    return this.account("POST", "/api-keys", { name, environment: "live", ...more });
  }

  /** Lets a browser be theirs. */
  async enter(context) {
    await context.addCookies([
      // The cookie is bound to secure transport; browsers count loopback as that.
      { name: COOKIE, value: this.cookie, url: this.url.replace("http:", "https:"), httpOnly: true, secure: true, sameSite: "Lax" },
    ]);
  }
}

async function made(url, path, body) {
  const response = await new Person(url).send("POST", path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`);
  const cookie = response.headers.getSetCookie().find((one) => one.startsWith(COOKIE));
  return new Person(url, cookie.slice(COOKIE.length + 1).split(";")[0], JSON.parse(text));
}

export function signUp(url, { email = uniqueEmail(), name = "Ann", ...more } = {}) {
  return made(url, "/auth/sign-up", { email, password: PASSWORD, name, ...more });
}

export function signIn(url, email, password = PASSWORD) {
  return made(url, "/auth/sign-in", { email, password });
}

/** Takes the session out of the browser, on no page: one that is open would poll on and be refused. */
export async function forgetSession(page) {
  await page.goto("about:blank");
  await page.context().clearCookies();
}

export function becomeOperator({ url, info }) {
  const token = info.operator_link.split("#")[1];
  const body = { token, email: "operator@example.test", password: PASSWORD, name: "Olga" };
  return made(url, "/auth/first-operator", body);
}

/** Somebody with this role in the account of `owner`. */
export async function join(owner, role) {
  const email = uniqueEmail(role);
  const { link } = await owner.account("POST", "/invites", { email, role });
  const person = await signUp(owner.url, { email, name: role });
  const me = await person.call("POST", "/auth/invites/accept", { token: link.split("#")[1] });
  const joined = me.accounts.filter((account) => account.id === owner.accountId);
  return new Person(owner.url, person.cookie, { ...me, accounts: joined });
}
