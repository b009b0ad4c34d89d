//! A mail server that keeps what it is given.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::soon;

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) to: String,
    /// Headers and parts, decoded.
    pub(crate) text: String,
}

/// A mail server on loopback.
#[derive(Debug, Clone)]
pub(crate) struct SmtpStub {
    pub(crate) port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    /// Responses to the next `DATA`, before mails are taken.
    refusals: Arc<Mutex<Vec<&'static str>>>,
    /// The replies to recipients, as long as they are here; nothing is no reply at all.
    recipients: Arc<Mutex<HashMap<String, Option<&'static str>>>>,
}

impl SmtpStub {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stub = Self {
            port: listener.local_addr().unwrap().port(),
            received: Arc::default(),
            refusals: Arc::default(),
            recipients: Arc::default(),
        };
        let serving = stub.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let stub = serving.clone();
                tokio::spawn(async move { stub.serve(stream).await });
            }
        });
        stub
    }

    pub(crate) fn refuse_once(&self, response: &'static str) {
        self.refusals.lock().push(response);
    }

    /// Responds to this to a recipient until it is taken back.
    pub(crate) fn refuse(&self, recipient: &str, response: &'static str) {
        let mut recipients = self.recipients.lock();
        recipients.insert(recipient.to_owned(), Some(response));
    }

    /// Responds to a recipient with silence.
    pub(crate) fn stall(&self, recipient: &str) {
        self.recipients.lock().insert(recipient.to_owned(), None);
    }

    pub(crate) fn take_all(&self) {
        self.recipients.lock().clear();
    }

    /// All mails so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().clone()
    }

    /// The mails, once there are `count`.
    pub(crate) async fn mails(&self, count: usize) -> Vec<Received> {
        soon("mails", async {
            while self.received.lock().len() < count {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        })
        .await;
        let mails = self.received();
        assert_eq!(mails.len(), count, "{mails:?}");
        mails
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        let mut to = String::new();
        writer.write_all(b"220 stub\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let command = line.to_ascii_uppercase();
            let response = if command.starts_with("DATA") {
                writer.write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = String::new();
                loop {
                    let line = lines.next_line().await.ok()??;
                    if line == "." {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.push('\n');
                }
                match self.refusals.lock().pop() {
                    Some(refusal) => refusal,
                    None => {
                        let text = decoded(&mail);
                        self.received.lock().push(Received {
                            to: to.clone(),
                            text,
                        });
                        "250 taken"
                    }
                }
            } else if let Some(rest) = line.strip_prefix("RCPT TO:<") {
                rest.split('>').next()?.clone_into(&mut to);
                let response = self.recipients.lock().get(&to).copied();
                match response {
                    Some(Some(response)) => response,
                    Some(None) => std::future::pending().await,
                    None => "250 ok",
                }
            } else if command.starts_with("QUIT") {
                "221 bye"
            } else {
                "250 ok"
            };
            writer
                .write_all(format!("{response}\r\n").as_bytes())
                .await
                .ok()?;
        }
        Some(())
    }
}

impl Received {
    /// The secret of the first link to `page`.
    pub(crate) fn token(&self, page: &str) -> String {
        let (_, rest) = self
            .text
            .split_once(&format!("https://yunxin.example/{page}#"))
            .unwrap_or_else(|| panic!("no link to {page}: {}", self.text));
        rest.chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
            .collect()
    }
}

/// The mail with its parts as people read them.
fn decoded(mail: &str) -> String {
    let mut text = String::new();
    let mut encoding = "";
    let mut body = String::new();
    let mut is_head = true;
    for line in mail.lines() {
        if line.starts_with("--") {
            text.push_str(&decode(encoding, &body));
            body.clear();
            (encoding, is_head) = ("", true);
        } else if !is_head {
            body.push_str(line);
            body.push('\n');
        } else if let Some(name) = line.strip_prefix("Content-Transfer-Encoding: ") {
            encoding = name;
        } else {
            is_head = !line.is_empty();
            text.push_str(line);
            text.push('\n');
        }
    }
    text + &decode(encoding, &body)
}

fn decode(encoding: &str, body: &str) -> String {
    match encoding {
        "base64" => {
            let packed: String = body.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(packed).unwrap()).unwrap()
        }
        "quoted-printable" => {
            let joined = body.replace("=\n", "");
            let mut bytes = vec![];
            let mut rest = joined.as_bytes();
            while let Some((first, tail)) = rest.split_first() {
                if *first == b'=' {
                    let digits = std::str::from_utf8(&tail[..2]).unwrap();
                    bytes.push(u8::from_str_radix(digits, 16).unwrap());
                    rest = &tail[2..];
                } else {
                    bytes.push(*first);
                    rest = tail;
                }
            }
            String::from_utf8(bytes).unwrap()
        }
        _ => body.to_owned(),
    }
}
