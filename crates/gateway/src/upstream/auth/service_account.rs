//! Google service accounts: an assertion that is signed with the account's key and exchanged for a token.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
/// The life of an assertion: the longest that Google takes.
const ASSERTION_LIFETIME_S: i64 = 3_600;

/// The file of a service account, as the console of Google Cloud gives it.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    private_key_id: Option<String>,
    token_uri: Option<String>,
}

/// A service account that can sign.
pub(super) struct ServiceAccount {
    email: String,
    key_id: Option<String>,
    pub(super) token_uri: String,
    key: KeyPair,
    /// As it was given, to be recognised where it is quoted.
    pub(super) pem: SecretString,
}

impl ServiceAccount {
    /// Reads the JSON of a service account.
    ///
    /// # Errors
    /// If the text is no service account, or its key cannot be read: the reason, in words that quote nothing of the text.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let file: KeyFile = serde_json::from_str(text).map_err(|_| {
            "the credential is not the JSON of a service account, with client_email and private_key"
        })?;
        let der = PrivatePkcs8KeyDer::from_pem_slice(file.private_key.as_bytes())
            .map_err(|_| "private_key of the service account is not a PEM of PKCS #8")?;
        let key = KeyPair::from_pkcs8(der.secret_pkcs8_der())
            .map_err(|_| "private_key of the service account is not an RSA key")?;
        Ok(Self {
            email: file.client_email,
            key_id: file.private_key_id,
            token_uri: file.token_uri.unwrap_or_else(|| TOKEN_URI.to_owned()),
            key,
            pem: file.private_key.into(),
        })
    }

    /// A signed assertion (RFC 7523) for a token of this scope.
    ///
    /// # Errors
    /// If the key does not sign.
    pub(super) fn assertion(&self, scope: &str, now_s: i64) -> Result<String, String> {
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(id) = &self.key_id {
            header["kid"] = json!(id);
        }
        let claims = json!({
            "iss": self.email,
            "scope": scope,
            "aud": self.token_uri,
            "iat": now_s,
            "exp": now_s + ASSERTION_LIFETIME_S,
        });
        let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
        let message = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message.as_bytes(),
                &mut signature,
            )
            .map_err(|_| "the key of the service account does not sign")?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}
