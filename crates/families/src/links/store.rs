//! The SQL of links.

use super::moves::{Is, MEMBER, MEMBER_ENDED, MOVED, Moved, by_table};
use super::{Link, LinkId};
use crate::facts::FactId;
use crate::people::{PersonId, ShieldId};
use access::PractitionerId;
use kernel::Timestamp;
use store::past::{self, Subject};
use store::value::list;
use store::{AreaId, Row, StoreError, StoreResult, Tx, Val, vals};
use uuid::Uuid;

pub(super) struct NewLinkRow<'a> {
    pub(super) id: LinkId,
    pub(super) kept: PersonId,
    pub(super) linked: PersonId,
    pub(super) origin: Option<Uuid>,
    pub(super) weight: Option<f32>,
    pub(super) reason: &'a str,
    pub(super) made_by: Option<PractitionerId>,
    pub(super) seconded_by: Option<PractitionerId>,
    pub(super) at: Timestamp,
}

/// Writes a link; returns whether both were there and known as nobody else.
pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, link: &NewLinkRow<'_>) -> StoreResult<bool> {
    // Whoever links the one to the other, or the other to the one, waits here; and the second finds nobody.
    let both = "SELECT person_id FROM person WHERE area_id = $1 AND person_id IN ($2, $3) AND linked_to IS NULL ORDER BY person_id LIMIT 2";
    tx.alone(area_id, "whose records are").await?;
    tx.alone(area_id, "who is linked").await?;
    if tx.query(both, vals![area_id, link.kept, link.linked]).await?.len() != 2 {
        return Ok(false);
    }
    let which = "(person_id = $2 OR linked_to = $2)";
    past::keep(tx, ("person", Subject::Column("person_id")), (which, vals![area_id, link.linked]), link.at).await?;
    // Whoever was linked to the one is known as the other now: everybody leads to the end in one step.
    let mark = "UPDATE person SET linked_to = $3 WHERE area_id = $1 AND (person_id = $2 OR linked_to = $2)";
    tx.execute(mark, vals![area_id, link.linked, link.kept]).await?;
    // A reason for looking at the one is none for looking at the other.
    let which = "person_id IN ($2, $3)";
    past::keep(tx, ("asking", Subject::Column("person_id")), (which, vals![area_id, link.linked, link.kept]), link.at).await?;
    let end = "UPDATE asking SET until_at = $4 WHERE area_id = $1 AND person_id IN ($2, $3) AND until_at > $4";
    tx.execute(end, vals![area_id, link.linked, link.kept, link.at]).await?;
    let weight = link.weight.map(|weight| (f64::from(weight) * 1000.0).round() as i64);
    tx.execute(
        "INSERT INTO person_link (area_id, link_id, kept_id, linked_id, origin_id, weight_thousandths, reason, made_by, seconded_by, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        vals![area_id, link.id, link.kept, link.linked, link.origin, weight, link.reason, link.made_by, link.seconded_by, link.at],
    )
    .await?;
    Ok(true)
}

