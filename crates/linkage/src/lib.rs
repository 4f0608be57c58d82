//! Who is the same person: record linkage that knows what a family is.
//!
//! Read in this order: [`standard`] and [`names`] (what is written, brought to one form), [`people`] (records, made small), [`rarity`] (how common
//! each value is), [`compare`] (two records, field by field), [`block`] (which pairs are worth it), [`model`] (weights) and [`train`] (estimated from
//! the data), [`score`] (every pair), [`mod@cluster`] (records of one person gathered), [`mod@explain`], [`mod@evaluate`], [`files`]; and
//! for one record at a time: [`frequencies`] (what was counted, kept), [`mod@place`].
//!
//! Invariant: nothing depends on the order in which records come, and the same records give the same answer.
//! Invariant: to compare is symmetric; an agreement more never weighs less.
//! Invariant: what a person decided outweighs every weight, and no pair of verified numbers that differ is ever joined.
//!
//! ```
//! use linkage::cluster::{Decisions, Evidence, Thresholds, gather};
//! use linkage::people::{People, Raw};
//! use linkage::rarity::Rarity;
//! use linkage::score::{Among, compare, weigh};
//! use linkage::train::train;
//!
//! let mut people = People::default();
//! for home in 0..50 {
//!     let (house, last_name) = (home.to_string(), format!("Name{home}"));
//!     let mother = format!("19{:02}-05-{:02}", 50 + home, 1 + home % 28);
//!     let child = format!("{}-09-{:02}", 2010 + home % 10, 1 + home % 28);
//!     for (id, first_name, born) in [("mother", "Kate", &mother), ("again", "Catherine", &mother), ("child", "Josh", &child)] {
//!         let id = format!("{id} {home}");
//!         let raw = Raw { id: &id, first_name, last_name: &last_name, born, postcode: "BD3 9QX", house: &house, ..Raw::default() };
//!         people.push(&raw).expect("no two records have one id");
//!     }
//! }
//! people.settle();
//! let rarity = Rarity::count(&people);
//! let (compared, _) = compare(&people, &rarity, Among::All);
//! let model = train(&people, &rarity, &compared, Among::All);
//! let pairs = weigh(&compared, &model, -6.0);
//! let (decisions, before) = (Decisions::default(), []);
//! let scorer = model.scorer();
//! let evidence = Evidence { people: &people, rarity: &rarity, scorer: &scorer, decisions: &decisions, before: &before, among: Among::All };
//! let clusters = gather(evidence, &pairs, Thresholds::default());
//! let cluster = |id| clusters.of[people.find(id).expect("it is there") as usize];
//! assert_eq!(cluster("mother 7"), cluster("again 7"));
//! assert_ne!(cluster("mother 7"), cluster("child 7"));
//! ```

pub mod block;
pub mod cluster;
pub mod compare;
pub mod evaluate;
pub mod explain;
pub mod files;
pub mod frequencies;
pub mod model;
pub mod names;
pub mod people;
pub mod place;
pub mod rarity;
pub mod score;
pub mod standard;
pub mod text;
pub mod train;
