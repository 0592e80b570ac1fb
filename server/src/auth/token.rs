//! Access tokens: JWT by ES256, fifteen minutes long. Device tokens are opaque and stored hashed.

use crate::keys::TokenKeys;
use domain::devices::DeviceKind;
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::time::Moment;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub const LIFE_SECONDS: i64 = 15 * 60;
const ISSUER: &str = "comanda";

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    pub sub: PersonId,
    pub sid: Uuid,
    pub username: String,
    pub role: String,
    pub restaurant_id: RestaurantId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    pub exp: i64,
    pub iat: i64,
    pub iss: String,
    pub aud: String,
}

impl Claims {
    pub fn new(
        person: &domain::auth::Person,
        restaurant: RestaurantId,
        sid: Uuid,
        device: Option<(DeviceId, DeviceKind)>,
        now: Moment,
    ) -> Self {
        let iat = now.0.div_euclid(1000);
        Self {
            sub: person.id,
            sid,
            username: person.username.as_str().to_owned(),
            role: person
                .role
                .on(device.map(|(_, kind)| kind))
                .as_str()
                .to_owned(),
            restaurant_id: restaurant,
            device_id: device.map(|(id, _)| id),
            exp: iat + LIFE_SECONDS,
            iat,
            iss: ISSUER.into(),
            aud: ISSUER.into(),
        }
    }

    pub fn sign(&self, keys: &TokenKeys) -> Result<String, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(keys.id.clone());
        jsonwebtoken::encode(&header, self, &keys.encoding)
    }

    /// The claims of a token that is ours and not yet past.
    pub fn read(token: &str, keys: &TokenKeys, now: Moment) -> Option<Self> {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[ISSUER]);
        // Time is the world's, not the machine's.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Self>(token, &keys.decoding, &validation)
            .ok()?
            .claims;
        (claims.until() > now).then_some(claims)
    }

    pub fn until(&self) -> Moment {
        Moment(self.exp.saturating_mul(1000))
    }
}

/// What of a token or code is stored.
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
