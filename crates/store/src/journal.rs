//! The journal: every change and every look, chained so that nobody can quietly change it.
//!
//! Invariant: an entry's hash covers the entry before it and a salted hash of its payload.
//! Invariant: a payload may be erased after its retention, and the chain still verifies.
//! Invariant: entries are written in the transaction of the work they tell of.

use crate::db::{Db, Inner, Tx};
use crate::keys::{SigningKey, is_signed_by};
use crate::{AreaId, StoreError, StoreResult, vals};
use kernel::Timestamp;
use kernel::ids::Ids;
use ring::digest::{Context, SHA256};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// How what was asked ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something was changed.
    Done,
    /// Something was shown.
    Seen,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Seen => "seen",
            Self::Refused => "refused",
        }
    }
}

/// What one entry tells: who, for which agency, about what, under which rule.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The area.
    pub area_id: AreaId,
    /// When.
    pub at: Timestamp,
    /// What was done or asked, in the access rules' word.
    pub act: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Who; nobody for what the program does itself.
    pub actor_id: Option<Uuid>,
    /// For which agency.
    pub agency_id: Option<Uuid>,
    /// The person, family or record it is about.
    pub subject_id: Option<Uuid>,
    /// The access rules that decided, by id, with spaces between.
    pub rule: String,
    /// Details, JSON, erased when their retention ends: a reason, what was changed.
    pub payload: serde_json::Value,
}

/// Chains and writes entries at the end of the transaction: the head's row is the last lock taken.
pub(crate) async fn append(tx: &mut Tx, area_id: AreaId, entries: &[Entry], ids: &Ids) -> StoreResult<()> {
    let take = "UPDATE journal_head SET seq = seq + $2 WHERE area_id = $1 RETURNING seq, hash";
    let head = tx.query_one(take, vals![area_id, entries.len()]).await?;
    let last: i64 = head.get("seq")?;
    let mut hash: Vec<u8> = head.get("hash")?;
    let mut seq = last - i64::try_from(entries.len()).unwrap_or(0);
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        seq += 1;
        let payload = entry.payload.to_string();
        let salt = ids.secret();
        let payload_hash = hash_payload(&salt, &payload);
        hash = hash_entry(&hash, seq, entry, &payload_hash);
        rows.push([
            area_id.into(),
            seq.into(),
            entry.at.into(),
            entry.act.as_str().into(),
            entry.outcome.as_str().into(),
            entry.actor_id.into(),
            entry.agency_id.into(),
            entry.subject_id.into(),
            entry.rule.as_str().into(),
            payload.into(),
            salt.to_vec().into(),
            payload_hash.into(),
            hash.clone().into(),
        ]);
    }
    let insert = "INSERT INTO journal_entry (area_id, seq, at, act, outcome, actor_id, agency_id, subject_id, rule, payload, salt, \
                  payload_hash, hash)";
    tx.insert_all(insert, rows, "").await?;
    tx.execute("UPDATE journal_head SET hash = $2 WHERE area_id = $1", vals![area_id, hash]).await?;
    Ok(())
}

fn hash_payload(salt: &[u8], payload: &str) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    context.update(salt);
    context.update(payload.as_bytes());
    context.finish().as_ref().to_vec()
}

fn hash_entry(before: &[u8], seq: i64, entry: &Entry, payload_hash: &[u8]) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    let mut field = |bytes: &[u8]| {
        context.update(&(bytes.len() as u64).to_be_bytes());
        context.update(bytes);
    };
    field(before);
    field(&entry.area_id.0.to_be_bytes());
    field(&seq.to_be_bytes());
    field(&entry.at.as_microsecond().to_be_bytes());
    field(entry.act.as_bytes());
    field(entry.outcome.as_str().as_bytes());
    for id in [entry.actor_id, entry.agency_id, entry.subject_id] {
        field(id.as_ref().map_or(&[], |id| id.as_bytes().as_slice()));
    }
    field(entry.rule.as_bytes());
    field(payload_hash);
    context.finish().as_ref().to_vec()
}

