//! The SQL of handing on.

use super::Handed;
use crate::family::{ANSWERS as ANSWERED, LEADS as LED};
use crate::people::{PersonId, ShieldId};
use access::PractitionerId;
use access::people::merging::OfAgency;
use kernel::Timestamp;
use store::past::{self, Subject};
use store::{AreaId, Row, StoreResult, Tx, vals};
use uuid::Uuid;

/// That somebody works with people.
pub const WORKS_WITH: Handed = Handed {
    table: "involvement",
    past: Some("fact_id"),
    owner: "practitioner_id",
    open: "ended_at IS NULL",
    by: "",
    about: "SELECT involvement.person_id",
    also: "",
};

/// Whom an agency works with.
pub const KNOWS: OfAgency =
    OfAgency { table: "involvement", past: Some("fact_id"), column: "agency_id", open: "ended_at IS NULL" };

/// Families that somebody leads for.
pub const LEADS: Handed = Handed {
    table: "family",
    past: Some("family_id"),
    owner: "owner_id",
    open: "closed_at IS NULL",
    by: "",
    about: "SELECT fm.person_id FROM family_member fm WHERE fm.area_id = family.area_id AND fm.family_id = family.family_id \
            AND fm.part = 'member' AND fm.ended_at IS NULL",
    // Whoever is handed a family has not accepted its lead: they lead, or find who does, by the day of its next step.
    also: ", lead_by = COALESCE(lead_by, next_on), version = version + 1",
};

/// Returns the condition that a shield of existence hides none of some people from whoever `$3` is.
fn may_know(area: &str, about: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM shield hs WHERE hs.area_id = {area} AND hs.kind = 'existence' AND hs.ended_at IS NULL \
         AND hs.person_id IN ({about}) AND NOT EXISTS (SELECT 1 FROM shield_named hn WHERE hn.area_id = hs.area_id \
         AND hn.shield_id = hs.shield_id AND hn.practitioner_id = $3))"
    )
}

/// What of somebody's somebody else is handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// All that they may know of.
    All,
    /// What is about somebody whom a shield of existence hides from others.
    Shielded,
}

/// Returns the condition on whom something is about for `$3` to be handed it.
fn is_for(which: Which, area: &str, about: &str) -> String {
    let may_know = may_know(area, about);
    match which {
        Which::All => may_know,
        Which::Shielded => format!(
            "{may_know} AND EXISTS (SELECT 1 FROM shield ha WHERE ha.area_id = {area} AND ha.kind = 'existence' AND ha.ended_at IS NULL \
             AND ha.person_id IN ({about}))"
        ),
    }
}

/// Gives somebody's open rows of a table to somebody else, as far as they may know of whom they are about; returns how many.
pub(super) async fn hand(
    tx: &mut Tx,
    area_id: AreaId,
    handed: &Handed,
    (from, to): (PractitionerId, PractitionerId),
    (which, at): (Which, Timestamp),
) -> StoreResult<u64> {
    let Handed { table, past, owner, open, by, about, also } = handed;
    let is_for = is_for(which, &format!("{table}.area_id"), about);
    let which = format!("{owner} = $2 AND {open}{by} AND {is_for}");
    if let Some(column) = past {
        past::keep(tx, (table, Subject::Column(column)), (&which, vals![area_id, from, to]), at).await?;
    }
    let save = format!("UPDATE {table} SET {owner} = $3{also} WHERE area_id = $1 AND {which}");
    let with_moment = vals![area_id, from, to, at];
    // A moment that no mark stands for is refused by PostgreSQL.
    let values = if also.contains("$4") { with_moment } else { &with_moment[..3] };
    tx.execute(&save, values).await
}

/// Returns the shields of existence that hide from somebody whom something of somebody else's is about.
pub(super) async fn list_hiding(
    tx: &mut Tx,
    area_id: AreaId,
    handed: &Handed,
    (from, lead): (PractitionerId, PractitionerId),
) -> StoreResult<Vec<(ShieldId, PersonId)>> {
    let Handed { table, owner, open, by, about, .. } = handed;
    let list = format!(
        "SELECT hs.shield_id, hs.person_id FROM shield hs WHERE hs.area_id = $1 AND hs.kind = 'existence' AND hs.ended_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM shield_named hn WHERE hn.area_id = hs.area_id AND hn.shield_id = hs.shield_id \
         AND hn.practitioner_id = $3) AND EXISTS (SELECT 1 FROM {table} WHERE {table}.area_id = $1 AND {owner} = $2 AND {open}{by} \
         AND hs.person_id IN ({about})) ORDER BY hs.shield_id LIMIT 10000"
    );
    tx.query(&list, vals![area_id, from, lead]).await?.iter().map(shield).collect()
}

