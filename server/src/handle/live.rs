//! Writes for which somebody waits: a rule may refuse them, and the refusal is an entry too.

use super::attempt::{Ask, Failure, guarded};
use super::work::Work;
use super::writer::Writer;
use super::{Done, Idem, Live, LiveError, Rendered, Side};
use crate::problem::Problem;
use crate::store::idempotency::Kept;
use crate::store::{Tx, credentials, sessions};
use domain::rules::{Ctx, Origin, Place, Verdict};
use domain::{Code, Command, Refusal};
use serde_json::value::RawValue;

impl Writer {
    pub(super) async fn live(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        live: &Live,
    ) -> Result<Result<Done, LiveError>, Failure> {
        if let Some(idem) = &live.idem
            && let Some(answer) = self.said_before(tx, work, live, idem).await?
        {
            return Ok(answer);
        }
        if let Some(answer) = kept_answer(work, live) {
            return Ok(answer);
        }
        let at = self.hub.world.now().max(work.head.hub_at);
        let (by, device, command) = (live.by, live.device, live.cmd_id);
        let ctx = Ctx {
            command,
            by,
            approved_by: None,
            device,
            at,
            origin: Origin::Live,
            place: Place::Hub,
            epoch: work.head.position.epoch.n,
        };
        self.load(tx, &live.command, &ctx).await?;
        let mut command = live.command.clone();
        domain::prepare(&self.state, &mut command);
        domain::orders::send::supply(&self.state, &mut command, || self.hub.world.id());
        let mut decided = match self.sides(tx, live, at).await? {
            Ok(()) => guarded(|| domain::decide(&self.state, &command, &ctx))?,
            Err(Some(code)) => Err(Refusal::Rule(code)),
            Err(None) => return Ok(Err(LiveError::BadCode)),
        };
        let verdict = match &mut decided {
            Ok(events) => Verdict::Applied {
                events: std::mem::take(events),
            },
            Err(Refusal::Rule(code)) => Verdict::Rejected {
                code: *code,
                events: Vec::new(),
            },
            Err(Refusal::Unknown(what)) => return Ok(Err(LiveError::Unknown(what))),
            Err(Refusal::Bad { field, code }) => {
                return Ok(Err(LiveError::Bad {
                    field: field.clone(),
                    code,
                }));
            }
        };
        let seq = self
            .enter(tx, work, ask(&command, live.idem.as_ref(), ctx)?, verdict)
            .await?;
        match decided {
            Ok(_) => {
                self.store_sides(tx, live).await?;
                self.load_told(tx, command.order(), &[]).await?;
                let answer = guarded(|| (live.render)(&self.state))?;
                keep(work, live, &answer);
                Ok(Ok(Done {
                    answer,
                    replayed: false,
                    seq,
                }))
            }
            Err(Refusal::Rule(code)) => {
                let error = self.refusal(code, &command);
                let problem = Problem::from(error.clone());
                // What may be asked for again by somebody else, or tomorrow, is not kept.
                if problem.status() == 409 {
                    keep(work, live, &refused(problem, live.idem.as_ref()));
                }
                Ok(Err(error))
            }
            Err(refusal) => Err(Failure::Bad(refusal.to_string())),
        }
    }

    pub(super) fn refusal(&self, code: Code, command: &Command) -> LiveError {
        if code != Code::BillExists {
            return LiveError::Refused(code);
        }
        let order = command.order().and_then(|id| self.state.order(id));
        let bill = order.and_then(|order| order.open_bill.or(order.bills.last().copied()));
        LiveError::BillExists(bill)
    }

