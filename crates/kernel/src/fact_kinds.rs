//! The kinds of fact, for configuration and rules that name them; what a fact is stands in `families`.

/// Every kind of fact, by its stored word.
pub const FACT_KINDS: [&str; 18] = [
    "name",
    "birth",
    "sex",
    "address",
    "phone",
    "email",
    "school",
    "identifier",
    "language",
    "relationship",
    "involvement",
    "narrative",
    "strength",
    "aspiration",
    "need",
    "circumstance",
    "risk",
    "event",
];
