//! What is done with the directory: keeping it in memory, finding a service, saying what places it has.

use crate::index::{self, Change, Index};
use crate::ours;
use crate::place::Position;
use crate::service::Service;
use crate::store::{self, Capacity, Stored};
use crate::wanted::{self, Found, Wanted};
use ::store::{AreaId, StoreResult, Tx};
use access::{AccessError, Act, Attr, Ctx, Resource, Thing, World};
use area::Area;
use kernel::postcode::Postcode;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Postcodes are asked for so many at once.
const POSTCODES_TOGETHER: usize = 500;

/// The directory in memory, shared by whoever asks it.
#[derive(Clone, Debug, Default)]
pub struct Directory(Arc<Kept>);

#[derive(Debug, Default)]
struct Kept {
    index: RwLock<Index>,
    /// Held by the one who reads what changed; the others wait for what they read.
    reading: Mutex<()>,
}

impl Directory {
    /// Reads what changed since it was last asked, and lends it.
    ///
    /// # Errors
    /// [`::store::StoreError`] from the engine: what is in memory is then as it was.
    pub async fn now(&self, tx: &mut Tx, area_id: AreaId, area: &Area) -> StoreResult<RwLockReadGuard<'_, Index>> {
        let changes = store::count_changes(tx, area_id).await?;
        if changes > self.lend().changes {
            let _one = self.0.reading.lock().await;
            let (known, is_worn) = {
                let index = self.lend();
                (index.changes, index.is_worn())
            };
            // Whoever waited may have an older sight of the database than what is here by now: that is not put over it.
            if changes > known {
                let read = read_changes(tx, area_id, area, if is_worn { 0 } else { known }).await?;
                let mut anew = Index::default();
                let mut index = self.0.index.write().unwrap_or_else(PoisonError::into_inner);
                if is_worn {
                    std::mem::swap(&mut *index, &mut anew);
                }
                read.into_iter().for_each(|change| index.put(change));
                index.changes = changes;
            }
        }
        Ok(self.lend())
    }

    fn lend(&self) -> RwLockReadGuard<'_, Index> {
        self.0.index.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads everything that changed after a number, ready to be put in.
async fn read_changes(tx: &mut Tx, area_id: AreaId, area: &Area, after: i64) -> StoreResult<Vec<Change>> {
    let (mut after, mut changes) = ((after, Uuid::max()), Vec::new());
    loop {
        let rows = store::list_changed(tx, area_id, after).await?;
        let Some(last) = rows.last() else { return Ok(changes) };
        after = (last.change_no, last.service.id);
        let positions = positions(tx, area_id, &rows).await?;
        changes.extend(rows.iter().map(|row| index::change(area, row, &positions)));
    }
}

/// Returns where the postcodes of services are that say no position, as well as is known.
async fn positions(tx: &mut Tx, area_id: AreaId, rows: &[Stored]) -> StoreResult<HashMap<String, Position>> {
    let wanted: BTreeSet<Postcode> = rows.iter().flat_map(|row| postcodes_of(&row.service)).collect();
    let wanted: Vec<Postcode> = wanted.into_iter().collect();
    let mut positions = HashMap::new();
    for some in wanted.chunks(POSTCODES_TOGETHER) {
        positions.extend(store::find_postcodes(tx, area_id, some).await?);
    }
    let mut middles: HashMap<&str, Option<Position>> = HashMap::new();
    for postcode in wanted.iter().filter(|one| !positions.contains_key(&one.to_string())).collect::<Vec<_>>() {
        if !middles.contains_key(postcode.outward()) {
            middles.insert(postcode.outward(), store::find_postcode(tx, area_id, postcode).await?);
        }
        if let Some(Some(middle)) = middles.get(postcode.outward()) {
            positions.insert(postcode.to_string(), *middle);
        }
    }
    Ok(positions)
}

/// Returns the postcodes of a service's places that say no position.
fn postcodes_of(service: &Service) -> impl Iterator<Item = Postcode> {
    let locations = service.service_at_locations.iter().filter_map(|place| place.location.as_ref());
    let without = locations.filter(|location| location.latitude.is_none() || location.longitude.is_none());
    without.flat_map(|location| location.addresses.iter().filter_map(index::postcode))
}

/// Makes sure that the area's own services are in the database as its configuration has them; what is not there any more is withdrawn, and so is
/// what came from a source that is not there any more.
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
        let kept = store::Kept {
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
        store::save_seen(&mut tx, area_id, "", &unchanged, now).await?;
    }
    if store::count_unseen(&mut tx, area_id, "", now).await?.1 > 0 {
        store::withdraw_unseen(&mut tx, area_id, "", (now, now)).await?;
    }
    let sources = || area.directory.source.iter();
    let published = sources().filter(|source| source.publish).map(|source| source.id.as_str()).collect();
    store::keep_to_sources(&mut tx, area_id, (sources().map(|source| source.id.as_str()).collect(), published), now).await?;
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
    let (shown, count): (Vec<Found>, usize) = wanted::find(&*directory.now(tx, area_id, area).await?, wanted, page);
    let ids: Vec<Uuid> = shown.iter().map(|found| found.id).collect();
    let mut stored: HashMap<Uuid, Stored> = of_ids(tx, area_id, &ids).await?;
    let shown = shown.into_iter().filter_map(|found| Some(Shown { stored: stored.remove(&found.id)?, found }));
    // What is in memory may be newer or older than what this transaction sees: both must let it be shown.
    let shown = shown.filter(|one| one.stored.withdrawn_at.is_none() && (one.stored.is_public || !wanted.public_only)).collect();
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
    if code.contains('\0') {
        return Ok(None);
    }
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
