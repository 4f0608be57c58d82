//! The SQL of what shields leave to do.

use super::actions::{Answer, ShieldTask, ShieldTaskId, TaskKind};
use access::{Narrowing, PractitionerId};
use families::handing::Handed;
use families::people::{PersonId, ShieldKind};
use kernel::{Date, Timestamp};
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Something to be decided.
pub(super) struct NewTask<'a> {
    pub(super) id: ShieldTaskId,
    pub(super) person: PersonId,
    pub(super) kind: TaskKind,
    pub(super) shield: ShieldKind,
    pub(super) reason: &'a str,
    pub(super) asked_by: PractitionerId,
    pub(super) owner: PractitionerId,
    pub(super) due_on: Date,
    pub(super) asked_at: Timestamp,
}

/// Shields to decide about or to look at again.
pub const HANDED: Handed = Handed {
    table: "shield_task",
    past: None,
    owner: "owner_id",
    open: "done_at IS NULL",
    by: " AND EXISTS (SELECT 1 FROM practitioner_role hr WHERE hr.area_id = shield_task.area_id \
           AND hr.practitioner_id = $3 AND hr.role = 'safeguarding_lead')",
    about: "SELECT shield_task.person_id",
    also: "",
};

pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, new: &NewTask<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO shield_task (area_id, task_id, person_id, kind, shield, reason, asked_by, owner_id, due_on, asked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        vals![
            area_id,
            new.id,
            new.person,
            new.kind.as_str(),
            new.shield.as_str(),
            new.reason,
            new.asked_by,
            new.owner,
            new.due_on,
            new.asked_at
        ],
    )
    .await?;
    Ok(())
}

/// Marks what waited for the same shield of somebody as kept: a new one takes its place.
pub(super) async fn supersede(tx: &mut Tx, area_id: AreaId, new: &NewTask<'_>) -> StoreResult<()> {
    tx.execute(
        "UPDATE shield_task SET answer = 'kept', answer_words = 'A new shield took its place', done_by = $4, done_at = $5 \
         WHERE area_id = $1 AND person_id = $2 AND shield = $3 AND done_at IS NULL",
        vals![area_id, new.person, new.shield.as_str(), new.asked_by, new.asked_at],
    )
    .await?;
    Ok(())
}

const COLUMNS: &str = "SELECT p.task_id, p.person_id, p.kind, p.shield, p.reason, w.name AS asked_by, p.asked_at, p.owner_id, o.name AS owner, \
     p.due_on, p.answer, p.answer_words FROM shield_task p \
     JOIN practitioner w ON w.area_id = p.area_id AND w.practitioner_id = p.asked_by \
     JOIN practitioner o ON o.area_id = p.area_id AND o.practitioner_id = p.owner_id ";

fn task(row: &Row) -> StoreResult<ShieldTask> {
    let answered: Option<String> = row.get("answer")?;
    Ok(ShieldTask {
        id: row.id("task_id")?,
        person: row.id("person_id")?,
        kind: row.parse("kind")?,
        shield: row.parse("shield")?,
        reason: row.get("reason")?,
        asked_by: row.get("asked_by")?,
        asked_at: row.get("asked_at")?,
        owner_id: row.id("owner_id")?,
        owner: row.get("owner")?,
        due_on: row.get("due_on")?,
        answer: if answered.is_some() { Some((row.parse::<Answer>("answer")?, row.get("answer_words")?)) } else { None },
    })
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: ShieldTaskId) -> StoreResult<Option<ShieldTask>> {
    let row = tx.query_opt(&format!("{COLUMNS} WHERE p.area_id = $1 AND p.task_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(task).transpose()
}

/// Returns what somebody is to decide until a day, and what nobody has decided in time, of those who may know of it, the soonest first; at
/// most 200.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    (owners, until, today): (&[PractitionerId], Date, Date),
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<ShieldTask>> {
    let mut values = vec![Val::from(area_id), Val::from(until), Val::from(today)];
    let owners = store::value::list(&mut values, owners.iter().copied());
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "{COLUMNS} WHERE p.area_id = $1 AND ((p.owner_id IN ({owners}) AND p.due_on <= $2) OR p.due_on < $3) AND p.done_at IS NULL AND {narrowed} \
         ORDER BY p.due_on, p.task_id LIMIT 2000"
    );
    tx.query(&sql, &values).await?.iter().map(task).collect()
}

/// Keeps what was decided, unless somebody has.
pub(super) async fn save_answer(
    tx: &mut Tx,
    area_id: AreaId,
    id: ShieldTaskId,
    (answer, words): (Answer, &str),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<bool> {
    let save = "UPDATE shield_task SET answer = $3, answer_words = $4, done_by = $5, done_at = $6 \
                WHERE area_id = $1 AND task_id = $2 AND done_at IS NULL";
    Ok(tx.execute(save, vals![area_id, id, answer.as_str(), words, by, at]).await? == 1)
}

/// Returns whoever has a shield because of one that was asked for: they themself, and those whom it was put around with them.
pub(super) async fn list_shielded_with(tx: &mut Tx, area_id: AreaId, task: &ShieldTask) -> StoreResult<Vec<PersonId>> {
    let sql = "SELECT DISTINCT o.person_id FROM shield s JOIN shield o ON o.area_id = s.area_id AND o.kind = s.kind AND o.reason = s.reason \
               AND o.decided_by = s.decided_by AND o.ended_at IS NULL \
               WHERE s.area_id = $1 AND s.person_id = $2 AND s.kind = $3 AND s.ended_at IS NULL ORDER BY o.person_id LIMIT 500";
    let rows = tx.query(sql, vals![area_id, task.person, task.shield.as_str()]).await?;
    rows.iter().map(|row| row.id("person_id")).collect()
}

/// Marks what waited for a shield of somebody as ended.
pub(super) async fn end_open(
    tx: &mut Tx,
    area_id: AreaId,
    (person, shield): (PersonId, ShieldKind),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<()> {
    tx.execute(
        "UPDATE shield_task SET answer = 'ended', answer_words = 'The shield was ended', done_by = $4, done_at = $5 \
         WHERE area_id = $1 AND person_id = $2 AND shield = $3 AND done_at IS NULL",
        vals![area_id, person, shield.as_str(), by, at],
    )
    .await?;
    Ok(())
}

/// Gives what is to be decided about somebody to somebody else.
pub(super) async fn take_over(tx: &mut Tx, area_id: AreaId, person: PersonId, to: PractitionerId) -> StoreResult<()> {
    let save = "UPDATE shield_task SET owner_id = $3 WHERE area_id = $1 AND person_id = $2 AND done_at IS NULL";
    tx.execute(save, vals![area_id, person, to]).await?;
    Ok(())
}

/// Returns how many decisions wait, how many are late, and how many have nobody who decides.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN k.due_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM shield_task k \
             JOIN practitioner o ON o.area_id = k.area_id AND o.practitioner_id = k.owner_id \
             WHERE k.area_id = $1 AND k.done_at IS NULL",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}
