//! Taking things out of a test's database as if they had never been there: to compare what somebody is sent with and without.

use crate::TestWorld;
use store::{Engine, vals};
use uuid::Uuid;

/// What is taken out.
#[derive(Clone, Copy, Debug)]
pub enum Unseen {
    /// Somebody, with everything that tells of them.
    Person(Uuid),
    /// One fact.
    Fact(Uuid),
    /// One contact.
    Contact(Uuid),
    /// One referral.
    Referral(Uuid),
    /// One agreement.
    Agreement(Uuid),
    /// One request for information; with it, that a decision answered it.
    Request(Uuid),
    /// One decision to share.
    Decision(Uuid),
    /// One part of a family's plan.
    PlanEntry(Uuid),
    /// One offer of the lead for a family.
    Handover(Uuid),
    /// Something agreed for when things get worse.
    Contingency(Uuid),
    /// How somebody is worked with.
    Way(Uuid),
    /// Something that is said of a plan.
    Said(Uuid),
    /// One judgement of a level of need.
    Judgement(Uuid),
    /// One contract of a family with those who help it.
    Contract(Uuid),
    /// That somebody asked to end support.
    Closing(Uuid),
    /// One meeting.
    Meeting(Uuid),
    /// One visit.
    Visit(Uuid),
    /// A practitioner's part in the team around a family.
    Part(Uuid, Uuid),
}

const OF_FACTS: [&str; 11] = [
    "level_evidence",
    "referral_item",
    "share_item",
    "fact_grant",
    "search_word",
    "name_fact",
    "address_fact",
    "identifier_fact",
    "relationship_fact",
    "involvement",
    "fact",
];

const OF_PERSON: [&str; 12] = [
    "DELETE FROM contract_paper WHERE area_id = $1 AND answer_id IN (SELECT answer_id FROM contract_answer WHERE area_id = $1 AND person_id = $2)",
    "DELETE FROM contract_answer WHERE area_id = $1 AND person_id = $2",
    "DELETE FROM family_member WHERE area_id = $1 AND person_id = $2",
    "DELETE FROM family_team WHERE area_id = $1 AND through_id = $2",
    "DELETE FROM notice WHERE area_id = $1 AND person_id = $2",
    "DELETE FROM notice WHERE area_id = $1 AND link_id IN (SELECT link_id FROM contract_link WHERE area_id = $1 AND person_id = $2)",
    "DELETE FROM contract_link WHERE area_id = $1 AND person_id = $2",
    "DELETE FROM safe_contact WHERE area_id = $1 AND person_id = $2",
    "DELETE FROM asking WHERE area_id = $1 AND person_id = $2",
    "DELETE FROM shield_named WHERE area_id = $1 AND shield_id IN (SELECT shield_id FROM shield WHERE area_id = $1 AND person_id = $2)",
    "DELETE FROM shield WHERE area_id = $1 AND person_id = $2",
    "DELETE FROM person WHERE area_id = $1 AND person_id = $2",
];

