//! The SQL of matching.

use super::engine::Proposed;
use super::unit::{Unit, pair};
use super::{Proposal, ProposalId};
use crate::feeds::reading::Record;
use access::{Narrowing, PractitionerId};
use families::handing::Handed;
use families::links::LinkId;
use families::people::PersonId;
use kernel::{Date, Timestamp};
use store::value::list;
use store::{AreaId, Row, StoreError, StoreResult, Tx, Val, vals};

/// Who may be one person, undecided.
pub const HANDED: Handed = Handed {
    table: "match_proposal",
    past: None,
    owner: "owner_id",
    open: "state IN ('open', 'unsure', 'seconding')",
    by: "",
    about: "SELECT match_proposal.left_person UNION SELECT match_proposal.right_person",
    also: ", version = version + 1",
};

/// Returns records that wait, by source and key, from the first after `after`, at most `limit`.
pub(super) async fn waiting_after(
    tx: &mut Tx,
    area_id: AreaId,
    after: (&str, &str),
    limit: usize,
) -> StoreResult<Vec<(String, Record)>> {
    let sql = "SELECT source, body FROM feed_record WHERE area_id = $1 AND (source, record_key) > ($2, $3) AND person_id IS NULL \
               ORDER BY source, record_key LIMIT $4";
    let read = |row: &Row| {
        let record = serde_json::from_str(&row.get::<String>("body")?).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        Ok((row.get("source")?, record))
    };
    tx.query(sql, vals![area_id, after.0, after.1, limit]).await?.iter().map(read).collect()
}

/// A side of a proposal as it is now: a record that has become a person's is that person, and somebody who was linked is who they are known as.
const LEFT_NOW: &str = "COALESCE(lp.linked_to, m.left_person, lr.person_id)";
const RIGHT_NOW: &str = "COALESCE(rp.linked_to, m.right_person, rr.person_id)";
const SIDES: &str = "COALESCE(lp.linked_to, m.left_person, lr.person_id) AS left_now, COALESCE(rp.linked_to, m.right_person, rr.person_id) AS right_now, \
    m.left_source, m.left_key, m.right_source, m.right_key ";
const FROM: &str = "FROM match_proposal m LEFT JOIN person lp ON lp.area_id = m.area_id AND lp.person_id = m.left_person \
    LEFT JOIN person rp ON rp.area_id = m.area_id AND rp.person_id = m.right_person \
    LEFT JOIN feed_record lr ON lr.area_id = m.area_id AND lr.source = m.left_source AND lr.record_key = m.left_key \
    LEFT JOIN feed_record rr ON rr.area_id = m.area_id AND rr.source = m.right_source AND rr.record_key = m.right_key ";

fn unit(row: &Row, (person, source, key): (&str, &str, &str)) -> StoreResult<Unit> {
    Ok(match row.opt_id::<PersonId>(person)? {
        Some(person) => Unit::Person(person),
        None => Unit::Waiting(row.get(source)?, row.get(key)?),
    })
}

fn sides(row: &Row) -> StoreResult<(Unit, Unit)> {
    Ok((unit(row, ("left_now", "left_source", "left_key"))?, unit(row, ("right_now", "right_source", "right_key"))?))
}

/// Returns everybody of whom somebody has said that they are two.
pub(super) async fn list_apart(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<(Unit, Unit)>> {
    let sql = format!("SELECT {SIDES}{FROM} WHERE m.area_id = $1 AND m.state = 'apart' ORDER BY m.proposal_id LIMIT 1000000");
    tx.query(&sql, vals![area_id]).await?.iter().map(sides).collect()
}

/// Who looks at proposals, and by when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owned {
    pub(crate) owner: PractitionerId,
    pub(crate) due_on: Date,
    pub(crate) at: Timestamp,
}

/// Keeps what was proposed: what waits for somebody gets its new weight, what somebody has said stands, what is not proposed any more goes.
pub(super) async fn save_proposed(
    tx: &mut Tx,
    area_id: AreaId,
    proposed: &[(ProposalId, &Proposed)],
    owned: Owned,
) -> StoreResult<()> {
    let rows = proposed.iter().map(|(id, proposed)| {
        let (left, right) = (proposed.left.record(), proposed.right.record());
        [
            area_id.into(),
            (*id).into(),
            pair(&proposed.left, &proposed.right).into(),
            proposed.left.person().into(),
            left.map(|(source, _)| source.to_owned()).into(),
            left.map(|(_, key)| key.to_owned()).into(),
            proposed.right.person().into(),
            right.map(|(source, _)| source.to_owned()).into(),
            right.map(|(_, key)| key.to_owned()).into(),
            thousandths(proposed.weight).into(),
            "open".into(),
            owned.owner.into(),
            owned.due_on.into(),
            owned.at.into(),
            owned.at.into(),
            1_i64.into(),
        ]
    });
    let insert = "INSERT INTO match_proposal (area_id, proposal_id, pair, left_person, left_source, left_key, right_person, right_source, \
                  right_key, weight_thousandths, state, owner_id, due_on, proposed_at, seen_at, version)";
    let again = "ON CONFLICT (area_id, pair) DO UPDATE SET weight_thousandths = excluded.weight_thousandths, seen_at = excluded.seen_at, \
                 owner_id = CASE WHEN match_proposal.state IN ('open', 'gone') THEN excluded.owner_id ELSE match_proposal.owner_id END, \
                 state = CASE WHEN match_proposal.state = 'gone' THEN 'open' ELSE match_proposal.state END";
    tx.insert_all(insert, rows.collect(), again).await
}

