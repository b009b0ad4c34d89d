import { once } from "node:events";
import { createServer } from "node:net";

/** A loopback port that was free a moment ago, for what must know its address before it starts. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
