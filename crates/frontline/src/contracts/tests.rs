//! Contracts, tried: rules first, then actions on both engines, then what shields keep.

use super::actions::{self, ContractError, Opened};
use super::contract::{ContractId, Kept, NewAnswer, NewContract, Party, Promise, Way};
use super::rules::{self, ContractRule};
use crate::closings::{self, NewClosing};
use crate::levels::Told;
use crate::plans::{self, EntryId, NewAction, Side, State};
use access::people::merging;
use access::{AccessError, Act};
use families::facts::{self, NewFact};
use families::family::{self, FamilyId};
use families::people::{self, PersonId, ShieldKind};
use kernel::Date;
use proptest::prelude::*;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn day(day: &str) -> Date {
    day.parse().unwrap()
}

fn promise(entry: u128, doer: Option<u128>, words: &str, by_on: &str) -> Promise {
    Promise {
        contract: ContractId(Uuid::from_u128(1)),
        entry: EntryId(Uuid::from_u128(entry)),
        person: PersonId(Uuid::from_u128(2)),
        doer: doer.map(|id| PersonId(Uuid::from_u128(id))),
        owner_id: access::PractitionerId(Uuid::from_u128(3)),
        owner: "Helen Marsh".to_owned(),
        agency_id: access::AgencyId(Uuid::from_u128(4)),
        agency: "Hillside Homes".to_owned(),
        volunteer: String::new(),
        words: words.to_owned(),
        by_on: day(by_on),
        state: State::Open,
        ended_at: None,
        ended_words: String::new(),
    }
}

/// Rule [3.18]
#[test]
fn a_promise_is_late_by_the_day_it_was_promised_for_and_both_sides_are_counted_alike() {
    let at = |at: &str| Some(at.parse().unwrap());
    for doer in [None, Some(2)] {
        let open = promise(1, doer, "Mend the boiler", "2026-11-10");
        assert_eq!(rules::kept(&open, day("2026-11-10")), Kept::ToDo, "on its day there is still time");
        assert_eq!(rules::kept(&open, day("2026-11-11")), Kept::Late);
        let done = |ended_at| Promise { state: State::Done, ended_at, ..open.clone() };
        assert_eq!(rules::kept(&done(at("2026-11-10T22:00:00Z")), day("2026-11-20")), Kept::Yes);
        assert_eq!(rules::kept(&done(at("2026-11-11T08:00:00Z")), day("2026-11-20")), Kept::AfterItsDay);
        let dropped = Promise { state: State::Dropped, ended_at: at("2026-11-05T08:00:00Z"), ..open };
        assert_eq!(rules::kept(&dropped, day("2026-11-06")), Kept::Not, "what is not done after all was promised all the same");
        assert!(rules::kept(&dropped, day("2026-11-06")).is_broken());
    }
}

/// Rule [3.18]
#[test]
fn what_changed_from_one_contract_to_the_next_is_said_promise_by_promise() {
    let before = [promise(1, None, "Mend the boiler", "2026-11-10"), promise(2, Some(5), "Walk Josh to school", "2026-11-10")];
    let now = [promise(1, None, "Mend the boiler", "2026-12-10"), promise(3, Some(5), "Ring the doctor", "2026-11-10")];
    let id = |id: u128| EntryId(Uuid::from_u128(id));
    let (before, now): (Vec<&Promise>, Vec<&Promise>) = (before.iter().collect(), now.iter().collect());
    let changes = rules::compare(&before, &now);
    assert_eq!((changes.new, changes.otherwise, changes.gone), (vec![id(3)], vec![id(1)], vec![id(2)]));
    assert_eq!(rules::compare(&now, &now), rules::Changes::default());
    let person = Party::Person(PersonId(Uuid::from_u128(5)));
    assert_eq!(rules::parties(&before), vec![person, before[0].party()], "the family stands first");
}

