//! The program's one setting.

use clap::Parser;

#[derive(Debug, Parser)]
#[command(
    name = "comanda-desktop",
    version,
    about = "Comanda's window: a waiter's device of its own"
)]
struct Args {
    /// The hub's address; without it the program asks once, and remembers.
    #[arg(long, env = "COMANDA_HUB", value_parser = address)]
    hub: Option<String>,
}

/// One sentence and exit 2 where it cannot be an address.
pub(crate) fn hub() -> Option<String> {
    Args::parse().hub
}

/// `http://hub.local:8080`, without what no hub's address has; a bare name is taken for http.
pub(crate) fn address(text: &str) -> Result<String, String> {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let wrong = || format!("{text:?} is not a hub's address, such as http://192.168.1.20:8080");
    let url = tauri::Url::parse(&whole).map_err(|_| wrong())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none();
    if !plain || url.host().is_none() {
        return Err(wrong());
    }
    Ok(url.origin().ascii_serialization())
}

pub(crate) fn fail(why: &str) -> ! {
    eprintln!("{why}");
    std::process::exit(1);
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_is_an_origin() {
        assert_eq!(
            address(" hub.local:8080/ ").unwrap(),
            "http://hub.local:8080"
        );
        assert_eq!(
            address("https://hub.example/kitchen/?a").unwrap(),
            "https://hub.example"
        );
        for wrong in [
            "",
            "ftp://hub",
            "http://",
            "http://ana:pin@hub",
            "file:///etc",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