    /// What must hold of the side rows before the command may be decided.
    async fn sides(
        &mut self,
        tx: &mut Tx,
        live: &Live,
        at: domain::time::Moment,
    ) -> Result<Result<(), Option<Code>>, Failure> {
        for side in &live.side {
            match side {
                Side::Credential { username, .. } => {
                    if credentials::of_name(tx, username).await?.is_some() {
                        return Ok(Err(Some(Code::UsernameTaken)));
                    }
                }
                Side::TakeCode { hash } => {
                    if credentials::code(tx, hash, at).await?.is_none() {
                        return Ok(Err(None));
                    }
                }
                Side::DeviceToken { .. } | Side::EndSessions { .. } => {}
                Side::Password { .. } | Side::Pin { .. } => {}
            }
        }
        Ok(Ok(()))
    }

    async fn store_sides(&mut self, tx: &mut Tx, live: &Live) -> Result<(), Failure> {
        for side in &live.side {
            match side {
                Side::Credential {
                    username,
                    credential,
                } => credentials::add(tx, username, credential).await?,
                Side::DeviceToken { device, hash } => {
                    credentials::set_device_token(tx, self.restaurant, *device, hash).await?;
                }
                Side::TakeCode { hash } => credentials::take_code(tx, hash).await?,
                Side::Password { person, hash } => {
                    credentials::set_password(tx, self.restaurant, *person, hash).await?;
                }
                Side::Pin { person, verifier } => {
                    credentials::set_pin(tx, self.restaurant, *person, verifier).await?;
                }
                Side::EndSessions { person, but } => {
                    sessions::end_all_of(tx, self.restaurant, *person, *but).await?;
                }
            }
        }
        Ok(())
    }

    /// An act of the hub itself, as an entry like any other.
    pub(super) async fn own_act(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        command: Command,
    ) -> Result<(), Failure> {
        self.act_for(tx, work, None, command).await
    }

    pub(super) async fn act_in(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        ctx: Ctx,
        command: Command,
    ) -> Result<(), Failure> {
        self.load(tx, &command, &ctx).await?;
        let events = guarded(|| domain::decide(&self.state, &command, &ctx))?;
        let events = events.map_err(|refusal| Failure::Bad(refusal.to_string()))?;
        self.enter(
            tx,
            work,
            ask(&command, None, ctx)?,
            Verdict::Applied { events },
        )
        .await?;
        Ok(())
    }
}

/// The answer that this key had before, or why it may not be used again.
fn kept_answer(work: &Work, live: &Live) -> Option<Result<Done, LiveError>> {
    let idem = live.idem.as_ref()?;
    let kept = work.kept.get(&idem.key)?;
    if kept.body != idem.body {
        return Some(Err(LiveError::KeyReused));
    }
    let answer = Rendered {
        status: kept.status,
        body: kept.answer.clone(),
        location: kept.location.clone(),
    };
    if answer.status < 300 {
        return Some(Ok(Done {
            answer,
            replayed: true,
            seq: 0,
        }));
    }
    Some(Err(LiveError::Replayed(answer)))
}

pub(super) fn keep(work: &mut Work, live: &Live, answer: &Rendered) {
    if let Some(idem) = &live.idem {
        let Rendered {
            status,
            body,
            location,
        } = answer.clone();
        work.keep(
            idem,
            live.cmd_id,
            Kept {
                body: idem.body.clone(),
                status,
                answer: body,
                location,
            },
        );
    }
}

pub(super) fn refused(problem: Problem, idem: Option<&Idem>) -> Rendered {
    let request = idem.and_then(|idem| idem.request.clone());
    let body = problem.with_request(request).text();
    Rendered {
        status: 409,
        body,
        location: None,
    }
}

fn ask<'a>(command: &'a Command, idem: Option<&Idem>, ctx: Ctx) -> Result<Ask<'a>, Failure> {
    let text = format!(
        "{{\"version\":{},\"args\":{}}}",
        command.version(),
        command.body()
    );
    Ok(Ask {
        mid: None,
        approved_by: None,
        at: ctx.at,
        kind: command.kind(),
        command: Some(RawValue::from_string(text)?),
        payload: String::new(),
        idem: idem.map(|idem| idem.key.clone()),
        ctx,
    })
}
