//! Sounds and videos with sound.

/// Bytes of a second where the file does not say: 128 kbit/s, as most recordings of speech have at most.
const BYTES_PER_SECOND: u64 = 16_000;
/// Bytes of a second of raw samples: 24 kHz, 16 bits, one channel.
const PCM_BYTES_PER_SECOND: u64 = 48_000;
/// Kilobits of a second by index, of MPEG-1 and MPEG-2 layer III.
const MP3_KBITS: [[u64; 15]; 2] = [
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/// An ID3 tag's head.
const ID3_HEAD: usize = 10;

/// The rate of a sound: how many bytes of it are a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundRate {
    bytes_per_second: u64,
}

impl SoundRate {
    /// The rate of raw samples, as they are made of text.
    pub const PCM: Self = Self {
        bytes_per_second: PCM_BYTES_PER_SECOND,
    };

    /// The rate that the first bytes of a file say; `None` if they do not.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let bytes_per_second = wav_rate(bytes).or_else(|| mp3_rate(bytes))?;
        (bytes_per_second > 0).then_some(Self { bytes_per_second })
    }

    /// The length of so many bytes, the last second whole.
    pub fn seconds(self, bytes: u64) -> u64 {
        bytes.div_ceil(self.bytes_per_second)
    }
}

/// True for a file of sound, or of a video, that those take who write down what is said: FLAC, MP3, MP4, M4A, Ogg, WAV,
/// `WebM`, AAC, AMR.
pub(crate) fn is_sound(bytes: &[u8]) -> bool {
    let is_tagged =
        |at: usize, tag: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(tag));
    let is_mpeg =
        bytes.first() == Some(&0xff) && bytes.get(1).is_some_and(|byte| byte & 0xe0 == 0xe0);
    is_mpeg
        || [
            &b"fLaC"[..],
            b"OggS",
            b"ID3",
            b"\x1a\x45\xdf\xa3",
            b"#!AMR",
            b"ADIF",
        ]
        .iter()
        .any(|tag| is_tagged(0, tag))
        || (is_tagged(0, b"RIFF") && is_tagged(8, b"WAVE"))
        || is_tagged(4, b"ftyp")
}

/// The length of a file of sound, in seconds, the last one whole: by the rate that it says, or a usual one.
pub(crate) fn seconds(bytes: &[u8]) -> u64 {
    let usual = SoundRate {
        bytes_per_second: BYTES_PER_SECOND,
    };
    let length = bytes.len() as u64;
    SoundRate::of(bytes).unwrap_or(usual).seconds(length)
}

/// The byte rate of a WAV file's format.
fn wav_rate(bytes: &[u8]) -> Option<u64> {
    let chunks = bytes
        .strip_prefix(b"RIFF")?
        .get(4..)?
        .strip_prefix(b"WAVE")?;
    let format = chunks.strip_prefix(b"fmt ")?;
    let rate = format.get(12..16)?;
    Some(u32::from_le_bytes(rate.try_into().ok()?).into())
}

/// The bit rate of an MP3 file's first frame.
fn mp3_rate(bytes: &[u8]) -> Option<u64> {
    let frame = match bytes.strip_prefix(b"ID3") {
        Some(_) => {
            let size = bytes.get(6..ID3_HEAD)?;
            let size = size
                .iter()
                .fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f));
            bytes.get(ID3_HEAD + size..)?
        }
        None => bytes,
    };
    let [0xff, second, third, ..] = frame else {
        return None;
    };
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    if second & 0xe0 != 0xe0 || layer != 1 {
        return None;
    }
    let table = MP3_KBITS.get(usize::from(version != 3))?;
    let kbits = table.get(usize::from(third >> 4))?;
    Some(kbits * 1_000 / 8)
}

#[cfg(test)]
mod tests {
    use super::{SoundRate, is_sound, seconds};

    fn wav(rate: u32, samples: usize) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        bytes.extend_from_slice(&(rate / 2).to_le_bytes());
        bytes.extend_from_slice(&rate.to_le_bytes());
        bytes.extend_from_slice(b"\x02\0\x10\0data\0\0\0\0");
        bytes.resize(samples, 0);
        bytes
    }

    #[test]
    fn a_length_follows_from_the_rate_that_a_file_says() {
        assert_eq!(seconds(&wav(32_000, 64_000)), 2);
        let mut mp3 = b"ID3\x04\0\0\0\0\0\x02ab\xff\xfb\x90\0".to_vec();
        mp3.resize(16_001, 0);
        assert_eq!(seconds(&mp3), 2);
        assert_eq!(seconds(&[b'x'; 16_000]), 1);
        assert_eq!(SoundRate::of(&wav(0, 64)), None);
        assert_eq!(SoundRate::PCM.seconds(48_001), 2);
    }

    #[test]
    fn sounds_are_known_by_their_first_bytes() {
        for bytes in [
            &b"fLaC"[..],
            b"OggS",
            b"ID3\x04",
            b"\xff\xfb\x90",
            b"\xff\xf1\x50",
            b"\x1a\x45\xdf\xa3",
            b"\0\0\0\x20ftypM4A ",
            &wav(16_000, 64),
        ] {
            assert!(is_sound(bytes), "{bytes:?}");
        }
        for bytes in [
            &b""[..],
            b"RIFF\0\0\0\0WEBP",
            b"%PDF",
            b"\x89PNG",
            b"{\"a\":1}",
        ] {
            assert!(!is_sound(bytes), "{bytes:?}");
        }
    }
}
