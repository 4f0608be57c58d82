//! Search first, then create: so that nobody is entered twice, and nobody is turned away.

use crate::person::words::{age_words, place_words};
use access::Act;
use area::files::Field;
use axum::Router;
use axum::extract::Query as QueryString;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::{self, Fact, FactError, Identifier, Kind, NewFact, Scheme, Shape, Verified};
use families::lookup;
use families::people::{self, PersonId};
use families::search::{self, Query, actions::SHOWN_MAX};
use kernel::Date;
use processes::feeds;
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Sample, Shared, Visitor};

/// The routes of search.
pub fn routes() -> Router<Shared> {
    Router::new().route("/search", get(find)).route("/people/new", get(new).post(create))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    relative_of: String,
}

/// Somebody who was found, as the page shows them.
#[derive(Debug, Serialize)]
struct Line {
    id: String,
    name: String,
    age: String,
    place: String,
    agencies: Vec<String>,
    why: Vec<String>,
}

/// A record of the viewer's own agency that is nobody's yet.
#[derive(Debug, Serialize)]
struct WaitingLine {
    source: String,
    key: String,
    name: String,
    born: String,
    place: String,
}

#[derive(Debug, Serialize)]
struct Page {
    waiting: Vec<WaitingLine>,
    q: String,
    why: String,
    relative_of: String,
    asked: bool,
    understood: String,
    too_little: bool,
    found: Vec<Line>,
    near: Vec<Line>,
    count: usize,
    shown_max: usize,
    errors: FieldErrors,
}

async fn find(visitor: Visitor, QueryString(asked): QueryString<Asked>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let today = ctx.clock.today();
    let mut page = Page {
        asked: !asked.q.trim().is_empty(),
        q: asked.q.chars().take(300).collect(),
        why: asked.why,
        relative_of: asked.relative_of,
        understood: String::new(),
        too_little: false,
        waiting: Vec::new(),
        found: Vec::new(),
        near: Vec::new(),
        count: 0,
        shown_max: SHOWN_MAX,
        errors: FieldErrors::default(),
    };
    let reasons = &visitor.app.area.setting.reasons;
    if !page.asked {
        ctx.permit(Act::Search, &access::Resource::area())?;
    } else if !reasons.iter().any(|reason| reason.id == page.why) {
        page.errors.add("why", "Choose why you are looking");
    } else {
        let query = Query::parse(&page.q, today);
        page.understood = search::query::words(&query);
        let result = search::find(&mut ctx, &query, &page.why).await?;
        page.too_little = result.too_little;
        page.count = result.count;
        let waiting = feeds::actions::find_waiting(&mut ctx, &visitor.app.area, &query).await?;
        page.waiting = waiting.iter().map(waiting_line).collect();
        let (near, found): (Vec<_>, Vec<_>) = result.found.iter().partition(|found| found.is_near);
        let lines = |found: Vec<&search::Found>| {
            found.into_iter().map(|found| line(found.id, &found.facts, found.why.clone(), today)).collect()
        };
        (page.found, page.near) = (lines(found), lines(near));
    }
    ctx.seen().await?;
    visitor.page("desk/search/templates/search.html", "Find somebody", page)
}

fn waiting_line(waiting: &feeds::actions::Waiting) -> WaitingLine {
    let get = |field| waiting.record.get(field);
    WaitingLine {
        source: waiting.source.clone(),
        key: waiting.record.key.clone(),
        name: format!("{} {}", get(Field::FirstName), get(Field::LastName)),
        born: waiting.record.born().map_or_else(|| "date of birth not known".to_owned(), |born| format!("born {}", born.words())),
        place: [get(Field::House), get(Field::Street), get(Field::Town)].join(" ").trim().to_owned(),
    }
}

fn line(id: PersonId, facts: &[Fact], why: Vec<String>, today: Date) -> Line {
    let mut agencies: Vec<String> = facts
        .iter()
        .filter(|fact| fact.new.kind == Kind::Involvement && fact.ended_at.is_none())
        .map(|fact| fact.agency.clone())
        .collect();
    agencies.sort();
    agencies.dedup();
    Line {
        id: id.to_string(),
        name: search::actions::display_name(facts).unwrap_or_else(|| "No name recorded".to_owned()),
        age: age_words(facts, today),
        place: place_words(facts),
        agencies,
        why,
    }
}

#[derive(Debug, Serialize)]
struct New {
    forenames: String,
    surname: String,
    day: String,
    month: String,
    year: String,
    sex: String,
    lines: String,
    town: String,
    postcode: String,
    phone: String,
    nhs_number: String,
    relative_of: String,
    relation: String,
    relations: Vec<area::files::Relationship>,
    relative_name: String,
    possible: Vec<Line>,
    errors: FieldErrors,
}