/// Signs where the journal stands, unless it has not moved since the last time.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn checkpoint(tx: &mut Tx, area_id: AreaId, key: &SigningKey, at: Timestamp) -> StoreResult<()> {
    let head = tx.query_one("SELECT seq, hash FROM journal_head WHERE area_id = $1", vals![area_id]).await?;
    let (seq, hash): (i64, Vec<u8>) = (head.get("seq")?, head.get("hash")?);
    if seq == 0 {
        return Ok(());
    }
    let signature = key.sign(&checkpoint_message(area_id, seq, &hash));
    tx.execute(
        "INSERT INTO journal_checkpoint (area_id, seq, at, hash, public_key, signature) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (area_id, seq) DO NOTHING",
        vals![area_id, seq, at, hash, key.public(), signature],
    )
    .await?;
    Ok(())
}

fn checkpoint_message(area_id: AreaId, seq: i64, hash: &[u8]) -> Vec<u8> {
    let mut message = b"think-family journal checkpoint\n".to_vec();
    message.extend_from_slice(&area_id.0.to_be_bytes());
    message.extend_from_slice(&seq.to_be_bytes());
    message.extend_from_slice(hash);
    message
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry follows from the one before; how many entries, erased payloads and checkpoints.
    Whole {
        /// Entries checked.
        entries: i64,
        /// Entries whose payload was erased.
        erased: i64,
        /// Signatures checked.
        checkpoints: i64,
    },
    /// The first entry that is not what it was when it was written.
    Broken {
        /// Its number.
        seq: i64,
        /// What is wrong with it.
        what: String,
    },
}

/// Checks every entry of an area's journal, every checkpoint's signature, and that nothing was cut off the end.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn verify(db: &Db, area_id: AreaId, public_key: &[u8]) -> StoreResult<Verdict> {
    let mut tx = db.read().await?;
    let mut walk = Walk { seq: 0, hash: vec![0; 32], erased: 0, checkpoints: 0 };
    loop {
        let rows = tx
            .query(
                "SELECT e.seq, e.at, e.act, e.outcome, e.actor_id, e.agency_id, e.subject_id, e.rule, e.payload, e.salt, e.payload_hash, \
                 e.hash, c.hash AS checkpoint_hash, c.signature, c.public_key FROM journal_entry e \
                 LEFT JOIN journal_checkpoint c ON c.area_id = e.area_id AND c.seq = e.seq \
                 WHERE e.area_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT 2000",
                vals![area_id, walk.seq],
            )
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let expected = walk.seq + 1;
            if let Some(what) = walk.step(area_id, row, public_key)? {
                return Ok(Verdict::Broken { seq: expected, what });
            }
        }
    }
    let head = tx.query_one("SELECT seq, hash FROM journal_head WHERE area_id = $1", vals![area_id]).await?;
    let (seq, hash): (i64, Vec<u8>) = (head.get("seq")?, head.get("hash")?);
    let signed =
        tx.query_one("SELECT COALESCE(MAX(seq), 0) AS seq FROM journal_checkpoint WHERE area_id = $1", vals![area_id]).await?;
    let furthest = seq.max(signed.get("seq")?);
    if furthest != walk.seq || hash != walk.hash {
        return Ok(Verdict::Broken { seq: walk.seq + 1, what: format!("entries are missing at the end: there were {furthest}") });
    }
    Ok(Verdict::Whole { entries: walk.seq, erased: walk.erased, checkpoints: walk.checkpoints })
}

struct Walk {
    seq: i64,
    hash: Vec<u8>,
    erased: i64,
    checkpoints: i64,
}

