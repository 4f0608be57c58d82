//! What is done with the directory: keeping it in memory, finding a service, saying what places it has.

use crate::index::Index;
use crate::ours;
use crate::service::Service;
use crate::store::{self, Capacity, Kept, Stored};
use crate::wanted::{self, Found, Wanted};
use ::store::{AreaId, StoreResult, Tx};
use access::{AccessError, Act, Attr, Ctx, Resource, Thing, World};
use area::Area;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use uuid::Uuid;

/// The directory in memory, shared by whoever asks it.
#[derive(Clone, Debug, Default)]
pub struct Directory(Arc<RwLock<Index>>);

impl Directory {
    /// Reads what changed since it was last asked, and lends it.
    ///
    /// # Errors
    /// [`::store::StoreError`] from the engine.
    pub async fn now(&self, tx: &mut Tx, area_id: AreaId, area: &Area) -> StoreResult<RwLockReadGuard<'_, Index>> {
        let changes = store::count_changes(tx, area_id).await?;
        let (known, is_worn) = {
            let index = self.lend();
            (index.changes, index.is_worn())
        };
        if is_worn {
            let mut anew = Index::default();
            read_into(tx, area_id, 0, |rows, positions| take(&mut anew, area, rows, positions)).await?;
            anew.changes = changes;
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = anew;
        } else if changes > known {
            read_into(tx, area_id, known, |rows, positions| {
                take(&mut self.0.write().unwrap_or_else(PoisonError::into_inner), area, rows, positions);
            })
            .await?;
            // Only now: another who asks meanwhile reads the same once more rather than half.
            let mut index = self.0.write().unwrap_or_else(PoisonError::into_inner);
            index.changes = index.changes.max(changes);
        }
        Ok(self.lend())
    }

    fn lend(&self) -> RwLockReadGuard<'_, Index> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take(index: &mut Index, area: &Area, rows: Vec<Stored>, positions: &HashMap<String, crate::place::Position>) {
    rows.into_iter().for_each(|row| index.take(area, row, positions));
}

async fn read_into(
    tx: &mut Tx,
    area_id: AreaId,
    after: i64,
    mut take: impl FnMut(Vec<Stored>, &HashMap<String, crate::place::Position>),
) -> StoreResult<()> {
    let mut after = (after, Uuid::max());
    loop {
        let rows = store::list_changed(tx, area_id, after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.change_no, last.service.id);
        let postcodes: BTreeSet<String> = rows.iter().flat_map(|row| postcodes_of(&row.service)).collect();
        let postcodes: Vec<String> = postcodes.into_iter().collect();
        let positions = store::find_postcodes(tx, area_id, &postcodes).await?;
        take(rows, &positions);
    }
}

/// Returns the postcodes of a service's places that say no position.
fn postcodes_of(service: &Service) -> impl Iterator<Item = String> {
    let locations = service.service_at_locations.iter().filter_map(|place| place.location.as_ref());
    let without = locations.filter(|location| location.latitude.is_none() || location.longitude.is_none());
    without.flat_map(|location| location.addresses.iter().filter_map(|one| one.postal_code.clone()))
}

/// Makes sure that the area's own services are in the database as its configuration has them; what is not there any more is withdrawn.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn settle(world: &World, area: &Area) -> StoreResult<()> {
    let mut tx = world.db.begin().await?;
    let (area_id, now) = (world.area_id, world.clock.now());
    let agencies = store::agencies(&mut tx, area_id).await?;
    let ids: Vec<Uuid> = area.services.keys().map(|code| ours::id_of(area, code)).collect();
    let known = store::known(&mut tx, area_id, &ids).await?;
    let mut unchanged = Vec::new();
    for written in area.services.values() {
        let service = ours::service(area, written);
        let record = service.written().to_string();
        let agency_id = agencies.get(written.agency.as_ref()).copied();
        let kept = Kept {
            id: service.id,
            code: &written.id,
            source: "",
            agency_id,
            is_public: written.public,
            record: &record,
            modified: "",
        };
        if known.get(&service.id).is_some_and(|one| one.is(&kept)) {
            unchanged.push(service.id);
            continue;
        }
        let change_no = store::next_change(&mut tx, area_id).await?;
        store::save(&mut tx, area_id, &kept, (change_no, now)).await?;
    }
    if !unchanged.is_empty() {
        store::save_seen(&mut tx, area_id, &unchanged, now).await?;
    }
    if store::count_unseen(&mut tx, area_id, "", now).await?.1 > 0 {
        store::withdraw_unseen(&mut tx, area_id, "", (now, now)).await?;
    }
    tx.commit(&world.ids).await
}

