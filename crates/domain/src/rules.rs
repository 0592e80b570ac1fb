//! The three verbs: `scope` names, `decide` judges, `apply` folds. All total; none panics.

use crate::auth::{Act, may};
use crate::command::Command;
use crate::devices::DeviceKind;
use crate::event::Event;
use crate::ids::{CommandId, DeviceId, OrderId, PersonId};
use crate::notifications::{About, Cards};
use crate::orders::Mark;
use crate::orders::follow::{follow, order_keys};
use crate::refusal::{Code, Refusal};
use crate::state::{Key, State};
use crate::text::Name;
use crate::time::Moment;
use crate::{auth, billing, devices, floor, kitchen, menu, notifications, orders, settings, sync};

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
    /// Who stood by with a manager's PIN.
    pub approved_by: Option<PersonId>,
    pub device: Option<DeviceId>,
    pub at: Moment,
    pub origin: Origin,
    pub place: Place,
    /// The epoch's counter: series of receipts change with it.
    pub epoch: u64,
}

impl Ctx {
    pub fn by_name(&self, state: &State) -> Option<Name> {
        state
            .person(self.by?)
            .map(|person| person.full_name.clone())
    }

    pub fn approver_name(&self, state: &State) -> Option<Name> {
        state
            .person(self.approved_by?)
            .map(|person| person.full_name.clone())
    }

    pub fn mark(&self, state: &State) -> Mark {
        Mark {
            at: self.at,
            by: self.by,
            by_name: self.by_name(state),
        }
    }

    fn device_kind(&self, state: &State) -> Option<DeviceKind> {
        let device = self.device.and_then(|id| state.device(id))?;
        Some(device.kind)
    }

    pub(crate) fn is_kitchen(&self, state: &State) -> bool {
        self.device_kind(state) == Some(DeviceKind::Kitchen)
    }

    pub(crate) fn is_allowed(&self, state: &State, act: Act) -> bool {
        self.person_may(state, self.by, act)
    }

    /// Allowed to whoever does it, or to whoever stands by.
    pub(crate) fn is_approved(&self, state: &State, act: Act) -> bool {
        self.is_allowed(state, act) || self.person_may(state, self.approved_by, act)
    }

    fn person_may(&self, state: &State, person: Option<PersonId>, act: Act) -> bool {
        let person = person
            .and_then(|id| state.person(id))
            .filter(|person| person.active);
        person.is_some_and(|person| may(person.role, self.device_kind(state), act))
    }

    /// An intent of somebody who may not is refused, whenever it comes.
    pub(crate) fn must_be(&self, state: &State, act: Act) -> Result<(), Refusal> {
        if self.is_allowed(state, act) {
            Ok(())
        } else {
            Err(Refusal::Rule(Code::NotAllowed))
        }
    }

    /// A fact of somebody who may not is refused while they can still choose; afterwards it is flagged, for it has
    /// happened all the same.
    pub(crate) fn must_or_flag(
        &self,
        state: &State,
        act: Act,
        kind: &str,
        order: Option<OrderId>,
        cards: &mut Cards,
    ) -> Result<(), Refusal> {
        match (self.is_allowed(state, act), self.origin) {
            (true, _) => Ok(()),
            (false, Origin::Live) => Err(Refusal::Rule(Code::NotAllowed)),
            (false, Origin::Queued) => {
                cards.raise(About::NotPermitted {
                    kind: kind.to_owned(),
                    order,
                });
                Ok(())
            }
        }
    }

    pub(crate) fn must_be_allowed(
        &self,
        state: &State,
        kind: &str,
        order: Option<OrderId>,
        cards: &mut Cards,
    ) -> Result<(), Refusal> {
        self.must_or_flag(state, Act::TakeOrders, kind, order, cards)
    }
}

