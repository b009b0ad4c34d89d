// A server-side proxy for a page: the page sends messages, the key stays here. Node 20.12 or newer, no packages.
//
//     cp .env.example .env     # and put your key into it
//     node proxy.mjs
//
// The page sends POST /api/chat {"messages": [...], "model": "..."} and gets the events of the response as they come.
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const BODY_BYTES_MAX = 64 * 1024;
const VISITORS_MAX = 10_000;

try {
  process.loadEnvFile(); // sets what .env says and the environment does not
} catch (error) {
  if (error.code !== "ENOENT") throw error;
}
const { YUNXIN_API_KEY: apiKey, YUNXIN_BASE_URL: baseUrl = "http://127.0.0.1:8080/v1" } = process.env;
if (!apiKey) throw new Error("set YUNXIN_API_KEY, in .env or in the environment");
const allowedOrigins = new Set((process.env.ALLOWED_ORIGINS ?? "http://localhost:3000").split(","));
const models = (process.env.MODELS ?? "sandbox-small").split(",");
const maxTokens = Number(process.env.MAX_TOKENS ?? 500);
const requestsPerMinute = Number(process.env.REQUESTS_PER_MINUTE ?? 10);

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** How often each visitor asked this minute. Forgets everybody when the minute is over. */
const asked = { minute: 0, counts: new Map() };
function mayAsk(visitor) {
  const minute = Math.floor(Date.now() / 60_000);
  if (minute !== asked.minute) Object.assign(asked, { minute, counts: new Map() });
  const count = asked.counts.get(visitor) ?? 0;
  if (count >= requestsPerMinute || (count === 0 && asked.counts.size >= VISITORS_MAX)) return false;
  asked.counts.set(visitor, count + 1);
  return true;
}

async function bodyOf(request) {
  const pieces = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    if (bytes > BODY_BYTES_MAX) throw new Refused(413, `send at most ${BODY_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** What is sent on: only what a page may choose, within our bounds. Never the body as it came. */
function question(text) {
  try {
    const { messages, model = models[0] } = JSON.parse(text);
    const sent = messages.map(({ role, content }) => ({ role: String(role), content: String(content) }));
    if (models.includes(model)) return { model, messages: sent, max_tokens: maxTokens, stream: true };
  } catch {
    throw new Refused(400, 'send {"messages": [{"role": ..., "content": ...}]}');
  }
  throw new Refused(400, "this model is not offered here");
}

function ourHeaders(request) {
  const { origin } = request.headers;
  if (!allowedOrigins.has(origin)) return { vary: "origin" };
  return {
    vary: "origin",
    "access-control-allow-origin": origin,
    "access-control-allow-headers": "content-type",
    "access-control-allow-methods": "POST",
  };
}

async function handle(request, response) {
  const isOurPage = allowedOrigins.has(request.headers.origin);
  if (request.method === "OPTIONS") return response.writeHead(isOurPage ? 204 : 403, ourHeaders(request)).end();
  if (request.method !== "POST" || request.url !== "/api/chat") throw new Refused(404, "there is only POST /api/chat");
  // Look at the session of your own users here: an origin keeps pages out, not programs.
  if (!isOurPage) throw new Refused(403, "this proxy is for other pages");
  if (!mayAsk(request.socket.remoteAddress)) throw new Refused(429, "too many questions; try again in a minute");
  const body = question(await bodyOf(request));

  // A page that leaves ends the question too.
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const upstream = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: gone.signal,
  }).catch(() => {
    throw new Refused(502, "the gateway could not be reached");
  });
  const headers = ourHeaders(request);
  for (const name of ["content-type", "retry-after", "x-request-id"]) {
    if (upstream.headers.has(name)) headers[name] = upstream.headers.get(name);
  }
  response.writeHead(upstream.status, headers);
  await pipeline(Readable.fromWeb(upstream.body), response);
}

const server = createServer(async (request, response) => {
  try {
    await handle(request, response);
  } catch (error) {
    if (response.headersSent) return response.destroy();
    const status = error instanceof Refused ? error.status : 500;
    const message = error instanceof Refused ? error.message : "something went wrong";
    response.writeHead(status, { ...ourHeaders(request), "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify({ error: { message } }));
  }
});
server.listen(Number(process.env.PORT ?? 8090), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
