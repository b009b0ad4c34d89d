use bytes::Bytes;

use super::{AskedSort, MaxPrice, RouteAsk, take, with_model};

fn taken(body: &'static str) -> (RouteAsk, String) {
    let body = Bytes::from_static(body.as_bytes());
    let (ask, rest) = take(&body).unwrap().unwrap();
    let rest = rest.unwrap_or(body);
    (ask, String::from_utf8(rest.to_vec()).unwrap())
}

#[test]
fn a_body_that_asks_nothing_passes_as_it_is() {
    for body in [
        r#"{"model":"m"}"#,
        r#"{"model":"m","messages":[{"content":"\"provider\""}]}"#,
    ] {
        assert_eq!(
            take(&Bytes::from_static(body.as_bytes())).unwrap(),
            None,
            "{body}"
        );
    }
    let nested = r#"{"model":"m","tools":[{"provider":{"only":["x"]}}]}"#;
    let (ask, rest) = taken(nested);
    assert_eq!((ask.only, rest.as_str()), (vec![], nested));
}

#[test]
fn every_member_of_the_provider_object_is_read_and_taken_out() {
    let (ask, rest) = taken(
        r#"{"model": "a", "provider": {"order": ["x", "y"], "only": ["x"], "ignore": ["z"], "allow_fallbacks": false,
        "sort": "price", "max_price": {"prompt": 1, "completion": "2.5"}, "require_parameters": true, "data_collection": "deny"},
        "route": "fallback", "n": 1}"#,
    );
    let expected = RouteAsk {
        models: vec![],
        order: vec!["x".into(), "y".into()],
        only: vec!["x".into()],
        ignore: vec!["z".into()],
        allows_fallbacks: false,
        sort: Some(AskedSort::Price),
        max_price: MaxPrice {
            input: Some(1.0),
            output: Some(2.5),
            ..MaxPrice::default()
        },
        requires_parameters: true,
        for_router: vec!["provider.data_collection"],
        provider: ask.provider.clone(),
        original: ask.original.clone(),
        ..RouteAsk::default()
    };
    assert_eq!(ask, expected);
    assert_eq!(rest, r#"{"model":"a","n":1}"#);
}

#[test]
fn a_list_of_models_stands_in_for_the_model() {
    let (ask, rest) = taken(r#"{"models":["a","b"],"messages":[]}"#);
    assert_eq!(ask.models, ["a", "b"]);
    assert_eq!(rest, r#"{"model":"a","messages":[]}"#);
    let (_, rest) = taken(r#"{"messages":[],"models":["b"],"model":"a"}"#);
    assert_eq!(rest, r#"{"messages":[],"model":"a"}"#);
}

#[test]
fn what_is_also_the_providers_stays() {
    let body = r#"{"model":"a","service_tier":"flex","prompt_cache_key":"s1"}"#;
    let (ask, rest) = taken(body);
    assert_eq!(
        (ask.is_flex, ask.session.as_deref(), rest.as_str()),
        (true, Some("s1"), body)
    );
}

#[test]
fn another_model_is_put_in_its_place() {
    let body = Bytes::from_static(br#"{"n":1,"model":"a","user":"\u00e4"}"#);
    let other = with_model(&body, "b\"c").unwrap();
    assert_eq!(&*other, br#"{"n":1,"model":"b\"c","user":"\u00e4"}"#);
}

#[test]
fn what_is_no_json_is_an_error_and_what_is_no_object_asks_nothing() {
    assert!(take(&Bytes::from_static(b"{\"provider\"")).is_err());
    let (ask, rest) = taken(r#"["provider"]"#.trim_start_matches('x'));
    assert!(ask.allows_fallbacks && rest.starts_with('['));
}

#[test]
fn a_list_of_models_is_taken_out_of_what_a_routing_provider_gets() {
    let (ask, rest) = taken(r#"{"models":["a","b"],"provider": {"zdr": true},"n":1}"#);
    assert_eq!(rest, r#"{"model":"a","n":1}"#);
    assert_eq!(
        ask.original.as_deref(),
        Some(&br#"{"model":"a","n":1,"provider":{"zdr": true}}"#[..])
    );
    let (ask, rest) = taken(r#"{"model":"a", "provider": {"zdr": false}}"#);
    assert_eq!(
        (rest.as_str(), ask.for_router),
        (r#"{"model":"a"}"#, vec![])
    );
    assert_eq!(
        ask.original.as_deref(),
        Some(&br#"{"model":"a", "provider": {"zdr": false}}"#[..])
    );
}

#[test]
fn a_wish_that_cannot_be_read_is_refused_by_name() {
    for (wish, param) in [
        (r#""models":"a""#, "models"),
        (r#""models":[1]"#, "models"),
        (r#""models":[""]"#, "models"),
        (
            r#""models":["1","2","3","4","5","6","7","8","9"]"#,
            "models",
        ),
        (r#""models":["a"],"models":["a"]"#, "models"),
        (r#""provider":"x""#, "provider"),
        (r#""provider":[]"#, "provider"),
        (r#""provider":{},"provider":{}"#, "provider"),
        (r#""provider":{"only":"x"}"#, "provider.only"),
        (r#""provider":{"order":[null]}"#, "provider.order"),
        (r#""provider":{"ignore":{}}"#, "provider.ignore"),
        (
            r#""provider":{"allow_fallbacks":"no"}"#,
            "provider.allow_fallbacks",
        ),
        (
            r#""provider":{"require_parameters":1}"#,
            "provider.require_parameters",
        ),
        (r#""provider":{"sort":"zzz"}"#, "provider.sort"),
        (
            r#""provider":{"sort":{"partition":"none"}}"#,
            "provider.sort",
        ),
        (r#""provider":{"max_price":1}"#, "provider.max_price"),
        (
            r#""provider":{"max_price":{"prompt":-1}}"#,
            "provider.max_price",
        ),
        (
            r#""provider":{"max_price":{"prompt":"x"}}"#,
            "provider.max_price",
        ),
        (
            r#""provider":{"max_price":{"inout":1}}"#,
            "provider.max_price",
        ),
    ] {
        let body = Bytes::from(format!(r#"{{"model":"m",{wish}}}"#));
        let error = take(&body).unwrap_err();
        assert_eq!(error.param(), Some(param), "{wish}: {error}");
    }
}

#[test]
fn null_asks_nothing_and_a_name_that_no_list_knows_is_told() {
    let (ask, rest) = taken(r#"{"model":"m","models":null,"provider":null}"#);
    assert_eq!((rest.as_str(), &ask.provider), (r#"{"model":"m"}"#, &None));
    let (ask, _) = taken(
        r#"{"model":"m","provider":{"preferred_min_throughput":{"p50":1},"only":null,"zzz":1,"yyy":2}}"#,
    );
    assert_eq!((ask.unknown.as_deref(), ask.only), (Some("zzz"), vec![]));
}

#[test]
fn a_provider_object_is_added_to_a_translated_body() {
    let (body, provider) = (
        Bytes::from_static(b"{}"),
        Bytes::from_static(b"{\"zdr\":true}"),
    );
    let with = super::with_provider(&body, &provider).unwrap();
    assert_eq!(&*with, br#"{"provider":{"zdr":true}}"#);
}
