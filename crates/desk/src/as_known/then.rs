//! Whose view it was: the practitioners of an agency, as they were, and the program as it was for them.

use super::{gather, shields, store};
use ::store::StoreResult;
use access::sign_in::Session;
use access::{AccessError, Actor, AgencyId, Ctx, PractitionerId, Role, World};
use families::people::PersonId;
use kernel::Timestamp;
use kernel::clock::{self, Clock};
use processes::index::LookId;
use std::sync::Arc;
use uuid::Uuid;
use web::{App, Shared, Visitor};

/// The program over a family as it was at a moment.
pub(super) struct Then {
    app: Shared,
    focus: PersonId,
    at: Timestamp,
    /// Who of the agency could have seen something, by name: those who worked with somebody of the family first.
    pub(super) who: Vec<(PractitionerId, String)>,
    /// Whether none of them worked with anybody of the family.
    pub(super) is_nobody: bool,
}

impl Then {
    /// Returns the program over somebody's family as it was at a moment, less what is kept from the actor today.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub(super) async fn new(
        ctx: &mut Ctx,
        app: &Shared,
        focus: PersonId,
        (at, agency, who): (Timestamp, AgencyId, Option<PractitionerId>),
    ) -> Result<Self, AccessError> {
        let area_id = ctx.area_id;
        let mut slice = gather::around(&mut ctx.tx, area_id, focus, at).await?;
        shields::keep(ctx, &mut slice, focus, at).await?;
        let mut colleagues: Vec<Uuid> = who.iter().map(|who| who.0).collect();
        for role in [Role::Practitioner, Role::TeamManager, Role::SafeguardingLead, Role::ServiceCoordinator] {
            let of_role = access::people::list_colleagues(&mut ctx.tx, area_id, agency, role).await?;
            colleagues.extend(of_role.iter().map(|one| one.id.0));
        }
        gather::add_practitioners(&mut ctx.tx, area_id, &mut slice, &colleagues).await?;
        let db = slice.into_db(area_id, ctx.ids.clone()).await?;
        let world =
            World { db, area_id, clock: Clock::fixed(at), ids: ctx.ids.clone(), policies: Arc::clone(&app.world.policies) };
        let mut tx = world.db.read().await?;
        let mut who = store::list_who(&mut tx, &world, agency, true).await?;
        let is_nobody = who.is_empty();
        if is_nobody {
            who = store::list_who(&mut tx, &world, agency, false).await?;
        }
        drop(tx);
        let (area, pages) = (Arc::clone(&app.area), Arc::clone(&app.pages));
        // The past has no directory, and must not read its own into the one of today.
        let directory = directory::Directory::default();
        let app = Arc::new(App { world, area, directory, pages, settings: app.settings.clone() });
        Ok(Self { app, focus, at, who, is_nobody })
    }

    /// Returns a practitioner as they were then; nothing when they could not have looked.
    ///
    /// # Errors
    /// [`::store::StoreError`] from the engine.
    pub(super) async fn actor(&self, id: PractitionerId) -> StoreResult<Option<Actor>> {
        let mut tx = self.app.world.db.read().await?;
        access::people::find_actor(&mut tx, self.app.world.area_id, id, clock::local_day(self.at)).await
    }

    /// Returns a practitioner at their page, as they were then.
    pub(super) fn visitor(&self, actor: Actor, path: &str) -> Visitor {
        Visitor { app: Arc::clone(&self.app), session: Session::of_then(actor), path: path.to_owned() }
    }

    /// Returns a look of somebody's into the index, as if they had just found whom the page is about.
    ///
    /// # Errors
    /// [`::store::StoreError`] from the engine.
    pub(super) async fn look(&self, by: PractitionerId) -> StoreResult<LookId> {
        let world = &self.app.world;
        let id = LookId(world.ids.uuid(&world.clock));
        let mut tx = world.db.begin().await?;
        processes::index::actions::insert_found(&mut tx, world.area_id, (id, by), self.focus, self.at).await?;
        tx.commit(&world.ids).await?;
        Ok(id)
    }
}
