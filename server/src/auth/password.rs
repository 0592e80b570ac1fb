//! Passwords, by argon2id. Hashing is slow on purpose, so few run at once and none on a thread that serves.

use anyhow::anyhow;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, CustomizedPasswordHasher, PasswordVerifier, generate_salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
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

    /// Whether the password is the one of the hash; without a hash, or with an empty one, it never is, and takes as long
    /// to say so.
    pub async fn check(&self, password: String, hash: Option<String>) -> anyhow::Result<bool> {
        let _turn = self.turns.acquire().await?;
        let hash = hash.filter(|hash| !hash.is_empty());
        let somebody = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let good = tokio::task::spawn_blocking(move || check_now(&password, &hash)).await?;
        Ok(good && somebody)
    }
}

fn hash_now(password: &str) -> anyhow::Result<String> {
    let params = Params::default();
    let hash =
        Hasher.hash_password_customized(password.as_bytes(), &generate_salt(), None, None, params);
    Ok(hash.map_err(|e| anyhow!("argon2: {e}"))?.to_string())
}

fn check_now(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Hasher.verify_password(password.as_bytes(), &hash).is_ok())
}

/// Argon2 on memory that goes back to the system afterwards. An allocator keeps what is freed of a middling size,
/// for each thread anew; what is larger than any middling size (32 MiB with glibc) it takes from the system and
/// gives back. So more is reserved than is ever touched, and only what is touched is memory.
struct Hasher;

const RESERVED_BLOCKS: usize = 33 * 1024 * 1024 / Block::SIZE;

impl CustomizedPasswordHasher<PasswordHash> for Hasher {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?;
        let algorithm = algorithm.unwrap_or_default();
        let version = version.map(Version::try_from).transpose()?;
        let version = version.unwrap_or_default();
        let mut memory = Vec::with_capacity(RESERVED_BLOCKS.max(params.block_count()));
        memory.resize(params.block_count(), Block::default());
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut out = vec![0; length];
        Argon2::new(algorithm, version, params.clone()).hash_password_into_with_memory(
            password,
            salt,
            &mut out,
            &mut memory,
        )?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(&out)?),
        })
    }
}
