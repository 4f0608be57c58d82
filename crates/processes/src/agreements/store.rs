//! The SQL of agreements.

use super::agreement::{Agreement, AgreementId, Ended, EndedHow, NewAgreement};
use access::{AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::Class;
use families::handing::Handed;
use families::people::PersonId;
use families::{person_flags, person_sets};
use kernel::{Date, Timestamp};
use std::collections::BTreeMap;
use store::owed::Owed;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Agreements in a list whose table is `g`.
pub(super) static AGREEMENT: SqlMap = SqlMap {
    name: "agreement",
    columns: &[("class", "g.class"), ("agency", "g.agency_id"), ("author", "g.author_id")],
    flags: &[
        PERSON_FLAGS[0],
        PERSON_FLAGS[1],
        GIVER_FLAGS[0],
        (
            "agencyTellsPlace",
            "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = g.area_id AND l.tells_place = 1 AND (l.agency_id = g.agency_id \
             OR l.agency_id IN (SELECT y.agency_id FROM agreement_agency y WHERE y.area_id = g.area_id AND y.agreement_id = g.agreement_id)))",
        ),
    ],
    sets: &[
        PERSON_SETS[0],
        PERSON_SETS[1],
        PERSON_SETS[2],
        PERSON_SETS[3],
        PERSON_SETS[4],
        PERSON_SETS[5],
        PERSON_SETS[6],
        GIVER_SETS[5],
    ],
    presences: &[(
        "other",
        "EXISTS (SELECT 1 FROM agreement_giver q WHERE q.area_id = g.area_id AND q.agreement_id = g.agreement_id)",
    )],
};

const PERSON_FLAGS: &[(&str, &str); 2] = person_flags!("person.", "g.area_id", "g.person_id");
const PERSON_SETS: &[(&str, &str); 7] = person_sets!("person.", "g.area_id", "g.person_id");
const GIVER_FLAGS: &[(&str, &str); 2] = person_flags!(
    "other.",
    "g.area_id",
    "(SELECT q.person_id FROM agreement_giver q WHERE q.area_id = g.area_id AND q.agreement_id = g.agreement_id)"
);
const GIVER_SETS: &[(&str, &str); 7] = person_sets!(
    "other.",
    "g.area_id",
    "(SELECT q.person_id FROM agreement_giver q WHERE q.area_id = g.area_id AND q.agreement_id = g.agreement_id)"
);

const COLUMNS: &str = "SELECT g.agreement_id, g.person_id, g.about, g.answer, g.giver, v.person_id AS giver_id, g.judgement, g.exceptions, \
     g.explained, g.language, g.evidence, g.witness, g.words, g.given_on, g.until_on, g.class, g.author_id, w.name AS author, g.agency_id, \
     a.name AS agency, a.tells_place, g.recorded_at, g.owner_id, o.name AS owner, g.ask_on, g.ended_at, e.name AS ended_by, g.ended_how, g.ended_words, \
     g.version FROM agreement g JOIN practitioner w ON w.area_id = g.area_id AND w.practitioner_id = g.author_id \
     JOIN agency a ON a.area_id = g.area_id AND a.agency_id = g.agency_id \
     LEFT JOIN agreement_giver v ON v.area_id = g.area_id AND v.agreement_id = g.agreement_id \
     LEFT JOIN practitioner o ON o.area_id = g.area_id AND o.practitioner_id = g.owner_id \
     LEFT JOIN practitioner e ON e.area_id = g.area_id AND e.practitioner_id = g.ended_by ";

fn agreement(row: &Row) -> StoreResult<Agreement> {
    let ended = match row.get::<Option<Timestamp>>("ended_at")? {
        None => None,
        Some(at) => Some(Ended {
            at,
            by: row.get::<Option<String>>("ended_by")?.unwrap_or_default(),
            how: row.parse("ended_how")?,
            words: row.get("ended_words")?,
        }),
    };
    Ok(Agreement {
        id: row.id("agreement_id")?,
        new: NewAgreement {
            person: row.id("person_id")?,
            about: row.parse("about")?,
            answer: row.parse("answer")?,
            giver: row.parse("giver")?,
            giver_person: row.opt_id("giver_id")?,
            judgement: row.get("judgement")?,
            information: Vec::new(),
            agencies: Vec::new(),
            exceptions: row.get("exceptions")?,
            explained: row.get("explained")?,
            language: row.get("language")?,
            evidence: row.get("evidence")?,
            witness: row.get("witness")?,
            words: row.get("words")?,
            given_on: row.get("given_on")?,
            until_on: row.get("until_on")?,
        },
        agency_names: Vec::new(),
        agency_tells_place: row.get("tells_place")?,
        class: row.parse("class")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        recorded_at: row.get("recorded_at")?,
        owner_id: row.opt_id("owner_id")?,
        owner: row.get("owner")?,
        ask_on: row.get("ask_on")?,
        ended,
        version: row.get("version")?,
    })
}

/// Adds to agreements what each is to: kinds of information, and agencies.
async fn complete(tx: &mut Tx, area_id: AreaId, mut agreements: Vec<Agreement>) -> StoreResult<Vec<Agreement>> {
    if agreements.is_empty() {
        return Ok(agreements);
    }
    let mut values = vec![Val::from(area_id)];
    let these = list_of(&mut values, agreements.iter().map(|one| one.id));
    let information = format!(
        "SELECT agreement_id, information FROM agreement_information WHERE area_id = $1 AND agreement_id IN ({these}) ORDER BY information LIMIT 10000"
    );
    let mut kinds: BTreeMap<AgreementId, Vec<String>> = BTreeMap::new();
    for row in tx.query(&information, &values).await? {
        kinds.entry(row.id("agreement_id")?).or_default().push(row.get("information")?);
    }
    let agencies = format!(
        "SELECT y.agreement_id, y.agency_id, a.name, a.tells_place FROM agreement_agency y \
         JOIN agency a ON a.area_id = y.area_id AND a.agency_id = y.agency_id \
         WHERE y.area_id = $1 AND y.agreement_id IN ({these}) ORDER BY a.name LIMIT 10000"
    );
    let mut named: BTreeMap<AgreementId, Vec<(AgencyId, String, bool)>> = BTreeMap::new();
    for row in tx.query(&agencies, &values).await? {
        let agency = (row.id("agency_id")?, row.get("name")?, row.get("tells_place")?);
        named.entry(row.id("agreement_id")?).or_default().push(agency);
    }
    for one in &mut agreements {
        one.new.information = kinds.remove(&one.id).unwrap_or_default();
        for (id, name, tells_place) in named.remove(&one.id).unwrap_or_default() {
            one.new.agencies.push(id);
            one.agency_names.push(name);
            one.agency_tells_place |= tells_place;
        }
    }
    Ok(agreements)
}

/// Who records an agreement, and who asks again from which day.
pub(super) struct Recorded {
    pub(super) id: AgreementId,
    pub(super) author_id: PractitionerId,
    pub(super) agency_id: AgencyId,
    pub(super) class: Class,
    pub(super) at: Timestamp,
    pub(super) ask_on: Option<Date>,
}

/// Agreements to ask for again.
pub const HANDED: Handed = Handed {
    table: "agreement",
    past: Some("person_id"),
    owner: "owner_id",
    open: "ended_at IS NULL",
    by: "",
    about: "SELECT agreement.person_id",
    also: ", version = version + 1",
};

pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    new: &NewAgreement,
    recorded: &Recorded,
) -> StoreResult<()> {
    let owner = recorded.ask_on.map(|_| recorded.author_id);
    tx.execute(
        "INSERT INTO agreement (area_id, agreement_id, person_id, about, answer, giver, judgement, exceptions, explained, language, \
         evidence, witness, words, given_on, until_on, class, author_id, agency_id, recorded_at, owner_id, ask_on, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1)",
        vals![
            area_id,
            recorded.id,
            permit.id(),
            new.about.as_str(),
            new.answer.as_str(),
            new.giver.as_str(),
            &new.judgement,
            &new.exceptions,
            &new.explained,
            &new.language,
            &new.evidence,
            &new.witness,
            &new.words,
            new.given_on,
            new.until_on,
            recorded.class.as_str(),
            recorded.author_id,
            recorded.agency_id,
            recorded.at,
            owner,
            recorded.ask_on
        ],
    )
    .await?;
    if let Some(giver) = new.giver_person {
        let insert = "INSERT INTO agreement_giver (area_id, agreement_id, person_id) VALUES ($1, $2, $3)";
        tx.execute(insert, vals![area_id, recorded.id, giver]).await?;
    }
    let information =
        new.information.iter().map(|one| [Val::from(area_id), recorded.id.into(), one.as_str().into()]).collect::<Vec<_>>();
    tx.insert_all(
        "INSERT INTO agreement_information (area_id, agreement_id, information)",
        information,
        "ON CONFLICT DO NOTHING",
    )
    .await?;
    let agencies = new.agencies.iter().map(|one| [Val::from(area_id), recorded.id.into(), (*one).into()]).collect::<Vec<_>>();
    tx.insert_all("INSERT INTO agreement_agency (area_id, agreement_id, agency_id)", agencies, "ON CONFLICT DO NOTHING").await
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: AgreementId) -> StoreResult<Option<Agreement>> {
    let row = tx.query_opt(&format!("{COLUMNS} WHERE g.area_id = $1 AND g.agreement_id = $2"), vals![area_id, id]).await?;
    let found = row.as_ref().map(agreement).transpose()?;
    Ok(complete(tx, area_id, found.into_iter().collect()).await?.pop())
}

