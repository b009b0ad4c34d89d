// Code that works when it is pasted: our own address, a model of the account, and the key from the environment.

import type { Environment, ModelResponse } from "@/api/types";
import { publicPath } from "@/base-path";
import type { CodeSample } from "@/components/code-block";

export function baseUrl(): string {
  return window.location.origin + publicPath("/v1");
}

/** The model that examples call: one that answers chats, and for test keys one that test keys reach. */
export function exampleModel(models: ModelResponse[] | undefined, environment?: Environment): string | null {
  const usable = (models ?? []).filter((model) => model.is_available && model.model_type === "chat");
  const isSandbox = (model: ModelResponse) =>
    model.provider === "sandbox" || model.providers.includes("sandbox");
  if (environment === "test") return (usable.find(isSandbox) ?? usable[0])?.id ?? null;
  return (usable.find((model) => !isSandbox(model)) ?? usable[0])?.id ?? null;
}

export function samplesOf(model: string): CodeSample[] {
  const url = baseUrl();
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Say hello." }] });
  return [
    {
      id: "curl",
      label: "curl",
      code: [
        `curl ${url}/chat/completions \\`,
        '  -H "Authorization: Bearer $YUNXIN_API_KEY" \\',
        '  -H "Content-Type: application/json" \\',
        `  -d '${body.replaceAll("'", "'\\''")}'`,
      ].join("\n"),
    },
    {
      id: "python",
      label: "Python",
      code: [
        "import os",
        "from openai import OpenAI",
        "",
        "client = OpenAI(",
        `    base_url=${JSON.stringify(url)},`,
        '    api_key=os.environ["YUNXIN_API_KEY"],',
        ")",
        "answer = client.chat.completions.create(",
        `    model=${JSON.stringify(model)},`,
        '    messages=[{"role": "user", "content": "Say hello."}],',
        ")",
        "print(answer.choices[0].message.content)",
      ].join("\n"),
    },
    {
      id: "javascript",
      label: "JavaScript",
      code: [
        'import OpenAI from "openai";',
        "",
        "const client = new OpenAI({",
        `  baseURL: ${JSON.stringify(url)},`,
        "  apiKey: process.env.YUNXIN_API_KEY,",
        "});",
        "const answer = await client.chat.completions.create({",
        `  model: ${JSON.stringify(model)},`,
        '  messages: [{ role: "user", content: "Say hello." }],',
        "});",
        "console.log(answer.choices[0].message.content);",
      ].join("\n"),
    },
  ];
}
