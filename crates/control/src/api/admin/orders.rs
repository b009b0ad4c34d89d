//! Orders, for operators: what was said of them, asking the provider again, refunds. None can be marked as paid.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use serde::Deserialize;
use store::payments::{self, EventFilter, OrderFilter, PaymentEvent, PaymentOrder, Verdict};
use store::{PaymentEventId, PaymentOrderId, StoreError};
use utoipa::ToSchema;

use crate::api::account::orders::status_of;
use crate::api::order_shape::{OperatorOrderResponse, OrderDetailsResponse, PaymentEventResponse};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::{self, QueryOf};
use crate::auth::Operator;
use crate::commands::NewRefund;
use crate::state::{Control, ControlState};

/// Events of one order that are shown.
const EVENTS_MAX: u32 = 200;

/// Which orders are asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OperatorOrderQuery {
    /// The id of an order, an account or a payment at the provider, whole.
    search: Option<String>,
    /// `open`, `processing`, `paid`, `expired`, `failed`, `refunded` or `disputed`.
    status: Option<String>,
    /// The name of a provider.
    provider: Option<String>,
    account_id: Option<String>,
    /// `true` for those that should be looked at, and those of which a refund was asked for.
    attention: Option<bool>,
}

/// Which events are asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PaymentEventQuery {
    /// A verdict: `unknown_order`, `wrong_amount`, …
    verdict: Option<String>,
    /// `true` for those that should be looked at.
    attention: Option<bool>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundOrderRequest {
    /// The reason; the account sees it.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// Dollars of credits that go back at most, as decimal text; all that are left without it.
    #[schema(max_length = 30)]
    credits: Option<String>,
}

impl OperatorOrderQuery {
    fn filter(self) -> Result<OrderFilter, ApiError> {
        Ok(OrderFilter {
            account_id: query::text(self.account_id, "account_id")?,
            provider: query::text(self.provider, "provider")?,
            status: status_of(self.status)?,
            search: query::text(self.search, "search")?,
            needs_attention: self.attention.unwrap_or_default(),
        })
    }
}

/// Orders of all accounts, newest first.
#[utoipa::path(get, path = "/admin/orders", tag = "admin", operation_id = "list_operator_orders",
    params(PageQuery, OperatorOrderQuery), responses((status = 200, body = Page<OperatorOrderResponse>)))]
pub(crate) async fn list_orders(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
    QueryOf(query): QueryOf<OperatorOrderQuery>,
) -> Result<Json<Page<OperatorOrderResponse>>, ApiError> {
    let before = page.after.as_deref().map(PaymentOrderId::from);
    let filter = query.filter()?;
    let rows = payments::list_orders(&app.db, &filter, before.as_ref(), page.rows()).await?;
    let key = |row: &(PaymentOrder, String)| row.0.id.to_string();
    let of = |row| OperatorOrderResponse::of(&app, row);
    Ok(Json(Page::of(rows, &page, key, of)))
}

/// An order with all that its provider said, and what was made of it.
#[utoipa::path(get, path = "/admin/orders/{id}", tag = "admin", operation_id = "get_operator_order",
    params(("id" = String, Path)), responses((status = 200, body = OrderDetailsResponse)))]
pub(crate) async fn get_order(
    State(app): State<ControlState>,
    _: Operator,
    PathId(id): PathId,
) -> Result<Json<OrderDetailsResponse>, ApiError> {
    details(&app, &id.into()).await.map(Json)
}

/// Asks the provider how an order stands. Nothing else can make it paid.
#[utoipa::path(post, path = "/admin/orders/{id}/check", tag = "admin", operation_id = "check_operator_order",
    params(("id" = String, Path)), responses((status = 200, body = OrderDetailsResponse)))]
pub(crate) async fn check_order(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<Json<OrderDetailsResponse>, ApiError> {
    let order = find(&app, &id.into()).await?.0;
    let shop = app.payments.find(&order.provider).ok_or_else(|| {
        let message = "The provider of this order is not configured any more.";
        ApiError::conflict("cannot_ask", message)
    })?;
    let commands = app.commands(operator.actor());
    commands.ask_again(shop, &order.id).await?;
    details(&app, &order.id).await.map(Json)
}

/// Takes back what is unused of an order's credits, and has its money paid back.
#[utoipa::path(post, path = "/admin/orders/{id}/refund", tag = "admin", operation_id = "refund_order",
    params(("id" = String, Path)), request_body = RefundOrderRequest,
    responses((status = 200, body = OrderDetailsResponse)))]
pub(crate) async fn refund_order(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(body): JsonBody<RefundOrderRequest>,
) -> Result<Json<OrderDetailsResponse>, ApiError> {
    let order = find(&app, &id.into()).await?.0;
    let new = NewRefund {
        reason: &body.reason,
        credits: body.credits.as_deref(),
    };
    let shop = app.payments.find(&order.provider);
    let commands = app.commands(operator.actor());
    commands.refund_order(shop, &order.id, new).await?;
    details(&app, &order.id).await.map(Json)
}

/// Messages and responses of payment providers, newest first: of orders, and of payments that no order belongs to.
#[utoipa::path(get, path = "/admin/payment-events", tag = "admin", operation_id = "list_payment_events",
    params(PageQuery, PaymentEventQuery), responses((status = 200, body = Page<PaymentEventResponse>)))]
pub(crate) async fn list_payment_events(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
    QueryOf(query): QueryOf<PaymentEventQuery>,
) -> Result<Json<Page<PaymentEventResponse>>, ApiError> {
    let verdict = query.verdict.filter(|word| !word.is_empty()).map(|word| {
        Verdict::parse(&word)
            .ok_or_else(|| ApiError::invalid_query("verdict", "a verdict such as wrong_amount"))
    });
    let filter = EventFilter {
        verdict: verdict.transpose()?,
        needs_attention: query.attention.unwrap_or_default(),
    };
    let before = page.after.as_deref().map(PaymentEventId::from);
    let rows = payments::list_events(&app.db, &filter, before.as_ref(), page.rows()).await?;
    let key = |event: &PaymentEvent| event.id.to_string();
    Ok(Json(Page::of(rows, &page, key, PaymentEventResponse::of)))
}

async fn details(app: &Control, id: &PaymentOrderId) -> Result<OrderDetailsResponse, ApiError> {
    let order = find(app, id).await?;
    let events = payments::list_events_of(&app.db, id, EVENTS_MAX).await?;
    let refunds = payments::list_refunds_of(&app.db, id).await?;
    Ok(OrderDetailsResponse::of(app, order, events, refunds))
}

/// An order with the name of its account.
async fn find(app: &Control, id: &PaymentOrderId) -> Result<(PaymentOrder, String), ApiError> {
    match payments::find_order_and_account(&app.db, id).await {
        Err(StoreError::NotFound { .. }) => Err(ApiError::not_found("order")),
        found => Ok(found?),
    }
}
