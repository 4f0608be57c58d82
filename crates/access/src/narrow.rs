//! The policies as SQL: what is left of them when only the resource is unknown becomes a condition.
//!
//! A residual is translated node by node; a node that cannot be translated is an error, never a guess.
//! Property tests prove that the condition chooses exactly the rows that deciding one by one would.

use crate::actor::Actor;
use cedar_policy::pst::{BinaryOp, Clause, Expr, Literal, UnaryOp, Var};
use cedar_policy::{Effect, Policy};
use kernel::Timestamp;
use std::sync::Arc;
use store::Val;
use uuid::Uuid;

/// How a kind of thing lies in the database: each attribute of the policies' schema as SQL.
///
/// `{}` stands for a value, `{now}` for the moment of asking.
#[derive(Debug)]
pub struct SqlMap {
    /// A name of its own.
    pub name: &'static str,
    /// Attributes that are a column or an expression: `class` → `f.class`.
    pub columns: &'static [(&'static str, &'static str)],
    /// Attributes that are true or false: `person.restricted` → `EXISTS (…)`.
    pub flags: &'static [(&'static str, &'static str)],
    /// Attributes that are sets: `person.workers` → `EXISTS (… AND practitioner_id = {})`.
    pub sets: &'static [(&'static str, &'static str)],
    /// Attributes that may be absent: `author` → `f.author_id IS NOT NULL`.
    pub presences: &'static [(&'static str, &'static str)],
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Sql(String),
    Value(Val),
    /// Whoever asks.
    Me,
    /// The agency of whoever asks.
    MyAgency,
    Now,
}

/// Who asks, while a condition is made that is the same for all who are what they are.
pub(crate) const ANYBODY: Uuid = Uuid::from_u128(0xa1b0_d400_0000_7000_8000_0000_0000_0001);
/// Their agency.
pub(crate) const ANY_AGENCY: Uuid = Uuid::from_u128(0xa1b0_d400_0000_7000_8000_0000_0000_0002);

/// A condition to put after `AND` in a list's `WHERE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Narrowing {
    pieces: Arc<[Piece]>,
    me: Uuid,
    my_agency: Uuid,
    /// Whether it lets nothing through.
    pub is_nothing: bool,
}

impl Narrowing {
    /// Returns the condition for somebody who is what it was made for.
    pub(crate) fn for_actor(&self, actor: &Actor) -> Self {
        Self { me: actor.id.0, my_agency: actor.agency_id.0, ..self.clone() }
    }

    /// Writes the condition with its placeholders after those of `values`, and adds its values to them.
    ///
    /// It is written in the same words for everybody who is the same to the rules, so that an engine keeps few statements.
    pub fn write(&self, values: &mut Vec<Val>, now: Timestamp) -> String {
        let mut sql = String::from("(");
        let mut now_at = None;
        for piece in self.pieces.iter() {
            let value = match piece {
                Piece::Sql(text) => {
                    sql.push_str(text);
                    continue;
                }
                Piece::Value(value) => value.clone(),
                Piece::Me => Val::Uuid(self.me),
                Piece::MyAgency => Val::Uuid(self.my_agency),
                Piece::Now => Val::from(now),
            };
            let at = match (piece, now_at) {
                (Piece::Now, Some(at)) => at,
                _ => match values.iter().position(|known| *known == value) {
                    Some(known) => known + 1,
                    None => {
                        values.push(value);
                        values.len()
                    }
                },
            };
            if *piece == Piece::Now {
                now_at = Some(at);
            }
            sql.push('$');
            sql.push_str(&at.to_string());
        }
        sql.push(')');
        sql
    }
}

/// A condition on the way: constants are folded, so that a rule about the asker alone costs nothing.
enum Cond {
    Yes,
    No,
    Sql(Vec<Piece>),
}

