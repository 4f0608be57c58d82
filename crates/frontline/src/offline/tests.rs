//! Notes from devices, tried on both engines: once, their author's alone, and never lost.

use super::actions::{self, NoteError};
use super::note::{NewNote, NoteId};
use crate::visits::VisitId;
use access::AccessError;
use access::sign_in::devices::{self, Kept};
use kernel::Timestamp;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn new(id: u128, words: &str) -> NewNote {
    NewNote { id: NoteId(Uuid::from_u128(id)), visit: None, words: words.to_owned(), written_ms: 1_793_600_000_000 }
}

async fn send(w: &TestWorld, who: &str, note: NewNote) -> Result<(), NoteError> {
    let mut ctx = w.ctx(who).await;
    actions::receive(&mut ctx, &w.area, note).await?;
    ctx.commit().await.unwrap();
    Ok(())
}

async fn waiting(w: &TestWorld, who: &str) -> Vec<String> {
    let mut ctx = w.ctx(who).await;
    let me = ctx.actor.id;
    actions::waiting_for(&mut ctx, &[me]).await.unwrap().into_iter().map(|note| note.words).collect()
}

/// Rule [3.40]
#[tokio::test]
async fn a_note_comes_once_however_often_it_is_sent_and_waits_for_its_author_by_a_day() {
    on_both_engines(async |w: TestWorld| {
        for _ in 0..3 {
            send(&w, "Sunita", new(1, "Saw both children")).await.unwrap();
        }
        let (one, other) = tokio::join!(send(&w, "Sunita", new(2, "Rang Amy")), send(&w, "Sunita", new(2, "Rang Amy")));
        assert!(one.is_ok() && other.is_ok(), "two windows that send the same note at once both hear that it is there");
        assert_eq!(waiting(&w, "Sunita").await, ["Saw both children", "Rang Amy"]);
        assert!(matches!(send(&w, "Sunita", new(3, " ")).await, Err(NoteError::Text(_))));
        let more = send(&w, "Sunita", new(1, "Saw both children, and their gran")).await;
        assert!(matches!(more, Err(NoteError::Taken)), "what was typed since is not taken for what was sent: {more:?}");
        let mut ctx = w.ctx("Sunita").await;
        let note = actions::load(&mut ctx, NoteId(Uuid::from_u128(1))).await.unwrap();
        assert_eq!(note.settle_by.to_string(), "2026-11-04");
        drop(ctx);
        let mut ctx = w.ctx("Joy").await;
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (2, 0, 0));
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn a_note_is_its_authors_alone_and_nobody_takes_its_place_or_puts_it_away() {
    on_both_engines(async |w: TestWorld| {
        let id = NoteId(Uuid::from_u128(1));
        send(&w, "Sunita", new(1, "Amy is afraid of him")).await.unwrap();
        // Somebody who knows the note's id neither reads it nor changes it by sending their own under it.
        send(&w, "Helen", new(1, "Never mind")).await.unwrap();
        assert_eq!(waiting(&w, "Sunita").await, ["Amy is afraid of him"]);
        assert_eq!(waiting(&w, "Helen").await, ["Never mind"], "and theirs is not lost");
        for who in ["Moira", "Grace"] {
            let mut ctx = w.ctx(who).await;
            assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))));
            assert!(matches!(actions::settle(&mut ctx, id, None).await, Err(NoteError::Access(AccessError::Hidden(_)))));
        }
        let mut ctx = w.ctx("Sunita").await;
        assert!(matches!(actions::settle(&mut ctx, id, Some(" ")).await, Err(NoteError::Why(_))));
        actions::settle(&mut ctx, id, Some("It is in her contact")).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(waiting(&w, "Sunita").await.is_empty());
        send(&w, "Sunita", new(1, "Amy is afraid of him")).await.unwrap();
        assert!(waiting(&w, "Sunita").await.is_empty(), "a late second sending brings nothing back");
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn what_somebody_noted_before_they_left_is_seen_to_by_whoever_managed_them() {
    on_both_engines(async |w: TestWorld| {
        let id = NoteId(Uuid::from_u128(1));
        send(&w, "Sunita", new(1, "Amy is afraid of him")).await.unwrap();
        let mut tx = w.world.db.begin().await.unwrap();
        let leave = "UPDATE practitioner SET left_at = 1 WHERE area_id = $1 AND practitioner_id = $2";
        tx.execute(leave, ::store::vals![w.world.area_id, w.actor("Sunita").id]).await.unwrap();
        tx.commit(&w.world.ids).await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))));
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        let late = actions::late(&mut ctx).await.unwrap();
        assert_eq!(late.iter().map(|late| (late.author.as_str(), late.notes)).collect::<Vec<_>>(), [("Sunita Rao", 1)]);
        assert_eq!(actions::load(&mut ctx, id).await.unwrap().words, "Amy is afraid of him");
        actions::settle(&mut ctx, id, Some("I wrote a contact")).await.unwrap();
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (0, 0, 0));
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn a_note_is_kept_whatever_the_devices_clock_says_and_whatever_became_of_the_visit() {
    on_both_engines(async |w: TestWorld| {
        let gone = NewNote { visit: Some(VisitId(Uuid::from_u128(77))), written_ms: i64::MAX, ..new(1, "Nobody there") };
        send(&w, "Sunita", gone).await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let note = actions::load(&mut ctx, NoteId(Uuid::from_u128(1))).await.unwrap();
        assert_eq!((note.visit, note.written_at), (None, "2026-11-02T09:00:00Z".parse::<Timestamp>().unwrap()));
    })
    .await;
}

#[tokio::test]
async fn a_device_erases_what_it_keeps_once_somebody_takes_its_owners_sessions_back() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let owner = ctx.actor.id;
        let device = devices::register(&mut ctx).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(devices::ask(&w.world, &device).await.unwrap(), Kept::Keep(owner));
        assert_eq!(devices::ask(&w.world, "guessed").await.unwrap(), Kept::Erase);
        assert_eq!(devices::csrf_of(None, Kept::Keep(owner)), None, "whoever is not signed in sends nothing");
        let mut tx = w.world.db.begin().await.unwrap();
        access::sign_in::reset(&mut tx, &w.world, owner).await.unwrap();
        tx.commit(&w.world.ids).await.unwrap();
        assert_eq!(devices::ask(&w.world, &device).await.unwrap(), Kept::Erase);
    })
    .await;
}
