// The endpoints of the API document, each with everything that its part of a page says.

import { bodySample, curlOf } from "./sample.mjs";
import { limitsOf, schemas } from "./schema.mjs";

const METHODS = ["get", "post", "put", "patch", "delete"];
const ABBREVIATIONS = { api: "API", csv: "CSV", url: "URL", id: "ID" };

export function endpointsOf(document) {
  const reader = schemas(document);
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) =>
      endpoint(document, reader, path, method, item[method]),
    ),
  );
}

function endpoint(document, reader, path, method, operation) {
  const parameters = (operation.parameters ?? []).map((one) => parameter(deref(document, one), reader));
  const content = deref(document, operation.requestBody ?? {}).content ?? {};
  const schema = content["application/json"]?.schema;
  const proofs = (operation.security ?? document.security ?? []).flatMap((one) => Object.keys(one));
  const query = parameters.filter(({ place }) => place === "query");
  const body = schema && bodySample(schema, reader, operation.operationId);
  return {
    id: operation.operationId,
    title: titleOf(operation.operationId),
    method: method.toUpperCase(),
    path,
    tag: operation.tags?.[0] ?? "",
    summary: sentence(operation.summary),
    text: operation.description ?? "",
    proofs,
    path_parameters: parameters.filter(({ place }) => place === "path"),
    query,
    body: schema ? { text: reader.resolve(schema).description ?? "", fields: reader.fieldsOf(schema) } : null,
    answers: answersOf(document, reader, operation.responses ?? {}),
    curl: curlOf({ id: operation.operationId, method: method.toUpperCase(), path, proofs, query, body }),
  };
}

function parameter({ name, in: place, required, description, schema }, reader) {
  const whole = reader.resolve(schema);
  return {
    name,
    place,
    type: reader.typeOf(whole),
    isRequired: required === true,
    text: description ?? whole.description ?? "",
    limits: limitsOf(whole),
    fields: [],
  };
}

function answersOf(document, reader, responses) {
  return Object.entries(responses).map(([status, response]) => {
    const { description = "", content = {} } = deref(document, response);
    const isSuccess = status.startsWith("2");
    const types = Object.keys(content);
    const schema = content["application/json"]?.schema;
    return {
      status: status === "default" ? "4xx, 5xx" : status,
      text: description || (isSuccess && types.length > 0 ? "" : "No body."),
      types: types.filter((type) => type !== "application/json"),
      // Every refusal has the one envelope, which a section of its own describes.
      fields: isSuccess && schema ? reader.fieldsOf(schema) : [],
    };
  });
}

function deref(document, thing) {
  if (!thing.$ref) return thing;
  return thing.$ref
    .split("/")
    .slice(1)
    .reduce((at, name) => at[name], document);
}

/** `create_api_key` is "Create API key". */
function titleOf(operationId) {
  const words = operationId.split("_").map((word) => ABBREVIATIONS[word] ?? word);
  const [first = "", ...rest] = words;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(" ");
}

function sentence(text = "") {
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}