async fn new(visitor: Visitor, QueryString(asked): QueryString<Asked>) -> PageResult {
    let words: Vec<&str> =
        asked.q.split_whitespace().filter(|word| word.chars().all(|c| c.is_alphabetic() || "-'’".contains(c))).collect();
    let (surname, forenames) = words.split_last().map_or(("", String::new()), |(last, first)| (*last, first.join(" ")));
    let encoded = format!(
        "forenames={}&surname={}&relative_of={}",
        web::in_query(&forenames),
        web::in_query(surname),
        web::in_query(&asked.relative_of)
    );
    new_page(&visitor, &Form::parse(&encoded)?, Vec::new(), FieldErrors::default()).await
}

async fn new_page(visitor: &Visitor, form: &Form, possible: Vec<Line>, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let may = ctx.may(Act::CreatePerson, &access::Resource::area())?;
    let relative = form.text("relative_of").parse::<PersonId>().ok();
    let relative_name = match relative {
        Some(relative) => {
            people::open(&mut ctx, Act::FindPerson, relative).await?;
            search::names_of(&mut ctx, &[relative]).await?.pop().unwrap_or_default()
        }
        None => String::new(),
    };
    ctx.seen().await?;
    if !may {
        return Err(PageError::Hidden(None));
    }
    let text = |field: &str| form.text(field).to_owned();
    let page = New {
        forenames: text("forenames"),
        surname: text("surname"),
        day: text("born-day"),
        month: text("born-month"),
        year: text("born-year"),
        sex: text("sex"),
        lines: text("lines"),
        town: text("town"),
        postcode: text("postcode"),
        phone: text("phone"),
        nhs_number: text("nhs_number"),
        relative_of: text("relative_of"),
        relation: text("relation"),
        relations: visitor.app.area.setting.relationships.clone(),
        relative_name,
        possible,
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("desk/search/templates/new.html", "Somebody who is not here yet", page)?).into_response())
}

/// What was typed about somebody new.
struct Typed {
    facts: Vec<NewFact>,
    relation: Option<(PersonId, String)>,
}

fn read(form: &Form, id: PersonId, area: &area::Area, today: Date) -> (Typed, FieldErrors) {
    let mut errors = FieldErrors::default();
    let forenames = form.line_if_any("forenames", "The first names", 300, &mut errors);
    let surname = form.line_if_any("surname", "The last name", 300, &mut errors);
    if forenames.is_empty() && surname.is_empty() {
        errors.add("forenames", "Type a first name or a last name: what they are called is enough");
    }
    let mut facts = vec![NewFact::name(id, &forenames, &surname)];
    if let Some(born) = form.date("born", "The date of birth", &mut errors) {
        let due = born.earliest() > today;
        facts.push(NewFact { term: if due { "due" } else { "" }.to_owned(), ..NewFact::birth(id, born) });
    }
    if matches!(form.text("sex"), "F" | "M") {
        facts.push(NewFact::plain(id, Kind::Sex, form.text("sex"), ""));
    }
    let (lines, town) =
        (form.line_if_any("lines", "The address", 300, &mut errors), form.line_if_any("town", "The town", 100, &mut errors));
    let postcode = form.line_if_any("postcode", "The postcode", 20, &mut errors);
    if !(lines.is_empty() && town.is_empty() && postcode.is_empty()) {
        let shape = Shape::Address { lines, town, postcode };
        facts.push(NewFact { shape, ..NewFact::plain(id, Kind::Address, "home", "") });
    }
    let phone = form.line_if_any("phone", "The telephone number", 40, &mut errors);
    if !phone.is_empty() {
        facts.push(NewFact::plain(id, Kind::Phone, "", &phone));
    }
    let number = form.line_if_any("nhs_number", "The NHS number", 20, &mut errors);
    if !number.is_empty() {
        let identifier = Identifier { scheme: Scheme::NhsNumber, value: number, verified: Verified::Unverified };
        match facts::rules::check_identifier(identifier) {
            Ok(identifier) => {
                facts.push(NewFact { shape: Shape::Identifier(identifier), ..NewFact::plain(id, Kind::Identifier, "", "") });
            }
            Err(e) => errors.add("nhs_number", &e.to_string()),
        }
    }
    let relation = form.text("relative_of").parse().ok().and_then(|relative: PersonId| {
        let chosen = form.choice(
            "relation",
            "Choose how they are related",
            area.setting.relationships.iter().map(|relation| relation.id.as_str()),
            &mut errors,
        );
        (!chosen.is_empty()).then_some((relative, chosen))
    });
    (Typed { facts, relation }, errors)
}

