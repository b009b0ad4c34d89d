// A reverse proxy on loopback that serves one program below a path, and responds with 404 for everything else on its host.
import { once } from "node:events";
import { createServer, request } from "node:http";

/** `strips`: whether the path is taken off what is passed on. */
export async function startPathProxy({ base, strips }) {
  let target;
  const strays = [];
  const server = createServer((from, to) => {
    const isBelow = from.url === base || from.url.startsWith(`${base}/`) || from.url.startsWith(`${base}?`);
    if (!isBelow) {
      strays.push(from.url);
      to.writeHead(404).end("another program");
      return;
    }
    const path = strips ? from.url.slice(base.length).replace(/^(?!\/)/, "/") : from.url;
    const { hostname, port } = new URL(target);
    const onward = request({ hostname, port, path, method: from.method, headers: from.headers }, (response) => {
      to.writeHead(response.statusCode, response.rawHeaders);
      response.pipe(to);
    });
    onward.on("error", () => to.destroy());
    from.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** What was asked for beside the path. */
    strays,
    serve: (url) => {
      target = url;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
