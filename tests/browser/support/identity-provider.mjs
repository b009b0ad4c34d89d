// A real OpenID Connect server on loopback, with a page of its own on which people say who they are.
import { once } from "node:events";
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const CLIENT = { id: "yunxin", secret: "a-secret-of-the-client-of-forty-characters" };

const page = (uid, what) => `<!doctype html><html lang="en"><title>Identity provider</title><main><h1>${what}</h1>
<form method="post" action="/interaction/${uid}"><label>Who are you? <input name="login"></label>
<button name="response" value="yes">Continue</button><button name="response" value="no">Cancel</button></form></main></html>`;

async function formOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

/** `people` is who there is: `{login: claims}`. `inIdToken`: whether claims are there, or at the userinfo endpoint only. */
export async function startIdentityProvider({ redirectUri, people, inIdToken = true }) {
  let provider;
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${server.address().port}`;

  provider = new Provider(issuer, {
    clients: [
      { client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri], grant_types: ["authorization_code"], response_types: ["code"] },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: !inIdToken,
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    cookies: { keys: ["of this test only"] },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => people[sub] && { accountId: sub, claims: () => ({ sub, ...people[sub] }) },
  });

  async function consent(details) {
    const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
    grant.addOIDCScope(details.params.scope);
    return { consent: { grantId: await grant.save() } };
  }

  async function handle(request, response) {
    const uid = request.url.match(/^\/interaction\/([^/?]+)/)?.[1];
    if (!uid) return provider.callback()(request, response);
    const details = await provider.interactionDetails(request, response);
    if (details.prompt.name === "consent") return provider.interactionFinished(request, response, await consent(details), { mergeWithLastSubmission: true });
    if (request.method === "GET") {
      response.setHeader("content-type", "text/html");
      return response.end(page(uid, "Identity provider"));
    }
    const form = await formOf(request);
    const result =
      form.get("response") === "yes" ? { login: { accountId: form.get("login") } } : { error: "access_denied", error_description: "they said no" };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  return {
    issuer,
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
