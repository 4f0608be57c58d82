//! The SQL of levels of need.

use super::level::{Judgement, JudgementId, NewJudgement};
use crate::leads::{self, HandoverId};
use access::{Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::Class;
use families::family::FamilyId;
use families::people::PersonId;
use kernel::Timestamp;
use std::collections::BTreeMap;
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Judgements in a list whose table is `j`.
pub(super) static JUDGEMENT: SqlMap = crate::plans::as_part_of_plan!(
    "level_judgement",
    ("j.area_id", "j.person_id"),
    ("j.class", "j.agency_id", "j.author_id"),
    "a.tells_place = 1"
);

const JUDGEMENTS: &str = "SELECT j.judgement_id, j.family_id, j.person_id, j.level, j.class, j.agency_id, a.name AS agency, \
     a.tells_place, j.author_id, w.name AS author, j.judged_at, j.reason, j.told, j.told_words, j.handover_id, o.state AS offered, \
     o.answered_at FROM level_judgement j \
     JOIN practitioner w ON w.area_id = j.area_id AND w.practitioner_id = j.author_id \
     JOIN agency a ON a.area_id = j.area_id AND a.agency_id = j.agency_id \
     LEFT JOIN handover o ON o.area_id = j.area_id AND o.handover_id = j.handover_id ";

fn judgement(row: &Row) -> StoreResult<Judgement> {
    let judged_at: Timestamp = row.get("judged_at")?;
    let handover = match row.opt_id::<HandoverId>("handover_id")? {
        None => None,
        Some(id) => Some((id, row.parse("offered")?)),
    };
    let holds_from = match handover {
        None => Some(judged_at),
        Some((_, leads::State::Accepted)) => row.get("answered_at")?,
        Some(_) => None,
    };
    Ok(Judgement {
        id: row.id("judgement_id")?,
        family: row.id("family_id")?,
        person: row.id("person_id")?,
        level: row.get("level")?,
        class: row.parse("class")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        agency_tells_place: row.get("tells_place")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        judged_at,
        reason: row.get("reason")?,
        told: row.parse("told")?,
        told_words: row.get("told_words")?,
        handover,
        holds_from,
        evidence: Vec::new(),
    })
}

/// Keeps a judgement, by whoever may write in the plan of the person it is reached through.
pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (permit, by, at): (&Permit, &access::Actor, Timestamp),
    (id, family, class): (JudgementId, FamilyId, Class),
    (new, handover): (&NewJudgement, Option<HandoverId>),
) -> StoreResult<()> {
    let insert = "INSERT INTO level_judgement (area_id, judgement_id, family_id, person_id, level, class, agency_id, author_id, judged_at, \
                  reason, told, told_words, handover_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let (class, told) = (class.as_str(), new.told.as_str());
    let values = vals![
        area_id,
        id,
        family,
        permit.id(),
        &new.level,
        class,
        by.agency_id,
        by.id,
        at,
        &new.reason,
        told,
        &new.told_words,
        handover
    ];
    tx.execute(insert, values).await?;
    let rows = new.evidence.iter().map(|fact| [Val::from(area_id), id.into(), (*fact).into()]).collect();
    tx.insert_all("INSERT INTO level_evidence (area_id, judgement_id, fact_id)", rows, "ON CONFLICT DO NOTHING").await
}

/// What a list of judgements is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Of these families.
    Families(&'a [FamilyId]),
    /// Through these people.
    People(&'a [PersonId]),
}

/// Returns judgements that the narrowing lets through, with what they rest on, in the order they were made; at most 2,000.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Judgement>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::Families(ids) => format!("j.family_id IN ({})", list_of(&mut values, ids.iter().copied())),
        Of::People(ids) => format!("j.person_id IN ({})", list_of(&mut values, ids.iter().copied())),
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql =
        format!("{JUDGEMENTS} WHERE j.area_id = $1 AND {chosen} AND {narrowed} ORDER BY j.judged_at, j.judgement_id LIMIT 2000");
    let mut found: Vec<Judgement> = tx.query(&sql, &values).await?.iter().map(judgement).collect::<StoreResult<_>>()?;
    if found.is_empty() {
        return Ok(found);
    }
    let mut values = vec![Val::from(area_id)];
    let of = list_of(&mut values, found.iter().map(|one| one.id));
    let sql = format!(
        "SELECT judgement_id, fact_id FROM level_evidence WHERE area_id = $1 AND judgement_id IN ({of}) \
         ORDER BY judgement_id, fact_id LIMIT 100000"
    );
    let mut evidence: BTreeMap<JudgementId, Vec<_>> = BTreeMap::new();
    for row in tx.query(&sql, &values).await? {
        evidence.entry(row.id("judgement_id")?).or_default().push(row.id("fact_id")?);
    }
    for one in &mut found {
        one.evidence = evidence.remove(&one.id).unwrap_or_default();
    }
    Ok(found)
}

/// Returns the level that was judged with an offer of the lead, or else what holds, of what `reader` reads once they lead.
pub(super) async fn find_level(
    tx: &mut Tx,
    area_id: AreaId,
    family: FamilyId,
    (offer, reader): (HandoverId, PractitionerId),
) -> StoreResult<Option<String>> {
    let find = "SELECT j.level FROM level_judgement j LEFT JOIN handover o ON o.area_id = j.area_id AND o.handover_id = j.handover_id \
                WHERE j.area_id = $1 AND j.family_id = $2 AND j.class = 'ordinary' AND (j.handover_id IS NULL OR o.state = 'accepted' OR j.handover_id = $3) \
                AND NOT EXISTS (SELECT 1 FROM shield s WHERE s.area_id = j.area_id AND s.person_id = j.person_id AND s.ended_at IS NULL \
                AND NOT EXISTS (SELECT 1 FROM shield_named n WHERE n.area_id = s.area_id AND n.shield_id = s.shield_id \
                AND n.practitioner_id = $4)) ORDER BY CASE WHEN j.handover_id = $3 THEN 0 ELSE 1 END, COALESCE(o.answered_at, j.judged_at) DESC, j.judged_at DESC, \
                j.judgement_id DESC LIMIT 1";
    tx.query_opt(find, vals![area_id, family, offer, reader]).await?.map(|row| row.get("level")).transpose()
}

/// Returns for how many families at a level somebody leads.
pub(super) async fn count_led(tx: &mut Tx, area_id: AreaId, (lead, level): (PractitionerId, &str)) -> StoreResult<u16> {
    let count = "SELECT COUNT(*) AS led FROM family f WHERE f.area_id = $1 AND f.owner_id = $2 AND f.closed_at IS NULL \
                 AND f.lead_by IS NULL AND $3 = \
                 (SELECT j.level FROM level_judgement j LEFT JOIN handover o ON o.area_id = j.area_id AND o.handover_id = j.handover_id \
                 WHERE j.area_id = f.area_id AND j.family_id = f.family_id AND (j.handover_id IS NULL OR o.state = 'accepted') \
                 ORDER BY COALESCE(o.answered_at, j.judged_at) DESC, j.judged_at DESC, j.judgement_id DESC LIMIT 1)";
    let led: i64 = tx.query_one(count, vals![area_id, lead, level]).await?.get("led")?;
    Ok(u16::try_from(led).unwrap_or(u16::MAX))
}
