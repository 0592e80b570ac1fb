//! Texts and small numbers that carry their bounds, so that no rule needs to check them again.

/// Why a value cannot be; the code that the outside contract names beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    #[error("must not be empty")]
    Empty,
    #[error("is longer than allowed")]
    TooLong,
    #[error("holds a character that is not allowed")]
    Character,
    #[error("is out of range")]
    Range,
    #[error("is not known")]
    Unknown,
}

impl BadValue {
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Character => "bad_character",
            Self::Range => "out_of_range",
            Self::Unknown => "unknown",
        }
    }
}

/// NUL breaks PostgreSQL, other control characters break printers; a note may have lines.
fn allowed(c: char) -> bool {
    !c.is_control() || c == '\n'
}

macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident $least:literal..=$most:literal,)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub const MOST: usize = $most;

            pub fn new(text: impl Into<String>) -> Result<Self, BadValue> {
                let text = text.into();
                if !($least..=usize::MAX).contains(&text.trim().chars().count()) { return Err(BadValue::Empty); }
                if text.chars().count() > $most { return Err(BadValue::TooLong); }
                if !text.chars().all(allowed) { return Err(BadValue::Character); }
                Ok(Self(text))
            }

            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl TryFrom<String> for $name {
            type Error = BadValue;
            fn try_from(text: String) -> Result<Self, BadValue> { Self::new(text) }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String { text.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { to.write_str(&self.0) }
        }
    )+};
}

texts! {
    /// What a person, dish, room or device is called.
    Name 1..=100,
    /// A free word to the kitchen.
    Note 0..=500,
    /// A longer text, of a dish.
    Description 0..=1000,
    /// A station, an allergen: a short word.
    Label 1..=40,
}

macro_rules! numbers {
    ($($(#[$meta:meta])* $name:ident $least:literal..=$most:literal,)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name(u16);

        impl $name {
            pub fn new(number: i64) -> Result<Self, BadValue> {
                match u16::try_from(number) {
                    Ok(number) if ($least..=$most).contains(&number) => Ok(Self(number)),
                    Ok(_) | Err(_) => Err(BadValue::Range),
                }
            }

            pub const fn get(self) -> u16 { self.0 }
        }

        impl TryFrom<i64> for $name {
            type Error = BadValue;
            fn try_from(number: i64) -> Result<Self, BadValue> { Self::new(number) }
        }

        impl From<$name> for i64 {
            fn from(number: $name) -> i64 { i64::from(number.0) }
        }
    )+};
}

numbers! {
    Guests 1..=999,
    Quantity 1..=999,
    Seat 1..=99,
    Course 1..=9,
    Seats 1..=999,
    /// Minutes after midnight.
    MinuteOfDay 0..=1439,
}

impl Course {
    pub const FIRST: Course = Course(1);
}

/// What somebody signs in with: unique across the hub, so lower case and plain.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

impl Username {
    pub fn new(text: impl Into<String>) -> Result<Self, BadValue> {
        let text = text.into();
        match text.chars().count() {
            0 => return Err(BadValue::Empty),
            1..=64 => {}
            _ => return Err(BadValue::TooLong),
        }
        let plain = |c: char| c.is_alphanumeric() && !c.is_uppercase() || "._-@+".contains(c);
        if text.chars().all(plain) {
            Ok(Self(text))
        } else {
            Err(BadValue::Character)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Username {
    type Error = BadValue;
    fn try_from(text: String) -> Result<Self, BadValue> {
        Self::new(text)
    }
}

impl From<Username> for String {
    fn from(name: Username) -> String {
        name.0
    }
}

/// An ISO 4217 code that money is counted in, and how many digits its minor unit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency {
    code: [u8; 3],
    digits: u32,
}

/// By the digits of their minor unit.
const CURRENCIES: [(u32, &str); 3] = [
    (
        0,
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    ),
    (
        2,
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP \
         CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR \
         JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN \
         NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP \
         SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
];

impl Currency {
    pub fn new(code: &str) -> Result<Self, BadValue> {
        let bytes: [u8; 3] = code.as_bytes().try_into().map_err(|_| BadValue::Unknown)?;
        let known = CURRENCIES
            .iter()
            .find(|(_, codes)| codes.split_ascii_whitespace().any(|known| known == code));
        let (digits, _) = known.ok_or(BadValue::Unknown)?;
        Ok(Self {
            code: bytes,
            digits: *digits,
        })
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    pub fn digits(&self) -> u32 {
        self.digits
    }
}

impl TryFrom<String> for Currency {
    type Error = BadValue;
    fn try_from(text: String) -> Result<Self, BadValue> {
        Self::new(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_one_that_exists() {
        assert_eq!(Currency::new("JPY").unwrap().digits(), 0);
        assert_eq!(Currency::new("EUR").unwrap().digits(), 2);
        assert_eq!(Currency::new("TND").unwrap().digits(), 3);
        for unknown in ["XXQ", "eur", "EU", "EUR USD", " ", ""] {
            assert_eq!(Currency::new(unknown), Err(BadValue::Unknown), "{unknown}");
        }
    }

    #[test]
    fn a_text_refuses_nul_emptiness_and_length() {
        assert_eq!(Name::new("a\0b"), Err(BadValue::Character));
        assert_eq!(Name::new("  "), Err(BadValue::Empty));
        assert_eq!(Note::new("x".repeat(501)), Err(BadValue::TooLong));
        assert!(Note::new("ü".repeat(500)).is_ok());
        assert!(Note::new("no onion\nsauce aside").is_ok());
    }

    #[test]
    fn a_number_refuses_what_lies_outside() {
        assert!(
            Quantity::new(0).is_err() && Quantity::new(1000).is_err() && Quantity::new(-1).is_err()
        );
        assert!(Quantity::new(i64::MAX).is_err());
        assert!(serde_json::from_str::<Guests>("0").is_err());
        assert_eq!(serde_json::from_str::<Guests>("2").unwrap().get(), 2);
    }

    #[test]
    fn a_username_is_plain() {
        assert!(Username::new("ana.b-1@x").is_ok());
        for bad in ["", "Ana", "a b", "a\0"] {
            assert!(Username::new(bad).is_err(), "{bad}");
        }
    }
}
