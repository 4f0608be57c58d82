//! A request's context: who acts, for which agency, when, in which transaction; and the permits it is given.

use crate::act::Act;
use crate::actor::Actor;
use crate::narrow::{Narrowing, SqlMap};
use crate::policies::{Decided, Policies, PolicyError, Rule};
use crate::resource::Resource;
use kernel::Timestamp;
use kernel::clock::Clock;
use kernel::ids::Ids;
use std::collections::HashMap;
use std::sync::Arc;
use store::journal::{Entry, Outcome};
use store::{AreaId, Db, StoreError, Tx};
use uuid::Uuid;

/// What every request needs and none changes.
#[derive(Clone)]
pub struct World {
    /// The database.
    pub db: Db,
    /// The area that is served.
    pub area_id: AreaId,
    /// The time.
    pub clock: Clock,
    /// Ids and chance.
    pub ids: Ids,
    /// The rules.
    pub policies: Arc<Policies>,
}

/// A refusal, to be written to the journal whatever becomes of the work.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What is written.
    pub entry: Box<Entry>,
    /// What was asked.
    pub act: Act,
    /// The rules that forbade it; none when no rule permitted it.
    pub rules: Vec<Rule>,
}

/// Why somebody may not.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// There is no such thing, or none that they may know of: the two look the same.
    #[error("there is nothing here")]
    Hidden(Option<Refusal>),
    /// They may know that it is there, and not do this.
    #[error("you may not do this")]
    Refused(Refusal),
    /// The rules could not be applied: nobody may.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Proof that the rules allowed one act on one thing; store functions ask for one.
#[derive(Debug)]
pub struct Permit {
    act: Act,
    id: Uuid,
}

impl Permit {
    /// Returns what was allowed.
    pub fn act(&self) -> Act {
        self.act
    }

    /// Returns the id of what it was allowed on.
    pub fn id(&self) -> Uuid {
        self.id
    }
}

/// Who acts, when, and in which transaction.
pub struct Ctx {
    /// The area.
    pub area_id: AreaId,
    /// Who acts.
    pub actor: Actor,
    /// The time.
    pub clock: Clock,
    /// Ids and chance.
    pub ids: Ids,
    /// The transaction.
    pub tx: Tx,
    world: World,
    only_looks: bool,
    entries: Vec<Entry>,
    names: HashMap<Uuid, String>,
}

impl Ctx {
    /// Begins a context that may write.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot begin.
    pub async fn write(world: &World, actor: Actor) -> Result<Self, StoreError> {
        let tx = world.db.begin().await?;
        Ok(Self::around(world, actor, tx, false))
    }

    /// Begins a context that only looks.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot begin.
    pub async fn read(world: &World, actor: Actor) -> Result<Self, StoreError> {
        let tx = world.db.read().await?;
        Ok(Self::around(world, actor, tx, true))
    }

    fn around(world: &World, actor: Actor, tx: Tx, only_looks: bool) -> Self {
        let (clock, ids) = (world.clock.clone(), world.ids.clone());
        Self {
            area_id: world.area_id,
            actor,
            clock,
            ids,
            tx,
            world: world.clone(),
            only_looks,
            entries: Vec::new(),
            names: HashMap::new(),
        }
    }

    /// Returns whether its transaction may write.
    pub fn may_write(&self) -> bool {
        !self.only_looks
    }

    /// Returns what somebody was called earlier in this very look: its transaction sees one moment, so it is the same until it ends. Nothing
    /// while something may be written.
    pub fn name_read(&self, person: Uuid) -> Option<&str> {
        self.names.get(&person).map(String::as_str)
    }

    /// Keeps what somebody is called for the rest of a look: see [`Self::name_read`].
    pub fn keep_name(&mut self, person: Uuid, name: String) {
        if self.only_looks {
            self.names.insert(person, name);
        }
    }

