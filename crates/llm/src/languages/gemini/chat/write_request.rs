//! Writing the body of `generateContent` for a client of another language.

use super::{parts, schema, wish, write_tools};
use crate::chat::{
    Content, Losses, OutputFormat, Part, Request, Role, Turn, WriteOptions, Written,
};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// Sequences to stop at that the language takes.
const STOPS_MAX: usize = 5;
/// The proof that Google names for calls which another model made: newer models refuse calls without any.
const NO_PROOF: &str = "skip_thought_signature_validator";

/// Writes the request.
pub(in super::super) fn write(
    request: &Request,
    options: &WriteOptions<'_>,
) -> Result<Written, TranslateError> {
    let mut losses = Losses::of(request.language);
    let mut body = Object::new();
    let mut contents = contents(request, options, &losses)?;
    let mut instructions = Vec::new();
    for part in &request.instructions {
        instructions.extend(parts::write(part, &losses)?);
    }
    if contents.is_empty() {
        // A conversation has a turn at least.
        let turn = Object::new().with("role", "user");
        contents.push(turn.with("parts", instructions));
    } else if !instructions.is_empty() {
        let instruction = Object::new().with("parts", instructions);
        body.add("systemInstruction", instruction);
    }
    body.add("contents", contents);
    write_tools::write(request, &mut body, &mut losses)?;
    let settings = settings(request, options, &mut losses)?;
    if !settings.is_empty() {
        body.add("generationConfig", settings);
    }
    losses.drop_extras(&request.extras);
    drop_hints(request, &mut losses);
    Ok(losses.into_written(Value::from(body).to_json()))
}

fn contents(
    request: &Request,
    options: &WriteOptions<'_>,
    losses: &Losses,
) -> Result<Vec<Object>, TranslateError> {
    let mut turns = request.turns_of_two_roles();
    name_results(&mut turns);
    let wants_proofs = wish::has_levels(options.upstream_model);
    let mut contents = Vec::new();
    for mut turn in turns {
        // Results stand before what is said besides.
        let is_other = |part: &Part| !matches!(part.content, Content::ToolResult(_));
        if turn.role == Role::User {
            turn.parts.sort_by_key(is_other);
        }
        let role = match turn.role {
            Role::Assistant => "model",
            Role::User | Role::Instruction => "user",
        };
        let first_call = turn.parts.iter().position(is_call);
        let lacks_proof = wants_proofs && !turn.parts.iter().any(is_proved_call);
        let mut written = Vec::new();
        for (place, part) in turn.parts.iter().enumerate() {
            let mut objects = parts::write(part, losses)?;
            if lacks_proof && first_call == Some(place) {
                objects
                    .iter_mut()
                    .for_each(|object| object.add("thoughtSignature", NO_PROOF));
            }
            written.extend(objects);
        }
        if !written.is_empty() {
            contents.push(Object::new().with("role", role).with("parts", written));
        }
    }
    Ok(contents)
}

fn is_call(part: &Part) -> bool {
    matches!(part.content, Content::ToolCall(_))
}

fn is_proved_call(part: &Part) -> bool {
    is_call(part) && part.signature_of(super::super::NAME).is_some()
}

/// Gives results the names of their tools: other languages say the id of the call alone. Of several the last is meant.
fn name_results(turns: &mut [Turn]) {
    let mut named: Vec<(String, String)> = Vec::new();
    for part in turns.iter_mut().flat_map(|turn| &mut turn.parts) {
        match &mut part.content {
            Content::ToolCall(call) => named.push((call.id.clone(), call.name.clone())),
            Content::ToolResult(result) if result.name.is_none() => {
                let call = named.iter().rfind(|(id, _)| *id == result.call_id);
                result.name = call.map(|(_, name)| name.clone());
            }
            _ => {}
        }
    }
}

fn settings(
    request: &Request,
    options: &WriteOptions<'_>,
    losses: &mut Losses,
) -> Result<Object, TranslateError> {
    let sampling = &request.sampling;
    losses.refuse_if("n", sampling.choices.is_some())?;
    losses.refuse_if("logprobs", sampling.logprobs.is_some())?;
    losses.refuse_if("logit_bias", sampling.logit_bias.is_some())?;
    let mut settings = Object::new();
    let numbers = [
        ("temperature", &sampling.temperature),
        ("topP", &sampling.top_p),
        ("topK", &sampling.top_k),
        ("presencePenalty", &sampling.presence_penalty),
        ("frequencyPenalty", &sampling.frequency_penalty),
        ("seed", &sampling.seed),
    ];
    for (name, value) in numbers {
        if let Some(value) = value {
            settings.add(name, value.clone());
        }
    }
    if let Some(limit) = request.output_tokens_max {
        settings.add("maxOutputTokens", limit);
    }
    let is_said = |text: &&String| !text.is_empty();
    let stop = sampling.stop.iter().filter(is_said).take(STOPS_MAX);
    let stop: Vec<Value> = stop.map(|text| text.as_str().into()).collect();
    losses.drop_if("stop", stop.len() < sampling.stop.len());
    if !stop.is_empty() {
        settings.add("stopSequences", stop);
    }
    output(request, &mut settings, losses);
    if let Some(config) = wish::write(request.reasoning.as_ref(), options, losses) {
        settings.add("thinkingConfig", config);
    }
    Ok(settings)
}

fn output(request: &Request, settings: &mut Object, losses: &mut Losses) {
    match &request.output {
        OutputFormat::Text => {}
        OutputFormat::Json => settings.add("responseMimeType", "application/json"),
        OutputFormat::Schema { schema, .. } => {
            settings.add("responseMimeType", "application/json");
            let schema = schema::write(schema, "response_format.schema", losses);
            settings.add("responseJsonSchema", schema);
        }
    }
}

fn drop_hints(request: &Request, losses: &mut Losses) {
    for (name, is_given) in [
        ("metadata", request.metadata.is_some()),
        ("parallel_tool_calls", request.parallel_calls == Some(false)),
        ("prompt_cache_key", request.prompt_cache_key.is_some()),
        ("service_tier", request.service_tier.is_some()),
        ("user", request.user.is_some()),
        ("verbosity", request.verbosity.is_some()),
    ] {
        losses.drop_if(name, is_given);
    }
}
