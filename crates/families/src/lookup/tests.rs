//! Looking somebody up, and the attacks on it.

use super::{Record, look_up};
use crate::facts::{self, Class, Kind, NewFact, Shape};
use crate::people::{self, PersonId, ShieldKind};
use crate::search::{Query, find};
use access::{Act, Ctx};
use testkit::{TestWorld, on_both_engines};

async fn record(ctx: &mut Ctx, fact: NewFact) {
    let (_, permit) = people::open(ctx, Act::RecordFact, fact.person).await.unwrap();
    facts::record(ctx, &permit, fact).await.unwrap();
}

/// Somebody whom Moira records with a name, a date of birth and a home.
async fn add(ctx: &mut Ctx, (forename, surname): (&str, &str), born: &str, (lines, postcode): (&str, &str)) -> PersonId {
    let id = people::create(ctx).await.unwrap();
    record(ctx, NewFact::name(id, forename, surname)).await;
    record(ctx, NewFact::birth(id, born.parse().unwrap())).await;
    let shape = Shape::Address { lines: lines.to_owned(), town: String::new(), postcode: postcode.to_owned() };
    record(ctx, NewFact { shape, ..NewFact::plain(id, Kind::Address, "home", "") }).await;
    id
}

async fn found(w: &TestWorld, name: &str, typed: &str) -> Vec<(PersonId, bool)> {
    let mut ctx = w.ctx(name).await;
    let today = ctx.clock.today();
    let found = find(&mut ctx, &Query::parse(typed, today), "worried").await.unwrap();
    found.found.iter().map(|one| (one.id, one.is_near)).collect()
}

/// Rule [3.22]
#[tokio::test]
async fn nicknames_misspellings_and_exchanged_days_find_somebody() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let catherine = add(&mut ctx, ("Catherine", "Barlow"), "1990-05-12", ("44 Green Way", "BD3 9QX")).await;
        let muhammad = add(&mut ctx, ("Muhammad", "Hussain"), "1985-01-03", ("2 Mill Lane", "BD4 7AB")).await;
        add(&mut ctx, ("Oliver", "Shaw"), "1971-07-30", ("9 Hill Street", "BD5 1CD")).await;
        ctx.commit().await.unwrap();
        assert_eq!(found(&w, "Helen", "catherine barlow").await, [(catherine, false)]);
        for typed in
            ["kate barlow", "barlow, kate", "kathryn barlow 12/5/1990", "catherine barlowe", "catherine barlow 5/12/1990"]
        {
            assert_eq!(found(&w, "Helen", typed).await, [(catherine, true)], "{typed}");
        }
        assert_eq!(found(&w, "Helen", "mohammed hussein").await, [(muhammad, true)]);
        assert!(found(&w, "Helen", "bronislawa zielinska").await.is_empty());
    })
    .await;
}

/// The attack: who is found by an address tells who lives there.
#[tokio::test]
async fn an_address_that_may_not_be_read_finds_nobody() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let ann = add(&mut ctx, ("Ann", "Abel"), "1990-05-12", ("44 Green Way", "BD3 9QX")).await;
        ctx.commit().await.unwrap();
        let at_home = Record {
            first_name: "Ann".to_owned(),
            house: "44".to_owned(),
            street: "Green Way".to_owned(),
            postcode: "BD3 9QX".to_owned(),
            ..Record::default()
        };
        let mut moira = w.ctx("Moira").await;
        assert_eq!(look_up(&mut moira, std::slice::from_ref(&at_home), 10).await.unwrap().first().map(|one| one.id), Some(ann));
        drop(moira);
        let mut helen = w.ctx("Helen").await;
        assert!(look_up(&mut helen, &[at_home], 10).await.unwrap().is_empty(), "Helen may not read where Ann lives");
    })
    .await;
}

/// The attack: a hidden name, or a hidden person, is found by a misspelling of it.
#[tokio::test]
async fn neither_a_shielded_person_nor_a_restricted_name_is_found_by_likeness() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let hidden = add(&mut ctx, ("Catherine", "Barlow"), "1990-05-12", ("44 Green Way", "BD3 9QX")).await;
        let renamed = add(&mut ctx, ("Ruth", "Newname"), "1988-02-01", ("3 Mill Lane", "BD3 9QY")).await;
        record(&mut ctx, NewFact { class: Class::Restricted, ..NewFact::name(renamed, "Josephine", "Oldname") }).await;
        let moira = w.actor("Moira").id;
        people::shield(&mut ctx, hidden, ShieldKind::Existence, "Placed", &[moira]).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(found(&w, "Moira", "kate barlow").await, [(hidden, true)], "whoever is named finds her");
        assert!(found(&w, "Helen", "kate barlow").await.is_empty());
        assert!(found(&w, "Helen", "kate barlow 12/5/1990").await.is_empty());
        assert!(found(&w, "Helen", "josie oldname").await.is_empty());
        assert!(found(&w, "Helen", "josephine oldnam 1/2/1988").await.is_empty());
    })
    .await;
}

/// The attack: a name that was taken back still leads to whoever had it.
#[tokio::test]
async fn a_name_that_was_withdrawn_finds_nobody() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let renamed = add(&mut ctx, ("Ruth", "Newname"), "1988-02-01", ("3 Mill Lane", "BD3 9QY")).await;
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, renamed).await.unwrap();
        let old = facts::record(&mut ctx, &permit, NewFact::name(renamed, "Ruth", "Oldname")).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(found(&w, "Helen", "ruthie oldname").await, [(renamed, true)]);
        let mut ctx = w.ctx("Moira").await;
        facts::withdraw(&mut ctx, old, "Somebody looks for her by it").await.unwrap();
        ctx.commit().await.unwrap();
        assert!(found(&w, "Helen", "ruthie oldname").await.is_empty());
    })
    .await;
}

/// The attack: of many namesakes, the one whose hidden address was guessed is shown.
#[tokio::test]
async fn among_many_namesakes_a_hidden_address_brings_nobody_to_the_front() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let mut namesakes = Vec::new();
        for at in 0..60 {
            let home = (format!("{at} Green Way"), format!("BD3 {}{}X", at % 10, char::from(b'A' + at / 10)));
            namesakes.push(add(&mut ctx, ("Omar", "Khan"), "1990-05-12", (&home.0, &home.1)).await);
        }
        let sunita = w.actor("Sunita").id;
        for shielded in &namesakes {
            people::shield(&mut ctx, *shielded, ShieldKind::Location, "Refuge", &[sunita]).await.unwrap();
        }
        ctx.commit().await.unwrap();
        let guess = |house: u8| Record {
            first_name: "Omar".to_owned(),
            last_name: "Khan".to_owned(),
            house: house.to_string(),
            street: "Green Way".to_owned(),
            postcode: format!("BD3 {}{}X", house % 10, char::from(b'A' + house / 10)),
            ..Record::default()
        };
        let mut ctx = w.ctx("Moira").await;
        let mut answers = Vec::new();
        for house in 0..60 {
            let found = look_up(&mut ctx, &[guess(house)], 100).await.unwrap();
            answers.push(found.into_iter().map(|one| one.id).collect::<Vec<_>>());
        }
        assert!(answers.windows(2).all(|two| two[0] == two[1]), "whatever is guessed, the answer is the same");
    })
    .await;
}