/// The rows that a command reads or may change, so far as `state` lets one see; asked again until it names
/// nothing new.
pub fn scope(cmd: &Command, ctx: &Ctx, state: &State) -> Vec<Key> {
    let people = ctx.by.into_iter().chain(ctx.approved_by).map(Key::Person);
    let actor = people.chain(ctx.device.map(Key::Device));
    let mut keys: Vec<Key> = actor.chain([Key::Settings]).collect();
    if let Some(order) = cmd.order() {
        keys.push(Key::Order(order));
        keys.extend(order_keys(state, order));
        keys.extend(counter(state, ctx));
        keys.push(Key::ReceiptCounter(ctx.epoch));
        keys.extend(cmd.new_lines().iter().map(|line| Key::Dish(line.dish)));
        let groups = cmd
            .new_lines()
            .iter()
            .filter_map(|line| state.dish(line.dish));
        keys.extend(
            groups
                .flat_map(|dish| &dish.modifier_groups)
                .copied()
                .map(Key::Group),
        );
    }
    match cmd {
        Command::Found(_) | Command::StartEpoch(_) | Command::RecordGap(_) => {}
        Command::ChangeSettings(_) => {}
        Command::AddPerson(cmd) => keys.extend([Key::Person(cmd.id), Key::Admins]),
        Command::ChangePerson(cmd) => keys.extend([Key::Person(cmd.id), Key::Admins]),
        Command::EnrolDevice(cmd) => {
            keys.extend([cmd.id].into_iter().chain(cmd.fork_of).map(Key::Device))
        }
        Command::RevokeDevice(cmd) => {
            keys.extend(devices::family(state, cmd.id).into_iter().map(Key::Device))
        }
        Command::RenameDevice(cmd) => keys.push(Key::Device(cmd.id)),
        Command::AddRoom(cmd) => keys.push(Key::Room(cmd.room.id)),
        Command::AddTable(cmd) => keys.extend([Key::Table(cmd.id), Key::Room(cmd.room)]),
        Command::ChangeTable(cmd) => {
            keys.push(Key::Table(cmd.id));
            let old = state.table(cmd.id).map(|table| table.room);
            keys.extend(cmd.room.into_iter().chain(old).map(Key::Room));
        }
        Command::AddCategory(cmd) => keys.push(Key::Category(cmd.category.id)),
        Command::ChangeCategory(cmd) => keys.push(Key::Category(cmd.id)),
        Command::AddGroup(cmd) => keys.push(Key::Group(cmd.group.id)),
        Command::ChangeGroup(cmd) => keys.push(Key::Group(cmd.id)),
        Command::AddDish(cmd) => {
            keys.extend([Key::Dish(cmd.dish.id), Key::Category(cmd.dish.category)]);
            keys.extend(cmd.dish.modifier_groups.iter().copied().map(Key::Group));
        }
        Command::ChangeDish(cmd) => {
            keys.push(Key::Dish(cmd.id));
            let old = state.dish(cmd.id);
            let category = cmd
                .category
                .into_iter()
                .chain(old.map(|dish| dish.category));
            keys.extend(category.map(Key::Category));
            let groups = old.into_iter().flat_map(|dish| &dish.modifier_groups);
            keys.extend(
                groups
                    .chain(cmd.modifier_groups.iter().flatten())
                    .copied()
                    .map(Key::Group),
            );
        }
        Command::SetAvailability(cmd) => keys.push(Key::Dish(cmd.dish)),
        Command::Open(cmd) => {
            keys.push(Key::Table(cmd.table));
            keys.extend(unsent_dishes(state, cmd.order));
        }
        Command::Add(cmd) => keys.extend(unsent_dishes(state, cmd.order)),
        Command::Send(cmd) => keys.extend(unsent_dishes(state, cmd.order)),
        Command::Force(cmd) => keys.extend(unsent_dishes(state, cmd.order)),
        Command::Void(cmd) => keys.extend(dishes(state, cmd.order)),
        Command::Cancel(cmd) => keys.extend(dishes(state, cmd.order)),
        Command::HandOver(cmd) => keys.push(Key::Person(cmd.to)),
        Command::Name(_) | Command::Change(_) | Command::Serve(_) => {}
        Command::See(_) | Command::Advance(_) | Command::Undo(_) => {}
        Command::Bump(_) | Command::Recall(_) | Command::Acknowledge(_) => {}
        Command::OpenBill(cmd) => keys.push(Key::Bill(cmd.bill)),
        Command::Pay(cmd) => keys.extend(billing::pay::keys(state, cmd)),
        Command::Clear(cmd) => keys.push(Key::Card(cmd.card)),
    }
    keys
}

