//! The scanned paper on which somebody of the family signed: kept by the agency that scanned it, and read by its own alone.
//!
//! A paper shows the whole copy that was printed; others of those who help may not read all of that, today or after a shield.

use super::actions::{self, ContractError};
use super::contract::{AnswerId, ContractId, Way};
use super::forms::party;
use super::pages::{Of, address, contract_page};
use super::rules::{self, ContractRule};
use super::store;
use access::{AccessError, Ctx};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::get;
use families::family::FamilyId;
use families::people::PersonId;
use kernel::stored_words;
use web::{FieldErrors, Form, PageError, PageResult, Shared, Visitor};

/// The largest paper, in bytes.
pub const PAPER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What a form has around its file, in bytes, at most.
const AROUND_BYTES_MAX: usize = 64 * 1024;

stored_words! {
    /// What a scanned paper is, by its first bytes and not by its name.
    PaperKind {
        /// A document.
        Pdf = "pdf",
        /// A photograph.
        Jpeg = "jpeg",
        /// A picture.
        Png = "png",
    }
}

impl PaperKind {
    fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// The routes of scanned papers.
pub fn routes() -> Router<Shared> {
    let limit = DefaultBodyLimit::max(PAPER_BYTES_MAX + AROUND_BYTES_MAX);
    Router::new().route("/people/{person}/families/{family}/contract/{id}/{party}/paper", get(show).post(send).layer(limit))
}

type At = (PersonId, FamilyId, ContractId, String);

/// Returns the answer that was given on paper, by whom a paper is named after.
async fn answered(ctx: &mut Ctx, (of, id): (Of, ContractId), named: &str, to_keep: bool) -> Result<AnswerId, ContractError> {
    let hidden = || AccessError::Hidden(None);
    let opened = actions::load(ctx, of).await?;
    let party = party(named).map_err(|_| hidden())?;
    let read = opened.contracts.iter().find(|read| read.contract.id == id).filter(|_| opened.may_write || !to_keep);
    let answer = read.and_then(|read| rules::answer_of(&read.answers, party)).filter(|answer| answer.way == Way::Paper);
    Ok(answer.ok_or_else(hidden)?.id)
}

/// Keeps a scanned paper, in the place of one that the same agency scanned before.
///
/// # Errors
/// [`ContractError`].
pub async fn keep(ctx: &mut Ctx, at: (Of, ContractId), named: &str, file: &[u8]) -> Result<(), ContractError> {
    let answer = answered(ctx, at, named, true).await?;
    let kind = kind_of(file).ok_or(ContractRule::NoPaper)?;
    ctx.detail(serde_json::json!({ "contract": at.1.0, "paper_of": answer.0, "bytes": file.len() }));
    let (by, now) = (ctx.actor.clone(), ctx.now());
    let kept = store::insert_paper(&mut ctx.tx, ctx.area_id, answer, (kind, file), (&by, now)).await?;
    // Another agency scanned it: theirs is not replaced, and not told of.
    if kept { Ok(()) } else { Err(AccessError::Hidden(None).into()) }
}

/// Returns a paper that the actor's agency scanned.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn open(ctx: &mut Ctx, at: (Of, ContractId), named: &str) -> Result<(PaperKind, Vec<u8>), ContractError> {
    let answer = answered(ctx, at, named, false).await?;
    ctx.detail(serde_json::json!({ "contract": at.1.0, "paper_of": answer.0 }));
    let own = ctx.actor.agency_id;
    let paper = store::find_paper(&mut ctx.tx, ctx.area_id, answer, own).await?;
    Ok(paper.ok_or(AccessError::Hidden(None))?)
}

/// Returns what a file is; nothing when it is empty, too large or none of these.
pub fn kind_of(file: &[u8]) -> Option<PaperKind> {
    let begins: [(&[u8], PaperKind); 3] =
        [(b"%PDF-", PaperKind::Pdf), (b"\xff\xd8\xff", PaperKind::Jpeg), (b"\x89PNG\r\n\x1a\n", PaperKind::Png)];
    let is_small = file.len() <= PAPER_BYTES_MAX;
    begins.into_iter().find(|(begin, _)| is_small && file.starts_with(begin)).map(|(_, kind)| kind)
}

async fn show(visitor: Visitor, Path((person, family, id, named)): Path<At>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = open(&mut ctx, ((person, family), id), &named).await;
    let (kind, file) = opened.map_err(|e| match e {
        ContractError::Access(e) => PageError::from(e),
        _ => PageError::Hidden(None),
    })?;
    ctx.seen().await?;
    // Kept beside the page and never shown in it: what is inside is somebody else's.
    let name = format!("attachment; filename=\"paper.{}\"", kind.as_str());
    Ok(([(header::CONTENT_TYPE, kind.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)], file).into_response())
}

async fn send(visitor: Visitor, Path(at): Path<At>, headers: HeaderMap, multipart: Multipart) -> PageResult {
    if !web::forms::is_from_our_page(&headers) {
        return Err(PageError::BadRequest("The form was not sent from our own page".to_owned()));
    }
    let (person, family, id, named) = at;
    let of = (person, family);
    let (form, file) = read(&visitor, multipart).await?;
    let mut ctx = visitor.write_once(&form).await?;
    match keep(&mut ctx, (of, id), &named, &file).await {
        Ok(()) => visitor.done(ctx, &form, &address(of)).await,
        Err(ContractError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add(&format!("paper-{id}-{named}"), &e.to_string());
            contract_page(&visitor, of, "", (errors, false)).await
        }
    }
}

/// Reads the form: its token before its file.
async fn read(visitor: &Visitor, mut multipart: Multipart) -> Result<(Form, Vec<u8>), PageError> {
    let broken =
        |_| PageError::BadRequest("The file did not arrive whole, or is larger than 8 megabytes: send it again".to_owned());
    let (mut csrf, mut once, mut file) = (String::new(), String::new(), Vec::new());
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "csrf" => csrf = field.text().await.map_err(broken)?,
            "once" => once = field.text().await.map_err(broken)?,
            "paper" if csrf == visitor.session.csrf => file = field.bytes().await.map_err(broken)?.to_vec(),
            _ => {}
        }
    }
    if csrf != visitor.session.csrf {
        return Err(PageError::BadRequest("This page was open too long. Go back, reload it and send it again".to_owned()));
    }
    // The same file sent twice is one press, another is another.
    let digest: String = store_digest(&file);
    let form = Form::parse(&format!("once={}&file={digest}", web::in_query(&once)))?;
    Ok((form, file))
}

fn store_digest(file: &[u8]) -> String {
    ::store::keys::digest(file).iter().map(|byte| format!("{byte:02x}")).collect()
}
