//! Breaking things that have a shape: values stay values of their kind, become others, or the text itself is damaged.

use serde_json::{Map, Value, json};
use sim::world::Rng;
use uuid::Uuid;

const NUMBERS: [i64; 18] = [
    0,
    1,
    2,
    3,
    9,
    40,
    99,
    100,
    200,
    999,
    1_000,
    65_535,
    65_536,
    -1,
    9_007_199_254_740_991,
    9_007_199_254_740_992,
    i64::MAX,
    i64::MIN,
];

const TEXTS: [&str; 16] = [
    "",
    " ",
    "x",
    "0",
    "null",
    "kitchen",
    "bar",
    "cash",
    "2026-11-21",
    "crêpe flambée",
    "a\u{0}b",
    "two\nlines",
    "\u{202e}",
    "\u{1f469}\u{200d}\u{1f373}",
    "'; DROP TABLE log; --",
    "<script>",
];

/// Tokens that readers of JSON trip over.
const TOKENS: [&str; 16] = [
    "null",
    "-1",
    "1e308",
    "-0",
    "1e999",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udfff\\ud800\"",
    "{}",
    "[]",
    "true",
    "\u{feff}",
    "/**/",
];

/// A number at or beside some limit.
pub fn number(rng: &mut Rng) -> i64 {
    rng.pick(&NUMBERS).copied().unwrap_or(0)
}

/// A text of any kind; sometimes a long one.
pub fn text(rng: &mut Rng) -> String {
    match rng.below(20) {
        0 => "x".repeat(1 + rng.below(1_100)),
        1 => "ü".repeat(1 + rng.below(1_100)),
        _ => (*rng.pick(&TEXTS).unwrap_or(&"")).to_owned(),
    }
}

/// How many values there are in it.
fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(nodes).sum::<usize>(),
        Value::Object(fields) => fields.values().map(nodes).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The value that is so far from the first one, depth first, and the names of its field and of the field around that.
fn nth<'a>(
    value: &'a mut Value,
    left: &mut usize,
    names: [&str; 2],
) -> Option<(&'a mut Value, [String; 2])> {
    if *left == 0 {
        return Some((value, names.map(str::to_owned)));
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left, names)),
        Value::Object(fields) => {
            let mut fields = fields.iter_mut();
            fields.find_map(|(name, item)| nth(item, left, [name.as_str(), names[0]]))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn any<'a>(rng: &mut Rng, value: &'a mut Value) -> Option<(&'a mut Value, [String; 2])> {
    let mut at = rng.below(nodes(value));
    nth(value, &mut at, ["", ""])
}

