//! The three verbs: `scope` names, `decide` judges, `apply` folds. All total; none panics.

use crate::auth::{Act, may};
use crate::command::Command;
use crate::event::Event;
use crate::ids::{CommandId, DeviceId, OrderId, PersonId};
use crate::notifications::{About, Cards};
use crate::refusal::{Code, Refusal};
use crate::state::{Key, State};
use crate::text::Name;
use crate::time::Moment;
use crate::{auth, devices, floor, menu, notifications, orders, settings, sync};

/// Whether somebody waits for the answer and can choose again, or it has already happened at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Live,
    Queued,
}

/// Where the rules run. Only the hub gives numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Hub,
    Device,
}

/// All that a rule may know beside the state and the command.
#[derive(Debug, Clone, PartialEq)]
pub struct Ctx {
    pub command: CommandId,
    pub by: Option<PersonId>,
    pub device: Option<DeviceId>,
    pub at: Moment,
    pub origin: Origin,
    pub place: Place,
}

impl Ctx {
    pub fn by_name(&self, state: &State) -> Option<Name> {
        state
            .person(self.by?)
            .map(|person| person.full_name.clone())
    }

    /// Somebody who may not take orders is refused while they can still choose; afterwards it is flagged,
    /// for the guest has ordered all the same.
    pub(crate) fn must_be_allowed(
        &self,
        state: &State,
        kind: &str,
        order: Option<OrderId>,
        cards: &mut Cards,
    ) -> Result<(), Refusal> {
        let device = self
            .device
            .and_then(|id| state.device(id))
            .map(|device| device.kind);
        let person = self
            .by
            .and_then(|id| state.person(id))
            .filter(|person| person.active);
        if person.is_some_and(|person| may(person.role, device, Act::TakeOrders)) {
            return Ok(());
        }
        match self.origin {
            Origin::Live => Err(Refusal::Rule(Code::NotAllowed)),
            Origin::Queued => {
                cards.raise(About::NotPermitted {
                    kind: kind.to_owned(),
                    order,
                });
                Ok(())
            }
        }
    }
}

/// The rows that a command reads or may change, so far as `state` lets one see; asked again until it names
/// nothing new.
pub fn scope(cmd: &Command, ctx: &Ctx, state: &State) -> Vec<Key> {
    let actor = ctx
        .by
        .map(Key::Person)
        .into_iter()
        .chain(ctx.device.map(Key::Device));
    let mut keys: Vec<Key> = actor.chain([Key::Settings]).collect();
    match cmd {
        Command::Found(_) | Command::StartEpoch(_) | Command::RecordGap(_) => {}
        Command::AddPerson(cmd) => keys.push(Key::Person(cmd.id)),
        Command::EnrolDevice(cmd) => {
            keys.extend([cmd.id].into_iter().chain(cmd.fork_of).map(Key::Device))
        }
        Command::RevokeDevice(cmd) => {
            keys.extend(devices::family(state, cmd.id).into_iter().map(Key::Device))
        }
        Command::AddRoom(cmd) => keys.push(Key::Room(cmd.room.id)),
        Command::AddTable(cmd) => keys.extend([Key::Table(cmd.id), Key::Room(cmd.room)]),
        Command::AddCategory(cmd) => keys.push(Key::Category(cmd.category.id)),
        Command::AddDish(cmd) => {
            keys.extend([Key::Dish(cmd.dish.id), Key::Category(cmd.dish.category)])
        }
        Command::Open(cmd) => {
            keys.extend([Key::Order(cmd.order), Key::Table(cmd.table)]);
            keys.extend(cmd.lines.iter().map(|line| Key::Dish(line.dish)));
            keys.extend(counter(state, ctx));
        }
        Command::Add(cmd) => {
            keys.push(Key::Order(cmd.order));
            keys.extend(cmd.lines.iter().map(|line| Key::Dish(line.dish)));
            keys.extend(counter(state, ctx));
        }
        Command::Send(cmd) => keys.push(Key::Order(cmd.order)),
        Command::Name(cmd) => {
            keys.push(Key::Order(cmd.order));
            keys.extend(counter(state, ctx));
        }
    }
    keys
}

fn counter(state: &State, ctx: &Ctx) -> Option<Key> {
    state
        .settings()
        .map(|settings| Key::OrderCounter(settings.day_of(ctx.at)))
}

