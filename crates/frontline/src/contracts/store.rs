//! The SQL of contracts.

use super::contract::{Answer, AnswerId, Contract, ContractId, NewAnswer, NewContract, Party, Promise};
use super::links::LinkId;
use super::papers::PaperKind;
use crate::plans::Entry;
use access::people::merging::OfAgency;
use access::{Actor, AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::Class;
use families::family::FamilyId;
use families::people::PersonId;
use kernel::{Date, Timestamp};
use store::owed::Owed;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreError, StoreResult, Tx, Val, vals};

/// Contracts in a list whose table is `c`.
pub(super) static CONTRACT: SqlMap = crate::plans::as_part_of_plan!(
    "contract",
    ("c.area_id", "c.person_id"),
    ("c.class", "c.agency_id", "c.author_id"),
    "a.tells_place = 1"
);

/// Promises in a list whose table is `v`, each read as the action of the plan is, in `e`: nor is an agency told of that tells a place,
/// where it promised and somebody else sees to it now.
pub(super) static PROMISE: SqlMap = crate::plans::plan_entries!(
    "contract_promise",
    "v.owner_id",
    "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = e.area_id AND l.tells_place = 1 AND (l.agency_id = e.agency_id \
     OR l.agency_id = v.agency_id \
     OR l.agency_id IN (SELECT y.agency_id FROM practitioner y WHERE y.area_id = e.area_id AND y.practitioner_id = e.owner_id)))"
);

const CONTRACTS: &str = "SELECT c.contract_id, c.family_id, c.person_id, c.class, c.agency_id, a.name AS agency, a.tells_place, c.author_id, \
     w.name AS author, c.recorded_at, c.if_family, c.if_agencies, c.agree_by, c.ended_at, c.ended_words FROM contract c \
     JOIN practitioner w ON w.area_id = c.area_id AND w.practitioner_id = c.author_id \
     JOIN agency a ON a.area_id = c.area_id AND a.agency_id = c.agency_id ";

fn contract(row: &Row) -> StoreResult<Contract> {
    let ended = match row.get::<Option<Timestamp>>("ended_at")? {
        None => None,
        Some(at) => Some((at, row.get("ended_words")?)),
    };
    Ok(Contract {
        id: row.id("contract_id")?,
        family: row.id("family_id")?,
        person: row.id("person_id")?,
        class: row.parse("class")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        agency_tells_place: row.get("tells_place")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        recorded_at: row.get("recorded_at")?,
        if_family: row.get("if_family")?,
        if_agencies: row.get("if_agencies")?,
        agree_by: row.get("agree_by")?,
        ended,
    })
}

/// Keeps a contract, with what it promises.
pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (id, family, person, class): (ContractId, FamilyId, PersonId, Class),
    (new, promised, agree_by): (&NewContract, &[&Entry], Date),
    (by, at): (&Actor, Timestamp),
) -> StoreResult<()> {
    let insert = "INSERT INTO contract (area_id, contract_id, family_id, person_id, class, agency_id, author_id, recorded_at, if_family, \
                  if_agencies, agree_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let (if_family, if_agencies) = (&new.if_family, &new.if_agencies);
    let values = vals![area_id, id, family, person, class.as_str(), by.agency_id, by.id, at, if_family, if_agencies, agree_by];
    tx.execute(insert, values).await?;
    let insert = "INSERT INTO contract_promise (area_id, contract_id, entry_id, owner_id, agency_id, words, by_on) \
                  SELECT e.area_id, $2, e.entry_id, e.owner_id, o.agency_id, e.words, e.by_on FROM plan_entry e \
                  JOIN practitioner o ON o.area_id = e.area_id AND o.practitioner_id = e.owner_id \
                  WHERE e.area_id = $1 AND e.entry_id = $3";
    for entry in promised {
        tx.execute(insert, vals![area_id, id, entry.id]).await?;
    }
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: ContractId) -> StoreResult<Option<Contract>> {
    let sql = format!("{CONTRACTS} WHERE c.area_id = $1 AND c.contract_id = $2");
    tx.query_opt(&sql, vals![area_id, id]).await?.as_ref().map(contract).transpose()
}