/// Every id in it, with the names of its field and of the field around that.
pub fn each_id(
    value: &mut Value,
    names: [&str; 2],
    see: &mut dyn FnMut(&mut String, &[String; 2]),
) {
    match value {
        Value::String(text) if is_id(text) => see(text, &names.map(str::to_owned)),
        Value::Array(items) => items.iter_mut().for_each(|item| each_id(item, names, see)),
        Value::Object(fields) => {
            for (name, item) in fields.iter_mut() {
                each_id(item, [name.as_str(), names[0]], see);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

pub fn is_id(text: &str) -> bool {
    text.len() == 36 && Uuid::parse_str(text).is_ok()
}

/// Changes one value to another of its kind; `id` draws an id for a field of that name.
pub fn alike(rng: &mut Rng, value: &mut Value, id: &dyn Fn(&mut Rng, &[String; 2]) -> String) {
    let Some((node, names)) = any(rng, value) else {
        return;
    };
    match node {
        Value::Null => *node = json!(number(rng)),
        Value::Bool(flag) => *flag = !*flag,
        Value::Number(old) => {
            let near = old.as_i64().unwrap_or(0);
            *node = match rng.below(3) {
                0 => json!(near.saturating_add(1)),
                1 => json!(near.saturating_sub(1)),
                _ if rng.per_mille(60) => json!(u64::MAX - rng.below(2) as u64),
                _ => json!(number(rng)),
            };
        }
        Value::String(old) if is_id(old) => *old = id(rng, &names),
        Value::String(old) => *old = text(rng),
        Value::Array(items) => list(rng, items),
        Value::Object(fields) => {
            if let Some(name) = field(rng, fields) {
                fields.remove(&name);
            }
        }
    }
}

fn list(rng: &mut Rng, items: &mut Vec<Value>) {
    let at = rng.below(items.len());
    match rng.below(4) {
        0 if !items.is_empty() => {
            items.remove(at);
        }
        1 if !items.is_empty() => items.push(items[at].clone()),
        2 if !items.is_empty() => {
            let last = items.len() - 1;
            items.swap(at, last);
        }
        _ => items.clear(),
    }
}

fn field(rng: &mut Rng, fields: &Map<String, Value>) -> Option<String> {
    let names: Vec<&String> = fields.keys().collect();
    rng.pick(&names).map(|name| (*name).clone())
}

/// Changes one value to one of another kind, or puts in its place another part of the same thing.
pub fn strange(rng: &mut Rng, value: &mut Value) {
    let whole = value.clone();
    let other = |rng: &mut Rng| {
        let mut whole = whole.clone();
        any(rng, &mut whole).map_or(Value::Null, |(node, _)| node.clone())
    };
    let spliced = other(rng);
    let Some((node, _)) = any(rng, value) else {
        return;
    };
    match rng.below(8) {
        0 => *node = Value::Null,
        1 => *node = json!(number(rng)),
        2 => *node = json!(text(rng)),
        3 => *node = json!([node.clone()]),
        4 => *node = json!({"data": node.clone()}),
        5 => *node = json!(1.5e300),
        6 => {
            if let Value::Object(fields) = node {
                fields.insert(text(rng), spliced);
            } else {
                *node = json!(u64::MAX);
            }
        }
        _ => *node = spliced,
    }
}

/// Damages the text itself.
pub fn bytes(rng: &mut Rng, text: &mut Vec<u8>) {
    let at = rng.below(text.len() + 1);
    match rng.below(10) {
        0 => text.truncate(at),
        1 => {
            if let Some(byte) = text.get_mut(at) {
                *byte ^= 1 << rng.below(8);
            }
        }
        2 => {
            let end = (at + 1 + rng.below(24)).min(text.len());
            text.drain(at.min(end)..end);
        }
        3 => {
            let end = (at + 1 + rng.below(64)).min(text.len());
            let again = text[at.min(end)..end].to_vec();
            text.splice(at..at, again);
        }
        4 => {
            let token = rng.pick(&TOKENS).copied().unwrap_or("").bytes();
            text.splice(at..at, token);
        }
        5 => value_becomes_a_token(rng, text),
        6 => a_field_comes_twice(rng, text),
        7 => {
            let deep = 1 + rng.below(400);
            let nest = "[".repeat(deep) + &"]".repeat(deep);
            text.splice(at..at, nest.into_bytes());
        }
        8 => {
            let byte = rng.below(256).to_le_bytes()[0];
            text.splice(at..at, [byte]);
        }
        _ => text.extend_from_slice(&[0xff, 0xfe, b'}', 0]),
    }
}

/// Where the value of some field begins, and where it ends if it is no list or object.
fn some_value(rng: &mut Rng, text: &[u8]) -> Option<(usize, usize)> {
    let colons: Vec<usize> = (1..text.len()).filter(|at| text[at - 1] == b':').collect();
    let from = *rng.pick(&colons)?;
    let rest = text[from..].iter();
    let to = rest
        .take_while(|byte| !matches!(byte, b',' | b'}' | b']'))
        .count();
    Some((from, from + to))
}

fn value_becomes_a_token(rng: &mut Rng, text: &mut Vec<u8>) {
    if let Some((from, to)) = some_value(rng, text) {
        let token = rng.pick(&TOKENS).copied().unwrap_or("").bytes();
        text.splice(from..to, token);
    }
}

fn a_field_comes_twice(rng: &mut Rng, text: &mut Vec<u8>) {
    let Some((from, to)) = some_value(rng, text) else {
        return;
    };
    let start = text[..from]
        .iter()
        .rposition(|byte| matches!(byte, b'{' | b','));
    if let Some(start) = start {
        let mut again = b",".to_vec();
        again.extend_from_slice(&text[start + 1..to]);
        text.splice(to..to, again);
    }
}
