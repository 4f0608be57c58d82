//! The SQL of the index.

use super::entry::{Involved, LookId};
use access::{Permit, PractitionerId};
use families::facts::Identifier;
use families::people::PersonId;
use kernel::{Date, Timestamp};
use store::{AreaId, StoreResult, Tx, Val, vals};

/// A look to be kept.
pub(super) struct NewLook<'a> {
    pub(super) id: LookId,
    pub(super) practitioner: PractitionerId,
    pub(super) reason: (&'a str, &'a str),
    pub(super) looked_at: Timestamp,
    pub(super) until_at: Timestamp,
    pub(super) found: &'a [PersonId],
}

pub(super) async fn insert_look(tx: &mut Tx, area_id: AreaId, look: &NewLook<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO index_look (area_id, look_id, practitioner_id, reason_code, reason, looked_at, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vals![area_id, look.id, look.practitioner, look.reason.0, look.reason.1, look.looked_at, look.until_at],
    )
    .await?;
    let found = look.found.iter().map(|person| [Val::from(area_id), look.id.into(), (*person).into()]).collect::<Vec<_>>();
    tx.insert_all("INSERT INTO index_found (area_id, look_id, person_id)", found, "").await
}

/// Returns why somebody looked, when what they found can still be opened by them, and this person is among it.
pub(super) async fn find_look(
    tx: &mut Tx,
    area_id: AreaId,
    (look, person): (LookId, PersonId),
    (practitioner, now): (PractitionerId, Timestamp),
) -> StoreResult<Option<String>> {
    let find = "SELECT l.reason FROM index_look l JOIN index_found f ON f.area_id = l.area_id AND f.look_id = l.look_id \
                WHERE l.area_id = $1 AND l.look_id = $2 AND f.person_id = $3 AND l.practitioner_id = $4 AND l.until_at > $5";
    tx.query_opt(find, vals![area_id, look, person, practitioner, now]).await?.map(|row| row.get("reason")).transpose()
}

/// Returns whom a look of somebody found, while it can be opened.
pub(super) async fn list_found(
    tx: &mut Tx,
    area_id: AreaId,
    look: LookId,
    (practitioner, now): (PractitionerId, Timestamp),
) -> StoreResult<Option<Vec<PersonId>>> {
    let find = "SELECT f.person_id FROM index_look l LEFT JOIN index_found f ON f.area_id = l.area_id AND f.look_id = l.look_id \
                WHERE l.area_id = $1 AND l.look_id = $2 AND l.practitioner_id = $3 AND l.until_at > $4 ORDER BY f.person_id LIMIT 50";
    let rows = tx.query(find, vals![area_id, look, practitioner, now]).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let found: Vec<Option<PersonId>> = rows.iter().map(|row| row.opt_id("person_id")).collect::<StoreResult<_>>()?;
    Ok(Some(found.into_iter().flatten().collect()))
}

/// Returns how often somebody looked since a moment.
pub(super) async fn count_looks(tx: &mut Tx, area_id: AreaId, who: PractitionerId, since: Timestamp) -> StoreResult<i64> {
    let count = "SELECT COUNT(*) AS looks FROM index_look WHERE area_id = $1 AND practitioner_id = $2 AND looked_at > $3";
    tx.query_one(count, vals![area_id, who, since]).await?.get("looks")
}

/// Returns the work that goes on with somebody and that which ended since a day, whoever may read the facts it is in: what is shown of it
/// is for the rules. What is restricted is not here.
pub(super) async fn list_involved(tx: &mut Tx, area_id: AreaId, permit: &Permit, since: Timestamp) -> StoreResult<Vec<Involved>> {
    let rows = tx
        .query(
            "SELECT v.agency_id, a.code, a.name AS agency, p.name, p.job, p.telephone, f.recorded_at, v.ended_at FROM involvement v \
             JOIN fact f ON f.area_id = v.area_id AND f.fact_id = v.fact_id \
             JOIN agency a ON a.area_id = v.area_id AND a.agency_id = v.agency_id \
             LEFT JOIN practitioner p ON p.area_id = v.area_id AND p.practitioner_id = v.practitioner_id AND p.left_at IS NULL \
             WHERE v.area_id = $1 AND v.person_id = $2 AND (v.ended_at IS NULL OR v.ended_at > $3) AND f.class <> 'restricted' \
             ORDER BY f.recorded_at, v.fact_id LIMIT 200",
            vals![area_id, permit.id(), since],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let name: Option<String> = row.get("name")?;
            Ok(Involved {
                agency_id: row.id("agency_id")?,
                code: row.get("code")?,
                agency: row.get("agency")?,
                practitioner: match name {
                    Some(name) => Some((name, row.get("job")?, row.get("telephone")?)),
                    None => None,
                },
                since: row.get("recorded_at")?,
                ended_at: row.get("ended_at")?,
            })
        })
        .collect()
}

