//! Changes of rights that a server makes itself hold in it at once.

use control::commands::{AccountEdit, NewApiKey};
use store::accounts::AccountStatus;
use store::api_keys::{AnomalyAction, Environment, Restrictions};
use store::key_limits::KeyLimits;

use crate::support::personas::tester;
use crate::support::{TestApp, soon};

fn status(status: AccountStatus) -> AccountEdit {
    AccountEdit {
        status: Some(status),
        ..AccountEdit::default()
    }
}

#[tokio::test]
async fn a_change_that_the_server_made_itself_does_not_wait_for_its_poll() {
    // A poll takes longer than any test waits.
    let app = TestApp::builder()
        .set("auth.lease_ms", 60_000)
        .set("auth.poll_ms", 12_000)
        .start()
        .await;
    let actor = tester();
    let commands = app.app.commands(&actor);
    for _ in 0..3 {
        let account = app.account("free").await;
        let new = NewApiKey {
            account_id: account.clone(),
            name: "Production Server".to_owned(),
            environment: Environment::Live,
            restrictions: Restrictions::default(),
            expires_at_ms: None,
            anomaly_action: AnomalyAction::Notify,
            shows_cost: true,
            caches_prompts: false,
            budgets: vec![],
            own_limits: KeyLimits::default(),
        };
        let made = soon("the key", commands.create_api_key(new)).await.unwrap();
        let caller = app.anonymous().with_secret(made.1.reveal());
        assert_eq!(caller.get("/v1/models").await.status, 200);
        let edit = status(AccountStatus::Suspended);
        let suspended = commands.edit_account(&account, edit);
        soon("the suspension", suspended).await.unwrap();
        assert_eq!(caller.get("/v1/models").await.status, 403);
        let edit = status(AccountStatus::Active);
        let resumed = commands.edit_account(&account, edit);
        soon("the end of the suspension", resumed).await.unwrap();
        assert_eq!(caller.get("/v1/models").await.status, 200);
        let revoked = commands.revoke_api_key(&account, &made.0.id);
        soon("the revocation", revoked).await.unwrap();
        assert_eq!(caller.get("/v1/models").await.code(), "key_revoked");
    }
}