fn dishes(state: &State, order: OrderId) -> Vec<Key> {
    let lines = state
        .order(order)
        .into_iter()
        .flat_map(|order| &order.lines);
    lines.map(|line| Key::Dish(line.dish)).collect()
}

fn unsent_dishes(state: &State, order: OrderId) -> Vec<Key> {
    let lines = state
        .order(order)
        .into_iter()
        .flat_map(orders::Order::unsent);
    lines.map(|line| Key::Dish(line.dish)).collect()
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
        _ => {}
    }
}

/// What follows from a command: events, or why not. The state is only read.
pub fn decide(state: &State, cmd: &Command, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let events = decide_alone(state, cmd, ctx)?;
    follow(state, events, ctx)
}

fn decide_alone(state: &State, cmd: &Command, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    match cmd {
        Command::Found(cmd) => settings::found(state, cmd),
        Command::ChangeSettings(cmd) => settings::change(state, cmd),
        Command::AddPerson(cmd) => auth::add_person(state, cmd, ctx),
        Command::ChangePerson(cmd) => auth::change_person(state, cmd, ctx),
        Command::EnrolDevice(cmd) => devices::enrol(state, cmd, ctx),
        Command::RevokeDevice(cmd) => devices::revoke(state, cmd, ctx),
        Command::RenameDevice(cmd) => devices::rename(state, cmd),
        Command::AddRoom(cmd) => floor::add_room(state, cmd),
        Command::AddTable(cmd) => floor::add_table(state, cmd),
        Command::ChangeTable(cmd) => floor::change_table(state, cmd),
        Command::AddCategory(cmd) => menu::add_category(state, cmd),
        Command::ChangeCategory(cmd) => menu::change_category(state, cmd),
        Command::AddDish(cmd) => menu::add_dish(state, cmd),
        Command::ChangeDish(cmd) => menu::change_dish(state, cmd),
        Command::AddGroup(cmd) => menu::add_group(state, cmd),
        Command::ChangeGroup(cmd) => menu::change_group(state, cmd),
        Command::SetAvailability(cmd) => menu::set_availability(state, cmd, ctx),
        Command::Open(cmd) => orders::open::open(state, cmd, ctx),
        Command::Add(cmd) => orders::add::add(state, cmd, ctx),
        Command::Send(cmd) => orders::send::send(state, cmd, ctx),
        Command::Force(cmd) => orders::send::force(state, cmd, ctx),
        Command::Name(cmd) => orders::name::name(state, cmd, ctx),
        Command::Change(cmd) => orders::change::change(state, cmd, ctx),
        Command::Void(cmd) => orders::void::void(state, cmd, ctx),
        Command::Serve(cmd) => orders::serve::serve(state, cmd, ctx),
        Command::Cancel(cmd) => orders::cancel::cancel(state, cmd, ctx),
        Command::HandOver(cmd) => orders::hand_over::hand_over(state, cmd, ctx),
        Command::See(cmd) => kitchen::see(state, cmd, ctx),
        Command::Advance(cmd) => kitchen::advance(state, cmd, ctx),
        Command::Undo(cmd) => kitchen::undo(state, cmd, ctx),
        Command::Bump(cmd) => kitchen::bump(state, cmd, ctx),
        Command::Recall(cmd) => kitchen::recall(state, cmd, ctx),
        Command::Acknowledge(cmd) => kitchen::acknowledge(state, cmd, ctx),
        Command::OpenBill(cmd) => billing::bill::open_bill(state, cmd, ctx),
        Command::Pay(cmd) => billing::pay::pay(state, cmd, ctx),
        Command::Clear(cmd) => notifications::clear(state, cmd, ctx),
        Command::StartEpoch(cmd) => Ok(sync::start_epoch(cmd)),
        Command::RecordGap(cmd) => Ok(sync::record_gap(cmd, ctx)),
    }
}