impl Unseen {
    fn statements(self) -> Vec<String> {
        let facts =
            |chosen: &str| OF_FACTS.map(|table| format!("DELETE FROM {table} WHERE area_id = $1 AND fact_id {chosen}")).to_vec();
        match self {
            Self::Fact(_) => facts("= $2"),
            Self::Contact(_) => vec!["DELETE FROM contact WHERE area_id = $1 AND contact_id = $2".to_owned()],
            Self::Referral(_) => vec![
                "UPDATE referral_round SET taken_by = NULL WHERE area_id = $1 AND taken_by = $2".to_owned(),
                "DELETE FROM notice WHERE area_id = $1 AND referral_id = $2".to_owned(),
                "DELETE FROM referral_event WHERE area_id = $1 AND referral_id = $2".to_owned(),
                "DELETE FROM referral_item WHERE area_id = $1 AND referral_id = $2".to_owned(),
                "DELETE FROM referral WHERE area_id = $1 AND referral_id = $2".to_owned(),
            ],
            Self::Agreement(_) => [
                "UPDATE share_decision SET agreement_id = NULL, ground = 'not_confidential' WHERE area_id = $1 AND agreement_id = $2",
                "DELETE FROM agreement_giver WHERE area_id = $1 AND agreement_id = $2",
                "DELETE FROM agreement_information WHERE area_id = $1 AND agreement_id = $2",
                "DELETE FROM agreement_agency WHERE area_id = $1 AND agreement_id = $2",
                "DELETE FROM agreement WHERE area_id = $1 AND agreement_id = $2",
            ]
            .map(str::to_owned)
            .to_vec(),
            Self::Request(_) => ["UPDATE share_decision SET request_id = NULL", "DELETE FROM share_request"]
                .map(|what| format!("{what} WHERE area_id = $1 AND request_id = $2"))
                .to_vec(),
            Self::Decision(_) => ["share_item", "share_event", "share_task", "share_decision"]
                .map(|table| format!("DELETE FROM {table} WHERE area_id = $1 AND decision_id = $2"))
                .to_vec(),
            Self::PlanEntry(_) => ["UPDATE plan_breach SET answer_id = NULL WHERE area_id = $1 AND answer_id = $2".to_owned()]
                .into_iter()
                .chain(
                    ["contract_promise", "plan_breach", "plan_measure", "plan_doer", "plan_entry"]
                        .map(|table| format!("DELETE FROM {table} WHERE area_id = $1 AND entry_id = $2")),
                )
                .collect(),
            Self::Handover(_) => vec!["DELETE FROM handover WHERE area_id = $1 AND handover_id = $2".to_owned()],
            Self::Said(_) => ["plan_said_by", "plan_said"]
                .map(|table| format!("DELETE FROM {table} WHERE area_id = $1 AND said_id = $2"))
                .to_vec(),
            Self::Way(_) => vec!["DELETE FROM way WHERE area_id = $1 AND way_id = $2".to_owned()],
            Self::Contingency(_) => vec!["DELETE FROM contingency WHERE area_id = $1 AND contingency_id = $2".to_owned()],
            Self::Judgement(_) => ["level_evidence", "level_judgement"]
                .map(|table| format!("DELETE FROM {table} WHERE area_id = $1 AND judgement_id = $2"))
                .to_vec(),
            Self::Contract(_) => {
                let of_links = "DELETE FROM notice WHERE area_id = $1 AND link_id IN (SELECT link_id FROM contract_link \
                                WHERE area_id = $1 AND contract_id = $2)";
                let of = ["contract_link", "contract_answer", "contract_promise", "contract"];
                let of = of.map(|table| format!("DELETE FROM {table} WHERE area_id = $1 AND contract_id = $2"));
                [of_links.to_owned()].into_iter().chain(of).collect()
            }
            Self::Closing(_) => ["closing_attempt", "closing"]
                .map(|table| format!("DELETE FROM {table} WHERE area_id = $1 AND closing_id = $2"))
                .to_vec(),
            Self::Meeting(_) => ["meeting_invited", "meeting_person", "meeting"]
                .map(|table| format!("DELETE FROM {table} WHERE area_id = $1 AND meeting_id = $2"))
                .to_vec(),
            Self::Visit(_) => [
                "DELETE FROM closing_attempt WHERE area_id = $1 AND visit_id = $2",
                "UPDATE offline_note SET visit_id = NULL WHERE area_id = $1 AND visit_id = $2",
                "UPDATE visit SET next_id = NULL WHERE area_id = $1 AND next_id = $2",
                "DELETE FROM visit_person WHERE area_id = $1 AND visit_id = $2",
                "DELETE FROM visit WHERE area_id = $1 AND visit_id = $2",
            ]
            .map(str::to_owned)
            .to_vec(),
            Self::Part(..) => {
                vec!["DELETE FROM family_team WHERE area_id = $1 AND family_id = $2 AND practitioner_id = $3".to_owned()]
            }
            Self::Person(_) => OF_PERSON.map(str::to_owned).to_vec(),
        }
    }
}