proptest! {
    /// Rule [3.18]
    #[test]
    fn a_signature_is_strokes_in_its_box_and_nothing_else(
        strokes in prop::collection::vec(prop::collection::vec((0_u16..=600, 0_u16..=200), 2..20), 1..10),
        other in "[^MLZ0-9 ]{1,5}",
    ) {
        let stroke = |points: &Vec<(u16, u16)>| {
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{x} {y}")).collect();
            format!("M{}", points.join("L"))
        };
        let path: String = strokes.iter().map(stroke).collect();
        prop_assert!(rules::is_signature(&path));
        let spoilt = format!("{path}{other}");
        prop_assert!(!rules::is_signature(&spoilt));
    }
}

/// Rule [3.18]
#[test]
fn what_could_be_more_than_a_drawing_is_no_signature() {
    for path in ["", "M", "M1 2", "M1 2L", "L1 2", "M601 0L1 1", "M0 201L1 1", "M1 2L3 4\"/><script>", "M1  2L3 4", "M-1 2L3 4"] {
        assert!(!rules::is_signature(path), "{path}");
    }
    assert!(!rules::is_signature(&format!("M0 0{}", "L1 1".repeat(5000))), "a drawing has an end");
}

pub(super) struct Barlows {
    pub(super) amy: PersonId,
    pub(super) of: (PersonId, FamilyId),
    pub(super) walk: EntryId,
    pub(super) boiler: EntryId,
}

async fn works_with(w: &TestWorld, who: &str, person: PersonId) {
    let mut ctx = w.ctx(who).await;
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    ctx.commit().await.unwrap();
}

