//! A server at which credits can be bought, and the providers that take the money: those of the sandbox, which sign, and
//! lie when they are told to.

use std::net::SocketAddr;

use http::Method;
use sandbox::Sandbox;
use sandbox::payments::{
    EPAY_KEY, EPAY_MERCHANT, EPAY_MERCHANT_PRIVATE_KEY, EPAY_PLATFORM_PUBLIC_KEY,
    STRIPE_WEBHOOK_SECRET,
};
use serde_json::{Value, json};
use store::AccountId;
use store::members::Role;
use tokio_util::sync::CancellationToken;
use url::form_urlencoded::Serializer;

use super::test_app::Builder;
use super::{Caller, TestApp, TestResponse};

/// The server with a buyer and an operator.
pub(crate) struct CashDesk {
    pub(crate) app: TestApp,
    pub(crate) account: AccountId,
    pub(crate) buyer: Caller,
    pub(crate) operator: Caller,
    providers: SocketAddr,
}

/// An order that was made, as its buyer sees it.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) provider: String,
    /// The page at the provider: its path and query.
    pub(crate) page: String,
}

/// A message of a provider, to be sent as often as it takes.
#[derive(Clone)]
pub(crate) struct Message(pub(crate) Value);

pub(crate) fn settings(providers: SocketAddr) -> String {
    format!(
        "[accounts]\npublic_url = \"https://yunxin.example\"\noperator_session_idle_minutes = 600\n[payments]\nallow_private_networks = true\n\
         [[payments.providers]]\nname = \"stripe\"\nkind = \"stripe\"\nurl = \"http://{providers}/stripe\"\n\
         methods = [\"card\"]\ncurrency = \"USD\"\namounts = [\"10\", \"20\"]\nsecret_key = \"sk_sandbox_0123456789\"\n\
         webhook_secrets = [\"whsec_the_next_one_0123\", \"{STRIPE_WEBHOOK_SECRET}\"]\n\
         [[payments.providers]]\nname = \"alipay\"\nkind = \"epay\"\nurl = \"http://{providers}/epay/\"\n\
         methods = [\"alipay\", \"wxpay\"]\ncurrency = \"CNY\"\nprice_per_dollar = \"7.3\"\nmax_credits = \"5000\"\n\
         merchant_id = \"{EPAY_MERCHANT}\"\nmerchant_key = \"{EPAY_KEY}\"\n\
         [[payments.providers]]\nname = \"wechat\"\nkind = \"epay_v2\"\nurl = \"http://{providers}/epay\"\n\
         methods = [\"wxpay\"]\ncurrency = \"CNY\"\nprice_per_dollar = \"7.3\"\nmerchant_id = \"{EPAY_MERCHANT}\"\n\
         private_key = \"{}\"\npublic_key = \"{}\"\n",
        EPAY_MERCHANT_PRIVATE_KEY.trim(),
        EPAY_PLATFORM_PUBLIC_KEY.trim()
    )
}

pub(crate) async fn providers() -> SocketAddr {
    let sandbox = Sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = sandbox.local_addr();
    tokio::spawn(sandbox.run(CancellationToken::new()));
    address
}

impl CashDesk {
    pub(crate) async fn open() -> Self {
        Self::open_with(|builder| builder).await
    }

    pub(crate) async fn open_with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let providers = providers().await;
        let builder = TestApp::builder().config(&settings(providers));
        let app = change(builder).start().await;
        let account = app.account("free").await;
        Self {
            buyer: app.member(&account, Role::Owner).await,
            operator: app.operator().await,
            account,
            providers,
            app,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/accounts/{}/credits{rest}", self.account)
    }

    pub(crate) async fn try_order(
        &self,
        provider: &str,
        method: &str,
        credits: &str,
    ) -> TestResponse {
        let body = json!({ "provider": provider, "method": method, "credits": credits });
        self.buyer
            .post(&self.path("/orders"), body.to_string())
            .await
    }

    /// Orders $20 of credits, and opens the page on which they are paid.
    pub(crate) async fn order(&self, provider: &str, method: &str) -> Order {
        let made = self.try_order(provider, method, "20").await;
        assert_eq!(made.status, 201, "{}", made.text());
        let made = made.json();
        assert_eq!(made["status"], "open");
        let url: url::Url = made["url"].as_str().unwrap().parse().unwrap();
        let page = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        let at_provider = Caller::anonymous(self.providers);
        let opened = at_provider.get(&page).await;
        assert!(opened.text().contains("<button>Pay"), "{}", opened.text());
        Order {
            id: made["id"].as_str().unwrap().to_owned(),
            provider: provider.to_owned(),
            page,
        }
    }