/// Folds one event into the state. What it does for one version of an event never changes.
pub fn apply(state: &mut State, event: &Event) {
    match event {
        Event::Founded(event) => settings::apply_founded(state, event),
        Event::SettingsChanged(event) => settings::apply_changed(state, event),
        Event::PersonAdded(event) => auth::apply_person_added(state, event),
        Event::PersonChanged(event) => auth::apply_person_changed(state, event),
        Event::AdminsChanged(event) => auth::apply_admins(state, event),
        Event::DeviceEnrolled(event) => devices::apply_enrolled(state, event),
        Event::DeviceRevoked(event) => devices::apply_revoked(state, event),
        Event::DeviceRenamed(event) => devices::apply_renamed(state, event),
        Event::RoomAdded(event) => floor::apply_room_added(state, event),
        Event::TableAdded(event) => floor::apply_table_added(state, event),
        Event::TableChanged(event) => floor::apply_table_changed(state, event),
        Event::TableMarked(event) => floor::apply_marked(state, event),
        Event::CategoryAdded(event) => menu::apply_category_added(state, event),
        Event::CategoryChanged(event) => menu::apply_category_changed(state, event),
        Event::DishAdded(event) => menu::apply_dish_added(state, event),
        Event::DishChanged(event) => menu::apply_dish_changed(state, event),
        Event::DishPlaced(event) => menu::apply_dish_placed(state, event),
        Event::DishCounted(event) => menu::apply_counted(state, event),
        Event::GroupChanged(event) => menu::apply_group_changed(state, event),
        Event::OrderOpened(event) => orders::open::apply_opened(state, event),
        Event::OrderSeated(event) => orders::open::apply_seated(state, event),
        Event::LinesAdded(event) => orders::add::apply_added(state, event),
        Event::LinesFired(event) => orders::send::apply_fired(state, event),
        Event::LinesHeld(event) => orders::send::apply_held(state, event),
        Event::OrderNamed(event) => orders::name::apply_named(state, event),
        Event::LineChanged(event) => orders::change::apply_changed(state, event),
        Event::LinesVoided(event) => orders::void::apply_voided(state, event),
        Event::LinesServed(event) => orders::serve::apply_served(state, event),
        Event::OrderClosed(event) => orders::cancel::apply_closed(state, event),
        Event::OrderReopened(event) => orders::cancel::apply_reopened(state, event),
        Event::OrderHandedOver(event) => orders::hand_over::apply_handed_over(state, event),
        Event::TicketsSeen(event) => kitchen::apply_seen(state, event),
        Event::LinesStaged(event) => kitchen::apply_staged(state, event),
        Event::TicketBumped(event) => kitchen::apply_bumped(state, event),
        Event::TicketRecalled(event) => kitchen::apply_recalled(state, event),
        Event::VoidsAcknowledged(event) => kitchen::apply_acknowledged(state, event),
        Event::BillOpened(event) => billing::bill::apply_opened(state, event),
        Event::PaymentTaken(event) => billing::pay::apply_taken(state, event),
        Event::BillPaid(event) => billing::bill::apply_paid(state, event),
        Event::CardRaised(event) => notifications::apply_card_raised(state, event),
        Event::CardCleared(event) => notifications::apply_card_cleared(state, event),
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
        Err(Refusal::Rule(code)) => refuse(ctx, cmd.kind(), code),
        Err(refusal @ (Refusal::Unknown(_) | Refusal::Bad { .. })) => {
            quarantine(ctx, cmd.kind(), &refusal.to_string())
        }
    }
}

/// Says no, with a card for its author and for managers.
pub fn refuse(ctx: &Ctx, kind: &str, code: Code) -> Verdict {
    let about = About::Rejected {
        command: ctx.command,
        kind: kind.into(),
        code: code.as_str().into(),
    };
    Verdict::Rejected {
        code,
        events: card(ctx, about),
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
