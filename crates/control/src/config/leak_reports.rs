use anyhow::{Context, anyhow, bail};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use gateway::config::trim_secret;
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};

/// Bytes of the id of a key.
const ID_BYTES_MAX: usize = 200;

/// `[leak_reports]`: who may report secrets that were found in public.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LeakReportsConfig {
    pub public_keys: Vec<ReporterKeyConfig>,
}

/// A key that reports are signed with: ECDSA on P-256, as PEM.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReporterKeyConfig {
    /// The reporter's name of it in `Github-Public-Key-Identifier`.
    pub id: String,
    #[serde(default)]
    pem: String,
    #[serde(default)]
    pem_file: String,
}

impl LeakReportsConfig {
    pub fn read_files(&mut self) -> anyhow::Result<()> {
        let mut keys = self.public_keys.iter_mut();
        keys.try_for_each(ReporterKeyConfig::read_file)
    }

    pub fn validate(&self) -> anyhow::Result<()> {
        self.keys().map(drop)
    }

    /// The keys by their ids.
    ///
    /// # Errors
    /// If one is no key, or two have the same id.
    pub(crate) fn keys(&self) -> anyhow::Result<Vec<(String, ParsedPublicKey)>> {
        let mut keys: Vec<(String, ParsedPublicKey)> = vec![];
        for key in &self.public_keys {
            if key.id.is_empty() || key.id.len() > ID_BYTES_MAX {
                bail!("the id of a key of leak_reports has 1 to {ID_BYTES_MAX} bytes");
            }
            if keys.iter().any(|(id, _)| *id == key.id) {
                bail!("leak_reports has two keys with the id {}", key.id);
            }
            let parsed = key.parse();
            let parsed = parsed.with_context(|| format!("the key {} of leak_reports", key.id))?;
            keys.push((key.id.clone(), parsed));
        }
        Ok(keys)
    }
}

impl ReporterKeyConfig {
    fn read_file(&mut self) -> anyhow::Result<()> {
        if self.pem_file.is_empty() {
            return Ok(());
        }
        if !self.pem.is_empty() {
            bail!(
                "pem and pem_file of the key {} are both set; keep one",
                self.id
            );
        }
        self.pem = std::fs::read_to_string(&self.pem_file)
            .with_context(|| format!("cannot read {}", self.pem_file))?;
        Ok(())
    }

    fn parse(&self) -> anyhow::Result<ParsedPublicKey> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(trim_secret(&self.pem).as_bytes())
            .map_err(|error| anyhow!("no public key in PEM: {error:?}"))?;
        ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, der.as_ref())
            .map_err(|error| anyhow!("no ECDSA key on P-256: {error}"))
    }
}
