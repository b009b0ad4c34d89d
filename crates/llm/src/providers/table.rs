//! The table itself.

use super::quirks;
use super::row::{anthropic, google, native, openai};
use crate::languages::{BEDROCK, COHERE, OLLAMA, OPENAI, RESPONSES};
use crate::media::{ByBytes, MediaKind};
use crate::provider::{AuthStyle, Group, Paths, Provider, StreamUsage};

use Group::{Any, Cloud, Host, Lab, OwnServer, Router};

/// Every kind, in alphabetical order.
pub static PROVIDERS: [Provider; 50] = [
    openai("alibaba", "Alibaba (Qwen, DashScope)", Lab)
        .at("https://dashscope-intl.aliyuncs.com/compatible-mode/v1")
        .with_quirks(quirks::ALIBABA),
    // In its own language.
    anthropic("anthropic", "Anthropic", Lab).at("https://api.anthropic.com/v1"),
    // Any server that speaks Anthropic's language.
    anthropic("anthropic_compatible", "Anthropic-compatible", Any),
    // Its v1 interface.
    openai("azure_openai", "Azure OpenAI", Cloud)
        .at("https://{resource}.openai.azure.com/openai/v1")
        .with_auth(AuthStyle::Header("api-key"))
        .with_quirks(quirks::OPENAI),
    // Paths with the name of the deployment, and a version of the API.
    openai("azure_openai_classic", "Azure OpenAI (classic)", Cloud)
        .at("https://{resource}.openai.azure.com/openai")
        .with_paths(Paths::AzureDeployments)
        .with_auth(AuthStyle::Header("api-key"))
        .with_quirks(quirks::OPENAI),
    openai("baidu", "Baidu (Qianfan)", Lab).at("https://qianfan.baidubce.com/v2"),
    // In its own language, converse: keys of Bedrock, or signed requests.
    native("bedrock", "AWS Bedrock", Cloud, &BEDROCK)
        .at("https://bedrock-runtime.{region}.amazonaws.com")
        .with_auth(AuthStyle::Aws("bedrock")),
    openai("bedrock_mantle", "AWS Bedrock (Mantle)", Cloud)
        .at("https://bedrock-mantle.{region}.api.aws/v1")
        .with_auth(AuthStyle::Aws("bedrock-mantle"))
        .with_quirks(quirks::BEDROCK_MANTLE),
    // Through its OpenAI-compatible interface, which serves some of its models.
    openai("bedrock_openai", "AWS Bedrock (OpenAI-compatible)", Cloud)
        .at("https://bedrock-runtime.{region}.amazonaws.com/openai/v1")
        .with_auth(AuthStyle::Aws("bedrock")),
    openai("cerebras", "Cerebras", Host)
        .at("https://api.cerebras.ai/v1")
        .with_quirks(quirks::CEREBRAS),
    openai("cloudflare", "Cloudflare Workers AI", Host)
        .at("https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1"),
    // In its own language, and for clients of OpenAI's through its compatible interface.
    openai("cohere", "Cohere", Lab)
        .with_own(&COHERE, &[&OPENAI])
        .at("https://api.cohere.ai/compatibility/v1")
        .with_quirks(quirks::COHERE),
    openai("deepseek", "DeepSeek", Lab)
        .at("https://api.deepseek.com/v1")
        .with_quirks(quirks::DEEPSEEK),
    openai("fireworks", "Fireworks", Host)
        .at("https://api.fireworks.ai/inference/v1")
        .with_quirks(quirks::FIREWORKS),
    // In its own language, and embeddings through its OpenAI-compatible interface.
    google("gemini", "Google Gemini", Lab, ("", "/openai"))
        .at("https://generativelanguage.googleapis.com/v1beta")
        .with_auth(AuthStyle::Header("x-goog-api-key"))
        .with_quirks(quirks::GEMINI),
    openai("github_models", "GitHub Models", Router)
        .at("https://models.github.ai/inference")
        .with_paths(Paths::ModelsAt("/catalog/models")),
    openai("groq", "Groq", Host)
        .at("https://api.groq.com/openai/v1")
        .with_quirks(quirks::GROQ),
    openai("huggingface", "Hugging Face", Router)
        .at("https://router.huggingface.co/v1")
        .with_quirks(quirks::HUGGINGFACE),
    // Embeddings and rankings.
    openai("jina", "Jina", Lab).at("https://api.jina.ai/v1"),
    // On the operator's own machines, from here on where the group says so.
    openai("llama_cpp", "llama.cpp", OwnServer).at("http://127.0.0.1:8080/v1"),
    openai("llm_d", "llm-d", OwnServer),
    openai("lm_studio", "LM Studio", OwnServer)
        .at("http://127.0.0.1:1234/v1")
        .with_by_bytes(ByBytes::ALL),
    openai("minimax", "MiniMax", Lab)
        .at("https://api.minimax.io/v1")
        .with_quirks(quirks::MINIMAX),
    // Streams end with usage unasked, and options that are not known are refused.
    openai("mistral", "Mistral", Lab)
        .at("https://api.mistral.ai/v1")
        .with_stream_usage(StreamUsage::Never)
        .with_quirks(quirks::MISTRAL),
    openai("moonshot", "Moonshot (Kimi)", Lab)
        .at("https://api.moonshot.ai/v1")
        .with_quirks(quirks::MOONSHOT),
    openai("nvidia_nim", "NVIDIA NIM", Host).at("https://integrate.api.nvidia.com/v1"),
    openai("ollama", "Ollama", OwnServer)
        .with_own(&OLLAMA, &[&OPENAI])
        .at("http://127.0.0.1:11434/v1")
        .with_by_bytes(ByBytes::of(&[MediaKind::Image, MediaKind::File]))
        .with_quirks(quirks::OLLAMA),
    openai("openai", "OpenAI", Lab)
        .at("https://api.openai.com/v1")
        .with_further(&[&RESPONSES])
        .with_quirks(quirks::OPENAI),
    openai("openai_compatible", "OpenAI-compatible", Any),
    openai("openrouter", "OpenRouter", Router)
        .at("https://openrouter.ai/api/v1")
        .with_by_bytes(ByBytes::of(&[MediaKind::Audio]))
        .with_quirks(quirks::OPENROUTER),
    // Usage comes unasked, in every event.
    openai("perplexity", "Perplexity", Lab)
        .at("https://api.perplexity.ai")
        .with_stream_usage(StreamUsage::Never)
        .with_quirks(quirks::PERPLEXITY),
    openai("replicate", "Replicate", Host).at("https://openai-proxy.replicate.com/v1"),
    // Any server that speaks the language of OpenAI's responses, and what serves a model in that one alone.
    native(
        "responses_compatible",
        "Responses-compatible",
        Any,
        &RESPONSES,
    ),
    openai("sambanova", "SambaNova", Host).at("https://api.sambanova.ai/v1"),
    openai("sglang", "SGLang", OwnServer).at("http://127.0.0.1:30000/v1"),
    openai("siliconflow", "SiliconFlow", Host).at("https://api.siliconflow.com/v1"),
    openai("snowflake", "Snowflake Cortex", Cloud)
        .at("https://{account}.snowflakecomputing.com/api/v2/cortex/v1")
        .with_quirks(quirks::SNOWFLAKE),
    openai("stepfun", "StepFun", Lab).at("https://api.stepfun.com/v1"),
    openai("tencent", "Tencent (Hunyuan)", Lab).at("https://api.hunyuan.cloud.tencent.com/v1"),
    openai("together", "Together", Host)
        .at("https://api.together.xyz/v1")
        .with_quirks(quirks::TOGETHER),
    openai("venice", "Venice", Host)
        .at("https://api.venice.ai/api/v1")
        .with_quirks(quirks::VENICE),
    openai("vercel", "Vercel AI Gateway", Router)
        .at("https://ai-gateway.vercel.sh/v1")
        .with_quirks(quirks::VERCEL),
    // Google's models in their own language, the others through the OpenAI-compatible interface; tokens of a service
    // account.
    google(
        "vertex",
        "Google Vertex AI",
        Cloud,
        ("/publishers/google", "/endpoints/openapi"),
    )
    .at("https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}")
    .with_auth(AuthStyle::Google)
    .with_by_bytes(ByBytes::NONE),
    openai("vllm", "vLLM", OwnServer),
    openai("volcengine", "Volcengine (Doubao)", Lab).at("https://ark.cn-beijing.volces.com/api/v3"),
    // Embeddings and rankings.
    openai("voyage", "Voyage", Lab)
        .at("https://api.voyageai.com/v1")
        .with_quirks(quirks::VOYAGE),
    openai("watsonx", "IBM watsonx", Cloud)
        .at("https://{region}.ml.cloud.ibm.com/ml/gateway/v1")
        .with_auth(AuthStyle::Ibm),
    openai("xai", "xAI", Lab)
        .at("https://api.x.ai/v1")
        .with_quirks(quirks::XAI),
    openai("zai", "Z.ai (Zhipu GLM)", Lab)
        .at("https://api.z.ai/api/paas/v4")
        .with_quirks(quirks::ZAI),
    openai("zhipu", "Zhipu (GLM, in China)", Lab)
        .at("https://open.bigmodel.cn/api/paas/v4")
        .with_quirks(quirks::ZAI),
];
