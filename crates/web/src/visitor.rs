//! Who asks: somebody signed in, with what they need to read, to write and to be shown a page.

use crate::app::Shared;
use crate::errors::{PageError, PageResult};
use crate::forms::Form;
use crate::pages::Site;
use access::sign_in::{Session, Stage};
use access::{Actor, Ctx, Role};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse};
use serde::Serialize;
use store::once;

/// Somebody signed in, with clearance and training.
#[derive(Clone)]
pub struct Visitor {
    /// The program.
    pub app: Shared,
    /// Their session.
    pub session: Session,
    /// The address they asked for.
    pub path: String,
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, PageError> {
        let visitor = anybody_signed_in(parts, app)?;
        if !(visitor.session.actor.cleared && visitor.session.actor.trained) {
            return Err(PageError::Redirect("/getting-in".to_owned()));
        }
        Ok(visitor)
    }
}

/// Somebody signed in who may still lack clearance or training.
pub struct Newcomer(pub Visitor);

impl FromRequestParts<Shared> for Newcomer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, PageError> {
        anybody_signed_in(parts, app).map(Self)
    }
}

fn anybody_signed_in(parts: &Parts, app: &Shared) -> Result<Visitor, PageError> {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let session = parts.extensions.get::<Option<Session>>().cloned().flatten();
    match session {
        Some(session) if session.stage == Stage::SignedIn => Ok(Visitor { app: app.clone(), session, path }),
        Some(_) => Err(PageError::Redirect("/sign-in/code".to_owned())),
        None => Err(PageError::SignIn(path)),
    }
}

impl Visitor {
    /// Returns who asks.
    pub fn actor(&self) -> &Actor {
        &self.session.actor
    }

    /// Begins a look.
    ///
    /// # Errors
    /// [`PageError`] when the store fails.
    pub async fn read(&self) -> Result<Ctx, PageError> {
        Ok(Ctx::read(&self.app.world, self.session.actor.clone()).await?)
    }

    /// Begins a change.
    ///
    /// # Errors
    /// [`PageError`] when the store fails.
    pub async fn write(&self) -> Result<Ctx, PageError> {
        Ok(Ctx::write(&self.app.world, self.session.actor.clone()).await?)
    }

    /// Begins the change that a form asks for; where its first press led, if it was pressed before.
    ///
    /// # Errors
    /// [`PageError::Redirect`] to where the first press led.
    pub async fn write_once(&self, form: &Form) -> Result<Ctx, PageError> {
        let key = form.once()?;
        let mut ctx = self.write().await?;
        match once::find(&mut ctx.tx, ctx.area_id, key, ctx.actor.id.0).await? {
            Some(location) => Err(PageError::Redirect(location)),
            None => Ok(ctx),
        }
    }

    /// Leads where a form's first press led, if it was pressed before: where a page looks at something first that the press has used up.
    ///
    /// # Errors
    /// [`PageError::Redirect`] to where the first press led.
    pub async fn pressed_once(&self, form: &Form) -> Result<(), PageError> {
        let world = &self.app.world;
        let mut tx = world.db.read().await?;
        match once::find(&mut tx, world.area_id, form.once()?, self.actor().id.0).await? {
            Some(location) => Err(PageError::Redirect(location)),
            None => Ok(()),
        }
    }

    /// Commits a change and leads on; a second press at the same moment leads where the first does.
    ///
    /// # Errors
    /// [`PageError`] when it is not on disk.
    pub async fn done(&self, mut ctx: Ctx, form: &Form, location: &str) -> PageResult {
        let key = (form.once()?, ctx.actor.id.0);
        let now = ctx.now();
        if !once::spend(&mut ctx.tx, ctx.area_id, key, location, now).await? {
            let area_id = ctx.area_id;
            drop(ctx);
            let mut tx = self.app.world.db.read().await?;
            let first = once::find(&mut tx, area_id, key.0, key.1).await?;
            return Ok(crate::redirect(first.as_deref().unwrap_or("/")));
        }
        ctx.commit().await?;
        Ok(crate::redirect(location))
    }

    /// Returns a page.
    ///
    /// # Errors
    /// [`PageError::Ours`] when the template asks for what the page does not have.
    pub fn page(&self, template: &str, title: &str, page: impl Serialize) -> PageResult {
        let html = self.app.pages.render(template, &self.site(title), page)?;
        Ok(Html(html).into_response())
    }

    /// Returns what the layout needs.
    pub fn site(&self, title: &str) -> Site {
        site(&self.app, Some(&self.session), title, &self.path)
    }
}

/// Returns what the layout needs, for somebody signed in or not.
pub fn site(app: &Shared, session: Option<&Session>, title: &str, path: &str) -> Site {
    let signed_in = session.filter(|session| session.stage == Stage::SignedIn);
    Site {
        title: title.to_owned(),
        path: path.to_owned(),
        csrf: session.map(|session| session.csrf.clone()).unwrap_or_default(),
        once: app.world.ids.uuid(&app.world.clock).to_string(),
        whose: signed_in.map(|session| session.actor.id.to_string()).unwrap_or_default(),
        actor: signed_in.map(|session| access::people::signature(&session.actor)),
        navigation: signed_in.map(|session| navigation(&session.actor)).unwrap_or_default(),
        demo: app.settings.demo,
    }
}

fn navigation(actor: &Actor) -> Vec<(String, String)> {
    let mut links = Vec::new();
    if !(actor.cleared && actor.trained) {
        return links;
    }
    let mut link = |words: &str, to: &str| links.push((words.to_owned(), to.to_owned()));
    link("Home", "/");
    let works_with_families = [Role::Practitioner, Role::TeamManager, Role::SafeguardingLead, Role::ServiceCoordinator]
        .iter()
        .any(|role| actor.is(*role));
    if works_with_families {
        link("Find somebody", "/search");
        link("Who works with them?", "/index");
        link("Services", "/services");
        link("Referrals", "/referrals");
        link("Sharing", "/sharing");
        link("Changes", "/signals");
        link("In danger", "/danger");
    }
    if actor.is(Role::Reviewer) {
        link("As it was known", "/as-known");
    }
    if actor.is(Role::ServiceCoordinator) || actor.is(Role::AreaAdministrator) {
        link("Extracts", "/feeds");
    }
    if actor.is(Role::ServiceCoordinator) || actor.is(Role::SafeguardingLead) {
        link("One person?", "/matches");
    }
    if Role::SEE_EVERYBODY_OWNED.iter().any(|role| actor.is(*role)) {
        link("Nobody forgotten", "/nobody-forgotten");
    }
    if [Role::TeamManager, Role::SafeguardingLead, Role::Auditor].iter().any(|role| actor.is(*role)) {
        link("Unusual looks", "/alerts");
    }
    if actor.is(Role::AreaAdministrator) {
        link("Practitioners", "/practitioners");
        link("Jobs", "/jobs");
    }
    if actor.is(Role::Auditor) {
        if !works_with_families {
            link("Sharing", "/sharing");
        }
        link("Journal", "/journal");
        link("What is visible", "/visibility");
    }
    links
}
