// What a first visit costs: files, bytes as they are sent, and the time until something shows, a tenth of a second away.
import { settled } from "./support/pages.mjs";
import { expect, test } from "./support/test.mjs";

const ROUND_TRIP_MS = 100;
const FILES_MAX = 12;
const BYTES_MAX = 300_000;
/** One for the document, one for all that it names: the program, its texts, the page, who is signed in. */
const ROUND_TRIPS_MAX = 2;
/** Only a machine that does nothing else can be held to a time: `make bench-dashboard` says which. */
const FIRST_CONTENT_MS_MAX = Number(process.env.FIRST_CONTENT_MS_MAX ?? Number.POSITIVE_INFINITY);
const IS_TIMED = FIRST_CONTENT_MS_MAX !== Number.POSITIVE_INFINITY;

/** Opens an address as a browser that has nothing yet; what came, and when something showed. What is asked for once
 *  `ROUND_TRIPS_MAX` round trips are done is held back until something shows: on a busy machine no clock can say what it waited for. */
async function visit(page, address) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: ROUND_TRIP_MS,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  const responses = new Map();
  const order = [];
  // A request that waited for others is one round trip after them.
  const trips = new Map();
  let tripsDone = 0;
  devtools.on("Network.requestWillBeSent", ({ requestId, request }) => {
    order.push(`sent ${new URL(request.url).pathname}`);
    trips.set(requestId, tripsDone + 1);
  });
  devtools.on("Network.responseReceived", ({ requestId, response, type }) => {
    responses.set(requestId, { path: new URL(response.url).pathname, bytes: 0 });
    // What a document names is asked for before all of it is there.
    if (type === "Document") tripsDone = Math.max(tripsDone, 1);
    order.push(`got ${new URL(response.url).pathname}`);
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const response = responses.get(requestId);
    if (response) response.bytes = encodedDataLength;
    tripsDone = Math.max(tripsDone, trips.get(requestId) ?? 0);
  });
  const held = [];
  let letOn = () => {};
  const shown = new Promise((resolve) => {
    letOn = resolve;
  });
  await page.route("**/*", async (route) => {
    if (tripsDone >= ROUND_TRIPS_MAX && !IS_TIMED) {
      held.push(new URL(route.request().url()).pathname);
      await shown;
    }
    await route.continue();
  });
  await page.goto(address, { waitUntil: "commit" });
  const paint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  const firstContent = await page.waitForFunction(paint, undefined, { timeout: 20_000 }).then(
    (handle) => handle.jsonValue(),
    () => undefined,
  );
  const waitedFor = firstContent === undefined ? [...held] : [];
  letOn();
  await settled(page);
  await page.unrouteAll();
  const all = [...responses.values()];
  const calls = all.filter(({ path }) => path.startsWith("/api/"));
  const files = all.filter((one) => !calls.includes(one));
  const bytes = all.reduce((sum, one) => sum + one.bytes, 0);
  return { files, calls, bytes, firstContent, waitedFor, order };
}

function hold(name, { files, calls, bytes, firstContent, waitedFor }) {
  console.log(
    `first visit: ${name}: ${files.length} files (at most ${FILES_MAX}), ${calls.length} calls, ${bytes} bytes in all (at most ${BYTES_MAX}), ` +
      `first content after ${Math.round(firstContent)} ms with round trips of ${ROUND_TRIP_MS} ms`,
  );
  expect(files.length, files.map(({ path }) => path).join("\n")).toBeLessThanOrEqual(FILES_MAX);
  expect(bytes).toBeLessThan(BYTES_MAX);
  expect(
    firstContent,
    `nothing showed after ${ROUND_TRIPS_MAX} round trips, without ${waitedFor.join(", ")}`,
  ).toBeLessThan(FIRST_CONTENT_MS_MAX);
}

/** Holds that these files, and who is signed in, were asked for once and before the program was there to ask. */
function wereAhead({ order }, names) {
  const program = order.findIndex((line) => line.startsWith("got /assets/index-"));
  for (const part of [...names.map((name) => `/assets/${name}-`), "/api/v1/auth/session"]) {
    const asked = order.flatMap((line, place) => (line.startsWith(`sent ${part}`) ? [place] : []));
    expect(asked, `${part}\n${order.join("\n")}`).toHaveLength(1);
    expect(asked[0], `${part}\n${order.join("\n")}`).toBeLessThan(program);
  }
}

test("a visitor's first page is few files, small and soon there", async ({ page, server }) => {
  void server;
  const cost = await visit(page, "/sign-in");
  hold("sign in", cost);
  wereAhead(cost, ["visitors", "kit", "texts-en-auth"]);
});

test("a customer's first page is few files, small and soon there", async ({ page, ann }) => {
  const cost = await visit(page, ann.page("overview"));
  hold("overview", cost);
  wereAhead(cost, ["overview", "kit", "texts-en"]);
});

test("a page in the language that was chosen before asks for the texts of that language alone", async ({
  page,
  ann,
  context,
  server,
}) => {
  await context.addCookies([{ name: "yunxin-language", value: "zh-CN", url: server.url }]);
  await page.addInitScript(() => localStorage.setItem("yunxin-language", "zh-CN"));
  const { order } = await visit(page, ann.page("overview"));
  wereAhead({ order }, ["texts-zh-CN"]);
  expect(order.filter((line) => line.includes("/assets/texts-en"))).toEqual([]);
});

test("an operator's first page is few files, small and soon there", async ({ page, operator }) => {
  void operator;
  const cost = await visit(page, "/operator/accounts");
  hold("operator", cost);
  wereAhead(cost, ["lists", "overview", "kit", "texts-en"]);
});