pub(super) fn thousandths(weight: f32) -> i64 {
    (f64::from(weight) * 1000.0).round() as i64
}

/// Lets go what waits and was not proposed again since.
pub(super) async fn let_go(tx: &mut Tx, area_id: AreaId, since: Timestamp) -> StoreResult<u64> {
    let sql = "UPDATE match_proposal SET state = 'gone' WHERE area_id = $1 AND state = 'open' AND seen_at < $2";
    tx.execute(sql, vals![area_id, since]).await
}

/// Lets go what waits about whoever was linked, or about a record that is a person's now: the next run proposes it of who they are.
pub(super) async fn let_go_of_linked(tx: &mut Tx, area_id: AreaId) -> StoreResult<()> {
    let linked = |side: &str| {
        format!(
            "EXISTS (SELECT 1 FROM person p WHERE p.area_id = $1 AND p.person_id = {side}_person AND p.linked_to IS NOT NULL)"
        )
    };
    let sql = format!(
        "UPDATE match_proposal SET state = 'gone' WHERE area_id = $1 AND state IN ('open', 'unsure', 'seconding') AND ({} OR {})",
        linked("left"),
        linked("right")
    );
    tx.execute(&sql, vals![area_id]).await?;
    Ok(())
}

const PROPOSAL: &str = "SELECT m.proposal_id, m.weight_thousandths, m.state, m.due_on, m.decided_by, d.name AS decided_name, m.reason, \
     m.decided_at, m.link_id, m.version, o.name AS owner, ";
const NAMES: &str = "LEFT JOIN practitioner d ON d.area_id = m.area_id AND d.practitioner_id = m.decided_by \
     LEFT JOIN practitioner o ON o.area_id = m.area_id AND o.practitioner_id = m.owner_id ";

fn proposal(row: &Row) -> StoreResult<Proposal> {
    let (left, right) = sides(row)?;
    Ok(Proposal {
        id: row.id("proposal_id")?,
        left,
        right,
        source: row.get("right_source")?,
        weight: row.get::<i64>("weight_thousandths")? as f32 / 1000.0,
        state: row.get("state")?,
        due_on: row.get("due_on")?,
        owner: row.get::<Option<String>>("owner")?.unwrap_or_default(),
        decided_by: row.opt_id("decided_by")?,
        decided_name: row.get("decided_name")?,
        decided_at: row.get("decided_at")?,
        reason: row.get("reason")?,
        link: row.opt_id("link_id")?,
        version: row.get("version")?,
    })
}

/// The condition that a viewer may link whoever is a person on a side.
fn may_link(side: &str, narrowed: &str) -> String {
    format!(
        "({side} IS NULL OR EXISTS (SELECT 1 FROM person p WHERE p.area_id = m.area_id AND p.person_id = {side} AND {narrowed}))"
    )
}

/// The condition that a viewer may decide a proposal: they may link whoever is a person, and no record of it may be somebody's whom they
/// may not: the record of a shielded woman tells where she is, whoever else it may be of.
fn may_decide(narrowed: &str) -> String {
    let of_hidden = |source: &str, key: &str| {
        format!(
            "EXISTS (SELECT 1 FROM match_proposal x JOIN person xp ON xp.area_id = x.area_id AND xp.person_id = x.left_person \
             JOIN person p ON p.area_id = x.area_id AND p.person_id = COALESCE(xp.linked_to, xp.person_id) \
             WHERE x.area_id = m.area_id AND x.right_source = {source} AND x.right_key = {key} AND x.state <> 'apart' AND NOT ({narrowed}))"
        )
    };
    format!(
        "{} AND {} AND NOT {} AND NOT {}",
        may_link(LEFT_NOW, narrowed),
        may_link(RIGHT_NOW, narrowed),
        of_hidden("m.left_source", "m.left_key"),
        of_hidden("m.right_source", "m.right_key")
    )
}

