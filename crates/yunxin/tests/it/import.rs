//! Taking an installation over from another program: its keys work here as they did there.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::program::{Program, run};

/// Secrets of new-api, as clients have them.
const OF_ROOT: &str = "sk-aB3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl";
const LIMITED: &str = "sk-zZ3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl";
const ELSEWHERE: &str = "sk-nN3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl";
const DISABLED: &str = "sk-dD3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl";
const OF_BLOCKED: &str = "sk-bB3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl";

/// A database of new-api in a file.
async fn new_api(folder: &Path) -> PathBuf {
    database(folder, include_str!("import/new-api.sql")).await
}

async fn database(folder: &Path, tables: &'static str) -> PathBuf {
    let path = folder.join("source.db");
    let url = format!("sqlite:{}?mode=rwc", path.display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(tables).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    path
}

async fn change(path: &Path, sql: &'static str) {
    let url = format!("sqlite:{}", path.display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

fn import(folder: &Path, arguments: &[&str]) -> Output {
    let arguments: Vec<&str> = std::iter::once("import")
        .chain(arguments.iter().copied())
        .collect();
    Program::command(folder, &arguments).output().unwrap()
}

fn imported(folder: &Path, arguments: &[&str]) -> Value {
    let output = import(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The status of a chat with a key, and the code of its error.
fn chat(program: &Program, key: &str, model: &str) -> (u16, String) {
    let response = respond(program, key, model);
    let status = response[9..12].parse().unwrap();
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body.trim()).unwrap_or_default();
    let code = body["error"]["code"].as_str().unwrap_or_default();
    (status, code.to_owned())
}

/// The limit of requests per minute that a response names.
fn limit(program: &Program, key: &str) -> Option<String> {
    let response = respond(program, key, "sandbox-small");
    let mut lines = response.lines();
    lines.find_map(|line| line.strip_prefix("x-ratelimit-limit: ").map(str::to_owned))
}

fn respond(program: &Program, key: &str, model: &str) -> String {
    let body = json!({ "model": model, "max_tokens": 8, "messages": [{ "role": "user", "content": "hi" }] });
    let body = body.to_string();
    let mut socket = TcpStream::connect(&program.address).unwrap();
    let length = body.len();
    write!(
        socket,
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut response = String::new();
    socket.read_to_string(&mut response).unwrap();
    response
}

#[tokio::test]
async fn keys_of_new_api_work_here_and_a_second_run_takes_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let source = new_api(folder.path()).await;
    let source = source.to_str().unwrap();
    let data = folder.path().join("data");
    let plan = imported(&data, &["new-api", source, "--dry-run"]);
    assert_eq!(
        plan["counts"],
        json!({ "accounts": 3, "balance": "1002.469134", "keys": 4, "providers": 1, "models": 2, "left_out": 4, "losses": 2 })
    );
    let refused = import(&data, &["new-api", source]);
    assert!(!refused.status.success(), "what is lost is said first");
    let losses = plan["losses"].to_string();
    assert!(
        losses.contains("Songs") && losses.contains("vip"),
        "{losses}"
    );

    let program = Program::serve(&data, &[]);
    assert_eq!(
        chat(&program, OF_ROOT, "sandbox-small").1,
        "invalid_api_key"
    );
    let all = ["new-api", source, "--accept-losses", "--tier-of", "vip=pro"];
    let written = imported(&data, &all);
    assert_eq!(
        (&written["accounts"], &written["keys"]),
        (&json!(3), &json!(4)),
        "{written}"
    );
    assert_eq!(written["balance_difference"], "1002.469134");
    assert_eq!(imported(&data, &["new-api", source, "--verify"]), json!([]));

    assert_eq!(chat(&program, OF_ROOT, "sandbox-small").0, 200);
    let with_channel = format!("{OF_ROOT}-17");
    assert_eq!(chat(&program, &with_channel, "sandbox-small").0, 200);
    assert_eq!(chat(&program, LIMITED, "sandbox-small").0, 200);
    assert_eq!(chat(&program, LIMITED, "sandbox-standard").0, 403);
    assert_eq!(chat(&program, ELSEWHERE, "sandbox-small").0, 403);
    assert_eq!(chat(&program, OF_BLOCKED, "sandbox-small").0, 403);
    assert_eq!(chat(&program, DISABLED, "sandbox-small").0, 401);
    let models = program.run(&["model", "list"]);
    let model = |id: &str| {
        models
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == id)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (
            &model("gpt-x")["input_price"],
            &model("gpt-x")["output_price"]
        ),
        (&json!(2.5), &json!(10))
    );
    assert_eq!(
        (&model("gpt-y")["unit"], &model("gpt-y")["input_price"]),
        (&json!("per_request"), &json!(0.04))
    );

    let nothing = imported(&data, &all);
    assert_eq!(
        (&nothing["accounts"], &nothing["keys"]),
        (&json!(0), &json!(0)),
        "{nothing}"
    );
    change(Path::new(source), "UPDATE users SET quota = 734567 WHERE id = 2;
        INSERT INTO tokens (user_id, key, status, name, expired_time, unlimited_quota) VALUES (1, 'nE3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl', 1, 'later', -1, 1)").await;
    assert!(
        !import(&data, &["new-api", source, "--verify"])
            .status
            .success()
    );
    let rest = imported(&data, &all);
    assert_eq!(
        (&rest["keys"], &rest["balance_difference"]),
        (&json!(1), &json!("-1")),
        "{rest}"
    );
    assert_eq!(imported(&data, &["new-api", source, "--verify"]), json!([]));
    assert_eq!(
        chat(
            &program,
            "sk-nE3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl",
            "sandbox-small"
        )
        .0,
        200
    );
}

#[tokio::test]
async fn of_litellm_the_digests_of_keys_are_enough() {
    let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
        return;
    };
    let mut database = sqlx::PgConnection::connect(&url).await.unwrap();
    let name = format!("litellm_{}", std::process::id());
    let made = format!("CREATE DATABASE {name}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(made))
        .execute(&mut database)
        .await
        .unwrap();
    let source = format!("{}/{name}", url.rsplit_once('/').unwrap().0);
    let mut tables = sqlx::PgConnection::connect(&source).await.unwrap();
    sqlx::raw_sql(include_str!("import/litellm.sql"))
        .execute(&mut tables)
        .await
        .unwrap();

    let folder = tempfile::tempdir().unwrap();
    let plan = imported(folder.path(), &["litellm", &source, "--dry-run"]);
    assert_eq!(
        (&plan["counts"]["keys"], &plan["counts"]["left_out"]),
        (&json!(2), &json!(2)),
        "{plan}"
    );
    let losses = plan["losses"].to_string();
    assert!(losses.contains("tpm_limit 0 of key batch"), "{losses}");
    assert!(!losses.contains("rpm_limit"), "{losses}");
    imported(
        folder.path(),
        &["litellm", &source, "--accept-losses", "--tier", "pro"],
    );
    assert_eq!(
        imported(folder.path(), &["litellm", &source, "--verify"]),
        json!([])
    );
    let program = Program::serve(folder.path(), &[]);
    assert_eq!(
        chat(&program, "sk-litellm-key-of-a-team", "sandbox-small").0,
        200
    );
    assert_eq!(
        chat(&program, "sk-litellm-key-of-a-team", "sandbox-standard").0,
        403
    );
    assert_eq!(
        chat(&program, "sk-litellm-key-of-nobody", "sandbox-small").0,
        200
    );
    assert_eq!(
        chat(&program, "sk-litellm-key-of-yesterday", "sandbox-small").0,
        401
    );
    assert_eq!(
        limit(&program, "sk-litellm-key-of-nobody").as_deref(),
        Some("7"),
        "the key's own"
    );
    assert_eq!(
        limit(&program, "sk-litellm-key-of-a-team").as_deref(),
        Some("90"),
        "the team's"
    );
    let accounts = run(folder.path(), &["account", "list"]);
    assert_eq!(accounts.as_array().unwrap().len(), 2, "{accounts}");
}

#[tokio::test]
async fn keys_of_bifrost_tensorzero_and_gpt_load_work_here() {
    let folder = tempfile::tempdir().unwrap();
    let source = database(folder.path(), include_str!("import/other-gateways.sql")).await;
    let source = source.to_str().unwrap();
    let data = folder.path().join("data");
    for (product, accounts, keys) in [("bifrost", 2, 2), ("tensorzero", 1, 1), ("gpt-load", 1, 2)] {
        let written = imported(&data, &[product, source, "--accept-losses"]);
        let counts = (&written["accounts"], &written["keys"]);
        assert_eq!(counts, (&json!(accounts), &json!(keys)), "{product}");
        assert_eq!(imported(&data, &[product, source, "--verify"]), json!([]));
    }
    let program = Program::serve(&data, &[]);
    for (key, status) in [
        ("sk-bf-0a1b2c3d-1111-2222-3333-444455556666", 200),
        ("sk-bf-ffffffff-1111-2222-3333-444455556666", 200),
        ("sk-bf-99999999-1111-2222-3333-444455556666", 401),
        (
            "sk-t0-abcdefghijkl-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV",
            200,
        ),
        ("sk-client-one-aaaaaaaa", 200),
        ("sk-client-two-bbbbbbbb", 200),
        ("sk-client-three-cccccc", 401),
    ] {
        assert_eq!(chat(&program, key, "sandbox-small").0, status, "{key}");
    }
}

#[tokio::test]
async fn a_database_of_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let source = new_api(folder.path()).await;
    let source = source.to_str().unwrap();
    for (product, place, reason) in [
        ("litellm", source, "no database of LiteLLM"),
        (
            "new-api",
            "mysql://root@127.0.0.1/new-api",
            "only PostgreSQL and SQLite",
        ),
        ("new-api", "/nowhere/one-api.db", "cannot open"),
    ] {
        let output = import(&folder.path().join("data"), &[product, place, "--dry-run"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && said.contains(reason),
            "{product}: {said}"
        );
    }
}