fn key_text(row: &Row, moved: &Moved) -> StoreResult<String> {
    let mut key = Vec::with_capacity(moved.key.len());
    for (column, is) in moved.key {
        key.push(match is {
            Is::Id => row.get::<Uuid>(column)?.to_string(),
            Is::Text => row.get(column)?,
            Is::Int => row.get::<i64>(column)?.to_string(),
        });
    }
    serde_json::to_string(&key).map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn key_values(text: &str, moved: &Moved) -> StoreResult<Vec<Val>> {
    let corrupt = || StoreError::Corrupt(format!("a moved row of {} has no such key: {text}", moved.table));
    let parts: Vec<String> = serde_json::from_str(text).map_err(|_| corrupt())?;
    if parts.len() != moved.key.len() {
        return Err(corrupt());
    }
    let value = |(part, (_, is)): (String, &(&str, Is))| match is {
        Is::Id => part.parse::<Uuid>().map(Val::from).map_err(|_| corrupt()),
        Is::Text => Ok(Val::from(part)),
        Is::Int => part.parse::<i64>().map(Val::from).map_err(|_| corrupt()),
    };
    parts.into_iter().zip(moved.key).map(value).collect()
}

fn key_columns(moved: &Moved) -> String {
    moved.key.iter().map(|(column, _)| format!("t.{column}")).collect::<Vec<_>>().join(", ")
}

/// What of a table does not go from one to the other: what says how the two are related to each other.
fn besides(moved: &Moved) -> &'static str {
    match moved.table {
        "fact" => {
            " AND NOT EXISTS (SELECT 1 FROM relationship_fact q WHERE q.area_id = t.area_id AND q.fact_id = t.fact_id AND q.other_id = $3)"
        }
        "relationship_fact" => {
            " AND NOT EXISTS (SELECT 1 FROM fact q WHERE q.area_id = t.area_id AND q.fact_id = t.fact_id AND q.person_id IN ($2, $3))"
        }
        "family_member" => {
            " AND NOT EXISTS (SELECT 1 FROM family_member q WHERE q.area_id = t.area_id AND q.family_id = t.family_id AND q.person_id = $3 \
             AND (q.from_at = t.from_at OR (q.ended_at IS NULL AND t.ended_at IS NULL)))"
        }
        _ => "",
    }
}

/// Moves everything that is the one's to the other, and keeps what was moved.
pub(super) async fn move_all(
    tx: &mut Tx,
    area_id: AreaId,
    link: LinkId,
    (from, to): (PersonId, PersonId),
    at: Timestamp,
) -> StoreResult<()> {
    let mut kept = Vec::new();
    // How others stand to them first: it is told by whose facts they are.
    for moved in [MOVED[1], MOVED[0]].iter().chain(&MOVED[2..]).chain([&MEMBER]) {
        let (columns, besides) = (key_columns(moved), besides(moved));
        let sql = format!(
            "SELECT {columns} FROM {} t WHERE t.area_id = $1 AND t.{} = $2{besides} ORDER BY {columns} LIMIT 100000",
            moved.table, moved.person
        );
        let mut values = vec![Val::from(area_id), Val::from(from)];
        if !besides.is_empty() {
            values.push(Val::from(to));
        }
        for row in tx.query(&sql, &values).await? {
            kept.push((moved.table, key_text(&row, moved)?));
        }
    }
    for (table, key) in &kept {
        move_row(tx, area_id, (table, key), (from, to), at).await?;
    }
    // Where both are in one family, one of the two memberships is enough.
    let ended = "SELECT t.family_id, t.from_at FROM family_member t WHERE t.area_id = $1 AND t.person_id = $2 AND t.ended_at IS NULL \
                 ORDER BY t.family_id LIMIT 1000";
    for row in tx.query(ended, vals![area_id, from]).await? {
        let key = key_text(&row, &MEMBER)?;
        let end = "UPDATE family_member SET ended_at = $4 WHERE area_id = $1 AND person_id = $2 AND family_id = $3 AND ended_at IS NULL";
        tx.execute(end, vals![area_id, from, row.get::<Uuid>("family_id")?, at]).await?;
        kept.push((MEMBER_ENDED, key));
    }
    let rows = kept.into_iter().map(|(table, key)| [area_id.into(), link.into(), table.into(), key.into()]).collect();
    tx.insert_all("INSERT INTO person_move (area_id, link_id, moved_table, moved_key)", rows, "").await
}

/// Moves one row from one to the other, if it is the one's; with a fact its involvement and the words it is found by.
async fn move_row(
    tx: &mut Tx,
    area_id: AreaId,
    (table, key): (&str, &str),
    (from, to): (PersonId, PersonId),
    at: Timestamp,
) -> StoreResult<()> {
    let moved = by_table(table).ok_or_else(|| StoreError::Corrupt(format!("no rows of {table} are moved")))?;
    let mut values = vec![Val::from(area_id), Val::from(from), Val::from(to)];
    values.extend(key_values(key, &moved)?);
    let of_key: String = (4..).zip(moved.key).map(|(at, (column, _))| format!(" AND {column} = ${at}")).collect();
    let update = |table: &str| {
        let person = if table == moved.table { moved.person } else { "person_id" };
        format!("UPDATE {table} SET {person} = $3 WHERE area_id = $1 AND {person} = $2{of_key}")
    };
    keep_moved(tx, area_id, (&moved, key), (from, to), at).await?;
    tx.execute(&update(moved.table), &values).await?;
    if table == "fact" {
        tx.execute(&update("involvement"), &values).await?;
        tx.execute(&update("search_word"), &values).await?;
    }
    Ok(())
}

