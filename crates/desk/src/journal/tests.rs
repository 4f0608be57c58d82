//! The journal's filters, tried on both engines.

use super::{Chosen, start_of, store};
use access::{Act, Resource};
use testkit::{TestWorld, on_both_engines};
use web::FieldErrors;

fn wanted(chosen: &Chosen) -> store::Wanted {
    let mut errors = FieldErrors::default();
    let wanted = chosen.wanted(&mut errors).unwrap();
    assert!(errors.is_empty());
    wanted
}

#[tokio::test]
async fn the_journal_is_narrowed_by_who_what_how_and_when() {
    on_both_engines(async |w: TestWorld| {
        for name in ["Helen", "Grace", "Helen"] {
            let mut ctx = w.ctx(name).await;
            ctx.permit(Act::SeeHome, &Resource::area()).unwrap();
            ctx.commit().await.unwrap();
        }
        let helen = w.actor("Helen").id.to_string();
        let mut ctx = w.ctx("Ruth").await;
        let day = |from: &str| Chosen {
            from_day: from.to_owned(),
            from_month: "11".into(),
            from_year: "2026".into(),
            ..Chosen::default()
        };
        for (chosen, count) in [
            (Chosen { by: helen.clone(), ..Chosen::default() }, 2),
            (Chosen { act: "see_home".into(), ..Chosen::default() }, 3),
            (Chosen { act: "see_home".into(), by: helen.clone(), outcome: "refused".into(), ..Chosen::default() }, 0),
            (Chosen { by: helen.clone(), ..day("2") }, 2),
            (Chosen { by: helen, ..day("3") }, 0),
        ] {
            let found = store::list_entries(&mut ctx.tx, ctx.area_id, &wanted(&chosen)).await.unwrap();
            assert_eq!(found.len(), count, "{chosen:?}");
        }
    })
    .await;
}

#[test]
fn a_day_begins_at_midnight_in_england_and_a_day_that_is_none_is_said() {
    assert_eq!(start_of("2026-07-01".parse().unwrap()).to_string(), "2026-06-30T23:00:00Z");
    let mut errors = FieldErrors::default();
    let chosen = Chosen { from_day: "31".into(), from_month: "2".into(), from_year: "2026".into(), ..Chosen::default() };
    chosen.wanted(&mut errors).unwrap();
    assert_eq!(errors.0.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["from"]);
}
