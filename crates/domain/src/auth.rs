//! People, their roles, and what each role may do on each kind of device.

use crate::devices::DeviceKind;
use crate::event::Event;
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};
use crate::rules::Ctx;
use crate::state::{Key, State};
use crate::text::{Name, Username};
use crate::time::Moment;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Manager,
    Staff,
    Kitchen,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Staff => "staff",
            Self::Kitchen => "kitchen",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Admin, Self::Manager, Self::Staff, Self::Kitchen]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// What somebody may or may not do. Reading is common to all; what is listed changes something or is private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    TakeOrders,
    VoidCooking,
    TakePayment,
    SeeMoney,
    Cook,
    SetAvailability,
    AnswerCards,
    ReadReports,
    ReadEvents,
    EnrolDevices,
    ManageRestaurant,
}

impl Act {
    pub const ALL: [Act; 11] = [
        Self::TakeOrders,
        Self::VoidCooking,
        Self::TakePayment,
        Self::SeeMoney,
        Self::Cook,
        Self::SetAvailability,
        Self::AnswerCards,
        Self::ReadReports,
        Self::ReadEvents,
        Self::EnrolDevices,
        Self::ManageRestaurant,
    ];

    /// In words, for the page that shows the table.
    pub fn what(self) -> &'static str {
        match self {
            Self::TakeOrders => {
                "open checks; add, change, send, serve, name, hand over, cancel; void what does not cook yet"
            }
            Self::VoidCooking => {
                "void what cooks, is ready or was served; approve that for somebody else"
            }
            Self::TakePayment => "open bills and take payments",
            Self::SeeMoney => "see prices, totals and bills",
            Self::Cook => "say what is seen, preparing, ready, bumped, recalled",
            Self::SetAvailability => "take a dish off, or set how many are left",
            Self::AnswerCards => "answer anybody's cards (one's own: always)",
            Self::ReadReports => "read reports",
            Self::ReadEvents => "read the event feed",
            Self::EnrolDevices => "enrol and list devices",
            Self::ManageRestaurant => "people, menu, floor, settings; rename and revoke devices",
        }
    }

    /// What a session by PIN never may, whoever it is of: a PIN is easily seen over a shoulder.
    pub fn needs_password(self) -> bool {
        match self {
            Self::EnrolDevices | Self::ManageRestaurant => true,
            Self::TakeOrders | Self::VoidCooking | Self::TakePayment | Self::SeeMoney => false,
            Self::Cook | Self::SetAvailability | Self::AnswerCards => false,
            Self::ReadReports | Self::ReadEvents => false,
        }
    }
}

impl Role {
    pub const ALL: [Role; 4] = [Self::Admin, Self::Manager, Self::Staff, Self::Kitchen];

    /// On a kitchen's screen everybody is a cook at most.
    pub fn on(self, device: Option<DeviceKind>) -> Role {
        match device {
            Some(DeviceKind::Kitchen) => Role::Kitchen,
            Some(DeviceKind::Waiter | DeviceKind::Office) | None => self,
        }
    }
}

/// The one table of rights: act by role, narrowed by the kind of the device where there is one.
pub fn may(role: Role, device: Option<DeviceKind>, act: Act) -> bool {
    let role = role.on(device);
    match act {
        Act::TakeOrders | Act::TakePayment | Act::SeeMoney => role != Role::Kitchen,
        Act::Cook | Act::SetAvailability => role != Role::Staff,
        Act::VoidCooking | Act::AnswerCards => matches!(role, Role::Admin | Role::Manager),
        Act::ReadReports | Act::ReadEvents | Act::EnrolDevices => {
            matches!(role, Role::Admin | Role::Manager)
        }
        Act::ManageRestaurant => role == Role::Admin,
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    pub id: PersonId,
    pub username: Username,
    pub full_name: Name,
    pub role: Role,
    pub active: bool,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// Adds a person. The password is a side row: it never enters the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddPerson {
    pub id: PersonId,
    pub username: Username,
    pub full_name: Name,
    pub role: Role,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonAdded {
    pub person: Person,
}

pub fn add_person(state: &State, cmd: &AddPerson, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    if state.person(cmd.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    let person = Person {
        id: cmd.id,
        username: cmd.username.clone(),
        full_name: cmd.full_name.clone(),
        role: cmd.role,
        active: true,
        created_at: ctx.at,
        updated_at: ctx.at,
    };
    let admins = admins_after(state, &person);
    Ok([PersonAdded { person }.into()]
        .into_iter()
        .chain(admins)
        .collect())
}

pub fn apply_person_added(state: &mut State, event: &PersonAdded) {
    state.put(Key::Person(event.person.id), event.person.clone().into());
}

/// Who may manage the restaurant: there is always one who can sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Admins {
    pub people: Vec<PersonId>,
}

fn admins_after(state: &State, person: &Person) -> Option<Event> {
    let before = state.admins().map_or(&[][..], |admins| &admins.people);
    let is_admin = person.active && person.role == Role::Admin;
    if is_admin == before.contains(&person.id) {
        return None;
    }
    let others = before.iter().copied().filter(|id| *id != person.id);
    let people = others.chain(is_admin.then_some(person.id)).collect();
    Some(Admins { people }.into())
}

pub fn apply_admins(state: &mut State, event: &Admins) {
    state.put(Key::Admins, event.clone().into());
}

/// What is named is set, what is not stays. Passwords and PINs are side rows: `credential` only says that one changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePerson {
    pub id: PersonId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<Credential>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    Password,
    Pin,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonChanged {
    pub person: Person,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<Credential>,
}

pub fn change_person(state: &State, cmd: &ChangePerson, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let old = state.person(cmd.id).ok_or(Refusal::Unknown("user"))?;
    let mut person = Person {
        full_name: cmd
            .full_name
            .clone()
            .unwrap_or_else(|| old.full_name.clone()),
        role: cmd.role.unwrap_or(old.role),
        active: cmd.active.unwrap_or(old.active),
        ..old.clone()
    };
    if person == *old && cmd.credentials.is_empty() {
        return Ok(Vec::new());
    }
    person.updated_at = ctx.at.max(old.updated_at);
    let admins = admins_after(state, &person);
    if let Some(Event::AdminsChanged(admins)) = &admins
        && admins.people.is_empty()
    {
        return Err(Refusal::Rule(Code::LastAdmin));
    }
    let credentials = cmd.credentials.clone();
    let changed = PersonChanged {
        person,
        credentials,
    };
    Ok([changed.into()].into_iter().chain(admins).collect())
}

pub fn apply_person_changed(state: &mut State, event: &PersonChanged) {
    state.put(Key::Person(event.person.id), event.person.clone().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kitchen_cooks_and_no_more_whoever_stands_there() {
        for act in Act::ALL {
            let cooks = matches!(act, Act::Cook | Act::SetAvailability);
            assert_eq!(may(Role::Kitchen, None, act), cooks, "{act:?}");
            for role in Role::ALL {
                let here = may(role, Some(DeviceKind::Kitchen), act);
                assert_eq!(here, cooks, "{act:?} on a kitchen device");
            }
            assert!(
                may(Role::Admin, Some(DeviceKind::Office), act),
                "{act:?} for an admin"
            );
        }
        assert!(may(Role::Staff, Some(DeviceKind::Waiter), Act::TakeOrders));
        assert!(!may(Role::Staff, None, Act::SetAvailability));
        assert!(!may(Role::Staff, None, Act::VoidCooking));
        assert!(!may(Role::Manager, None, Act::ManageRestaurant));
        assert!(!may(Role::Staff, None, Act::ReadEvents));
    }
}
