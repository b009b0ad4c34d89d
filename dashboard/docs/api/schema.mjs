// A schema of the API document as what a reader wants to know of it: fields, and what each may be.

const DEPTH_MAX = 5;

export function schemas(document) {
  const named = document.components.schemas;

  /** A schema without references: those of `allOf` in one, and of two of which one is null the other. */
  function resolve(schema = {}) {
    const { $ref, allOf, ...own } = schema;
    const parts = allOf ?? ($ref ? [named[$ref.split("/").at(-1)] ?? {}] : []);
    const whole = parts.map(resolve).reduce(merge, {});
    const all = merge(whole, own);
    const options = all.oneOf ?? all.anyOf;
    const rest = options?.filter((option) => option.type !== "null");
    if (rest?.length !== 1) return all;
    const { oneOf: _one, anyOf: _any, ...around } = all;
    return { ...merge(resolve(rest[0]), around), isNullable: rest.length < options.length };
  }

  function typeOf(schema) {
    const { type, items, format, isNullable, oneOf, anyOf } = schema;
    if (oneOf || anyOf) return [...new Set((oneOf ?? anyOf).map((one) => typeOf(resolve(one))))].join(" or ");
    const types = [type].flat().filter(Boolean);
    const words = types.map((one) => {
      if (one === "array") return items ? `array of ${typeOf(resolve(items)) || "anything"}` : "array";
      return one === "string" && format === "date-time" ? "time" : one;
    });
    if (isNullable) words.push("null");
    return words.join(" or ") || "anything";
  }

  /** `[{ name, type, isRequired, text, limits, fields }]` of an object, or of what an array is of. */
  function fieldsOf(schema, depth = 0) {
    const whole = resolve(schema);
    if (depth >= DEPTH_MAX) return [];
    if (whole.items) return fieldsOf(whole.items, depth + 1);
    const required = new Set(whole.required ?? []);
    const fields = Object.entries(whole.properties ?? {}).map(([name, property]) => {
      const one = resolve(property);
      return {
        name,
        type: typeOf(one),
        isRequired: required.has(name),
        text: one.description ?? "",
        limits: limitsOf(one),
        fields: fieldsOf(one, depth + 1),
      };
    });
    return fields.sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
  }

  return { resolve, typeOf, fieldsOf };
}

function merge(a, b) {
  const properties = a.properties || b.properties ? { ...a.properties, ...b.properties } : undefined;
  const required = [...(a.required ?? []), ...(b.required ?? [])];
  const whole = { ...a, ...b };
  if (properties) whole.properties = properties;
  if (required.length > 0) whole.required = required;
  return whole;
}

/** What it is bound to, in words. */
export function limitsOf(schema) {
  const {
    minimum,
    maximum,
    minLength,
    maxLength,
    minItems,
    maxItems,
    enum: values,
    default: preset,
  } = schema;
  const limits = [];
  if (values) limits.push(`one of ${values.map((value) => `\`${value}\``).join(", ")}`);
  if (schema.const !== undefined) limits.push(`always \`${schema.const}\``);
  limits.push(between(minimum === 0 ? undefined : minimum, maximum, ""));
  limits.push(between(minLength, maxLength, " characters"));
  limits.push(between(minItems, maxItems, " items"));
  if (schema.pattern) limits.push(`matches \`${schema.pattern}\``);
  if (preset !== undefined && preset !== null) limits.push(`\`${JSON.stringify(preset)}\` unless told`);
  return limits.filter(Boolean).join("; ");
}

function between(least, most, what) {
  if (least !== undefined && most !== undefined) return `${least} to ${most}${what}`;
  if (most !== undefined) return `at most ${most}${what}`;
  if (least !== undefined) return `at least ${least}${least === 1 ? what.replace(/s$/, "") : what}`;
  return "";
}