/// Returns the children of somebody's families, and those they are related to, whoever may know of them: born after a day, or not born yet.
pub(super) async fn list_children(
    tx: &mut Tx,
    area_id: AreaId,
    person: PersonId,
    born_after: Date,
) -> StoreResult<Vec<PersonId>> {
    let related = "r.kind = 'relationship' AND r.class = 'ordinary' AND r.answer = 'known' AND r.superseded_at IS NULL";
    let sql = format!(
        "SELECT k.person_id FROM (SELECT o.person_id FROM family_member m \
         JOIN family_member o ON o.area_id = m.area_id AND o.family_id = m.family_id AND o.ended_at IS NULL \
         WHERE m.area_id = $1 AND m.person_id = $2 AND m.ended_at IS NULL \
         UNION SELECT q.other_id FROM fact r JOIN relationship_fact q ON q.area_id = r.area_id AND q.fact_id = r.fact_id \
         WHERE r.area_id = $1 AND r.person_id = $2 AND {related} \
         UNION SELECT r.person_id FROM relationship_fact q JOIN fact r ON r.area_id = q.area_id AND r.fact_id = q.fact_id \
         WHERE q.area_id = $1 AND q.other_id = $2 AND {related}) k WHERE k.person_id <> $2 \
         AND EXISTS (SELECT 1 FROM fact b WHERE b.area_id = $1 AND b.person_id = k.person_id AND b.kind = 'birth' AND b.answer = 'known' \
         AND b.superseded_at IS NULL AND b.holds_from > $3 LIMIT 1 OFFSET 0) ORDER BY k.person_id LIMIT 50"
    );
    tx.query(&sql, vals![area_id, person, born_after]).await?.iter().map(|row| row.id("person_id")).collect()
}

/// Returns who has a number, as ordinary records say; at most 10.
pub(super) async fn list_of_number(tx: &mut Tx, area_id: AreaId, number: &Identifier) -> StoreResult<Vec<PersonId>> {
    let list = "SELECT DISTINCT f.person_id FROM identifier_fact i JOIN fact f ON f.area_id = i.area_id AND f.fact_id = i.fact_id \
                WHERE i.area_id = $1 AND i.scheme = $2 AND i.value = $3 AND i.verified <> 'in_doubt' AND f.class = 'ordinary' \
                AND f.superseded_at IS NULL ORDER BY f.person_id LIMIT 10";
    let values = vals![area_id, number.scheme.as_str(), &number.value];
    tx.query(list, values).await?.iter().map(|row| row.id("person_id")).collect()
}

/// That an agency began an assessment.
pub(super) struct Assessed {
    pub(super) code: String,
    pub(super) agency: String,
    pub(super) on: Date,
}

/// Returns the assessments that are recorded of somebody in ordinary records, the latest first.
pub(super) async fn list_assessments(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    terms: &[String],
) -> StoreResult<Vec<Assessed>> {
    let mut values = vec![Val::from(area_id), Val::from(permit.id())];
    let terms = store::value::list(&mut values, terms.iter().map(String::as_str));
    let sql = format!(
        "SELECT a.code, a.name, f.holds_from, f.recorded_at FROM fact f JOIN agency a ON a.area_id = f.area_id AND a.agency_id = f.agency_id \
         WHERE f.area_id = $1 AND f.person_id = $2 AND f.kind = 'event' AND f.term IN ({terms}) AND f.class = 'ordinary' AND f.answer = 'known' \
         AND f.superseded_at IS NULL ORDER BY f.recorded_at DESC, f.fact_id LIMIT 20"
    );
    let assessed = |row: &store::Row| {
        let recorded: Timestamp = row.get("recorded_at")?;
        let from: Option<kernel::partial_date::PartialDate> = row.get("holds_from")?;
        let on = from.map_or_else(|| kernel::clock::local_day(recorded), kernel::partial_date::PartialDate::earliest);
        Ok(Assessed { code: row.get("code")?, agency: row.get("name")?, on })
    };
    tx.query(&sql, &values).await?.iter().map(assessed).collect()
}

