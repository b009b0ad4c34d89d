// One gateway per test file, of which the tests learn an address and a key.
import { startYunxin } from "../../sdk/node/server.mjs";

export async function served() {
  const server = await startYunxin();
  return { url: server.url.replace(/\/$/, ""), key: (await server.key("enterprise")).secret };
}