/// Ends an agreement, unless somebody else changed it since it was loaded.
pub(super) async fn save_ended(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, how, words): (i64, EndedHow, &str),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<bool> {
    past::keep(tx, ("agreement", Subject::Column("person_id")), ("agreement_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE agreement SET ended_at = $4, ended_by = $5, ended_how = $6, ended_words = $7, version = version + 1 \
                WHERE area_id = $1 AND agreement_id = $2 AND version = $3 AND ended_at IS NULL";
    let values = vals![area_id, permit.id(), version, at, by, how.as_str(), words];
    Ok(tx.execute(save, values).await? == 1)
}

/// What a list of agreements is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// What was said about a person, the newest first.
    Person(PersonId),
    /// What any of these asks again, from a day on.
    ToAsk(&'a [PractitionerId], Date),
    /// What is to be asked again, and its day has passed or whoever asks has left.
    Late(Date),
}

/// Agreements in force that somebody asks for again, in time.
pub const OWED: Owed = Owed {
    rows: "agreement g",
    area: "g.area_id",
    is_theirs: "g.owner_id IN ({}) AND g.ended_at IS NULL AND g.answer = 'agreed'",
};

/// Returns agreements that the narrowing lets through, at most 500.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Agreement>> {
    let open = "g.ended_at IS NULL AND g.answer = 'agreed'";
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::Person(person) => {
            values.push(person.into());
            "g.person_id = $2".to_owned()
        }
        Of::ToAsk(owners, today) => {
            values.push(today.into());
            let owners = list_of(&mut values, owners.iter().copied());
            format!("{} AND g.ask_on <= $2", OWED.of(&owners))
        }
        Of::Late(today) => {
            values.push(today.into());
            format!(
                "{open} AND (g.until_on < $2 OR EXISTS (SELECT 1 FROM practitioner l WHERE l.area_id = g.area_id \
                 AND l.practitioner_id = g.owner_id AND l.left_at IS NOT NULL))"
            )
        }
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "{COLUMNS} WHERE g.area_id = $1 AND {chosen} AND {narrowed} ORDER BY g.recorded_at DESC, g.agreement_id LIMIT 500"
    );
    let found = tx.query(&sql, &values).await?.iter().map(agreement).collect::<StoreResult<Vec<_>>>()?;
    complete(tx, area_id, found).await
}

