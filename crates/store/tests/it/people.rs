//! Users, sessions, members, invites and what works once.

use store::invites::{self, Invite};
use store::members::{self, Role};
use store::one_time_links::{self, LinkKind, NewLink};
use store::second_factors;
use store::sessions::{self, Session};
use store::users::{self, NewUser, PasswordHash, User};
use store::{AccountId, Db, InviteId, SessionId, StoreError, UserId};

use super::support::{NOW_MS, a_secret, an_account, on_each_engine};

async fn a_user(db: &Db, email: &str, is_operator: bool) -> User {
    let new = NewUser {
        id: UserId::generate(),
        email: email.to_owned(),
        name: "Ann".to_owned(),
        is_operator,
        password_hash: Some(PasswordHash("$argon2id$secret".to_owned())),
        email_confirmed_at_ms: None,
        created_at_ms: NOW_MS,
    };
    let mut tx = db.begin().await.unwrap();
    let user = users::insert(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    user
}

#[tokio::test]
async fn an_address_is_one_user_and_their_password_does_not_print() {
    on_each_engine(|db| async move {
        let user = a_user(&db, "ann@example.com", false).await;
        let found = users::find_with_password(&db, "ann@example.com")
            .await
            .unwrap();
        let (same, hash) = found.unwrap();
        assert_eq!((&same, same.has_password), (&user, true));
        assert_eq!(format!("{hash:?}"), "Some(PasswordHash(..))");
        let new = NewUser {
            id: UserId::generate(),
            email: user.email.clone(),
            name: String::new(),
            is_operator: false,
            password_hash: None,
            email_confirmed_at_ms: None,
            created_at_ms: NOW_MS,
        };
        let mut tx = db.begin().await.unwrap();
        let twice = users::insert(&mut tx, &new).await;
        assert!(matches!(twice, Err(StoreError::Conflict { .. })));
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        users::confirm_email(&mut tx, &user.id, NOW_MS)
            .await
            .unwrap();
        users::update_last_signed_in(&mut tx, &user.id, NOW_MS + 1)
            .await
            .unwrap();
        let edited = User {
            name: "Bea".to_owned(),
            language: Some("zh-TW".to_owned()),
            theme: "dark".to_owned(),
            notifies_rotation: false,
            ..user.clone()
        };
        users::update_profile(&mut tx, &edited).await.unwrap();
        tx.commit().await.unwrap();
        let found = users::get_user(&db, &user.id).await.unwrap();
        assert_eq!(
            found,
            User {
                email_confirmed_at_ms: Some(NOW_MS),
                last_signed_in_at_ms: Some(NOW_MS + 1),
                ..edited
            }
        );
        let listed = users::list_for_operator(&db, "BEA", None, 5).await.unwrap();
        assert_eq!(listed, [found]);
    })
    .await;
}

#[tokio::test]
async fn operators_are_counted_within_the_change_that_removes_one() {
    on_each_engine(|db| async move {
        let user = a_user(&db, "op@example.com", true).await;
        assert_eq!(users::count_operators(&db).await.unwrap(), 1);
        let mut tx = db.begin().await.unwrap();
        let demoted = User {
            is_operator: false,
            ..user
        };
        users::update_rights(&mut tx, &demoted, NOW_MS)
            .await
            .unwrap();
        assert_eq!(users::count_operators_within(&mut tx).await.unwrap(), 0);
        drop(tx);
        assert_eq!(users::count_operators(&db).await.unwrap(), 1);
    })
    .await;
}

async fn a_session(db: &Db, user: &User, seen_at_ms: i64) -> (Session, store::secret::KeyDigest) {
    let session = Session {
        id: SessionId::generate(),
        user_id: user.id.clone(),
        created_at_ms: NOW_MS,
        last_seen_at_ms: seen_at_ms,
        expires_at_ms: NOW_MS + 1_000,
        address: "203.0.113.9".to_owned(),
        agent: "tests".to_owned(),
    };
    let (_, digest) = a_secret();
    let mut tx = db.begin().await.unwrap();
    sessions::insert(&mut tx, &session, digest).await.unwrap();
    tx.commit().await.unwrap();
    (session, digest)
}

#[tokio::test]
async fn a_session_ends_alone_with_the_others_or_in_time() {
    on_each_engine(|db| async move {
        let user = a_user(&db, "ann@example.com", false).await;
        let (first, digest) = a_session(&db, &user, NOW_MS).await;
        let (second, _) = a_session(&db, &user, NOW_MS + 1).await;
        let found = sessions::find_by_digest(&db, digest, NOW_MS).await.unwrap();
        assert_eq!(found, Some((first.clone(), user.clone())));
        let late = sessions::find_by_digest(&db, digest, NOW_MS + 1_000)
            .await
            .unwrap();
        assert_eq!(late, None);
        let listed = sessions::list(&db, &user.id, NOW_MS, NOW_MS).await.unwrap();
        assert_eq!(listed, [second.clone(), first.clone()]);
        assert!(
            sessions::is_known_address(&db, &user.id, "203.0.113.9")
                .await
                .unwrap()
        );
        assert!(
            !sessions::is_known_address(&db, &user.id, "203.0.113.8")
                .await
                .unwrap()
        );
        let (_, renewed) = a_secret();
        let mut tx = db.begin().await.unwrap();
        sessions::update_digest(&mut tx, &first.id, renewed)
            .await
            .unwrap();
        let ended = sessions::end_all(&mut tx, &user.id, Some(&first.id), NOW_MS)
            .await
            .unwrap();
        let again = sessions::end(&mut tx, &user.id, &second.id, NOW_MS).await;
        tx.commit().await.unwrap();
        assert_eq!(ended, 1);
        assert!(matches!(again, Err(StoreError::NotFound { .. })));
        assert_eq!(
            sessions::find_by_digest(&db, digest, NOW_MS).await.unwrap(),
            None
        );
        assert!(
            sessions::find_by_digest(&db, renewed, NOW_MS)
                .await
                .unwrap()
                .is_some()
        );
        let mut tx = db.begin().await.unwrap();
        let deleted = sessions::delete_before(&mut tx, NOW_MS + 1_001)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(deleted, 2);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_used_once_by_whoever_comes_first() {
    on_each_engine(|db| async move {
        let user = a_user(&db, "ann@example.com", false).await;
        let link = NewLink {
            kind: LinkKind::PasswordReset,
            user_id: Some(user.id.clone()),
            payload: Some("{}".to_owned()),
            created_at_ms: NOW_MS,
            expires_at_ms: NOW_MS + 10,
        };
        let (_, digest) = a_secret();
        let (_, other) = a_secret();
        let mut tx = db.begin().await.unwrap();
        one_time_links::insert(&mut tx, &link, digest)
            .await
            .unwrap();
        one_time_links::insert(&mut tx, &link, other).await.unwrap();
        tx.commit().await.unwrap();
        let open = one_time_links::find_open(&db, digest, NOW_MS)
            .await
            .unwrap();
        assert_eq!(open, Some((LinkKind::PasswordReset, Some(user.id.clone()))));
        let take = async |kind, digest, now_ms| {
            let mut tx = db.begin().await.unwrap();
            let taken = one_time_links::take(&mut tx, kind, digest, now_ms)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            taken.is_some()
        };
        assert!(!take(LinkKind::FirstOperator, digest, NOW_MS).await);
        assert!(!take(LinkKind::PasswordReset, digest, NOW_MS + 10).await);
        assert!(take(LinkKind::PasswordReset, digest, NOW_MS).await);
        assert!(!take(LinkKind::PasswordReset, digest, NOW_MS).await);
        let mut tx = db.begin().await.unwrap();
        let ended =
            one_time_links::end_all(&mut tx, LinkKind::PasswordReset, &user.id, NOW_MS).await;
        assert_eq!(ended.unwrap(), 1);
        let deleted = one_time_links::delete_before(&mut tx, NOW_MS + 11)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(deleted, 2);
    })
    .await;
}

fn an_invite(account_id: &AccountId, email: &str) -> Invite {
    Invite {
        id: InviteId::generate(),
        account_id: Some(account_id.clone()),
        email: email.to_owned(),
        role: Role::Member,
        invited_by: "ann@example.com".to_owned(),
        created_at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 10,
    }
}

#[tokio::test]
async fn an_invite_is_open_until_it_is_taken_revoked_replaced_or_old() {
    on_each_engine(|db| async move {
        let (account, other) = (an_account(&db, "pro").await, an_account(&db, "pro").await);
        let invite = an_invite(&account, "bob@example.com");
        let (_, digest) = a_secret();
        let mut tx = db.begin().await.unwrap();
        invites::insert(&mut tx, &invite, digest).await.unwrap();
        let open = invites::count_open_within(&mut tx, Some(&account), NOW_MS)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(open, 1);
        let found = async |now_ms| invites::find_open(&db, digest, now_ms).await.unwrap();
        assert_eq!(found(NOW_MS).await, Some(invite.clone()));
        assert_eq!(found(NOW_MS + 10).await, None);
        let listed = async |id: &AccountId| {
            invites::list_open(&db, id, NOW_MS, None, 5)
                .await
                .unwrap()
                .len()
        };
        assert_eq!((listed(&account).await, listed(&other).await), (1, 0));
        let mut tx = db.begin().await.unwrap();
        let foreign = invites::revoke(&mut tx, Some(&other), &invite.id, NOW_MS).await;
        assert!(matches!(foreign, Err(StoreError::NotFound { .. })));
        let taken = invites::take(&mut tx, &invite.id, NOW_MS).await.unwrap();
        let again = invites::take(&mut tx, &invite.id, NOW_MS).await.unwrap();
        let replaced = invites::end_for(&mut tx, Some(&account), "bob@example.com", NOW_MS)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!((taken, again, replaced), (Some(invite), None, 0));
    })
    .await;
}

#[tokio::test]
async fn a_member_is_changed_only_from_what_was_seen() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "pro").await;
        let user = a_user(&db, "ann@example.com", false).await;
        let mut tx = db.begin().await.unwrap();
        members::insert(&mut tx, &account, &user.id, Role::Owner, NOW_MS)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let member = members::get(&db, &account, &user.id).await.unwrap();
        assert_eq!(
            (member.role, member.email.as_str()),
            (Role::Owner, "ann@example.com")
        );
        assert!(
            members::has_email(&db, &account, "ann@example.com")
                .await
                .unwrap()
        );
        let page = members::list(&db, &account, None, 5).await.unwrap();
        assert_eq!(page, [member]);
        let rest = members::list(&db, &account, Some((NOW_MS, &user.id)), 5)
            .await
            .unwrap();
        assert_eq!(rest, []);
        let mut tx = db.begin().await.unwrap();
        let (id, to) = (&user.id, Role::Viewer);
        let stale = members::update_role(&mut tx, &account, id, (Role::Admin, to), NOW_MS).await;
        assert!(matches!(stale, Err(StoreError::Conflict { .. })));
        members::update_role(&mut tx, &account, id, (Role::Owner, to), NOW_MS)
            .await
            .unwrap();
        assert_eq!(
            members::count_owners_within(&mut tx, &account)
                .await
                .unwrap(),
            0
        );
        members::delete(&mut tx, &account, id, Role::Viewer, NOW_MS)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let gone = members::get(&db, &account, &user.id).await;
        assert!(matches!(gone, Err(StoreError::NotFound { .. })));
    })
    .await;
}

