//! Who is the same person: record linkage that knows what a family is.
pub mod block;
pub mod cluster;
pub mod compare;
pub mod evaluate;
pub mod explain;
pub mod files;
pub mod model;
pub mod names;
pub mod people;
pub mod rarity;
pub mod score;
pub mod standard;
pub mod text;
pub mod train;
