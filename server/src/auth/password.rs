//! Passwords, by argon2id. Hashing is slow on purpose, so few run at once and none on a thread that serves.

use anyhow::anyhow;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// So many passwords are checked at once.
const AT_ONCE: usize = 2;

#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// Checked where there is no such person, so that an answer takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            nobody: hash_now("nobody has this password")?.into(),
        })
    }

    pub async fn hash(&self, password: String) -> anyhow::Result<String> {
        let _turn = self.turns.acquire().await?;
        tokio::task::spawn_blocking(move || hash_now(&password)).await?
    }

    /// Whether the password is the one of the hash; without a hash it never is, and takes as long to say so.
    pub async fn check(&self, password: String, hash: Option<String>) -> anyhow::Result<bool> {
        let _turn = self.turns.acquire().await?;
        let somebody = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let good = tokio::task::spawn_blocking(move || check_now(&password, &hash)).await?;
        Ok(good && somebody)
    }
}

fn hash_now(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|e| anyhow!("argon2: {e}"))?;
    Ok(hash.to_string())
}

fn check_now(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}