/// Returns everything that was said about somebody, whoever may read it; at most 500.
pub(super) async fn list_all(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<Vec<Agreement>> {
    let sql =
        format!("{COLUMNS} WHERE g.area_id = $1 AND g.person_id = $2 ORDER BY g.recorded_at DESC, g.agreement_id LIMIT 500");
    let found = tx.query(&sql, vals![area_id, person]).await?.iter().map(agreement).collect::<StoreResult<Vec<_>>>()?;
    complete(tx, area_id, found).await
}

/// Hands the agreements of somebody to one who is named for them, from owners who are not.
pub(super) async fn take_over(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    to: PractitionerId,
    at: Timestamp,
) -> StoreResult<()> {
    past::keep(tx, ("agreement", Subject::Column("person_id")), ("person_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE agreement SET owner_id = $3, version = version + 1 WHERE area_id = $1 AND person_id = $2 AND ended_at IS NULL \
                AND owner_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id \
                AND n.shield_id = s.shield_id WHERE s.area_id = agreement.area_id AND s.person_id = agreement.person_id \
                AND s.kind = 'existence' AND s.ended_at IS NULL AND n.practitioner_id = agreement.owner_id)";
    tx.execute(save, vals![area_id, permit.id(), to]).await?;
    Ok(())
}

/// Returns how many agreements are in force, how many of them are past their day, and how many have nobody who asks again.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN g.until_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.practitioner_id IS NULL OR o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM agreement g \
             LEFT JOIN practitioner o ON o.area_id = g.area_id AND o.practitioner_id = g.owner_id \
             WHERE g.area_id = $1 AND g.ended_at IS NULL AND g.answer = 'agreed'",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}
