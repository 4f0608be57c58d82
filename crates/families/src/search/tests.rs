//! Searching, tried where there are many.

use super::actions::find;
use super::query::Query;
use crate::facts::store::{Recorded, insert_all};
use crate::facts::{Class, FactId, NewFact};
use crate::people::{self, PersonId, ShieldKind};
use access::Ctx;
use testkit::{TestWorld, on_both_engines};

/// Adds `count` people of one name, as an extract would.
async fn many(ctx: &mut Ctx, count: usize, (forename, surname): (&str, &str)) -> Vec<PersonId> {
    let at = ctx.now();
    let ids: Vec<PersonId> = (0..count).map(|_| ctx.new_id()).collect();
    people::store::insert_all(&mut ctx.tx, ctx.area_id, &ids, at).await.unwrap();
    let names: Vec<NewFact> = ids.iter().map(|id| NewFact::name(*id, forename, surname)).collect();
    let agency_id = ctx.actor.agency_id;
    let author_id = Some(ctx.actor.id);
    let recorded: Vec<_> =
        names.iter().map(|name| (name, Recorded { id: ctx.new_id::<FactId>(), author_id, agency_id, at })).collect();
    insert_all(&mut ctx.tx, ctx.area_id, &recorded).await.unwrap();
    ids
}

#[tokio::test]
async fn two_names_that_thousands_have_find_the_few_who_have_both() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        many(&mut ctx, 2100, ("Amina", "Jones")).await;
        many(&mut ctx, 2100, ("Kate", "Okoro")).await;
        let both = many(&mut ctx, 3, ("Amina", "Okoro")).await;
        people::shield(&mut ctx, both[2], ShieldKind::Existence, "Placed", &[w.actor("Moira").id]).await.unwrap();
        ctx.commit().await.unwrap();
        for (name, count) in [("Moira", 3), ("Helen", 2)] {
            let mut ctx = w.ctx(name).await;
            let today = ctx.clock.today();
            for typed in ["okoro amina", "oko ami", "amina okoro"] {
                let found = find(&mut ctx, &Query::parse(typed, today), "worried").await.unwrap();
                assert_eq!((found.count, found.too_little), (count, false), "{name}: {typed}");
                assert!(found.found.iter().all(|one| both.contains(&one.id)));
            }
            for typed in ["amina", "amina jones"] {
                let found = find(&mut ctx, &Query::parse(typed, today), "worried").await.unwrap();
                assert!(found.too_little && found.found.is_empty(), "{name}: {typed} is too many to show");
            }
        }
    })
    .await;
}

/// The attack: whether one word more makes a search "too broad" must not tell that the word is there.
#[tokio::test]
async fn a_hidden_name_does_not_count_towards_too_many() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        many(&mut ctx, 2000, ("Zara", "Quillfeather")).await;
        many(&mut ctx, 2100, ("Zara", "Jones")).await;
        let hidden = many(&mut ctx, 1, ("Zara", "")).await[0];
        let (at, agency_id) = (ctx.now(), ctx.actor.agency_id);
        let alias = NewFact { class: Class::Restricted, ..NewFact::name(hidden, "", "Quillfeather") };
        let recorded = Recorded { id: ctx.new_id::<FactId>(), author_id: Some(ctx.actor.id), agency_id, at };
        insert_all(&mut ctx.tx, ctx.area_id, &[(&alias, recorded)]).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let today = ctx.clock.today();
        let found = find(&mut ctx, &Query::parse("zara quillfeather", today), "worried").await.unwrap();
        assert_eq!((found.count, found.too_little), (2000, false));
    })
    .await;
}