async fn create(Posted { visitor, form }: Posted) -> PageResult {
    // A second press leads where the first did: it does not find whom the first created.
    drop(visitor.write_once(&form).await?);
    let area = &visitor.app.area;
    let today = visitor.app.world.clock.today();
    let person = PersonId(visitor.app.world.ids.uuid(&visitor.app.world.clock));
    let (typed, mut errors) = read(&form, person, area, today);
    if !errors.is_empty() {
        return new_page(&visitor, &form, Vec::new(), errors).await;
    }
    if !form.has("sure", "yes") {
        // A look is a look: it is journalled, and before anything is written, for which it would wait.
        let mut look = visitor.read().await?;
        let found = search::alike(&mut look, lookup::profile::record_of(typed.facts.iter()), "before creating").await?;
        look.seen().await?;
        if !found.is_empty() {
            let possible = found.iter().map(|found| line(found.id, &found.facts, found.why.clone(), today)).collect();
            return new_page(&visitor, &form, possible, FieldErrors::default()).await;
        }
    }
    let mut ctx = visitor.write_once(&form).await?;
    people::create_as(&mut ctx, person).await?;
    match keep(&mut ctx, person, typed).await {
        Ok(relative) => {
            let to = relative.map_or_else(|| format!("/people/{person}/contacts/new"), |relative| format!("/people/{relative}"));
            visitor.done(ctx, &form, &to).await
        }
        Err(FactError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add("forenames", &e.to_string());
            new_page(&visitor, &form, Vec::new(), errors).await
        }
    }
}

async fn keep(ctx: &mut access::Ctx, person: PersonId, typed: Typed) -> Result<Option<PersonId>, FactError> {
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await?;
    for fact in typed.facts {
        facts::record(ctx, &permit, fact).await?;
    }
    facts::works_with(ctx, &permit, "Works with", None).await?;
    let Some((relative, relation)) = typed.relation else { return Ok(None) };
    crate::person::relate(ctx, person, &relation, relative).await?;
    Ok(Some(relative))
}

/// Every state of these pages.
pub fn samples() -> Vec<Sample> {
    let line = json!({ "id": "1", "name": "Amy Barlow", "age": "34 years", "place": "Shipley, BD18", "agencies": ["Hillside Homes"], "why": ["name has “amy”"] });
    let page = |q: &str, why: &str, found, count: usize, too_little: bool, errors| {
        json!({ "q": q, "why": why, "relative_of": "", "waiting": [{ "source": "housing", "key": "4", "name": "Amy Barlow", "born": "born 1992", "place": "Shipley" }], "asked": !q.is_empty(), "understood": "name has “amy”", "too_little": too_little,
                "found": found, "near": [], "count": count, "shown_max": 20, "errors": errors })
    };
    let new = |possible, errors| {
        json!({ "forenames": "Amy", "surname": "Barlow", "day": "", "month": "", "year": "", "sex": "", "lines": "", "town": "",
                "postcode": "", "phone": "", "nhs_number": "", "relative_of": "", "relation": "", "relations": [], "relative_name": "",
                "possible": possible, "errors": errors })
    };
    let template = "desk/search/templates/search.html";
    let sample = |template, state, page| Sample { template, state, title: "Find somebody".to_owned(), page };
    vec![
        sample(template, "empty", page("", "", json!([]), 0, false, json!([]))),
        sample(template, "usual", page("amy", "contact", json!([line]), 1, false, json!([]))),
        sample(template, "full", page("amy", "contact", json!([line, line]), 40, false, json!([]))),
        sample(template, "near", {
            let mut near = page("kate barlow", "contact", json!([]), 0, false, json!([]));
            near["near"] = json!([{ "id": "1", "name": "Catherine Barlow", "age": "34 years", "place": "", "agencies": [], "why": ["surname: the same (1 in 40,000 here)", "forename: a form of one name"] }]);
            near
        }),
        sample(template, "refused", page("a", "contact", json!([]), 0, true, json!([]))),
        sample(
            template,
            "error",
            page("amy", "", json!([]), 0, false, json!([{ "field": "why", "text": "Choose why you are looking" }])),
        ),
        sample("desk/search/templates/new.html", "usual", new(json!([]), json!([]))),
        sample("desk/search/templates/new.html", "full", new(json!([line]), json!([]))),
        sample(
            "desk/search/templates/new.html",
            "error",
            new(json!([]), json!([{ "field": "forenames", "text": "Type a name" }])),
        ),
    ]
}
