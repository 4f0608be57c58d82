//! The SQL of links.

use super::link::{Link, LinkId};
use crate::contracts::ContractId;
use access::PractitionerId;
use families::people::PersonId;
use kernel::{Date, Timestamp};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

const LINKS: &str = "SELECT k.link_id, k.contract_id, k.person_id, k.sent_by, k.token, k.code, k.made_at, k.until_on, k.wrong, \
     k.opened_at, k.ended_at, n.state, n.problem FROM contract_link k \
     LEFT JOIN notice n ON n.area_id = k.area_id AND n.link_id = k.link_id ";

fn link(row: &Row) -> StoreResult<Link> {
    let state: Option<String> = row.get("state")?;
    let problem: Option<String> = row.get("problem")?;
    Ok(Link {
        id: row.id("link_id")?,
        contract: row.id("contract_id")?,
        person: row.id("person_id")?,
        sent_by: row.id("sent_by")?,
        token: row.get("token")?,
        code: row.get("code")?,
        made_at: row.get("made_at")?,
        until_on: row.get("until_on")?,
        wrong: row.get("wrong")?,
        opened_at: row.get("opened_at")?,
        ended_at: row.get("ended_at")?,
        message: state.and_then(|state| state.parse().ok()).map(|state| (state, problem.unwrap_or_default())),
    })
}

/// A link to be kept.
pub(super) struct New<'a> {
    pub(super) id: LinkId,
    pub(super) contract: ContractId,
    pub(super) person: PersonId,
    pub(super) sent_by: PractitionerId,
    pub(super) token: &'a str,
    pub(super) code: &'a str,
    pub(super) until_on: Date,
}

/// Keeps a link, in the place of one that the same person was sent for the same contract.
pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, new: &New<'_>, at: Timestamp) -> StoreResult<()> {
    end_of(tx, area_id, (new.contract, new.person), at).await?;
    let insert = "INSERT INTO contract_link (area_id, link_id, contract_id, person_id, sent_by, token, code, made_at, until_on) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vals![area_id, new.id, new.contract, new.person, new.sent_by, new.token, new.code, at, new.until_on];
    tx.execute(insert, values).await?;
    Ok(())
}

/// Ends the links of somebody to a contract.
pub(in crate::contracts) async fn end_of(
    tx: &mut Tx,
    area_id: AreaId,
    (contract, person): (ContractId, PersonId),
    at: Timestamp,
) -> StoreResult<()> {
    let save =
        "UPDATE contract_link SET ended_at = $4 WHERE area_id = $1 AND contract_id = $2 AND person_id = $3 AND ended_at IS NULL";
    tx.execute(save, vals![area_id, contract, person, at]).await?;
    Ok(())
}

/// Ends one link, as it is used; returns whether it had not ended.
pub(super) async fn end(tx: &mut Tx, area_id: AreaId, id: LinkId, at: Timestamp) -> StoreResult<bool> {
    let save = "UPDATE contract_link SET ended_at = $3 WHERE area_id = $1 AND link_id = $2 AND ended_at IS NULL";
    Ok(tx.execute(save, vals![area_id, id, at]).await? == 1)
}

/// Returns the links of these contracts that have not ended; at most 500.
pub(super) async fn list_open(tx: &mut Tx, area_id: AreaId, contracts: &[ContractId]) -> StoreResult<Vec<Link>> {
    let mut values = vec![Val::from(area_id)];
    let of = list_of(&mut values, contracts.iter().copied());
    let sql =
        format!("{LINKS} WHERE k.area_id = $1 AND k.contract_id IN ({of}) AND k.ended_at IS NULL ORDER BY k.made_at LIMIT 500");
    tx.query(&sql, &values).await?.iter().map(link).collect()
}

/// Returns what an address ends with belongs to, whether it has ended or not.
pub(super) async fn find(tx: &mut Tx, area_id: AreaId, token: &str) -> StoreResult<Option<Link>> {
    let sql = format!("{LINKS} WHERE k.area_id = $1 AND k.token = $2");
    tx.query_opt(&sql, vals![area_id, token]).await?.as_ref().map(link).transpose()
}

/// Keeps that a wrong number was typed.
pub(super) async fn save_wrong(tx: &mut Tx, area_id: AreaId, id: LinkId) -> StoreResult<()> {
    tx.execute("UPDATE contract_link SET wrong = wrong + 1 WHERE area_id = $1 AND link_id = $2", vals![area_id, id]).await?;
    Ok(())
}

/// Keeps that a link was opened, if it was the first time.
pub(super) async fn save_opened(tx: &mut Tx, area_id: AreaId, id: LinkId, at: Timestamp) -> StoreResult<()> {
    let save = "UPDATE contract_link SET opened_at = $3 WHERE area_id = $1 AND link_id = $2 AND opened_at IS NULL";
    tx.execute(save, vals![area_id, id, at]).await?;
    Ok(())
}

/// Returns a link by its id, for its message.
pub(super) async fn find_by_id(tx: &mut Tx, area_id: AreaId, id: LinkId) -> StoreResult<Option<Link>> {
    let sql = format!("{LINKS} WHERE k.area_id = $1 AND k.link_id = $2");
    tx.query_opt(&sql, vals![area_id, id]).await?.as_ref().map(link).transpose()
}
