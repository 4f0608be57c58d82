//! The rules, read from `policies/*.cedar` and an area's own, and what they decide.
//!
//! Invariant: denied unless a rule permits, and never permitted when a rule forbids.

use crate::act::Act;
use crate::actor::{Actor, AgencyId, PractitionerId};
use crate::narrow::{self, Narrowing, SqlMap};
use crate::resource::{Attr, Resource, Thing};
use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PartialEntities,
    PartialEntity, PartialEntityUid, PartialRequest, Policy, PolicyId, PolicySet, Request, RestrictedExpression, Schema,
    ValidationMode, Validator,
};
use rust_embed::RustEmbed;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/policies"]
struct Files;

const NARROWINGS_KEPT: usize = 4096;

/// Why policies could not be used, or a question could not be decided.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file does not read, or says something the schema does not know.
    #[error("{file}: {problem}")]
    File {
        /// Which file.
        file: String,
        /// What is wrong, and where.
        problem: String,
    },
    /// Our own mistake: a resource without an attribute that the schema asks for, or its like.
    #[error("access could not be decided: {0}")]
    Undecidable(String),
}

fn undecidable(e: impl std::fmt::Display) -> PolicyError {
    PolicyError::Undecidable(e.to_string())
}

/// A rule that took part in a decision, in words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Why it is there.
    pub reason: String,
    /// The report's paragraph.
    pub para: String,
    /// What would change the answer, for somebody it keeps out.
    pub change: String,
}

/// A decision, and the rules that made it.
#[derive(Clone, Debug)]
pub struct Decided {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The rules that decided: those that permit when allowed, those that forbid when not.
    pub rules: Vec<Rule>,
}