/// What of the scope is not loaded yet. Asked again after each load, until nothing is missing.
pub fn missing(cmd: &Command, ctx: &Ctx, state: &State) -> Vec<Key> {
    let mut missing: Vec<Key> = scope(cmd, ctx, state)
        .into_iter()
        .filter(|key| !state.is_loaded(key))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// Loads the whole scope by asking until it names nothing new. `load` brings the rows that are missing.
pub fn scope_all<E>(
    cmd: &Command,
    ctx: &Ctx,
    state: &mut State,
    mut load: impl FnMut(&mut State, Vec<Key>) -> Result<(), E>,
) -> Result<(), E> {
    loop {
        let mut missing: Vec<Key> = scope(cmd, ctx, state)
            .into_iter()
            .filter(|key| !state.is_loaded(key))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        missing.sort_unstable();
        missing.dedup();
        load(state, missing)?;
    }
}

/// What a command takes from the state at the moment of the tap, and keeps.
pub fn prepare(state: &State, cmd: &mut Command) {
    match cmd {
        Command::Open(cmd) => orders::add::freeze(state, &mut cmd.lines),
        Command::Add(cmd) => orders::add::freeze(state, &mut cmd.lines),
        Command::Found(_)
        | Command::AddPerson(_)
        | Command::EnrolDevice(_)
        | Command::RevokeDevice(_) => {}
        Command::AddRoom(_)
        | Command::AddTable(_)
        | Command::AddCategory(_)
        | Command::AddDish(_) => {}
        Command::Send(_) | Command::Name(_) => {}
        Command::StartEpoch(_) | Command::RecordGap(_) => {}
    }
}

/// What follows from a command: events, or why not. The state is only read.
pub fn decide(state: &State, cmd: &Command, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    match cmd {
        Command::Found(cmd) => settings::found(state, cmd),
        Command::AddPerson(cmd) => auth::add_person(state, cmd, ctx),
        Command::EnrolDevice(cmd) => devices::enrol(state, cmd, ctx),
        Command::RevokeDevice(cmd) => devices::revoke(state, cmd, ctx),
        Command::AddRoom(cmd) => floor::add_room(state, cmd),
        Command::AddTable(cmd) => floor::add_table(state, cmd),
        Command::AddCategory(cmd) => menu::add_category(state, cmd),
        Command::AddDish(cmd) => menu::add_dish(state, cmd),
        Command::Open(cmd) => orders::open::open(state, cmd, ctx),
        Command::Add(cmd) => orders::add::add(state, cmd, ctx),
        Command::Send(cmd) => orders::send::send(state, cmd, ctx),
        Command::Name(cmd) => orders::name::name(state, cmd, ctx),
        Command::StartEpoch(cmd) => Ok(sync::start_epoch(cmd)),
        Command::RecordGap(cmd) => Ok(sync::record_gap(cmd, ctx)),
    }
}

/// Folds one event into the state. What it does for one version of an event never changes.
pub fn apply(state: &mut State, event: &Event) {
    match event {
        Event::Founded(event) => settings::apply_founded(state, event),
        Event::PersonAdded(event) => auth::apply_person_added(state, event),
        Event::DeviceEnrolled(event) => devices::apply_enrolled(state, event),
        Event::DeviceRevoked(event) => devices::apply_revoked(state, event),
        Event::RoomAdded(event) => floor::apply_room_added(state, event),
        Event::TableAdded(event) => floor::apply_table_added(state, event),
        Event::CategoryAdded(event) => menu::apply_category_added(state, event),
        Event::DishAdded(event) => menu::apply_dish_added(state, event),
        Event::OrderOpened(event) => orders::open::apply_opened(state, event),
        Event::OrderSeated(event) => orders::open::apply_seated(state, event),
        Event::LinesAdded(event) => orders::add::apply_added(state, event),
        Event::LinesFired(event) => orders::send::apply_fired(state, event),
        Event::OrderNamed(event) => orders::name::apply_named(state, event),
        Event::CardRaised(event) => notifications::apply_card_raised(state, event),
        Event::EpochStarted(_) => {}
    }
}

/// What becomes of a command, in the words that the log keeps.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Applied { events: Vec<Event> },
    Rejected { code: Code, events: Vec<Event> },
    Quarantined { why: String, events: Vec<Event> },
}

impl Verdict {
    pub fn events(&self) -> &[Event] {
        match self {
            Self::Applied { events }
            | Self::Rejected { events, .. }
            | Self::Quarantined { events, .. } => events,
        }
    }
}

/// Decides a queued command whatever it is: a rule's no is final and has a card; what cannot be is kept whole.
pub fn judge(state: &State, cmd: &Command, ctx: &Ctx) -> Verdict {
    match decide(state, cmd, ctx) {
        Ok(events) => Verdict::Applied { events },
        Err(Refusal::Rule(code)) => {
            let about = About::Rejected {
                command: ctx.command,
                kind: cmd.kind().into(),
                code: code.as_str().into(),
            };
            Verdict::Rejected {
                code,
                events: card(ctx, about),
            }
        }
        Err(refusal @ (Refusal::Unknown(_) | Refusal::Bad { .. })) => {
            quarantine(ctx, cmd.kind(), &refusal.to_string())
        }
    }
}

/// Keeps a command whole, with a card for managers.
pub fn quarantine(ctx: &Ctx, kind: &str, why: &str) -> Verdict {
    let about = About::Quarantined {
        command: ctx.command,
        kind: kind.to_owned(),
        why: why.to_owned(),
    };
    Verdict::Quarantined {
        why: why.to_owned(),
        events: card(ctx, about),
    }
}

fn card(ctx: &Ctx, about: About) -> Vec<Event> {
    let mut cards = Cards::of(ctx);
    cards.raise(about);
    cards.into_events().collect()
}