/// Returns proposals in some states that the viewer may decide, those that came longest ago or are surest first.
pub(super) async fn list_in(
    tx: &mut Tx,
    area_id: AreaId,
    states: &[&str],
    narrowing: (&Narrowing, Timestamp),
    (offset, limit): (usize, usize),
) -> StoreResult<Vec<Proposal>> {
    let mut values = vec![Val::from(area_id), Val::from(offset), Val::from(limit)];
    let states = list(&mut values, states.iter().copied());
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "{PROPOSAL}{SIDES}{FROM}{NAMES} WHERE m.area_id = $1 AND m.state IN ({states}) AND {} \
         ORDER BY CASE WHEN m.decided_at IS NULL OR m.state IN ('unsure', 'seconding') THEN 0 ELSE -m.decided_at END, m.state DESC, \
         m.weight_thousandths DESC, m.proposal_id LIMIT $3 OFFSET $2",
        may_decide(&narrowed)
    );
    tx.query(&sql, &values).await?.iter().map(proposal).collect()
}

/// Returns how many proposals in some states the viewer may decide, as far as `most`.
pub(super) async fn count_in(
    tx: &mut Tx,
    area_id: AreaId,
    states: &[&str],
    narrowing: (&Narrowing, Timestamp),
    most: usize,
) -> StoreResult<i64> {
    let mut values = vec![Val::from(area_id), Val::from(most)];
    let states = list(&mut values, states.iter().copied());
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "SELECT COUNT(*) AS found FROM (SELECT 1 AS one {FROM} WHERE m.area_id = $1 AND m.state IN ({states}) AND {} LIMIT $2) AS few",
        may_decide(&narrowed)
    );
    tx.query_one(&sql, &values).await?.get("found")
}

/// Returns a proposal that the viewer may decide.
pub(super) async fn find(
    tx: &mut Tx,
    area_id: AreaId,
    id: ProposalId,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Option<Proposal>> {
    let mut values = vec![Val::from(area_id), Val::from(id)];
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let decidable = may_decide(&narrowed);
    let sql = format!("{PROPOSAL}{SIDES}{FROM}{NAMES} WHERE m.area_id = $1 AND m.proposal_id = $2 AND {decidable}");
    tx.query_opt(&sql, &values).await?.as_ref().map(proposal).transpose()
}

/// What somebody said of a proposal.
pub(super) struct Said<'a> {
    pub(super) state: &'a str,
    pub(super) by: PractitionerId,
    pub(super) reason: &'a str,
    pub(super) at: Timestamp,
    pub(super) link: Option<LinkId>,
}

/// Keeps what somebody said, unless somebody else was faster.
pub(super) async fn save_said(tx: &mut Tx, area_id: AreaId, of: (ProposalId, i64), said: &Said<'_>) -> StoreResult<bool> {
    let sql = "UPDATE match_proposal SET state = $4, reason = $6, decided_at = $7, link_id = $8, version = version + 1, \
               seconded_by = CASE WHEN state = 'seconding' AND $4 = 'same' THEN $5 ELSE seconded_by END, \
               decided_by = CASE WHEN state = 'seconding' AND $4 = 'same' THEN decided_by ELSE $5 END \
               WHERE area_id = $1 AND proposal_id = $2 AND version = $3 AND state IN ('open', 'unsure', 'seconding')";
    let values = vals![area_id, of.0, of.1, said.state, said.by, said.reason, said.at, said.link];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Marks proposals by the link that settled them as undone: the two are two.
pub(super) async fn save_undone(
    tx: &mut Tx,
    area_id: AreaId,
    link: LinkId,
    (by, reason, at): (PractitionerId, &str, Timestamp),
) -> StoreResult<bool> {
    let sql = "UPDATE match_proposal SET state = 'apart', decided_by = $3, reason = $4, decided_at = $5, link_id = NULL, version = version + 1 \
               WHERE area_id = $1 AND link_id = $2";
    Ok(tx.execute(sql, vals![area_id, link, by, reason, at]).await? > 0)
}

/// Marks a proposal as settled by its weight.
pub(super) async fn save_placed(tx: &mut Tx, area_id: AreaId, pair: &str, (link, at): (LinkId, Timestamp)) -> StoreResult<()> {
    let sql = "UPDATE match_proposal SET state = 'placed', link_id = $3, decided_at = $4, version = version + 1 \
               WHERE area_id = $1 AND pair = $2 AND state IN ('open', 'gone')";
    tx.execute(sql, vals![area_id, pair, link, at]).await?;
    Ok(())
}

/// Returns the states of proposals by their pairs, of those there are.
pub(super) async fn states_of(tx: &mut Tx, area_id: AreaId, pairs: &[String]) -> StoreResult<Vec<(String, String)>> {
    let mut values = vec![Val::from(area_id)];
    let sql = format!(
        "SELECT pair, state FROM match_proposal WHERE area_id = $1 AND pair IN ({}) ORDER BY pair LIMIT 10000",
        list(&mut values, pairs)
    );
    tx.query(&sql, &values).await?.iter().map(|row| Ok((row.get("pair")?, row.get("state")?))).collect()
}