    /// Returns the moment now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns a new id.
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(self.ids.uuid(&self.clock))
    }

    /// Asks the rules for an act; what they allow is journalled with what follows from it.
    ///
    /// # Errors
    /// [`AccessError::Refused`], or [`AccessError::Hidden`] where the refusal itself would tell something.
    pub fn permit(&mut self, act: Act, resource: &Resource) -> Result<Permit, AccessError> {
        let decided = self.decide(act, resource)?;
        // Whoever opens a form has looked at it; what they send is what they did.
        let outcome = match (decided.allowed, act.is_look() || self.only_looks) {
            (false, _) => Outcome::Refused,
            (true, true) => Outcome::Seen,
            (true, false) => Outcome::Done,
        };
        let entry = self.entry(act, outcome, resource.subject_id, decided.rule_ids());
        if decided.allowed {
            self.entries.push(entry);
            return Ok(Permit { act, id: resource.thing.id });
        }
        let refusal = Refusal { entry: Box::new(entry), act, rules: decided.rules };
        Err(if resource.hide_refusal { AccessError::Hidden(Some(refusal)) } else { AccessError::Refused(refusal) })
    }

    /// Returns what the rules would say, without asking for the act: for "why can I see this?".
    ///
    /// # Errors
    /// [`PolicyError`] when the rules cannot be applied.
    pub fn decide(&self, act: Act, resource: &Resource) -> Result<Decided, PolicyError> {
        self.world.policies.decide(&self.actor, act, resource)
    }

    /// Returns what the rules would say to somebody else: to show what they would see, before they can.
    ///
    /// # Errors
    /// [`PolicyError`] when the rules cannot be applied.
    pub fn decide_for(&self, somebody: &Actor, act: Act, resource: &Resource) -> Result<Decided, PolicyError> {
        self.world.policies.decide(somebody, act, resource)
    }

    /// Returns whether the rules would allow an act: to show a button or not.
    ///
    /// # Errors
    /// [`PolicyError`] when the rules cannot be applied.
    pub fn may(&self, act: Act, resource: &Resource) -> Result<bool, PolicyError> {
        Ok(self.decide(act, resource)?.allowed)
    }

    /// Returns the condition that narrows a list to what the actor may do `act` to.
    ///
    /// # Errors
    /// [`PolicyError`] when the rules cannot be applied.
    pub fn narrow(&self, act: Act, map: &SqlMap) -> Result<Narrowing, PolicyError> {
        self.world.policies.narrow(&self.actor, act, map)
    }

    /// Adds details to the last permit's entry in the journal.
    pub fn detail(&mut self, details: serde_json::Value) {
        if let Some(last) = self.entries.last_mut() {
            last.payload = details;
        }
    }

    /// Journals something besides the permit that let it happen: whom a search showed, who was told.
    pub fn note(&mut self, act: &str, outcome: Outcome, subject_id: Option<Uuid>, details: serde_json::Value) {
        let mut entry = self.entry(Act::SeeAccount, outcome, subject_id, String::new());
        act.clone_into(&mut entry.act);
        entry.payload = details;
        self.entries.push(entry);
    }

    fn entry(&self, act: Act, outcome: Outcome, subject_id: Option<Uuid>, rule: String) -> Entry {
        Entry {
            area_id: self.area_id,
            at: self.now(),
            act: act.as_str().to_owned(),
            outcome,
            actor_id: Some(self.actor.id.0),
            agency_id: Some(self.actor.agency_id.0),
            subject_id,
            rule,
            payload: serde_json::json!({}),
        }
    }

    /// Commits what was done, with its entries in the journal.
    ///
    /// # Errors
    /// [`StoreError`] when it is not on disk: then nothing of it happened.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        for entry in self.entries.drain(..) {
            self.tx.journal(entry);
        }
        self.tx.commit(&self.ids).await
    }

    /// Ends a look: what was seen is in the journal before it is shown.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be journalled: then it may not be shown.
    pub async fn seen(self) -> Result<(), StoreError> {
        let (db, entries) = (self.world.db.clone(), self.entries);
        drop(self.tx);
        db.record(entries).await
    }
}
