//! Quirks by provider, each with what shows it: a recording, or the provider's own documentation.

use crate::provider::{Quirk, Trait};

use Trait::{
    Comments, ContentParts, DetailsBack, EmptyIds, ErrorInStream, ErrorText, FailureAsSuccess,
    FlatError, MaxTokensOnly, NewerOutputLimit, NineCharacterIds, NoDone, NoFinishReason,
    OutputWithoutReasoning, PunctuatedIds, RankedByTopK, ReasoningContentMember, ReasoningMember,
    RoleRepeated, ThoughtsBack, UsageInEveryEvent, UsageInOwnMember, UsageUnasked, UsageWithChoice,
    WholeToolCalls,
};

const fn seen(is: Trait, shown_by: &'static str) -> Quirk {
    Quirk { is, shown_by }
}

pub(super) const ALIBABA: &[Quirk] = &[
    seen(UsageUnasked, "alibaba/openai-chat/ai--alibaba-reasoning-0"),
    seen(
        ReasoningContentMember,
        "alibaba/openai-chat/ai--alibaba-reasoning-0",
    ),
    seen(EmptyIds, "alibaba/openai-chat/ai--alibaba-tool-call-0"),
];

pub(super) const BEDROCK_MANTLE: &[Quirk] = &[seen(
    ReasoningMember,
    "bedrock-mantle/openai-chat/pydantic-ai--test-bedrock-mantle-test-safeguard-chat-routing-0",
)];

pub(super) const CEREBRAS: &[Quirk] = &[
    seen(
        NoDone,
        "cerebras/openai-chat/req-llm--qwen-3-coder-480b-object-streaming-0",
    ),
    seen(
        UsageWithChoice,
        "cerebras/openai-chat/req-llm--qwen-3-coder-480b-object-streaming-0",
    ),
    seen(
        WholeToolCalls,
        "cerebras/openai-chat/req-llm--qwen-3-235b-a22b-instruct-2507-object-streaming-0",
    ),
    seen(
        ReasoningMember,
        "cerebras/openai-chat/req-llm--gpt-oss-120b-multi-tool-0",
    ),
];

pub(super) const COHERE: &[Quirk] = &[seen(
    MaxTokensOnly,
    "https://docs.cohere.com/docs/compatibility-api",
)];

pub(super) const DEEPSEEK: &[Quirk] = &[
    seen(
        MaxTokensOnly,
        "https://api-docs.deepseek.com/api/create-chat-completion",
    ),
    seen(
        UsageWithChoice,
        "deepseek/openai-chat/rig--agent-streaming-reasoner-roundtrip-streams-reasoning-first-1",
    ),
    seen(
        ReasoningContentMember,
        "deepseek/openai-chat/pydantic-ai--test-deepseek-deferred-capability-with-thinking-1",
    ),
    seen(
        ThoughtsBack,
        "deepseek/openai-chat/pydantic-ai--test-deepseek-deferred-capability-with-thinking-1",
    ),
];

pub(super) const FIREWORKS: &[Quirk] = &[
    seen(
        PunctuatedIds,
        "fireworks/openai-chat/req-llm--accounts-fireworks-models-kimi-k2p5-tool-round-trip-1-0",
    ),
    seen(
        ReasoningContentMember,
        "fireworks/openai-chat/req-llm--accounts-fireworks-models-glm-5-object-streaming-0",
    ),
];

pub(super) const GEMINI: &[Quirk] = &[seen(
    EmptyIds,
    "gemini/openai-chat/pydantic-ai--test-compatible-api-with-tool-calls-without-id-0",
)];

pub(super) const GROQ: &[Quirk] = &[
    seen(
        UsageInOwnMember,
        "groq/openai-chat/req-llm--gemma2-9b-it-object-streaming-0",
    ),
    seen(
        WholeToolCalls,
        "groq/openai-chat/req-llm--gemma2-9b-it-object-streaming-0",
    ),
    seen(
        ReasoningMember,
        "groq/openai-chat/langchain--test-code-interpreter-0",
    ),
    seen(
        ErrorInStream,
        "groq/openai-chat/req-llm--meta-llama-llama-4-scout-17b-16e-instruct-object-streaming-0-2",
    ),
];