/// Returns whether somebody lives at a postcode now, as ordinary records say.
pub(super) async fn lives_at(tx: &mut Tx, area_id: AreaId, person: PersonId, postcode: &str) -> StoreResult<bool> {
    let find = "SELECT f.fact_id FROM fact f JOIN address_fact d ON d.area_id = f.area_id AND d.fact_id = f.fact_id AND d.postcode = $3 \
                WHERE f.area_id = $1 AND f.person_id = $2 AND f.kind = 'address' AND f.class = 'ordinary' AND f.superseded_at IS NULL \
                ORDER BY f.fact_id LIMIT 1";
    Ok(tx.query_opt(find, vals![area_id, person, postcode]).await?.is_some())
}

/// Returns who answers for the next step of somebody's families: name, agency's code and name, how to reach them.
pub(super) async fn list_leads(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<[String; 4]>> {
    let rows = tx
        .query(
            "SELECT DISTINCT p.name, a.code, a.name AS agency, p.telephone FROM family_member m \
             JOIN family f ON f.area_id = m.area_id AND f.family_id = m.family_id AND f.closed_at IS NULL \
             JOIN practitioner p ON p.area_id = f.area_id AND p.practitioner_id = f.owner_id AND p.left_at IS NULL \
             JOIN agency a ON a.area_id = p.area_id AND a.agency_id = p.agency_id \
             WHERE m.area_id = $1 AND m.person_id = $2 AND m.ended_at IS NULL ORDER BY p.name, a.code, a.name, p.telephone LIMIT 10",
            vals![area_id, permit.id()],
        )
        .await?;
    rows.iter().map(|row| Ok([row.get("name")?, row.get("code")?, row.get("agency")?, row.get("telephone")?])).collect()
}

/// Somebody who is related to a person.
pub(super) struct Related {
    pub(super) person: PersonId,
    pub(super) term: String,
    /// Whether the term says what they are to the person, or what the person is to them.
    pub(super) is_theirs: bool,
}

/// Returns whom a person is related to now, whoever may read how; nothing that is confidential.
pub(super) async fn list_related(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Related>> {
    let held = "f.kind = 'relationship' AND f.class = 'ordinary' AND f.answer = 'known' AND f.superseded_at IS NULL AND f.holds_to IS NULL";
    let sql = format!(
        "SELECT f.person_id AS related, f.term, 1 AS is_theirs FROM relationship_fact q \
         JOIN fact f ON f.area_id = q.area_id AND f.fact_id = q.fact_id WHERE q.area_id = $1 AND q.other_id = $2 AND {held} \
         UNION ALL SELECT q.other_id, f.term, 0 FROM fact f JOIN relationship_fact q ON q.area_id = f.area_id AND q.fact_id = f.fact_id \
         WHERE f.area_id = $1 AND f.person_id = $2 AND {held} ORDER BY related, term LIMIT 200"
    );
    let rows = tx.query(&sql, vals![area_id, permit.id()]).await?;
    rows.iter()
        .map(|row| Ok(Related { person: row.id("related")?, term: row.get("term")?, is_theirs: row.get("is_theirs")? }))
        .collect()
}

/// Deletes looks from before a moment, and whom they found; returns how many, `most` at most.
///
/// # Errors
/// [`StoreError`](store::StoreError) from the engine.
pub async fn delete_looks(tx: &mut Tx, area_id: AreaId, before: Timestamp, most: usize) -> StoreResult<u64> {
    let old = format!(
        "SELECT l.look_id FROM index_look l WHERE l.area_id = $1 AND l.looked_at < $2 ORDER BY l.looked_at, l.look_id LIMIT {most}"
    );
    let found = format!("DELETE FROM index_found WHERE area_id = $1 AND look_id IN ({old})");
    tx.execute(&found, vals![area_id, before]).await?;
    tx.execute(&format!("DELETE FROM index_look WHERE area_id = $1 AND look_id IN ({old})"), vals![area_id, before]).await
}
