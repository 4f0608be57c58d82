//! Requests for information, tried: rules first, then actions on both engines.

use super::actions::{self, RequestError};
use super::request::{NewRequest, RequestId, State};
use super::rules::{self, RequestRule};
use super::{jobs, store};
use access::{AccessError, Act, AgencyId, Ctx};
use area::Area;
use families::facts::{self, NewFact};
use families::people::{self, PersonId, ShieldKind};
use kernel::Timestamp;
use std::path::Path;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn question(person: PersonId, to_agency: AgencyId) -> NewRequest {
    NewRequest {
        person,
        to_agency,
        purpose: "protect".to_owned(),
        information: vec!["home_money".to_owned()],
        words: "Who lives there now?".to_owned(),
        urgent: false,
    }
}

/// Rule [3.27]
#[test]
fn whoever_asks_says_what_for_and_what_it_is_about() {
    let area = Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let good = question(PersonId(Uuid::from_u128(1)), AgencyId(Uuid::from_u128(2)));
    assert!(rules::check(good.clone(), &area.sharing).is_ok());
    let bad = NewRequest { purpose: String::new(), information: vec!["everything".to_owned()], words: " ".to_owned(), ..good };
    let fields: Vec<&str> = rules::check(bad, &area.sharing).unwrap_err().iter().map(RequestRule::field).collect();
    assert_eq!(fields, ["purpose", "information", "words"]);
}

/// Rule [3.42]
#[test]
fn a_request_is_answered_within_the_protocols_days_and_the_same_day_where_somebody_is_at_risk() {
    let area = Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let by = |urgent| {
        let at = "2026-12-23T17:00:00Z".parse::<Timestamp>().unwrap();
        rules::answer_by(at, urgent, &area.sharing, &area.holidays).to_string()
    };
    assert_eq!(by(false), "2027-01-04", "over Christmas and New Year's Day");
    assert_eq!(by(true), "2026-12-23");
}

async fn amy(w: &TestWorld) -> PersonId {
    let mut ctx = w.ctx("Helen").await;
    let person = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
    ctx.commit().await.unwrap();
    person
}

async fn asked(ctx: &mut Ctx, w: &TestWorld, new: NewRequest) -> RequestId {
    people::ask(ctx, new.person, ("worried", "A neighbour rang"), 8).await.unwrap();
    actions::ask(ctx, &w.area, new).await.unwrap()
}

#[tokio::test]
async fn an_agency_is_asked_and_the_asker_takes_it_back_once() {
    on_both_engines(async |w: TestWorld| {
        let amy = amy(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let id = asked(&mut ctx, &w, question(amy, w.actor("Helen").agency_id)).await;
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        assert!(opened.may_answer && !opened.may_withdraw);
        assert_eq!(opened.request.owner.as_deref(), Some("Tariq Aziz"), "their manager answers for it");
        assert_eq!(actions::mine(&mut ctx).await.unwrap().at_agency.len(), 1);
        drop(ctx);
        let mut ctx = w.ctx("Grace").await;
        assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))), "it is nobody else's to know of");
        drop(ctx);
        let mut ctx = w.ctx("Sunita").await;
        actions::withdraw(&mut ctx, id).await.unwrap();
        assert!(matches!(actions::withdraw(&mut ctx, id).await, Err(RequestError::Ended)));
        assert_eq!(actions::load(&mut ctx, id).await.unwrap().request.state, State::Withdrawn);
    })
    .await;
}

#[tokio::test]
async fn nobody_asks_their_own_agency_or_one_where_whoever_answers_may_not_know() {
    on_both_engines(async |w: TestWorld| {
        let amy = amy(&w).await;
        let mut ctx = w.ctx("Helen").await;
        let own = actions::ask(&mut ctx, &w.area, question(amy, w.actor("Helen").agency_id)).await;
        assert!(matches!(own, Err(RequestError::Rules(_))));
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, amy, ShieldKind::Existence, "He looks for her", &[w.actor("Moira").id]).await.unwrap();
        let shielded = actions::ask(&mut ctx, &w.area, question(amy, w.actor("Grace").agency_id)).await;
        assert!(matches!(shielded, Err(RequestError::Shielded)));
    })
    .await;
}

#[tokio::test]
async fn what_nobody_answers_goes_to_the_coordinator_once() {
    on_both_engines(async |w: TestWorld| {
        let amy = amy(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let id = asked(&mut ctx, &w, question(amy, w.actor("Helen").agency_id)).await;
        let sensitive = asked(&mut ctx, &w, question(amy, w.actor("Lena").agency_id)).await;
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(8 * 24 * 3600);
        for expected in [1, 0] {
            let mut tx = w.world.db.begin().await.unwrap();
            assert_eq!(jobs::escalate(&w.world, &mut tx).await.unwrap(), expected);
            tx.commit(&w.world.ids).await.unwrap();
        }
        let mut tx = w.world.db.read().await.unwrap();
        let owner = |request: Option<super::Request>| request.and_then(|one| one.owner).unwrap_or_default();
        assert_eq!(owner(store::find(&mut tx, w.world.area_id, id).await.unwrap()), "Joy Mensah");
        assert_ne!(owner(store::find(&mut tx, w.world.area_id, sensitive).await.unwrap()), "Joy Mensah");
        drop(tx);
        let mut ctx = w.ctx("Joy").await;
        assert_eq!(actions::late(&mut ctx).await.unwrap().len(), 1);
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (2, 2, 0));
    })
    .await;
}
