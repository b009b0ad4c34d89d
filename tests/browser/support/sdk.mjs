// The official client, as a customer's program uses it.
import OpenAI from "openai";

export const MODEL = "sandbox-small";

export function connect(server, secret) {
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: secret, maxRetries: 0, timeout: 30_000 });
}

export function ask(server, secret, text = "Say hello.", model = MODEL) {
  return connect(server, secret).chat.completions.create({ model, messages: [{ role: "user", content: text }] });
}

/** The refusal that a call gets: `{status, code}`; an error when it is answered. */
export async function refusalOf(server, secret, model = MODEL) {
  try {
    await ask(server, secret, undefined, model);
  } catch (error) {
    if (error instanceof OpenAI.APIError) return { status: error.status, code: error.code };
    throw error;
  }
  throw new Error("the call was answered");
}
