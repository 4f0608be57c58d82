//! The product over HTTP.
