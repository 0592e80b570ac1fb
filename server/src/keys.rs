//! The hub's keys: Ed25519 signs positions, ES256 signs access tokens. Both live in the database.

use crate::store::{Db, keys};
use crate::world::World;
use anyhow::{Context, anyhow};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    UnparsedPublicKey,
};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD as BASE64, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub struct Keys {
    positions: Ed25519KeyPair,
    pub tokens: TokenKeys,
}

/// What access tokens are signed and checked with.
pub struct TokenKeys {
    pub id: String,
    pub encoding: EncodingKey,
    pub decoding: DecodingKey,
    x: String,
    y: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Keys({})", self.tokens.id)
    }
}

impl Keys {
    /// Reads the keys, or draws them at the very first start.
    pub async fn load(db: &Db, world: &dyn World) -> anyhow::Result<Self> {
        let mut seed = [0; 32];
        world.secret(&mut seed);
        let position = stored(db, "position_key", || Ok(BASE64.encode(seed))).await?;
        let token = stored(db, "token_key", || {
            let drawn = EcdsaKeyPair::generate_pkcs8(
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                &SystemRandom::new(),
            )
            .map_err(|_| anyhow!("no key for access tokens could be drawn"))?;
            Ok(BASE64.encode(drawn))
        })
        .await?;
        let seed = BASE64
            .decode(position)
            .context("the position key does not read")?;
        let positions =
            Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|e| anyhow!("position key: {e}"))?;
        let der = BASE64
            .decode(token)
            .context("the token key does not read")?;
        Ok(Self {
            positions,
            tokens: TokenKeys::read(&der)?,
        })
    }

    pub fn sign(&self, message: &str) -> String {
        BASE64.encode(self.positions.sign(message.as_bytes()))
    }

    pub fn verify(&self, message: &str, signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.positions.public_key().as_ref());
        BASE64
            .decode(signature)
            .is_ok_and(|signature| key.verify(message.as_bytes(), &signature).is_ok())
    }

    /// The public half, which devices pin.
    pub fn position_key(&self) -> String {
        BASE64.encode(self.positions.public_key().as_ref())
    }
}

impl TokenKeys {
    fn read(der: &[u8]) -> anyhow::Result<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
            .map_err(|e| anyhow!("token key: {e}"))?;
        // An uncompressed point: 4, then x and y of 32 bytes each.
        let point = pair.public_key().as_ref();
        let (x, y) = (point.get(1..33), point.get(33..65));
        let (x, y) = x.zip(y).context("the token key has no point")?;
        let (x, y) = (
            BASE64_URL_SAFE_NO_PAD.encode(x),
            BASE64_URL_SAFE_NO_PAD.encode(y),
        );
        let id = hex::encode(&Sha256::digest(point)[..8]);
        let decoding = DecodingKey::from_ec_components(&x, &y)?;
        Ok(Self {
            id,
            encoding: EncodingKey::from_ec_der(der),
            decoding,
            x,
            y,
        })
    }

    pub fn jwks(&self) -> Value {
        let Self { id, x, y, .. } = self;
        json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": id, "x": x, "y": y}]})
    }
}

async fn stored(
    db: &Db,
    name: &str,
    draw: impl FnOnce() -> anyhow::Result<String>,
) -> anyhow::Result<String> {
    let mut tx = db.begin().await?;
    if let Some(value) = keys::read(&mut tx, name).await? {
        return Ok(value);
    }
    keys::write_first(&mut tx, name, &draw()?).await?;
    let value = keys::read(&mut tx, name)
        .await?
        .context("a key was not stored")?;
    tx.commit().await?;
    Ok(value)
}
