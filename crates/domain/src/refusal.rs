//! Why a command does not go in: words for people come from the translations, never from here.

use serde::{Deserialize, Serialize};

/// A rule said no. The same enum on device and hub; its snake_case text is the outside contract's `code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    AlreadyExists,
    AlreadyFounded,
    AlreadyPaid,
    AlreadyRevoked,
    AlreadySent,
    AlreadyVoided,
    ApprovalRequired,
    Backward,
    BillClosed,
    BillExists,
    ChangedMeanwhile,
    CurrencyFixed,
    DishUnavailable,
    InUse,
    LastAdmin,
    NotAllowed,
    NotBumped,
    NotSent,
    OrderClosed,
    OrderFull,
    Overpayment,
    UsernameTaken,
}

impl Code {
    pub const ALL: &'static [Code] = &[
        Self::AlreadyExists,
        Self::AlreadyFounded,
        Self::AlreadyPaid,
        Self::AlreadyRevoked,
        Self::AlreadySent,
        Self::AlreadyVoided,
        Self::ApprovalRequired,
        Self::Backward,
        Self::BillClosed,
        Self::BillExists,
        Self::ChangedMeanwhile,
        Self::CurrencyFixed,
        Self::DishUnavailable,
        Self::InUse,
        Self::LastAdmin,
        Self::NotAllowed,
        Self::NotBumped,
        Self::NotSent,
        Self::OrderClosed,
        Self::OrderFull,
        Self::Overpayment,
        Self::UsernameTaken,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyExists => "already_exists",
            Self::AlreadyFounded => "already_founded",
            Self::AlreadyPaid => "already_paid",
            Self::AlreadyRevoked => "already_revoked",
            Self::AlreadySent => "already_sent",
            Self::AlreadyVoided => "already_voided",
            Self::ApprovalRequired => "approval_required",
            Self::Backward => "backward",
            Self::BillClosed => "bill_closed",
            Self::BillExists => "bill_exists",
            Self::ChangedMeanwhile => "changed_meanwhile",
            Self::CurrencyFixed => "currency_fixed",
            Self::DishUnavailable => "dish_unavailable",
            Self::InUse => "in_use",
            Self::LastAdmin => "last_admin",
            Self::NotAllowed => "not_allowed",
            Self::NotBumped => "not_bumped",
            Self::NotSent => "not_sent",
            Self::OrderClosed => "order_closed",
            Self::OrderFull => "order_full",
            Self::Overpayment => "overpayment",
            Self::UsernameTaken => "username_taken",
        }
    }
}

/// What `decide` answers when there are no events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A rule said no.
    #[error("refused: {}", .0.as_str())]
    Rule(Code),
    /// What the command is about is not there.
    #[error("no such {0}")]
    Unknown(&'static str),
    /// The command names something that cannot be, and where.
    #[error("{field}: {code}")]
    Bad { field: String, code: &'static str },
}

impl Refusal {
    pub fn bad(field: impl Into<String>, code: &'static str) -> Self {
        Self::Bad {
            field: field.into(),
            code,
        }
    }

    /// An amount that money cannot hold.
    pub fn too_much(field: impl Into<String>) -> Self {
        Self::bad(field, "out_of_range")
    }
}