/// A service that was found, with what it is.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The service.
    pub stored: Stored,
    /// How far it is, and what it does not say of what was wanted.
    pub found: Found,
}

/// Services that fit: some of them, and how many there are.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// One page of them, the best first.
    pub shown: Vec<Shown>,
    /// How many fit.
    pub count: usize,
}

/// Finds services, one page of them.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn find(
    directory: &Directory,
    (tx, area_id): (&mut Tx, AreaId),
    area: &Area,
    wanted: &Wanted,
    page: (usize, usize),
) -> StoreResult<Results> {
    let mut all = wanted::find(&*directory.now(tx, area_id, area).await?, wanted);
    let count = all.len();
    let shown: Vec<Found> = all.drain(..).skip(page.0 * page.1).take(page.1).collect();
    let ids: Vec<Uuid> = shown.iter().map(|found| found.id).collect();
    let mut stored: HashMap<Uuid, Stored> = of_ids(tx, area_id, &ids).await?;
    let shown = shown.into_iter().filter_map(|found| Some(Shown { stored: stored.remove(&found.id)?, found })).collect();
    Ok(Results { shown, count })
}

/// Returns services by their ids, at most 500.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn of_ids(tx: &mut Tx, area_id: AreaId, ids: &[Uuid]) -> StoreResult<HashMap<Uuid, Stored>> {
    let ids: HashSet<Uuid> = ids.iter().copied().collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    Ok(store::list_these(tx, area_id, &ids).await?.into_iter().map(|one| (one.service.id, one)).collect())
}

/// Returns the service that links and referrals call so, withdrawn or not.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn of_code(tx: &mut Tx, area_id: AreaId, code: &str) -> StoreResult<Option<Stored>> {
    store::find_of_code(tx, area_id, code).await
}

/// Returns the services of an agency.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn of_agency(tx: &mut Tx, area_id: AreaId, agency: access::AgencyId) -> StoreResult<Vec<Stored>> {
    store::list_of_agency(tx, area_id, agency).await
}

impl Stored {
    /// Returns the service as the access rules see it.
    pub fn resource(&self) -> Resource {
        let attrs = self.agency_id.map(|agency| ("agency", Attr::One("Agency", agency.0))).into_iter().collect();
        Resource {
            thing: Thing { kind: "Service", id: self.service.id, attrs },
            beside: Vec::new(),
            subject_id: None,
            hide_refusal: false,
        }
    }
}

/// Keeps what somebody of a service's agency says of its places.
///
/// Rule \[2.3\]: a door that is open is known to be open, and how long one waits at the others.
///
/// # Errors
/// [`AccessError`] when it is not a service of the actor's agency.
pub async fn say_capacity(ctx: &mut Ctx, code: &str, (places, wait_weeks): (u16, Option<u16>)) -> Result<(), AccessError> {
    let stored = store::find_of_code(&mut ctx.tx, ctx.area_id, code).await?.ok_or(AccessError::Hidden(None))?;
    let permit = ctx.permit(Act::SayCapacity, &stored.resource())?;
    ctx.detail(serde_json::json!({ "service": code, "places": places, "wait_weeks": wait_weeks }));
    let capacity = Capacity { places, wait_weeks: wait_weeks.filter(|_| places == 0), said_at: ctx.now() };
    let by = ctx.actor.id;
    Ok(store::save_capacity(&mut ctx.tx, ctx.area_id, permit.id(), &capacity, by).await?)
}
