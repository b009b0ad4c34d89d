//! The binary as an operator starts it: what it warns of, and how it logs.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

fn yunxin(folder: &TempDir, config: &str) -> Command {
    let file = folder.path().join("yunxin.toml");
    let data = folder.path().join("data").display().to_string();
    let server = format!("[server]\nmetrics_listen = \"\"\ndata_dir = \"{data}\"\n");
    std::fs::write(&file, format!("{server}{config}")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_yunxin"));
    command.env_clear().arg("--config").arg(&file);
    command
}

fn check(config: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = yunxin(&folder, config)
        .args(["config", "check", "--json"])
        .output()
        .unwrap();
    let text = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    (output.status.success(), String::from_utf8(text).unwrap())
}

/// Settings that `config check` warns of.
fn warned(config: &str) -> Vec<String> {
    let (is_sound, text) = check(config);
    assert!(is_sound, "{text}");
    let response: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(response["config"], "ok");
    let warnings = response["warnings"].as_array().unwrap();
    let setting = |one: &Value| one["setting"].as_str().unwrap().to_owned();
    warnings.iter().map(setting).collect()
}

#[test]
fn a_check_warns_of_what_will_not_work_and_names_the_setting() {
    let url = |url: &str| format!("[accounts]\npublic_url = \"{url}\"\n");
    let mail = |port: u16, tls: &str| {
        format!(
            "[mail]\nhost = \"mail.example\"\nport = {port}\ntls = \"{tls}\"\nfrom = \"a@example.com\"\n{}",
            url("https://llm.example.com")
        )
    };
    let issuer = |issuer: &str| {
        format!(
            "{}[[accounts.sign_in_providers]]\nname = \"entra\"\nkind = \"oidc\"\nclient_id = \"x\"\nissuer = \"{issuer}\"\n",
            url("https://llm.example.com")
        )
    };
    let entra = "https://login.microsoftonline.com";
    for (config, settings) in [
        (String::new(), vec![]),
        (url("https://llm.example.com/llm"), vec![]),
        (url("http://127.0.0.1:8080"), vec![]),
        (url("http://192.168.1.10:8080"), vec!["accounts.public_url"]),
        (url("http://llm.example.com"), vec!["accounts.public_url"]),
        (
            "listen = \"0.0.0.0:8080\"\n".to_owned(),
            vec!["accounts.public_url"],
        ),
        (
            "trusted_proxies = [\"0.0.0.0/0\"]\n".to_owned(),
            vec!["server.trusted_proxies"],
        ),
        (mail(587, "starttls"), vec![]),
        (mail(465, "starttls"), vec!["mail.tls"]),
        (mail(587, "tls"), vec!["mail.tls"]),
        (
            issuer(&format!("{entra}/common/v2.0")),
            vec!["accounts.sign_in_providers"],
        ),
        (issuer(&format!("{entra}/0f3c/v2.0")), vec![]),
    ] {
        assert_eq!(warned(&config), settings, "{config}");
    }
}

#[test]
fn an_address_that_cannot_be_served_is_refused_with_the_reason() {
    for (url, reason) in [
        ("example.com", "must be https://HOST"),
        ("https://example.com/v1", "may not begin with /v1"),
        ("https://example.com/llm?x", "no `?`"),
    ] {
        let (is_sound, text) = check(&format!("[accounts]\npublic_url = \"{url}\"\n"));
        assert!(!is_sound && text.contains("accounts.public_url"), "{text}");
        assert!(text.contains(reason), "{text}");
    }
}

#[test]
fn secrets_in_files_and_variables_are_read_as_they_were_meant() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    let config = format!(
        "[mail]\nhost = \"127.0.0.1\"\ntls = \"none\"\nfrom = \"a@example.com\"\nusername = \"a\"\npassword_file = \"{}\"\n\
         [accounts]\npublic_url = \"http://127.0.0.1\"\n",
        file.display()
    );
    for (bytes, reason) in [
        (&b"\xef\xbb\xbf\"pass word\"\r\n"[..], None),
        (&b"p\xc3\xa4ss\n"[..], None),
        (&b" \r\n"[..], Some("is empty")),
        (&b"\xff\xfep\0a\0"[..], Some("is UTF-16")),
        (&b"p\xe4ss"[..], Some("is not UTF-8")),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let (is_sound, text) = check(&config);
        assert_eq!(is_sound, reason.is_none(), "{text}");
        assert!(text.contains(reason.unwrap_or_default()), "{text}");
        assert!(is_sound || text.contains("mail.password_file"), "{text}");
    }
}

