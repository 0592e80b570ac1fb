//! What a password and a PIN have to be, before either is hashed.

use crate::problem::FieldError;

/// 8 to 128 characters, whichever they are.
pub fn password(field: &str, text: &str) -> Result<(), FieldError> {
    let code = match text.chars().count() {
        0..8 => "too_short",
        8..=128 if text.contains('\0') => "bad_character",
        8..=128 => return Ok(()),
        _ => "too_long",
    };
    let why = "A password has 8 to 128 characters.";
    Err(FieldError::new(field, code, why))
}

/// 4 to 8 digits.
pub fn pin(field: &str, text: &str) -> Result<(), FieldError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let code = match text.len() {
        _ if !digits => "bad_character",
        0..4 => "too_short",
        4..=8 => return Ok(()),
        _ => "too_long",
    };
    Err(FieldError::new(field, code, "A PIN has 4 to 8 digits."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_eight_to_a_hundred_and_twenty_eight_characters() {
        let code = |text: &str| password("password", text).map_err(|error| error.code);
        assert_eq!(code("short"), Err("too_short".into()));
        assert_eq!(code("pâtisserie"), Ok(()));
        assert_eq!(code(&"ü".repeat(128)), Ok(()));
        assert_eq!(code(&"x".repeat(129)), Err("too_long".into()));
        assert_eq!(code("nothing\0more"), Err("bad_character".into()));
    }

    #[test]
    fn pins_have_four_to_eight_digits() {
        let code = |text: &str| pin("pin", text).map_err(|error| error.code);
        assert_eq!(code("0000"), Ok(()));
        assert_eq!(code("12345678"), Ok(()));
        assert_eq!(code("123"), Err("too_short".into()));
        assert_eq!(code("123456789"), Err("too_long".into()));
        for bad in ["12a4", "١٢٣٤", "-123", "12 34"] {
            assert_eq!(code(bad), Err("bad_character".into()), "{bad}");
        }
    }
}