pub(super) const HUGGINGFACE: &[Quirk] = &[
    seen(
        PunctuatedIds,
        "huggingface/openai-chat/fantasy--huggingface-kimi-k2-multi-tool-0",
    ),
    seen(
        UsageInOwnMember,
        "huggingface/openai-chat/fantasy--huggingface-kimi-k2-multi-tool-streaming-1",
    ),
];

pub(super) const MINIMAX: &[Quirk] = &[
    seen(
        NoDone,
        "minimax/openai-chat/req-llm--minimax-m2-5-streaming-0",
    ),
    seen(
        RoleRepeated,
        "minimax/openai-chat/req-llm--minimax-m2-5-object-streaming-0",
    ),
    seen(
        FailureAsSuccess,
        "minimax/openai-chat/req-llm--minimax-m2-5-highspeed-tool-round-trip-2-0",
    ),
    seen(
        ReasoningContentMember,
        "minimax/openai-chat/req-llm--minimax-m2-5-highspeed-tool-round-trip-2-0",
    ),
    seen(
        ThoughtsBack,
        "minimax/openai-chat/req-llm--minimax-m2-5-highspeed-tool-round-trip-2-0",
    ),
];

pub(super) const MISTRAL: &[Quirk] = &[
    seen(MaxTokensOnly, "https://docs.mistral.ai/api/endpoint/chat"),
    seen(
        UsageUnasked,
        "mistral/mistral-chat/dd-trace-py--mistral-v1-chat-completions-post-ccfa08da-0",
    ),
    seen(
        ContentParts,
        "mistral/mistral-chat/ruby-llm--chat-mistral-hybrid-reasoning-streams-thinking-separately-from-content-0",
    ),
    seen(
        WholeToolCalls,
        "mistral/mistral-chat/openinference--test-synchronous-streaming-chat-completions-with-tool-call-response-em-0",
    ),
    seen(
        NineCharacterIds,
        "mistral/mistral-chat/openinference--test-synchronous-streaming-chat-completions-with-tool-call-response-em-0",
    ),
    seen(
        FlatError,
        "mistral/mistral-chat/rig--blocking-error-carries-the-correlation-id-0",
    ),
];

pub(super) const OLLAMA: &[Quirk] = &[
    seen(
        MaxTokensOnly,
        "https://docs.ollama.com/api/openai-compatibility",
    ),
    seen(
        ReasoningMember,
        "ollama/openai-chat/ruby-llm--chat-function-calling-ollama-qwen3-can-handle-multiple-tool-calls-in-a-0",
    ),
    seen(
        WholeToolCalls,
        "ollama/openai-chat/ruby-llm--chat-function-calling-ollama-cloud-gpt-oss-120b-can-use-tools-with-mul-2",
    ),
];

pub(super) const MOONSHOT: &[Quirk] = &[seen(
    ThoughtsBack,
    "https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model",
)];

pub(super) const OPENAI: &[Quirk] = &[seen(
    NewerOutputLimit,
    "https://platform.openai.com/docs/api-reference/chat/create",
)];

pub(super) const OPENROUTER: &[Quirk] = &[
    seen(
        Comments,
        "openrouter/openai-chat/req-llm--google-gemini-2-0-flash-001-object-streaming-0",
    ),
    seen(
        RoleRepeated,
        "openrouter/openai-chat/braintrust-sdk--openrouter-v1-latest-cassette-1",
    ),
    seen(
        UsageWithChoice,
        "openrouter/openai-chat/braintrust-sdk--openrouter-v1-latest-cassette-1",
    ),
    seen(
        ReasoningMember,
        "openrouter/openai-chat/fantasy--anthropic-thinking-streaming-0",
    ),
    seen(
        ErrorInStream,
        "openrouter/openai-chat/req-llm--google-gemini-2-5-flash-lite-object-streaming-0",
    ),
    seen(
        DetailsBack,
        "openrouter/openai-chat/fantasy--grok-tool-streaming-1",
    ),
];

