//! Buying credits: what can be bought where, orders, and asking for money back.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::payments::{self, OrderFilter, OrderStatus, PaymentOrder};
use store::{AccountId, PaymentOrderId, StoreError};
use utoipa::ToSchema;

use crate::api::order_shape::OrderResponse;
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::auth::{AccountCaller, Admin, Member, Viewer};
use crate::commands::NewOrder;
use crate::payments::{Shop, exponent_of};
use crate::state::{Control, ControlState};

const STATUSES: &str = "open, processing, paid, expired, failed, refunded or disputed";

/// An amount that is offered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentAmountResponse {
    credits_nanos: i64,
    /// The price, in the minor unit of the currency.
    amount_minor: i64,
}

/// A payment provider at which credits can be bought.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentOptionResponse {
    /// The name for an order.
    name: String,
    /// The label for people.
    label: String,
    /// `stripe`, `epay` or `epay_v2`.
    kind: &'static str,
    methods: Vec<String>,
    currency: String,
    /// The decimals of the currency.
    currency_exponent: u32,
    /// Units of the currency for $1 of credits, as decimal text.
    price_per_dollar: String,
    amounts: Vec<PaymentAmountResponse>,
    min_credits_nanos: i64,
    max_credits_nanos: i64,
}

/// The ways in which credits can be bought; none if there is no provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentOptionsResponse {
    providers: Vec<PaymentOptionResponse>,
    /// An order may not lift the balance above it.
    balance_max_nanos: i64,
    /// Refunds can be asked for within so many days; 0 for never.
    refund_days: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateOrderRequest {
    /// The name of a provider.
    #[schema(max_length = 32)]
    provider: String,
    /// One of its methods.
    #[schema(max_length = 32)]
    method: String,
    /// Dollars of credits, as decimal text: `20`.
    #[schema(max_length = 30)]
    credits: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestRefundRequest {
    /// The reason, for operators.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Which orders are asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrderQuery {
    /// `open`, `processing`, `paid`, `expired`, `failed`, `refunded` or `disputed`.
    status: Option<String>,
}

/// Reads the word of a status.
///
/// # Errors
/// If there is no such status.
pub(in crate::api) fn status_of(word: Option<String>) -> Result<Option<OrderStatus>, ApiError> {
    let word = word.filter(|word| !word.is_empty());
    let parse = |word: String| {
        OrderStatus::parse(&word).ok_or_else(|| ApiError::invalid_query("status", STATUSES))
    };
    word.map(parse).transpose()
}

/// The offers of payment providers: what can be bought where, and for how much.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/payment-options", tag = "credits",
    operation_id = "get_payment_options", params(("account_id" = String, Path)),
    responses((status = 200, body = PaymentOptionsResponse)))]
pub(crate) async fn get_payment_options(
    State(app): State<ControlState>,
    _: AccountCaller<Viewer>,
) -> Json<PaymentOptionsResponse> {
    Json(PaymentOptionsResponse {
        providers: app.payments.shops().iter().map(offered).collect(),
        balance_max_nanos: app.payments.balance_max_nanos,
        refund_days: app.payments.refund_days,
    })
}

fn offered(shop: &Shop) -> PaymentOptionResponse {
    let config = &shop.config;
    let (min_credits_nanos, max_credits_nanos) = config.bounds_nanos();
    let amounts = config.amounts_nanos().into_iter().filter_map(|nanos| {
        Some(PaymentAmountResponse {
            credits_nanos: nanos,
            amount_minor: shop.price_minor(nanos)?,
        })
    });
    PaymentOptionResponse {
        amounts: amounts.collect(),
        name: config.name.clone(),
        label: config.label().to_owned(),
        kind: config.kind.as_str(),
        methods: config.methods.clone(),
        currency: config.currency.clone(),
        currency_exponent: exponent_of(&config.currency),
        price_per_dollar: config.price_per_dollar.clone(),
        min_credits_nanos,
        max_credits_nanos,
    }
}

/// Orders of the account, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/orders", tag = "credits", operation_id = "list_orders",
    params(("account_id" = String, Path), PageQuery, OrderQuery),
    responses((status = 200, body = Page<OrderResponse>)))]