pub(crate) fn translate(always: bool, never: bool, residuals: &[Policy], map: &SqlMap) -> Result<Narrowing, String> {
    let mut permits = vec![if always { Cond::Yes } else { Cond::No }];
    let mut forbids = vec![if never { Cond::Yes } else { Cond::No }];
    // What is left comes in any order: in the order of the rules' names it is written the same way each time.
    let mut residuals: Vec<&Policy> = residuals.iter().collect();
    residuals.sort_by_key(|policy| policy.id().to_string());
    for policy in residuals {
        let parsed = policy.to_pst().map_err(|e| e.to_string())?;
        let clause = parsed.body().clauses().first().ok_or("a rule without a condition")?;
        let cond = match clause {
            Clause::When(expr) => walk(expr, map)?,
            Clause::Unless(expr) => not(walk(expr, map)?),
        };
        match policy.effect() {
            Effect::Permit => permits.push(cond),
            Effect::Forbid => forbids.push(cond),
        }
    }
    let (pieces, is_nothing) = match join(in_order(permits, false), not(in_order(forbids, false)), true) {
        Cond::Yes => (vec![Piece::Sql("1 = 1".to_owned())], false),
        Cond::No => (vec![Piece::Sql("1 = 0".to_owned())], true),
        Cond::Sql(pieces) => (pieces, false),
    };
    let whose = |piece: Piece| match piece {
        Piece::Value(Val::Uuid(ANYBODY)) => Piece::Me,
        Piece::Value(Val::Uuid(ANY_AGENCY)) => Piece::MyAgency,
        other => other,
    };
    Ok(Narrowing { pieces: pieces.into_iter().map(whose).collect(), me: ANYBODY, my_agency: ANY_AGENCY, is_nothing })
}

/// Several conditions as one, those that look nothing up first: where one of them decides, an engine asks no more.
fn in_order(mut conds: Vec<Cond>, both: bool) -> Cond {
    conds.sort_by_key(|cond| {
        let looked_up = cond.count("SELECT");
        // Few people are shielded: whether somebody is comes first, and ends most conditions that ask for it and for more.
        let rarely_holds = both && cond.count("FROM shield ") > 0;
        (looked_up > 0 && !rarely_holds, looked_up)
    });
    let empty = if both { Cond::Yes } else { Cond::No };
    conds.into_iter().fold(empty, |all, cond| join(all, cond, both))
}

impl Cond {
    /// Returns how often these words stand in it.
    fn count(&self, words: &str) -> usize {
        let Self::Sql(pieces) = self else { return 0 };
        let of = |piece: &Piece| if let Piece::Sql(sql) = piece { sql.matches(words).count() } else { 0 };
        pieces.iter().map(of).sum()
    }
}

fn not(cond: Cond) -> Cond {
    match cond {
        Cond::Yes => Cond::No,
        Cond::No => Cond::Yes,
        Cond::Sql(pieces) => Cond::Sql(around("NOT (", pieces, ")")),
    }
}

fn join(left: Cond, right: Cond, both: bool) -> Cond {
    match (left, right, both) {
        (Cond::No, _, true) | (_, Cond::No, true) => Cond::No,
        (Cond::Yes, _, false) | (_, Cond::Yes, false) => Cond::Yes,
        (Cond::Yes, other, true) | (other, Cond::Yes, true) | (Cond::No, other, false) | (other, Cond::No, false) => other,
        (Cond::Sql(mut left), Cond::Sql(right), _) => {
            left.push(Piece::Sql(if both { " AND " } else { " OR " }.to_owned()));
            left.extend(right);
            Cond::Sql(around("(", left, ")"))
        }
    }
}

fn around(before: &str, pieces: Vec<Piece>, after: &str) -> Vec<Piece> {
    let mut whole = vec![Piece::Sql(before.to_owned())];
    whole.extend(pieces);
    whole.push(Piece::Sql(after.to_owned()));
    whole
}

fn walk(expr: &Expr, map: &SqlMap) -> Result<Cond, String> {
    match expr {
        Expr::Literal(Literal::Bool(true)) => Ok(Cond::Yes),
        Expr::Literal(Literal::Bool(false)) => Ok(Cond::No),
        Expr::GetAttr { .. } => flag(expr, map),
        Expr::HasAttr { expr, attrs } => {
            let mut path = path_of(expr)?;
            path.extend(attrs.iter().map(ToString::to_string));
            let sql = find(map.presences, &path.join("."))?;
            Ok(Cond::Sql(vec![Piece::Sql(sql.to_owned())]))
        }
        Expr::UnaryOp { op: UnaryOp::Not, expr } => Ok(not(walk(expr, map)?)),
        Expr::BinaryOp { op, left, right } => match op {
            BinaryOp::And | BinaryOp::Or => {
                let mut sides = Vec::new();
                sides_of(expr, op, &mut sides);
                let conds = sides.into_iter().map(|side| walk(side, map)).collect::<Result<Vec<_>, _>>()?;
                Ok(in_order(conds, *op == BinaryOp::And))
            }
            BinaryOp::Eq => equal(left, right, map),
            BinaryOp::Contains => contains(left, right, map),
            _ => Err(format!("the rules may not use this in a list: {expr}")),
        },
        _ => Err(format!("the rules may not use this in a list: {expr}")),
    }
}