pub(super) const PERPLEXITY: &[Quirk] = &[
    seen(
        MaxTokensOnly,
        "https://docs.perplexity.ai/api-reference/chat-completions-post",
    ),
    seen(
        NoDone,
        "perplexity/openai-chat/rig--stream-raw-round-trips-terminal-type-0",
    ),
    seen(
        UsageInEveryEvent,
        "perplexity/openai-chat/rig--prompt-caching-streaming-probe-1",
    ),
];

pub(super) const SNOWFLAKE: &[Quirk] = &[
    seen(
        NoFinishReason,
        "snowflake/openai-chat/pydantic-ai--test-snowflake-test-snowflake-model-streaming-0",
    ),
    seen(
        EmptyIds,
        "snowflake/openai-chat/pydantic-ai--test-snowflake-test-snowflake-model-streaming-0",
    ),
];

pub(super) const TOGETHER: &[Quirk] = &[
    seen(
        RoleRepeated,
        "together/openai-chat/opencode--openai-compatible-chat-togetherai-streams-tool-call-0",
    ),
    seen(
        UsageWithChoice,
        "together/openai-chat/opencode--openai-compatible-chat-togetherai-streams-tool-call-0",
    ),
];

pub(super) const VENICE: &[Quirk] = &[
    seen(
        UsageWithChoice,
        "venice/openai-chat/rig--conformance-streaming-structured-after-tool-1",
    ),
    seen(
        ErrorText,
        "venice/openai-chat/rig--nonexistent-model-error-preserves-status-and-body-0",
    ),
];

pub(super) const VERCEL: &[Quirk] = &[
    seen(
        UsageWithChoice,
        "vercel-gateway/openai-chat/fantasy--claude-sonnet-4-multi-tool-streaming-0-2",
    ),
    seen(
        ReasoningMember,
        "vercel-gateway/openai-chat/fantasy--claude-sonnet-4-sig-thinking-streaming-0",
    ),
];

pub(super) const VOYAGE: &[Quirk] = &[seen(
    RankedByTopK,
    "voyage/rerank/openllmetry--test-rerank-test-voyageai-rerank-async-legacy-0",
)];

pub(super) const XAI: &[Quirk] = &[
    seen(
        OutputWithoutReasoning,
        "xai/openai-chat/fantasy--xai-grok-4-fast-multi-tool-0",
    ),
    seen(
        ReasoningContentMember,
        "xai/openai-chat/fantasy--xai-grok-3-mini-thinking-streaming-1",
    ),
    seen(
        WholeToolCalls,
        "xai/openai-chat/fantasy--xai-grok-code-fast-complex-object-streaming-0",
    ),
    seen(ErrorText, "xai/openai-chat/req-llm--grok-beta-usage-0"),
    seen(
        ThoughtsBack,
        "xai/openai-chat/fantasy--xai-grok-3-mini-thinking-streaming-1",
    ),
];

pub(super) const ZAI: &[Quirk] = &[
    seen(
        MaxTokensOnly,
        "https://docs.z.ai/api-reference/llm/chat-completion",
    ),
    seen(
        RoleRepeated,
        "zai/openai-chat/fantasy--zai-glm-4-7-flash-simple-object-streaming-0",
    ),
    seen(
        UsageWithChoice,
        "zai/openai-chat/fantasy--zai-glm-4-7-flash-simple-object-streaming-0",
    ),
    seen(
        ReasoningContentMember,
        "zai/openai-chat/fantasy--zai-glm-4-7-flash-simple-object-streaming-0",
    ),
    seen(
        ThoughtsBack,
        "zai/openai-chat/fantasy--zai-glm-4-7-flash-thinking-streaming-1",
    ),
];