    /// Has the buyer do something at the provider; the message that it would send.
    pub(crate) async fn pay(&self, order: &Order, wishes: &[(&str, &str)]) -> Message {
        let path = match order.page.strip_prefix("/stripe/pay/") {
            Some(rest) => format!("/stripe/pay/{}", rest.split('?').next().unwrap()),
            None => format!("/epay/pay/{}", order.id),
        };
        let at_s = (self.app.now_ms() / 1_000).to_string();
        let form = Serializer::new(String::new())
            .append_pair("at", &at_s)
            .extend_pairs(wishes)
            .finish();
        let paid = Caller::anonymous(self.providers).post(&path, form).await;
        assert_eq!(paid.status, 200, "{}", paid.text());
        Message(paid.json()["message"].clone())
    }

    /// Sends a message to the address of a provider.
    pub(crate) async fn deliver_to(&self, provider: &str, message: &Message) -> TestResponse {
        let text = |name: &str| message.0[name].as_str().unwrap().to_owned();
        let path = format!("/payments/{provider}/notify?{}", text("query"));
        let mut caller = self.app.anonymous();
        for (name, value) in message.0["headers"].as_object().unwrap() {
            caller = caller.with(name, value.as_str().unwrap());
        }
        let method: Method = text("method").parse().unwrap();
        caller.open(method, &path, text("body")).await.whole().await
    }

    pub(crate) async fn deliver(&self, order: &Order, message: &Message) -> TestResponse {
        self.deliver_to(&order.provider, message).await
    }

    /// Asks as the buyer does who came back.
    pub(crate) async fn check(&self, order: &Order) -> TestResponse {
        let path = self.path(&format!("/orders/{}/check", order.id));
        self.buyer.post(&path, "").await
    }

    pub(crate) async fn balance(&self) -> i64 {
        let credits = self.buyer.get(&self.path("")).await.json();
        credits["balance_nanos"].as_i64().unwrap()
    }

    /// The order as its buyer sees it.
    pub(crate) async fn shown(&self, order: &Order) -> Value {
        let path = self.path(&format!("/orders/{}", order.id));
        self.buyer.get(&path).await.json()
    }

    /// The order with its events and refunds, as operators see it.
    pub(crate) async fn details(&self, order: &Order) -> Value {
        let path = format!("/api/v1/admin/orders/{}", order.id);
        self.operator.get(&path).await.json()
    }

    /// The verdicts on an order, the oldest first.
    pub(crate) async fn verdicts(&self, order: &Order) -> Vec<String> {
        let details = self.details(order).await;
        let events = details["events"].as_array().unwrap().iter().rev();
        events
            .map(|event| event["verdict"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) async fn act(&self, order: &Order, action: &str, body: Value) -> TestResponse {
        let path = format!("/api/v1/admin/orders/{}/{action}", order.id);
        self.operator.post(&path, body.to_string()).await
    }

    pub(crate) async fn request_refund(&self, order: &Order) -> TestResponse {
        let path = self.path(&format!("/orders/{}/refund-requests", order.id));
        let body = json!({ "reason": "I took too much" }).to_string();
        self.buyer.post(&path, body).await
    }

    /// Waits until an order stands so.
    pub(crate) async fn until_status(&self, order: &Order, status: &str) {
        super::soon(status, async {
            while self.shown(order).await["status"] != status {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    /// Checks that nothing was credited, and that an operator sees why.
    pub(crate) async fn assert_uncredited(&self, order: &Order, verdict: &str) {
        assert_eq!(self.balance().await, 0, "{verdict}");
        let details = self.details(order).await;
        assert_eq!(details["events"][0]["verdict"], verdict, "{details}");
        assert!(!details["events"][0]["detail"].as_str().unwrap().is_empty());
        assert_eq!(details["order"]["attention"], verdict);
        let listed = "/api/v1/admin/orders?attention=true";
        let listed = self.operator.get(listed).await.json();
        assert_eq!(listed["data"][0]["id"], order.id.as_str());
    }
}