#[tokio::test]
async fn codes_of_a_second_factor_work_once() {
    on_each_engine(|db| async move {
        let user = a_user(&db, "ann@example.com", false).await;
        let (_, code) = a_secret();
        let mut tx = db.begin().await.unwrap();
        second_factors::begin_totp(&mut tx, &user.id, b"sealed")
            .await
            .unwrap();
        assert!(
            second_factors::use_totp_step(&mut tx, &user.id, 7)
                .await
                .unwrap()
        );
        for step in [6, 7] {
            assert!(
                !second_factors::use_totp_step(&mut tx, &user.id, step)
                    .await
                    .unwrap()
            );
        }
        second_factors::confirm_totp(&mut tx, &user.id, NOW_MS)
            .await
            .unwrap();
        second_factors::replace(&mut tx, &user.id, &[code])
            .await
            .unwrap();
        assert!(
            second_factors::take(&mut tx, &user.id, code, NOW_MS)
                .await
                .unwrap()
        );
        assert!(
            !second_factors::take(&mut tx, &user.id, code, NOW_MS)
                .await
                .unwrap()
        );
        let twice = second_factors::begin_totp(&mut tx, &user.id, b"other").await;
        assert!(matches!(twice, Err(StoreError::Conflict { .. })));
        tx.commit().await.unwrap();
        assert!(users::get_user(&db, &user.id).await.unwrap().has_two_factor);
        let totp = second_factors::find_totp(&db, &user.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (totp.sealed.as_slice(), totp.is_confirmed),
            (&b"sealed"[..], true)
        );
        let mut tx = db.begin().await.unwrap();
        second_factors::clear(&mut tx, &user.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            second_factors::find_totp(&db, &user.id).await.unwrap(),
            None
        );
    })
    .await;
}