impl Decided {
    /// Returns the ids of the rules, with spaces between: what the journal keeps.
    pub fn rule_ids(&self) -> String {
        self.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// The policies in force.
pub struct Policies {
    schema: Schema,
    /// Every kind of thing, by its name: names are read once.
    kinds: HashMap<String, EntityTypeName>,
    /// What is asked for, and the rules that speak of it: the others are not asked.
    of_acts: HashMap<Act, (EntityUid, PolicySet)>,
    rules: BTreeMap<String, (Rule, String)>,
    /// Whether a rule speaks of one practitioner or one agency: what it leaves is not the same for all who are what they are.
    names_somebody: bool,
    narrowings: Mutex<HashMap<String, Narrowing>>,
}

impl Policies {
    /// Reads the product's own rules and those an area adds (file name, text).
    ///
    /// # Errors
    /// [`PolicyError::File`] names the file and the place.
    pub fn load(added: &[(String, String)]) -> Result<Self, PolicyError> {
        Self::load_changed(added, &[])
    }

    /// Reads the product's own rules and those an area adds, without some: to see what a change would change.
    ///
    /// # Errors
    /// [`PolicyError::File`] names the file and the place.
    pub fn load_changed(added: &[(String, String)], without: &[String]) -> Result<Self, PolicyError> {
        let mut files: Vec<(String, String)> = Files::iter()
            .filter(|name| name.ends_with(".cedar"))
            .filter_map(|name| Files::get(&name).map(|file| (name.to_string(), String::from_utf8_lossy(&file.data).into_owned())))
            .collect();
        files.sort();
        files.extend_from_slice(added);
        let schema_text = Files::get("schema.cedarschema").map(|file| String::from_utf8_lossy(&file.data).into_owned());
        let (schema, _) = Schema::from_cedarschema_str(&schema_text.unwrap_or_default())
            .map_err(|e| PolicyError::File { file: "schema.cedarschema".to_owned(), problem: e.to_string() })?;
        let mut set = PolicySet::new();
        let mut rules = BTreeMap::new();
        for (file, text) in &files {
            add_file(&mut set, &mut rules, file, text)?;
        }
        for id in without {
            if rules.remove(id).is_some() {
                set.remove_static(PolicyId::new(id)).map_err(undecidable)?;
            }
        }
        let validation = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
        if let Some(problem) = validation.validation_errors().next() {
            return Err(PolicyError::File { file: "policies".to_owned(), problem: problem.to_string() });
        }
        let kinds = schema.entity_types().map(|kind| (kind.to_string(), kind.clone())).collect();
        let of_acts = Act::ALL.iter().map(|act| Ok((*act, of_act(&set, *act)?))).collect::<Result<_, PolicyError>>()?;
        let named = set.policies().flat_map(Policy::entity_literals);
        let names_somebody = named.into_iter().any(|uid| ["Practitioner", "Agency"].contains(&uid.type_name().basename()));
        Ok(Self { schema, kinds, of_acts, rules, names_somebody, narrowings: Mutex::new(HashMap::new()) })
    }

    /// Returns every rule, in order of id, with its text.
    pub fn rules(&self) -> impl Iterator<Item = &(Rule, String)> {
        self.rules.values()
    }

    /// Returns the acts that a rule speaks of: all of them where it names none.
    pub fn acts_of(&self, id: &str) -> Vec<Act> {
        let Some((_, text)) = self.rules.get(id) else { return Vec::new() };
        let spoken = |act: &Act| text.contains(&format!("Action::\"{}\"", act.as_str()));
        let named: Vec<Act> = Act::ALL.iter().copied().filter(spoken).collect();
        if named.is_empty() { Act::ALL.to_vec() } else { named }
    }

    /// Decides whether `actor` may do `act` to `resource`.
    ///
    /// # Errors
    /// [`PolicyError::Undecidable`] when the question itself is malformed: then it is refused.
    pub fn decide(&self, actor: &Actor, act: Act, resource: &Resource) -> Result<Decided, PolicyError> {
        let mut entities = vec![self.principal(actor)?];
        for thing in std::iter::once(&resource.thing).chain(&resource.beside) {
            entities.push(self.entity_of(thing)?);
        }
        let entities = Entities::from_entities(entities, None).map_err(undecidable)?;
        let (action, rules) = self.of_act(act)?;
        let principal = self.uid("Practitioner", actor.id.0)?;
        let asked_of = self.uid(resource.thing.kind, resource.thing.id)?;
        let request = Request::new(principal, action.clone(), asked_of, Context::empty(), None).map_err(undecidable)?;
        let response = Authorizer::new().is_authorized(&request, rules, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(undecidable(error));
        }
        let mut rules: Vec<Rule> = response.diagnostics().reason().filter_map(|id| self.rule(id)).collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Decided { allowed: response.decision() == Decision::Allow, rules })
    }

    /// Returns the rules that would let somebody do `act`, for "why can I not?".
    pub fn ways_in(&self, act: Act) -> Vec<Rule> {
        let spoken = format!("Action::\"{}\"", act.as_str());
        self.rules
            .values()
            .filter(|(_, text)| text.contains("permit") && text.contains(&spoken))
            .map(|(rule, _)| rule.clone())
            .collect()
    }

    /// Returns the condition that narrows a list to what `actor` may do `act` to. It is made once for all who are the same to the rules.
    ///
    /// # Errors
    /// [`PolicyError::Undecidable`] when a rule says something that SQL cannot be made of.
    pub fn narrow(&self, actor: &Actor, act: Act, map: &SqlMap) -> Result<Narrowing, PolicyError> {
        let mut asker = actor.clone();
        if !self.names_somebody {
            (asker.id, asker.agency_id) = (PractitionerId(narrow::ANYBODY), AgencyId(narrow::ANY_AGENCY));
        }
        let key =
            format!("{} {:?} {} {} {} {}", asker.id, asker.roles, asker.agency_id, asker.cleared, asker.trained, act.as_str());
        let key = format!("{key} {}", map.name);
        if let Some(known) = self.lock().get(&key) {
            return Ok(known.for_actor(actor));
        }
        let narrowing = self.narrow_now(&asker, act, map)?;
        let mut kept = self.lock();
        if kept.len() >= NARROWINGS_KEPT {
            kept.clear();
        }
        kept.insert(key, narrowing.clone());
        Ok(narrowing.for_actor(actor))
    }

    fn narrow_now(&self, actor: &Actor, act: Act, map: &SqlMap) -> Result<Narrowing, PolicyError> {
        let (action, rules) = self.of_act(act)?;
        let principal = self.uid("Practitioner", actor.id.0)?;
        let attrs = self.principal_attrs(actor)?.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let known =
            PartialEntity::new(principal.clone(), Some(attrs), Some(HashSet::new()), None, &self.schema).map_err(undecidable)?;
        let entities = PartialEntities::from_partial_entities([known], &self.schema).map_err(undecidable)?;
        let kind: EntityTypeName = act.of_kind().parse().map_err(undecidable)?;
        let request = PartialRequest::new(
            PartialEntityUid::from_concrete(principal),
            action.clone(),
            PartialEntityUid::new(kind, None),
            Some(Context::empty()),
            &self.schema,
        )
        .map_err(undecidable)?;
        let response = rules.tpe(&request, &entities, &self.schema).map_err(undecidable)?;
        if let Some(id) = response.error_forbids().next() {
            return Err(PolicyError::Undecidable(format!("{id} fails")));
        }
        let always = response.true_permits().next().is_some();
        let never = response.true_forbids().next().is_some();
        let residuals: Vec<Policy> = response.residual_policies().collect();
        narrow::translate(always, never, &residuals, map).map_err(PolicyError::Undecidable)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Narrowing>> {
        self.narrowings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rule(&self, id: &PolicyId) -> Option<Rule> {
        self.rules.get(AsRef::<str>::as_ref(id)).map(|(rule, _)| rule.clone())
    }

    fn of_act(&self, act: Act) -> Result<&(EntityUid, PolicySet), PolicyError> {
        self.of_acts.get(&act).ok_or_else(|| undecidable(act.as_str()))
    }

    fn uid(&self, kind: &str, id: Uuid) -> Result<EntityUid, PolicyError> {
        let kind = self.kinds.get(kind).ok_or_else(|| undecidable(kind))?;
        Ok(EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id.to_string())))
    }

    fn principal(&self, actor: &Actor) -> Result<Entity, PolicyError> {
        Entity::new(self.uid("Practitioner", actor.id.0)?, self.principal_attrs(actor)?, HashSet::new()).map_err(undecidable)
    }

    fn principal_attrs(&self, actor: &Actor) -> Result<HashMap<String, RestrictedExpression>, PolicyError> {
        let roles = actor.roles.iter().map(|role| RestrictedExpression::new_string(role.as_str().to_owned()));
        Ok(HashMap::from([
            ("agency".to_owned(), RestrictedExpression::new_entity_uid(self.uid("Agency", actor.agency_id.0)?)),
            ("roles".to_owned(), RestrictedExpression::new_set(roles)),
            ("cleared".to_owned(), RestrictedExpression::new_bool(actor.cleared)),
            ("trained".to_owned(), RestrictedExpression::new_bool(actor.trained)),
        ]))
    }

    fn entity_of(&self, thing: &Thing) -> Result<Entity, PolicyError> {
        let mut attrs = HashMap::new();
        for (name, attr) in &thing.attrs {
            let value = match attr {
                Attr::Text(text) => RestrictedExpression::new_string(text.clone()),
                Attr::Flag(flag) => RestrictedExpression::new_bool(*flag),
                Attr::One(kind, id) => RestrictedExpression::new_entity_uid(self.uid(kind, *id)?),
                Attr::Many(kind, ids) => {
                    let members = ids.iter().map(|id| self.uid(kind, *id).map(RestrictedExpression::new_entity_uid));
                    RestrictedExpression::new_set(members.collect::<Result<Vec<_>, _>>()?)
                }
            };
            attrs.insert((*name).to_owned(), value);
        }
        Entity::new(self.uid(thing.kind, thing.id)?, attrs, HashSet::new()).map_err(undecidable)
    }
}

/// Returns what is asked for, and the rules that speak of it: no other can take part in a decision about it.
fn of_act(set: &PolicySet, act: Act) -> Result<(EntityUid, PolicySet), PolicyError> {
    let kind: EntityTypeName = "Action".parse().map_err(undecidable)?;
    let action = EntityUid::from_type_name_and_id(kind, EntityId::new(act.as_str()));
    let mut of_act = PolicySet::new();
    for policy in set.policies() {
        let speaks_of_it = match policy.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(one) => one == action,
            ActionConstraint::In(some) => some.contains(&action),
        };
        if speaks_of_it {
            of_act.add(policy.clone()).map_err(undecidable)?;
        }
    }
    Ok((action, of_act))
}

fn add_file(
    set: &mut PolicySet,
    rules: &mut BTreeMap<String, (Rule, String)>,
    file: &str,
    text: &str,
) -> Result<(), PolicyError> {
    let problem = |problem: String| PolicyError::File { file: file.to_owned(), problem };
    let parsed: PolicySet = text.parse().map_err(|e: cedar_policy::ParseErrors| problem(e.to_string()))?;
    for policy in parsed.policies() {
        let note = |name: &str| policy.annotation(name).map(str::to_owned);
        let (Some(id), Some(reason), Some(para)) = (note("id"), note("reason"), note("para")) else {
            return Err(problem("every rule needs @id, @reason and @para".to_owned()));
        };
        let rule = Rule { id: id.clone(), reason, para, change: note("change").unwrap_or_default() };
        set.add(policy.new_id(PolicyId::new(&id))).map_err(|e| problem(e.to_string()))?;
        rules.insert(id, (rule, policy.to_string()));
    }
    Ok(())
}
