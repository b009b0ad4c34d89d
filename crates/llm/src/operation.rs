//! The operations of the data plane: the one table that the router, the restrictions of keys, the limits' headers,
//! the document and the deployments look up. To add an operation is to add a row.

use crate::meter::{Meter, MeterUnit};
use crate::model_type::ModelType;

/// A table of operations. What depends on the table takes a table, so that a test can add a row.
pub type Operations = &'static [&'static Operation];

/// Something that a model does for a client.
#[derive(Debug)]
pub struct Operation {
    /// Name in restrictions of keys, in usage events and in the document.
    pub name: &'static str,
    /// Path in OpenAI's language: below `/v1` here, below the base URL at a provider.
    pub path: &'static str,
    /// The type of the models that can do it.
    pub model_type: ModelType,
    /// The member of a request that holds what the model works on.
    pub input: Input,
    /// The kind of the request's body.
    pub body: RequestBody,
    /// The kind of the response.
    pub response: ResponseBody,
    /// The meters that it is measured by.
    pub meters: &'static [Meter],
    /// Name of the limited resource, for `X-RateLimit-Resource`.
    pub resource: &'static str,
}

/// The model's input, as each language has a place for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A conversation.
    Messages,
    /// A text to go on from, or several.
    Prompt,
    /// Texts to be turned into vectors.
    Texts,
    /// Texts and pictures to be judged.
    Judged,
    /// A question, and documents in whose order it is answered. All languages write it alike.
    Documents,
    /// A text that pictures are made of.
    Drawn,
    /// Pictures that pictures are made of, in a form, with a text where that is needed.
    Redrawn { needs_prompt: bool },
    /// A text that is spoken.
    Spoken,
    /// A sound that is written down, in a form.
    Heard,
    /// Anything else: it passes unread, and its tokens are not estimated.
    Unread,
}

/// The kinds of a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestBody {
    /// One JSON value. One that may hold media (pictures, sound, files) may be larger.
    Json { may_hold_media: bool },
    /// Parts, files among them.
    Multipart,
    /// None: everything is said in the path.
    Empty,
}

impl Input {
    /// True for a conversation, or what can be read as one: it is translated from one language into another.
    pub fn is_conversation(self) -> bool {
        matches!(self, Self::Messages | Self::Prompt)
    }
}

impl RequestBody {
    /// True if the body may be larger than text is.
    pub fn may_hold_media(self) -> bool {
        match self {
            Self::Json { may_hold_media } => may_hold_media,
            Self::Multipart => true,
            Self::Empty => false,
        }
    }
}

/// The kinds of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseBody {
    /// One JSON value.
    Json,
    /// One JSON value, or server-sent events where the client asks for a stream.
    JsonOrEvents,
    /// Bytes of another type, such as sound, or events of them where the client asks.
    BytesOrEvents,
    /// A job that is asked for later.
    Job,
}

impl Operation {
    /// The table's row of that name.
    pub fn find(operations: Operations, name: &str) -> Option<&'static Self> {
        let mut rows = operations.iter().copied();
        rows.find(|operation| operation.name == name)
    }

    /// The names of a table, in its order.
    pub fn names(operations: Operations) -> impl Iterator<Item = &'static str> {
        operations.iter().map(|operation| operation.name)
    }

    /// The first segment of the path.
    pub fn first_segment(&self) -> &'static str {
        let path = self.path.trim_start_matches('/');
        path.split_once('/').map_or(path, |(first, _)| first)
    }

    /// True for the models that can do it.
    pub fn is_done_by(&self, model_type: ModelType) -> bool {
        self.model_type == model_type
    }

    /// True if the model generates tokens of text or speech, as many as it pleases: of pictures there are as many as
    /// are asked for.
    pub fn has_output_tokens(&self) -> bool {
        let mut meters = self.meters.iter();
        meters.any(|meter| meter.unit() == MeterUnit::OutputTokens && *meter != Meter::ImageOutput)
    }
}

/// The meters of a model that reads and writes text, or listens and speaks.
const TOKENS: &[Meter] = &[
    Meter::UncachedInput,
    Meter::CacheRead,
    Meter::CacheWrite5m,
    Meter::CacheWrite1h,
    Meter::Output,
    Meter::Reasoning,
    Meter::AudioInput,
    Meter::AudioOutput,
];
/// The meters of a model that makes vectors of text.
const INPUT_TOKENS: &[Meter] = &[Meter::UncachedInput, Meter::CacheRead];

/// The table.
pub static OPERATIONS: Operations = &[
    &CHAT,
    &COMPLETIONS,
    &EMBEDDINGS,
    &MODERATIONS,
    &RERANK,
    &IMAGES,
    &IMAGE_EDITS,
    &IMAGE_VARIATIONS,
    &SPEECH,
    &TRANSCRIPTIONS,
    &TRANSLATIONS,
];

/// `POST /v1/chat/completions`.
pub static CHAT: Operation = Operation {
    name: "chat",
    path: "/chat/completions",
    model_type: ModelType::Chat,
    input: Input::Messages,
    body: RequestBody::Json {
        may_hold_media: true,
    },
    response: ResponseBody::JsonOrEvents,
    meters: TOKENS,
    resource: "chat",
};

