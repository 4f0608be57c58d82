//! The SQL of who may belong to a family.

use super::find::{Because, Stated};
use super::{BelongingId, actions::Proposal};
use access::{Narrowing, PractitionerId};
use families::family::FamilyId;
use families::handing::Handed;
use families::people::PersonId;
use kernel::{Date, Timestamp};
use std::collections::BTreeSet;
use store::{AreaId, Row, StoreError, StoreResult, Tx, Val, vals};

/// Who may belong to a family, undecided.
pub const HANDED: Handed = Handed {
    table: "family_proposal",
    past: None,
    owner: "owner_id",
    open: "state = 'open'",
    by: "",
    about: "SELECT family_proposal.person_id",
    also: ", version = version + 1",
};

/// Returns every member of every family: not those of its network.
pub(super) async fn list_members(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<(FamilyId, PersonId)>> {
    let sql = "SELECT family_id, person_id FROM family_member WHERE area_id = $1 AND part = 'member' AND ended_at IS NULL \
               ORDER BY family_id, person_id LIMIT 2000000";
    tx.query(sql, vals![area_id]).await?.iter().map(|row| Ok((row.id("family_id")?, row.id("person_id")?))).collect()
}

/// Returns what is stated, in ordinary facts, of who is related to a member of a family.
pub(super) async fn list_stated(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<Stated>> {
    let sql = "SELECT DISTINCT f.person_id, f.term, q.other_id FROM family_member m \
               JOIN relationship_fact q ON q.area_id = m.area_id AND q.other_id = m.person_id \
               JOIN fact f ON f.area_id = q.area_id AND f.fact_id = q.fact_id \
               WHERE m.area_id = $1 AND m.part = 'member' AND m.ended_at IS NULL AND f.superseded_at IS NULL AND f.class = 'ordinary' \
               AND f.answer = 'known' ORDER BY f.person_id, q.other_id, f.term LIMIT 2000000";
    tx.query(sql, vals![area_id])
        .await?
        .iter()
        .map(|row| Ok((row.id("person_id")?, row.get("term")?, row.id("other_id")?)))
        .collect()
}

/// Keeps who may belong to a family; what somebody has said stands.
pub(super) async fn save(
    tx: &mut Tx,
    area_id: AreaId,
    found: &[(BelongingId, (FamilyId, PersonId), &BTreeSet<Because>)],
    (owner, due_on, at): (PractitionerId, Date, Timestamp),
) -> StoreResult<()> {
    let mut rows = Vec::with_capacity(found.len());
    for (id, (family, person), because) in found {
        let because = serde_json::to_string(because).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        rows.push([
            area_id.into(),
            (*id).into(),
            (*family).into(),
            (*person).into(),
            because.into(),
            "open".into(),
            owner.into(),
            due_on.into(),
            at.into(),
            1_i64.into(),
        ]);
    }
    let insert = "INSERT INTO family_proposal (area_id, proposal_id, family_id, person_id, because, state, owner_id, due_on, seen_at, version)";
    let again = "ON CONFLICT (area_id, family_id, person_id) DO UPDATE SET because = excluded.because, seen_at = excluded.seen_at, \
                 state = CASE WHEN family_proposal.state = 'gone' THEN 'open' ELSE family_proposal.state END";
    tx.insert_all(insert, rows, again).await
}

/// Lets go what waits and was not found again since.
pub(super) async fn let_go(tx: &mut Tx, area_id: AreaId, since: Timestamp) -> StoreResult<()> {
    let sql = "UPDATE family_proposal SET state = 'gone' WHERE area_id = $1 AND state = 'open' AND seen_at < $2";
    tx.execute(sql, vals![area_id, since]).await?;
    Ok(())
}

const PROPOSAL: &str = "SELECT b.proposal_id, b.family_id, b.person_id, b.because, b.due_on, b.version, o.name AS owner, f.name AS family \
     FROM family_proposal b JOIN family f ON f.area_id = b.area_id AND f.family_id = b.family_id \
     LEFT JOIN practitioner o ON o.area_id = b.area_id AND o.practitioner_id = b.owner_id ";

fn proposal(row: &Row) -> StoreResult<Proposal> {
    Ok(Proposal {
        id: row.id("proposal_id")?,
        family: row.id("family_id")?,
        family_name: row.get("family")?,
        person: row.id("person_id")?,
        because: serde_json::from_str(&row.get::<String>("because")?).map_err(|e| StoreError::Corrupt(e.to_string()))?,
        owner: row.get::<Option<String>>("owner")?.unwrap_or_default(),
        due_on: row.get("due_on")?,
        version: row.get("version")?,
    })
}

/// The condition that the viewer may link the person, and everybody in the family.
fn may_decide(narrowed: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM person p WHERE p.area_id = b.area_id AND p.person_id = b.person_id AND p.linked_to IS NULL AND {narrowed}) \
         AND NOT EXISTS (SELECT 1 FROM family_member h JOIN person p ON p.area_id = h.area_id AND p.person_id = h.person_id \
         WHERE h.area_id = b.area_id AND h.family_id = b.family_id AND h.ended_at IS NULL AND NOT ({narrowed}))"
    )
}

/// Returns who may belong to a family, as far as the viewer may link them and everybody in it; those that wait longest first.
pub(super) async fn list_open(
    tx: &mut Tx,
    area_id: AreaId,
    narrowing: (&Narrowing, Timestamp),
    limit: usize,
) -> StoreResult<Vec<Proposal>> {
    let mut values = vec![Val::from(area_id), Val::from(limit)];
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "{PROPOSAL} WHERE b.area_id = $1 AND b.state = 'open' AND {} ORDER BY b.due_on, b.family_id, b.proposal_id LIMIT $2",
        may_decide(&narrowed)
    );
    tx.query(&sql, &values).await?.iter().map(proposal).collect()
}

/// Returns a proposal that waits and that the viewer may decide.
pub(super) async fn find(
    tx: &mut Tx,
    area_id: AreaId,
    id: BelongingId,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Option<Proposal>> {
    let mut values = vec![Val::from(area_id), Val::from(id)];
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let decidable = may_decide(&narrowed);
    let sql = format!("{PROPOSAL} WHERE b.area_id = $1 AND b.proposal_id = $2 AND b.state = 'open' AND {decidable}");
    tx.query_opt(&sql, &values).await?.as_ref().map(proposal).transpose()
}

/// Keeps what somebody said, unless somebody else was faster.
pub(super) async fn save_said(
    tx: &mut Tx,
    area_id: AreaId,
    (id, version): (BelongingId, i64),
    (state, by, reason, at): (&str, PractitionerId, &str, Timestamp),
) -> StoreResult<bool> {
    let sql = "UPDATE family_proposal SET state = $4, decided_by = $5, reason = $6, decided_at = $7, version = version + 1 \
               WHERE area_id = $1 AND proposal_id = $2 AND version = $3 AND state = 'open'";
    Ok(tx.execute(sql, vals![area_id, id, version, state, by, reason, at]).await? == 1)
}
