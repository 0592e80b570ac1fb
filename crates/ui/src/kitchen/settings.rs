//! What a kitchen's screen chose for itself beside language and theme: how large, and whether it is heard.

use crate::web;

const SOUND: &str = "comanda-kitchen-sound";
const SCALE: &str = "comanda-kitchen-scale";
const STATION: &str = "comanda-kitchen-station";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    pub sound: bool,
    /// How large the tickets are, in percent.
    pub scale: u16,
    /// None: all of them.
    pub station: Option<String>,
}

impl Wishes {
    pub const SCALES: [u16; 3] = [100, 120, 140];

    pub fn kept() -> Self {
        let scale = web::stored(SCALE).and_then(|kept| kept.parse().ok());
        Self {
            sound: web::stored(SOUND).is_none_or(|kept| kept != "off"),
            scale: scale
                .filter(|scale| Self::SCALES.contains(scale))
                .unwrap_or(100),
            station: web::stored(STATION).filter(|kept| !kept.is_empty()),
        }
    }

    pub fn keep(&self) {
        web::store(SOUND, if self.sound { "on" } else { "off" });
        web::store(SCALE, &self.scale.to_string());
        web::store(STATION, self.station.as_deref().unwrap_or_default());
    }
}
