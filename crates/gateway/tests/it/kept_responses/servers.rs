//! Kept responses over the end of a process, and on several servers of one database.

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::RequestIds;

use super::{CATALOG, NATIVE, answer, app, path};
use crate::support::upstream_stub::COMPLETION;
use crate::support::{NOW_MS, Script, TestApp};

#[tokio::test]
async fn a_conversation_goes_on_after_a_restart() {
    let (app, caller) = app().await;
    let first = answer(&caller, json!({"model": "plain", "input": "One"})).await;
    let app = app.restart().await;
    let caller = app.caller(&caller);
    let body = json!({"model": "plain", "input": "Two", "previous_response_id": first["id"]});
    answer(&caller, body).await;
    assert_eq!(
        app.stub.last().json()["messages"].as_array().unwrap().len(),
        3
    );
}

#[tokio::test]
async fn a_conversation_goes_on_at_another_server() {
    let Some(url) = std::env::var_os("TEST_POSTGRES_URL") else {
        return;
    };
    let url = url.into_string().unwrap();
    let schema = RequestIds::default().generate(NOW_MS).to_string();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
    connection.execute(create).await.unwrap();
    let separator = if url.contains('?') { '&' } else { '?' };
    let builder = TestApp::builder()
        .set("responses.store", true)
        .catalog(CATALOG)
        .database(format!("{url}{separator}options[search_path]={schema}"));
    let app = builder.start().await;
    app.stub.always(Script::json(COMPLETION));
    app.second.always(Script::json(NATIVE));
    let caller = app.key("enterprise").await;
    let other = app.beside().await;
    let there = other.caller(&caller);
    let first = answer(&caller, json!({"model": "plain", "input": "One"})).await;
    let body = json!({"model": "plain", "input": "Two", "previous_response_id": first["id"]});
    let second = answer(&there, body).await;
    assert_eq!(
        app.stub.last().json()["messages"].as_array().unwrap().len(),
        3
    );
    assert_eq!(caller.get(&path(&second)).await.json(), second);
    assert_eq!(caller.delete(&path(&second)).await.status, 200);
    assert_eq!(there.get(&path(&second)).await.status, 404);
}