/// Keeps what a row was before it moved, where somebody is ever shown as they were from it.
async fn keep_moved(
    tx: &mut Tx,
    area_id: AreaId,
    (moved, key): (&Moved, &str),
    (from, to): (PersonId, PersonId),
    at: Timestamp,
) -> StoreResult<()> {
    let Ok(table) = past::by_name(moved.table) else { return Ok(()) };
    let mut values = vec![Val::from(area_id)];
    values.extend(key_values(key, moved)?);
    let which = (2..).zip(moved.key).map(|(at, (column, _))| format!("{column} = ${at}")).collect::<Vec<_>>().join(" AND ");
    past::keep(tx, (moved.table, Subject::Is(from.0)), (&which, &values), at).await?;
    if table.key.contains(&moved.person) {
        // It goes under another key, under which nothing was until now.
        let mut of_key = values.iter().skip(1).cloned();
        let new: Vec<Val> = table
            .key
            .iter()
            .map(|column| if *column == moved.person { Val::from(to) } else { of_key.next().unwrap_or(Val::Null) })
            .collect();
        past::keep_absent(tx, area_id, (table.name, &new), to.0, at).await?;
    }
    if moved.table == "fact" {
        past::keep(tx, ("involvement", Subject::Is(from.0)), (&which, &values), at).await?;
    }
    Ok(())
}

const LINK_COLUMNS: &str = "SELECT l.link_id, l.kept_id, l.linked_id, l.origin_id, l.reason, w.name AS made_by, l.made_at FROM person_link l \
     LEFT JOIN practitioner w ON w.area_id = l.area_id AND w.practitioner_id = l.made_by ";

fn link(row: &Row) -> StoreResult<Link> {
    Ok(Link {
        id: row.id("link_id")?,
        kept: row.id("kept_id")?,
        linked: row.id("linked_id")?,
        origin: row.get("origin_id")?,
        reason: row.get("reason")?,
        made_by: row.get("made_by")?,
        made_at: row.get("made_at")?,
    })
}

/// Returns a link that is in force.
pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: LinkId) -> StoreResult<Option<Link>> {
    let sql = format!("{LINK_COLUMNS} WHERE l.area_id = $1 AND l.link_id = $2 AND l.undone_at IS NULL");
    tx.query_opt(&sql, vals![area_id, id]).await?.as_ref().map(link).transpose()
}

/// Returns the links in force that made somebody, the latest first, at most 200.
pub(super) async fn list_of(tx: &mut Tx, area_id: AreaId, kept: PersonId) -> StoreResult<Vec<Link>> {
    let sql = format!(
        "{LINK_COLUMNS} WHERE l.area_id = $1 AND l.kept_id = $2 AND l.undone_at IS NULL ORDER BY l.made_at DESC, l.link_id LIMIT 200"
    );
    tx.query(&sql, vals![area_id, kept]).await?.iter().map(link).collect()
}

/// Returns who somebody is known as since they were linked; nothing when they are themselves.
pub(super) async fn linked_to(tx: &mut Tx, area_id: AreaId, id: PersonId) -> StoreResult<Option<PersonId>> {
    let sql = "SELECT linked_to FROM person WHERE area_id = $1 AND person_id = $2";
    tx.query_opt(sql, vals![area_id, id]).await?.map_or(Ok(None), |row| row.opt_id("linked_to"))
}

