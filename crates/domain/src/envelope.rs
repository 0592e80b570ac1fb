//! One way to give a serialised thing a kind and a version, used by commands, events and aggregates.

/// A kind or version that this build does not know: kept as it came, never guessed at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    #[error("unknown kind {kind} version {version}")]
    Kind { kind: String, version: u16 },
    #[error("{kind} does not read: {why}")]
    Shape { kind: String, why: String },
}

/// Declares an enum whose variants carry one struct each and travel as `{kind, version, data}`.
macro_rules! envelopes {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident($body:ty) = $kind:literal $version:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $($variant($body),)+ }

        impl $name {
            /// Every kind and version that this build reads.
            pub const KNOWN: &'static [(&'static str, u16)] = &[$(($kind, $version),)+];

            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)+ }
            }

            pub fn version(&self) -> u16 {
                match self { $(Self::$variant(_) => $version,)+ }
            }

            /// The body alone, as compact JSON.
            pub fn body(&self) -> String {
                let written = match self { $(Self::$variant(body) => serde_json::to_string(body),)+ };
                // Our own structs with string keys always serialise; an empty object is never read back.
                written.unwrap_or_default()
            }

            /// Reads a body of the given kind and version.
            pub fn read(kind: &str, version: u16, body: &str) -> Result<Self, $crate::envelope::Unknown> {
                match (kind, version) {
                    $(($kind, $version) => serde_json::from_str(body).map(Self::$variant).map_err(|e| {
                        $crate::envelope::Unknown::Shape { kind: kind.to_owned(), why: e.to_string() }
                    }),)+
                    (kind, version) => Err($crate::envelope::Unknown::Kind { kind: kind.to_owned(), version }),
                }
            }
        }

        $(impl From<$body> for $name {
            fn from(body: $body) -> Self { Self::$variant(body) }
        })+

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;
                let mut out = to.serialize_struct(stringify!($name), 3)?;
                out.serialize_field("kind", self.kind())?;
                out.serialize_field("version", &self.version())?;
                match self { $(Self::$variant(body) => out.serialize_field("data", body)?,)+ }
                out.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                struct Parts { kind: String, version: u16, data: Box<serde_json::value::RawValue> }
                let parts = Parts::deserialize(from)?;
                Self::read(&parts.kind, parts.version, parts.data.get()).map_err(serde::de::Error::custom)
            }
        }
    };
}