/// Gathers what `a && b && c` or `a || b || c` is made of.
fn sides_of<'a>(expr: &'a Expr, of: &BinaryOp, sides: &mut Vec<&'a Expr>) {
    match expr {
        Expr::BinaryOp { op, left, right } if op == of => {
            sides_of(left, of, sides);
            sides_of(right, of, sides);
        }
        _ => sides.push(expr),
    }
}

fn flag(expr: &Expr, map: &SqlMap) -> Result<Cond, String> {
    let sql = find(map.flags, &path_of(expr)?.join("."))?;
    Ok(Cond::Sql(with_value(sql, None)))
}

fn equal(left: &Expr, right: &Expr, map: &SqlMap) -> Result<Cond, String> {
    let (path, value) = match (value_of(left), value_of(right)) {
        (None, Some(value)) => (path_of(left)?, value),
        (Some(value), None) => (path_of(right)?, value),
        _ => return Err("the rules may compare an attribute with a value only".to_owned()),
    };
    let column = find(map.columns, &path.join("."))?;
    Ok(Cond::Sql(vec![Piece::Sql(format!("{column} = ")), Piece::Value(value)]))
}

fn contains(set: &Expr, member: &Expr, map: &SqlMap) -> Result<Cond, String> {
    if let Expr::Set(members) = set {
        let column = find(map.columns, &path_of(member)?.join("."))?;
        let mut pieces = vec![Piece::Sql(format!("{column} IN ("))];
        for (at, member) in members.iter().enumerate() {
            if at > 0 {
                pieces.push(Piece::Sql(", ".to_owned()));
            }
            pieces.push(Piece::Value(value_of(member).ok_or("a set of the rules holds something else than values")?));
        }
        pieces.push(Piece::Sql(")".to_owned()));
        return Ok(if members.is_empty() { Cond::No } else { Cond::Sql(pieces) });
    }
    let sql = find(map.sets, &path_of(set)?.join("."))?;
    let value = value_of(member).ok_or("the rules may look for a value in a set only")?;
    Ok(Cond::Sql(with_value(sql, Some(&value))))
}

fn with_value(sql: &str, value: Option<&Val>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = sql;
    while let Some(at) = rest.find('{') {
        pieces.push(Piece::Sql(rest[..at].to_owned()));
        let end = rest[at..].find('}').map_or(rest.len(), |end| at + end + 1);
        match (&rest[at..end], value) {
            ("{}", Some(value)) => pieces.push(Piece::Value(value.clone())),
            _ => pieces.push(Piece::Now),
        }
        rest = &rest[end..];
    }
    pieces.push(Piece::Sql(rest.to_owned()));
    pieces
}

fn path_of(expr: &Expr) -> Result<Vec<String>, String> {
    match expr {
        Expr::Var(Var::Resource) => Ok(Vec::new()),
        Expr::GetAttr { expr, attr } => {
            let mut path = path_of(expr)?;
            path.push(attr.to_string());
            Ok(path)
        }
        _ => Err(format!("the rules may ask attributes of the resource only: {expr}")),
    }
}

fn value_of(expr: &Expr) -> Option<Val> {
    match expr {
        Expr::Literal(Literal::String(text)) => Some(Val::Text(text.to_string())),
        Expr::Literal(Literal::EntityUID(uid)) => Uuid::parse_str(uid.eid.as_str()).ok().map(Val::Uuid),
        _ => None,
    }
}

fn find(list: &'static [(&'static str, &'static str)], path: &str) -> Result<&'static str, String> {
    list.iter().find(|(name, _)| *name == path).map(|(_, sql)| *sql).ok_or_else(|| format!("no SQL for resource.{path}"))
}
