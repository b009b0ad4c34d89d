//! The header, taken apart by whoever would like to be Stripe.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use secrecy::SecretString;

use super::super::super::provider::{Delivery, DeliveryFault};
use super::verify;

const OLD: &str = "whsec_old_0123456789";
const NEW: &str = "whsec_new_0123456789";
const BODY: &str = "{\"id\":\"evt_1\",\"data\":{\"object\":{\"client_reference_id\":\"ord_1\"}}}";
const NOW_S: i64 = 1_790_000_000;

fn tag(secret: &str, at_s: i64, body: &str) -> String {
    let key = Key::new(HMAC_SHA256, secret.as_bytes());
    let tag = sign(&key, format!("{at_s}.{body}").as_bytes());
    tag.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn check(secrets: &[&str], headers: &[&str], body: &str) -> Result<(), DeliveryFault> {
    let secrets: Vec<SecretString> = secrets.iter().map(|one| SecretString::from(*one)).collect();
    let mut map = HeaderMap::new();
    for header in headers {
        map.append("stripe-signature", HeaderValue::from_str(header).unwrap());
    }
    let delivery = Delivery {
        method: &Method::POST,
        query: "",
        headers: &map,
        body: &Bytes::copy_from_slice(body.as_bytes()),
        now_ms: NOW_S * 1_000,
    };
    verify(&secrets, &delivery)
}

#[test]
fn any_of_several_signatures_by_any_of_several_secrets_is_enough() {
    let header = format!("t={NOW_S},v1={},v0=x", tag(OLD, NOW_S, BODY));
    assert_eq!(check(&[OLD], &[&header], BODY), Ok(()));
    assert_eq!(check(&[NEW, OLD], &[&header], BODY), Ok(()));
    let both = format!(
        "t={NOW_S},v1={},v1={}",
        tag(OLD, NOW_S, BODY),
        tag(NEW, NOW_S, BODY)
    );
    assert_eq!(check(&[NEW], &[&both], BODY), Ok(()));
    assert!(check(&[NEW], &[&header], BODY).is_err());
}

#[test]
fn what_is_not_signed_as_it_came_is_refused_and_names_its_order() {
    let right = tag(NEW, NOW_S, BODY);
    let upper = format!("t={NOW_S},v1={}", right.to_uppercase());
    assert_eq!(check(&[NEW], &[&upper], BODY), Ok(()));
    let header = format!("t={NOW_S},v1={right}");
    assert!(check(&[NEW], &[&header], &format!("{BODY} ")).is_err());
    assert!(
        check(&[NEW], &[&header, &header], BODY).is_err(),
        "two headers"
    );
    assert!(check(&[NEW], &[], BODY).is_err());
    for bad in [
        format!("t={NOW_S}"),
        format!("v1={right}"),
        format!("t={NOW_S},t={NOW_S},v1={right}"),
        format!("t={NOW_S},v0={right}"),
        format!("t={NOW_S},v1={}", &right[1..]),
        format!("t={NOW_S},v1={right}00"),
        format!("t={},v1={right}", NOW_S + 1),
        "t=,v1=".to_owned(),
        "x".to_owned(),
        String::new(),
    ] {
        let refused = check(&[NEW], &[&bad], BODY);
        let Err(DeliveryFault::BadSignature { order_id, .. }) = refused else {
            unreachable!("{bad}: {refused:?}");
        };
        assert_eq!(order_id.as_deref(), Some("ord_1"));
    }
}

#[test]
fn an_empty_secret_signs_nothing() {
    let header = format!("t={NOW_S},v1={}", tag("", NOW_S, BODY));
    assert!(check(&[""], &[&header], BODY).is_err());
    assert!(check(&[], &[&header], BODY).is_err());
}

#[test]
fn a_signature_is_good_for_five_minutes_in_both_directions() {
    for (at_s, is_good) in [
        (NOW_S - 300, true),
        (NOW_S + 300, true),
        (NOW_S - 301, false),
        (NOW_S + 301, false),
        (i64::MAX, false),
        (i64::MIN, false),
    ] {
        let header = format!("t={at_s},v1={}", tag(NEW, at_s, BODY));
        assert_eq!(check(&[NEW], &[&header], BODY).is_ok(), is_good, "{at_s}");
    }
}
