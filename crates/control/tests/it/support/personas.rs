//! People in browsers: signed in, with the headers that our own pages send.

use control::commands::Browser;
use store::accounts;
use store::audit_log::Actor;
use store::members::{self, Role};
use store::users::{self, NewUser};
use store::{AccountId, UserId};

use super::{Caller, TestApp, TestResponse};

/// A password that is good enough, for whoever needs one.
pub(crate) const PASSWORD: &str = "correct horse battery";

impl TestApp {
    /// A browser with one of our pages, in which nobody is signed in.
    pub(crate) fn browser(&self) -> Caller {
        self.anonymous()
            .with("x-yunxin-request", "dashboard")
            .with("sec-fetch-site", "same-origin")
            .with("content-type", "application/json")
    }

    /// A new user in their browser, who is a member of the account. They have no password.
    pub(crate) async fn member(&self, account: &AccountId, role: Role) -> Caller {
        let user = self.insert_user(false).await;
        let mut tx = self.app.db.begin().await.unwrap();
        members::insert(&mut tx, account, &user.id, role, self.now_ms())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Caller {
            account: account.clone(),
            ..self.session_of(user).await
        }
    }

    /// A new user in their browser, who runs the platform and is a member of nothing.
    pub(crate) async fn operator(&self) -> Caller {
        let user = self.insert_user(true).await;
        self.session_of(user).await
    }

    /// A user who signs up on the page, and their account.
    pub(crate) async fn sign_up(&self, email: &str) -> Caller {
        let response = self.try_sign_up(email).await;
        assert_eq!(response.status, 201, "{}", response.text());
        let account = response.json()["accounts"][0]["id"]
            .as_str()
            .unwrap()
            .into();
        Caller {
            account,
            ..self.browser().with_cookies_of(&response)
        }
    }

    pub(crate) async fn try_sign_up(&self, email: &str) -> TestResponse {
        let body = serde_json::json!({ "email": email, "password": PASSWORD, "name": "Ann" });
        self.browser()
            .post("/api/v1/auth/sign-up", body.to_string())
            .await
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> TestResponse {
        let body = serde_json::json!({ "email": email, "password": password });
        self.browser()
            .post("/api/v1/auth/sign-in", body.to_string())
            .await
    }

    async fn insert_user(&self, is_operator: bool) -> users::User {
        let id = UserId::generate();
        let new = NewUser {
            email: format!("{id}@example.com"),
            id,
            name: "Somebody".to_owned(),
            is_operator,
            password_hash: None,
            email_confirmed_at_ms: None,
            created_at_ms: self.now_ms(),
        };
        let mut tx = self.app.db.begin().await.unwrap();
        let user = users::insert(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        user
    }

    async fn session_of(&self, user: users::User) -> Caller {
        let browser = Browser {
            address: "127.0.0.1".to_owned(),
            agent: "tests".to_owned(),
            session: None,
        };
        let actor = tester();
        let commands = self.app.commands(&actor);
        let begun = commands.sign_in(user, &browser).await.unwrap();
        let cookie = format!(
            "{}={}",
            control::Cookie::Session.name(&self.app.gateway.config.public_url),
            begun.secret.reveal()
        );
        self.browser().with("cookie", cookie)
    }

    /// The id of a user, as they are told it.
    pub(crate) async fn user_id(&self, caller: &Caller) -> String {
        let me = caller.get("/api/v1/me").await.json();
        me["user"]["id"].as_str().unwrap().to_owned()
    }

    /// The name and address of an account.
    pub(crate) async fn account_record(&self, id: &AccountId) -> accounts::Account {
        accounts::get_account(&self.app.db, id).await.unwrap()
    }
}

/// The actor of changes behind the scenes of a test.
pub(crate) fn tester() -> Actor {
    Actor {
        kind: "system",
        id: "test".to_owned(),
        label: "test".to_owned(),
        address: None,
    }
}