/// Marks a link as undone, unless it is already; the linked person is there again.
pub(super) async fn mark_undone(
    tx: &mut Tx,
    area_id: AreaId,
    link: &Link,
    (by, reason, at): (PractitionerId, &str, Timestamp),
) -> StoreResult<bool> {
    let mark = "UPDATE person_link SET undone_by = $3, undone_reason = $4, undone_at = $5 \
                WHERE area_id = $1 AND link_id = $2 AND undone_at IS NULL";
    if tx.execute(mark, vals![area_id, link.id, by, reason, at]).await? == 0 {
        return Ok(false);
    }
    // Everybody who was ever linked to either is kept as they were.
    let which = "(person_id IN ($2, $3) OR linked_to IN ($2, $3))";
    past::keep(tx, ("person", Subject::Column("person_id")), (which, vals![area_id, link.linked, link.kept]), at).await?;
    let free = "UPDATE person SET linked_to = NULL WHERE area_id = $1 AND person_id = $2 AND linked_to = $3";
    if tx.execute(free, vals![area_id, link.linked, link.kept]).await? == 0 {
        return Ok(false);
    }
    // Whoever was linked to them before is known as them again.
    let theirs = "UPDATE person SET linked_to = $2 WHERE area_id = $1 AND person_id IN (WITH RECURSIVE below (person_id) AS \
                  (SELECT linked_id FROM person_link WHERE area_id = $1 AND kept_id = $2 AND undone_at IS NULL \
                  UNION SELECT l.linked_id FROM person_link l JOIN below b ON l.kept_id = b.person_id WHERE l.area_id = $1 AND l.undone_at IS NULL) \
                  SELECT person_id FROM below)";
    tx.execute(theirs, vals![area_id, link.linked]).await?;
    Ok(true)
}

/// Gives back what a link moved, and what the same records have said since.
pub(super) async fn move_back(tx: &mut Tx, area_id: AreaId, link: &Link, also: &[FactId], at: Timestamp) -> StoreResult<()> {
    let back = (link.kept, link.linked);
    let moves = "SELECT moved_table, moved_key FROM person_move WHERE area_id = $1 AND link_id = $2 ORDER BY moved_table, moved_key LIMIT 100000";
    for row in tx.query(moves, vals![area_id, link.id]).await? {
        let (table, key): (String, String) = (row.get("moved_table")?, row.get("moved_key")?);
        if table == MEMBER_ENDED {
            let mut values = vec![Val::from(area_id), Val::from(link.linked)];
            values.extend(key_values(&key, &MEMBER)?);
            let which = "person_id = $2 AND family_id = $3 AND from_at = $4";
            past::keep(tx, ("family_member", Subject::Column("person_id")), (which, &values), at).await?;
            let reopen = "UPDATE family_member SET ended_at = NULL WHERE area_id = $1 AND person_id = $2 AND family_id = $3 AND from_at = $4";
            tx.execute(reopen, &values).await?;
        } else {
            move_row(tx, area_id, (&table, &key), back, at).await?;
        }
    }
    let later = "SELECT fact_id FROM fact WHERE area_id = $1 AND person_id = $2 AND author_id IS NULL AND origin_id IN (SELECT f.origin_id \
                 FROM fact f WHERE f.area_id = $1 AND f.person_id = $3 AND f.author_id IS NULL AND f.origin_id IS NOT NULL \
                 UNION SELECT origin_id FROM person_link WHERE area_id = $1 AND link_id = $4 AND origin_id IS NOT NULL) \
                 ORDER BY fact_id LIMIT 100000";
    let rows = tx.query(later, vals![area_id, link.kept, link.linked, link.id]).await?;
    let mut facts: Vec<FactId> = rows.iter().map(|row| row.id("fact_id")).collect::<StoreResult<_>>()?;
    facts.extend(also);
    for fact in facts {
        let key = serde_json::json!([fact.to_string()]).to_string();
        move_row(tx, area_id, ("fact", &key), back, at).await?;
    }
    move_corrections(tx, area_id, back, at).await
}