fn shield(row: &Row) -> StoreResult<(ShieldId, PersonId)> {
    Ok((row.id("shield_id")?, row.id("person_id")?))
}

/// Ends somebody's parts in teams, and gives them to somebody else who has none there by the same; returns how many ended.
///
/// Each part keeps what it comes from, and ends with it: of several parts, each begins a microsecond after the one before.
pub(super) async fn hand_team_parts(
    tx: &mut Tx,
    area_id: AreaId,
    (from, to): (PractitionerId, PractitionerId),
    (which, at): (Which, Timestamp),
) -> StoreResult<u64> {
    let is_for = is_for(which, "family_team.area_id", "SELECT family_team.through_id");
    let theirs = format!("practitioner_id = $2 AND ended_at IS NULL AND {is_for}");
    let add = format!(
        "INSERT INTO family_team (area_id, family_id, practitioner_id, through_id, origin_id, part, from_at) \
         SELECT area_id, family_id, $3, through_id, origin_id, \
         CASE WHEN part = '{LED}' THEN '{ANSWERED}' ELSE part END, $4 + (SELECT COUNT(*) FROM family_team t \
         WHERE t.area_id = family_team.area_id AND t.family_id = family_team.family_id AND t.practitioner_id = $3 AND t.from_at >= $4) \
         + (SELECT COUNT(*) FROM family_team o \
         WHERE o.area_id = family_team.area_id AND o.family_id = family_team.family_id AND o.practitioner_id = $2 \
         AND o.ended_at IS NULL AND o.from_at < family_team.from_at) FROM family_team WHERE area_id = $1 AND {theirs} \
         AND NOT EXISTS (SELECT 1 FROM family_team h WHERE h.area_id = family_team.area_id AND h.family_id = family_team.family_id \
         AND h.practitioner_id = $3 AND h.ended_at IS NULL AND h.origin_id IS NOT DISTINCT FROM family_team.origin_id) \
         ON CONFLICT DO NOTHING"
    );
    tx.execute(&add, vals![area_id, from, to, at]).await?;
    let end = format!("UPDATE family_team SET ended_at = $4 WHERE area_id = $1 AND {theirs}");
    tx.execute(&end, vals![area_id, from, to, at]).await
}

/// Hands on that somebody works with whoever one origin made them work with, and their parts in teams that came from it.
pub(super) async fn hand_origin(
    tx: &mut Tx,
    area_id: AreaId,
    origin: Uuid,
    (from, to): (PractitionerId, PractitionerId),
    at: Timestamp,
) -> StoreResult<()> {
    let theirs = "practitioner_id = $3 AND ended_at IS NULL AND fact_id IN \
                  (SELECT w.fact_id FROM fact w WHERE w.area_id = $1 AND w.origin_id = $2 AND w.kind = 'involvement')";
    past::keep(tx, ("involvement", Subject::Column("fact_id")), (theirs, vals![area_id, origin, from]), at).await?;
    let work = format!("UPDATE involvement SET practitioner_id = $4 WHERE area_id = $1 AND {theirs}");
    tx.execute(&work, vals![area_id, origin, from, to]).await?;
    let part = "INSERT INTO family_team (area_id, family_id, practitioner_id, through_id, origin_id, part, from_at) \
                SELECT area_id, family_id, $4, through_id, origin_id, part, $5 FROM family_team WHERE area_id = $1 AND origin_id = $2 \
                AND practitioner_id = $3 AND ended_at IS NULL ON CONFLICT DO NOTHING";
    tx.execute(part, vals![area_id, origin, from, to, at]).await?;
    let end = "UPDATE family_team SET ended_at = $4 WHERE area_id = $1 AND origin_id = $2 AND practitioner_id = $3 AND ended_at IS NULL";
    tx.execute(end, vals![area_id, origin, from, at]).await?;
    Ok(())
}

