//! Keys of AWS: given, of a profile, for a web identity, of the machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::fetch::{CredentialRequest, Fetch};
use super::sigv4::AwsKeys;

/// The address of the machine's metadata service.
pub(super) const METADATA: &str = "http://169.254.169.254";
/// The life of a session that is asked of the metadata service.
const SESSION_LIFETIME_S: &str = "21600";
/// A profile is read again when this much time has gone: tools that renew it write the file anew.
const PROFILE_LIFETIME: Duration = Duration::from_secs(300);

/// Keys as they are written in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

impl AwsKeys {
    /// Reads keys: JSON with `access_key_id` and `secret_access_key`, or `ID:SECRET`, with a session token behind
    /// another colon; `None` if the text is neither.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.starts_with('{') {
            let written: Written = serde_json::from_str(text).ok()?;
            return Some(Self {
                id: written.access_key_id,
                secret: written.secret_access_key.into(),
                session_token: written.session_token.map(Into::into),
            });
        }
        let mut parts = text.splitn(3, ':');
        let (id, secret) = (parts.next()?, parts.next()?);
        let is_id = id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_id && !secret.is_empty()).then(|| Self {
            id: id.to_owned(),
            secret: secret.into(),
            session_token: parts.next().map(Into::into),
        })
    }
}

/// Reads the keys of a profile from the shared file of AWS's tools.
///
/// # Errors
/// If there is no such file or profile.
pub(super) async fn of_profile(
    file: &Path,
    profile: &str,
) -> Result<(AwsKeys, Option<Duration>), String> {
    let text = tokio::fs::read_to_string(file).await;
    let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
    let keys = profile_keys(&text, profile)
        .ok_or_else(|| format!("{} has no keys of the profile {profile:?}", file.display()))?;
    Ok((keys, Some(PROFILE_LIFETIME)))
}

fn profile_keys(text: &str, profile: &str) -> Option<AwsKeys> {
    let header = format!("[{profile}]");
    let lines = text.lines().map(str::trim);
    let section = lines.skip_while(|line| *line != header).skip(1);
    let section: Vec<(&str, &str)> = section
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    let value = |wanted: &str| {
        let mut found = section.iter().filter(|(name, _)| *name == wanted);
        found.next().map(|(_, value)| *value)
    };
    Some(AwsKeys {
        id: value("aws_access_key_id")?.to_owned(),
        secret: value("aws_secret_access_key")?.into(),
        session_token: value("aws_session_token").map(Into::into),
    })
}

/// A role that a token of another identity provider stands for, as Kubernetes gives it to a pod.
#[derive(Debug, Clone)]
pub(super) struct WebIdentity {
    pub(super) token_file: PathBuf,
    pub(super) role_arn: String,
    /// The address of the security token service.
    pub(super) endpoint: String,
}

impl WebIdentity {
    /// Exchanges the token for keys.
    ///
    /// # Errors
    /// If the file cannot be read, or the service refuses.
    pub(super) async fn keys(&self, fetch: &Fetch) -> Result<(AwsKeys, Option<Duration>), String> {
        let token = tokio::fs::read_to_string(&self.token_file).await;
        let token = token.map_err(|error| format!("{}: {error}", self.token_file.display()))?;
        let request = CredentialRequest::form(
            &format!("{}/", self.endpoint.trim_end_matches('/')),
            &[
                ("Action", "AssumeRoleWithWebIdentity"),
                ("Version", "2011-06-15"),
                ("RoleArn", &self.role_arn),
                ("RoleSessionName", "yunxin"),
                ("WebIdentityToken", token.trim()),
            ],
        );
        let value = fetch.json(request).await?;
        let keys = &value["AssumeRoleWithWebIdentityResponse"]["AssumeRoleWithWebIdentityResult"]["Credentials"];
        let names = ["AccessKeyId", "SecretAccessKey", "SessionToken"];
        keys_in(keys, names, fetch.now_s())
    }
}

