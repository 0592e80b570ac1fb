//! The board is read from two metres: what stands on it has a contrast of seven to one and more, light and dark.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../../assets/css/tokens.css");
const KITCHEN: &str = include_str!("../../assets/css/kitchen.css");

/// What is written on what: ink, ground.
const PAIRS: [(&str, &str); 20] = [
    ("ink", "paper"),
    ("ink", "raised"),
    ("ink", "surface"),
    ("ink", "late-soft"),
    ("ink", "wait-soft"),
    ("ink-2", "raised"),
    ("ink-2", "surface"),
    ("ink-2", "paper"),
    ("wait", "raised"),
    ("wait", "wait-soft"),
    ("wait", "surface"),
    ("cook", "raised"),
    ("cook", "cook-soft"),
    ("ready", "raised"),
    ("ready", "ready-soft"),
    ("late", "raised"),
    ("late", "late-soft"),
    ("late", "surface"),
    ("brand-ink", "brand"),
    ("paper", "ink"),
];

type Colours = HashMap<String, [f64; 3]>;

/// The colours of the rules whose selector is one of these; later ones win.
fn colours(css: &str, selectors: &[&str], into: &mut Colours) {
    for rule in css.split('}') {
        let Some((selector, body)) = rule.rsplit_once('{') else {
            continue;
        };
        let selector = selector.rsplit("*/").next().unwrap_or_default().trim();
        if !selectors.contains(&selector) {
            continue;
        }
        let without_notes = body
            .split("/*")
            .map(|part| part.split_once("*/").map_or(part, |(_, rest)| rest));
        for declaration in without_notes.collect::<String>().split(';') {
            let Some((name, value)) = declaration.split_once(':') else {
                continue;
            };
            if let (Some(name), Some(colour)) = (name.trim().strip_prefix("--"), hex(value.trim()))
            {
                into.insert(name.to_owned(), colour);
            }
        }
    }
}

fn hex(value: &str) -> Option<[f64; 3]> {
    let digits = value.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?].map(|part| f64::from(part) / 255.0))
}

/// Relative luminance, as WCAG defines it.
fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn theme(dark: bool) -> Colours {
    let mut all = Colours::new();
    colours(TOKENS, &[":root"], &mut all);
    if dark {
        colours(TOKENS, &[":root[data-theme=\"dark\"]"], &mut all);
    }
    let own = if dark {
        "[data-screen=\"kitchen\"][data-theme=\"dark\"]"
    } else {
        "[data-screen=\"kitchen\"][data-theme=\"light\"]"
    };
    colours(KITCHEN, &["[data-screen=\"kitchen\"]", own], &mut all);
    all
}

#[test]
fn what_stands_on_the_board_has_seven_to_one_and_more_in_light_as_in_dark() {
    for dark in [false, true] {
        let theme = theme(dark);
        let low: Vec<String> = PAIRS
            .iter()
            .map(|(ink, ground)| (ink, ground, contrast(theme[*ink], theme[*ground])))
            .filter(|(.., contrast)| *contrast < 7.0)
            .map(|(ink, ground, contrast)| format!("{ink} on {ground}: {contrast:.2}"))
            .collect();
        assert!(low.is_empty(), "dark: {dark}: {low:#?}");
    }
}

#[test]
fn contrast_is_measured_as_everybody_measures_it() {
    let black_on_white = contrast([0.0; 3], [1.0; 3]);
    assert!((black_on_white - 21.0).abs() < 0.001);
}
