//! Files of accounts, in chunks, within what an account may keep.

use store::files::{self, File, FilePage, FilePurpose, HoldingsMax};
use store::sealed::MasterKey;
use store::{AccountId, ApiKeyId, Db, FileId};

use super::support::{NOW_MS, an_account, on_each_engine};

const MAX: HoldingsMax = HoldingsMax {
    files: 2,
    bytes: 10,
};

fn file(account_id: &AccountId) -> File {
    File {
        id: FileId::generate(),
        account_id: account_id.clone(),
        api_key_id: ApiKeyId::generate(),
        purpose: FilePurpose::Batch,
        name: b"sealed".to_vec(),
        bytes: 0,
        chunks: 0,
        created_at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 1_000,
    }
}

async fn begin(db: &Db, file: &File) -> bool {
    let mut tx = db.begin().await.unwrap();
    let has_begun = files::begin(&mut tx, file, MAX).await.unwrap();
    tx.commit().await.unwrap();
    has_begun
}

async fn add(db: &Db, file: &File, chunk: u64, bytes: u64) -> bool {
    let mut tx = db.begin().await.unwrap();
    let (owner, content) = ((&file.account_id, &file.id), (bytes, vec![7; 3]));
    let added = files::add_chunk(&mut tx, owner, chunk, content, MAX)
        .await
        .unwrap();
    if added {
        tx.commit().await.unwrap();
    }
    added
}

async fn finish(db: &Db, file: &File) {
    let mut tx = db.begin().await.unwrap();
    files::finish(&mut tx, file).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_account_keeps_so_many_files_of_so_many_bytes() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (first, second, third) = (file(&account), file(&account), file(&account));
        assert!(begin(&db, &first).await && begin(&db, &second).await);
        assert!(!begin(&db, &third).await);
        assert!(add(&db, &first, 0, 6).await && add(&db, &second, 0, 4).await);
        assert!(!add(&db, &first, 1, 1).await);
        let mut tx = db.begin().await.unwrap();
        assert!(files::delete(&mut tx, &account, &second.id).await.unwrap());
        assert!(!files::delete(&mut tx, &account, &second.id).await.unwrap());
        tx.commit().await.unwrap();
        assert!(add(&db, &first, 1, 4).await && begin(&db, &third).await);
    })
    .await;
}

#[tokio::test]
async fn a_file_is_seen_by_its_account_once_it_is_whole_and_until_it_expires() {
    on_each_engine(|db| async move {
        let (account, other) = (an_account(&db, "free").await, AccountId::generate());
        let made = file(&account);
        begin(&db, &made).await;
        add(&db, &made, 0, 6).await;
        let find = async |account: &AccountId, now_ms| {
            files::find(&db, account, &made.id, now_ms).await.unwrap()
        };
        assert_eq!(find(&account, NOW_MS).await, None);
        finish(&db, &made).await;
        let found = find(&account, NOW_MS).await.unwrap();
        assert_eq!((found.bytes, found.chunks), (6, 1));
        assert_eq!(find(&other, NOW_MS).await, None);
        assert_eq!(find(&account, NOW_MS + 1_000).await, None);
        let page = FilePage {
            limit: 5,
            ..FilePage::default()
        };
        let listed = async |account: &AccountId, now_ms| {
            files::list(&db, account, &page, now_ms).await.unwrap()
        };
        assert_eq!(listed(&account, NOW_MS).await, [found]);
        assert!(listed(&other, NOW_MS).await.is_empty());
        assert!(listed(&account, NOW_MS + 1_000).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_expired_or_was_never_finished_goes_with_its_chunks() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (expired, unfinished) = (file(&account), file(&account));
        for one in [&expired, &unfinished] {
            begin(&db, one).await;
            add(&db, one, 0, 5).await;
        }
        finish(&db, &expired).await;
        let mut tx = db.begin().await.unwrap();
        let early = files::retire_expired(&mut tx, NOW_MS, NOW_MS)
            .await
            .unwrap();
        let late = files::retire_expired(&mut tx, NOW_MS + 1_000, NOW_MS + 1)
            .await
            .unwrap();
        assert_eq!((early, late), (0, 2));
        let removed = files::remove_chunks(&mut tx).await.unwrap();
        assert_eq!(
            (removed, files::remove_chunks(&mut tx).await.unwrap()),
            (4, 0)
        );
        tx.commit().await.unwrap();
        assert_eq!(files::read_chunk(&db, &expired.id, 0).await.unwrap(), None);
        let [one, other] = [file(&account), file(&account)];
        assert!(begin(&db, &one).await && begin(&db, &other).await && add(&db, &one, 0, 10).await);
    })
    .await;
}

#[tokio::test]
async fn a_chunk_opens_in_its_place_of_its_file_and_account_alone() {
    let master = MasterKey::from_bytes(&[3; 32]).unwrap();
    let (account, id) = (AccountId::generate(), FileId::generate());
    let key = master.object_key(&account, id.as_str()).unwrap();
    let sealed = key.seal("chunk/0", b"Ostrich".to_vec()).unwrap();
    assert_eq!(key.open("chunk/0", sealed.clone()).unwrap(), b"Ostrich");
    assert!(key.open("chunk/1", sealed.clone()).is_err());
    for other in [
        master.object_key(&account, "other"),
        master.object_key(&AccountId::generate(), id.as_str()),
        MasterKey::from_bytes(&[4; 32])
            .unwrap()
            .object_key(&account, id.as_str()),
    ] {
        assert!(other.unwrap().open("chunk/0", sealed.clone()).is_err());
    }
    assert!(!sealed.windows(7).any(|part| part == b"Ostrich"));
}
