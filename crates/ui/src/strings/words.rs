//! The translations themselves, compiled in.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use std::rc::Rc;
use unic_langid::{LanguageIdentifier, langid};

const EN: &str = include_str!("en.ftl");
const DE: &str = include_str!("de.ftl");
const AR: &str = include_str!("ar.ftl");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    German,
    /// What people meet in an evening; the rarest sentences are said in English.
    Arabic,
}

impl Language {
    pub const ALL: [Language; 3] = [Self::English, Self::German, Self::Arabic];

    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Arabic => "ar",
        }
    }

    /// What the language calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Arabic => "العربية",
        }
    }

    /// Which way it is read.
    pub fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German => "ltr",
            Self::Arabic => "rtl",
        }
    }

    /// "de-AT" is German; what we do not speak is none.
    pub fn parse(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(first))
    }

    pub(super) fn source(self) -> &'static str {
        match self {
            Self::English => EN,
            Self::German => DE,
            Self::Arabic => AR,
        }
    }

    fn id(self) -> LanguageIdentifier {
        match self {
            Self::English => langid!("en"),
            Self::German => langid!("de"),
            Self::Arabic => langid!("ar"),
        }
    }
}

/// One value within a sentence.
#[derive(Debug, Clone)]
pub struct Arg(FluentValue<'static>);

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self(FluentValue::from(text.to_owned()))
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self(FluentValue::from(text.clone()))
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self(FluentValue::from(text))
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl From<$number> for Arg {
            fn from(number: $number) -> Self {
                Self(FluentValue::from(number))
            }
        }
    )+};
}

numbers!(u16, u32, u64, usize, i64);

pub(super) struct Words {
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    pub fn of(language: Language) -> Rc<Self> {
        let mut bundle = FluentBundle::new(vec![language.id()]);
        // Marks around each value would reach the names that tests and screen readers hear.
        bundle.set_use_isolating(false);
        // What of a file cannot be read is left out.
        let resource = FluentResource::try_new(language.source().to_owned());
        let resource = resource.unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
        Rc::new(Self { bundle })
    }

    pub fn say(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        let message = self.bundle.get_message(key);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let values = args.iter().map(|(name, arg)| (*name, arg.0.clone()));
        let values: FluentArgs = values.collect();
        let mut errors = Vec::new();
        self.bundle
            .format_pattern(pattern, Some(&values), &mut errors)
            .into_owned()
    }

    #[cfg(test)]
    pub fn has(&self, key: &str) -> bool {
        self.bundle
            .get_message(key)
            .is_some_and(|found| found.value().is_some())
    }

    #[cfg(test)]
    pub fn errors_of(&self, key: &str, args: &[(&'static str, Arg)]) -> usize {
        let mut errors = Vec::new();
        let values: FluentArgs = args
            .iter()
            .map(|(name, arg)| (*name, arg.0.clone()))
            .collect();
        if let Some(pattern) = self.bundle.get_message(key).and_then(|found| found.value()) {
            self.bundle
                .format_pattern(pattern, Some(&values), &mut errors);
        }
        errors.len()
    }
}