/// Gives back what took the place of what was given back: a correction is of whom the corrected fact is.
async fn move_corrections(tx: &mut Tx, area_id: AreaId, (kept, linked): (PersonId, PersonId), at: Timestamp) -> StoreResult<()> {
    let next = "SELECT f.fact_id FROM fact f JOIN fact e ON e.area_id = f.area_id AND e.superseded_by = f.fact_id \
                WHERE f.area_id = $1 AND f.person_id = $2 AND e.person_id = $3 ORDER BY f.fact_id LIMIT 10000";
    loop {
        let rows = tx.query(next, vals![area_id, kept, linked]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let key = serde_json::json!([row.get::<Uuid>("fact_id")?.to_string()]).to_string();
            move_row(tx, area_id, ("fact", &key), (kept, linked), at).await?;
        }
    }
}

/// Returns the shields of somebody that are in force, each with its kind and who is named for it.
pub(super) async fn shields_of(
    tx: &mut Tx,
    area_id: AreaId,
    person: PersonId,
) -> StoreResult<Vec<(ShieldId, String, Vec<Uuid>)>> {
    let sql = "SELECT s.shield_id, s.kind, n.practitioner_id FROM shield s LEFT JOIN shield_named n ON n.area_id = s.area_id \
               AND n.shield_id = s.shield_id WHERE s.area_id = $1 AND s.person_id = $2 AND s.ended_at IS NULL \
               ORDER BY s.kind, s.shield_id, n.practitioner_id LIMIT 5000";
    let mut shields: Vec<(ShieldId, String, Vec<Uuid>)> = Vec::new();
    for row in tx.query(sql, vals![area_id, person]).await? {
        let (id, kind): (ShieldId, String) = (row.id("shield_id")?, row.get("kind")?);
        if shields.last().is_none_or(|last| last.0 != id) {
            shields.push((id, kind, Vec::new()));
        }
        if let (Some(last), Some(named)) = (shields.last_mut(), row.get::<Option<Uuid>>("practitioner_id")?) {
            last.2.push(named);
        }
    }
    Ok(shields)
}

/// Returns how many facts people have recorded about somebody since a link, whoever may read them.
pub(super) async fn count_since(tx: &mut Tx, area_id: AreaId, link: &Link) -> StoreResult<i64> {
    let sql = "SELECT COUNT(*) AS since FROM fact WHERE area_id = $1 AND person_id = $2 AND author_id IS NOT NULL AND superseded_at IS NULL \
               AND fact_id > $3";
    tx.query_one(sql, vals![area_id, link.kept, link.id]).await?.get("since")
}

/// Returns whether somebody else was linked to the same person later, or the person to somebody else: that is undone first.
pub(super) async fn is_covered(tx: &mut Tx, area_id: AreaId, link: &Link) -> StoreResult<bool> {
    let sql = "SELECT linked_to FROM person WHERE area_id = $1 AND person_id = $2 AND linked_to IS NOT NULL";
    Ok(tx.query_opt(sql, vals![area_id, link.kept]).await?.is_some())
}

/// Returns which of these people are shielded in any way, and who decided it.
pub(super) async fn shielded(tx: &mut Tx, area_id: AreaId, people: &[PersonId]) -> StoreResult<Vec<(PersonId, PractitionerId)>> {
    let mut values = vec![Val::from(area_id)];
    let sql = format!(
        "SELECT DISTINCT person_id, decided_by FROM shield WHERE area_id = $1 AND person_id IN ({}) AND ended_at IS NULL ORDER BY person_id, decided_by LIMIT 1000",
        list(&mut values, people.iter().copied())
    );
    tx.query(&sql, &values).await?.iter().map(|row| Ok((row.id("person_id")?, row.id("decided_by")?))).collect()
}

/// Keeps that a link brought a record of an agency to a person.
pub(super) async fn keep_record(tx: &mut Tx, area_id: AreaId, link: LinkId, (source, key): (&str, &str)) -> StoreResult<()> {
    let key = serde_json::json!([source, key]).to_string();
    let keep = "INSERT INTO person_move (area_id, link_id, moved_table, moved_key) VALUES ($1, $2, 'feed_record', $3)";
    tx.execute(keep, vals![area_id, link, key]).await?;
    Ok(())
}
