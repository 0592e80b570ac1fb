//! A write that comes again with its key after the hub's database was put back: the log says what it did, and its
//! answer is drawn anew from what stands.

use super::attempt::Failure;
use super::recover::read_command;
use super::work::Work;
use super::writer::Writer;
use super::{Done, Idem, Live, LiveError, Rendered};
use crate::api::shapes;
use crate::api::write::rendered;
use crate::problem::Problem;
use crate::store::{Tx, idempotency, log};
use domain::rules::{Ctx, Origin, Place};
use domain::sync::{Entry, Outcome};
use domain::{Code, Command, State};

type Answer = Result<Done, LiveError>;

/// Whether the first answer to a write would have been kept with its key.
pub(super) fn is_kept(outcome: Outcome, code: Option<&str>) -> bool {
    match outcome {
        Outcome::Applied => true,
        Outcome::Rejected => problem(code).status() == 409,
        Outcome::Quarantined => false,
    }
}

fn code_of(text: Option<&str>) -> Code {
    let mut all = Code::ALL.iter().copied();
    let code = all.find(|code| Some(code.as_str()) == text);
    code.unwrap_or(Code::NotAllowed)
}

fn problem(code: Option<&str>) -> Problem {
    Problem::from(LiveError::Refused(code_of(code)))
}

impl Writer {
    /// What to say to a key that the log has and whose answer is lost; none where it is another key.
    pub(super) async fn said_before(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        live: &Live,
        idem: &Idem,
    ) -> Result<Option<Answer>, Failure> {
        let lost = work.kept.get(&idem.key);
        if lost.is_none_or(|kept| kept.status != idempotency::LOST) {
            return Ok(None);
        }
        let Some(entry) = self.entry_of(tx, idem).await? else {
            return Ok(None);
        };
        if entry.kind != live.command.kind() {
            return Ok(Some(Err(LiveError::KeyReused)));
        }
        let text = entry.command.as_deref();
        let command = text.and_then(|text| read_command(&entry.kind, text).ok());
        let command = command.unwrap_or_else(|| live.command.clone());
        let ctx = Ctx {
            command: entry.cmd_id,
            by: live.by,
            approved_by: None,
            device: live.device,
            at: work.head.hub_at,
            origin: Origin::Live,
            place: Place::Hub,
            epoch: work.head.position.epoch.n,
        };
        self.load(tx, &command, &ctx).await?;
        self.load_told(tx, command.order(), &entry.events).await?;
        if entry.outcome != Outcome::Applied {
            let refused = self.refusal(code_of(entry.code.as_deref()), &command);
            let answer = super::live::refused(refused.into(), Some(idem));
            super::live::keep(work, live, &answer);
            return Ok(Some(Err(LiveError::Replayed(answer))));
        }
        let answer = made(&command, &self.state).unwrap_or_else(|| (live.render)(&self.state));
        super::live::keep(work, live, &answer);
        Ok(Some(Ok(Done {
            answer,
            replayed: true,
            seq: 0,
        })))
    }

    async fn entry_of(&self, tx: &mut Tx, idem: &Idem) -> Result<Option<Entry>, Failure> {
        let id = idempotency::command_of(tx, self.restaurant, &idem.key).await?;
        let Some(id) = id else {
            return Ok(None);
        };
        let known = log::known(tx, self.restaurant, &[id]).await?;
        let Some(known) = known.get(&id) else {
            return Ok(None);
        };
        let bytes = log::after(tx, self.restaurant, known.seq - 1, 1).await?;
        let entry = bytes.first().map(|bytes| Entry::read(bytes)).transpose();
        entry.map_err(|why| Failure::Bad(why.to_string()))
    }
}

/// The answer to what made something under an id that the hub had drawn; none where the request names it itself.
fn made(command: &Command, state: &State) -> Option<Rendered> {
    let at = |path: String| Some(format!("/api/v1/{path}"));
    Some(match command {
        Command::Open(cmd) => {
            let order = cmd.order;
            rendered(shapes::order(state, order), at(format!("orders/{order}")))
        }
        Command::OpenBill(cmd) => {
            let bill = cmd.bill;
            rendered(
                shapes::bill(state, bill),
                at(format!("billing/bills/{bill}")),
            )
        }
        Command::Pay(cmd) => {
            let taken = state.bill(cmd.bill).map(|bill| bill.payments.iter());
            let mut taken = taken.into_iter().flatten();
            let taken = taken.find(|known| known.id == cmd.payment);
            let place = at(format!("billing/bills/{}", cmd.bill));
            rendered(taken.map(shapes::payment), place)
        }
        Command::AddTable(cmd) => rendered(
            shapes::table(state, cmd.id),
            at(format!("tables/{}", cmd.id)),
        ),
        Command::AddCategory(cmd) => {
            let id = cmd.category.id;
            let place = at(format!("menu/categories/{id}"));
            rendered(shapes::category(state, id), place)
        }
        Command::AddDish(cmd) => {
            let id = cmd.dish.id;
            rendered(
                shapes::dish(state, id, true),
                at(format!("menu/dishes/{id}")),
            )
        }
        Command::AddGroup(cmd) => {
            let id = cmd.group.id;
            let place = at(format!("menu/modifier-groups/{id}"));
            rendered(shapes::group(state, id), place)
        }
        Command::Add(_) | Command::Send(_) | Command::Force(_) | Command::Change(_) => return None,
        Command::Void(_) | Command::Cancel(_) | Command::Name(_) | Command::Serve(_) => {
            return None;
        }
        Command::HandOver(_) | Command::Clear(_) | Command::See(_) => return None,
        Command::Advance(_) | Command::Undo(_) | Command::Bump(_) => return None,
        Command::Recall(_) | Command::Acknowledge(_) => return None,
        Command::SetAvailability(_) | Command::AddPerson(_) | Command::ChangePerson(_) => {
            return None;
        }
        Command::EnrolDevice(_) | Command::RevokeDevice(_) => return None,
        Command::RenameDevice(_) | Command::AddRoom(_) | Command::ChangeTable(_) => return None,
        Command::ChangeCategory(_) | Command::ChangeDish(_) | Command::ChangeGroup(_) => {
            return None;
        }
        Command::ChangeSettings(_) | Command::Found(_) => return None,
        Command::StartEpoch(_) | Command::RecordGap(_) => return None,
    })
}
