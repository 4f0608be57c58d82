//! The SQL of decisions to share.

use super::decision::{Basis, Decision, DecisionId, Event, EventKind, Item, NewDecision, Recipient, Task, TaskId, TaskKind};
use access::{AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::{Class, FactId};
use families::handing::Handed;
use families::people::PersonId;
use families::{person_flags, person_sets};
use kernel::{Date, Timestamp};
use store::owed::Owed;
use store::past::{self, Subject};
use store::{AreaId, Row, StoreResult, Tx, Val, vals};
use uuid::Uuid;

/// Decisions in a list whose table is `d`.
pub(super) static SHARE: SqlMap = SqlMap {
    name: "share_decision",
    columns: &[
        ("class", "d.class"),
        ("agency", "d.agency_id"),
        ("author", "d.author_id"),
        ("toAgency", "d.to_agency_id"),
        ("toNamed", "d.to_named_id"),
        (
            "adviser",
            "(SELECT x.owner_id FROM share_task x WHERE x.area_id = d.area_id AND x.decision_id = d.decision_id AND x.kind = 'advise')",
        ),
        (
            "receiver",
            "(SELECT x.owner_id FROM share_task x WHERE x.area_id = d.area_id AND x.decision_id = d.decision_id AND x.kind = 'receive')",
        ),
    ],
    flags: &[
        PERSON_FLAGS[0],
        PERSON_FLAGS[1],
        (
            "agencyTellsPlace",
            "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = d.area_id AND l.tells_place = 1 \
             AND (l.agency_id = d.agency_id OR l.agency_id = d.to_agency_id))",
        ),
    ],
    sets: person_sets!("person.", "d.area_id", "d.person_id"),
    presences: &[
        ("toAgency", "(d.to_agency_id IS NOT NULL AND d.outcome IN ('shared', 'part') AND d.method = 'here')"),
        ("toNamed", "(d.to_named_id IS NOT NULL AND d.outcome IN ('shared', 'part') AND d.method = 'here')"),
        (
            "adviser",
            "EXISTS (SELECT 1 FROM share_task x WHERE x.area_id = d.area_id AND x.decision_id = d.decision_id AND x.kind = 'advise')",
        ),
        (
            "receiver",
            "(d.outcome IN ('shared', 'part') AND d.method = 'here' AND EXISTS (SELECT 1 FROM share_task x WHERE x.area_id = d.area_id \
             AND x.decision_id = d.decision_id AND x.kind = 'receive'))",
        ),
    ],
};

const PERSON_FLAGS: &[(&str, &str); 2] = person_flags!("person.", "d.area_id", "d.person_id");

const COLUMNS: &str = "SELECT d.decision_id, d.person_id, d.request_id, d.outcome, d.purpose, d.ground, d.ground_words, d.agreement_id, \
     d.agreement_words, d.gateway, d.article_6, d.article_9, d.schedule, d.basis_source, d.rules_in_force, d.tests, d.to_agency_id, \
     t.name AS to_agency, d.to_named_id, n.name AS to_named, d.to_words, d.method, d.said_words, d.withheld_words, d.reason, \
     d.answer_words, d.told, d.told_words, d.class, d.author_id, w.name AS author, d.agency_id, a.name AS agency, a.tells_place, \
     t.tells_place AS to_tells_place, d.happened_on, d.decided_at, x.owner_id AS adviser_id, y.owner_id AS receiver_id, \
     (SELECT MIN(e.at) FROM share_event e WHERE e.area_id = d.area_id AND e.decision_id = d.decision_id AND e.kind = 'ended') AS ended_at \
     FROM share_decision d JOIN practitioner w ON w.area_id = d.area_id AND w.practitioner_id = d.author_id \
     JOIN agency a ON a.area_id = d.area_id AND a.agency_id = d.agency_id \
     LEFT JOIN agency t ON t.area_id = d.area_id AND t.agency_id = d.to_agency_id \
     LEFT JOIN practitioner n ON n.area_id = d.area_id AND n.practitioner_id = d.to_named_id \
     LEFT JOIN share_task x ON x.area_id = d.area_id AND x.decision_id = d.decision_id AND x.kind = 'advise' \
     LEFT JOIN share_task y ON y.area_id = d.area_id AND y.decision_id = d.decision_id AND y.kind = 'receive' ";

fn decision(row: &Row) -> StoreResult<Decision> {
    let tests: String = row.get("tests")?;
    let ground: Option<String> = row.get("ground")?;
    Ok(Decision {
        id: row.id("decision_id")?,
        new: NewDecision {
            person: row.id("person_id")?,
            request: row.opt_id("request_id")?,
            outcome: row.parse("outcome")?,
            purpose: row.get("purpose")?,
            ground: if ground.is_some() { Some(row.parse("ground")?) } else { None },
            ground_words: row.get("ground_words")?,
            agreement: row.opt_id("agreement_id")?,
            agreement_words: row.get("agreement_words")?,
            to: Recipient {
                agency: row.opt_id("to_agency_id")?,
                named: row.opt_id("to_named_id")?,
                words: row.get("to_words")?,
                method: row.get("method")?,
            },
            said_words: row.get("said_words")?,
            withheld_words: row.get("withheld_words")?,
            reason: row.get("reason")?,
            answer_words: row.get("answer_words")?,
            told: row.parse("told")?,
            told_words: row.get("told_words")?,
            tests: tests.split(' ').filter(|test| !test.is_empty()).map(str::to_owned).collect(),
            items: Vec::new(),
            happened_on: row.get("happened_on")?,
            review_on: None,
            adviser: None,
        },
        basis: Basis {
            gateway: row.get("gateway")?,
            article_6: row.get("article_6")?,
            article_9: row.get("article_9")?,
            schedule: row.get("schedule")?,
            source: row.get("basis_source")?,
        },
        rules_in_force: row.get("rules_in_force")?,
        to_agency: row.get("to_agency")?,
        to_named: row.get("to_named")?,
        agency_tells_place: row.get::<bool>("tells_place")? || row.get::<Option<bool>>("to_tells_place")?.unwrap_or(false),
        class: row.parse("class")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        decided_at: row.get("decided_at")?,
        adviser_id: row.opt_id("adviser_id")?,
        receiver_id: row.opt_id("receiver_id")?,
        ended_at: row.get("ended_at")?,
    })
}

/// Who decides, under what.
pub(super) struct Decided<'a> {
    pub(super) id: DecisionId,
    pub(super) author_id: PractitionerId,
    pub(super) agency_id: AgencyId,
    pub(super) class: Class,
    pub(super) basis: &'a Basis,
    pub(super) rules_in_force: Date,
    pub(super) at: Timestamp,
}