/// Returns whether anything falls to somebody still.
pub(super) async fn is_any_left(tx: &mut Tx, area_id: AreaId, from: PractitionerId, all: &[Handed]) -> StoreResult<bool> {
    let of = |Handed { table, owner, open, .. }: &Handed| {
        format!("EXISTS (SELECT 1 FROM {table} WHERE {table}.area_id = $1 AND {owner} = $2 AND {open})")
    };
    let any: Vec<String> = all.iter().map(of).collect();
    let ask = format!(
        "SELECT CASE WHEN {} OR EXISTS (SELECT 1 FROM family_team WHERE area_id = $1 AND practitioner_id = $2 AND ended_at IS NULL) \
         THEN 1 ELSE 0 END AS is_left",
        any.join(" OR ")
    );
    tx.query_one(&ask, vals![area_id, from]).await?.get("is_left")
}

/// Takes somebody's name from what is left of whom they work with, and ends their parts in teams.
pub(super) async fn end_parts(tx: &mut Tx, area_id: AreaId, from: PractitionerId, at: Timestamp) -> StoreResult<()> {
    let which = "practitioner_id = $2 AND ended_at IS NULL";
    past::keep(tx, ("involvement", Subject::Column("fact_id")), (which, vals![area_id, from]), at).await?;
    let unname = format!("UPDATE involvement SET practitioner_id = NULL WHERE area_id = $1 AND {which}");
    tx.execute(&unname, vals![area_id, from]).await?;
    let end = format!("UPDATE family_team SET ended_at = $3 WHERE area_id = $1 AND {which}");
    tx.execute(&end, vals![area_id, from, at]).await?;
    Ok(())
}

/// Returns the shields for which no safeguarding lead who is there is named, at most 500.
pub(super) async fn list_deserted(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<(ShieldId, PersonId)>> {
    let list = "SELECT s.shield_id, s.person_id FROM shield s WHERE s.area_id = $1 AND s.ended_at IS NULL \
                AND NOT EXISTS (SELECT 1 FROM shield_named o \
                JOIN practitioner p ON p.area_id = o.area_id AND p.practitioner_id = o.practitioner_id AND p.left_at IS NULL \
                JOIN practitioner_role r ON r.area_id = o.area_id AND r.practitioner_id = o.practitioner_id AND r.role = 'safeguarding_lead' \
                WHERE o.area_id = s.area_id AND o.shield_id = s.shield_id) ORDER BY s.shield_id LIMIT 500";
    tx.query(list, vals![area_id]).await?.iter().map(shield).collect()
}

/// Ends a shield whose copy takes its place, and names somebody for the copy.
pub(super) async fn replace_shield(
    tx: &mut Tx,
    area_id: AreaId,
    (shield, copy): (ShieldId, ShieldId),
    named: PractitionerId,
    at: Timestamp,
) -> StoreResult<()> {
    let name = "INSERT INTO shield_named (area_id, shield_id, practitioner_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(name, vals![area_id, copy, named]).await?;
    let end = "UPDATE shield SET ended_at = $3 WHERE area_id = $1 AND shield_id = $2";
    tx.execute(end, vals![area_id, shield, at]).await?;
    Ok(())
}

/// Returns who is named with somebody for a shield of existence and is there: whoever decided about one first, at most 1,000.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn list_named_with(tx: &mut Tx, area_id: AreaId, from: PractitionerId) -> StoreResult<Vec<PractitionerId>> {
    let list = "SELECT o.practitioner_id, MAX(CASE WHEN s.decided_by = o.practitioner_id THEN 1 ELSE 0 END) AS decided FROM shield_named n \
                JOIN shield s ON s.area_id = n.area_id AND s.shield_id = n.shield_id AND s.kind = 'existence' AND s.ended_at IS NULL \
                JOIN shield_named o ON o.area_id = n.area_id AND o.shield_id = n.shield_id \
                JOIN practitioner p ON p.area_id = o.area_id AND p.practitioner_id = o.practitioner_id AND p.left_at IS NULL \
                WHERE n.area_id = $1 AND n.practitioner_id = $2 GROUP BY o.practitioner_id ORDER BY decided DESC, o.practitioner_id LIMIT 1000";
    tx.query(list, vals![area_id, from]).await?.iter().map(|row| row.id("practitioner_id")).collect()
}