#[test]
fn a_start_warns_too_and_a_log_that_is_no_terminal_has_no_colours() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[accounts]\npublic_url = \"http://192.168.1.10:8080\"\n[telemetry]\nlog_format = \"text\"\n";
    let mut server = yunxin(&folder, config)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("TERM", "xterm-256color")
        .env(
            "YUNXIN__DATABASE__URL",
            format!("\"sqlite:{}\"", folder.path().join("quoted.db").display()),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut greeting = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut greeting)
        .unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    let mut log = String::new();
    server
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    assert!(
        greeting.starts_with("Yunxin serves http://127.0.0.1:"),
        "{greeting} {log}"
    );
    assert!(
        log.contains("WARN") && log.contains("is http:// on a private network"),
        "{log}"
    );
    assert!(!log.contains('\u{1b}'), "{log}");
    assert!(folder.path().join("quoted.db").exists());
}

/// A process that ends with the test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_provider_is_tested_by_one_call_for_each_capability_and_the_exit_code_tells() {
    let folder = tempfile::tempdir().unwrap();
    let mut sandbox = Command::new(env!("CARGO_BIN_EXE_yunxin"));
    sandbox.args(["sandbox", "--listen", "127.0.0.1:0", "--json"]);
    let mut sandbox = Running(sandbox.stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    let mut printed = BufReader::new(sandbox.0.stdout.take().unwrap());
    printed.read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let url = told["url"].as_str().unwrap();
    let catalog = folder.path().join("catalog.toml");
    let provider = |name: &str, url: &str| {
        format!(
            "[[providers]]\nname = \"{name}\"\nkind = \"openai_compatible\"\nbase_url = \"{url}\"\n"
        )
    };
    let models = "[[models]]\nid = \"m\"\ncapabilities = [\"function_calling\", \"vision\"]\n\
        [[deployments]]\nmodel = \"m\"\nprovider = \"local\"\nupstream_model = \"sandbox-small\"\n\
        [[deployments]]\nmodel = \"m\"\nprovider = \"dead\"\n\
        [[models]]\nid = \"e\"\nmodel_type = \"embedding\"\n\
        [[deployments]]\nmodel = \"e\"\nprovider = \"local\"\nupstream_model = \"sandbox-embedding\"\n";
    let text = [
        provider("local", url),
        provider("dead", "http://127.0.0.1:9/v1"),
        models.to_owned(),
    ];
    std::fs::write(&catalog, text.concat()).unwrap();
    let config = format!("[catalog]\nfile = \"{}\"\n", catalog.display());
    let test = |name: &str| {
        let mut command = yunxin(&folder, &config);
        let output = command
            .args(["provider", "test", name, "--json"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        (output.status.success(), text, errors)
    };
    let (is_well, text, errors) = test("local");
    assert!(is_well, "{text} {errors}");
    let rows: Value = serde_json::from_str(&text).unwrap();
    let results: Vec<(&str, &str)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["capability"].as_str().unwrap(),
                row["result"].as_str().unwrap(),
            )
        })
        .collect();
    let all = ["models", "chat", "stream", "tools", "vision", "embedding"];
    assert_eq!(results, all.map(|capability| (capability, "passed")));
    let (is_well, text, errors) = test("dead");
    assert!(!is_well && text.contains("failed"), "{text}");
    assert!(errors.contains("5 of 6 checks failed"), "{errors}");
    let (is_well, _, errors) = test("nobody");
    assert!(
        !is_well && errors.contains("there is no provider"),
        "{errors}"
    );
}