impl Walk {
    /// Takes one entry further; returns what is wrong with it, if anything.
    fn step(&mut self, area_id: AreaId, row: &crate::Row, public_key: &[u8]) -> StoreResult<Option<String>> {
        let seq: i64 = row.get("seq")?;
        if seq != self.seq + 1 {
            return Ok(Some(format!("it is missing; the next one there is {seq}")));
        }
        let payload_hash: Vec<u8> = row.get("payload_hash")?;
        match (row.get::<Option<String>>("payload")?, row.get::<Option<Vec<u8>>>("salt")?) {
            (Some(payload), Some(salt)) if hash_payload(&salt, &payload) != payload_hash => {
                return Ok(Some("its details were changed".to_owned()));
            }
            (None, _) => self.erased += 1,
            _ => {}
        }
        let Some(entry) = entry_of(area_id, row)? else { return Ok(Some("its outcome was changed".to_owned())) };
        let hash = hash_entry(&self.hash, seq, &entry, &payload_hash);
        if hash != row.get::<Vec<u8>>("hash")? {
            return Ok(Some("it was changed, or the one before it was".to_owned()));
        }
        if let Some(signature) = row.get::<Option<Vec<u8>>>("signature")? {
            let signed: Vec<u8> = row.get("checkpoint_hash")?;
            if signed != hash || !is_signed_by(public_key, &checkpoint_message(area_id, seq, &hash), &signature) {
                return Ok(Some("its checkpoint is not signed by this installation's key".to_owned()));
            }
            self.checkpoints += 1;
        }
        self.seq = seq;
        self.hash = hash;
        Ok(None)
    }
}

fn entry_of(area_id: AreaId, row: &crate::Row) -> StoreResult<Option<Entry>> {
    let outcome = match row.get::<String>("outcome")?.as_str() {
        "done" => Outcome::Done,
        "seen" => Outcome::Seen,
        "refused" => Outcome::Refused,
        _ => return Ok(None),
    };
    Ok(Some(Entry {
        area_id,
        at: row.get("at")?,
        act: row.get("act")?,
        outcome,
        actor_id: row.get("actor_id")?,
        agency_id: row.get("agency_id")?,
        subject_id: row.get("subject_id")?,
        rule: row.get("rule")?,
        payload: serde_json::Value::Null,
    }))
}

/// Erases the details of entries written before `before`; their hashes stay, so the chain still verifies.
///
/// Rule \[ours-retention\]: what an entry tells in words goes when its retention ends; that it was there stays.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn erase_payloads(tx: &mut Tx, area_id: AreaId, before: Timestamp, now: Timestamp) -> StoreResult<u64> {
    tx.execute(
        "UPDATE journal_entry SET payload = NULL, salt = NULL, erased_at = $3 WHERE area_id = $1 AND at < $2 AND payload IS NOT NULL",
        vals![area_id, before, now],
    )
    .await
}

const LOOKS_WAITING: usize = 1024;
const LOOKS_TOGETHER: usize = 128;

type Recording = (Vec<Entry>, oneshot::Sender<Result<(), String>>);

/// Writes looks of many requests in one transaction, and answers each when it is on disk.
#[derive(Clone)]
pub(crate) struct Looks(mpsc::Sender<Recording>);

impl Looks {
    pub(crate) fn start(db: Inner, ids: Ids) -> Self {
        let (sender, mut waiting) = mpsc::channel::<Recording>(LOOKS_WAITING);
        tokio::spawn(async move {
            while let Some(first) = waiting.recv().await {
                let mut together = vec![first];
                while together.len() < LOOKS_TOGETHER
                    && let Ok(next) = waiting.try_recv()
                {
                    together.push(next);
                }
                let result = write(&db, &together, &ids).await.map_err(|e| e.to_string());
                for (_, answer) in together {
                    // Whoever asked may have gone away; the look is recorded all the same.
                    let _ = answer.send(result.clone());
                }
            }
        });
        Self(sender)
    }

    pub(crate) async fn record(&self, entries: Vec<Entry>) -> StoreResult<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let (sender, answer) = oneshot::channel();
        self.0.send((entries, sender)).await.map_err(|e| StoreError::Driver(e.to_string()))?;
        answer.await.map_err(|e| StoreError::Driver(e.to_string()))?.map_err(StoreError::Driver)
    }
}

async fn write(db: &Inner, together: &[Recording], ids: &Ids) -> StoreResult<()> {
    let mut tx = db.begin().await?;
    for (entries, _) in together {
        for entry in entries {
            tx.journal(entry.clone());
        }
    }
    tx.commit(ids).await
}