/// Takes things out of the database of a world; facts first, people last.
///
/// # Panics
/// When the database refuses.
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
pub async fn take_out(w: &TestWorld, unseen: &[Unseen]) {
    let mut tx = w.world.db.begin().await.unwrap();
    // A visit that was missed stays, without the next one that may not be known.
    let without_next = match tx.engine() {
        Engine::Sqlite => "PRAGMA ignore_check_constraints = 1",
        Engine::Postgres => "ALTER TABLE visit DROP CONSTRAINT IF EXISTS visit_is_tried_again",
    };
    tx.execute(without_next, &[]).await.unwrap();
    for one in unseen {
        for sql in one.statements() {
            let values = match *one {
                Unseen::Part(family, practitioner) => vals![w.world.area_id, family, practitioner].to_vec(),
                Unseen::Person(id)
                | Unseen::Fact(id)
                | Unseen::Contact(id)
                | Unseen::Referral(id)
                | Unseen::Agreement(id)
                | Unseen::Request(id)
                | Unseen::Decision(id)
                | Unseen::PlanEntry(id)
                | Unseen::Judgement(id)
                | Unseen::Contingency(id)
                | Unseen::Way(id)
                | Unseen::Said(id)
                | Unseen::Contract(id)
                | Unseen::Closing(id)
                | Unseen::Meeting(id)
                | Unseen::Visit(id)
                | Unseen::Handover(id) => vals![w.world.area_id, id].to_vec(),
            };
            tx.execute(&sql, &values).await.unwrap();
        }
    }
    for table in ["plan", "family"] {
        let empty = format!(
            "DELETE FROM {table} WHERE area_id = $1 AND NOT EXISTS (SELECT 1 FROM family_member m WHERE m.area_id = {table}.area_id \
             AND m.family_id = {table}.family_id) AND NOT EXISTS (SELECT 1 FROM family_team t WHERE t.area_id = {table}.area_id \
             AND t.family_id = {table}.family_id)"
        );
        tx.execute(&empty, vals![w.world.area_id]).await.unwrap();
    }
    tx.commit(&w.world.ids).await.unwrap();
}

/// Returns the ids of everything of a kind that is there: `fact`, `person`, `contact`, `referral`, `agreement`, `share_request`, `plan_entry`, `visit`.
///
/// # Panics
/// When the database refuses.
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
pub async fn ids_of(w: &TestWorld, kind: &str) -> Vec<Uuid> {
    let mut tx = w.world.db.read().await.unwrap();
    let key = kind.trim_start_matches("share_").trim_start_matches("plan_").trim_start_matches("level_");
    let sql = format!("SELECT {key}_id AS id FROM {kind} WHERE area_id = $1 ORDER BY {key}_id LIMIT 1000");
    tx.query(&sql, vals![w.world.area_id]).await.unwrap().iter().map(|row| row.get("id").unwrap()).collect()
}

/// Returns every part in a team: family, practitioner, and through whom.
///
/// # Panics
/// When the database refuses.
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
pub async fn parts(w: &TestWorld) -> Vec<(Uuid, Uuid, Uuid)> {
    let mut tx = w.world.db.read().await.unwrap();
    let sql = "SELECT family_id, practitioner_id, through_id FROM family_team WHERE area_id = $1 ORDER BY family_id, practitioner_id LIMIT 1000";
    let rows = tx.query(sql, vals![w.world.area_id]).await.unwrap();
    rows.iter()
        .map(|row| (row.get("family_id").unwrap(), row.get("practitioner_id").unwrap(), row.get("through_id").unwrap()))
        .collect()
}