/// Asks the machine's metadata service for the keys of its role.
///
/// # Errors
/// If there is no such service, or the machine has no role.
pub(super) async fn of_machine(
    endpoint: &str,
    fetch: &Fetch,
) -> Result<(AwsKeys, Option<Duration>), String> {
    let base = format!("{endpoint}/latest");
    let mut session = CredentialRequest::of_machine(
        format!("{base}/api/token"),
        vec![(
            "x-aws-ec2-metadata-token-ttl-seconds",
            SESSION_LIFETIME_S.to_owned(),
        )],
    );
    session.method = "PUT";
    let session = text(&fetch.body(session).await?)?;
    let ask = |path: String| {
        let header = ("x-aws-ec2-metadata-token", session.clone());
        CredentialRequest::of_machine(path, vec![header])
    };
    let roles = format!("{base}/meta-data/iam/security-credentials/");
    let role = text(&fetch.body(ask(roles.clone())).await?)?;
    let role = role.lines().next().unwrap_or_default().trim().to_owned();
    let value = fetch.json(ask(format!("{roles}{role}"))).await?;
    keys_in(
        &value,
        ["AccessKeyId", "SecretAccessKey", "Token"],
        fetch.now_s(),
    )
}

fn text(body: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the metadata service sent no text")?;
    Ok(text.trim().to_owned())
}

/// The keys of a response, and how long they are good.
fn keys_in(
    value: &Value,
    [id, secret, token]: [&str; 3],
    now_s: i64,
) -> Result<(AwsKeys, Option<Duration>), String> {
    let text = |name: &str| value[name].as_str();
    let (Some(id), Some(secret)) = (text(id), text(secret)) else {
        return Err("the response has no keys".to_owned());
    };
    let keys = AwsKeys {
        id: id.to_owned(),
        secret: secret.into(),
        session_token: text(token).map(Into::into),
    };
    // Seconds in one form, text in the other.
    let ends = &value["Expiration"];
    let ends_s = ends.as_f64().map(|seconds| format!("{seconds:.0}"));
    let ends_s = ends_s.and_then(|seconds| seconds.parse::<i64>().ok());
    let of_text = || Some(ends.as_str()?.parse::<Timestamp>().ok()?.as_second());
    let left = ends_s.or_else(of_text).map(|end| end.saturating_sub(now_s));
    let left = left.map(|left| Duration::from_secs(u64::try_from(left).unwrap_or_default()));
    Ok((keys, left))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::{AwsKeys, profile_keys};

    #[test]
    fn keys_are_read_in_both_forms() {
        let json = r#"{"access_key_id":"AKIAIOSFODNN7EXAMPLE","secret_access_key":"s/e+c"}"#;
        for (text, token) in [
            (json, None),
            ("AKIAIOSFODNN7EXAMPLE:s/e+c", None),
            ("AKIAIOSFODNN7EXAMPLE:s/e+c:a:b", Some("a:b")),
        ] {
            let keys = AwsKeys::read(text).unwrap();
            assert_eq!(keys.id, "AKIAIOSFODNN7EXAMPLE");
            assert_eq!(keys.secret.expose_secret(), "s/e+c");
            let found = keys.session_token.as_ref().map(ExposeSecret::expose_secret);
            assert_eq!(found, token);
        }
        for text in [
            "ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl",
            "{}",
            "a:b",
            "AKIAIOSFODNN7EXAMPLE:",
        ] {
            assert!(AwsKeys::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_keys_of_one_profile_are_found_among_others() {
        let text = "[default]\naws_access_key_id = a\naws_secret_access_key=b\n\n[prod]\n# c\naws_secret_access_key = s=\naws_access_key_id=i\naws_session_token = t\n[last]\n";
        let keys = profile_keys(text, "prod").unwrap();
        assert_eq!((keys.id.as_str(), keys.secret.expose_secret()), ("i", "s="));
        assert!(keys.session_token.is_some());
        assert!(profile_keys(text, "last").is_none() && profile_keys(text, "no").is_none());
    }
}
