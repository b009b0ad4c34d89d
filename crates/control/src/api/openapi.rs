//! The one document of both planes. The data plane's half is written by hand, because its contract is
//! OpenAI's; the management API's half follows from its handlers.

use gateway::config::PublicUrl;
use llm::{Operation, Operations};
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

use crate::auth::Cookie;

/// The document with the paths of `control`.
///
/// # Errors
/// If a half is no JSON, which the build's tests rule out.
pub(crate) fn document(control: &OpenApi, operations: Operations) -> serde_json::Result<Value> {
    let mut document: Value = serde_json::from_str(gateway::api::OPENAPI)?;
    let mut control = serde_json::to_value(control)?;
    let paths = control["paths"].take();
    for (path, mut item) in entries(paths) {
        describe(&mut item);
        // A parameter that takes slashes is written `{*id}` in the router.
        document["paths"][path.replace("{*", "{")] = item;
    }
    let schemas = control["components"]["schemas"].take();
    for (name, mut schema) in entries(schemas.clone()) {
        if name.starts_with(CHANGES) {
            schema = change_of(&schema, &schemas);
        }
        if is_response(&name) {
            inline_parts(&mut schema, &schemas);
            require_all(&name, &mut schema);
        }
        if let Some(row) = name.strip_prefix(PAGE_OF) {
            // Written out there, the row would be a second shape, of which less is said.
            schema["properties"]["data"]["items"] =
                json!({"$ref": format!("#/components/schemas/{row}")});
        }
        document["components"]["schemas"][name] = schema;
    }
    describe_operations(&mut document["components"], operations);
    for tag in control["tags"].take().as_array().into_iter().flatten() {
        if let Some(tags) = document["tags"].as_array_mut() {
            tags.push(tag.clone());
        }
    }
    document["components"]["securitySchemes"]["session"] = json!({
        "type": "apiKey", "in": "cookie", "name": crate::auth::SESSION_COOKIE,
        "description": "A signed-in browser. Writes also need the header `X-Yunxin-Request: dashboard`."
    });
    document["components"]["securitySchemes"]["management_key"] = json!({
        "type": "http", "scheme": "bearer", "description": "A management key, `yxm-...`."
    });
    Ok(document)
}

/// Writes the names of the table into the places of the document that list them.
fn describe_operations(components: &mut Value, operations: Operations) {
    let names: Vec<&str> = Operation::names(operations).collect();
    components["schemas"]["Operation"] = json!({
        "type": "string", "enum": names, "description": "An operation of the data plane."
    });
    let resources = &mut components["headers"]["x-ratelimit-resource"]["schema"]["enum"];
    let mut all: Vec<Value> = operations.iter().map(|row| row.resource.into()).collect();
    all.dedup();
    all.extend(resources.take().as_array().into_iter().flatten().cloned());
    *resources = all.into();
}

/// The document as this installation serves it: with its own address, and the name that its cookie has there.
pub(crate) fn of_installation(mut document: Value, public_url: &PublicUrl) -> Value {
    if let Some(url) = public_url.as_str() {
        document["servers"] = json!([{ "url": url, "description": "This server." }]);
    }
    document["components"]["securitySchemes"]["session"]["name"] =
        Cookie::Session.name(public_url).into();
    document
}

fn entries(value: Value) -> impl Iterator<Item = (String, Value)> {
    let map = match value {
        Value::Object(map) => map,
        _ => serde_json::Map::new(),
    };
    map.into_iter()
}

/// The prefix of the name of a page of a list; the name of its rows follows.
const PAGE_OF: &str = "Page_";

/// Returns whether a shape is written by us: then every field of it is always there, if only as `null`.
fn is_response(name: &str) -> bool {
    name.ends_with("Response")
        || name.starts_with(PAGE_OF)
        || ["UsageSums", "UsagePoint", "UsageGroup"].contains(&name)
}

/// Names of bodies that change a spec begin so.
const CHANGES: &str = "Change_";

/// The schema of the spec that is changed; every member may be left out.
fn change_of(schema: &Value, schemas: &Value) -> Value {
    let written_out = &schema["properties"]["spec"];
    let mut of_spec = referred(written_out, schemas)
        .unwrap_or(written_out)
        .clone();
    if let Some(members) = of_spec.as_object_mut() {
        members.remove("required");
        if let Some(description) = schema.get("description") {
            members.insert("description".to_owned(), description.clone());
        }
    }
    of_spec
}

/// The schema that another one refers to, unless it is a response, which has a schema of its own.
fn referred<'a>(schema: &Value, schemas: &'a Value) -> Option<&'a Value> {
    let name = schema.get("$ref").and_then(Value::as_str)?;
    let name = name.strip_prefix("#/components/schemas/")?;
    (!is_response(name)).then(|| schemas.get(name)).flatten()
}

/// Puts the parts that a response is composed of into it: a part that is also a request of its own, such as a spec, is
/// whole in a response, and has other members beside it.
fn inline_parts(schema: &mut Value, schemas: &Value) {
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten() {
        if let Some(inner) = referred(part, schemas) {
            *part = inner.clone();
            if let Some(members) = part.as_object_mut() {
                members.remove("additionalProperties");
            }
        }
    }
}

fn require_all(name: &str, schema: &mut Value) {
    // Not by `[…]`, which would write the name down where it is missing.
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    let parts = parts.map(std::mem::take);
    if let Some(mut parts) = parts {
        for part in &mut parts {
            require_all(name, part);
        }
        schema["allOf"] = parts.into();
        return;
    }
    let Some(properties) = schema["properties"].as_object() else {
        return;
    };
    let names: Vec<Value> = properties
        .keys()
        .filter(|field| (name, field.as_str()) != LEFT_OUT)
        .map(|field| field.as_str().into())
        .collect();
    schema["required"] = names.into();
}

/// The one field that some callers do not get: how many accounts have a tier is the operators' to know.
const LEFT_OUT: (&str, &str) = ("TierResponse", "accounts");

/// Operations that no program may call, whatever its key.
const FOR_PEOPLE: [&str; 15] = [
    "try_api_key",
    "list_management_keys",
    "create_management_key",
    "revoke_management_key",
    "list_operator_management_keys",
    "create_operator_management_key",
    "revoke_operator_management_key",
    "list_users",
    "edit_user",
    "create_reset_link",
    "create_sign_up_invite",
    "list_sign_up_invites",
    "revoke_sign_up_invite",
    "count_unseen_key_events",
    "mark_key_events_seen",
];

/// Describes what holds for every operation: who may call, and that anything may be refused in the envelope.
fn describe(item: &mut Value) {
    for operation in item
        .as_object_mut()
        .into_iter()
        .flat_map(|item| item.values_mut())
        .filter(|value| value.get("responses").is_some())
    {
        operation["responses"]["default"] = json!({
            "description": "An error.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
        });
        let is_public = operation["tags"][0] == "auth" || operation["tags"][0] == "docs";
        let id = operation["operationId"].as_str().unwrap_or_default();
        let is_for_people = operation["tags"][0] == "me" || FOR_PEOPLE.contains(&id);
        operation["security"] = if is_public {
            json!([{}])
        } else if is_for_people {
            json!([{"session": []}])
        } else {
            json!([{"session": []}, {"management_key": []}])
        };
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            if let Some(name) = parameter["name"]
                .as_str()
                .and_then(|name| name.strip_prefix('*'))
            {
                parameter["name"] = name.to_owned().into();
            }
        }
    }
}