/// `POST /v1/completions`, the older text interface.
pub static COMPLETIONS: Operation = Operation {
    name: "completions",
    path: "/completions",
    model_type: ModelType::Chat,
    input: Input::Prompt,
    body: RequestBody::Json {
        may_hold_media: false,
    },
    response: ResponseBody::JsonOrEvents,
    meters: TOKENS,
    resource: "completions",
};

/// `POST /v1/embeddings`.
pub static EMBEDDINGS: Operation = Operation {
    name: "embeddings",
    path: "/embeddings",
    model_type: ModelType::Embedding,
    input: Input::Texts,
    body: RequestBody::Json {
        may_hold_media: false,
    },
    response: ResponseBody::Json,
    meters: INPUT_TOKENS,
    resource: "embeddings",
};

/// `POST /v1/moderations`.
pub static MODERATIONS: Operation = Operation {
    name: "moderations",
    path: "/moderations",
    model_type: ModelType::Moderation,
    input: Input::Judged,
    body: RequestBody::Json {
        may_hold_media: true,
    },
    response: ResponseBody::Json,
    meters: INPUT_TOKENS,
    resource: "moderations",
};

/// `POST /v1/rerank`.
pub static RERANK: Operation = Operation {
    name: "rerank",
    path: "/rerank",
    model_type: ModelType::Rerank,
    input: Input::Documents,
    body: RequestBody::Json {
        may_hold_media: true,
    },
    response: ResponseBody::Json,
    meters: &[Meter::UncachedInput, Meter::Searches],
    resource: "rerank",
};

/// The meters of a model that makes pictures.
const PICTURES: &[Meter] = &[
    Meter::UncachedInput,
    Meter::CacheRead,
    Meter::ImageInput,
    Meter::ImageOutput,
    Meter::Images,
];

/// `POST /v1/images/generations`.
pub static IMAGES: Operation = Operation {
    name: "images",
    path: "/images/generations",
    model_type: ModelType::ImageGeneration,
    input: Input::Drawn,
    body: RequestBody::Json {
        may_hold_media: false,
    },
    response: ResponseBody::JsonOrEvents,
    meters: PICTURES,
    resource: "images",
};

/// `POST /v1/images/edits`.
pub static IMAGE_EDITS: Operation = Operation {
    name: "image_edits",
    path: "/images/edits",
    input: Input::Redrawn { needs_prompt: true },
    body: RequestBody::Multipart,
    resource: "image_edits",
    ..IMAGES
};

/// `POST /v1/images/variations`.
pub static IMAGE_VARIATIONS: Operation = Operation {
    name: "image_variations",
    path: "/images/variations",
    input: Input::Redrawn {
        needs_prompt: false,
    },
    response: ResponseBody::Json,
    resource: "image_variations",
    ..IMAGE_EDITS
};

/// The meters of a model that speaks.
const SPEAKING: &[Meter] = &[
    Meter::UncachedInput,
    Meter::AudioOutput,
    Meter::Characters,
    Meter::Seconds,
];
/// The meters of a model that listens.
const LISTENING: &[Meter] = &[
    Meter::UncachedInput,
    Meter::AudioInput,
    Meter::Output,
    Meter::Seconds,
];

/// `POST /v1/audio/speech`.
pub static SPEECH: Operation = Operation {
    name: "speech",
    path: "/audio/speech",
    model_type: ModelType::Tts,
    input: Input::Spoken,
    body: RequestBody::Json {
        may_hold_media: false,
    },
    response: ResponseBody::BytesOrEvents,
    meters: SPEAKING,
    resource: "speech",
};

/// `POST /v1/audio/transcriptions`.
pub static TRANSCRIPTIONS: Operation = Operation {
    name: "transcriptions",
    path: "/audio/transcriptions",
    model_type: ModelType::Stt,
    input: Input::Heard,
    body: RequestBody::Multipart,
    response: ResponseBody::JsonOrEvents,
    meters: LISTENING,
    resource: "transcriptions",
};

/// `POST /v1/audio/translations`, into English.
pub static TRANSLATIONS: Operation = Operation {
    name: "translations",
    path: "/audio/translations",
    resource: "translations",
    ..TRANSCRIPTIONS
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{CHAT, EMBEDDINGS, OPERATIONS, Operation};

    #[test]
    fn names_and_paths_are_unique() {
        let names: HashSet<_> = Operation::names(OPERATIONS).collect();
        let paths: HashSet<_> = OPERATIONS.iter().map(|operation| operation.path).collect();
        let rows = OPERATIONS.len();
        assert_eq!((names.len(), paths.len()), (rows, rows));
    }

    #[test]
    fn rows_are_found_by_name() {
        let found = Operation::find(OPERATIONS, "embeddings").unwrap();
        assert!(std::ptr::eq(found, &raw const EMBEDDINGS));
        assert!(Operation::find(OPERATIONS, "Chat").is_none());
        assert_eq!(CHAT.first_segment(), "chat");
    }
}