/// What is left to do after deciding to share.
pub const HANDED: Handed = Handed {
    table: "share_task",
    past: Some("decision_id"),
    owner: "owner_id",
    open: "done_at IS NULL",
    by: " AND (kind <> 'advise' OR EXISTS (SELECT 1 FROM practitioner_role hr WHERE hr.area_id = share_task.area_id \
           AND hr.practitioner_id = $3 AND hr.role IN ('safeguarding_lead', 'auditor')))",
    about: "SELECT d.person_id FROM share_decision d WHERE d.area_id = share_task.area_id AND d.decision_id = share_task.decision_id",
    also: "",
};

pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    new: &NewDecision,
    decided: &Decided<'_>,
) -> StoreResult<()> {
    let basis = decided.basis;
    tx.execute(
        "INSERT INTO share_decision (area_id, decision_id, person_id, request_id, outcome, purpose, ground, ground_words, agreement_id, \
         agreement_words, gateway, article_6, article_9, schedule, basis_source, rules_in_force, tests, to_agency_id, to_named_id, to_words, \
         method, said_words, withheld_words, reason, answer_words, told, told_words, class, author_id, agency_id, happened_on, decided_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
         $27, $28, $29, $30, $31, $32)",
        vals![
            area_id,
            decided.id,
            permit.id(),
            new.request,
            new.outcome.as_str(),
            &new.purpose,
            new.ground.map(super::decision::Ground::as_str),
            &new.ground_words,
            new.agreement,
            &new.agreement_words,
            &basis.gateway,
            &basis.article_6,
            &basis.article_9,
            &basis.schedule,
            &basis.source,
            decided.rules_in_force,
            new.tests.join(" "),
            new.to.agency,
            new.to.named,
            &new.to.words,
            &new.to.method,
            &new.said_words,
            &new.withheld_words,
            &new.reason,
            &new.answer_words,
            new.told.as_str(),
            &new.told_words,
            decided.class.as_str(),
            decided.author_id,
            decided.agency_id,
            new.happened_on,
            decided.at
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn insert_items(tx: &mut Tx, area_id: AreaId, id: DecisionId, items: &[Item]) -> StoreResult<()> {
    let rows = items.iter().map(|item| {
        [
            Val::from(area_id),
            id.into(),
            item.fact.into(),
            item.label.as_str().into(),
            item.protection.as_str().into(),
            item.why.as_str().into(),
            item.digest.as_str().into(),
            item.agreement.into(),
        ]
    });
    let insert = "INSERT INTO share_item (area_id, decision_id, fact_id, label, protected, why, digest, agreement_id)";
    tx.insert_all(insert, rows.collect(), "").await
}

pub(super) async fn list_items(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Item>> {
    let list = "SELECT fact_id, label, protected, why, digest, agreement_id FROM share_item WHERE area_id = $1 AND decision_id = $2 \
                ORDER BY fact_id LIMIT 500";
    let item = |row: &Row| {
        Ok(Item {
            fact: row.id("fact_id")?,
            label: row.parse("label")?,
            protection: row.parse("protected")?,
            why: row.get("why")?,
            digest: row.get("digest")?,
            agreement: row.opt_id("agreement_id")?,
        })
    };
    tx.query(list, vals![area_id, permit.id()]).await?.iter().map(item).collect()
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: DecisionId) -> StoreResult<Option<Decision>> {
    let row = tx.query_opt(&format!("{COLUMNS} WHERE d.area_id = $1 AND d.decision_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(decision).transpose()
}

/// What a list of decisions is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    /// About a person.
    Person(PersonId),
    /// Shared with an agency, or a practitioner of it.
    To(AgencyId),
}

/// Returns decisions that the narrowing lets through, the newest first, at most 100.
pub(super) async fn list(tx: &mut Tx, area_id: AreaId, of: Of, narrowing: (&Narrowing, Timestamp)) -> StoreResult<Vec<Decision>> {
    let (chosen, value) = match of {
        Of::Person(person) => ("d.person_id = $2", Val::from(person)),
        Of::To(agency) => ("d.to_agency_id = $2", Val::from(agency)),
    };
    let mut values = vec![Val::from(area_id), value];
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql =
        format!("{COLUMNS} WHERE d.area_id = $1 AND {chosen} AND {narrowed} ORDER BY d.decided_at DESC, d.decision_id LIMIT 100");
    tx.query(&sql, &values).await?.iter().map(decision).collect()
}

/// Returns the decisions about a request, the newest first.
pub(super) async fn list_answers(tx: &mut Tx, area_id: AreaId, request: &Permit) -> StoreResult<Vec<Decision>> {
    let list = format!("{COLUMNS} WHERE d.area_id = $1 AND d.request_id = $2 ORDER BY d.decided_at DESC, d.decision_id LIMIT 50");
    tx.query(&list, vals![area_id, request.id()]).await?.iter().map(decision).collect()
}

/// Something that is open because somebody agreed.
pub(super) struct Resting {
    pub(super) decision: DecisionId,
    pub(super) fact: FactId,
    pub(super) to: AgencyId,
    pub(super) kind: String,
    pub(super) term: String,
}

/// Returns what is open of somebody because an agreement lets it be told; at most 2,000.
pub(super) async fn list_resting(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<Vec<Resting>> {
    let rows = tx
        .query(
            "SELECT i.decision_id, i.fact_id, d.to_agency_id, f.kind, f.term FROM fact f \
             JOIN share_item i ON i.area_id = f.area_id AND i.fact_id = f.fact_id AND i.agreement_id IS NOT NULL \
             JOIN share_decision d ON d.area_id = i.area_id AND d.decision_id = i.decision_id AND d.to_agency_id IS NOT NULL \
             WHERE f.area_id = $1 AND f.person_id = $2 AND EXISTS (SELECT 1 FROM fact_grant g WHERE g.area_id = i.area_id \
             AND g.origin_id = i.decision_id AND g.via_id = i.fact_id AND g.ended_at IS NULL) \
             ORDER BY i.decision_id, i.fact_id LIMIT 2000",
            vals![area_id, person],
        )
        .await?;
    let resting = |row: &Row| {
        Ok(Resting {
            decision: row.id("decision_id")?,
            fact: row.id("fact_id")?,
            to: row.id("to_agency_id")?,
            kind: row.get("kind")?,
            term: row.get("term")?,
        })
    };
    rows.iter().map(resting).collect()
}

/// Hands what decisions about somebody leave to do to one who is named for them, from owners who are not.
pub(super) async fn take_over(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    to: PractitionerId,
    at: Timestamp,
) -> StoreResult<()> {
    let of = "decision_id IN (SELECT d.decision_id FROM share_decision d WHERE d.area_id = $1 AND d.person_id = $2)";
    past::keep(tx, ("share_task", Subject::Column("decision_id")), (of, vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE share_task SET owner_id = $3 WHERE area_id = $1 AND done_at IS NULL AND decision_id IN \
                (SELECT d.decision_id FROM share_decision d WHERE d.area_id = $1 AND d.person_id = $2) AND NOT EXISTS \
                (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id \
                WHERE s.area_id = $1 AND s.person_id = $2 AND s.kind = 'existence' AND s.ended_at IS NULL \
                AND n.practitioner_id = share_task.owner_id)";
    tx.execute(save, vals![area_id, permit.id(), to]).await?;
    Ok(())
}

/// Something that becomes of a decision.
pub(super) struct NewEvent<'a> {
    pub(super) id: Uuid,
    pub(super) decision: DecisionId,
    pub(super) kind: EventKind,
    pub(super) by: PractitionerId,
    pub(super) at: Timestamp,
    pub(super) words: &'a str,
}

pub(super) async fn insert_event(tx: &mut Tx, area_id: AreaId, event: &NewEvent<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO share_event (area_id, event_id, decision_id, kind, by_id, at, words) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vals![area_id, event.id, event.decision, event.kind.as_str(), event.by, event.at, event.words],
    )
    .await?;
    Ok(())
}

/// Returns whether somebody has received what was shared before.
pub(super) async fn has_received(tx: &mut Tx, area_id: AreaId, permit: &Permit, who: PractitionerId) -> StoreResult<bool> {
    let find = "SELECT event_id FROM share_event WHERE area_id = $1 AND decision_id = $2 AND kind = 'received' AND by_id = $3 \
                ORDER BY event_id LIMIT 1";
    Ok(tx.query_opt(find, vals![area_id, permit.id(), who]).await?.is_some())
}

pub(super) async fn list_events(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Event>> {
    let rows = tx
        .query(
            "SELECT e.kind, w.name, a.name AS agency, e.at, e.words FROM share_event e \
             LEFT JOIN practitioner w ON w.area_id = e.area_id AND w.practitioner_id = e.by_id \
             LEFT JOIN agency a ON a.area_id = w.area_id AND a.agency_id = w.agency_id \
             WHERE e.area_id = $1 AND e.decision_id = $2 ORDER BY e.at, e.event_id LIMIT 500",
            vals![area_id, permit.id()],
        )
        .await?;
    let event = |row: &Row| {
        Ok(Event {
            kind: row.parse("kind")?,
            by: row.get("name")?,
            agency: row.get("agency")?,
            at: row.get("at")?,
            words: row.get("words")?,
        })
    };
    rows.iter().map(event).collect()
}

/// Something that a decision leaves to do.
pub(super) struct NewTask<'a> {
    pub(super) id: TaskId,
    pub(super) decision: DecisionId,
    pub(super) kind: TaskKind,
    pub(super) owner: PractitionerId,
    pub(super) due_on: Date,
    pub(super) words: &'a str,
}

pub(super) async fn insert_task(tx: &mut Tx, area_id: AreaId, task: &NewTask<'_>, at: Timestamp) -> StoreResult<()> {
    past::keep_absent(tx, area_id, ("share_task", &[task.id.into()]), task.decision.0, at).await?;
    tx.execute(
        "INSERT INTO share_task (area_id, task_id, decision_id, kind, owner_id, due_on, words) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vals![area_id, task.id, task.decision, task.kind.as_str(), task.owner, task.due_on, task.words],
    )
    .await?;
    Ok(())
}

const TASKS: &str = "SELECT k.task_id, k.decision_id, d.person_id, k.kind, k.owner_id, o.name AS owner, k.due_on, k.words, k.done_at, \
     k.answer FROM share_task k JOIN share_decision d ON d.area_id = k.area_id AND d.decision_id = k.decision_id \
     JOIN practitioner o ON o.area_id = k.area_id AND o.practitioner_id = k.owner_id ";

fn task(row: &Row) -> StoreResult<Task> {
    Ok(Task {
        id: row.id("task_id")?,
        decision: row.id("decision_id")?,
        person: row.id("person_id")?,
        kind: row.parse("kind")?,
        owner_id: row.id("owner_id")?,
        owner: row.get("owner")?,
        due_on: row.get("due_on")?,
        words: row.get("words")?,
        done_at: row.get("done_at")?,
        answer: row.get("answer")?,
    })
}

pub(super) async fn list_tasks(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Task>> {
    let list = format!("{TASKS} WHERE k.area_id = $1 AND k.decision_id = $2 ORDER BY k.due_on, k.task_id LIMIT 50");
    tx.query(&list, vals![area_id, permit.id()]).await?.iter().map(task).collect()
}

pub(super) async fn find_task(tx: &mut Tx, area_id: AreaId, id: TaskId) -> StoreResult<Option<Task>> {
    let find = format!("{TASKS} WHERE k.area_id = $1 AND k.task_id = $2");
    tx.query_opt(&find, vals![area_id, id]).await?.as_ref().map(task).transpose()
}

/// What a list of things to do is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum TasksOf<'a> {
    /// Any of these answers for them.
    Owners(&'a [PractitionerId]),
    /// Their day has passed, or whoever answers for them has left.
    Late(Date),
}

/// What decisions leave somebody to do.
pub const OWED: Owed = Owed { rows: "share_task k", area: "k.area_id", is_theirs: "k.owner_id IN ({}) AND k.done_at IS NULL" };

/// Returns what is to be done, as far as the narrowing of its decisions lets through, the soonest first; at most 500.
pub(super) async fn list_open_tasks(
    tx: &mut Tx,
    area_id: AreaId,
    (of, arrives): (TasksOf<'_>, bool),
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Task>> {
    let of_kind = if arrives { "k.kind = 'receive'" } else { "k.kind <> 'receive'" };
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        TasksOf::Owners(owners) => OWED.of(&store::value::list(&mut values, owners.iter().copied())),
        TasksOf::Late(today) => {
            values.push(today.into());
            "(k.due_on < $2 OR o.left_at IS NOT NULL)".to_owned()
        }
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "{TASKS} WHERE k.area_id = $1 AND {chosen} AND {of_kind} AND k.done_at IS NULL AND {narrowed} ORDER BY k.due_on, k.task_id LIMIT 500"
    );
    tx.query(&sql, &values).await?.iter().map(task).collect()
}

/// Marks as done that somebody was to see that it arrives.
pub(super) async fn save_received(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<()> {
    let save = "UPDATE share_task SET done_at = $4, done_by = $3 WHERE area_id = $1 AND decision_id = $2 AND kind = 'receive' \
                AND done_at IS NULL";
    tx.execute(save, vals![area_id, permit.id(), by, at]).await?;
    Ok(())
}

/// Has whoever decided look again at what was shared with somebody by name who left before they had read it; where they have left too, it
/// is handed on as everything of theirs is.
pub(super) async fn send_back(
    tx: &mut Tx,
    area_id: AreaId,
    (who, words): (PractitionerId, &str),
    at: Timestamp,
) -> StoreResult<u64> {
    let which = "kind = 'receive' AND owner_id = $2 AND done_at IS NULL AND decision_id IN (SELECT d.decision_id FROM share_decision d \
                 WHERE d.area_id = $1 AND d.to_named_id = $2)";
    past::keep(tx, ("share_task", Subject::Column("decision_id")), (which, vals![area_id, who]), at).await?;
    let save = format!(
        "UPDATE share_task SET kind = 'review', words = $3, owner_id = (SELECT d.author_id FROM share_decision d \
         WHERE d.area_id = $1 AND d.decision_id = share_task.decision_id) WHERE area_id = $1 AND {which}"
    );
    tx.execute(&save, vals![area_id, who, words]).await
}

/// Marks something as done, unless it was.
pub(super) async fn save_done(
    tx: &mut Tx,
    area_id: AreaId,
    id: TaskId,
    (by, at, answer): (PractitionerId, Timestamp, &str),
) -> StoreResult<bool> {
    past::keep(tx, ("share_task", Subject::Column("decision_id")), ("task_id = $2", vals![area_id, id]), at).await?;
    let save =
        "UPDATE share_task SET done_at = $3, done_by = $4, answer = $5 WHERE area_id = $1 AND task_id = $2 AND done_at IS NULL";
    Ok(tx.execute(save, vals![area_id, id, at, by, answer]).await? == 1)
}

/// Marks as done what somebody put off about telling one agency: they have decided since.
pub(super) async fn settle(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (agency, to): (AgencyId, Option<AgencyId>),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<()> {
    tx.execute(
        "UPDATE share_task SET done_at = $5, done_by = $4 WHERE area_id = $1 AND kind = 'decide' AND done_at IS NULL AND decision_id IN \
         (SELECT d.decision_id FROM share_decision d WHERE d.area_id = $1 AND d.person_id = $2 AND d.author_id = $4 AND d.agency_id = $3 \
         AND (d.to_agency_id = $6 OR d.to_agency_id IS NULL))",
        vals![area_id, permit.id(), agency, by, at, to],
    )
    .await?;
    Ok(())
}

/// Returns how many things are left to do, how many of them are late, and how many have nobody who answers for them.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN k.due_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM share_task k \
             JOIN practitioner o ON o.area_id = k.area_id AND o.practitioner_id = k.owner_id \
             WHERE k.area_id = $1 AND k.done_at IS NULL",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}
