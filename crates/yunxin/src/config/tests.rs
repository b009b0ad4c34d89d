use std::io::Write;

use super::Config;

fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let mut path = tempfile::NamedTempFile::new().unwrap();
    path.write_all(file.as_bytes()).unwrap();
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_layers(Some(path.path()), environment)
        .map_err(|error| format!("{error:#}").replace(&path.path().display().to_string(), "FILE"))
}

#[test]
fn the_environment_lies_over_the_file_and_the_file_over_the_defaults() {
    let config = load(
        "\u{feff}[server]\r\nlisten = \"127.0.0.1:1\"\r\nconnections_max = 7\r\n",
        &[
            ("YUNXIN__SERVER__LISTEN", "127.0.0.1:2\r"),
            ("YUNXIN__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            ("PATH", "x"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.listen.port(), 2);
    assert_eq!(config.server.connections_max, 7);
    assert_eq!(config.server.body_bytes_max, 4 * 1024 * 1024);
    assert_eq!(config.server.proxies().unwrap().len(), 2);
}

#[test]
fn a_wrong_setting_says_where_and_what() {
    let cases = [
        load("[server]\nlistne = \"x\"\n", &[]),
        load("[sever]\n", &[]),
        load("[server]\nconnections_max = \"many\"\n", &[]),
        load("[server]\nlisten = \"nowhere\"\n", &[]),
        load("[server\n", &[]),
        load("", &[("YUNXIN__SERVER__PORT", "1")]),
        load("", &[("YUNXIN__SERVER__CONNECTIONS_MAX", "x")]),
        load("[upstream]\ntotal_timeout_ms = 10\n", &[]),
        load("[sandbox]\nlisten = \"0.0.0.0:1\"\n", &[]),
        load("[auth]\npoll_ms = 4000\n", &[]),
        load("[server]\ntrusted_proxies = [\"everyone\"]\n", &[]),
        load("[database]\nurl = \"mysql://me:hunter2@db/x\"\n", &[]),
        load(
            "",
            &[("YUNXIN__DATABASE__URL", "postgres://me:hunter#2@db/x")],
        ),
        load("[server]\nshared_addresses = [\"everyone\"]\n", &[]),
        load("[server]\nbuffered_body_bytes_per_key_max = 1000\n", &[]),
    ];
    let messages: Vec<String> = cases.into_iter().map(|case| case.unwrap_err()).collect();
    insta::assert_snapshot!(messages.join("\n---\n"));
}

#[test]
fn a_dump_shows_no_secret() {
    let config = load(
        "[auth]\nmaster_key = \"deadbeef\"\n[database]\nurl = \"postgres://me:hunter2@db/x\"\n",
        &[],
    )
    .unwrap();
    let dump = toml::to_string(&config).unwrap();
    assert!(!dump.contains("deadbeef") && !dump.contains("hunter2") && dump.contains("[redacted]"));
    assert!(!format!("{config:?}").contains("hunter2"));
}
