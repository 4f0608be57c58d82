//! The SQL of families.

use super::{Family, FamilyId, Member, Part, TeamMember};
use crate::people::{PersonId, ShieldId};
use crate::{person_flags, person_sets};
use access::{Narrowing, Permit, PractitionerId, SqlMap};
use kernel::{Date, Timestamp};
use std::collections::BTreeSet;
use store::past::{self, Subject};
use store::{AreaId, Row, StoreResult, Tx, Val, vals};
use uuid::Uuid;

/// What whoever put a family together does in its team.
pub(crate) const ANSWERS: &str = "answers for the next step";
/// What whoever accepted the lead does in its team.
pub(crate) const LEADS: &str = "leads for the family";

const FAMILY: &str = "SELECT y.family_id, y.name, y.owner_id, CASE WHEN q.sensitive = 1 THEN 'Somebody whose service is not named' \
     ELSE o.name END AS owner, y.next_step, y.next_on, y.lead_by, y.closed_at, y.version FROM family y \
     JOIN practitioner o ON o.area_id = y.area_id AND o.practitioner_id = y.owner_id \
     JOIN agency q ON q.area_id = o.area_id AND q.agency_id = o.agency_id ";

fn family(row: &Row) -> StoreResult<Family> {
    Ok(Family {
        id: row.id("family_id")?,
        name: row.get("name")?,
        owner_id: row.id("owner_id")?,
        owner: row.get("owner")?,
        next_step: row.get("next_step")?,
        next_on: row.get("next_on")?,
        lead_by: row.get("lead_by")?,
        closed_at: row.get("closed_at")?,
        version: row.get("version")?,
    })
}

pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, family: &Family, at: Timestamp) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO family (area_id, family_id, name, owner_id, next_step, next_on, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
        vals![area_id, family.id, &family.name, family.owner_id, &family.next_step, family.next_on, at],
    )
    .await?;
    Ok(())
}

pub(super) async fn insert_member(
    tx: &mut Tx,
    area_id: AreaId,
    id: FamilyId,
    member: (&Permit, Part),
    at: Timestamp,
) -> StoreResult<bool> {
    let there =
        "SELECT person_id FROM family_member WHERE area_id = $1 AND family_id = $2 AND person_id = $3 AND ended_at IS NULL";
    if tx.query_opt(there, vals![area_id, id, member.0.id()]).await?.is_some() {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO family_member (area_id, family_id, person_id, part, from_at) VALUES ($1, $2, $3, $4, $5)",
        vals![area_id, id, member.0.id(), member.1.as_str(), at],
    )
    .await?;
    Ok(true)
}

/// Returns everybody of a family and its network.
pub(super) async fn list_persons(tx: &mut Tx, area_id: AreaId, id: FamilyId) -> StoreResult<Vec<PersonId>> {
    let sql = "SELECT person_id FROM family_member WHERE area_id = $1 AND family_id = $2 AND ended_at IS NULL ORDER BY person_id LIMIT 1000";
    tx.query(sql, vals![area_id, id]).await?.iter().map(|row| row.id("person_id")).collect()
}

/// A practitioner's part in the team around a family: whom they came through, and what brought them.
pub(super) struct NewPart<'a> {
    pub(super) practitioner: PractitionerId,
    pub(super) part: &'a str,
    pub(super) through: PersonId,
    pub(super) origin: Option<Uuid>,
}

pub(super) async fn insert_team(tx: &mut Tx, area_id: AreaId, id: FamilyId, new: &NewPart<'_>, at: Timestamp) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO family_team (area_id, family_id, practitioner_id, through_id, origin_id, part, from_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        vals![area_id, id, new.practitioner, new.through, new.origin, new.part, at],
    )
    .await?;
    Ok(())
}

/// Ends the parts that came from one origin.
pub(super) async fn end_team(tx: &mut Tx, area_id: AreaId, origin: Uuid, at: Timestamp) -> StoreResult<()> {
    let end = "UPDATE family_team SET ended_at = $3 WHERE area_id = $1 AND origin_id = $2 AND ended_at IS NULL";
    tx.execute(end, vals![area_id, origin, at]).await?;
    Ok(())
}

