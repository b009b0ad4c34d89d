// Every error class of the official Node client, with what it carries.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clients, connect, freshMinute, sandbox, say, startYunxin } from "./support.mjs";

const server = await startYunxin();
const enterprise = await server.key("enterprise");
const free = await server.key("free");
const revoked = await server.key("basic");
await server.cli("key", "revoke", revoked.id);
const restricted = await server.key("basic", { options: ["--endpoints", "embeddings"] });
const damaged = { secret: `${enterprise.secret.slice(0, -1)}${enterprise.secret.endsWith("a") ? "b" : "a"}` };

const good = { model: "sandbox-small", messages: say("hello") };
const upstream = (status) => ({ ...good, messages: say(sandbox({ status })) });

const cases = [
  ["no key", "AuthenticationError", 401, "authentication_error", "missing_api_key", { key: enterprise, body: good, headers: { Authorization: null } }],
  ["a damaged key", "AuthenticationError", 401, "authentication_error", "invalid_api_key", { key: damaged, body: good }],
  ["a revoked key", "PermissionDeniedError", 403, "permission_error", "key_revoked", { key: revoked, body: good }],
  ["a restricted key", "PermissionDeniedError", 403, "permission_error", "insufficient_permissions", { key: restricted, body: good }],
  ["a model above the tier", "PermissionDeniedError", 403, "permission_error", "model_tier_restricted", { key: free, body: { ...good, model: "sandbox-premium" }, param: "model" }],
  ["an unknown model", "NotFoundError", 404, "not_found_error", "invalid_model", { key: enterprise, body: { ...good, model: "no-such-model" }, param: "model" }],
  ["a wrong type", "BadRequestError", 400, "invalid_request_error", null, { key: enterprise, body: { ...good, max_tokens: "many" }, param: "max_tokens" }],
  ["wrong messages", "BadRequestError", 400, "invalid_request_error", "invalid_messages", { key: enterprise, body: { ...good, messages: "hello" }, param: "messages" }],
  ["a value out of range", "UnprocessableEntityError", 422, "validation_error", null, { key: enterprise, body: { ...good, n: 0 }, param: "n" }],
  ["an upstream 409", "ConflictError", 409, "conflict_error", null, { key: enterprise, body: upstream(409) }],
  ["an upstream 422", "UnprocessableEntityError", 422, "validation_error", null, { key: enterprise, body: upstream(422) }],
  ["an upstream 401", "InternalServerError", 502, "upstream_error", null, { key: enterprise, body: upstream(401) }],
  ["an upstream 429", "InternalServerError", 503, "service_unavailable", "upstream_rate_limited", { key: enterprise, body: upstream(429) }],
  ["an upstream 500", "InternalServerError", 502, "upstream_error", null, { key: enterprise, body: upstream(500) }],
  ["an upstream 503", "InternalServerError", 503, "service_unavailable", "upstream_overloaded", { key: enterprise, body: upstream(503) }],
];

function matches(sdk, kind, status, type, code, param) {
  return (error) => {
    assert.equal(error.constructor, sdk[kind], `${error}`);
    assert.equal(error.status, status);
    assert.equal(error.type, type);
    if (code) assert.equal(error.code, code);
    assert.ok(error.code && error.message && error.requestID);
    if (param) assert.equal(error.param, param);
    assert.deepEqual(["code", "message", "param", "type"].filter((name) => !(name in error.error)), []);
    assert.equal(error.headers.get("x-request-id"), error.requestID);
    return true;
  };
}

for (const { name, sdk } of clients) {
  describe(name, () => {
    for (const [title, kind, status, type, code, { key, body, headers, param }] of cases) {
      test(`${title} raises ${kind}`, async () => {
        const call = () => connect(sdk, server, key).chat.completions.create(body, { headers });
        await assert.rejects(call, matches(sdk, kind, status, type, code, param));
      });

      test(`${title} raises ${kind} when a stream was asked for`, async () => {
        const call = () => connect(sdk, server, key).chat.completions.create({ ...body, stream: true }, { headers });
        await assert.rejects(call, matches(sdk, kind, status, type, code, param));
      });
    }

    test("the eleventh request of a Free key raises RateLimitError", async () => {
      const client = connect(sdk, server, await server.key("free"));
      await freshMinute();
      for (let request = 0; request < 10; request += 1) await client.chat.completions.create(good);
      const expected = matches(sdk, "RateLimitError", 429, "rate_limit_error", "rate_limit_exceeded");
      await assert.rejects(() => client.chat.completions.create(good), (error) => {
        expected(error);
        assert.ok(Number(error.headers.get("retry-after")) >= 1);
        assert.match(error.message, /\d+/);
        return true;
      });
    });
  });
}
