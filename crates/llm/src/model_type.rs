//! The types of models: what a model makes of what.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The type of a model. An operation is done by the models of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelType {
    Chat,
    Embedding,
    ImageGeneration,
    /// Speech from text.
    Tts,
    /// Text from speech.
    Stt,
    VideoGeneration,
    Rerank,
    Moderation,
}

impl ModelType {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Chat,
        Self::Embedding,
        Self::ImageGeneration,
        Self::Tts,
        Self::Stt,
        Self::VideoGeneration,
        Self::Rerank,
        Self::Moderation,
    ];

    /// The word in files, in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embedding => "embedding",
            Self::ImageGeneration => "image_generation",
            Self::Tts => "tts",
            Self::Stt => "stt",
            Self::VideoGeneration => "video_generation",
            Self::Rerank => "rerank",
            Self::Moderation => "moderation",
        }
    }
}

impl fmt::Display for ModelType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::ModelType;

    #[test]
    fn the_word_of_a_type_is_the_one_in_json() {
        for model_type in ModelType::ALL {
            let json = serde_json::to_string(&model_type).unwrap();
            assert_eq!(json, format!("\"{model_type}\""));
        }
    }
}