/// Returns a shield of place that somebody of the family has, and who of the family has none.
pub(super) async fn find_unshielded(
    tx: &mut Tx,
    area_id: AreaId,
    id: FamilyId,
) -> StoreResult<(Option<ShieldId>, Vec<PersonId>)> {
    let rows = tx
        .query(
            "SELECT m.person_id, s.shield_id FROM family_member m LEFT JOIN shield s ON s.area_id = m.area_id \
             AND s.person_id = m.person_id AND s.kind = 'location' AND s.ended_at IS NULL \
             WHERE m.area_id = $1 AND m.family_id = $2 AND m.ended_at IS NULL AND m.part = 'member' ORDER BY m.from_at, m.person_id LIMIT 200",
            vals![area_id, id],
        )
        .await?;
    let mut shield = None;
    let mut unshielded = Vec::new();
    for row in &rows {
        match row.opt_id("shield_id")? {
            Some(found) => shield = shield.or(Some(found)),
            None => unshielded.push(row.id("person_id")?),
        }
    }
    Ok((shield, unshielded))
}

/// Returns everybody else of the families of somebody, whoever may know of them: for shielding them together.
pub(super) async fn list_all_members(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<Vec<PersonId>> {
    let rows = tx
        .query(
            "SELECT DISTINCT o.person_id FROM family_member m JOIN family_member o ON o.area_id = m.area_id AND o.family_id = m.family_id \
             WHERE m.area_id = $1 AND m.person_id = $2 AND m.ended_at IS NULL AND o.ended_at IS NULL AND o.part = 'member' \
             AND o.person_id <> $2 ORDER BY o.person_id LIMIT 100",
            vals![area_id, person],
        )
        .await?;
    rows.iter().map(|row| row.id("person_id")).collect()
}

/// So many records of one postcode are read at a time; in tests so few that a second time is needed.
const AT_POSTCODE_TOGETHER: usize = if cfg!(test) { 2 } else { 2000 };

/// Returns everybody else who lives where somebody lives now, as any record says, whoever may know of it. A home is written in many ways: one whose
/// words are all among the other's is taken for it, because too much shielded is ended by a person, too little can kill.
pub(super) async fn list_at_home(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<Vec<PersonId>> {
    let homes = format!(
        "SELECT DISTINCT d.lines, d.postcode FROM fact f JOIN address_fact d ON d.area_id = f.area_id AND d.fact_id = f.fact_id \
         WHERE f.area_id = $1 AND f.person_id = $2 AND {LIVES_THERE} ORDER BY d.postcode, d.lines LIMIT 200"
    );
    let mut found = Vec::new();
    for row in tx.query(&homes, vals![area_id, person]).await? {
        let home = home_words(&row.get::<String>("lines")?);
        let postcode: String = row.get("postcode")?;
        for (other, lines) in list_at_postcode(tx, area_id, (person, &postcode)).await? {
            if !lines.is_empty() && (lines.is_subset(&home) || home.is_subset(&lines)) {
                found.push(other);
            }
        }
    }
    Ok(found)
}

const LIVES_THERE: &str =
    "f.kind = 'address' AND f.superseded_at IS NULL AND f.holds_to IS NULL AND d.lines <> '' AND d.postcode <> ''";

fn home_words(lines: &str) -> BTreeSet<String> {
    kernel::names::folded_words(lines).into_iter().collect()
}

/// Returns whoever else lives at a postcode, however many they are, and the words of house and street.
async fn list_at_postcode(
    tx: &mut Tx,
    area_id: AreaId,
    (person, postcode): (PersonId, &str),
) -> StoreResult<Vec<(PersonId, BTreeSet<String>)>> {
    let plain: String = postcode.chars().filter(char::is_ascii_alphanumeric).collect();
    let word = format!("p:{}", plain.to_ascii_lowercase());
    let sql = format!(
        "SELECT f.fact_id, f.person_id, d.lines FROM search_word s JOIN fact f ON f.area_id = s.area_id AND f.fact_id = s.fact_id \
         JOIN address_fact d ON d.area_id = f.area_id AND d.fact_id = f.fact_id \
         WHERE s.area_id = $1 AND s.word = $2 AND f.person_id <> $3 AND f.fact_id > $4 AND {LIVES_THERE} \
         ORDER BY f.fact_id LIMIT {AT_POSTCODE_TOGETHER}"
    );
    let (mut found, mut after) = (Vec::new(), Uuid::nil());
    loop {
        let rows = tx.query(&sql, vals![area_id, &word, person, after]).await?;
        for row in &rows {
            found.push((row.id("person_id")?, home_words(&row.get::<String>("lines")?)));
            after = row.get("fact_id")?;
        }
        if rows.len() < AT_POSTCODE_TOGETHER {
            return Ok(found);
        }
    }
}

/// Returns the families that somebody belongs to, the newest first, at most 10.
pub(super) async fn list_of(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<Vec<Family>> {
    let rows = tx
        .query(
            &format!(
                "{FAMILY} WHERE y.area_id = $1 AND y.family_id IN (SELECT family_id FROM family_member WHERE area_id = $1 \
                 AND person_id = $2 AND ended_at IS NULL) ORDER BY y.created_at DESC, y.family_id LIMIT 10"
            ),
            vals![area_id, person],
        )
        .await?;
    rows.iter().map(family).collect()
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: FamilyId) -> StoreResult<Option<Family>> {
    let row = tx.query_opt(&format!("{FAMILY} WHERE y.area_id = $1 AND y.family_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(family).transpose()
}

/// Returns the members that the narrowing lets through.
pub(super) async fn list_members(
    tx: &mut Tx,
    area_id: AreaId,
    id: FamilyId,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Member>> {
    let mut values = vec![Val::from(area_id), Val::from(id)];
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "SELECT p.person_id, p.part FROM family_member p WHERE p.area_id = $1 AND p.family_id = $2 AND p.ended_at IS NULL \
         AND {narrowed} ORDER BY p.part, p.person_id LIMIT 200"
    );
    let rows = tx.query(&sql, &values).await?;
    rows.iter().map(|row| Ok(Member { person: row.id("person_id")?, part: row.parse("part")? })).collect()
}

/// That a practitioner is in the team is known to whoever may know that they work with whom they came through.
pub(super) static TEAM: SqlMap = SqlMap {
    name: "team",
    columns: &[("kind", "'involvement'"), ("class", "'ordinary'"), ("agency", "w.agency_id"), ("author", "g.practitioner_id")],
    flags: TEAM_FLAGS,
    sets: TEAM_SETS,
    presences: &[("author", "1 = 1"), ("other", "1 = 0")],
};

const THROUGH_FLAGS: &[(&str, &str); 2] = person_flags!("person.", "g.area_id", "g.through_id");
const TEAM_FLAGS: &[(&str, &str)] =
    &[THROUGH_FLAGS[0], THROUGH_FLAGS[1], ("agencyTellsPlace", "a.tells_place = 1"), ("other.restricted", "1 = 0")];
const THROUGH_SETS: &[(&str, &str); 7] = person_sets!("person.", "g.area_id", "g.through_id");
const TEAM_SETS: &[(&str, &str)] = &[
    THROUGH_SETS[0],
    THROUGH_SETS[1],
    THROUGH_SETS[2],
    THROUGH_SETS[3],
    THROUGH_SETS[4],
    THROUGH_SETS[5],
    THROUGH_SETS[6],
    ("other.named", "(g.practitioner_id = {} AND 1 = 0)"),
    ("other.workers", "(g.practitioner_id = {} AND 1 = 0)"),
    ("other.team", "(g.practitioner_id = {} AND 1 = 0)"),
    ("other.managers", "(g.practitioner_id = {} AND 1 = 0)"),
    ("other.askers", "(g.practitioner_id = {} AND 1 = 0)"),
    ("sharedWith", "(w.agency_id = {} AND 1 = 0)"),
    ("sharedWithWorkers", "(w.agency_id = {} AND 1 = 0)"),
    ("sharedWithNamed", "(w.practitioner_id = {} AND 1 = 0)"),
];

/// Returns the team, as far as the viewer may know that each works with whom they came through.
pub(super) async fn list_team(
    tx: &mut Tx,
    area_id: AreaId,
    id: FamilyId,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<TeamMember>> {
    let mut values = vec![Val::from(area_id), Val::from(id)];
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let rows = tx
        .query(
            &format!("SELECT g.practitioner_id, w.name, a.name AS agency, w.job, w.telephone, g.part, g.from_at FROM family_team g \
             JOIN practitioner w ON w.area_id = g.area_id AND w.practitioner_id = g.practitioner_id \
             JOIN agency a ON a.area_id = w.area_id AND a.agency_id = w.agency_id \
             WHERE g.area_id = $1 AND g.family_id = $2 AND g.ended_at IS NULL AND {narrowed} ORDER BY g.from_at, g.practitioner_id LIMIT 100"),
            &values,
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(TeamMember {
                id: row.id("practitioner_id")?,
                name: row.get("name")?,
                agency: row.get("agency")?,
                job: row.get("job")?,
                telephone: row.get("telephone")?,
                part: row.get("part")?,
                from_at: row.get("from_at")?,
            })
        })
        .collect()
}

/// Saves the next step unless somebody else saved one since `version`.
pub(super) async fn save_next(
    tx: &mut Tx,
    area_id: AreaId,
    family: &Family,
    next: (&str, Date),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("family", Subject::Column("family_id")), ("family_id = $2", vals![area_id, family.id]), at).await?;
    let save = "UPDATE family SET next_step = $4, next_on = $5, version = version + 1 WHERE area_id = $1 AND family_id = $2 AND version = $3";
    Ok(tx.execute(save, vals![area_id, family.id, family.version, next.0, next.1]).await? == 1)
}

pub(super) async fn hold(tx: &mut Tx, area_id: AreaId, id: FamilyId) -> StoreResult<()> {
    let held = if tx.engine() == store::Engine::Postgres { " FOR UPDATE" } else { "" };
    let hold = format!("SELECT family_id FROM family WHERE area_id = $1 AND family_id = $2{held}");
    tx.query_opt(&hold, vals![area_id, id]).await?;
    Ok(())
}

/// Makes somebody lead for a family in the place of whoever led; says whether they still did.
pub(super) async fn save_lead(
    tx: &mut Tx,
    area_id: AreaId,
    id: FamilyId,
    (from, to): (PractitionerId, PractitionerId),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("family", Subject::Column("family_id")), ("family_id = $2", vals![area_id, id]), at).await?;
    let save = "UPDATE family SET owner_id = $4, lead_by = NULL, version = version + 1 WHERE area_id = $1 AND family_id = $2 \
                AND owner_id = $3 AND closed_at IS NULL";
    Ok(tx.execute(save, vals![area_id, id, from, to]).await? == 1)
}

/// Says by when whoever answers for a family finds somebody to lead for it; or, without a day, that they lead.
pub(super) async fn save_lead_by(
    tx: &mut Tx,
    area_id: AreaId,
    (id, owner, version): (FamilyId, PractitionerId, i64),
    lead_by: Option<Date>,
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("family", Subject::Column("family_id")), ("family_id = $2", vals![area_id, id]), at).await?;
    let save = "UPDATE family SET lead_by = $5, version = version + 1 WHERE area_id = $1 AND family_id = $2 AND owner_id = $3 \
                AND version = $4 AND closed_at IS NULL";
    Ok(tx.execute(save, vals![area_id, id, owner, version, lead_by]).await? == 1)
}

/// Returns for how many families in support somebody is to find a lead, for how many the day has passed, and how many have nobody to find one.
pub(super) async fn count_leaderless(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let count = "SELECT COUNT(*) AS open, COUNT(CASE WHEN y.lead_by < $2 THEN 1 END) AS late, \
                 COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM family y \
                 JOIN practitioner o ON o.area_id = y.area_id AND o.practitioner_id = y.owner_id \
                 WHERE y.area_id = $1 AND y.closed_at IS NULL AND y.lead_by IS NOT NULL";
    let row = tx.query_one(count, vals![area_id, today]).await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

/// Ends what somebody had a part in the team for only because they led.
pub(super) async fn end_parts(tx: &mut Tx, area_id: AreaId, id: FamilyId, who: PractitionerId, at: Timestamp) -> StoreResult<()> {
    let end = "UPDATE family_team SET ended_at = $4 WHERE area_id = $1 AND family_id = $2 AND practitioner_id = $3 AND ended_at IS NULL \
               AND part IN ($5, $6)";
    tx.execute(end, vals![area_id, id, who, at, ANSWERS, LEADS]).await?;
    Ok(())
}

/// Ends support for a family, if whoever led still does and it has not ended.
pub(super) async fn save_closed(
    tx: &mut Tx,
    area_id: AreaId,
    (id, lead): (FamilyId, PractitionerId),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("family", Subject::Column("family_id")), ("family_id = $2", vals![area_id, id]), at).await?;
    let save = "UPDATE family SET closed_at = $4, lead_by = NULL, version = version + 1 WHERE area_id = $1 AND family_id = $2 AND owner_id = $3 \
                AND closed_at IS NULL";
    Ok(tx.execute(save, vals![area_id, id, lead, at]).await? == 1)
}

/// Begins support for a family again, unless somebody was faster.
pub(super) async fn save_begun_again(tx: &mut Tx, area_id: AreaId, family: &Family, at: Timestamp) -> StoreResult<bool> {
    past::keep(tx, ("family", Subject::Column("family_id")), ("family_id = $2", vals![area_id, family.id]), at).await?;
    let save = "UPDATE family SET closed_at = NULL, owner_id = $4, next_step = $5, next_on = $6, version = version + 1 \
                WHERE area_id = $1 AND family_id = $2 AND version = $3 AND closed_at IS NOT NULL";
    let values = vals![area_id, family.id, family.version, family.owner_id, &family.next_step, family.next_on];
    Ok(tx.execute(save, values).await? == 1)
}

/// Returns whoever helps a family: its team, and whoever works with one of its members.
pub(super) async fn list_workers(tx: &mut Tx, area_id: AreaId, id: FamilyId) -> StoreResult<Vec<PractitionerId>> {
    let sql = "SELECT practitioner_id FROM family_team WHERE area_id = $1 AND family_id = $2 AND ended_at IS NULL \
               UNION SELECT v.practitioner_id FROM family_member m JOIN involvement v ON v.area_id = m.area_id AND v.person_id = m.person_id \
               AND v.ended_at IS NULL AND v.practitioner_id IS NOT NULL WHERE m.area_id = $1 AND m.family_id = $2 AND m.ended_at IS NULL \
               ORDER BY practitioner_id LIMIT 1000";
    tx.query(sql, vals![area_id, id]).await?.iter().map(|row| row.id("practitioner_id")).collect()
}

pub(super) async fn count_led(tx: &mut Tx, area_id: AreaId, lead: PractitionerId) -> StoreResult<u16> {
    let count =
        "SELECT COUNT(*) AS led FROM family WHERE area_id = $1 AND owner_id = $2 AND closed_at IS NULL AND lead_by IS NULL";
    let led: i64 = tx.query_one(count, vals![area_id, lead]).await?.get("led")?;
    Ok(u16::try_from(led).unwrap_or(u16::MAX))
}

/// Makes somebody else answer for the families of a person whose owners may not know of that person any more.
pub(super) async fn take_over(
    tx: &mut Tx,
    area_id: AreaId,
    person: PersonId,
    to: PractitionerId,
    at: Timestamp,
) -> StoreResult<u64> {
    let of =
        "family_id IN (SELECT m.family_id FROM family_member m WHERE m.area_id = $1 AND m.person_id = $2 AND m.ended_at IS NULL)";
    past::keep(tx, ("family", Subject::Column("family_id")), (of, vals![area_id, person]), at).await?;
    let save = "UPDATE family SET owner_id = $3, lead_by = CASE WHEN closed_at IS NULL THEN COALESCE(lead_by, next_on) END, version = version + 1 WHERE area_id = $1 AND family_id IN \
                (SELECT m.family_id FROM family_member m WHERE m.area_id = $1 AND m.person_id = $2 AND m.ended_at IS NULL) \
                AND NOT EXISTS (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id \
                WHERE s.area_id = $1 AND s.person_id = $2 AND s.kind = 'existence' AND s.ended_at IS NULL \
                AND n.practitioner_id = family.owner_id) \
                AND NOT EXISTS (SELECT 1 FROM family_member o WHERE o.area_id = $1 AND o.family_id = family.family_id AND o.ended_at IS NULL \
                AND NOT EXISTS (SELECT 1 FROM shield x WHERE x.area_id = $1 AND x.person_id = o.person_id AND x.kind = 'existence' \
                AND x.ended_at IS NULL))";
    tx.execute(save, vals![area_id, person, to]).await
}

pub(super) async fn find_read(tx: &mut Tx, area_id: AreaId, by: PractitionerId, id: FamilyId) -> StoreResult<Option<Timestamp>> {
    let find = "SELECT read_at FROM family_read WHERE area_id = $1 AND practitioner_id = $2 AND family_id = $3";
    tx.query_opt(find, vals![area_id, by, id]).await?.map(|row| row.get("read_at")).transpose()
}

pub(super) async fn save_read(tx: &mut Tx, area_id: AreaId, by: PractitionerId, id: FamilyId, at: Timestamp) -> StoreResult<()> {
    let which = "practitioner_id = $2 AND family_id = $3";
    past::keep(tx, ("family_read", Subject::Column("family_id")), (which, vals![area_id, by, id]), at).await?;
    if find_read(tx, area_id, by, id).await?.is_none() {
        past::keep_absent(tx, area_id, ("family_read", &[by.into(), id.into()]), id.0, at).await?;
    }
    tx.execute(
        "INSERT INTO family_read (area_id, practitioner_id, family_id, read_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (area_id, practitioner_id, family_id) DO UPDATE SET read_at = excluded.read_at",
        vals![area_id, by, id, at],
    )
    .await?;
    Ok(())
}

/// Which families are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Those in support that any of these answers for.
    OwnedBy(&'a [PractitionerId]),
    /// Those in support of which the day of what comes next has passed, or that by which a lead was to be found, or whoever answered for them has left.
    Late(Date),
    /// These.
    These(&'a [FamilyId]),
}

/// Returns families, the soonest next step first, each with a member to reach it by whom the narrowing lets through; at most 2,000, and 200
/// late ones.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<(Family, Option<PersonId>)>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::OwnedBy(owners) => {
            let owners = store::value::list(&mut values, owners.iter().copied());
            format!("y.owner_id IN ({owners}) AND y.closed_at IS NULL")
        }
        Of::Late(today) => {
            values.push(today.into());
            "(y.next_on < $2 OR y.lead_by < $2 OR o.left_at IS NOT NULL) AND y.closed_at IS NULL".to_owned()
        }
        Of::These(ids) => format!("y.family_id IN ({})", store::value::list(&mut values, ids.iter().copied())),
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let at_most = if matches!(of, Of::Late(_)) { 200 } else { 2000 };
    let rows = tx
        .query(
            &format!("SELECT y.family_id, y.name, y.owner_id, CASE WHEN q.sensitive = 1 THEN 'Somebody whose service is not named' \
             ELSE o.name END AS owner, y.next_step, y.next_on, y.lead_by, y.closed_at, y.version, (SELECT p.person_id FROM family_member p WHERE p.area_id = y.area_id AND p.family_id = y.family_id AND p.ended_at IS NULL \
              AND {narrowed} ORDER BY p.from_at, p.person_id LIMIT 1) AS person_id FROM family y \
             JOIN practitioner o ON o.area_id = y.area_id AND o.practitioner_id = y.owner_id \
             JOIN agency q ON q.area_id = o.area_id AND q.agency_id = o.agency_id \
             WHERE y.area_id = $1 AND {chosen} ORDER BY y.next_on, y.family_id LIMIT {at_most}"),
            &values,
        )
        .await?;
    rows.iter().map(|row| Ok((family(row)?, row.opt_id("person_id")?))).collect()
}

/// Returns how many families are in support, how many are past their next day, and how many have an owner who has left.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS families, COUNT(CASE WHEN y.next_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM family y \
             JOIN practitioner o ON o.area_id = y.area_id AND o.practitioner_id = y.owner_id WHERE y.area_id = $1 AND y.closed_at IS NULL",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("families")?, row.get("late")?, row.get("ownerless")?))
}