pub(crate) async fn list_orders(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    page: PageRequest,
    QueryOf(query): QueryOf<OrderQuery>,
) -> Result<Json<Page<OrderResponse>>, ApiError> {
    let filter = OrderFilter {
        account_id: caller.account_id().to_string(),
        status: status_of(query.status)?,
        ..OrderFilter::default()
    };
    let before = page.after.as_deref().map(PaymentOrderId::from);
    let rows = payments::list_orders(&app.db, &filter, before.as_ref(), page.rows()).await?;
    let key = |row: &(PaymentOrder, String)| row.0.id.to_string();
    let of = |(order, _)| OrderResponse::of(&app, order);
    Ok(Json(Page::of(rows, &page, key, of)))
}

/// Orders credits. Send the buyer to `url`; the credits are there when the provider says that it is paid.
#[utoipa::path(post, path = "/accounts/{account_id}/credits/orders", tag = "credits", operation_id = "create_order",
    params(("account_id" = String, Path)), request_body = CreateOrderRequest,
    responses((status = 201, body = OrderResponse)))]
pub(crate) async fn create_order(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    JsonBody(body): JsonBody<CreateOrderRequest>,
) -> Result<(StatusCode, Json<OrderResponse>), ApiError> {
    let shop = app.payments.find(&body.provider).ok_or_else(|| {
        ApiError::invalid_field("provider", "There is no such payment provider here.")
    })?;
    let new = NewOrder {
        account_id: caller.account_id(),
        method: &body.method,
        credits: &body.credits,
    };
    let commands = app.commands(caller.actor());
    let order = commands.create_order(&app.payments, shop, new).await?;
    Ok((StatusCode::CREATED, Json(OrderResponse::of(&app, order))))
}

/// An order.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/orders/{id}", tag = "credits", operation_id = "get_order",
    params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = OrderResponse)))]
pub(crate) async fn get_order(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    PathId(id): PathId,
) -> Result<Json<OrderResponse>, ApiError> {
    let order = own_order(&app, caller.account_id(), id).await?;
    Ok(Json(OrderResponse::of(&app, order)))
}

/// Asks the provider how an open order stands, at most every ten seconds, and tells the order.
#[utoipa::path(post, path = "/accounts/{account_id}/credits/orders/{id}/check", tag = "credits",
    operation_id = "check_order", params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = OrderResponse)))]
pub(crate) async fn check_order(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    PathId(id): PathId,
) -> Result<Json<OrderResponse>, ApiError> {
    let mut order = own_order(&app, caller.account_id(), id).await?;
    if let Some(shop) = app.payments.find(&order.provider) {
        let actor = crate::commands::cashier(&order.provider);
        order = app.commands(&actor).check_order(shop, order).await?;
    }
    Ok(Json(OrderResponse::of(&app, order)))
}

/// Asks operators for a refund of what is unused of an order.
#[utoipa::path(post, path = "/accounts/{account_id}/credits/orders/{id}/refund-requests", tag = "credits",
    operation_id = "request_refund", params(("account_id" = String, Path), ("id" = String, Path)),
    request_body = RequestRefundRequest, responses((status = 201, body = OrderResponse)))]
pub(crate) async fn request_refund(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    PathId(id): PathId,
    JsonBody(body): JsonBody<RequestRefundRequest>,
) -> Result<(StatusCode, Json<OrderResponse>), ApiError> {
    let order = own_order(&app, caller.account_id(), id).await?;
    let commands = app.commands(caller.actor());
    let order = commands
        .request_refund(&app.payments, &order.id, &body.reason)
        .await?;
    Ok((StatusCode::CREATED, Json(OrderResponse::of(&app, order))))
}

/// An order of the account; those of others do not exist for it.
async fn own_order(
    app: &Control,
    account_id: &AccountId,
    id: String,
) -> Result<PaymentOrder, ApiError> {
    match payments::find_order(&app.db, &id.into()).await {
        Ok(order) if order.account_id == *account_id => Ok(order),
        Ok(_) | Err(StoreError::NotFound { .. }) => Err(ApiError::not_found("order")),
        Err(error) => Err(error.into()),
    }
}
