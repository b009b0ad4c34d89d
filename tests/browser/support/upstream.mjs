// A provider on loopback that speaks OpenAI's language: it lists models and responds to chats, and keeps what it was asked.
import { once } from "node:events";
import { createServer } from "node:http";

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : null;
}

function completion(model) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_790_000_000,
    model,
    choices: [{ index: 0, message: { role: "assistant", content: "OK" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
  };
}

export async function startUpstream({ models, secret }) {
  const asked = [];
  let failure = null;
  const server = createServer(async (request, response) => {
    const send = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const body = await bodyOf(request);
    asked.push({ path: request.url, body });
    if (request.headers.authorization !== `Bearer ${secret}`) {
      return send(401, { error: { message: "Incorrect API key provided.", type: "invalid_request_error", code: "invalid_api_key" } });
    }
    if (failure !== null) return send(failure, { error: { message: "The server had an error.", type: "server_error" } });
    if (request.url === "/v1/models") return send(200, { object: "list", data: models.map((id) => ({ id, object: "model" })) });
    if (request.url === "/v1/chat/completions") return send(200, completion(body.model));
    return send(404, { error: { message: "Not found." } });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    asked,
    /** What every request gets from now on; `null`: a response. */
    fail: (status) => {
      failure = status;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
