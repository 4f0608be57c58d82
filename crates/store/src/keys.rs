//! The key that signs the journal's checkpoints. It lives in a file beside the database, never in it.

use crate::{StoreError, StoreResult};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::path::Path;
use std::sync::Arc;

/// An Ed25519 key (RFC 8032).
#[derive(Clone)]
pub struct SigningKey(Arc<Ed25519KeyPair>);

impl SigningKey {
    /// Returns the key made of a 32-byte seed.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the seed is no key.
    pub fn from_seed(seed: &[u8]) -> StoreResult<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|e| StoreError::Corrupt(format!("signing key: {e}")))?;
        Ok(Self(Arc::new(pair)))
    }

    /// Reads the key in `path`; makes one there from `new_seed` when there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read, written or understood.
    pub fn open_or_create(path: &Path, new_seed: [u8; 32]) -> StoreResult<Self> {
        match std::fs::read(path) {
            Ok(seed) => Self::from_seed(&seed),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                write_private(path, &new_seed).map_err(|e| StoreError::Driver(format!("{}: {e}", path.display())))?;
                Self::from_seed(&new_seed)
            }
            Err(e) => Err(StoreError::Driver(format!("{}: {e}", path.display()))),
        }
    }

    /// Returns the signature of `message`.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }

    /// Returns the public half.
    pub fn public(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }
}

/// Returns the SHA-256 of something.
pub fn digest(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec()
}

/// Returns whether `signature` was made over `message` by the key whose public half this is.
pub fn is_signed_by(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