async fn action(w: &TestWorld, who: &str, of: (PersonId, FamilyId), (words, doer): (&str, Option<PersonId>)) -> EntryId {
    let mut ctx = w.ctx(who).await;
    let new = NewAction {
        person: of.0,
        need: None,
        words: words.to_owned(),
        side: Side::Support,
        owner: ctx.actor.id,
        doer,
        volunteer: String::new(),
        by_on: day("2026-11-12"),
        is_private: false,
    };
    let id = plans::add(&mut ctx, of, new).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

/// Amy, whose family Sunita leads for: Amy walks Josh to school, and Helen has the boiler mended.
pub(super) async fn barlows(w: &TestWorld) -> Barlows {
    let mut ctx = w.ctx("Sunita").await;
    let amy = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    let family = family::create(&mut ctx, "The Barlow family", amy, ("Visit", day("2026-11-09"))).await.unwrap();
    plans::begin(&mut ctx, &w.area, (amy, family)).await.unwrap();
    ctx.commit().await.unwrap();
    works_with(w, "Helen", amy).await;
    let of = (amy, family);
    let walk = action(w, "Sunita", of, ("Walk Josh to school", Some(amy))).await;
    let boiler = action(w, "Helen", of, ("Mend the boiler", None)).await;
    Barlows { amy, of, walk, boiler }
}

fn contract(promises: &[EntryId]) -> NewContract {
    NewContract {
        before: None,
        promises: promises.to_vec(),
        if_family: "We talk first".to_owned(),
        if_agencies: "Ring Sunita’s manager".to_owned(),
    }
}

pub(super) async fn make(
    w: &TestWorld,
    who: &str,
    of: (PersonId, FamilyId),
    promises: &[EntryId],
) -> Result<ContractId, ContractError> {
    let mut ctx = w.ctx(who).await;
    let before = actions::load(&mut ctx, of).await?.current().map(|read| read.contract.id);
    let made = actions::make(&mut ctx, &w.area, of, NewContract { before, ..contract(promises) }).await?;
    ctx.commit().await.unwrap();
    Ok(made)
}

fn says(party: Party, agrees: bool, words: &str) -> NewAnswer {
    NewAnswer { party, agrees, way: Way::Said, words: words.to_owned(), signature: String::new() }
}

async fn answer(w: &TestWorld, who: &str, at: ((PersonId, FamilyId), ContractId), new: NewAnswer) -> Result<(), ContractError> {
    let mut ctx = w.ctx(who).await;
    actions::answer(&mut ctx, at, new).await?;
    ctx.commit().await.unwrap();
    Ok(())
}

pub(super) async fn read(w: &TestWorld, who: &str, of: (PersonId, FamilyId)) -> Option<Opened> {
    let mut ctx = w.ctx(who).await;
    actions::load(&mut ctx, of).await.ok()
}

async fn waiting(w: &TestWorld, who: &str) -> usize {
    let mut ctx = w.ctx(who).await;
    let me = ctx.actor.id;
    actions::waiting_for(&mut ctx, &[me]).await.unwrap().len()
}

fn is_rule(result: Result<impl Sized, ContractError>, rule: &ContractRule) -> bool {
    matches!(result, Err(ContractError::Rule(found)) if found == *rule)
}

/// Rule [3.18]
#[tokio::test]
async fn a_contract_has_two_sides_and_each_agrees_for_themselves() {
    on_both_engines(async |w: TestWorld| {
        let Barlows { amy, of, walk, boiler } = barlows(&w).await;
        for one_sided in [vec![], vec![walk], vec![boiler]] {
            assert!(is_rule(make(&w, "Sunita", of, &one_sided).await, &ContractRule::OneSided));
        }
        let stranger = EntryId(Uuid::from_u128(9));
        assert!(is_rule(make(&w, "Sunita", of, &[walk, boiler, stranger]).await, &ContractRule::NotInPlan));
        let id = make(&w, "Sunita", of, &[walk, boiler]).await.unwrap();
        let housing = Party::Agency(w.actor("Helen").agency_id);
        // Helen is asked for her agency, and Sunita, who leads, to see that Amy agrees.
        assert_eq!((waiting(&w, "Helen").await, waiting(&w, "Sunita").await), (1, 1));
        let mut ctx = w.ctx("Sunita").await;
        let both = actions::waiting_for(&mut ctx, &[w.actor("Sunita").id, w.actor("Helen").id]).await.unwrap();
        drop(ctx);
        let each = both.iter().map(|(who, one)| (*who, one.promises.iter().map(|promise| promise.entry).collect::<Vec<_>>()));
        let each: Vec<_> = each.collect();
        assert_eq!(
            each,
            [(w.actor("Sunita").id, vec![walk]), (w.actor("Helen").id, vec![boiler])],
            "asked at once, each has their own"
        );
        let not_own = answer(&w, "Sunita", (of, id), says(housing, true, "")).await;
        assert!(is_rule(not_own, &ContractRule::NotOnesAgency), "nobody speaks for another agency");
        let social = Party::Agency(w.actor("Sunita").agency_id);
        assert!(is_rule(answer(&w, "Sunita", (of, id), says(social, true, "")).await, &ContractRule::NoParty));
        let unsigned = NewAnswer { way: Way::Signed, signature: "M1 1".to_owned(), ..says(Party::Person(amy), true, "") };
        assert!(is_rule(answer(&w, "Helen", (of, id), unsigned).await, &ContractRule::NotSigned));
        answer(&w, "Helen", (of, id), says(housing, true, "")).await.unwrap();
        let no = answer(&w, "Sunita", (of, id), says(Party::Person(amy), false, " ")).await;
        assert!(matches!(no, Err(ContractError::Rule(ContractRule::Text("words", ..)))), "a no says what would have to change");
        answer(&w, "Sunita", (of, id), says(Party::Person(amy), false, "Not on Mondays")).await.unwrap();
        assert_eq!((waiting(&w, "Helen").await, waiting(&w, "Sunita").await), (0, 1), "whoever leads hears of a no");
        let signed = NewAnswer { way: Way::Signed, signature: "M1 1L2 2".to_owned(), ..says(Party::Person(amy), true, "") };
        answer(&w, "Sunita", (of, id), signed).await.unwrap();
        assert_eq!(waiting(&w, "Sunita").await, 0);
        let opened = read(&w, "Helen", of).await.unwrap();
        let current = opened.current().unwrap();
        assert_eq!(current.parties(), vec![Party::Person(amy), housing]);
        assert!(current.answers.len() == 2 && current.answers.iter().all(|said| said.agrees));
    })
    .await;
}

/// Rule [3.42]
#[tokio::test]
async fn what_an_agency_promised_or_agreed_to_is_its_successors() {
    on_both_engines(async |w: TestWorld| {
        for is_answered in [false, true] {
            let Barlows { of, walk, boiler, .. } = barlows(&w).await;
            let id = make(&w, "Sunita", of, &[walk, boiler]).await.unwrap();
            let (housing, social) = (w.actor("Helen").agency_id, w.actor("Sunita").agency_id);
            if is_answered {
                answer(&w, "Helen", (of, id), says(Party::Agency(housing), true, "")).await.unwrap();
            }
            let mut tx = w.world.db.begin().await.unwrap();
            for what in [super::AGREED_TO, super::PROMISED] {
                merging::give(&mut tx, w.world.area_id, &what, (housing, social), w.world.clock.now()).await.unwrap();
            }
            tx.commit(&w.world.ids).await.unwrap();
            let of_social = read(&w, "Sunita", of).await.unwrap();
            assert_eq!(of_social.current().unwrap().answers.len(), usize::from(is_answered), "what was agreed stays agreed");
            answer(&w, "Sunita", (of, id), says(Party::Agency(social), true, "")).await.unwrap();
            let opened = read(&w, "Sunita", of).await.unwrap();
            let current = opened.current().unwrap();
            assert!(current.parties().contains(&Party::Agency(social)) && current.answers.iter().any(|said| said.agrees));
        }
    })
    .await;
}

/// Rule [3.42]
#[tokio::test]
async fn what_a_successor_promised_itself_it_agrees_to_itself() {
    on_both_engines(async |w: TestWorld| {
        let Barlows { of, walk, boiler, .. } = barlows(&w).await;
        let form = action(&w, "Sunita", of, ("Fill in the form", None)).await;
        let id = make(&w, "Sunita", of, &[walk, boiler, form]).await.unwrap();
        let (housing, social) = (w.actor("Helen").agency_id, w.actor("Sunita").agency_id);
        answer(&w, "Helen", (of, id), says(Party::Agency(housing), true, "")).await.unwrap();
        let mut tx = w.world.db.begin().await.unwrap();
        for what in [super::AGREED_TO, super::PROMISED] {
            merging::give(&mut tx, w.world.area_id, &what, (housing, social), w.world.clock.now()).await.unwrap();
        }
        tx.commit(&w.world.ids).await.unwrap();
        let opened = read(&w, "Sunita", of).await.unwrap();
        assert!(opened.current().unwrap().answers.is_empty(), "nobody of theirs has said yes to what they promised");
    })
    .await;
}

/// Rule [3.18]
#[tokio::test]
async fn a_promise_stays_as_it_was_promised_and_the_agencies_broken_ones_are_seen() {
    on_both_engines(async |w: TestWorld| {
        let Barlows { of, walk, boiler, .. } = barlows(&w).await;
        make(&w, "Sunita", of, &[walk, boiler]).await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let me = ctx.actor.id;
        plans::move_on(&mut ctx, (boiler, 1), me, day("2027-01-29")).await.unwrap();
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(11 * 24 * 3600);
        let mut ctx = w.ctx("Moira").await;
        let broken = actions::broken_by_agencies(&mut ctx).await.unwrap();
        drop(ctx);
        let promises: Vec<EntryId> = broken.iter().flat_map(|one| one.promises.iter().map(|promise| promise.entry)).collect();
        assert_eq!(
            promises,
            vec![boiler],
            "another day for the action changes no promise, and the family's is not held up beside it"
        );
        let opened = read(&w, "Sunita", of).await.unwrap();
        let states = opened.current().unwrap().promises.iter().map(|one| rules::kept(one, day("2026-11-13")));
        assert_eq!(states.collect::<Vec<_>>(), vec![Kept::Late, Kept::Late], "both are late on the contract itself");
        let mut ctx = w.ctx("Helen").await;
        plans::end(&mut ctx, (boiler, 2), true, "Mended").await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        assert!(actions::broken_by_agencies(&mut ctx).await.unwrap().is_empty());
    })
    .await;
}

/// Rule [3.18]
#[tokio::test]
async fn another_contract_takes_the_place_of_the_one_before_and_all_end_with_support() {
    on_both_engines(async |w: TestWorld| {
        let Barlows { amy, of, walk, boiler } = barlows(&w).await;
        let first = make(&w, "Sunita", of, &[walk, boiler]).await.unwrap();
        answer(&w, "Sunita", (of, first), says(Party::Person(amy), true, "")).await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let unseen = actions::make(&mut ctx, &w.area, of, contract(&[boiler, walk])).await;
        assert!(matches!(unseen, Err(ContractError::Changed)), "nobody ends what they have not seen: {unseen:?}");
        drop(ctx);
        let second = make(&w, "Helen", of, &[boiler, walk]).await.unwrap();
        let late = answer(&w, "Sunita", (of, first), says(Party::Person(amy), true, "")).await;
        assert!(matches!(late, Err(ContractError::Changed)), "nobody agrees to what holds no more");
        let opened = read(&w, "Sunita", of).await.unwrap();
        assert_eq!(opened.contracts.iter().map(|read| read.contract.id).collect::<Vec<_>>(), vec![first, second]);
        assert_eq!(opened.contracts[0].answers.len(), 1, "what was agreed once stays to be read");
        assert!(opened.current().unwrap().answers.is_empty(), "and is not carried over");
        for (entry, who) in [(walk, "Sunita"), (boiler, "Helen")] {
            let mut ctx = w.ctx(who).await;
            plans::end(&mut ctx, (entry, 1), true, "Done").await.unwrap();
            ctx.commit().await.unwrap();
        }
        let mut ctx = w.ctx("Sunita").await;
        let new = NewClosing {
            reason: "reached".to_owned(),
            words: "It goes well".to_owned(),
            goes_on: "School".to_owned(),
            differently: String::new(),
            told: Told::Agreed,
            told_words: String::new(),
        };
        closings::ask(&mut ctx, &w.area, of, new).await.unwrap();
        ctx.commit().await.unwrap();
        let opened = read(&w, "Helen", of).await.unwrap();
        assert!(opened.current().is_none() && opened.contracts.len() == 2);
        assert!(matches!(make(&w, "Helen", of, &[walk, boiler]).await, Err(ContractError::NoPlan)));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_school_that_promised_is_told_to_nobody_once_the_place_is_shielded_whoever_sees_to_it_now() {
    on_both_engines(async |w: TestWorld| {
        let Barlows { amy, of, walk, boiler } = barlows(&w).await;
        works_with(&w, "Ben", amy).await;
        let club = action(&w, "Ben", of, ("A place at the breakfast club", None)).await;
        let id = make(&w, "Sunita", of, &[walk, boiler, club]).await.unwrap();
        let mut ctx = w.ctx("Ben").await;
        let to = w.actor("Sunita").id;
        plans::move_on(&mut ctx, (club, 1), to, day("2026-11-20")).await.unwrap();
        ctx.commit().await.unwrap();
        answer(&w, "Ben", (of, id), says(Party::Agency(w.actor("Ben").agency_id), true, "")).await.unwrap();
        let parties = async |who: &str| {
            let opened = read(&w, who, of).await;
            opened.and_then(|opened| opened.current().map(|read| read.parties())).unwrap_or_default()
        };
        let school = Party::Agency(w.actor("Ben").agency_id);
        assert!(parties("Grace").await.is_empty(), "whoever does not help reads nothing");
        assert!(parties("Helen").await.len() == 3 && parties("Sunita").await.contains(&school));
        let mut ctx = w.ctx("Moira").await;
        let named = [ctx.actor.id];
        family::shield(&mut ctx, amy, ShieldKind::Location, "Her ex-partner looks for her", &named).await.unwrap();
        ctx.commit().await.unwrap();
        // The landlord is not there either, and a contract with one side left is none.
        assert!(!parties("Sunita").await.contains(&school), "though she sees to what it promised");
        assert_eq!(waiting(&w, "Sunita").await, 0, "nor does her home ask for what its page does not have");
        assert!(parties("Moira").await.contains(&school), "whoever is named for the place reads it");
        assert_eq!(parties("Moira").await.len(), 3);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn what_somebody_shielded_promised_is_there_for_whoever_is_named_and_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        let Barlows { amy, of, walk, boiler } = barlows(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let josh = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, josh).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(josh, "Josh", "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        family::join(&mut ctx, (of.1, amy), josh, family::Part::Member).await.unwrap();
        ctx.commit().await.unwrap();
        let club = action(&w, "Sunita", of, ("Try the football club", Some(josh))).await;
        let id = make(&w, "Sunita", of, &[walk, boiler, club]).await.unwrap();
        answer(&w, "Sunita", (of, id), says(Party::Person(josh), true, "")).await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let named = [ctx.actor.id];
        family::shield(&mut ctx, josh, ShieldKind::Existence, "He is in danger", &named).await.unwrap();
        ctx.commit().await.unwrap();
        let seen = read(&w, "Sunita", of).await.unwrap();
        let current = seen.current().unwrap();
        assert_eq!((current.parties().len(), current.answers.len()), (2, 0));
        let hidden = answer(&w, "Sunita", (of, id), says(Party::Person(josh), true, "")).await;
        assert!(is_rule(hidden, &ContractRule::NoParty), "as if he had never promised anything");
        assert_eq!(read(&w, "Moira", of).await.unwrap().current().unwrap().parties().len(), 3);
        let mut ctx = w.ctx("Grace").await;
        assert!(matches!(actions::end(&mut ctx, (of, id), "So be it").await, Err(ContractError::Access(AccessError::Hidden(_)))));
    })
    .await;
}

#[test]
fn a_paper_is_what_its_first_bytes_say_whatever_its_name_and_no_page() {
    use super::papers::{PAPER_BYTES_MAX, PaperKind, kind_of};
    assert_eq!(kind_of(b"%PDF-1.7\n"), Some(PaperKind::Pdf));
    assert_eq!(kind_of(b"\x89PNG\r\n\x1a\nrest"), Some(PaperKind::Png));
    assert_eq!(kind_of(b"\xff\xd8\xff\xe0rest"), Some(PaperKind::Jpeg));
    for other in [&b""[..], b"%PDF", b"<html><script>", b"<svg xmlns=", b"PK\x03\x04", b" %PDF-1.7"] {
        assert_eq!(kind_of(other), None);
    }
    let mut large = b"%PDF-1.7\n".to_vec();
    large.resize(PAPER_BYTES_MAX + 1, b' ');
    assert_eq!(kind_of(&large), None);
}

/// Rule [3.30]
#[tokio::test]
async fn a_signed_paper_is_read_by_the_agency_that_scanned_it_and_by_nobody_else() {
    use super::papers;
    on_both_engines(async |w: TestWorld| {
        let b = barlows(&w).await;
        let id = make(&w, "Sunita", b.of, &[b.walk, b.boiler]).await.unwrap();
        let whose = format!("person-{}", b.amy);
        let mut ctx = w.ctx("Sunita").await;
        let early = papers::keep(&mut ctx, (b.of, id), &whose, b"%PDF-1.7 signed").await;
        assert!(matches!(early, Err(ContractError::Access(AccessError::Hidden(_)))), "nothing is signed yet");
        drop(ctx);
        let said = NewAnswer {
            party: Party::Person(b.amy),
            agrees: true,
            way: Way::Paper,
            words: String::new(),
            signature: String::new(),
        };
        answer(&w, "Sunita", (b.of, id), said).await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let no_paper = papers::keep(&mut ctx, (b.of, id), &whose, b"<html>").await;
        assert!(matches!(no_paper, Err(ContractError::Rule(ContractRule::NoPaper))));
        papers::keep(&mut ctx, (b.of, id), &whose, b"%PDF-1.7 signed").await.unwrap();
        papers::keep(&mut ctx, (b.of, id), &whose, b"%PDF-1.7 signed, straight").await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let (kind, file) = papers::open(&mut ctx, (b.of, id), &whose).await.unwrap();
        assert_eq!((kind, file.as_slice()), (papers::PaperKind::Pdf, &b"%PDF-1.7 signed, straight"[..]));
        drop(ctx);
        for who in ["Helen", "Ben"] {
            let mut ctx = w.ctx(who).await;
            assert!(papers::open(&mut ctx, (b.of, id), &whose).await.is_err(), "{who}");
            assert!(papers::keep(&mut ctx, (b.of, id), &whose, b"%PDF-1.7 another").await.is_err(), "{who}");
        }
    })
    .await;
}