/// Ends a contract, unless somebody was faster.
pub(super) async fn save_ended(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (words, by): (&str, PractitionerId),
    at: Timestamp,
) -> StoreResult<bool> {
    let kept = ("contract", Subject::Column("person_id"));
    past::keep(tx, kept, ("contract_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE contract SET ended_at = $3, ended_by = $4, ended_words = $5 \
                WHERE area_id = $1 AND contract_id = $2 AND ended_at IS NULL";
    Ok(tx.execute(save, vals![area_id, permit.id(), at, by, words]).await? == 1)
}

/// Ends every contract of a family, whoever may read it.
pub(super) async fn end_all(
    tx: &mut Tx,
    area_id: AreaId,
    family: FamilyId,
    (words, by): (&str, PractitionerId),
    at: Timestamp,
) -> StoreResult<()> {
    let kept = ("contract", Subject::Column("person_id"));
    past::keep(tx, kept, ("family_id = $2 AND ended_at IS NULL", vals![area_id, family]), at).await?;
    let save = "UPDATE contract SET ended_at = $3, ended_by = $4, ended_words = $5 \
                WHERE area_id = $1 AND family_id = $2 AND ended_at IS NULL";
    tx.execute(save, vals![area_id, family, at, by, words]).await?;
    Ok(())
}

/// Which contracts are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Of a family.
    Family(FamilyId),
    /// Whose maker reached them through any of these people.
    People(&'a [PersonId]),
    /// These.
    These(&'a [ContractId]),
}

/// Returns contracts, as far as the narrowing lets through, in the order they were made; at most 1,000.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Contract>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::Family(family) => {
            values.push(family.into());
            "c.family_id = $2".to_owned()
        }
        Of::People(people) => format!("c.person_id IN ({})", list_of(&mut values, people.iter().copied())),
        Of::These(ids) => format!("c.contract_id IN ({})", list_of(&mut values, ids.iter().copied())),
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql =
        format!("{CONTRACTS} WHERE c.area_id = $1 AND {chosen} AND {narrowed} ORDER BY c.recorded_at, c.contract_id LIMIT 1000");
    tx.query(&sql, &values).await?.iter().map(contract).collect()
}

const PROMISES: &str = "SELECT v.contract_id, v.entry_id, e.person_id, d.person_id AS doer_id, v.owner_id, o.name AS owner, v.agency_id, \
     g.name AS agency, e.volunteer, v.words, v.by_on, e.state, e.ended_at, e.ended_words FROM contract_promise v \
     JOIN plan_entry e ON e.area_id = v.area_id AND e.entry_id = v.entry_id \
     JOIN contract c ON c.area_id = v.area_id AND c.contract_id = v.contract_id \
     JOIN family f ON f.area_id = c.area_id AND f.family_id = c.family_id \
     JOIN practitioner o ON o.area_id = v.area_id AND o.practitioner_id = v.owner_id \
     JOIN agency g ON g.area_id = v.area_id AND g.agency_id = v.agency_id \
     LEFT JOIN plan_doer d ON d.area_id = e.area_id AND d.entry_id = e.entry_id ";

/// That a contract has not ended.
macro_rules! of_open {
    ($table:literal) => {
        concat!(
            $table,
            ".contract_id IN (SELECT c.contract_id FROM contract c WHERE c.area_id = ",
            $table,
            ".area_id AND c.ended_at IS NULL)"
        )
    };
}

/// What an agency promises in contracts that have not ended.
pub const PROMISED: OfAgency =
    OfAgency { table: "contract_promise", past: Some("contract_id"), column: "agency_id", open: of_open!("contract_promise") };

/// What an agency says to contracts that have not ended, where the one that it is part of says nothing and has promised nothing: what an agency
/// promised itself, it agrees to itself. So it is given before what was promised is.
pub const AGREED_TO: OfAgency = OfAgency {
    table: "contract_answer",
    past: Some("contract_id"),
    column: "agency_id",
    open: concat!(
        "superseded_at IS NULL AND ",
        of_open!("contract_answer"),
        " AND NOT EXISTS (SELECT 1 FROM contract_answer o WHERE o.area_id = contract_answer.area_id \
          AND o.contract_id = contract_answer.contract_id AND o.agency_id = $3 AND o.superseded_at IS NULL) \
          AND NOT EXISTS (SELECT 1 FROM contract_promise w WHERE w.area_id = contract_answer.area_id \
          AND w.contract_id = contract_answer.contract_id AND w.agency_id = $3 AND NOT EXISTS (SELECT 1 FROM plan_doer d \
          WHERE d.area_id = w.area_id AND d.entry_id = w.entry_id))"
    ),
};

/// That the party of a promise has said something, or that they agree.
const ANSWERED: &str = "EXISTS (SELECT 1 FROM contract_answer r WHERE r.area_id = v.area_id AND r.contract_id = v.contract_id \
     AND r.superseded_at IS NULL AND ((d.person_id IS NULL AND r.agency_id = v.agency_id) OR r.person_id = d.person_id))";
const AGREED: &str = "EXISTS (SELECT 1 FROM contract_answer r WHERE r.area_id = v.area_id AND r.contract_id = v.contract_id AND r.agrees = 1 \
     AND r.superseded_at IS NULL AND ((d.person_id IS NULL AND r.agency_id = v.agency_id) OR r.person_id = d.person_id))";

/// That `w` promised for their agency, or sees to it now for the same agency.
const HELD: &str = "(v.owner_id = w.practitioner_id OR (e.owner_id = w.practitioner_id AND e.state = 'open' AND EXISTS (SELECT 1 FROM practitioner h WHERE h.area_id = v.area_id \
     AND h.practitioner_id = e.owner_id AND h.agency_id = v.agency_id)))";

fn promise(row: &Row) -> StoreResult<Promise> {
    Ok(Promise {
        contract: row.id("contract_id")?,
        entry: row.id("entry_id")?,
        person: row.id("person_id")?,
        doer: row.opt_id("doer_id")?,
        owner_id: row.id("owner_id")?,
        owner: row.get("owner")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        volunteer: row.get("volunteer")?,
        words: row.get("words")?,
        by_on: row.get("by_on")?,
        state: row.parse("state")?,
        ended_at: row.get("ended_at")?,
        ended_words: row.get("ended_words")?,
    })
}

/// Which promises are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Promised<'a> {
    /// Of these contracts.
    In(&'a [ContractId]),
    /// Of contracts in force that not everybody agreed to by their day.
    NotAgreedBy(Date),
    /// By agencies, in contracts in force, and not kept by a day.
    BrokenByAgencies(Date),
}

/// Returns promises, as far as the narrowing lets through, the soonest first; at most 2,000.
pub(super) async fn promises(
    tx: &mut Tx,
    area_id: AreaId,
    wanted: Promised<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Promise>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match wanted {
        Promised::In(ids) => format!("v.contract_id IN ({})", list_of(&mut values, ids.iter().copied())),
        Promised::NotAgreedBy(today) => {
            values.push(today.into());
            format!("c.ended_at IS NULL AND c.agree_by < $2 AND NOT {AGREED}")
        }
        Promised::BrokenByAgencies(today) => {
            values.push(today.into());
            "c.ended_at IS NULL AND d.person_id IS NULL AND ((v.by_on < $2 AND e.state = 'open') OR e.state = 'dropped')"
                .to_owned()
        }
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!("{PROMISES} WHERE v.area_id = $1 AND {chosen} AND {narrowed} ORDER BY v.by_on, v.entry_id LIMIT 2000");
    tx.query(&sql, &values).await?.iter().map(promise).collect()
}

/// Promises of contracts in force of families whom somebody leads, or that somebody has a part in: from the few promises and families of theirs to
/// their contracts, and never through the contracts of a whole area.
pub const OWED: Owed = Owed {
    rows: "contract_promise v JOIN contract c ON c.area_id = v.area_id AND c.contract_id = v.contract_id",
    area: "v.area_id",
    is_theirs: "c.ended_at IS NULL AND v.contract_id IN (\
     SELECT i.contract_id FROM family y JOIN contract i ON i.area_id = y.area_id AND i.family_id = y.family_id AND i.ended_at IS NULL \
     WHERE y.area_id = $1 AND y.owner_id IN ({}) \
     UNION SELECT i.contract_id FROM contract_promise i WHERE i.area_id = $1 AND i.owner_id IN ({}) \
     UNION SELECT i.contract_id FROM plan_entry q JOIN contract_promise i ON i.area_id = q.area_id AND i.entry_id = q.entry_id \
     WHERE q.area_id = $1 AND q.owner_id IN ({}) AND q.state = 'open')",
};

/// Returns the promises of contracts in force that wait for any of these, each with whom it waits for: for what they say for their agency, or
/// for whoever leads to see that others agree; as far as the narrowing lets through, the soonest first, at most 2,000.
pub(super) async fn waiting(
    tx: &mut Tx,
    area_id: AreaId,
    who: &[PractitionerId],
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<(PractitionerId, Promise)>> {
    let mut values = vec![Val::from(area_id)];
    let who = list_of(&mut values, who.iter().copied());
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let columns = PROMISES.replacen("SELECT ", "SELECT w.practitioner_id AS waits_for, ", 1);
    let theirs = OWED.of(&who);
    let sql = format!(
        "{columns} JOIN practitioner w ON w.area_id = v.area_id AND w.practitioner_id IN ({who}) \
         WHERE v.area_id = $1 AND {theirs} AND NOT {AGREED} \
         AND ((f.owner_id = w.practitioner_id AND (d.person_id IS NOT NULL OR o.left_at IS NOT NULL OR {ANSWERED})) \
         OR ({HELD} AND d.person_id IS NULL AND NOT {ANSWERED})) AND {narrowed} ORDER BY v.by_on, v.entry_id LIMIT 2000"
    );
    tx.query(&sql, &values).await?.iter().map(|row| Ok((row.id("waits_for")?, promise(row)?))).collect()
}

fn answer(row: &Row) -> StoreResult<Answer> {
    let (person, agency): (Option<PersonId>, Option<AgencyId>) = (row.opt_id("person_id")?, row.opt_id("agency_id")?);
    let party = person.map(Party::Person).or(agency.map(Party::Agency));
    let by: Option<String> = row.get("recorded_by")?;
    Ok(Answer {
        id: row.id("answer_id")?,
        by_link: row.opt_id::<LinkId>("link_id")?.is_some(),
        has_paper: row.get("has_paper")?,
        contract: row.id("contract_id")?,
        party: party.ok_or_else(|| StoreError::Corrupt("an answer to a contract is nobody's".to_owned()))?,
        agrees: row.get("agrees")?,
        way: row.parse("way")?,
        words: row.get("words")?,
        signature: row.get("signature")?,
        recorded: (by.unwrap_or_default(), row.get("recorded_at")?),
    })
}

/// Returns what was said last to these contracts, by each party; at most 2,000 answers.
pub(super) async fn answers(tx: &mut Tx, area_id: AreaId, contracts: &[ContractId], own: AgencyId) -> StoreResult<Vec<Answer>> {
    let mut values = vec![Val::from(area_id), own.into()];
    let of = list_of(&mut values, contracts.iter().copied());
    let sql = format!(
        "SELECT r.answer_id, CASE WHEN EXISTS (SELECT 1 FROM contract_paper q WHERE q.area_id = r.area_id AND q.answer_id = r.answer_id \
         AND q.agency_id = $2) THEN 1 ELSE 0 END AS has_paper, r.contract_id, r.person_id, r.agency_id, r.agrees, r.way, r.words, r.signature, r.recorded_at, r.link_id, \
         CASE WHEN z.sensitive = 1 OR z.tells_place = 1 THEN NULL ELSE x.name END AS recorded_by FROM contract_answer r \
         JOIN practitioner x ON x.area_id = r.area_id AND x.practitioner_id = r.recorded_by \
         JOIN agency z ON z.area_id = x.area_id AND z.agency_id = x.agency_id \
         WHERE r.area_id = $1 AND r.contract_id IN ({of}) AND r.superseded_at IS NULL ORDER BY r.recorded_at, r.answer_id LIMIT 2000"
    );
    tx.query(&sql, &values).await?.iter().map(answer).collect()
}

/// Keeps what a party says, with the link by which they say it; what they said before is superseded.
pub(super) async fn insert_answer(
    tx: &mut Tx,
    area_id: AreaId,
    (id, contract, link): (AnswerId, ContractId, Option<LinkId>),
    new: &NewAnswer,
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<()> {
    let (person, agency) = match new.party {
        Party::Person(person) => (Some(person), None),
        Party::Agency(agency) => (None, Some(agency)),
    };
    let (whose, party): (&str, Val) = match new.party {
        Party::Person(person) => ("person_id", person.into()),
        Party::Agency(agency) => ("agency_id", agency.into()),
    };
    let supersede = format!(
        "UPDATE contract_answer SET superseded_at = $3 WHERE area_id = $1 AND contract_id = $2 AND {whose} = $4 AND superseded_at IS NULL"
    );
    tx.execute(&supersede, vals![area_id, contract, at, party]).await?;
    let insert = "INSERT INTO contract_answer (area_id, answer_id, contract_id, person_id, agency_id, agrees, way, words, signature, \
                  recorded_by, recorded_at, link_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let way = new.way.as_str();
    let values = vals![area_id, id, contract, person, agency, new.agrees, way, &new.words, &new.signature, by, at, link];
    tx.execute(insert, values).await?;
    Ok(())
}

/// Returns whether somebody said just this by a link.
pub(super) async fn is_answered_by(
    tx: &mut Tx,
    area_id: AreaId,
    (link, contract): (LinkId, ContractId),
    said: &NewAnswer,
) -> StoreResult<bool> {
    let find = "SELECT answer_id FROM contract_answer WHERE area_id = $1 AND contract_id = $2 AND link_id = $3 AND agrees = $4 AND words = $5";
    Ok(tx.query_opt(find, vals![area_id, contract, link, said.agrees, &said.words]).await?.is_some())
}

/// Keeps the paper of an answer, in the place of one that the same agency kept before; returns whether it did.
pub(super) async fn insert_paper(
    tx: &mut Tx,
    area_id: AreaId,
    id: AnswerId,
    (kind, file): (PaperKind, &[u8]),
    (by, at): (&Actor, Timestamp),
) -> StoreResult<bool> {
    let insert = "INSERT INTO contract_paper (area_id, answer_id, agency_id, kind, file, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                  ON CONFLICT (area_id, answer_id) DO UPDATE SET kind = excluded.kind, file = excluded.file, added_by = excluded.added_by, \
                  added_at = excluded.added_at WHERE contract_paper.agency_id = excluded.agency_id";
    Ok(tx.execute(insert, vals![area_id, id, by.agency_id, kind.as_str(), file.to_vec(), by.id, at]).await? == 1)
}

/// Returns the paper of an answer that an agency keeps.
pub(super) async fn find_paper(
    tx: &mut Tx,
    area_id: AreaId,
    id: AnswerId,
    agency: AgencyId,
) -> StoreResult<Option<(PaperKind, Vec<u8>)>> {
    let find = "SELECT kind, file FROM contract_paper WHERE area_id = $1 AND answer_id = $2 AND agency_id = $3";
    let row = tx.query_opt(find, vals![area_id, id, agency]).await?;
    row.map(|row| Ok((row.parse("kind")?, row.get("file")?))).transpose()
}

/// Returns how many contracts wait for somebody to agree, how many are past their day, and how many have nobody who leads.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let count = format!(
        "SELECT COUNT(*) AS open, COUNT(CASE WHEN c.agree_by < $2 THEN 1 END) AS late, \
         COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM contract c \
         JOIN family f ON f.area_id = c.area_id AND f.family_id = c.family_id \
         JOIN practitioner o ON o.area_id = f.area_id AND o.practitioner_id = f.owner_id \
         WHERE c.area_id = $1 AND c.ended_at IS NULL AND EXISTS (SELECT 1 FROM contract_promise v \
         LEFT JOIN plan_doer d ON d.area_id = v.area_id AND d.entry_id = v.entry_id \
         WHERE v.area_id = c.area_id AND v.contract_id = c.contract_id AND NOT {AGREED})"
    );
    let row = tx.query_one(&count, vals![area_id, today]).await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}
